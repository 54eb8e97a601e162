//! Paths from 1 to g.
//!
//! Two ways to come to g: along **one subgroup**, s ↦ exp(sX) with X = log g, where there is a logarithm; and **stretch,
//! then turn**, along the factors of g = R exp(S) with R a rotation and S symmetric, which always exist for det g > 0.
//! In GL⁺(n,R) with the left-invariant metric ⟨gA, gB⟩ = tr AᵀB the curves s ↦ exp(sS) are geodesics, as are all
//! s ↦ exp(sΩ) with Ω skew; what other geodesics are is said at [`geodesic`](fn@geodesic), and which of them
//! leads to a given g in [`geodesic`](mod@super::geodesic).

use super::{ExpError, exp, log, symmetric};
use crate::maths::linalg::rotation_log;
use crate::maths::matrix::Matrix;

/// exp(sX), 0 ≤ s ≤ 1: the one-parameter subgroup from 1 to exp X.
///
/// # Errors
/// Those of [`exp`](fn@exp).
pub fn one_subgroup(x: &Matrix, s: f64) -> Result<Matrix, ExpError> {
    exp(&x.scaled(s))
}

/// g = exp(Ω) exp(S): the turn Ω, skew, with angles in [−π, π], and the stretch S, symmetric.
#[derive(Clone, Debug, PartialEq)]
pub struct StretchTurn {
    /// Ω = log R.
    pub turn: Matrix,
    /// S = log P for g = R P.
    pub stretch: Matrix,
}

impl StretchTurn {
    /// The factors of g; `None` where det g ≤ 0 or g is singular to within rounding. `g` of two rows is taken apart
    /// without forming gᵀg.
    ///
    /// # Errors
    /// g not square or not finite, or an iteration that does not end.
    pub fn of(g: &Matrix) -> Result<Option<Self>, ExpError> {
        super::check_square(g)?;
        let (scaled, exponent) = crate::maths::linalg::split_scale(g);
        let parts = crate::maths::linalg::svd(&scaled)?;
        let rotation = &parts.left * &parts.right.transpose();
        if parts.rank() < g.rows() {
            return Ok(None);
        }
        let turn = if g.rows() == 2 {
            (rotation.determinant() > 0.0)
                .then(|| super::plane::turn_generator().scaled(super::plane::log_so2(&rotation)))
        } else {
            rotation_turn(&rotation)?
        };
        let ln_scale = f64::from(exponent) * std::f64::consts::LN_2;
        let logs: Vec<f64> = parts.values.iter().map(|v| v.ln() + ln_scale).collect();
        let stretch = crate::maths::linalg::conjugate_diagonal(&parts.right, &logs);
        Ok(turn.map(|turn| Self { turn, stretch }))
    }

    /// First the stretch, then the turn: exp(2sS) for s ≤ ½, then exp((2s − 1)Ω) exp(S).
    ///
    /// # Errors
    /// Those of [`exp`](fn@exp).
    pub fn at(&self, s: f64) -> Result<Matrix, ExpError> {
        let stretched = symmetric::exp(&self.stretch.scaled((2.0 * s).min(1.0)))?;
        if s <= 0.5 { Ok(stretched) } else { Ok(&exp(&self.turn.scaled(2.0 * s - 1.0))? * &stretched) }
    }

    /// Both at a time: exp(sΩ) exp(sS).
    ///
    /// # Errors
    /// Those of [`exp`](fn@exp).
    pub fn together(&self, s: f64) -> Result<Matrix, ExpError> {
        Ok(&exp(&self.turn.scaled(s))? * &symmetric::exp(&self.stretch.scaled(s))?)
    }
}

/// The skew logarithm of an orthogonal matrix by the rules of [`log`](fn@log); `None` for a reflection.
fn rotation_turn(rotation: &Matrix) -> Result<Option<Matrix>, ExpError> {
    if rotation.determinant() < 0.0 {
        return Ok(None);
    }
    match log(rotation)?.matrix {
        Some(turn) => Ok(Some(turn)),
        // Half turns whose eigenvalues −1 rounding has set apart by more than the tolerance of the logarithm.
        None => Ok(rotation_log(rotation)?),
    }
}

/// The geodesic from 1 with initial velocity X in GL⁺(n,R) with the left-invariant metric ⟨gA, gB⟩ = tr AᵀB:
/// γ(s) = exp(sXᵀ) exp(s(X − Xᵀ)), which is exp(sX) exactly where X commutes with Xᵀ (Andruchow, Larotonda, Recht &
/// Varela 2014; Martin & Neff 2016).
///
/// # Errors
/// Those of [`exp`](fn@exp).
pub fn geodesic(x: &Matrix, s: f64) -> Result<Matrix, ExpError> {
    let turn = x - &x.transpose();
    Ok(&exp(&x.transpose().scaled(s))? * &exp(&turn.scaled(s))?)
}
