//! The elements of a finite group, and how it moves them.

use super::super::matrix::Matrix;
use super::super::matrix_group::MatrixGroup;
use super::super::sparse::Sparse;
use super::RepError;

/// Largest order of a group that `Reg` is offered for.
pub const MAX_ORDER: usize = 1024;

/// Elements closer than this in every entry are one.
const SAME: f64 = 1e-6;

/// All elements of a finite group, the identity first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Elements(Vec<Matrix>);

impl Elements {
    /// The elements of a finite group.
    pub(super) fn of(group: &MatrixGroup) -> Result<Self, RepError> {
        let not_finite = |why: String| RepError::NotFinite { group: group.name().to_owned(), why };
        if group.lie().iter().any(|a| a.frobenius() > 0.0) {
            return Err(not_finite("has a Lie algebra".to_owned()));
        }
        match group.elements() {
            Some(elements) if elements.len() <= MAX_ORDER => Ok(Self(elements)),
            Some(elements) => Err(not_finite(format!("has {}", elements.len()))),
            None => Err(not_finite(format!("has more than {}", group.most_elements()))),
        }
    }

    /// Number of elements.
    pub(super) fn order(&self) -> usize {
        self.0.len()
    }

    fn position(&self, g: &Matrix) -> Option<usize> {
        self.0.iter().position(|h| h.data().iter().zip(g.data()).all(|(a, b)| (a - b).abs() < SAME))
    }

    /// The permutation e_h ↦ e_{gh}; `None` where g is no element.
    pub(super) fn rho(&self, g: &Matrix) -> Option<Sparse> {
        let mut inverse = Sparse::with_cols(self.order());
        for h in &self.0 {
            inverse.push_row([(self.position(&(g * h))?, 1.0)]);
        }
        Some(inverse.transpose())
    }
}
