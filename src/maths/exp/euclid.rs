//! Rigid motions of the plane and of space as matrices [[R, x], [0, 1]]: exp and log in closed form.
//!
//! exp [[K, u], [0, 0]] = [[exp K, V u], [0, 1]] with V = Σ Kᵏ/(k+1)!. Both exponentials are onto; the logarithm given
//! has its angle in (−π, π] in the plane and in [0, π] in space, and is not unique at π.

use super::orthogonal::{exp_so3, hat, log_so3};
use super::plane::{exp_so2, log_so2, sinc};
use crate::maths::matrix::Matrix;

/// (1 − cos t)/t².
fn versine(t: f64) -> f64 {
    0.5 * sinc(0.5 * t).powi(2)
}

/// (t − sin t)/t³.
fn lag(t: f64) -> f64 {
    if t.abs() < 0.3 {
        let q = t * t;
        (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0 * (1.0 - q / 110.0 * (1.0 - q / 156.0))))) / 6.0
    } else {
        (t - t.sin()) / (t * t * t)
    }
}

/// (1/t²)(1 − (t/2) cot(t/2)) for |t| ≤ π, the coefficient of K² in V⁻¹.
fn inverse_coefficient(t: f64) -> f64 {
    if t.abs() < 0.3 {
        // Bernoulli numbers: Σ |B₂ₖ| t²ᵏ⁻²/(2k)!.
        let q = t * t;
        1.0 / 12.0 + q * (1.0 / 720.0 + q * (1.0 / 30_240.0 + q * (1.0 / 1_209_600.0 + q / 47_900_160.0)))
    } else {
        (1.0 - 0.5 * t * (0.5 * t).cos() / (0.5 * t).sin()) / (t * t)
    }
}

/// [[R, x], [0, 1]].
fn motion(rotation: &Matrix, shift: &[f64]) -> Matrix {
    let n = shift.len();
    let mut g = Matrix::identity(n + 1);
    g.set_block(0, 0, rotation);
    for (i, v) in shift.iter().enumerate() {
        g[(i, n)] = *v;
    }
    g
}

/// exp in SE(2) of the turn θ and the velocity u.
pub fn exp_se2(theta: f64, u: [f64; 2]) -> Matrix {
    // V = sin θ/θ 1 + (1 − cos θ)/θ J.
    let (a, b) = (sinc(theta), theta * versine(theta));
    motion(&exp_so2(theta), &[a * u[0] - b * u[1], b * u[0] + a * u[1]])
}

/// (θ, u) with exp = g, θ in (−π, π], for g in SE(2).
pub fn log_se2(g: &Matrix) -> (f64, [f64; 2]) {
    let theta = log_so2(g);
    // V⁻¹ = (θ/2) cot(θ/2) 1 − (θ/2) J.
    let (a, b) = (1.0 - theta * theta * inverse_coefficient(theta), 0.5 * theta);
    let (x, y) = (g[(0, 2)], g[(1, 2)]);
    (theta, [a * x + b * y, a * y - b * x])
}

/// exp in SE(3) of the rotation vector w and the velocity u: V = 1 + (1 − cos t)/t² K + (t − sin t)/t³ K².
pub fn exp_se3(w: [f64; 3], u: [f64; 3]) -> Matrix {
    let (k, t) = (hat(w), w[0].hypot(w[1]).hypot(w[2]));
    motion(&exp_so3(w), &combine(&k, &u, versine(t), lag(t)))
}

/// (w, u) with exp = g, |w| ≤ π, for g in SE(3): V⁻¹ = 1 − K/2 + (1 − (t/2) cot(t/2))/t² K².
pub fn log_se3(g: &Matrix) -> ([f64; 3], [f64; 3]) {
    let w = log_so3(g);
    let (k, t) = (hat(w), w[0].hypot(w[1]).hypot(w[2]));
    let x = [g[(0, 3)], g[(1, 3)], g[(2, 3)]];
    (w, combine(&k, &x, -0.5, inverse_coefficient(t)))
}

/// u + α K u + β K² u.
fn combine(k: &Matrix, u: &[f64; 3], alpha: f64, beta: f64) -> [f64; 3] {
    let once = k.apply(u);
    let twice = k.apply(&once);
    [0, 1, 2].map(|i| u[i] + alpha * once[i] + beta * twice[i])
}
