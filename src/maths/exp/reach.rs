//! What the exponential reaches.
//!
//! In SL(2,R) the image of exp is { tr g > −2 } ∪ { −1 }. Written as g = P R(p), with R(p) the rotation by p and P
//! symmetric with eigenvalues e^{±t}, the trace is 2 cosh t cos p: exp misses the wedge **cosh t cos p < −1** around
//! p = π, and its edge cosh t cos p = −1 except for the tip t = 0, which is −1. In GL⁺(2,R) the same holds for
//! g / √det g. For more dimensions the answer hangs on Jordan blocks and is given by [`log`](fn@super::log) with a tolerance.

use super::exact::{Wide, sum_of_products, two_sum};
use super::log;
use crate::maths::linalg::split_scale;
use crate::maths::matrix::Matrix;
use crate::maths::rng::Rng;
use std::f64::consts::{FRAC_PI_2, PI, SQRT_2};

/// Where a 2 × 2 matrix lies, seen from the exponential of real 2 × 2 matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Reached, with one principal logarithm.
    Reached,
    /// −c·1 with c > 0: reached by a half turn about any centre, on the edge of the wedge.
    Centre,
    /// On the edge of the wedge but not −c·1: a double negative eigenvalue with one eigenvector. Not reached.
    Edge,
    /// Inside the wedge: two different negative eigenvalues. Not reached.
    Wedge,
    /// det < 0: det exp X = e^{tr X} is positive. Not reached.
    Reflection,
    /// det = 0. Not reached.
    Singular,
}

impl Place {
    /// Whether some real X has exp X = g.
    pub fn reachable(self) -> bool {
        matches!(self, Self::Reached | Self::Centre)
    }

    /// Why there is no logarithm, or what was chosen; `None` where nothing needs saying.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Reached => None,
            Self::Centre => Some(
                "a negative multiple of 1 has many logarithms; the one given is ln c · 1 + πJ with J = [[0, −1], [1, 0]]",
            ),
            Self::Edge => Some("no real logarithm: a Jordan block of odd number for a negative eigenvalue"),
            Self::Wedge => Some("no real logarithm: two different negative eigenvalues"),
            Self::Reflection => Some("no real logarithm: the determinant is negative"),
            Self::Singular => Some("no logarithm: the matrix is singular"),
        }
    }
}

/// Where a finite 2 × 2 matrix lies. Decided without rounding for the numbers as they stand, however different in size.
pub fn place(g: &Matrix) -> Place {
    let determinant = determinant(g).value;
    if determinant < 0.0 {
        return Place::Reflection;
    }
    if determinant == 0.0 {
        return Place::Singular;
    }
    // The sign of a rounded sum of two numbers is exact.
    let trace = g[(0, 0)] + g[(1, 1)];
    let discriminant = discriminant(g).value;
    if trace > 0.0 || discriminant < 0.0 {
        Place::Reached
    } else if discriminant > 0.0 {
        Place::Wedge
    } else if g[(0, 1)] == 0.0 && g[(1, 0)] == 0.0 {
        Place::Centre
    } else {
        Place::Edge
    }
}

/// ad − bc, with the exact sign.
pub(super) fn determinant(g: &Matrix) -> Wide {
    sum_of_products(&[(g[(0, 0)], g[(1, 1)], 0), (g[(0, 1)], -g[(1, 0)], 0)])
}

/// Share of a − d below which the square of what its rounding lost cannot matter.
const LOST_SQUARE: f64 = 1e-45;

/// tr² − 4 det = (a − d)² + 4bc, with the exact sign.
pub(super) fn discriminant(g: &Matrix) -> Wide {
    let (a, d) = (g[(0, 0)], g[(1, 1)]);
    // Halves where the difference of the two numbers overflows.
    let (scale, e) = if (a - d).is_finite() { (1.0, 0) } else { (0.5, 2) };
    let [high, low] = two_sum(scale * a, -scale * d);
    let square = if low.abs() < LOST_SQUARE * high.abs() { 0.0 } else { low };
    sum_of_products(&[(square, square, e), (high, low, e + 1), (high, high, e), (g[(0, 1)], g[(1, 0)], 2)])
}

