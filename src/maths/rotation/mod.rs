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

/// The rotation by an angle about the axis of a coordinate, 0, 1 or 2 for x, y or z.
pub fn about(axis: usize, angle: f64) -> Matrix {
    let (s, c) = angle.sin_cos();
    let (i, j) = ((axis + 1) % 3, (axis + 2) % 3);
    let mut r = Matrix::identity(3);
    (r[(i, i)], r[(i, j)], r[(j, i)], r[(j, j)]) = (c, -s, s, c);
    r
}
