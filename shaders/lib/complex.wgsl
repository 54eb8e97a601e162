// Complex numbers as (real, imaginary).

fn complex_mul(a: vec2f, b: vec2f) -> vec2f {
    return vec2f(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

// exp(2 pi i t) for |t| <= 1 by Taylor polynomials within an eighth of a turn; errors of a few 1e-8.
fn complex_turn(t: f32) -> vec2f {
    let quarters = round(4.0 * t);
    let a = 6.28318531 * (t - 0.25 * quarters);
    let z = a * a;
    let c = 1.0 - z * (0.5 - z * (0.0416666667 - z * (0.00138888889 - z * 2.48015873e-5)));
    let s = a * (1.0 - z * (0.166666667 - z * (0.00833333333 - z * (1.98412698e-4 - z * 2.75573192e-6))));
    let odd = select(vec2f(c, s), vec2f(-s, c), (i32(quarters) & 1) == 1);
    return select(odd, -odd, (i32(quarters) & 2) == 2);
}
