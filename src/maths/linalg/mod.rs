//! Factorisations of small dense matrices, the ground of [`super::decompose`].
//!
//! Ours, because they are more accurate or better defined than the library's: singular values and symmetric
//! eigenvalues by Jacobi rotations (small ones keep their relative accuracy, and the vectors are orthogonal to
//! rounding whatever the gaps), the real Schur form (ordered and normalised, with an end to its iteration), QR (exact
//! on permutations and triangles). The library's: elimination with pivots for determinants, inverses and linear
//! systems, where there is nothing to gain.
//!
//! Everything here expects square finite matrices whose largest entry is near one ([`split_scale`]).

mod complex_schur;
mod qr;
mod reflector;
mod rotation;
mod scale;
mod schur;
mod schur_blocks;
mod skew;
mod svd;
mod symmetric;

pub use complex_schur::eigenvalue_conditions;
pub use qr::qr;
pub use rotation::{is_proper, rotation_angle};
pub use scale::{ldexp, split_exactly, split_scale, times_power_of_two};
pub use schur::{Schur, schur};
pub use skew::{rotation_log, skew_exp};
pub use svd::{Svd, svd};
pub(crate) use symmetric::conjugate_diagonal;
pub use symmetric::{SymmetricEigen, symmetric_eigen};

/// Distance from 1 to the next f64.
pub const EPSILON: f64 = f64::EPSILON;

/// An iteration that has not ended after far more steps than it should need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {0} iteration did not converge")]
pub struct NotConverged(
    /// Which iteration.
    pub &'static str,
);
