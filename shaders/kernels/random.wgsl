import package::index::{index_flat};
import package::rng::{rng_below, rng_key, rng_threefry, rng_uniform};

struct Params {
    count: u32,
    stream: u32,
    bound: u32,
    low: f32,
    width: f32,
    last: f32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> state: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// 0: uniform on [low, low + width), 1: 1 where 24 bits are below bound, 2: whole numbers below bound.
override LAW: u32 = 0u;

// A compiler may contract a product and a sum into one rounding. The detour through integers, with the top bit of an
// index below 2^31, which is 0 but not known to be, keeps them apart.
fn between(word: u32, i: u32) -> f32 {
    let product = bitcast<f32>(bitcast<u32>(u.width * rng_uniform(word)) | (i >> 31u));
    return min(u.low + product, u.last);
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = index_flat(group, groups, lane);
    if i >= u.count {
        return;
    }
    let word = rng_threefry(rng_key(vec2u(state[1], state[2]), u.stream), vec2u(state[0], i)).x;
    switch LAW {
        case 0u: { y[i] = between(word, i); }
        case 1u: { y[i] = select(0.0, 1.0, (word >> 8u) < u.bound); }
        default: { y[i] = f32(rng_below(word, u.bound)); }
    }
}
