import package::tree::{tree_row, tree_start, tree_step, tree_sum};

// All tensors: [outer, n, inner]; rows = outer * inner.
struct Params {
    rows: u32,
    n: u32,
    inner: u32,
    scale: f32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = tree_row(group, groups, lane);
    let at = min(row, u.rows - 1u);
    let base = at / u.inner * u.n * u.inner + at % u.inner;
    var mean: f32 = 0.0;
    for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
        mean += y[base + k * u.inner] * g[base + k * u.inner];
    }
    mean = tree_sum(mean, lane);
    if row < u.rows {
        for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
            let i = base + k * u.inner;
            dx[i] = u.scale * (y[i] * (g[i] - mean));
        }
    }
}
