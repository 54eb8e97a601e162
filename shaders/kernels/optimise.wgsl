import package::index::{index_flat};

struct Params {
    count: u32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> rate: array<f32>;
@group(0) @binding(3) var<storage, read> state: array<u32>;
@group(0) @binding(4) var<storage, read_write> p: array<f32>;
@group(0) @binding(5) var<storage, read_write> moments: array<f32>;

override RULE: u32 = 0u;

// 1 - (1 - gain)^t by repeated doubling, which loses no digits.
fn correction(gain: f32, t: u32) -> f32 {
    var q: f32 = 0.0;
    var power: f32 = gain;
    for (var rest: u32 = t; rest > 0u; rest = rest >> 1u) {
        if (rest & 1u) == 1u {
            q = q + power - q * power;
        }
        power = power + power - power * power;
    }
    return q;
}

fn momentum(i: u32) {
    let m = 0.9 * moments[i] + g[i];
    moments[i] = m;
    p[i] = p[i] - rate[0] * m;
}

fn adam(i: u32) {
    let t = state[3] + 1u;
    let m = moments[i] + 0.1 * (g[i] - moments[i]);
    let v = moments[u.count + i] + 0.001 * (g[i] * g[i] - moments[u.count + i]);
    moments[i] = m;
    moments[u.count + i] = v;
    p[i] = p[i] - rate[0] / correction(0.1, t) * m / (sqrt(v / correction(0.001, t)) + 1e-8);
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
    switch RULE {
        case 0u: { p[i] = p[i] - rate[0] * g[i]; }
        case 1u: { momentum(i); }
        default: { adam(i); }
    }
}
