import package::tree::{tree_row, tree_start, tree_step, tree_sum};

// x and y: rows of n elements; element i belongs to channel i / inner % channels.
struct Params {
    rows: u32,
    n: u32,
    inner: u32,
    channels: u32,
    eps: f32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

override CENTRED: u32 = 1u;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = tree_row(group, groups, lane);
    let first = min(row, u.rows - 1u) * u.n;
    var mean: f32 = 0.0;
    if CENTRED == 1u {
        for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
            mean += x[first + k];
        }
        mean = tree_sum(mean, lane) / f32(u.n);
    }
    var squares: f32 = 0.0;
    for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
        let c = x[first + k] - mean;
        squares += c * c;
    }
    let scale = 1.0 / sqrt(tree_sum(squares, lane) / f32(u.n) + u.eps);
    if row < u.rows {
        for (var k: u32 = tree_start(lane); k < u.n; k += tree_step()) {
            let i = first + k;
            let channel = i / u.inner % u.channels;
            y[i] = weight[channel] * (x[i] - mean) * scale + bias[channel];
        }
    }
}
