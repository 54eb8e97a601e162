//! Symmetric matrices: exp, log, root by eigenvalues, S = V diag(λ) Vᵀ ↦ V diag(f(λ)) Vᵀ.
//!
//! exp is a diffeomorphism from sym(n) onto SPD(n), the symmetric positive definite matrices, so log is defined for all
//! of them. The results are symmetric to the last bit. With the eigenvalues by Jacobi rotations the errors are
//! ‖exp S‖ · O(ε max(1, ‖S‖)) and O(ε κ(P)) for log P. For 2 × 2 there are closed forms in terms of m = tr/2,
//! d = (x − z)/2, r = √(d² + b²).

use super::ExpError;
use crate::maths::linalg::{split_scale, symmetric_eigen, times_power_of_two};
use crate::maths::matrix::Matrix;
use std::f64::consts::LN_2;

/// exp S for S symmetric (for (S + Sᵀ)/2 otherwise); symmetric positive definite.
///
/// # Errors
/// S not square or not finite, or exp S beyond the range of f64.
pub fn exp(s: &Matrix) -> Result<Matrix, ExpError> {
    super::check_square(s)?;
    let (scaled, exponent) = split_scale(s);
    let result = symmetric_eigen(&scaled)?.map(|v| (v * 2f64.powi(exponent)).exp());
    if result.is_finite() { Ok(result) } else { Err(ExpError::Overflow) }
}

/// The symmetric logarithm of a symmetric matrix P (of (P + Pᵀ)/2 otherwise); `None` where P is not positive definite,
/// that is, where its smallest eigenvalue is not above n ε times its largest. A diagonal P needs only be positive.
///
/// # Errors
/// P not square or not finite.
pub fn log(p: &Matrix) -> Result<Option<Matrix>, ExpError> {
    super::check_square(p)?;
    let (scaled, exponent) = split_scale(p);
    let parts = symmetric_eigen(&scaled)?;
    if !is_definite(p, &parts.values) {
        return Ok(None);
    }
    Ok(Some(parts.map(|v| v.ln() + f64::from(exponent) * LN_2)))
}

/// √P, symmetric positive definite, under the conditions of [`log`](fn@log).
///
/// # Errors
/// P not square or not finite.
pub fn square_root(p: &Matrix) -> Result<Option<Matrix>, ExpError> {
    super::check_square(p)?;
    let (scaled, exponent) = split_scale(p);
    let parts = symmetric_eigen(&scaled)?;
    if !is_definite(p, &parts.values) {
        return Ok(None);
    }
    let odd = exponent.rem_euclid(2);
    let root = parts.map(|v| (v * 2f64.powi(odd)).sqrt());
    Ok(Some(times_power_of_two(&root, (exponent - odd) / 2)))
}

fn is_definite(p: &Matrix, values: &[f64]) -> bool {
    let n = p.rows();
    let diagonal = (0..n).all(|i| (0..n).all(|j| i == j || p[(i, j)] == 0.0));
    let least = values.first().map_or(0.0, |v| if diagonal { 0.0 } else { n as f64 * f64::EPSILON * v });
    values.iter().all(|v| *v > least)
}

/// exp [[x, b], [b, z]] in closed form: eᵐ (cosh r 1 + sinh r / r [[d, b], [b, −d]]).
pub fn exp2(x: f64, b: f64, z: f64) -> Matrix {
    super::plane::exp(&Matrix::from_rows(&[[x, b], [b, z]]))
}

/// log [[x, b], [b, z]] in closed form: ½ ln(m² − r²) 1 + artanh(r/m)/r [[d, b], [b, −d]]; `None` where the matrix is
/// not positive definite.
pub fn log2(x: f64, b: f64, z: f64) -> Option<Matrix> {
    let p = Matrix::from_rows(&[[x, b], [b, z]]);
    if !p.is_finite() || x + z <= 0.0 {
        return None;
    }
    super::plane::log(&p).matrix
}

/// √P for P = [[x, b], [b, z]]: (P + √det P) / √(tr P + 2 √det P); `None` where P is not positive definite.
pub fn square_root2(x: f64, b: f64, z: f64) -> Option<Matrix> {
    let (p, exponent) = split_scale(&Matrix::from_rows(&[[x, b], [b, z]]));
    let determinant = super::reach::determinant(&p);
    if !p.is_finite() || p.trace() <= 0.0 || determinant.value <= 0.0 {
        return None;
    }
    let root = determinant.root();
    let size = 2f64.powi(exponent).sqrt() / (p.trace() + 2.0 * root).sqrt();
    Some((&p + &Matrix::identity(2).scaled(root)).scaled(size))
}
