import package::index::{index_span};

// y: [outer, n_out, inner], x: [outer, n_in, inner]; y[o, k, i] = x[o, k + shift, i], or 0 outside of x.
struct Params {
    count: u32,
    n_out: u32,
    n_in: u32,
    inner: u32,
    shift: u32,
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
        // A negative place wraps around to a large one.
        let place = i / u.inner % u.n_out + u.shift;
        var value: f32 = 0.0;
        if place < u.n_in {
            value = x[(i / (u.inner * u.n_out) * u.n_in + place) * u.inner + i % u.inner];
        }
        y[i] = value;
    }
}
