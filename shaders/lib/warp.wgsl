// Weights of interpolation: 1 - |d| on 2 x 2 pixels, or the cubic convolution of Keys with a = -0.75 on 4 x 4.

fn warp_weight(cubic: bool, d: f32) -> f32 {
    let s = abs(d);
    if !cubic {
        return max(1.0 - s, 0.0);
    }
    if s >= 2.0 {
        return 0.0;
    }
    let near = (1.25 * s - 2.25) * s * s + 1.0;
    return select(((-0.75 * s + 3.75) * s - 6.0) * s + 3.0, near, s <= 1.0);
}

// Derivative of the weight by d.
fn warp_slope(cubic: bool, d: f32) -> f32 {
    let s = abs(d);
    if s >= select(1.0, 2.0, cubic) {
        return 0.0;
    }
    let near = (3.75 * s - 4.5) * s;
    let far = (-2.25 * s + 7.5) * s - 6.0;
    let slope = select(-1.0, select(far, near, s <= 1.0), cubic);
    return select(slope, -slope, d < 0.0);
}
