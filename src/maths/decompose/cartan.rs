//! GL⁺(n) = SPD(n) · SO(n), and with determinant one SL(n) = SPD₁(n) · SO(n): global coordinates on both groups.
//!
//! g = p k with p symmetric positive definite and k a rotation (the polar decomposition, stretch on the left), then
//! ξ⁻¹(g) = log p + log k, a symmetric matrix plus a skew one, so that the sum loses nothing. It exists for every g,
//! while log g does not. Back: ξ(X) = exp(½(X + Xᵀ)) exp(½(X − Xᵀ)). For g in SL(n) the trace of ξ⁻¹(g) vanishes.
//! Source: Mironenco & Forré, *Lie Group Decompositions for Equivariant Neural Networks*, ICLR 2024 (arXiv
//! 2310.11366).

use super::polar::orthogonal_factor;
use super::{DecomposeError, check};
use crate::maths::linalg::{
    conjugate_diagonal, ldexp, rotation_log, skew_exp, split_scale, svd, symmetric_eigen,
};
use crate::maths::matrix::Matrix;

/// g = p k in the algebra: log p and log k.
#[derive(Clone, Debug, PartialEq)]
pub struct Cartan {
    /// log p, symmetric; its trace is log det g.
    pub symmetric: Matrix,
    /// log k, skew, with angles in [−π, π].
    pub skew: Matrix,
}

impl Cartan {
    /// ξ⁻¹(g) = log p + log k.
    pub fn sum(&self) -> Matrix {
        &self.symmetric + &self.skew
    }
}

/// ξ⁻¹: the parts of g in the algebra; `None` where det g ≤ 0 to rounding. The angle of a half turn may take either sign.
///
/// # Errors
/// g is empty, not square or not finite, or an iteration does not converge.
pub fn xi_inverse(g: &Matrix) -> Result<Option<Cartan>, DecomposeError> {
    check(g)?;
    let (scaled, e) = split_scale(g);
    let parts = svd(&scaled)?;
    if parts.rank() < g.rows() {
        return Ok(None);
    }
    let Some(skew) = rotation_log(&orthogonal_factor(&parts)?)? else { return Ok(None) };
    let shift = f64::from(e) * std::f64::consts::LN_2;
    let logs: Vec<f64> = parts.values.iter().map(|v| v.ln() + shift).collect();
    Ok(Some(Cartan { symmetric: conjugate_diagonal(&parts.left, &logs), skew }))
}

/// ξ: the group element exp(½(X + Xᵀ)) exp(½(X − Xᵀ)) of GL⁺(n), of SL(n) where X has no trace.
///
/// # Errors
/// X is empty, not square or not finite, the result overflows, or an iteration does not converge.
pub fn xi(x: &Matrix) -> Result<Matrix, DecomposeError> {
    check(x)?;
    let (scaled, e) = split_scale(x);
    let p = symmetric_eigen(&(&scaled + &scaled.transpose()).scaled(0.5))?.map(|v| ldexp(v, e).exp());
    let g = &p * &skew_exp(x)?;
    if g.is_finite() { Ok(g) } else { Err(DecomposeError::Overflow { factor: "stretch" }) }
}
