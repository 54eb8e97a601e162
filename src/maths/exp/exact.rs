//! Sums and products of f64 without rounding, for decisions that hang on a sign.
//!
//! A number is held as a sum of f64 that do not overlap (Shewchuk 1997, *Adaptive precision floating-point arithmetic
//! and fast robust geometric predicates*). Exact as long as nothing overflows or underflows.

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
