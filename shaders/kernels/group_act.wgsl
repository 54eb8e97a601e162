import package::index::{index_flat};

// y: [batch, p, c]; m and x are read with the strides of their batch, row and column.
struct Params {
    count: u32,
    p: u32,
    q: u32,
    c: u32,
    m_batch: u32,
    m_row: u32,
    m_col: u32,
    x_batch: u32,
    x_row: u32,
    x_col: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> m: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i < u.count {
        let col = i % u.c;
        let row = i / u.c % u.p;
        let batch = i / (u.c * u.p);
        let at_m = batch * u.m_batch + row * u.m_row;
        let at_x = batch * u.x_batch + col * u.x_col;
        var total: f32 = 0.0;
        for (var j: u32 = 0u; j < u.q; j += 1u) {
            total += m[at_m + j * u.m_col] * x[at_x + j * u.x_row];
        }
        y[i] = total;
    }
}
