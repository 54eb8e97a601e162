//! 2 × 2 matrices: exp and log in closed form.
//!
//! With m = tr X / 2 and X₀ = X − m·1 the square X₀² = q·1 is a multiple of the identity, q = ((a−d)/2)² + bc, and
//! exp X = eᵐ (cosh √q · 1 + sinh √q / √q · X₀), where cosh and sinh become cos and sin for q < 0. The relative error
//! of exp is below 1e-15 · max(1, ‖X‖); of log below 1e-14 · max(1, ‖log g‖), both measured in the tests.

use super::log::{Log, NEAR};
use super::reach::{self, Place};
use crate::maths::linalg::split_scale;
use crate::maths::matrix::Matrix;
use std::f64::consts::{LN_2, PI};

/// The generator of rotations, J = [[0, −1], [1, 0]].
pub fn turn_generator() -> Matrix {
    Matrix::from_rows(&[[0.0, -1.0], [1.0, 0.0]])
}

/// exp(tJ), the rotation by t.
pub fn exp_so2(t: f64) -> Matrix {
    let (s, c) = t.sin_cos();
    Matrix::from_rows(&[[c, -s], [s, c]])
}

/// The angle of a rotation of the plane in (−π, π]; of any other matrix that of its nearest rotation.
pub fn log_so2(r: &Matrix) -> f64 {
    positive_at_pi((r[(1, 0)] - r[(0, 1)]).atan2(r[(0, 0)] + r[(1, 1)]))
}

/// −π, which `atan2` gives for a negative zero, is the angle π.
fn positive_at_pi(angle: f64) -> f64 {
    if angle == -PI { PI } else { angle }
}

/// m, δ = (a − d)/2, b, c and q = δ² + bc of a matrix.
#[derive(Clone, Copy)]
struct Split {
    m: f64,
    delta: f64,
    b: f64,
    c: f64,
    q: f64,
}

impl Split {
    fn of(g: &Matrix) -> Self {
        let (a, b, c, d) = (g[(0, 0)], g[(0, 1)], g[(1, 0)], g[(1, 1)]);
        let delta = 0.5 * a - 0.5 * d;
        Self { m: 0.5 * a + 0.5 * d, delta, b, c, q: sum_of_products(delta, delta, b, c) }
    }

    /// α 1 + β X₀.
    fn combine(self, alpha: f64, beta: f64) -> Matrix {
        let Self { delta, b, c, .. } = self;
        Matrix::from_rows(&[[alpha + beta * delta, beta * b], [beta * c, alpha - beta * delta]])
    }
}

/// a b + c d with an error of at most two units in the last place (Kahan; Jeannerod, Louvet & Muller 2013).
fn sum_of_products(a: f64, b: f64, c: f64, d: f64) -> f64 {
    let product = c * d;
    let lost = c.mul_add(d, -product);
    a.mul_add(b, product) + lost
}

/// exp X. Entries beyond the range of f64 come out infinite or NaN.
pub(super) fn exp(x: &Matrix) -> Matrix {
    let split = Split::of(x);
    let root = split.q.abs().sqrt();
    if split.q < 0.0 {
        let scale = split.m.exp();
        return split.combine(scale * root.cos(), scale * sinc(root));
    }
    // e^{m ± √q} apart, for eᵐ may underflow where cosh √q overflows.
    let (high, low) = ((split.m + root).exp(), (split.m - root).exp());
    let beta = if root < 1.0 { split.m.exp() * sinhc(root) } else { (high - low) / (2.0 * root) };
    split.combine(0.5 * high + 0.5 * low, beta)
}

/// sin t / t.
pub(super) fn sinc(t: f64) -> f64 {
    if t.abs() < 1e-4 { 1.0 - t * t / 6.0 } else { t.sin() / t }
}

/// sinh t / t.
fn sinhc(t: f64) -> f64 {
    if t.abs() < 1e-4 { 1.0 + t * t / 6.0 } else { t.sinh() / t }
}

/// The real logarithm of a 2 × 2 matrix, where there is one: the decision is exact for the numbers as given
/// ([`reach::place`]), the principal branch is taken, and log(−c·1) = ln c · 1 + πJ.
pub(super) fn log(g: &Matrix) -> Log {
    let place = reach::place(g);
    let mut warnings = Vec::new();
    let Place::Reached = place else {
        warnings.extend(place.reason().map(str::to_owned));
        if place != Place::Centre {
            return Log { matrix: None, reachable: false, warnings };
        }
        let scale = (-g[(0, 0)]).ln();
        let matrix = Matrix::from_rows(&[[scale, -PI], [PI, scale]]);
        return Log { matrix: Some(matrix), reachable: true, warnings };
    };
    let (scaled, exponent) = split_scale(g);
    // The exact q: its rounded value may have the other sign.
    let split = Split { q: 0.25 * reach::discriminant(&scaled), ..Split::of(&scaled) };
    let root = split.q.abs().sqrt();
    if split.m < 0.0 && root < NEAR * -split.m {
        warnings.push(format!(
            "near the edge of what exp reaches: the eigenvalues are {:.1e} (relative) off the negative axis",
            root / -split.m
        ));
    }
    let (alpha, beta) = if split.q < 0.0 {
        (0.5 * (split.m * split.m - split.q).ln(), root.atan2(split.m) / root)
    } else {
        hyperbolic(split.m, root, reach::determinant(&scaled))
    };
    Log { matrix: Some(split.combine(alpha + f64::from(exponent) * LN_2, beta)), reachable: true, warnings }
}

/// ½ ln det and artanh(√q / m) / √q, for m > √q ≥ 0.
fn hyperbolic(m: f64, root: f64, determinant: f64) -> (f64, f64) {
    let ratio = root / m;
    let alpha = 0.5 * determinant.ln();
    if ratio < 1e-4 {
        (alpha, (1.0 + ratio * ratio / 3.0) / m)
    } else if ratio < 0.5 {
        (alpha, ratio.atanh() / root)
    } else {
        // artanh(r/m) = ln((m + r) / √(m² − r²)) without the cancellation in m − r.
        (alpha, ((m + root).ln() - alpha) / root)
    }
}
