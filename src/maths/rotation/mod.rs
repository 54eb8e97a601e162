//! Rotations of space in coordinates: matrices, unit quaternions, axis and angle, Euler angles.
//!
//! Matrices act on column vectors; a positive angle turns counter-clockwise seen from the tip of the axis.

pub mod euler;
mod quaternion;

pub use euler::{Angles, Frame, Order};
pub use quaternion::{AxisAngle, Quaternion};

use super::matrix::Matrix;

/// ‖RᵀR − 1‖_F up to which a matrix is taken as a rotation with rounded entries.
pub const ROTATION_TOLERANCE: f64 = 1e-6;

/// Why a matrix is no rotation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotRotation {
    /// The size is wrong.
    #[error("the matrix is {rows} × {cols}; a rotation of R^{wanted} is {wanted} × {wanted}")]
    Size {
        /// Its rows.
        rows: usize,
        /// Its columns.
        cols: usize,
        /// What it should have.
        wanted: usize,
    },
    /// RᵀR is not 1, or an entry is not finite.
    #[error("the matrix is not orthogonal: ‖RᵀR − 1‖ = {0:.1e}, more than {tol:.0e}", tol = ROTATION_TOLERANCE)]
    NotOrthogonal(f64),
    /// det R = −1.
    #[error("the matrix is a reflection: its determinant is −1")]
    Reflection,
}

/// That R is a rotation of Rⁿ to within [`ROTATION_TOLERANCE`].
///
/// # Errors
/// Says what is wrong with it.
pub fn check_rotation(r: &Matrix, n: usize) -> Result<(), NotRotation> {
    if (r.rows(), r.cols()) != (n, n) {
        return Err(NotRotation::Size { rows: r.rows(), cols: r.cols(), wanted: n });
    }
    let defect = (&(&r.transpose() * r) - &Matrix::identity(n)).frobenius();
    if !r.is_finite() || defect.is_nan() || defect > ROTATION_TOLERANCE {
        return Err(NotRotation::NotOrthogonal(if r.is_finite() { defect } else { f64::NAN }));
    }
    if r.determinant() < 0.0 { Err(NotRotation::Reflection) } else { Ok(()) }
}

/// Rounds of the iteration for the nearest rotation at most; it ends before, at a change whose square is rounding.
const ROUNDS: usize = 20;
const SETTLED: f64 = 1e-8;
/// The smallest det M / ‖M‖³.
const FLATTEST: f64 = 1e-6;
/// Below this change it squares the distance by itself, without a scale.
const NEAR: f64 = 1e-2;

/// R of M = R P for M of three rows, P symmetric positive definite: the rotation nearest to M. It errs by less than
/// 8 ε ‖M‖³ / det M in the Frobenius norm; where det M is below 1e-6 ‖M‖³, and where it is negative, there is no answer,
/// and [`polar`](crate::maths::decompose) tells more.
///
/// Newton's iteration R ← ½ (γ R + R⁻ᵀ / γ) from M, the scale γ chosen as long as it moves far (Higham 1986), with the
/// inverse by cofactors.
pub fn nearest(m: &Matrix) -> Option<Matrix> {
    let mut r = [0, 1, 2].map(|i| [0, 1, 2].map(|j| m[(i, j)]));
    let mut before = f64::INFINITY;
    for _ in 0..ROUNDS {
        // det R · R⁻ᵀ, the cofactors: products of the other two rows.
        let turned = [cross(r[1], r[2]), cross(r[2], r[0]), cross(r[0], r[1])];
        let det: f64 = (0..3).map(|k| r[0][k] * turned[0][k]).sum();
        if !det.is_finite() || det <= FLATTEST * size(&r).powi(3) {
            return None;
        }
        let scale = if before > NEAR { (size(&turned) / (det * size(&r))).sqrt() } else { 1.0 };
        let by = 0.5 / (scale * det);
        let next = [0, 1, 2].map(|i| [0, 1, 2].map(|j| 0.5 * scale * r[i][j] + by * turned[i][j]));
        let change = size(&[0, 1, 2].map(|i| [0, 1, 2].map(|j| next[i][j] - r[i][j])));
        r = next;
        if change < SETTLED {
            break;
        }
        before = change;
    }
    Some(Matrix::from_rows(&r))
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// ‖M‖_F.
fn size(m: &[[f64; 3]; 3]) -> f64 {
    m.iter().flatten().map(|v| v * v).sum::<f64>().sqrt()
}

/// The rotation by an angle about the axis of a coordinate, 0, 1 or 2 for x, y or z.
pub fn about(axis: usize, angle: f64) -> Matrix {
    let (s, c) = angle.sin_cos();
    let (i, j) = ((axis + 1) % 3, (axis + 2) % 3);
    let mut r = Matrix::identity(3);
    (r[(i, i)], r[(i, j)], r[(j, i)], r[(j, j)]) = (c, -s, s, c);
    r
}
