import package::index::{index_span};

// y: [batch, p, q, c]; a and x are read with the strides of their batch, row, column and channel.
struct Params {
    count: u32,
    p: u32,
    k: u32,
    q: u32,
    c: u32,
    a_batch: u32,
    a_row: u32,
    a_col: u32,
    a_step: u32,
    x_batch: u32,
    x_row: u32,
    x_col: u32,
    x_step: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let channel = i % u.c;
        let col = i / u.c % u.q;
        let row = i / (u.c * u.q) % u.p;
        let batch = i / (u.c * u.q * u.p);
        let at_a = batch * u.a_batch + row * u.a_row + channel * u.a_step;
        let at_x = batch * u.x_batch + col * u.x_col + channel * u.x_step;
        var total: f32 = 0.0;
        for (var j: u32 = 0u; j < u.k; j += 1u) {
            total += a[at_a + j * u.a_col] * x[at_x + j * u.x_row];
        }
        y[i] = total;
    }
}
