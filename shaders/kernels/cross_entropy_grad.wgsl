import package::tree::{tree_row, tree_start, tree_step, tree_max, tree_sum};

// x and dx: [rows, n]; t: [rows, n], or [rows] if CLASSES is 1; g: [rows].
struct Params {
    rows: u32,
    n: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> t: array<f32>;
@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

override CLASSES: u32 = 0u;

// Weight of class k in row `at`.
fn weight(at: u32, k: u32) -> f32 {
    if CLASSES == 1u {
        return select(0.0, 1.0, floor(t[at]) == f32(k));
    }
    return t[at * u.n + k];
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = tree_row(group, groups, lane);
    let at = min(row, u.rows - 1u);
    let base = at * u.n;
    var top: f32 = x[base];
    for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
        top = max(top, x[base + k]);
    }
    top = tree_max(top, lane);
    var total: f32 = 0.0;
    var weights: f32 = 0.0;
    for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
        total += exp(x[base + k] - top);
        weights += weight(at, k);
    }
    let scale = tree_sum(weights, lane) / tree_sum(total, lane);
    if row < u.rows {
        for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
            dx[base + k] = g[at] * (exp(x[base + k] - top) * scale - weight(at, k));
        }
    }
}
