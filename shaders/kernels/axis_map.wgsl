import package::index::{index_span};
import package::axis::{axis_place};

// y: [outer, n_out, inner], x: [outer, n_in, inner].
struct Params {
    count: u32,
    n_out: u32,
    n_in: u32,
    inner: u32,
    shift: u32,
    step: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override OUTSIDE: u32 = 0u;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let k = i / u.inner % u.n_out;
        let place = axis_place(OUTSIDE, i32(u.shift) + i32(u.step) * i32(k), i32(u.n_in));
        var value: f32 = 0.0;
        if place >= 0 {
            value = x[(i / (u.inner * u.n_out) * u.n_in + u32(place)) * u.inner + i % u.inner];
        }
        y[i] = value;
    }
}
