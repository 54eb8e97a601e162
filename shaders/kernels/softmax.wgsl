import package::tree::{tree_row, tree_start, tree_step, tree_max, tree_sum};

// x and y: [outer, n, inner]; rows = outer * inner.
struct Params {
    rows: u32,
    n: u32,
    inner: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = tree_row(group, groups, lane);
    let at = min(row, u.rows - 1u);
    let base = at / u.inner * u.n * u.inner + at % u.inner;
    var top: f32 = x[base];
    for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
        top = max(top, x[base + k * u.inner]);
    }
    top = tree_max(top, lane);
    var total: f32 = 0.0;
    for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
        total += exp(x[base + k * u.inner] - top);
    }
    let scale = 1.0 / tree_sum(total, lane);
    if row < u.rows {
        for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
            y[base + k * u.inner] = exp(x[base + k * u.inner] - top) * scale;
        }
    }
}
