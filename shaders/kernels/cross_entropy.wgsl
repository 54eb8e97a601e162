import package::tree::{tree_row, tree_start, tree_step, tree_max, tree_sum};

// x: [rows, n]; t: [rows, n], or [rows] if CLASSES is 1; y: [rows].
struct Params {
    rows: u32,
    n: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> t: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override CLASSES: u32 = 0u;

fn of_class(at: u32, total: f32) -> f32 {
    let class_index = t[at];
    if class_index >= 0.0 && class_index < f32(u.n) {
        return total - x[at * u.n + u32(class_index)];
    }
    return 0.0;
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
    for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
        total += exp(x[base + k] - top);
    }
    total = top + log(tree_sum(total, lane));
    var loss: f32 = 0.0;
    if CLASSES == 1u {
        loss = of_class(at, total);
    } else {
        for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
            loss += t[base + k] * (total - x[base + k]);
        }
        loss = tree_sum(loss, lane);
    }
    if row < u.rows && tree_start(lane) == 0u {
        y[row] = loss;
    }
}
