//! M = U Σ Vᵀ by one-sided Jacobi rotations.
//!
//! Rotations from the right turn the columns of M until they are orthogonal; their lengths are then the singular
//! values, their directions U (Hestenes 1958; Demmel & Veselić 1992, *Jacobi's method is more accurate than QR*). The
//! test for orthogonality is relative to the two columns, so that a small singular value of a matrix with badly
//! scaled columns keeps its digits.

use super::{EPSILON, NotConverged};
use crate::maths::matrix::Matrix;

/// The factors of M = U diag(σ) Vᵀ.
#[derive(Clone, Debug, PartialEq)]
pub struct Svd {
    /// U, orthogonal, n × n; its column i belongs to σᵢ.
    pub left: Matrix,
    /// σ₁ ≥ σ₂ ≥ … ≥ 0.
    pub values: Vec<f64>,
    /// V, orthogonal, n × n (not transposed); its column i belongs to σᵢ.
    pub right: Matrix,
}

impl Svd {
    /// How many singular values are above n ε σ₁, the level of rounding.
    pub fn rank(&self) -> usize {
        let n = self.values.len();
        let level = n as f64 * EPSILON * self.values.first().copied().unwrap_or(0.0);
        self.values.iter().filter(|v| **v > level).count()
    }
}

/// Sweeps over all pairs of columns; ten suffice for any size in use here.
const SWEEPS: usize = 60;
/// Columns shorter than this (against a largest entry near 1) count as zero: their squares vanish.
const NULL: f64 = 1e-150;

/// The singular value decomposition of a square matrix whose largest entry is near 1. Columns of U that belong to
/// σ = 0 complete the others to an orthonormal basis, starting from the first unit vectors.
///
/// # Errors
/// The sweeps do not end; no finite input is known that does this.
pub fn svd(m: &Matrix) -> Result<Svd, NotConverged> {
    let n = m.rows();
    let (mut a, mut v) = (m.clone(), Matrix::identity(n));
    for _ in 0..SWEEPS {
        let mut turned = false;
        for i in 0..n {
            for j in i + 1..n {
                turned |= orthogonalise(&mut a, &mut v, i, j);
            }
        }
        if !turned {
            return Ok(collect(&a, &v));
        }
    }
    Err(NotConverged("singular value"))
}

/// ‖column j‖₂.
fn length(a: &Matrix, j: usize) -> f64 {
    (0..a.rows()).fold(0.0, |sum: f64, k| sum.hypot(a[(k, j)]))
}

/// Turns columns i < j until they are orthogonal and the longer one comes first; whether there was anything to do.
fn orthogonalise(a: &mut Matrix, v: &mut Matrix, i: usize, j: usize) -> bool {
    let (mut p, mut q) = (length(a, i), length(a, j));
    let mut changed = false;
    if q > p {
        swap_columns(a, i, j);
        swap_columns(v, i, j);
        (p, q) = (q, p);
        changed = true;
    }
    if q < NULL {
        return changed;
    }
    let cosine: f64 = (0..a.rows()).map(|k| (a[(k, i)] / p) * (a[(k, j)] / q)).sum();
    if cosine.abs() <= a.rows() as f64 * EPSILON {
        return changed;
    }
    // tan of the smaller angle that makes the columns orthogonal; the cotangent of its double is zeta.
    let zeta = (q / p - p / q) / (2.0 * cosine);
    let tangent = 1f64.copysign(zeta) / (zeta.abs() + zeta.hypot(1.0));
    let c = 1.0 / tangent.hypot(1.0);
    rotate_columns(a, i, j, c, c * tangent);
    rotate_columns(v, i, j, c, c * tangent);
    true
}

fn swap_columns(m: &mut Matrix, i: usize, j: usize) {
    for k in 0..m.rows() {
        (m[(k, i)], m[(k, j)]) = (m[(k, j)], m[(k, i)]);
    }
}

fn rotate_columns(m: &mut Matrix, i: usize, j: usize, c: f64, s: f64) {
    for k in 0..m.rows() {
        let (x, y) = (m[(k, i)], m[(k, j)]);
        (m[(k, i)], m[(k, j)]) = (c * x - s * y, s * x + c * y);
    }
}

fn collect(a: &Matrix, v: &Matrix) -> Svd {
    let n = a.rows();
    let mut order: Vec<(f64, usize)> = (0..n).map(|j| (length(a, j), j)).collect();
    order.sort_by(|x, y| y.0.total_cmp(&x.0));
    let mut left = Matrix::zeros(n, n);
    let mut known = 0;
    for &(value, j) in order.iter().filter(|(value, _)| *value >= NULL) {
        for k in 0..n {
            left[(k, known)] = a[(k, j)] / value;
        }
        known += 1;
    }
    complete(&mut left, known);
    let right = Matrix::from_fn(n, n, |k, j| v[(k, order[j].1)]);
    let values = order.iter().map(|(value, _)| if *value < NULL { 0.0 } else { *value }).collect();
    Svd { left, values, right }
}

/// Fills the columns from `known` on so that all are orthonormal: of the unit vectors always the one that is farthest
/// from the span so far, the first of equals.
fn complete(q: &mut Matrix, known: usize) {
    let n = q.rows();
    for j in known..n {
        let outside = |e: usize| 1.0 - (0..j).map(|c| q[(e, c)].powi(2)).sum::<f64>();
        let first = (0..n).fold(0, |best, e| if outside(e) > outside(best) + 1e-9 { e } else { best });
        let mut u: Vec<f64> = (0..n).map(|k| f64::from(k == first)).collect();
        // Once more takes away what rounding left the first time.
        for _ in 0..2 {
            for c in 0..j {
                let along: f64 = (0..n).map(|k| q[(k, c)] * u[k]).sum();
                (0..n).for_each(|k| u[k] -= along * q[(k, c)]);
            }
        }
        let size = u.iter().fold(0.0, |sum: f64, x| sum.hypot(*x));
        (0..n).for_each(|k| q[(k, j)] = u[k] / size);
    }
}
