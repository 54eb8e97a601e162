import package::index::{index_flat};

// x, y: [rows, s], rows = batch * t; an invocation for each row.
struct Params {
    rows: u32,
    t: u32,
    s: u32,
    mask_row: u32,
    mask_col: u32,
    scale: f32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> mask: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override CAUSAL: u32 = 0u;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = index_flat(group, groups, lane);
    if row >= u.rows {
        return;
    }
    let i = row % u.t;
    let seen = select(u.s, u.s - u.t + i + 1u, CAUSAL == 1u);
    let base = row * u.s;
    let at = i * u.mask_row;
    var most: f32 = u.scale * x[base] + mask[at];
    for (var j: u32 = 1u; j < seen; j += 1u) {
        most = max(most, u.scale * x[base + j] + mask[at + j * u.mask_col]);
    }
    var total: f32 = 0.0;
    for (var j: u32 = 0u; j < seen; j += 1u) {
        let e = exp(u.scale * x[base + j] + mask[at + j * u.mask_col] - most);
        y[base + j] = e;
        total += e;
    }
    let factor = 1.0 / total;
    for (var j: u32 = 0u; j < seen; j += 1u) {
        y[base + j] = y[base + j] * factor;
    }
    for (var j: u32 = seen; j < u.s; j += 1u) {
        y[base + j] = 0.0;
    }
}
