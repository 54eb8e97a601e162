// Functions of one and two arguments by number, as UnaryOp and BinaryOp count them.

// The exponent is kept where e^-x is finite; beyond, the result has long reached its limit.
fn elementwise_sigmoid(v: f32) -> f32 {
    return 1.0 / (1.0 + exp(-clamp(v, -85.0, 85.0)));
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
        default: { return select(0.0, 1.0, v > 0.0); }
    }
}

fn elementwise_binary(op: u32, p: f32, q: f32) -> f32 {
    switch op {
        case 0u: { return p + q; }
        case 1u: { return p - q; }
        case 2u: { return p * q; }
        default: { return p / q; }
    }
}
