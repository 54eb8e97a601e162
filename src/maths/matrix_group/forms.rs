//! Bilinear forms and matrices that a group leaves alone, and the mean of a form over the group.

use super::MatrixGroup;
use super::algebra::inner;
use crate::maths::matrix::Matrix;
use nalgebra::{DMatrix, DVector};

/// Null directions: singular values below this, of equations scaled to norm 1.
const NULL: f64 = 1e-6;
/// Equations smaller than this are rounding, not equations.
const EMPTY: f64 = 1e-12;

/// A linear map on matrices, X ↦ Σ Lₖ X Rₖ, whose kernel is asked for.
type Equation = Vec<(Matrix, Matrix)>;

/// Orthonormal basis of the matrices in the span of `basis` (itself orthonormal) that every equation maps to zero.
fn kernel(basis: &[Matrix], equations: &[Equation]) -> Vec<Matrix> {
    let size = basis.len();
    let mut gram = DMatrix::<f64>::zeros(size, size);
    for equation in equations {
        let images: Vec<DVector<f64>> = basis
            .iter()
            .map(|x| {
                let zero = Matrix::zeros(x.rows(), x.cols());
                let image = equation.iter().fold(zero, |sum, (l, r)| &sum + &(&(l * x) * r));
                DVector::from_column_slice(image.data())
            })
            .collect();
        let norm = images.iter().map(DVector::norm_squared).sum::<f64>();
        if norm > EMPTY * EMPTY {
            let k = DMatrix::from_columns(&images);
            gram += k.tr_mul(&k) * (size as f64 / norm);
        }
    }
    let eigen = gram.symmetric_eigen();
    let null = (0..size).filter(|&k| eigen.eigenvalues[k] <= NULL * NULL);
    let combine = |k: usize| {
        let zero = Matrix::zeros(basis[0].rows(), basis[0].cols());
        basis.iter().zip(eigen.eigenvectors.column(k).iter()).fold(zero, |sum, (b, &c)| &sum + &b.scaled(c))
    };
    null.map(combine).collect()
}

/// Orthonormal basis of the matrices X with Xᵀ = `sign` X.
fn mirrored(n: usize, sign: f64) -> Vec<Matrix> {
    let mut basis = vec![];
    for i in 0..n {
        for j in i..n {
            let mut m = Matrix::zeros(n, n);
            if i == j && sign > 0.0 {
                m[(i, i)] = 1.0;
            } else if i != j {
                m[(i, j)] = 0.5_f64.sqrt();
                m[(j, i)] = sign * 0.5_f64.sqrt();
            } else {
                continue;
            }
            basis.push(m);
        }
    }
    basis
}

/// AᵀF + FA = 0 and hᵀFh − F = 0.
fn form_equations(n: usize, lie: &[Matrix], discrete: &[Matrix]) -> Vec<Equation> {
    let one = || Matrix::identity(n);
    let lie = lie.iter().map(|a| vec![(a.transpose(), one()), (one(), a.clone())]);
    let discrete = discrete.iter().map(|h| vec![(h.transpose(), h.clone()), (one(), -&one())]);
    lie.chain(discrete).collect()
}

/// Orthonormal basis of the forms with Fᵀ = `sign` F that are kept by the generators.
pub(super) fn forms(n: usize, lie: &[Matrix], discrete: &[Matrix], sign: f64) -> Vec<Matrix> {
    let basis = mirrored(n, sign);
    if basis.is_empty() { vec![] } else { kernel(&basis, &form_equations(n, lie, discrete)) }
}

/// Orthonormal basis of the matrices C with AC = CA and hC = Ch.
pub(super) fn commutant(n: usize, lie: &[Matrix], discrete: &[Matrix]) -> Vec<Matrix> {
    let one = Matrix::identity(n);
    let basis: Vec<Matrix> = [mirrored(n, 1.0), mirrored(n, -1.0)].concat();
    let equations: Vec<Equation> =
        lie.iter().chain(discrete).map(|m| vec![(m.clone(), one.clone()), (one.clone(), -m)]).collect();
    kernel(&basis, &equations)
}

impl MatrixGroup {
    /// The bilinear forms ⟨v, w⟩ = vᵀ F w that the group keeps: an orthonormal basis of the symmetric ones and of the
    /// antisymmetric ones, from AᵀF + FA = 0 and hᵀFh = F.
    ///
    /// The Gram matrix of the equations has side n(n+1)/2 and is diagonalised: a second at n = 32, minutes at n = 64.
    pub fn invariant_forms(&self) -> (Vec<Matrix>, Vec<Matrix>) {
        let of = |sign| forms(self.dim(), self.lie(), self.discrete(), sign);
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
        let transposed = |list: &[Matrix]| list.iter().map(Matrix::transpose).collect::<Vec<_>>();
        let kept = forms(n, self.lie(), self.discrete(), 1.0);
        let dual = forms(n, &transposed(self.lie()), &transposed(self.discrete()), 1.0);
        if kept.is_empty() || kept.len() != dual.len() {
            return None;
        }
        let k = kept.len();
        let pairing = Matrix::from_fn(k, k, |i, j| inner(&dual[i], &kept[j]));
        let solve = pairing.inverse().filter(|m| m.operator_norm() < 1.0 / NULL)?;
        let c = solve.apply(&dual.iter().map(Matrix::trace).collect::<Vec<_>>());
        let zero = Matrix::zeros(n, n);
        let mean = kept.iter().zip(&c).fold(zero, |sum, (f, &v)| &sum + &f.scaled(v));
        let values = mean.to_nalgebra().symmetric_eigenvalues();
        (values.min() > NULL * values.max()).then_some(mean)
    }
}
