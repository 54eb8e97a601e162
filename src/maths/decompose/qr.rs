//! M = Q R and M = K A N: an orthogonal factor and a triangular one (Gram–Schmidt on the columns of M).
//!
//! Q R exists for every M; for an invertible one the sign of the diagonal of R makes it unique. K A N (Iwasawa) splits
//! R = A N further into a positive diagonal and a unit upper triangular matrix, a shear; it is unique, and exists
//! just where M is invertible. Computed by Householder reflections. Q R keeps its bound for every condition number;
//! A⁻¹R grows with 1 / rᵢᵢ, so N has entries up to the condition number of M.

use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::exp::is_singular;
use crate::maths::linalg::{
    EPSILON, is_proper, ldexp, qr, rotation_angle, split_exactly, times_power_of_two,
};
use crate::maths::matrix::Matrix;

/// M = Q R.
pub const QR: Kind = Kind {
    name: "qr",
    factors: &["rotation", "triangular"],
    composition: Composition::Product,
    convention: "M = Q R: Q orthogonal, R upper triangular with a diagonal ≥ 0. Unique where M is invertible; det Q \
                 has the sign of det M.",
    compute: compute_qr,
};

/// M = K A N.
pub const IWASAWA: Kind = Kind {
    name: "iwasawa",
    factors: &["rotation", "stretch", "shear"],
    composition: Composition::Product,
    convention: "M = K A N: K orthogonal, A diagonal and positive, N upper triangular with a unit diagonal. Unique; \
                 exists just where M is invertible. det K has the sign of det M.",
    compute: compute_iwasawa,
};

fn compute_qr(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    let (scaled, e) = split_exactly(m);
    let (q, r) = qr(&scaled);
    let singular = vanishing(&scaled, &r).is_some();
    let angle = rotation_angle(&q);
    let mirror = !is_proper(&q);
    let mut found = Decomposition::product(vec![("rotation", q), ("triangular", times_power_of_two(&r, e))]);
    if let Some(angle) = angle {
        found = found.with("angle", angle);
    }
    if mirror {
        found = found.warn("the factor rotation is a reflection (determinant −1)");
    }
    if singular {
        found = found.warn(if is_singular(m) {
            "the matrix is singular, so rotation and triangular are one choice of many"
        } else {
            "the matrix is singular to within rounding, so part of rotation is not determined"
        });
    }
    Ok(found)
}

fn compute_iwasawa(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    let (scaled, e) = split_exactly(m);
    let (k, r) = qr(&scaled);
    if let Some(column) = vanishing(&scaled, &r) {
        let column = format!("column {}, counted from 1,", column + 1);
        return Ok(Decomposition::absent(
            Composition::Product,
            if is_singular(m) {
                format!("{column} depends on those before it: K A N exists for invertible matrices only")
            } else {
                format!(
                    "{column} depends, to within rounding, on those before it: no digit of K A N would be right"
                )
            },
        ));
    }
    let n = m.rows();
    let shear = Matrix::from_fn(n, n, |i, j| if i == j { 1.0 } else { r[(i, j)] / r[(i, i)] });
    let stretches: Vec<f64> = (0..n).map(|i| ldexp(r[(i, i)], e)).collect();
    let stretch = Matrix::diagonal(&stretches);
    let angle = rotation_angle(&k);
    let mirror = !is_proper(&k);
    let slope = (n == 2).then(|| shear[(0, 1)]);
    let mut found = Decomposition::product(vec![("rotation", k), ("stretch", stretch), ("shear", shear)])
        .with("stretches", stretches);
    for (name, value) in [("angle", angle), ("shear", slope)] {
        if let Some(value) = value {
            found = found.with(name, value);
        }
    }
    if mirror {
        found = found
            .warn("the determinant is negative, so the factor rotation is a reflection (determinant −1)");
    }
    Ok(found)
}

/// The first column of M that is, to rounding, a combination of those before it: rⱼⱼ ≤ n ε ‖column j‖; rⱼⱼ = 0 where M
/// is upper triangular, which leaves nothing to round.
fn vanishing(m: &Matrix, r: &Matrix) -> Option<usize> {
    let n = m.rows();
    if (0..n).all(|i| (0..i).all(|j| m[(i, j)] == 0.0)) {
        return (0..n).find(|&j| r[(j, j)] == 0.0);
    }
    (0..n).find(|&j| {
        let length = (0..n).fold(0.0, |sum: f64, k| sum.hypot(m[(k, j)]));
        r[(j, j)] <= n as f64 * EPSILON * length
    })
}
