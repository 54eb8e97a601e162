//! Powers of two out of the way, so that squares neither overflow nor vanish.

use crate::maths::matrix::Matrix;

/// The exponent e with ½ ≤ 2⁻ᵉ max|Mᵢⱼ| < 1, for finite M; −1022, the least there is, for M = 0 and subnormal numbers.
fn exponent(m: &Matrix) -> i32 {
    let largest = m.data().iter().fold(0.0, |most: f64, v| most.max(v.abs()));
    (largest.to_bits() >> 52) as i32 - 1022
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

/// (M′, e) with M = 2ᵉ M′ and the largest entry of M′ in [½, 1), in [2⁻⁵², 1) for subnormal M; exact but for entries
/// more than 2¹⁰²² times smaller.
pub fn split_scale(m: &Matrix) -> (Matrix, i32) {
    let e = exponent(m);
    (times_power_of_two(m, -e), e)
}

/// [`split_scale`] where that keeps every entry, and (M, 0) where a small one would vanish: for what needs no scale, and
/// tells an entry from 0 however small.
pub fn split_exactly(m: &Matrix) -> (Matrix, i32) {
    let (scaled, e) = split_scale(m);
    if times_power_of_two(&scaled, e) == *m { (scaled, e) } else { (m.clone(), 0) }
}
