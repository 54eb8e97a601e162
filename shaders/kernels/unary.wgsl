import package::index::{index_flat};
import package::trig::{trig_cos, trig_sin};

struct Params {
    count: u32,
    value: f32,
}

@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override OP: u32 = 0u;

// The exponent is kept where e^-x is finite; beyond, the result has long reached its limit.
fn sigmoid(v: f32) -> f32 {
    return 1.0 / (1.0 + exp(-clamp(v, -85.0, 85.0)));
}

// tanh u and u' of GELU, u = sqrt(2 / pi) (v + 0.044715 v^3).
fn gelu(v: f32) -> vec2f {
    let square = 0.044715 * v * v;
    let slope = 0.797884561;
    return vec2f(tanh(clamp(slope * v * (1.0 + square), -15.0, 15.0)), slope * (1.0 + 3.0 * square));
}

fn apply(v: f32) -> f32 {
    switch OP {
        case 0u: { return -v; }
        case 1u: { return v * v; }
        case 2u: { return sqrt(v + u.value); }
        case 3u: { return exp(v); }
        case 4u: { return log(v); }
        case 5u: { return 1.0 / v; }
        case 6u: { return tanh(clamp(v, -15.0, 15.0)); }
        case 7u: { return sigmoid(v); }
        case 8u: { return v * sigmoid(v); }
        case 9u: {
            let s = sigmoid(v);
            return s * (1.0 + v * (1.0 - s));
        }
        case 10u: { return max(v, 0.0) + log(1.0 + exp(-min(abs(v), 85.0))); }
        case 11u: { return select(0.0, v, v > 0.0); }
        case 12u: { return select(0.0, 1.0, v > 0.0); }
        case 13u: { return 0.5 * v * (1.0 + gelu(v).x); }
        case 14u: {
            let t = gelu(v);
            return 0.5 * (1.0 + t.x) + 0.5 * v * (1.0 - t.x * t.x) * t.y;
        }
        case 15u: { return v * sigmoid(u.value * v); }
        case 16u: {
            let s = sigmoid(u.value * v);
            return s * (1.0 + u.value * v * (1.0 - s));
        }
        case 17u: { return trig_sin(v); }
        case 18u: { return trig_cos(v); }
        case 19u: { return abs(v); }
        case 20u: { return sign(v); }
        case 21u: { return pow(v, u.value); }
        default: { return 1.0 / sqrt(v + u.value); }
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
        y[i] = apply(x[i]);
    }
}
