import package::tree::{tree_row, tree_start, tree_step, tree_max};

// x: [outer, n, inner], y: [outer, inner]; rows = outer * inner.
struct Params {
    rows: u32,
    n: u32,
    inner: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// 0: largest, 1: smallest, 2 and 3: their places.
override WHAT: u32 = 0u;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = tree_row(group, groups, lane);
    let at = min(row, u.rows - 1u);
    let base = at / u.inner * u.n * u.inner + at % u.inner;
    let sign = select(1.0, -1.0, WHAT % 2u == 1u);
    var top: f32 = sign * x[base];
    for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
        top = max(top, sign * x[base + k * u.inner]);
    }
    top = tree_max(top, lane);
    var value: f32 = sign * top;
    if WHAT >= 2u {
        var first: u32 = u.n;
        for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
            if first == u.n && sign * x[base + k * u.inner] == top {
                first = k;
            }
        }
        value = -tree_max(-f32(first), lane);
    }
    if row < u.rows && tree_start(lane) == 0u {
        y[row] = value;
    }
}
