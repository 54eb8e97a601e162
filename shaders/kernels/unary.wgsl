import package::index::{index_flat};

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
        default: { return select(0.0, 1.0, v > 0.0); }
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
