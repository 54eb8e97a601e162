//! 2 × 2 matrices: exp and log in closed form.
//!
//! With m = tr X / 2 and X₀ = X − m·1 the square X₀² = q·1 is a multiple of the identity, q = ((a−d)/2)² + bc, and
//! exp X = eᵐ (cosh √q · 1 + sinh √q / √q · X₀), where cosh and sinh become cos and sin for q < 0. Errors are those of
//! [`super`], and the sign of q is exact in log.

use super::log::{Log, NEAR};
use super::reach::{self, Place};
use crate::maths::linalg::{ldexp, split_scale};
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

/// exp X. Entries beyond the range of f64 come out infinite or NaN. The diagonal of a triangle is that of exp of the
/// numbers there; where bc ≥ 0 every entry has a small relative error, however small it is.
pub(super) fn exp(x: &Matrix) -> Matrix {
    let split = Split::of(x);
    let Split { m, delta, b, c, .. } = split;
    if b == 0.0 || c == 0.0 {
        return exp_triangle(x);
    }
    let (scaled, exponent) = split_scale(x);
    let q = Split::of(&scaled).q;
    let root = ldexp(q.abs().sqrt(), exponent);
    if q < 0.0 {
        let scale = m.exp();
        return split.combine(scale * root.cos(), scale * sinc(root));
    }
    // e^{m ± √q} apart, for eᵐ may underflow where cosh √q overflows.
    let (high, low) = ((m + root).exp(), (m - root).exp());
    if root < 1.0 {
        return split.combine(0.5 * high + 0.5 * low, m.exp() * sinhc(root));
    }
    // cosh √q ± δ sinh √q / √q = (e^{√q} (√q ± δ) + e^{−√q} (√q ∓ δ)) / 2√q, with (√q + δ)(√q − δ) = bc.
    let large = root + delta.abs();
    let small = (b / large) * c;
    let slope = (high - low) / (2.0 * root);
    let (large, small) = (large / (2.0 * root), small / (2.0 * root));
    let (more, less) = (high * large + low * small, high * small + low * large);
    let (first, last) = if delta > 0.0 { (more, less) } else { (less, more) };
    Matrix::from_rows(&[[first, slope * b], [slope * c, last]])
}

/// exp of a triangle: e^a and e^d on the diagonal, and (e^a − e^d) / (a − d) times the entry beside it.
fn exp_triangle(x: &Matrix) -> Matrix {
    let (a, d) = (x[(0, 0)], x[(1, 1)]);
    let (half_gap, first, last) = (0.5 * a - 0.5 * d, a.exp(), d.exp());
    let slope = if half_gap.abs() < 0.5 {
        (0.5 * a + 0.5 * d).exp() * sinhc(half_gap)
    } else {
        (0.5 * first - 0.5 * last) / half_gap
    };
    // 0 · ∞ is not to spoil a diagonal matrix.
    let beside = |v: f64| if v == 0.0 { 0.0 } else { slope * v };
    Matrix::from_rows(&[[first, beside(x[(0, 1)])], [beside(x[(1, 0)]), last]])
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
    let matrix = if g[(0, 1)] == 0.0 || g[(1, 0)] == 0.0 {
        log_triangle(g)
    } else {
        let (matrix, nearness) = log_full(g);
        if nearness < NEAR {
            warnings.push(format!(
                "near the edge of what exp reaches: the eigenvalues are {nearness:.1e} (relative) off the negative axis"
            ));
        }
        matrix
    };
    if !matrix.is_finite() {
        warnings.push("the logarithm exists, but has entries beyond the range of f64".to_owned());
        return Log { matrix: None, reachable: true, warnings };
    }
    Log { matrix: Some(matrix), reachable: true, warnings }
}

/// log of a triangle with a positive diagonal: ln a and ln d, and (ln a − ln d) / (a − d) times the entry beside them.
fn log_triangle(g: &Matrix) -> Matrix {
    let (a, d) = (g[(0, 0)], g[(1, 1)]);
    let (least, most) = (a.min(d), a.max(d));
    let gap = most - least;
    let slope = if gap == 0.0 {
        1.0 / least
    } else if gap < least {
        (gap / least).ln_1p() / gap
    } else {
        (most.ln() - least.ln()) / gap
    };
    let beside = |v: f64| if v == 0.0 { 0.0 } else { slope * v };
    Matrix::from_rows(&[[a.ln(), beside(g[(0, 1)])], [beside(g[(1, 0)]), d.ln()]])
}

/// log of a matrix that is reached, and how far its eigenvalues lie off the negative axis (infinite on the other side).
fn log_full(g: &Matrix) -> (Matrix, f64) {
    let (scaled, exponent) = split_scale(g);
    // From the numbers as given: the rounded q may have the other sign.
    let discriminant = reach::discriminant(g).times_power_of_two(-2 * exponent);
    let determinant = reach::determinant(g).times_power_of_two(-2 * exponent);
    let (Split { m, delta, .. }, root) = (Split::of(&scaled), 0.5 * discriminant.root());
    let alpha = 0.5 * determinant.ln();
    let beta = if discriminant.value < 0.0 { root.atan2(m) / root } else { hyperbolic(m, root, alpha) };
    // β v 2⁻ᵉ in an order in which nothing leaves the range of f64 that the product does not; β is of order 1 or more.
    let beside = |v: f64| {
        if exponent <= 0 {
            beta * ldexp(v, -exponent)
        } else if v.abs() < 1.0 {
            ldexp(beta * v, -exponent)
        } else {
            ldexp(beta, -exponent / 2) * ldexp(v, exponent / 2 - exponent)
        }
    };
    let middle = alpha + f64::from(exponent) * LN_2;
    let matrix = Matrix::from_rows(&[
        [middle + beta * delta, beside(g[(0, 1)])],
        [beside(g[(1, 0)]), middle - beta * delta],
    ]);
    (matrix, if m < 0.0 { root / -m } else { f64::INFINITY })
}

/// artanh(√q / m) / √q, for m > √q ≥ 0 and α = ½ ln det.
fn hyperbolic(m: f64, root: f64, alpha: f64) -> f64 {
    let ratio = root / m;
    if ratio < 1e-4 {
        (1.0 + ratio * ratio / 3.0) / m
    } else if ratio < 0.5 {
        ratio.atanh() / root
    } else {
        // artanh(r/m) = ln((m + r) / √(m² − r²)) without the cancellation in m − r.
        ((m + root).ln() - alpha) / root
    }
}
