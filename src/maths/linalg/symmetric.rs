//! S = V diag(λ) Vᵀ by Jacobi rotations.

use super::{EPSILON, NotConverged};
use crate::maths::matrix::Matrix;

/// The factors of a symmetric matrix S = V diag(λ) Vᵀ.
#[derive(Clone, Debug, PartialEq)]
pub struct SymmetricEigen {
    /// λ₁ ≥ λ₂ ≥ ….
    pub values: Vec<f64>,
    /// V, orthogonal; its column i belongs to λᵢ.
    pub vectors: Matrix,
}

impl SymmetricEigen {
    /// f(S) = V diag(f(λ)) Vᵀ, symmetric to the last bit.
    pub fn map(&self, f: impl Fn(f64) -> f64) -> Matrix {
        let scaled: Vec<f64> = self.values.iter().map(|v| f(*v)).collect();
        conjugate_diagonal(&self.vectors, &scaled)
    }
}

/// V diag(d) Vᵀ, symmetric to the last bit.
pub(crate) fn conjugate_diagonal(v: &Matrix, d: &[f64]) -> Matrix {
    let n = v.rows();
    let entry = |i: usize, j: usize| d.iter().enumerate().map(|(k, s)| v[(i, k)] * v[(j, k)] * s).sum();
    Matrix::from_fn(n, n, |i, j| entry(i.min(j), i.max(j)))
}

/// Sweeps over all pairs; ten suffice for any size in use here.
const SWEEPS: usize = 60;

/// Eigenvalues and vectors of a symmetric matrix (of (S + Sᵀ)/2 otherwise) by cyclic Jacobi rotations (Golub & Van
/// Loan, *Matrix Computations*, section 8.5).
///
/// # Errors
/// The sweeps do not end; no finite input is known that does this.
pub fn symmetric_eigen(s: &Matrix) -> Result<SymmetricEigen, NotConverged> {
    let n = s.rows();
    let mut a = Matrix::from_fn(n, n, |i, j| 0.5 * (s[(i, j)] + s[(j, i)]));
    let mut v = Matrix::identity(n);
    let level = EPSILON * 0.01 * a.frobenius();
    for _ in 0..SWEEPS {
        let mut turned = false;
        for p in 0..n {
            for q in p + 1..n {
                // Relative to the diagonal where that is definite, to the whole matrix otherwise.
                let small = (a[(p, p)].abs().sqrt() * a[(q, q)].abs().sqrt() * EPSILON).max(level * EPSILON);
                if a[(p, q)].abs() > small {
                    turn(&mut a, &mut v, p, q);
                    turned = true;
                }
            }
        }
        if !turned {
            return Ok(sorted(&a, &v));
        }
    }
    Err(NotConverged("symmetric eigenvalue"))
}

/// The rotation in the plane (p, q) that makes a_pq zero.
fn turn(a: &mut Matrix, v: &mut Matrix, p: usize, q: usize) {
    let (app, aqq, apq) = (a[(p, p)], a[(q, q)], a[(p, q)]);
    let tau = (aqq - app) / (2.0 * apq);
    let t = 1f64.copysign(tau) / (tau.abs() + tau.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = c * t;
    for k in (0..a.rows()).filter(|k| *k != p && *k != q) {
        let (x, y) = (a[(k, p)], a[(k, q)]);
        let (x, y) = (c * x - s * y, s * x + c * y);
        (a[(k, p)], a[(p, k)], a[(k, q)], a[(q, k)]) = (x, x, y, y);
    }
    (a[(p, p)], a[(q, q)]) = (app - t * apq, aqq + t * apq);
    (a[(p, q)], a[(q, p)]) = (0.0, 0.0);
    for k in 0..v.rows() {
        let (x, y) = (v[(k, p)], v[(k, q)]);
        (v[(k, p)], v[(k, q)]) = (c * x - s * y, s * x + c * y);
    }
}

fn sorted(a: &Matrix, v: &Matrix) -> SymmetricEigen {
    let n = a.rows();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| a[(*j, *j)].total_cmp(&a[(*i, *i)]));
    SymmetricEigen {
        values: order.iter().map(|i| a[(*i, *i)]).collect(),
        vectors: Matrix::from_fn(n, n, |k, j| v[(k, order[j])]),
    }
}
