//! Powers of two out of the way, so that squares neither overflow nor vanish.

use crate::maths::matrix::Matrix;

/// The exponent e with ½ ≤ 2⁻ᵉ max|Mᵢⱼ| < 1 (0 for M = 0), for finite M.
fn exponent(m: &Matrix) -> i32 {
    let largest = m.data().iter().fold(0.0, |most: f64, v| most.max(v.abs()));
    if largest == 0.0 {
        return 0;
    }
    // Subnormal numbers carry no exponent of their own; 2⁶⁴ lifts them.
    let (value, lift) =
        if largest < f64::MIN_POSITIVE { (largest * 2f64.powi(64), 64) } else { (largest, 0) };
    (value.to_bits() >> 52) as i32 - 1022 - lift
}

/// 2ᵉ x, in two steps so that 2ᵉ itself may lie outside the range of f64.
pub fn ldexp(x: f64, e: i32) -> f64 {
    let half = e / 2;
    x * 2f64.powi(half) * 2f64.powi(e - half)
}

/// 2ᵉ M.
pub fn times_power_of_two(m: &Matrix, e: i32) -> Matrix {
    Matrix::from_fn(m.rows(), m.cols(), |i, j| ldexp(m[(i, j)], e))
}

/// (M′, e) with M = 2ᵉ M′ and the largest entry of M′ in [½, 1); exact but for entries more than 2¹⁰²² times smaller.
pub fn split_scale(m: &Matrix) -> (Matrix, i32) {
    let e = exponent(m);
    (times_power_of_two(m, -e), e)
}
