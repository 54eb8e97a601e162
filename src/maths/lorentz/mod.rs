//! SO⁺(1,n), n = 1, 2, 3: the matrices that keep t² − x² and neither turn time round nor mirror space.
//!
//! Time is the first coordinate, the metric diag(1, −1, …, −1). Entries grow like e^η with the rapidity η, and products
//! lose e^η of the sixteen digits: what is computed from a matrix of rapidity η has an error of about 1e-16 e^η. A
//! matrix of η > [`MOST_RAPIDITY`] no longer determines its rotation, and is refused.

mod factor;
mod spinor;

pub use factor::{BoostRotation, Iwasawa, Kak, iwasawa, kak, rapidity, rapidity_of};
pub use spinor::{exp, log};

use super::matrix::Matrix;

/// Rapidity from which on f64 does not hold three digits of the rotation: 2⁻⁵² e^η = 1e-3.
pub const MOST_RAPIDITY: f64 = 29.0;

/// ‖ΛᵀηΛ − η‖_F / max(1, ‖Λ‖_F²) up to which a matrix is taken as a Lorentz matrix with rounded entries.
pub const METRIC_TOLERANCE: f64 = 1e-6;

/// Why a matrix is not in SO⁺(1,n).
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotLorentz {
    /// The size is wrong.
    #[error("the matrix is {rows} × {cols}; a Lorentz matrix is 2 × 2, 3 × 3 or 4 × 4, time first")]
    Size {
        /// Its rows.
        rows: usize,
        /// Its columns.
        cols: usize,
    },
    /// The metric is not kept, or an entry is not finite.
    #[error(
        "the matrix does not keep the metric diag(1, −1, …): ‖ΛᵀηΛ − η‖ / ‖Λ‖² = {0:.1e}, more than {tol:.0e}",
        tol = METRIC_TOLERANCE
    )]
    Metric(f64),
    /// Λ₀₀ < 0.
    #[error("the matrix reverses time: its first entry is negative")]
    TimeReversed,
    /// det Λ = −1.
    #[error("the matrix mirrors space: its determinant is −1")]
    Mirrored,
    /// The rapidity is beyond [`MOST_RAPIDITY`].
    #[error("the rapidity {0:.1} is beyond {most}: the rotation is lost in rounding", most = MOST_RAPIDITY)]
    TooFast(f64),
}

/// diag(1, −1, …, −1) with n entries −1.
pub fn metric(n: usize) -> Matrix {
    Matrix::from_fn(n + 1, n + 1, |i, j| match (i == j, i) {
        (true, 0) => 1.0,
        (true, _) => -1.0,
        (false, _) => 0.0,
    })
}

/// ‖ΛᵀηΛ − η‖_F / max(1, ‖Λ‖_F²): how far a square matrix is from keeping the metric, in units of its own size.
pub fn metric_defect(m: &Matrix) -> f64 {
    let eta = metric(m.rows().saturating_sub(1));
    let size = m.frobenius().max(1.0);
    // Divided first, so that squares do not overflow.
    let unit = m.scaled(1.0 / size);
    (&(&(&unit.transpose() * &eta) * &unit) - &eta.scaled(1.0 / (size * size))).frobenius()
}

/// That a matrix is in SO⁺(1,n) to within [`METRIC_TOLERANCE`], and slow enough to be taken apart.
///
/// # Errors
/// Says what is wrong with it.
pub fn check(m: &Matrix) -> Result<(), NotLorentz> {
    let (rows, cols) = (m.rows(), m.cols());
    if rows != cols || !(2..=4).contains(&rows) {
        return Err(NotLorentz::Size { rows, cols });
    }
    let defect = metric_defect(m);
    if defect.is_nan() || defect > METRIC_TOLERANCE || !m.is_finite() {
        return Err(NotLorentz::Metric(defect));
    }
    if m[(0, 0)] < 0.0 {
        return Err(NotLorentz::TimeReversed);
    }
    let rapidity = m[(0, 0)].max(1.0).acosh();
    if rapidity > MOST_RAPIDITY {
        return Err(NotLorentz::TooFast(rapidity));
    }
    // The determinant of the matrix itself would cancel.
    if factor::spatial(m).determinant() < 0.0 { Err(NotLorentz::Mirrored) } else { Ok(()) }
}

/// The boost of a rapidity vector η = e n: [[cosh e, sinh e nᵀ], [sinh e n, 1 + (cosh e − 1) n nᵀ]].
pub fn boost(rapidity: &[f64]) -> Matrix {
    let size = rapidity.iter().fold(0.0, |size: f64, v| size.hypot(*v));
    let n: Vec<f64> = rapidity.iter().map(|v| if size > 0.0 { v / size } else { 0.0 }).collect();
    let (sinh, cosh, half) = (size.sinh(), size.cosh(), (0.5 * size).sinh());
    Matrix::from_fn(n.len() + 1, n.len() + 1, |i, j| match (i, j) {
        (0, 0) => cosh,
        (0, k) | (k, 0) => sinh * n[k - 1],
        _ => f64::from(u8::from(i == j)) + 2.0 * half * half * n[i - 1] * n[j - 1],
    })
}

/// diag(1, R): a rotation of space as a Lorentz matrix.
pub fn rotation(r: &Matrix) -> Matrix {
    Matrix::direct_sum(&[&Matrix::identity(1), r])
}

/// The generator [[0, ηᵀ], [η, hat(θ)]] of so(1,3).
pub fn generator(rapidity: [f64; 3], turn: [f64; 3]) -> Matrix {
    let mut x = Matrix::zeros(4, 4);
    x.set_block(1, 1, &super::exp::orthogonal::hat(turn));
    for k in 0..3 {
        (x[(0, k + 1)], x[(k + 1, 0)]) = (rapidity[k], rapidity[k]);
    }
    x
}

/// The Thomas–Wigner rotation W of two boosts, B(η₁) B(η₂) = B(η) W, as a matrix of space, together with η.
///
/// # Errors
/// Rapidities of different or no length, or too large together.
pub fn wigner_rotation(first: &[f64], second: &[f64]) -> Result<(Vec<f64>, Matrix), NotLorentz> {
    if first.len() != second.len() {
        return Err(NotLorentz::Size { rows: first.len() + 1, cols: second.len() + 1 });
    }
    let parts = BoostRotation::left(&(&boost(first) * &boost(second)))?;
    Ok((parts.rapidity, parts.turn))
}

/// The angle of that rotation in the plane of the two boosts, counted from the first to the second, in closed form:
/// ω = −2 atan(sin φ / (k + cos φ)) with k = coth(e₁/2) coth(e₂/2) and φ the angle from the first to the second.
pub fn wigner_angle(first: f64, second: f64, between: f64) -> f64 {
    let product = (0.5 * first).tanh() * (0.5 * second).tanh();
    let (sin, cos) = between.sin_cos();
    -2.0 * (product * sin).atan2(1.0 + product * cos)
}
