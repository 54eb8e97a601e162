//! M = Q R by Householder reflections.

use crate::maths::matrix::Matrix;

/// (Q, R) with Q orthogonal and R upper triangular, its diagonal ≥ 0. For an invertible M both are unique. Where M is
/// singular some diagonal entries of R are 0 or of the size of rounding, and Q is one of many.
pub fn qr(m: &Matrix) -> (Matrix, Matrix) {
    let parts = m.to_nalgebra().qr();
    let (mut q, mut r) = (Matrix::from_nalgebra(&parts.q()), Matrix::from_nalgebra(&parts.r()));
    for i in 0..r.rows() {
        if r[(i, i)] < 0.0 {
            for k in 0..r.cols() {
                r[(i, k)] = -r[(i, k)];
                q[(k, i)] = -q[(k, i)];
            }
        }
        // A column that was zero below its diagonal leaves −0.
        r[(i, i)] = r[(i, i)].abs();
    }
    (q, r)
}
