import package::index::{index_span};
import package::rng::{rng_key, rng_normal, rng_threefry};

struct Params {
    count: u32,
    stream: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> state: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let span = index_span(group, groups, lane, u.count);
    for (var i: u32 = span.x; i < span.y; i += 64u) {
        let key = rng_key(vec2u(state[1], state[2]), u.stream);
        y[i] = rng_normal(rng_threefry(key, vec2u(state[0], i)));
    }
}
