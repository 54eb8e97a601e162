//! What `ldu` and `bruhat` share: elimination without a choice of pivots, so that a number that may be 0 decides what
//! exists, and small pivots make large factors.
//!
//! A number at (i, j) counts as 0 where it is at most 4 n ε times the larger of two sizes: the sum of the sizes of the
//! terms it was computed from, which is what rounding can do to it, and the smaller one of the largest entries of
//! row i and of column j, below which the factors would keep no digit. Scaling the matrix plays no part, and a
//! diagonal matrix has its pivots however small.

use super::{Composition, Decomposition, Parameter};
use crate::maths::linalg::EPSILON;
use crate::maths::matrix::Matrix;

/// [`Decomposition::growth`] from which on a warning says that digits are lost.
const LOSING: f64 = 1e4;
/// [`Decomposition::growth`] from which on no digit of the product would be right.
const LOST: f64 = 1e15;

/// Whether a number at (i, j), computed in the elimination of M from terms of this total size, counts as 0.
pub(super) fn vanishes(m: &Matrix, (i, j): (usize, usize), value: f64, terms: f64) -> bool {
    let n = m.rows();
    let row = (0..n).map(|k| m[(i, k)].abs()).fold(0.0, f64::max);
    let col = (0..n).map(|k| m[(k, j)].abs()).fold(0.0, f64::max);
    value.abs() <= 4.0 * n as f64 * EPSILON * terms.max(row.min(col))
}

/// The factors with a parameter, a warning where digits are lost, or none where all are; `minor` names what is small.
pub(super) fn judge(
    found: Decomposition,
    m: &Matrix,
    parameter: (&'static str, impl Into<Parameter>),
    minor: &str,
) -> Decomposition {
    let growth = found.growth(m).unwrap_or(f64::INFINITY);
    if growth.is_nan() || growth >= LOST {
        let reason = format!("{minor} is so small that no digit of the factors would be right");
        return Decomposition::absent(Composition::Product, reason);
    }
    let found = found.with(parameter.0, parameter.1);
    if growth < LOSING {
        return found;
    }
    found.warn(format!("{minor} is small: the factors grow by {growth:.0e}, and the residual with them"))
}
