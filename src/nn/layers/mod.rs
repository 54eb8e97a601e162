//! The layers: one file each, one line in the registry that the automatic tests walk.

mod dense;
mod readout;
mod tensor_polynomial;

pub use dense::dense;
pub use readout::Readout;
pub use tensor_polynomial::{Breaks, TensorPolynomial};

use super::layer::Layer;
use crate::maths::Group;

/// One small instance of every registered layer for a group, for the automatic tests of equivariance, gradients and
/// variance.
pub fn registered(group: Group) -> Vec<(&'static str, Box<dyn Layer>)> {
    vec![
        ("tensor_polynomial", Box::new(TensorPolynomial::new(group, (3, 4), (5, 6), 8, Breaks::default()))),
        ("readout", Box::new(Readout::new(group, (5, 6), (2, 3)))),
    ]
}
