import package::index::{index_flat};

// y, g, z: [rows, n]; z = scale y (g - <y, g>), an invocation for each row.
struct Params {
    rows: u32,
    n: u32,
    scale: f32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> z: array<f32>;

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
    let base = row * u.n;
    var mean: f32 = 0.0;
    for (var j: u32 = base; j < base + u.n; j += 1u) {
        mean += y[j] * g[j];
    }
    for (var j: u32 = base; j < base + u.n; j += 1u) {
        z[j] = u.scale * (y[j] * (g[j] - mean));
    }
}
