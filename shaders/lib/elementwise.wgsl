import package::trig::{trig_angle, trig_cos, trig_sin};

// Functions of one and two arguments by number, as UnaryOp and BinaryOp count them.

// The exponent is kept where e^-x is finite; beyond, the result has long reached its limit.
fn elementwise_sigmoid(v: f32) -> f32 {
    return 1.0 / (1.0 + exp(-clamp(v, -85.0, 85.0)));
}

// tanh u and u' of GELU, u = sqrt(2 / pi) (v + 0.044715 v^3).
fn elementwise_gelu(v: f32) -> vec2f {
    let square = 0.044715 * v * v;
    let slope = 0.797884561;
    return vec2f(tanh(clamp(slope * v * (1.0 + square), -15.0, 15.0)), slope * (1.0 + 3.0 * square));
}

fn elementwise_unary(op: u32, v: f32, value: f32) -> f32 {
    switch op {
        case 0u: { return -v; }
        case 1u: { return v * v; }
        case 2u: { return sqrt(v + value); }
        case 3u: { return exp(v); }
        case 4u: { return log(v); }
        case 5u: { return 1.0 / v; }
        case 6u: { return tanh(clamp(v, -15.0, 15.0)); }
        case 7u: { return elementwise_sigmoid(v); }
        case 8u: { return v * elementwise_sigmoid(v); }
        case 9u: {
            let s = elementwise_sigmoid(v);
            return s * (1.0 + v * (1.0 - s));
        }
        case 10u: { return max(v, 0.0) + log(1.0 + exp(-min(abs(v), 85.0))); }
        case 11u: { return select(0.0, v, v > 0.0); }
        case 12u: { return select(0.0, 1.0, v > 0.0); }
        case 13u: { return 0.5 * v * (1.0 + elementwise_gelu(v).x); }
        case 14u: {
            let t = elementwise_gelu(v);
            return 0.5 * (1.0 + t.x) + 0.5 * v * (1.0 - t.x * t.x) * t.y;
        }
        case 15u: { return v * elementwise_sigmoid(value * v); }
        case 16u: {
            let s = elementwise_sigmoid(value * v);
            return s * (1.0 + value * v * (1.0 - s));
        }
        case 17u: { return trig_sin(v); }
        case 18u: { return trig_cos(v); }
        case 19u: { return abs(v); }
        case 20u: { return sign(v); }
        case 21u: { return pow(v, value); }
        default: { return 1.0 / sqrt(v + value); }
    }
}

fn elementwise_binary(op: u32, p: f32, q: f32) -> f32 {
    switch op {
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
