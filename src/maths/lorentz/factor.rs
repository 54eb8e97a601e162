//! Lorentz matrices as products of boosts, rotations and null rotations.

use super::{NotLorentz, boost, check, rotation};
use crate::maths::linalg;
use crate::maths::matrix::Matrix;
use crate::maths::rotation::{Quaternion, about, nearest};

/// Λ = B R or Λ = R B.
#[derive(Clone, Debug, PartialEq)]
pub struct BoostRotation {
    /// η = e n with B = B(η).
    pub rapidity: Vec<f64>,
    /// The rotation of space, n × n.
    pub turn: Matrix,
}

/// D − u wᵀ / (1 + γ) of Λ = [[γ, wᵀ], [u, D]]: the rotation of Λ = B R, up to rounding.
///
/// It loses e^η of the digits where B⁻¹ Λ would lose e^{2η}.
pub(super) fn spatial(m: &Matrix) -> Matrix {
    let n = m.rows() - 1;
    let gamma = m[(0, 0)].max(1.0);
    Matrix::from_fn(n, n, |i, j| m[(i + 1, j + 1)] - m[(i + 1, 0)] / (1.0 + gamma) * m[(0, j + 1)])
}

/// The rotation of Λ = B R = R B′, with u and w the first column and the first row.
///
/// R takes w to u, and that is known to all digits; about u it is known to e^η of them less. So that B R still is Λ to
/// all digits, the first is made exact where u is large.
fn turn_of(m: &Matrix, u: &[f64], w: &[f64]) -> Matrix {
    let raw = spatial(m);
    if norm(u) < 1.0 || u.len() == 1 {
        return nearest_rotation(&raw);
    }
    let (from, to) = (from_last_axis(w), from_last_axis(u));
    if u.len() == 2 {
        return &to * &from.transpose();
    }
    let about_axis = &(&to.transpose() * &raw) * &from;
    let angle = (about_axis[(1, 0)] - about_axis[(0, 1)]).atan2(about_axis[(0, 0)] + about_axis[(1, 1)]);
    &(&to * &about(2, angle)) * &from.transpose()
}

/// The rotation nearest to a matrix that is one up to rounding.
fn nearest_rotation(r: &Matrix) -> Matrix {
    let any = || linalg::svd(r).map_or_else(|_| r.clone(), |parts| &parts.left * &parts.right.transpose());
    (r.rows() == 3).then(|| nearest(r)).flatten().unwrap_or_else(any)
}

/// η of the boost in Λ = B R, as [`BoostRotation::left`] gives it, of a matrix that is known to be in SO⁺(1,n).
pub fn rapidity_of(m: &Matrix) -> Vec<f64> {
    rapidity(&(1..m.rows()).map(|i| m[(i, 0)]).collect::<Vec<_>>())
}

/// η of the boost whose first column has the space part u: η = arsinh|u| · u / |u|, and 0 for u = 0.
pub fn rapidity(u: &[f64]) -> Vec<f64> {
    let size = norm(u);
    let factor = if size > 0.0 { size.asinh() / size } else { 1.0 };
    u.iter().map(|v| v * factor).collect()
}

fn norm(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |size: f64, x| size.hypot(*x))
}

fn unit(v: &[f64]) -> Vec<f64> {
    let size = norm(v);
    v.iter().map(|x| x / size).collect()
}

/// The space part of the first column and of the first row of a matrix in SO⁺(1,n).
fn edges(m: &Matrix) -> Result<(Vec<f64>, Vec<f64>), NotLorentz> {
    check(m)?;
    Ok((1..m.rows()).map(|i| (m[(i, 0)], m[(0, i)])).unzip())
}

impl BoostRotation {
    /// Λ = B R with B from the first column of Λ.
    ///
    /// # Errors
    /// Λ is not in SO⁺(1,n).
    pub fn left(m: &Matrix) -> Result<Self, NotLorentz> {
        let (u, w) = edges(m)?;
        Ok(Self { rapidity: rapidity(&u), turn: turn_of(m, &u, &w) })
    }

    /// Λ = R B with B from the first row of Λ; R is the same as that of [`Self::left`].
    ///
    /// # Errors
    /// Λ is not in SO⁺(1,n).
    pub fn right(m: &Matrix) -> Result<Self, NotLorentz> {
        let (u, w) = edges(m)?;
        Ok(Self { rapidity: rapidity(&w), turn: turn_of(m, &u, &w) })
    }

    /// |η|.
    pub fn size(&self) -> f64 {
        norm(&self.rapidity)
    }

    /// The two factors, boost and rotation, as Lorentz matrices.
    pub fn matrices(&self) -> (Matrix, Matrix) {
        (boost(&self.rapidity), rotation(&self.turn))
    }
}

/// Λ = R₁ B(e) R₂ with a boost along the last axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Kak {
    /// Rotation of space.
    pub left: Matrix,
    /// e ≥ 0; for n = 1, where there are no rotations, of either sign.
    pub rapidity: f64,
    /// Rotation of space.
    pub right: Matrix,
}

