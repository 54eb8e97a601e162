import package::index::{index_flat};
import package::trig::{trig_angle};

// Extents n of the result, outermost first, and the strides with which a and b are read.
struct Params {
    count: u32,
    n0: u32,
    n1: u32,
    n2: u32,
    n3: u32,
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
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override OP: u32 = 0u;

fn apply(p: f32, q: f32) -> f32 {
    switch OP {
        case 0u: { return p + q; }
        case 1u: { return p - q; }
        case 2u: { return p * q; }
        case 3u: { return p / q; }
        case 4u: { return max(p, q); }
        case 5u: { return min(p, q); }
        case 6u: { return pow(p, q); }
        case 7u: { return trig_angle(p, q); }
        case 8u: { return select(0.0, 1.0, p < q); }
        default: { return select(0.0, 1.0, p == q); }
    }
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i < u.count {
        let i3 = i % u.n3;
        let r2 = i / u.n3;
        let i2 = r2 % u.n2;
        let r1 = r2 / u.n2;
        let i1 = r1 % u.n1;
        let i0 = r1 / u.n1;
        let at_a = i0 * u.a0 + i1 * u.a1 + i2 * u.a2 + i3 * u.a3;
        let at_b = i0 * u.b0 + i1 * u.b1 + i2 * u.b2 + i3 * u.b3;
        y[i] = apply(a[at_a], b[at_b]);
    }
}
