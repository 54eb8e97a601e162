//! The coupling of two irreps of SO(3) to a third, in the real basis.

use nalgebra::Complex;

/// Largest degree for which [`clebsch_gordan`] is offered; the sums of factorials lose digits beyond.
pub const MAX_CLEBSCH_DEGREE: u8 = 12;

/// C with (u ⊗ v)_k = Σ_ij C_ijk u_i v_j equivariant from l1 ⊗ l2 to l3; entry (i, j, k) at
/// `(i (2 l2 + 1) + j)(2 l3 + 1) + k`, indices m = −l … l.
///
/// Normalised to Σ C² = 1, so that Σ_ij C_ijk C_ijn = δ_kn/(2 l3 + 1). The sign is that of the coefficients
/// ⟨l1 m1 l2 m2 | l3 m3⟩ of Condon and Shortley, brought to the real basis with the phase (−i)^l for each degree: so
/// C for (1, 1, 1) is +ε_ijk/√6, and all agree with e3nn's `wigner_3j`.
/// `None` unless |l1 − l2| ≤ l3 ≤ l1 + l2 and no degree is beyond [`MAX_CLEBSCH_DEGREE`].
pub fn clebsch_gordan(l1: u8, l2: u8, l3: u8) -> Option<Vec<f64>> {
    let coupled = l1.abs_diff(l2) <= l3 && l3 <= l1.saturating_add(l2);
    let small = [l1, l2, l3].iter().all(|&l| l <= MAX_CLEBSCH_DEGREE);
    (coupled && small).then(|| coupling(l1, l2, l3))
}

/// [`clebsch_gordan`] of degrees that are known to couple.
pub(super) fn coupling(l1: u8, l2: u8, l3: u8) -> Vec<f64> {
    let [l1, l2, l3] = [l1, l2, l3].map(i64::from);
    let side = |l: i64| (2 * l + 1) as usize;
    let mut c = vec![0.0; side(l1) * side(l2) * side(l3)];
    let norm = 1.0 / ((2 * l3 + 1) as f64).sqrt();
    for m1 in -l1..=l1 {
        for m2 in -l2..=l2 {
            let m3 = m1 + m2;
            if m3.abs() > l3 {
                continue;
            }
            let size = norm * condon_shortley([l1, l2, l3], [m1, m2, m3]);
            for (a, x) in real_parts(l1, m1) {
                for (b, y) in real_parts(l2, m2) {
                    for (k, z) in real_parts(l3, m3) {
                        c[(a * side(l2) + b) * side(l3) + k] += (x * y * z.conj()).re * size;
                    }
                }
            }
        }
    }
    c
}

/// The complex vector of index m in the real basis, as (index, coefficient), with the phase of the degree:
/// (−i)^l (−1)^m (cos + i sin)/√2 for m > 0, (−i)^l (cos − i sin)/√2 for m < 0, where `cos` is the real vector of
/// index |m| and `sin` that of −|m|.
fn real_parts(l: i64, m: i64) -> Vec<(usize, Complex<f64>)> {
    let phase = Complex::new(0.0, -1.0).powi(l as i32);
    let half = std::f64::consts::FRAC_1_SQRT_2;
    let sign = if m % 2 == 0 { 1.0 } else { -1.0 };
    let (cosine, sine) = ((l + m.abs()) as usize, (l - m.abs()) as usize);
    match m {
        0 => vec![(l as usize, phase)],
        m if m > 0 => {
            vec![(cosine, phase * sign * half), (sine, phase * Complex::new(0.0, sign * half))]
        }
        _ => vec![(cosine, phase * half), (sine, phase * Complex::new(0.0, -half))],
    }
}

/// ⟨l1 m1 l2 m2 | l3 m3⟩ with m3 = m1 + m2 by Racah's sum.
fn condon_shortley([l1, l2, l3]: [i64; 3], [m1, m2, m3]: [i64; 3]) -> f64 {
    let triangle = factorial(l3 + l1 - l2) * factorial(l3 - l1 + l2) * factorial(l1 + l2 - l3)
        / factorial(l1 + l2 + l3 + 1);
    let shells: f64 =
        [(l1, m1), (l2, m2), (l3, m3)].iter().map(|(l, m)| factorial(l + m) * factorial(l - m)).product();
    let (from, to) = (0.max(l2 - l3 - m1).max(l1 - l3 + m2), (l1 + l2 - l3).min(l1 - m1).min(l2 + m2));
    let sum: f64 = (from..=to)
        .map(|k| {
            let below = [k, l1 + l2 - l3 - k, l1 - m1 - k, l2 + m2 - k, l3 - l2 + m1 + k, l3 - l1 - m2 + k];
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            sign / below.iter().map(|&n| factorial(n)).product::<f64>()
        })
        .sum();
    ((2 * l3 + 1) as f64 * triangle * shells).sqrt() * sum
}

fn factorial(n: i64) -> f64 {
    (2..=n).map(|k| k as f64).product()
}