impl Kak {
    /// The factors as Lorentz matrices.
    pub fn matrices(&self) -> [Matrix; 3] {
        let mut along = vec![0.0; self.left.rows()];
        if let Some(last) = along.last_mut() {
            *last = self.rapidity;
        }
        [rotation(&self.left), boost(&along), rotation(&self.right)]
    }
}

/// Λ = R₁ B R₂: R₁ takes the last axis to the direction of the boost by the shortest way (by a half turn about x where
/// that is opposite), R₂ = R₁ᵀ R for Λ = B R. R₁ = 1 where there is no boost. R₁ → R₁ Z, R₂ → Zᵀ R₂ with Z about the
/// last axis gives the same Λ.
///
/// # Errors
/// Λ is not in SO⁺(1,n).
pub fn kak(m: &Matrix) -> Result<Kak, NotLorentz> {
    let parts = BoostRotation::left(m)?;
    if let [signed] = parts.rapidity[..] {
        return Ok(Kak { left: Matrix::identity(1), rapidity: signed, right: parts.turn });
    }
    let left = from_last_axis(&parts.rapidity);
    Ok(Kak { rapidity: parts.size(), right: &left.transpose() * &parts.turn, left })
}

/// The shortest rotation that takes the last axis of R² or R³ to the direction of v; 1 for v = 0.
fn from_last_axis(v: &[f64]) -> Matrix {
    if norm(v) == 0.0 {
        return Matrix::identity(v.len());
    }
    match *unit(v) {
        [x, y] => Matrix::from_rows(&[[y, x], [-x, y]]),
        [x, y, z] => {
            // The quaternion halfway: 1 + z + (axis), |axis|² = x² + y² = (1 − z)(1 + z).
            let across = x.hypot(y);
            let w = if z >= 0.0 { 1.0 + z } else { across * across / (1.0 - z) };
            if across == 0.0 && z < 0.0 {
                about(0, std::f64::consts::PI)
            } else {
                (Quaternion { x: -y, y: x, z: 0.0, w }).to_matrix()
            }
        }
        _ => Matrix::identity(v.len()),
    }
}

/// Λ = K A N in SO⁺(1,3): a rotation, a boost along z, a null rotation.
#[derive(Clone, Debug, PartialEq)]
pub struct Iwasawa {
    /// The rotation of space.
    pub turn: Matrix,
    /// A = B(e ẑ).
    pub rapidity: f64,
    /// α of N(α) = exp(X), X eᵢ = αᵢ l, X e₀ = Σ αᵢ eᵢ, X e₃ = −Σ αᵢ eᵢ for i = x, y; N keeps l = (1, 0, 0, 1).
    pub shift: [f64; 2],
}

impl Iwasawa {
    /// The factors as Lorentz matrices.
    pub fn matrices(&self) -> [Matrix; 3] {
        [rotation(&self.turn), boost(&[0.0, 0.0, self.rapidity]), null_rotation(self.shift)]
    }
}

/// N(α) = 1 + X + X²/2.
fn null_rotation(alpha: [f64; 2]) -> Matrix {
    let mut x = Matrix::zeros(4, 4);
    for (k, a) in alpha.into_iter().enumerate() {
        (x[(0, k + 1)], x[(3, k + 1)], x[(k + 1, 0)], x[(k + 1, 3)]) = (a, a, a, -a);
    }
    &(&Matrix::identity(4) + &x) + &(&x * &x).scaled(0.5)
}

/// The factors of Λ = K A N, unique.
///
/// K keeps the time, so that A N has the first row (γ, w) of Λ: e^e = γ + w_z and αᵢ = wᵢ / e^e. With Λ = R B and
/// A N = R′ B for one and the same boost B, K = R R′ᵀ.
///
/// # Errors
/// Λ is not in SO⁺(1,3).
pub fn iwasawa(m: &Matrix) -> Result<Iwasawa, NotLorentz> {
    if m.rows() != 4 {
        return Err(NotLorentz::Size { rows: m.rows(), cols: m.cols() });
    }
    let (u, w) = edges(m)?;
    let gamma = w.iter().fold(1.0, |size: f64, v| size.hypot(*v));
    let across = w[0] * w[0] + w[1] * w[1];
    // γ + w_z, which would cancel for w_z < 0.
    let growth = if w[2] >= 0.0 { gamma + w[2] } else { (1.0 + across) / (gamma - w[2]) };
    let shift = [w[0] / growth, w[1] / growth];
    let rapidity = growth.ln();
    let rest = &boost(&[0.0, 0.0, rapidity]) * &null_rotation(shift);
    let column = [1, 2, 3].map(|i| rest[(i, 0)]);
    let turn = &turn_of(m, &u, &w) * &turn_of(&rest, &column, &w).transpose();
    Ok(Iwasawa { turn, rapidity, shift })
}
