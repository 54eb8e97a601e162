//! Exponential and logarithm of matrices, what the exponential reaches, and paths from 1 to g.
//!
//! The exponential turns an element X of a Lie algebra into the group element exp X = Σ Xᵏ/k! at the end of the
//! one-parameter subgroup s ↦ exp(sX). It does not reach every element of GL⁺(n,R) or SL(n,R): [`log`](fn@log) says
//! which.
//!
//! **Errors.** exp and log err by at most eight times what a change of the matrix by 2⁻⁵² of its norm can change in the
//! result, measured against results with 120 digits for turns, large norms, matrices far from normal, and matrices next
//! to the edge of what exp reaches.
//!
//! | module | holds |
//! |---|---|
//! | [`pade`] | exp of any real matrix |
//! | [`log`](mod@log) | logarithm of any real matrix, where there is one |
//! | [`plane`] | so(2), sl(2), gl(2) in closed form |
//! | [`symmetric`] | sym(n) and SPD(n) by eigenvalues |
//! | [`orthogonal`] | so(3) and so(4) in closed form |
//! | [`euclid`] | SE(2) and SE(3) in closed form |
//! | [`reach`] | the part of a group that exp reaches |
//! | [`path`] | paths from 1 to g |
//! | [`geodesic`] | the shortest path from 1 to g in the invariant metric |
//! | [`bch`] | the product of two exponentials as one |

pub mod bch;
pub mod euclid;
mod exact;
pub mod geodesic;
mod jordan;
pub mod log;
pub mod orthogonal;
pub mod pade;
pub mod path;
pub mod plane;
pub mod reach;
pub mod symmetric;
mod triangular;

use super::linalg::{NotConverged, skew_exp};
use super::matrix::Matrix;
use std::fmt;

pub(crate) use exact::is_singular;
pub(crate) use log::triangular_order;
pub use log::{Log, log};

/// Why there is no answer for a matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpError {
    /// Rows and columns differ.
    NotSquare {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        cols: usize,
    },
    /// An entry is infinite or not a number.
    NotFinite {
        /// Row of the entry.
        row: usize,
        /// Column of the entry.
        col: usize,
    },
    /// exp X has entries beyond the range of f64.
    Overflow,
    /// ‖X‖ is so large that rounding of X alone changes every digit of exp X.
    TooLarge,
    /// An iteration for eigenvalues or singular values gave no result.
    NotConverged(NotConverged),
}

impl fmt::Display for ExpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSquare { rows, cols } => {
                write!(f, "the matrix must be square, it has {rows} rows and {cols} columns")
            }
            Self::NotFinite { row, col } => {
                write!(f, "entry ({row}, {col}) of the matrix, counted from 0, is not a finite number")
            }
            Self::Overflow => write!(f, "the exponential has entries beyond the range of f64 (1.8e308)"),
            Self::TooLarge => write!(f, "the matrix is too large: no digit of its exponential is determined"),
            Self::NotConverged(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ExpError {}

impl From<NotConverged> for ExpError {
    fn from(error: NotConverged) -> Self {
        Self::NotConverged(error)
    }
}

/// That M is square and finite.
pub(super) fn check_square(m: &Matrix) -> Result<(), ExpError> {
    let (rows, cols) = (m.rows(), m.cols());
    if rows != cols {
        return Err(ExpError::NotSquare { rows, cols });
    }
    match m.data().iter().position(|v| !v.is_finite()) {
        Some(k) => Err(ExpError::NotFinite { row: k / cols, col: k % cols }),
        None => Ok(()),
    }
}

/// exp X for any real square X: the closed form of [`plane`] for 2 × 2, [`symmetric::exp`] for symmetric X, those of
/// [`orthogonal`] for skew X of three or four rows, else [`pade::exp`]. exp of a skew X of norm below 1e15 is orthogonal to rounding; beyond, its angles
/// have no digits left.
///
/// # Errors
/// X not square or not finite or too large, or exp X beyond the range of f64.
pub fn exp(x: &Matrix) -> Result<Matrix, ExpError> {
    check_square(x)?;
    let transposed = x.transpose();
    let result = if x.rows() == 2 {
        plane::exp(x)
    } else if *x == transposed {
        symmetric::exp(x)?
    } else if *x == -&transposed && x.frobenius() < LARGE_SKEW {
        match x.rows() {
            3 => orthogonal::exp_so3(orthogonal::vee(x)),
            4 => orthogonal::exp_so4(x),
            _ => skew_exp(x)?,
        }
    } else {
        pade::exp(x)?
    };
    if result.is_finite() { Ok(result) } else { Err(ExpError::Overflow) }
}

/// Angles beyond this have lost their digits.
const LARGE_SKEW: f64 = 1e15;

/// The Lie bracket [X, Y] = XY − YX.
pub fn bracket(x: &Matrix, y: &Matrix) -> Matrix {
    &(x * y) - &(y * x)
}
