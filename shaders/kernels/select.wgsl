import package::index::{index_span, index_nest};

// Extents n of the result, outermost first, and the strides with which c, a and b are read.
struct Params {
    count: u32,
    n0: u32,
    n1: u32,
    n2: u32,
    n3: u32,
    c0: u32,
    c1: u32,
    c2: u32,
    c3: u32,
    a0: u32,
    a1: u32,
    a2: u32,
    a3: u32,
    b0: u32,
    b1: u32,
    b2: u32,
    b3: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> c: array<f32>;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        if c[index_nest(i, u.n1, u.n2, u.n3, u.c0, u.c1, u.c2, u.c3)] != 0.0 {
            y[i] = a[index_nest(i, u.n1, u.n2, u.n3, u.a0, u.a1, u.a2, u.a3)];
        } else {
            y[i] = b[index_nest(i, u.n1, u.n2, u.n3, u.b0, u.b1, u.b2, u.b3)];
        }
    }
}
