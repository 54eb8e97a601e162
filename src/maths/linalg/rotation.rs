//! Two numbers of an orthogonal matrix: its determinant and, in the plane and in space, its angle.

use crate::maths::matrix::Matrix;

/// Whether det Q > 0, for Q orthogonal or at least invertible.
pub fn is_proper(q: &Matrix) -> bool {
    q.determinant() > 0.0
}

/// The angle of a rotation in radians: for n = 2 in (−π, π], counter-clockwise; for n = 3 in [0, π]; `None` for other
/// sizes and where det Q < 0. Through the arctangent of two entries, so that small angles and angles near π keep
/// their digits.
pub fn rotation_angle(q: &Matrix) -> Option<f64> {
    if !is_proper(q) {
        return None;
    }
    let skew = |i, j| q[(i, j)] - q[(j, i)];
    match q.rows() {
        2 => Some(skew(1, 0).atan2(q.trace())),
        3 => Some(skew(2, 1).hypot(skew(0, 2)).hypot(skew(1, 0)).atan2(q.trace() - 1.0)),
        _ => None,
    }
}
