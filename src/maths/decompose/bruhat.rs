//! M = U W B: a unit upper triangular matrix, a permutation, an upper triangular matrix (Bruhat).
//!
//! It exists for every invertible M. The permutation is unique: the ranks of the lower left corners of M determine it.
//! U and B are unique too when, as here, U has zeros where W would allow them to move into B (WᵀUW is lower
//! triangular). The generic permutation reverses the order. Computed column by column: in each column the lowest entry
//! that is not zero and not in a row taken before is the pivot; its row clears those above it. There is no choice of
//! pivots, so that U and B grow where a corner minor is small, and the permutation jumps where one vanishes; what
//! counts as 0 is in `elimination`. Source: Humphreys, *Linear Algebraic Groups*, section 28, for uniqueness.

use super::elimination::{judge, vanishes};
use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::exp::is_singular;
use crate::maths::linalg::{split_exactly, times_power_of_two};
use crate::maths::matrix::Matrix;

/// M = U W B.
pub const BRUHAT: Kind = Kind {
    name: "bruhat",
    factors: &["unipotent", "permutation", "upper"],
    composition: Composition::Product,
    convention: "M = U W B: U upper triangular with a unit diagonal and WᵀUW lower triangular, W a permutation matrix, \
                 B upper triangular. Unique; exists just where M is invertible. An entry counts as 0 below \
                 4 n ε times the terms it was computed from or the entries beside it.",
    compute,
};

fn compute(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    let (scaled, e) = split_exactly(m);
    let Some(Parts { unipotent, rows, upper }) = eliminate(&scaled) else {
        return Ok(Decomposition::absent(
            Composition::Product,
            if is_singular(m) {
                "the matrix is singular: U W B exists for invertible matrices only"
            } else {
                "the matrix is singular to within rounding: no digit of U W B would be right"
            },
        ));
    };
    let n = m.rows();
    let permutation = Matrix::from_fn(n, n, |i, j| f64::from(rows[j] == i));
    let image: Vec<f64> = rows.iter().map(|i| (i + 1) as f64).collect();
    let upper = times_power_of_two(&upper, e);
    let found = Decomposition::product(vec![
        ("unipotent", unipotent),
        ("permutation", permutation),
        ("upper", upper),
    ]);
    Ok(judge(found, m, ("permutation", image), "a corner minor"))
}

struct Parts {
    unipotent: Matrix,
    /// The row of the one in every column of W.
    rows: Vec<usize>,
    upper: Matrix,
}

fn eliminate(m: &Matrix) -> Option<Parts> {
    let n = m.rows();
    let mut left = m.clone();
    // Beside every entry the sum of the sizes of the terms that made it.
    let mut sizes = Matrix::from_fn(n, n, |i, j| m[(i, j)].abs());
    let (mut unipotent, mut upper) = (Matrix::identity(n), Matrix::zeros(n, n));
    let mut rows: Vec<usize> = Vec::new();
    for j in 0..n {
        let zero = |i: usize| vanishes(m, (i, j), left[(i, j)], sizes[(i, j)]);
        let pivot = (0..n).rev().find(|i| !rows.contains(i) && !zero(*i))?;
        for i in (0..pivot).filter(|i| !rows.contains(i)) {
            let factor = left[(i, j)] / left[(pivot, j)];
            unipotent[(i, pivot)] = factor;
            for k in j + 1..n {
                left[(i, k)] -= factor * left[(pivot, k)];
                sizes[(i, k)] += factor.abs() * sizes[(pivot, k)];
            }
        }
        for k in j..n {
            upper[(j, k)] = left[(pivot, k)];
        }
        rows.push(pivot);
    }
    Some(Parts { unipotent, rows, upper })
}
