import package::index::{index_span};

// Extents n of the result, outermost first, and the strides with which x is read.
struct Params {
    count: u32,
    n0: u32,
    n1: u32,
    n2: u32,
    n3: u32,
    s0: u32,
    s1: u32,
    s2: u32,
    s3: u32,
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
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let i3 = i % u.n3;
        let r2 = i / u.n3;
        let i2 = r2 % u.n2;
        let r1 = r2 / u.n2;
        let i1 = r1 % u.n1;
        let i0 = r1 / u.n1;
        y[i] = x[i0 * u.s0 + i1 * u.s1 + i2 * u.s2 + i3 * u.s3];
    }
}
