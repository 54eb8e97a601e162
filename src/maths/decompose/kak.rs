//! M = K₁ A K₂: a rotation, a stretch along the axes, a rotation; the singular value decomposition.
//!
//! The singular values are unique. Both rotations have determinant +1, so that the sign of det M stands in the last
//! entry of A. Rotations go together in pairs of signs (uᵢ, vᵢ) → (−uᵢ, −vᵢ), an even number of them; the choice here
//! is that in every row of K₂ but the last the first entry that is not zero is positive. Equal singular values leave
//! more freedom than that: any rotation of their plane may be moved from one side to the other. The bound on the
//! residual holds for every condition number. Source: one-sided Jacobi rotations, see `linalg::svd`.

use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::exp::is_singular;
use crate::maths::linalg::{EPSILON, is_proper, ldexp, rotation_angle, split_scale, svd, times_power_of_two};
use crate::maths::matrix::Matrix;

/// M = K₁ A K₂.
pub const KAK: Kind = Kind {
    name: "kak",
    factors: &["left", "stretch", "right"],
    composition: Composition::Product,
    convention: "M = K₁ A K₂ = U Σ Vᵀ: left and right are rotations (det +1), stretch is diagonal with σ₁ ≥ σ₂ ≥ … ≥ \
                 |σₙ|, and σₙ has the sign of det M. In every row of right but the last the first entry that is not \
                 zero is positive; with equal singular values left and right are one choice of many.",
    compute,
};

/// Entries of a rotation below this are zero as far as a choice of sign goes.
const ZERO: f64 = 1e-12;

fn compute(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    let (scaled, e) = split_scale(m);
    let parts = svd(&scaled)?;
    let (mut left, mut right, mut values) =
        (parts.left.clone(), parts.right.transpose(), parts.values.clone());
    let n = values.len();
    choose_signs(&mut left, &mut right, &mut values);
    let stretch = times_power_of_two(&Matrix::diagonal(&values), e);
    let sizes: Vec<f64> = values.iter().map(|v| ldexp(v.abs(), e)).collect();
    let angles = [("left_angle", rotation_angle(&left)), ("right_angle", rotation_angle(&right))];
    let mut found = Decomposition::product(vec![("left", left), ("stretch", stretch), ("right", right)])
        .with("singular_values", sizes);
    for (name, angle) in angles {
        if let Some(angle) = angle {
            found = found.with(name, angle);
        }
    }
    if parts.values.windows(2).any(|pair| pair[0] - pair[1] <= n as f64 * EPSILON * pair[0]) {
        found = found.warn("singular values are equal, so left and right are one choice of many");
    } else if parts.rank() < n {
        found = found.warn(if is_singular(m) {
            "the matrix is singular: its determinant has no sign"
        } else {
            "the matrix is singular to within rounding: the sign of the last entry of stretch is not certain"
        });
    }
    Ok(found)
}

/// Makes both factors rotations, the determinant's sign going to the last value, and picks one of each pair of signs.
fn choose_signs(left: &mut Matrix, right: &mut Matrix, values: &mut [f64]) {
    let n = values.len();
    for i in 0..n - 1 {
        let first = (0..n).map(|k| right[(i, k)]).find(|x| x.abs() > ZERO);
        if first.is_some_and(|x| x < 0.0) {
            flip_column(left, i);
            flip_row(right, i);
        }
    }
    let (mirror_left, mirror_right) = (!is_proper(left), !is_proper(right));
    if mirror_left {
        flip_column(left, n - 1);
    }
    if mirror_right {
        flip_row(right, n - 1);
    }
    if mirror_left != mirror_right && values[n - 1] > 0.0 {
        values[n - 1] = -values[n - 1];
    }
}

fn flip_column(m: &mut Matrix, j: usize) {
    (0..m.rows()).for_each(|k| m[(k, j)] = -m[(k, j)]);
}

fn flip_row(m: &mut Matrix, i: usize) {
    (0..m.cols()).for_each(|k| m[(i, k)] = -m[(i, k)]);
}
