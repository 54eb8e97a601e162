//! Sums and products of f64 without rounding, for decisions that hang on a sign or on a zero.
//!
//! A number is held as a sum of f64 that do not overlap (Shewchuk 1997, *Adaptive precision floating-point arithmetic
//! and fast robust geometric predicates*). Exact as long as nothing overflows or underflows; sums of products keep their
//! exponents apart, so that theirs do neither.

use crate::maths::linalg::ldexp;
use crate::maths::matrix::Matrix;
use std::f64::consts::LN_2;

/// v · 2ᵉ: a number that may lie beyond the range of f64.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wide {
    /// v, of the sign of the number.
    pub(super) value: f64,
    exponent: i32,
}

impl Wide {
    /// ln of a positive number.
    pub(super) fn ln(self) -> f64 {
        self.value.ln() + f64::from(self.exponent) * LN_2
    }

    /// The root of the size of the number.
    pub(super) fn root(self) -> f64 {
        let odd = self.exponent.rem_euclid(2);
        ldexp(ldexp(self.value.abs(), odd).sqrt(), (self.exponent - odd) / 2)
    }

    /// The number times 2ᵉ.
    pub(super) fn times_power_of_two(self, e: i32) -> Self {
        Self { exponent: self.exponent + e, ..self }
    }
}

/// Bits by which the smallest product in a sum lies below the largest, at most. One that is smaller still decides the
/// sign only where the others cancel, and then it does so at any size.
const DEPTH: i32 = 400;

/// Σ x y 2ᵉ over the terms (x, y, e), each finite: with the exact sign where no two terms are more than 2⁴⁰⁰ times
/// smaller than the largest one, and a relative error of a few units in the last place.
pub(super) fn sum_of_products(terms: &[(f64, f64, i32)]) -> Wide {
    let wide = |&(x, y, e): &(f64, f64, i32)| {
        let ((x, i), (y, j)) = (mantissa(x), mantissa(y));
        (two_product(x, y), e + i + j)
    };
    let products: Vec<_> = terms.iter().map(wide).filter(|(product, _)| product[0] != 0.0).collect();
    let top = products.iter().map(|(_, e)| *e).max().unwrap_or(0);
    let scaled = |([high, low], e): &([f64; 2], i32)| {
        let down = 2f64.powi((e - top).max(-DEPTH));
        [low * down, high * down]
    };
    let parts: Vec<[f64; 2]> = products.iter().map(scaled).collect();
    Wide { value: sum(parts.as_flattened()), exponent: top }
}

/// (m, e) with x = m 2ᵉ and ½ ≤ |m| < 1; (0, 0) for 0.
fn mantissa(x: f64) -> (f64, i32) {
    if x == 0.0 {
        return (0.0, 0);
    }
    // Subnormal numbers are brought up first.
    let (x, up) = if x.is_normal() { (x, 0) } else { (ldexp(x, 64), 64) };
    let e = (x.to_bits() >> 52) as i32 & 0x7ff;
    (ldexp(x, 1022 - e), e - 1022 - up)
}

/// a + b as rounded sum and what was lost (Knuth).
pub(super) fn two_sum(a: f64, b: f64) -> [f64; 2] {
    let sum = a + b;
    let virtual_b = sum - a;
    [sum, (a - (sum - virtual_b)) + (b - virtual_b)]
}

/// a b as rounded product and what was lost.
pub(super) fn two_product(a: f64, b: f64) -> [f64; 2] {
    let product = a * b;
    [product, a.mul_add(b, -product)]
}

/// The sum of the terms: its sign is exact, its relative error a few units in the last place.
pub(super) fn sum(terms: &[f64]) -> f64 {
    let mut parts: Vec<f64> = Vec::with_capacity(terms.len());
    for &term in terms {
        let mut carry = term;
        for part in &mut parts {
            [carry, *part] = two_sum(carry, *part);
        }
        parts.push(carry);
    }
    // In increasing size, so that the largest decides.
    parts.iter().sum()
}

/// The prime 2⁶¹ − 1, modulo which powers of two are shifts.
const PRIME: u64 = (1 << 61) - 1;

/// Whether det M = 0 for the numbers as they stand, M finite: by elimination modulo a prime. Never wrong where it says
/// no; a determinant that is not 0 is divisible by the prime once in 2⁶¹.
pub(crate) fn is_singular(m: &Matrix) -> bool {
    let n = m.rows();
    let mut rows: Vec<Vec<u64>> =
        m.to_rows().iter().map(|row| row.iter().map(|v| residue(*v)).collect()).collect();
    for k in 0..n {
        let Some(pivot) = (k..n).find(|i| rows[*i][k] != 0) else { return true };
        rows.swap(k, pivot);
        let (above, below) = rows.split_at_mut(k + 1);
        let inverse = power(above[k][k], PRIME - 2);
        for row in below {
            let factor = PRIME - product(row[k], inverse);
            for (v, top) in row.iter_mut().zip(&above[k]) {
                *v = (*v + product(factor, *top)) % PRIME;
            }
        }
    }
    false
}

/// x = ± mantissa · 2^exponent modulo the prime, for finite x.
fn residue(x: f64) -> u64 {
    let (bits, biased) = (x.to_bits(), (x.to_bits() >> 52) as i64 & 0x7ff);
    let mantissa = (bits & ((1 << 52) - 1)) | if biased > 0 { 1 << 52 } else { 0 };
    let exponent = biased.max(1) - 1075;
    let size = product(mantissa, 1 << exponent.rem_euclid(61));
    if x < 0.0 { (PRIME - size) % PRIME } else { size }
}

fn product(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

fn power(base: u64, exponent: u64) -> u64 {
    (0..61).rev().fold(1, |result, bit| {
        let square = product(result, result);
        if exponent >> bit & 1 == 1 { product(square, base) } else { square }
    })
}