/// cosh t cos p + 1 = tr g / 2 + 1: positive where exp reaches g = P R(p) in SL(2,R), negative in the wedge, zero on
/// its edge.
pub fn margin(t: f64, p: f64) -> f64 {
    // 2 cosh² (t/2) cos² (p/2) − 2 sinh² (t/2) sin² (p/2), which does not cancel at the tip.
    let (sin, cos) = (0.5 * p).sin_cos();
    let (inside, outside) = ((0.5 * t).cosh() * cos, (0.5 * t).sinh() * sin);
    2.0 * (inside - outside) * (inside + outside)
}

/// Whether exp reaches P R(p) in SL(2,R), where P has eigenvalues e^{±t}.
pub fn reaches(t: f64, p: f64) -> bool {
    margin(t, p) > 0.0 || (t == 0.0 && margin(t, p) >= 0.0)
}

/// The angle p in [π/2, π] at which the wedge begins for stretch t: cos p = −1 / cosh t. The wedge is p < |angle| ≤ π.
pub fn edge(t: f64) -> f64 {
    // The Gudermannian of t measured from π: finer than acos(−1 / cosh t) near the tip.
    PI - gudermannian(t.abs())
}

/// gd t = 2 atan tanh(t/2) = acos(1 / cosh t) for t ≥ 0.
fn gudermannian(t: f64) -> f64 {
    2.0 * (0.5 * t).tanh().atan()
}

/// (t, p) of a matrix with positive determinant, scaled to determinant 1: g / √det = P R(p) with P symmetric of
/// eigenvalues e^{±t}, t ≥ 0, p in (−π, π]. `None` where det g ≤ 0.
pub fn stretch_and_turn(g: &Matrix) -> Option<(f64, f64)> {
    let determinant = determinant(g);
    if determinant.value.is_nan() || determinant.value <= 0.0 {
        return None;
    }
    let (g, exponent) = split_scale(g);
    let half_log = 0.5 * determinant.times_power_of_two(-2 * exponent).ln();
    // Singular values Q ± W: e^{2t} = (Q + W) / (Q − W) = (Q + W)² / det.
    let most = 0.5 * (g[(0, 0)] + g[(1, 1)]).hypot(g[(1, 0)] - g[(0, 1)])
        + 0.5 * (g[(0, 0)] - g[(1, 1)]).hypot(g[(1, 0)] + g[(0, 1)]);
    let t = (most.ln() - half_log).max(0.0);
    Some((t, super::plane::log_so2(&g)))
}

/// Share of the Haar measure of { g in SL(2,R) : t ≤ `most` } that exp does not reach.
///
/// The measure is sinh 2t dt dp, and the integral has a closed form: with θ = acos(1/cosh T) the share is
/// (θ cosh² T − sinh T) / (π sinh² T), which tends to ½.
pub fn unreached_share(most: f64) -> f64 {
    if most < 1e-3 {
        // Leading term of the series; the next is smaller by T².
        return 2.0 * most.abs() / (3.0 * PI);
    }
    let (theta, sinh) = (gudermannian(most), most.sinh());
    if sinh > 1e150 {
        return FRAC_PI_2 / PI;
    }
    // θ cosh² T − sinh T = θ sinh² T + (θ − sinh T).
    (theta + (theta - sinh) / (sinh * sinh)) / PI
}

/// Probability that a 2 × 2 matrix of independent standard normal entries has no real logarithm, given det > 0.
pub const GAUSSIAN_UNREACHED_2: f64 = (SQRT_2 - 1.0) / 2.0;

/// The same for n × n by counting: the share of `samples` matrices without a real logarithm. A matrix drawn with
/// negative determinant has its first row negated.
pub fn gaussian_unreached(n: usize, samples: u32, seed: u64) -> f64 {
    let mut rng = Rng::new(seed, 0);
    let missed = (0..samples)
        .filter(|_| {
            let mut g = Matrix::from_fn(n, n, |_, _| rng.normal());
            if g.determinant() < 0.0 {
                for j in 0..n {
                    g[(0, j)] = -g[(0, j)];
                }
            }
            !log::reachable(&g)
        })
        .count();
    missed as f64 / f64::from(samples)
}
