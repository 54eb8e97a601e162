//! Errors in units of ε times the condition number; norms are Frobenius norms.

use std::f64::consts::PI;

use super::EPSILON;
use crate::engine::kernels::lie_exp::Algebra;
use crate::engine::kernels::small::{Small, combine, eigen, load, product, symmetric, transpose};
use crate::engine::kernels::stumpff::stumpff;

fn norm<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().map(|v| v * v).sum::<f64>().sqrt()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// Smallest and largest of the first n.
fn ends(values: &[f64], n: usize) -> (f64, f64) {
    values[..n].iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), &v| (lo.min(v), hi.max(v)))
}

/// ‖Δ‖ / (ε κ), κ the ratio of the singular values.
pub(super) fn by_ratio<const N: usize>(x: &[f64], got: &[f64], want: &[f64]) -> f64 {
    let g: Small<f64> = load(x, N);
    let (lo, hi) = ends(&eigen(&product(&transpose(&g), &g), N).0, N);
    distance(got, want) / (EPSILON * (hi / lo.max(1e-15 * hi)).sqrt())
}

/// ‖Δ‖ / (ε ‖x‖).
pub(super) fn by_norm(x: &[f64], got: &[f64], want: &[f64]) -> f64 {
    distance(got, want) / (EPSILON * norm(x))
}

/// ‖Δ‖ / ε, q and −q being the same.
pub(super) fn up_to_sign(_: &[f64], got: &[f64], want: &[f64]) -> f64 {
    let opposite: Vec<f64> = want.iter().map(|v| -v).collect();
    distance(got, want).min(distance(got, &opposite)) / EPSILON
}

/// ‖Δ‖ / ε.
pub(super) fn absolute(_: &[f64], got: &[f64], want: &[f64]) -> f64 {
    distance(got, want) / EPSILON
}

/// The largest of |Δλ| / (ε ‖S‖), ‖S V − V diag(λ)‖ / (ε ‖S‖) and ‖VᵀV − 1‖ / ε.
pub(super) fn eigen_system<const N: usize>(x: &[f64], got: &[f64], want: &[f64]) -> f64 {
    let [s, v]: [Small<f64, 5>; 2] = [symmetric(&load(x, N)), load(&got[N..], N)];
    let (image, gram, size) = (product(&s, &v), product(&transpose(&v), &v), norm(x));
    let (mut residual, mut skew) = (0.0_f64, 0.0_f64);
    for i in 0..N {
        for j in 0..N {
            residual += (image[i][j] - v[i][j] * got[j]).powi(2);
            skew += (gram[i][j] - if i == j { 1.0 } else { 0.0 }).powi(2);
        }
    }
    let values = distance(&got[..N], &want[..N]);
    (values / size).max(residual.sqrt() / size).max(skew.sqrt()) / EPSILON
}

/// ‖Δ‖ / (ε (1 + ‖S‖) ‖exp S‖).
pub(super) fn exponential(x: &[f64], got: &[f64], want: &[f64]) -> f64 {
    distance(got, want) / (EPSILON * (1.0 + norm(x)) * norm(want))
}

fn ratio<const N: usize>(x: &[f64]) -> f64 {
    let s: Small<f64> = load(x, N);
    let (lo, hi) = ends(&eigen(&s, N).0, N);
    hi / lo
}

/// ‖Δ‖ / (ε (κ + ‖ln S‖)).
pub(super) fn logarithm<const N: usize>(x: &[f64], got: &[f64], want: &[f64]) -> f64 {
    distance(got, want) / (EPSILON * (ratio::<N>(x) + norm(want)))
}

/// ‖Δ‖ / (ε κ^½ ‖S^½‖).
pub(super) fn root<const N: usize>(x: &[f64], got: &[f64], want: &[f64]) -> f64 {
    distance(got, want) / (EPSILON * ratio::<N>(x).sqrt() * norm(want))
}

/// ‖Δ‖ / (ε κ ‖S^−½‖).
pub(super) fn inverse_root<const N: usize>(x: &[f64], got: &[f64], want: &[f64]) -> f64 {
    distance(got, want) / (EPSILON * ratio::<N>(x) * norm(want))
}

/// |Δ| / (ε K), K = |c_k| + 1/k! + 2 |x c_k′|.
pub(super) fn stumpff_of<const K: u32>(x: &[f64], got: &[f64], want: &[f64]) -> f64 {
    let slope = (f64::from(K) * stumpff(K + 2, x[0]) - stumpff(K + 1, x[0])) / 2.0;
    let first: f64 = (1..=K).map(f64::from).product();
    distance(got, want) / (EPSILON * (want[0].abs() + 1.0 / first + 2.0 * (x[0] * slope).abs()))
}

/// Smallest and largest singular value of v ↦ e^X at v.
fn stretch(algebra: Algebra, v: [f64; 3]) -> (f64, f64) {
    let form = algebra.form();
    let x: f64 = (0..3).map(|i| form[i] * v[i] * v[i]).sum();
    let slope = |k: u32| (f64::from(k) * stumpff(k + 2, x) - stumpff(k + 1, x)) / 2.0;
    let m = algebra.matrix(v);
    let square = product(&m, &m);
    let column = |i: usize| -> Small<f64> {
        let e = algebra.matrix(std::array::from_fn(|j| if i == j { 1.0 } else { 0.0 }));
        let both = combine(1.0, &product(&e, &m), 1.0, &product(&m, &e));
        let direct = combine(stumpff(1, x), &e, stumpff(2, x), &both);
        let through = combine(slope(1), &m, slope(2), &square);
        combine(1.0, &direct, 2.0 * form[i] * v[i], &through)
    };
    let columns = [column(0), column(1), column(2)];
    let mut gram: Small<f64> = [[0.0; 4]; 4];
    for i in 0..3 {
        for j in 0..3 {
            let pairs = columns[i].iter().flatten().zip(columns[j].iter().flatten());
            gram[i][j] = pairs.map(|(a, b)| a * b).sum();
        }
    }
    let (lo, hi) = ends(&eigen(&gram, 3).0, 3);
    (lo.max(0.0).sqrt(), hi.max(0.0).sqrt())
}

/// ‖Δ‖ / (ε (‖y‖ + ‖∂y/∂v‖₂ ‖v‖)).
pub(super) fn lie_exp<const ALGEBRA: usize>(x: &[f64], got: &[f64], want: &[f64]) -> f64 {
    let (_, hi) = stretch(Algebra::ALL[ALGEBRA], [x[0], x[1], x[2]]);
    distance(got, want) / (EPSILON * (norm(want) + hi * norm(x)))
}

/// ‖Δ‖ / (ε (‖v‖ + ‖m‖ / σ)); rotations by v and by v (1 − 2π/‖v‖) are the same. A wrong flag is an infinite error.
pub(super) fn lie_log<const ALGEBRA: usize>(x: &[f64], got: &[f64], want: &[f64]) -> f64 {
    let algebra = Algebra::ALL[ALGEBRA];
    let (v, size) = ([want[0], want[1], want[2]], norm(&want[..3]));
    let mut error = distance(got, want);
    if algebra == Algebra::So3 && size > 3.0 {
        let other = [v[0], v[1], v[2]].map(|v| v * (1.0 - 2.0 * PI / size));
        error = error.min(distance(&got[..3], &other));
    }
    if got[3] != want[3] {
        return f64::INFINITY;
    }
    let (lo, _) = stretch(algebra, v);
    error / (EPSILON * (size + norm(x) / lo))
}
