//! Uniform elements of a compact group that was given by generators, by a random walk.
//!
//! In coordinates in which the group is orthogonal ⟨A, B⟩ = tr AᵀB is invariant on its Lie algebra, and so is the law of
//! A = Σ s xₖ Eₖ with independent normal xₖ and an orthonormal basis Eₖ. By Schur's lemma the mean of π(exp A) is then a
//! number cₚ times 1 for every irreducible representation π of the identity component G₀, and that of the product of N
//! independent such elements is cₚᴺ: the Haar measure would have 0 for every π that is not trivial.
//!
//! The eigenvalues of dπ on a torus are its weights w. Those that are not 0 average out, as exp(−s²‖w‖²/2) times a
//! polynomial; the step s is wide enough that only w = 0 remains. Weights 0 are at most a third of all: Eₐ of the simple
//! roots a together are injective on them, and the weights a and −a occur as often as one another. So |cₚ| ≤ 1/3, and
//! N = 32 steps leave at most 3⁻³² = 5e-16 of every such mean. Of a character of the centre exp(−N s²‖w‖²/2) is left. For a
//! circle that turns planes with whole frequencies m the slowest one has ‖w‖² = 1 / 2Σm², so that is below 1e-15 up to
//! Σm² = 9000; where frequencies are larger, characters so slow are moments of a degree in the hundreds.
//!
//! The finite group Γ of the discrete generators meets every component, and G₀ is normal, so g h with g uniform in G₀ and h
//! uniform in Γ is uniform in G.

use super::compact::pick;
use crate::maths::linalg::{NotConverged, skew_exp};
use crate::maths::matrix::Matrix;
use crate::maths::matrix_group::{LieAlgebra, MatrixGroup};
use crate::maths::rng::Rng;

/// N, how many random one-parameter elements are multiplied.
pub(super) const STEPS: usize = 32;
/// s, the standard deviation of the coordinates of A.
const STEP: f64 = 200.0;

/// What a walk needs, prepared once.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    /// The Lie algebra in coordinates in which it is antisymmetric.
    algebra: LieAlgebra,
    /// To these coordinates and back.
    coordinates: (Matrix, Matrix),
    /// Γ, in the coordinates of the group.
    finite: Vec<Matrix>,
}

impl Walk {
    /// The walk on a group that is known to be compact and whose discrete generators make a group that can be listed.
    pub(super) fn new(group: &MatrixGroup) -> Option<Self> {
        if group.compact() != Some(true) {
            return None;
        }
        let finite = group.discrete_elements()?;
        let (algebra, coordinates) = group.antisymmetric_algebra()?;
        Some(Self { algebra, coordinates, finite })
    }

    /// The element 1.
    pub(super) fn identity(&self) -> Matrix {
        Matrix::identity(self.coordinates.0.rows())
    }

    /// How many elements Γ has.
    pub(super) fn finite_elements(&self) -> usize {
        self.finite.len()
    }

    /// A random element; the error does not occur for any antisymmetric matrix that is known.
    pub(super) fn draw(&self, rng: &mut Rng) -> Result<Matrix, NotConverged> {
        let (to, back) = &self.coordinates;
        let n = to.rows();
        let mut product = Matrix::identity(n);
        for _ in 0..STEPS {
            let x: Vec<f64> = (0..self.algebra.dim()).map(|_| STEP * rng.normal()).collect();
            product = &product * &skew_exp(&self.algebra.combination(n, &x))?;
        }
        Ok(&(&(back * &product) * to) * &self.finite[pick(rng, self.finite.len())])
    }
}
