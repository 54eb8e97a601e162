//! M = Q R by Householder reflections.

use super::reflector::Reflector;
use crate::maths::matrix::Matrix;

/// (Q, R) with Q orthogonal and R upper triangular, its diagonal ≥ 0. For an invertible M both are unique. Where M is
/// singular some diagonal entries of R are 0 or of the size of rounding, and Q is one of many. A triangular matrix
/// with a positive diagonal and a permutation come back as they are, to the last bit.
pub fn qr(m: &Matrix) -> (Matrix, Matrix) {
    let n = m.rows();
    let (mut q, mut r) = (Matrix::identity(n), m.clone());
    for k in 0..n.saturating_sub(1) {
        let column: Vec<f64> = (k..n).map(|i| r[(i, k)]).collect();
        if column[1..].iter().all(|x| *x == 0.0) {
            continue;
        }
        let h = Reflector::new(&column, k);
        h.apply_left(&mut r);
        h.apply_right(&mut q);
        (k + 1..n).for_each(|i| r[(i, k)] = 0.0);
    }
    for i in (0..n).filter(|i| r[(*i, *i)] < 0.0).collect::<Vec<_>>() {
        for k in 0..n {
            r[(i, k)] = -r[(i, k)];
            q[(k, i)] = -q[(k, i)];
        }
    }
    (q, r)
}
