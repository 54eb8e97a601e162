//! One matrix as a product (or a sum) of simpler ones.

use super::matrix::Matrix;

/// How the factors make up the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// What a decomposition found.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// Product or sum.
    pub composition: Composition,
    /// In order of multiplication; `None` where the decomposition does not exist, with the reason in `warnings`.
    pub factors: Option<Vec<Factor>>,
    /// Angles in radians, stretches, rapidities, by name.
    pub parameters: Vec<(&'static str, f64)>,
    /// What is not unique, not determined or not there, in words.
    pub warnings: Vec<String>,
}

impl Decomposition {
    /// ‖∏ Fᵢ − M‖_F / ‖M‖_F (the sum in place of the product where it is one); `None` without factors.
    /// For M = 0 the norm of what the factors make.
    pub fn residual(&self, m: &Matrix) -> Option<f64> {
        let factors = self.factors.as_ref()?;
        let (first, rest) = factors.split_first()?;
        let made = rest.iter().fold(first.matrix.clone(), |made, factor| match self.composition {
            Composition::Product => &made * &factor.matrix,
            Composition::Sum => &made + &factor.matrix,
        });
        let (error, size) = ((&made - m).frobenius(), m.frobenius());
        Some(if size > 0.0 { error / size } else { error })
    }
}
