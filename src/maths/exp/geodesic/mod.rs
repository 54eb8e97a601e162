//! Geodesics from 1 to a given g.
//!
//! The metric is ⟨gA, gB⟩ = tr AᵀB: the same at every g when seen from g, and a length of the velocity ξ = γ⁻¹γ′. A
//! curve is a geodesic exactly where ξ′ = P(ξᵀξ − ξξᵀ), P the orthogonal projection on the Lie algebra (Euler–Arnold).
//! Where the algebra is closed under transposition there is a closed form, [`path::geodesic`](super::path::geodesic):
//! γ(s) = exp(sXᵀ) exp(s(X − Xᵀ)). Its length is ‖X‖ in the Frobenius norm, since the speed stays the same. For these
//! metrics every two points of a connected group are joined by a shortest geodesic (Hopf & Rinow).
//!
//! | space | X for a given g | is it the shortest |
//! |---|---|---|
//! | SO(n) | log g | yes: geodesics and one-parameter subgroups are the same |
//! | GL⁺(2), SL(2), SO⁺(1,2) | one increasing equation in one unknown | yes |
//! | SO⁺(1,1) | log g | yes: there is no other |
//! | GL⁺(n), SL(n), SO⁺(1,n) | a damped Newton iteration from several starts | the shortest found |
//! | Aff⁺(2) | the same, the geodesic integrated numerically | the shortest found |

mod flow;
mod plane;
mod search;
mod starts;

use super::{ExpError, exp, path, reach};
use crate::maths::linalg::{rotation_log, svd};
use crate::maths::lorentz::{self, BoostRotation};
use crate::maths::matrix::Matrix;

/// The groups with geodesics here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// GL⁺(n,R); for det g = 1 geodesics stay in SL(n,R).
    Linear,
    /// SO(n).
    Rotation,
    /// SO⁺(1,n), time first.
    Lorentz,
    /// Aff⁺(2,R) in homogeneous coordinates, last row 0 0 1.
    Affine,
}

/// A geodesic from 1 to g.
#[derive(Clone, Debug, PartialEq)]
pub struct Geodesic {
    space: Space,
    /// X = γ′(0).
    pub velocity: Matrix,
    /// ‖X‖_F, the length.
    pub length: f64,
    /// Whether none is shorter for certain; otherwise it is the shortest that the search found.
    pub proved: bool,
    /// Steps of the integration over the whole length, where one is needed.
    steps: usize,
    /// How the end answers to X, in coordinates of the search that found it: a search that goes on from here begins with
    /// them.
    derivatives: Option<Matrix>,
}

/// A search has found g when the end is off by no more than this, relative to ‖g‖; searches end far below.
const ARRIVED: f64 = 1e-11;

impl Geodesic {
    /// The shortest geodesic from 1 to g, or the shortest found; the table above says which. `None` where g is not in the
    /// space (to a relative 1e-9), is singular to within rounding, or no search arrives.
    ///
    /// Where two are equally short, as for a half turn, it is one of them.
    ///
    /// # Errors
    /// g not square or not finite, or an iteration that does not end.
    pub fn to(g: &Matrix, space: Space) -> Result<Option<Self>, ExpError> {
        super::check_square(g)?;
        let closed = |velocity: Matrix| Some(Self::new(space, velocity, true, 0));
        Ok(match space {
            Space::Rotation if is_rotation(g) => rotation_log(g)?.and_then(closed),
            Space::Linear if g.rows() == 1 && g[(0, 0)] > 0.0 => closed(Matrix::diagonal(&[g[(0, 0)].ln()])),
            Space::Linear if g.rows() == 2 => linear2(g)?.and_then(closed),
            Space::Lorentz if g.rows() == 2 && lorentz::check(g).is_ok() => lorentz1(g).and_then(closed),
            Space::Lorentz if g.rows() == 3 && lorentz::check(g).is_ok() => lorentz2(g).and_then(closed),
            _ if searched(g, space)? => search::shortest(g, space)?,
            _ => None,
        })
    }

    /// The geodesic to another g that this one becomes when its end moves there: one search, begun at this velocity, where
    /// [`Geodesic::to`] begins several. It may be longer than the shortest, and is never called proved where a search is
    /// needed. `None` where the search does not arrive or g is not in the space.
    ///
    /// # Errors
    /// As for [`Geodesic::to`].
    pub fn moved_to(&self, g: &Matrix) -> Result<Option<Self>, ExpError> {
        super::check_square(g)?;
        if g.rows() != self.velocity.rows() || !searched(g, self.space)? {
            return Self::to(g, self.space);
        }
        Ok(search::near(g, self))
    }

    fn new(space: Space, velocity: Matrix, proved: bool, steps: usize) -> Self {
        Self { space, length: velocity.frobenius(), velocity, proved, steps, derivatives: None }
    }

    /// γ(s), 0 ≤ s ≤ 1: in closed form, but for Aff⁺(2).
    ///
    /// # Errors
    /// Those of [`exp`](fn@exp).
    pub fn at(&self, s: f64) -> Result<Matrix, ExpError> {
        match self.space {
            Space::Rotation => exp(&self.velocity.scaled(s)),
            Space::Linear | Space::Lorentz => path::geodesic(&self.velocity, s),
            Space::Affine => {
                let steps = (self.steps as f64 * s.abs()).ceil() as usize;
                Ok(flow::end(&self.velocity.scaled(s), steps))
            }
        }
    }

