//! One matrix as a product (or a sum) of simpler ones.
//!
//! Every way is a [`Kind`] of the table [`KINDS`], in a file of its own that states the formula, what makes the
//! factors unique, where that ends, and the source.
//!
//! Rounding: the residual is at most n ε times a small number times [`Decomposition::growth`]. The factors of `ldu`
//! and `bruhat` grow like one over the smallest minor they divide by, and the residual with them; a warning says so
//! from 10⁴ on. In all other products the residual is a few n ε for every condition number κ, to 10¹⁵ and beyond;
//! what κ costs there is that factors which are not well determined (the rotation of `polar`, the last columns of
//! `qr`) carry an error of ε κ.

use super::linalg::NotConverged;
use super::matrix::Matrix;
use super::rotation::Order;

mod affine;
mod axis_angle;
mod bruhat;
mod cartan;
mod elimination;
mod euler;
mod jordan_chevalley;
mod kak;
mod kind;
mod ldu;
mod lorentz;
mod polar;
mod qr;
mod schur;

pub use affine::{AFFINE, Similarity, similarity_parts};
pub use axis_angle::AXIS_ANGLE;
pub use bruhat::BRUHAT;
pub use cartan::{Cartan, xi, xi_inverse};
pub use euler::EULER;
pub use jordan_chevalley::JORDAN_CHEVALLEY;
pub use kak::KAK;
pub use ldu::LDU;
pub use lorentz::{BOOST_ROTATION, LORENTZ_KAK};
pub use polar::{POLAR, POLAR_LEFT};
pub use qr::{IWASAWA, QR};
pub use schur::SCHUR;

pub use kind::{KINDS, Kind, UnknownKind};

/// How the factors make up the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Composition {
    /// M = F₁ F₂ …, the last factor acts first.
    Product,
    /// M = F₁ + F₂ + ….
    Sum,
}

/// One factor with its name, as it stands in the command's output.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// `rotation`, `stretch`, ….
    pub name: &'static str,
    /// The factor.
    pub matrix: Matrix,
}

/// A number or a list of numbers that belongs to a decomposition.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Parameter {
    /// An angle in radians, a scale, ….
    Number(f64),
    /// Singular values, a translation, ….
    List(Vec<f64>),
}

