import package::index::{index_span};

// y: [outer, run0 + run1 + ...], xk: [outer, runk].
struct Params {
    count: u32,
    run0: u32,
    run1: u32,
    run2: u32,
    run3: u32,
    run4: u32,
    run5: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x0: array<f32>;
@group(0) @binding(2) var<storage, read> x1: array<f32>;
@group(0) @binding(3) var<storage, read> x2: array<f32>;
@group(0) @binding(4) var<storage, read> x3: array<f32>;
@group(0) @binding(5) var<storage, read> x4: array<f32>;
@group(0) @binding(6) var<storage, read> x5: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

fn value(outer: u32, place: u32) -> f32 {
    var at: u32 = place;
    if at < u.run0 { return x0[outer * u.run0 + at]; }
    at -= u.run0;
    if at < u.run1 { return x1[outer * u.run1 + at]; }
    at -= u.run1;
    if at < u.run2 { return x2[outer * u.run2 + at]; }
    at -= u.run2;
    if at < u.run3 { return x3[outer * u.run3 + at]; }
    at -= u.run3;
    if at < u.run4 { return x4[outer * u.run4 + at]; }
    at -= u.run4;
    return x5[outer * u.run5 + at];
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let width = u.run0 + u.run1 + u.run2 + u.run3 + u.run4 + u.run5;
        y[i] = value(i / width, i % width);
    }
}
