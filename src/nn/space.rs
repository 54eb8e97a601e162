//! The base space of a field: the group that acts on it and the form that the group keeps.

use crate::maths::matrix_group::{NameError, NamedGroup};
use crate::maths::{Group, Matrix, MatrixGroup};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Entries up to here count as zero.
const ZERO: f64 = 1e-9;

/// Rᴰ, a group of D × D matrices, and an invertible form ⟨a, b⟩_η = aᵀ η b with gᵀ η g = η for all of them.
///
/// The form is all that a layer of tensor polynomials has to know of a group; the generators are there for bases of
/// equivariant maps and for random elements. Clones share both.
#[derive(Clone, Debug)]
pub struct Space {
    group: Arc<MatrixGroup>,
    form: Arc<Matrix>,
    kept: bool,
}

/// A group that does not make a space.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SpaceError {
    /// A name that is no group's.
    #[error(transparent)]
    Name(#[from] NameError),
    /// No invertible form is kept.
    #[error("{0} keeps no invertible bilinear form, so that there are no inner products to build on")]
    NoForm(String),
    /// A form that the generators do not keep.
    #[error("{group} does not keep the form: gᵀ η g differs from η by {difference:.1e}")]
    Form {
        /// The group.
        group: String,
        /// Largest difference of an entry, over the generators.
        difference: f64,
    },
}

impl Space {
    /// A group with a form that it keeps, checked on the generators: Aᵀ η + η A = 0 and hᵀ η h = η.
    ///
    /// # Errors
    /// A form of another size or without an inverse, or one that the group does not keep.
    pub fn new(group: MatrixGroup, form: Matrix) -> Result<Self, SpaceError> {
        let (d, name) = (group.dim(), group.name().to_owned());
        if (form.rows(), form.cols()) != (d, d) || form.inverse().is_none() {
            return Err(SpaceError::NoForm(name));
        }
        let zero = Matrix::zeros(d, d);
        let lie =
            group.lie().iter().map(|a| sum(&(&a.transpose() * &form), &(&form * a)).max_difference(&zero));
        let discrete = group.discrete().iter().map(|h| (&(&h.transpose() * &form) * h).max_difference(&form));
        let difference = lie.chain(discrete).fold(0.0, f64::max);
        match difference {
            d if d < ZERO => Ok(Self { group: Arc::new(group), form: Arc::new(form), kept: true }),
            difference => Err(SpaceError::Form { group: name, difference }),
        }
    }

    /// A group with the first form that it keeps: of diag(1, …, 1), diag(1, −1, …, −1), and the invariant symmetric and
    /// antisymmetric ones of [`MatrixGroup::invariant_forms`], scaled to a largest entry of 1.
    ///
    /// # Errors
    /// [`SpaceError::NoForm`].
    pub fn of(group: MatrixGroup) -> Result<Self, SpaceError> {
        let d = group.dim();
        let minkowski: Vec<f64> = (0..d).map(|i| if i == 0 { 1.0 } else { -1.0 }).collect();
        let (symmetric, antisymmetric) = group.invariant_forms();
        let scaled = |m: &Matrix| m.scaled(1.0 / m.max_difference(&Matrix::zeros(d, d)));
        [Matrix::identity(d), Matrix::diagonal(&minkowski)]
            .into_iter()
            .chain(symmetric.iter().chain(&antisymmetric).map(scaled))
            .find_map(|form| Self::new(group.clone(), form).ok())
            .ok_or_else(|| SpaceError::NoForm(group.name().to_owned()))
    }

    /// The group that acts.
    pub fn group(&self) -> &MatrixGroup {
        &self.group
    }

    /// D.
    pub fn dim(&self) -> usize {
        self.group.dim()
    }

    /// η, [D, D].
    pub fn form(&self) -> &Matrix {
        &self.form
    }

    /// The diagonal of η where it has nothing else.
    pub fn diagonal(&self) -> Option<Vec<f64>> {
        let d = self.dim();
        let diagonal: Vec<f64> = (0..d).map(|i| self.form[(i, i)]).collect();
        (self.form.max_difference(&Matrix::diagonal(&diagonal)) < ZERO).then_some(diagonal)
    }

    /// Whether ⟨a, a⟩ > 0 for every a ≠ 0 by a glance at the diagonal: there are norms then.
    pub fn is_definite(&self) -> bool {
        self.diagonal().is_some_and(|d| d.iter().all(|&v| v > 0.0))
    }

    /// Whether the group keeps the form. It always does, but for GL⁺(2) of the lab Vectors, which has none.
    pub fn keeps_form(&self) -> bool {
        self.kept
    }
}

fn sum(a: &Matrix, b: &Matrix) -> Matrix {
    Matrix::from_fn(a.rows(), a.cols(), |i, j| a[(i, j)] + b[(i, j)])
}

impl PartialEq for Space {
    fn eq(&self, other: &Self) -> bool {
        self.group.name() == other.group.name() && self.form == other.form
    }
}

impl From<Group> for Space {
    fn from(group: Group) -> Self {
        let form = Arc::new(Matrix::diagonal(&group.metric()));
        Self { group: Arc::new(group.matrix_group()), form, kept: group.keeps_metric() }
    }
}

impl FromStr for Space {
    type Err = SpaceError;

    /// By the name of a group, `O(1,3)`.
    fn from_str(name: &str) -> Result<Self, SpaceError> {
        Self::of(name.parse::<NamedGroup>()?.build())
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.group.name())
    }
}