impl From<f64> for Parameter {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<Vec<f64>> for Parameter {
    fn from(values: Vec<f64>) -> Self {
        Self::List(values)
    }
}

/// What a decomposition found.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// Product or sum.
    pub composition: Composition,
    /// In order of multiplication; `None` where the decomposition does not exist, with the reason in `warnings`.
    pub factors: Option<Vec<Factor>>,
    /// Angles in radians, stretches, rapidities, by name.
    pub parameters: Vec<(&'static str, Parameter)>,
    /// What is not unique, not determined or not there, in words.
    pub warnings: Vec<String>,
}

impl Decomposition {
    /// M = F₁ F₂ … by name, without parameters or warnings yet.
    pub fn product(factors: Vec<(&'static str, Matrix)>) -> Self {
        Self::of(Composition::Product, factors)
    }

    /// M = F₁ + F₂ + … by name, without parameters or warnings yet.
    pub fn sum(factors: Vec<(&'static str, Matrix)>) -> Self {
        Self::of(Composition::Sum, factors)
    }

    fn of(composition: Composition, factors: Vec<(&'static str, Matrix)>) -> Self {
        let factors = factors.into_iter().map(|(name, matrix)| Factor { name, matrix }).collect();
        Self { composition, factors: Some(factors), parameters: Vec::new(), warnings: Vec::new() }
    }

    /// No factors, and why.
    pub fn absent(composition: Composition, reason: impl Into<String>) -> Self {
        Self { composition, factors: None, parameters: Vec::new(), warnings: vec![reason.into()] }
    }

    /// With one parameter more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Parameter>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }

    /// With one warning more.
    #[must_use]
    pub fn warn(mut self, text: impl Into<String>) -> Self {
        self.warnings.push(text.into());
        self
    }

    /// The factor of that name.
    pub fn factor(&self, name: &str) -> Option<&Matrix> {
        self.factors.as_ref()?.iter().find(|f| f.name == name).map(|f| &f.matrix)
    }

    /// The parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// ‖∏ Fᵢ − M‖_F / ‖M‖_F (the sum in place of the product where it is one); `None` without factors.
    /// For M = 0 the norm of what the factors make.
    pub fn residual(&self, m: &Matrix) -> Option<f64> {
        let made = self.made(Matrix::clone)?;
        let (error, size) = ((&made - m).frobenius(), m.frobenius());
        Some(if size > 0.0 { error / size } else { error })
    }

    /// ‖∏ |Fᵢ|‖_F / ‖M‖_F with sizes of entries in place of entries, never more than ∏ ‖Fᵢ‖_F / ‖M‖_F: how much
    /// larger the terms are than what they add up to, and with them their rounding. `None` without factors, 1 for
    /// M = 0.
    pub fn growth(&self, m: &Matrix) -> Option<f64> {
        let sizes = |m: &Matrix| Matrix::from_fn(m.rows(), m.cols(), |i, j| m[(i, j)].abs());
        let (made, size) = (self.made(sizes)?.frobenius(), m.frobenius());
        Some(if size > 0.0 { made / size } else { 1.0 })
    }

    /// The product or sum of f(Fᵢ).
    fn made(&self, f: impl Fn(&Matrix) -> Matrix) -> Option<Matrix> {
        let all = self.factors.as_ref()?.iter().map(|factor| f(&factor.matrix));
        all.reduce(|made, next| match self.composition {
            Composition::Product => &made * &next,
            Composition::Sum => &made + &next,
        })
    }
}

/// Why a matrix cannot be taken apart at all. (A decomposition that does not exist for a good matrix is not an error.)
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DecomposeError {
    /// No rows.
    #[error("the matrix is empty")]
    Empty,
    /// As many rows as columns are needed.
    #[error("the matrix is {rows} × {cols}; it must be square")]
    NotSquare {
        /// Its rows.
        rows: usize,
        /// Its columns.
        cols: usize,
    },
    /// An entry that is NaN or infinite.
    #[error("the entry in row {row}, column {col} is {value}; every entry must be finite")]
    NotFinite {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        col: usize,
        /// The entry.
        value: f64,
    },
    /// A factor is larger than the largest f64.
    #[error("the factor {factor} exceeds the range of f64")]
    Overflow {
        /// Its name.
        factor: &'static str,
    },
    /// More rows than can be taken apart in good time.
    #[error(
        "the matrix has {rows} rows; {kind} takes matrices with eigenvalues that fall together up to {most} rows"
    )]
    TooLarge {
        /// Which way.
        kind: &'static str,
        /// Its rows.
        rows: usize,
        /// Most rows.
        most: usize,
    },
    /// An iteration did not end.
    #[error("the {iteration} iteration did not converge")]
    NotConverged {
        /// Which one.
        iteration: &'static str,
    },
}

impl From<NotConverged> for DecomposeError {
    fn from(error: NotConverged) -> Self {
        Self::NotConverged { iteration: error.0 }
    }
}

/// Takes M apart in the way of a kind.
///
/// # Errors
/// M is empty, not square or not finite; a factor overflows; an iteration does not converge.
pub fn decompose(kind: Kind, m: &Matrix) -> Result<Decomposition, DecomposeError> {
    check(m)?;
    finish(m, (kind.compute)(m)?)
}

/// [`EULER`] in one of the twelve orders, as [`decompose`] gives it in the order z y z.
///
/// # Errors
/// M is empty, not square or not finite.
pub fn euler_angles(order: Order, m: &Matrix) -> Result<Decomposition, DecomposeError> {
    check(m)?;
    finish(m, euler::in_order(order, m)?)
}

/// What was found, if it is finite.
fn finish(m: &Matrix, mut found: Decomposition) -> Result<Decomposition, DecomposeError> {
    for factor in found.factors.iter_mut().flatten() {
        if !factor.matrix.is_finite() {
            return Err(DecomposeError::Overflow { factor: factor.name });
        }
        // −0 + 0 = 0: a sign without meaning is not shown.
        factor.matrix = &factor.matrix + &Matrix::zeros(m.rows(), m.cols());
    }
    Ok(found)
}

fn check(m: &Matrix) -> Result<(), DecomposeError> {
    if m.rows() == 0 {
        return Err(DecomposeError::Empty);
    }
    if !m.is_square() {
        return Err(DecomposeError::NotSquare { rows: m.rows(), cols: m.cols() });
    }
    match m.data().iter().position(|v| !v.is_finite()) {
        Some(k) => {
            Err(DecomposeError::NotFinite { row: k / m.cols(), col: k % m.cols(), value: m.data()[k] })
        }
        None => Ok(()),
    }
}
