//! M = Q T Qᵀ: an orthogonal change of basis that makes M block triangular, the real Schur form.
//!
//! It exists for every M, and the bound on the residual holds for every M. The order of the eigenvalues and the signs
//! in Q are fixed as [`Schur`](crate::maths::linalg::Schur) states; with distinct real eigenvalues that makes both
//! factors unique. Eigenvalues that are defective or nearly so are determined only to ε^(1/k) for a block of size k,
//! whatever the algorithm.

use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::linalg::{ldexp, schur, split_scale, times_power_of_two};
use crate::maths::matrix::Matrix;

/// M = Q T Qᵀ.
pub const SCHUR: Kind = Kind {
    name: "schur",
    factors: &["basis", "triangular", "basis-transposed"],
    composition: Composition::Product,
    convention: "M = Q T Qᵀ: Q orthogonal, T upper triangular but for 2 × 2 blocks [[a, p], [q, a]] with p q < 0 and |p| ≥ |q| for \
                 pairs of complex eigenvalues a ± i √(−p q). Real parts descend down the diagonal; in every column of \
                 Q the first entry that is not zero is positive.",
    compute,
};

fn compute(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    let (scaled, e) = split_scale(m);
    let parts = schur(&scaled)?;
    let values = parts.eigenvalues();
    let column = |f: fn(&(f64, f64)) -> f64| values.iter().map(|v| ldexp(f(v), e)).collect::<Vec<f64>>();
    let (real, imaginary) = (column(|v| v.0), column(|v| v.1));
    let back = parts.q.transpose();
    let factors =
        vec![("basis", parts.q), ("triangular", times_power_of_two(&parts.t, e)), ("basis-transposed", back)];
    let found = Decomposition::product(factors)
        .with("eigenvalues_real", real)
        .with("eigenvalues_imaginary", imaginary);
    Ok(if parts.ordered {
        found
    } else {
        found.warn("two eigenvalues are too close to be put in order without losing digits")
    })
}