    /// γ(0), γ(1/n), …, γ(1): n + 1 points, with one exponential or one integration for all of them. The last one is
    /// [`at`](Self::at)(1).
    ///
    /// # Errors
    /// Those of [`exp`](fn@exp).
    pub fn points(&self, n: usize) -> Result<Vec<Matrix>, ExpError> {
        let n = n.max(1);
        let part = 1.0 / n as f64;
        let mut points = match self.space {
            Space::Rotation => powers(&exp(&self.velocity.scaled(part))?, n),
            Space::Linear | Space::Lorentz => {
                let x = &self.velocity;
                let stretch = powers(&exp(&x.transpose().scaled(part))?, n);
                let turn = powers(&exp(&(x - &x.transpose()).scaled(part))?, n);
                stretch.iter().zip(&turn).map(|(a, b)| a * b).collect()
            }
            Space::Affine => return Ok(flow::points(&self.velocity, self.steps, n)),
        };
        points[n] = self.at(1.0)?;
        Ok(points)
    }
}

/// 1, h, h², …, hⁿ: even steps along a one-parameter subgroup.
pub fn powers(h: &Matrix, n: usize) -> Vec<Matrix> {
    let next = |m: &Matrix| Some(h * m);
    std::iter::successors(Some(Matrix::identity(h.rows())), next).take(n + 1).collect()
}

/// Last rows and orthogonality are taken for exact when they are off by less.
const IN_SPACE: f64 = 1e-9;

/// Whether g has a geodesic that a search must find.
fn searched(g: &Matrix, space: Space) -> Result<bool, ExpError> {
    Ok(match space {
        Space::Rotation => false,
        Space::Linear => g.rows() > 2 && regular(g)? && g.determinant() > 0.0,
        Space::Lorentz => g.rows() > 3 && lorentz::check(g).is_ok(),
        Space::Affine => is_affine(g) && regular(g)? && g.determinant() > 0.0,
    })
}

fn is_rotation(g: &Matrix) -> bool {
    (&g.transpose() * g).max_difference(&Matrix::identity(g.rows())) < IN_SPACE && g.determinant() > 0.0
}

fn is_affine(g: &Matrix) -> bool {
    g.rows() == 3 && (0..3).all(|j| (g[(2, j)] - f64::from(u8::from(j == 2))).abs() < IN_SPACE)
}

/// Whether g is regular beyond rounding.
fn regular(g: &Matrix) -> Result<bool, ExpError> {
    let (scaled, _) = crate::maths::linalg::split_scale(g);
    Ok(svd(&scaled)?.rank() == g.rows())
}

/// X for g in GL⁺(2,R): ½ ln det g · 1, along which the metric is a product, and what SL(2,R) asks for g / √det g.
fn linear2(g: &Matrix) -> Result<Option<Matrix>, ExpError> {
    if !regular(g)? {
        return Ok(None);
    }
    let Some((t, p)) = reach::stretch_and_turn(g) else { return Ok(None) };
    let (scaled, exponent) = crate::maths::linalg::split_scale(g);
    let half_log = 0.5 * reach::determinant(&scaled).ln() + f64::from(exponent) * std::f64::consts::LN_2;
    let rates = plane::rates(t, p);
    // g R(−2ω) = … + s S: the direction of S stands in its symmetric and traceless part.
    let turned = &scaled * &super::plane::exp_so2(-2.0 * rates.turn);
    let (d, b) = (0.5 * (turned[(0, 0)] - turned[(1, 1)]), 0.5 * (turned[(0, 1)] + turned[(1, 0)]));
    let size = d.hypot(b);
    let (d, b) = if size > 0.0 { (d / size * rates.stretch, b / size * rates.stretch) } else { (0.0, 0.0) };
    let w = rates.turn;
    Ok(Some(Matrix::from_rows(&[[half_log + d, b - w], [b + w, half_log - d]])))
}

/// X for a boost of R^{1,1}, a group of one dimension.
fn lorentz1(g: &Matrix) -> Option<Matrix> {
    let rapidity = *BoostRotation::left(g).ok()?.rapidity.first()?;
    Some(Matrix::from_rows(&[[0.0, rapidity], [rapidity, 0.0]]))
}

/// X for g = B(η n) R(φ) in SO⁺(1,2), which SL(2,R) covers twice: t = η/2, p = φ/2.
fn lorentz2(g: &Matrix) -> Option<Matrix> {
    let parts = BoostRotation::left(g).ok()?;
    let angle = super::plane::log_so2(&parts.turn);
    let rates = plane::rates(0.5 * parts.size(), 0.5 * angle);
    let (boost, w) = (2.0 * rates.stretch, 2.0 * rates.turn);
    // The boost is turned back by half of what the turn stays behind.
    let towards = parts.rapidity[1].atan2(parts.rapidity[0]) - 0.5 * (angle - 2.0 * w);
    let (y, x) = towards.sin_cos();
    Some(Matrix::from_rows(&[[0.0, boost * x, boost * y], [boost * x, 0.0, -w], [boost * y, w, 0.0]]))
}
