import package::index::{index_flat};
import package::precise::{precise_exp, stumpff};

struct Params {
    count: u32,
    stride: u32,
    first: f32,
    second: f32,
    epsilon: f32,
    coupled: f32,
    decoupled: f32,
    bound: f32,
    warm_up: u32,
    steps: u32,
    factor: f32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> rate: array<f32>;
@group(0) @binding(3) var<storage, read> total: array<f32>;
@group(0) @binding(4) var<storage, read> state: array<u32>;
@group(0) @binding(5) var<storage, read_write> p: array<f32>;
@group(0) @binding(6) var<storage, read_write> moments: array<f32>;

// 0 descent, 1 momentum, 2 Nesterov's momentum, 3 Adam.
override RULE: u32 = 0u;
// 0 no bound, 1 on the norm, the root of total, 2 on each component.
override CLIP: u32 = 0u;
// Of the rate: 0 constant, 1 linear, 2 cosine, 3 exponential, 4 stairs.
override SHAPE: u32 = 0u;

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

// What the rate is multiplied by in a step.
fn course(step: u32) -> f32 {
    if step < u.warm_up {
        return f32(step + 1u) / f32(u.warm_up);
    }
    let s = step - u.warm_up;
    let fall = f32(min(s, u.steps)) / f32(max(u.steps, 1u));
    let turn = 3.14159265 * fall;
    switch SHAPE {
        case 0u: { return 1.0; }
        case 1u: { return 1.0 + (u.factor - 1.0) * fall; }
        case 2u: { return u.factor + (1.0 - u.factor) * 0.5 * (1.0 + stumpff(0u, turn * turn)); }
        // The factor is a logarithm here.
        case 3u: { return precise_exp(f32(s) / f32(u.steps) * u.factor); }
        default: { return precise_exp(f32(s / u.steps) * u.factor); }
    }
}

fn clipped(v: f32, shrink: f32) -> f32 {
    switch CLIP {
        case 0u: { return v; }
        case 1u: { return v * shrink; }
        default: { return clamp(v, -u.bound, u.bound); }
    }
}

// How far a parameter goes against its gradient, times the rate; `step` and `scale` are Adam's corrections.
fn advance(i: u32, slope: f32, step: f32, scale: f32) -> f32 {
    if RULE == 0u {
        return slope;
    }
    if RULE < 3u {
        let m = u.first * moments[i] + slope;
        moments[i] = m;
        return select(m, slope + u.first * m, RULE == 2u);
    }
    let m = moments[i] + u.first * (slope - moments[i]);
    let v = moments[u.count + i] + u.second * (slope * slope - moments[u.count + i]);
    moments[i] = m;
    moments[u.count + i] = v;
    return step * m / (sqrt(v * scale) + u.epsilon);
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let lr = rate[0] * course(state[0]);
    var step: f32 = 1.0;
    var scale: f32 = 1.0;
    if RULE == 3u {
        step = 1.0 / correction(u.first, state[3] + 1u);
        scale = 1.0 / correction(u.second, state[3] + 1u);
    }
    var shrink: f32 = 1.0;
    if CLIP == 1u {
        shrink = u.bound / max(sqrt(total[0]), u.bound);
    }
    for (var i: u32 = index_flat(group, groups, lane); i < u.count; i += u.stride) {
        let before = p[i];
        let slope = clipped(g[i], shrink) + u.coupled * before;
        p[i] = before - lr * (advance(i, slope, step, scale) + u.decoupled * before);
    }
}
