//! Bilinear forms and matrices that a group leaves alone, and the mean of a form over the group.
//!
//! All of them are maps between powers of the base space V and its dual: a form vᵀ F w is kept where F is an equivariant
//! map V → V*, a matrix commutes where it is one V → V, a vector is fixed where it is one R → V.

use super::MatrixGroup;
use super::algebra::{LieAlgebra, inner};
use crate::maths::basis::Solver;
use crate::maths::linalg::symmetric_eigen;
use crate::maths::matrix::Matrix;
use crate::maths::rep::Rep;

/// Smallest share that counts as not zero where a matrix must be invertible.
const NULL: f64 = 1e-6;

/// What a group leaves alone.
pub(super) struct Invariants {
    solver: Solver,
}

impl Invariants {
    pub(super) fn of(group: &MatrixGroup) -> Self {
        Self { solver: Solver::new(group.clone()) }
    }

    /// Of the connected group of a Lie algebra on Rⁿ.
    pub(super) fn of_algebra(n: usize, algebra: &LieAlgebra) -> Self {
        let (name, lie) = (String::new(), algebra.basis().to_vec());
        Self::of(&MatrixGroup { name, dim: n, lie, discrete: Vec::new(), named: None })
    }

    /// Orthonormal basis of the equivariant maps between two representations; none where generators are rounded so
    /// coarsely that their number is not clear, or where there are too many of them to be solved.
    fn maps(&mut self, from: &Rep, to: &Rep) -> Vec<Matrix> {
        self.solver.hom(from, to).map_or_else(|_| Vec::new(), |basis| basis.matrices().collect())
    }

    /// F with gᵀ F g = F.
    pub(super) fn forms(&mut self) -> Vec<Matrix> {
        self.maps(&Rep::base(), &Rep::base().dual())
    }

    /// S with g S gᵀ = S.
    pub(super) fn dual_forms(&mut self) -> Vec<Matrix> {
        self.maps(&Rep::base().dual(), &Rep::base())
    }

    /// C with g C = C g.
    pub(super) fn commutant(&mut self) -> Vec<Matrix> {
        self.maps(&Rep::base(), &Rep::base())
    }

    /// Columns v with g v = v.
    pub(super) fn vectors(&mut self) -> Vec<Matrix> {
        self.maps(&Rep::trivial(1), &Rep::base())
    }

    /// Columns v with gᵀ v = v.
    pub(super) fn covectors(&mut self) -> Vec<Matrix> {
        self.maps(&Rep::trivial(1), &Rep::base().dual())
    }
}

impl MatrixGroup {
    /// The bilinear forms ⟨v, w⟩ = vᵀ F w that the group keeps: an orthonormal basis of the symmetric ones and of the
    /// antisymmetric ones.
    pub fn invariant_forms(&self) -> (Vec<Matrix>, Vec<Matrix>) {
        let forms = Invariants::of(self).forms();
        let of = |sign| LieAlgebra::mirrored(&forms, sign).basis().to_vec();
        (of(1.0), of(-1.0))
    }

    /// A positive definite form that the group keeps, which exists exactly where the group is bounded.
    ///
    /// For a bounded group the mean of gᵀ g over its closure is one. The mean is the projection onto the invariant
    /// forms N along what is orthogonal to the invariants M of the transposed group, N (MᵀN)⁻¹ Mᵀ, so it needs linear
    /// algebra only. Where MᵀN is not invertible, or the result is not positive definite, there is no such form.
    pub fn positive_form(&self) -> Option<Matrix> {
        let n = self.dim();
        if self.is_orthogonal() {
            return Some(Matrix::identity(n));
        }
        let mut invariants = Invariants::of(self);
        let kept = LieAlgebra::mirrored(&invariants.forms(), 1.0);
        let dual = LieAlgebra::mirrored(&invariants.dual_forms(), 1.0);
        if kept.dim() == 0 || kept.dim() != dual.dim() {
            return None;
        }
        let pairing =
            Matrix::from_fn(kept.dim(), kept.dim(), |i, j| inner(&dual.basis()[i], &kept.basis()[j]));
        let solve = pairing.inverse().filter(|m| m.operator_norm() < 1.0 / NULL)?;
        let traces: Vec<f64> = dual.basis().iter().map(Matrix::trace).collect();
        let mean = kept.combination(n, &solve.apply(&traces));
        let values = symmetric_eigen(&mean).ok()?.values;
        (*values.last()? > NULL * values.first()?).then_some(mean)
    }

    /// The Lie algebra in coordinates F^½ v in which a bounded group is orthogonal, F its [`MatrixGroup::positive_form`],
    /// with the matrices to them and back; `None` where the group is not bounded.
    pub fn antisymmetric_algebra(&self) -> Option<(LieAlgebra, (Matrix, Matrix))> {
        let eigen = symmetric_eigen(&self.positive_form()?).ok()?;
        let (to, back) = (eigen.map(f64::sqrt), eigen.map(|v| 1.0 / v.sqrt()));
        let turned = |a: &Matrix| {
            let a = &(&to * a) * &back;
            a.scaled(1.0 / a.frobenius())
        };
        let basis: Vec<Matrix> = self.algebra().basis().iter().map(turned).collect();
        Some((LieAlgebra::mirrored(&basis, -1.0), (to, back)))
    }
}
