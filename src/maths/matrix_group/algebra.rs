//! The Lie algebra that the generators span: closure, brackets, the adjoint representation.

use super::MatrixGroup;
use crate::maths::matrix::Matrix;
use crate::maths::rng::Rng;

/// A remainder below this, of matrices of norm 1, is rounding.
const ROUNDING: f64 = 1e-9;
/// Entries of an element of norm 1 below this are what cancellation left.
const DUST: f64 = 1e-15;
/// How many pairs of random elements must stay inside before an algebra counts as closed.
const TRIALS: usize = 3;

/// A Lie algebra of n × n matrices, by a basis that is orthonormal for ⟨A, B⟩ = Σ Aᵢⱼ Bᵢⱼ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LieAlgebra {
    basis: Vec<Matrix>,
    /// The entries of each element that are not 0, by their place row by row: few for the groups that have a name.
    entries: Vec<Vec<(usize, f64)>>,
}

/// [A, B] = A B − B A.
pub fn bracket(a: &Matrix, b: &Matrix) -> Matrix {
    &(a * b) - &(b * a)
}

/// ⟨A, B⟩ = Σ Aᵢⱼ Bᵢⱼ.
pub fn inner(a: &Matrix, b: &Matrix) -> f64 {
    a.data().iter().zip(b.data()).map(|(x, y)| x * y).sum()
}

impl LieAlgebra {
    /// Orthonormal basis, possibly empty.
    pub fn basis(&self) -> &[Matrix] {
        &self.basis
    }

    /// Dimension of the algebra, which is that of the group.
    pub fn dim(&self) -> usize {
        self.basis.len()
    }

    /// Coordinates ⟨Eₖ, A⟩ of the orthogonal projection of A.
    pub fn coordinates(&self, a: &Matrix) -> Vec<f64> {
        let entry = |list: &Vec<(usize, f64)>| list.iter().map(|(k, v)| v * a.data()[*k]).sum();
        self.entries.iter().map(entry).collect()
    }

    /// Σ cₖ Eₖ on Rⁿ, for n × n matrices.
    pub fn combination(&self, n: usize, c: &[f64]) -> Matrix {
        let mut sum = vec![0.0; n * n];
        for (list, &v) in self.entries.iter().zip(c) {
            list.iter().for_each(|(k, x)| sum[*k] += v * x);
        }
        Matrix::from_fn(n, n, |i, j| sum[i * n + j])
    }

    /// Orthogonal projection of A.
    pub fn projection(&self, a: &Matrix) -> Matrix {
        self.combination(a.rows(), &self.coordinates(a))
    }

    /// Whether A lies inside, up to rounding relative to its norm.
    pub fn contains(&self, a: &Matrix) -> bool {
        (a - &self.projection(a)).frobenius() <= ROUNDING * a.frobenius()
    }

    /// The part of the algebra that is antisymmetric or symmetric (`sign` −1 or 1): {A + sign Aᵀ}. For an algebra that
    /// is closed under transposition these are its parts in the Cartan decomposition.
    pub fn cartan_part(&self, sign: f64) -> Self {
        Self::mirrored(&self.basis, sign)
    }

    /// The span of the matrices A + sign Aᵀ, for A of norm 1.
    pub(super) fn mirrored(matrices: &[Matrix], sign: f64) -> Self {
        let mut part = Self::default();
        for e in matrices {
            part.extend(&(e + &e.transpose().scaled(sign)), 1.0);
        }
        part
    }

    /// −tr(Eᵢ Eⱼ), the form whose definiteness tells a bounded algebra.
    pub(super) fn trace_form(&self) -> Matrix {
        let entry = |i: usize, j: usize| -> f64 {
            let (list, other) = (&self.entries[i], &self.basis[j]);
            let n = other.cols();
            list.iter().map(|(k, v)| -v * other[(k % n, k / n)]).sum()
        };
        Matrix::from_fn(self.dim(), self.dim(), entry)
    }

    /// Whether Aᵀ is inside for every A inside.
    pub fn self_adjoint(&self) -> bool {
        self.basis.iter().all(|e| self.contains(&e.transpose()))
    }

    /// Adds what A brings in new; says whether that was anything. `size` is the norm that A would have without
    /// cancellation: remainders are rounding by comparison with it.
    fn extend(&mut self, a: &Matrix, size: f64) -> bool {
        let rest = a - &self.projection(a);
        let new = rest.frobenius();
        if !new.is_finite() || new <= ROUNDING * size {
            return false;
        }
        // A second projection takes out what rounding left of the first.
        let rest = rest.scaled(1.0 / new);
        let rest = &rest - &self.projection(&rest);
        let size = rest.frobenius();
        let clean = |v: f64| if v.abs() < DUST { 0.0 } else { v };
        let e = Matrix::from_fn(a.rows(), a.cols(), |i, j| clean(rest[(i, j)] / size));
        let entries = e.data().iter().copied().enumerate().filter(|(_, v)| *v != 0.0);
        self.entries.push(entries.collect());
        self.basis.push(e);
        true
    }

    /// A random element of norm 1; zero in the algebra of dimension zero.
    pub(in crate::maths) fn random(&self, n: usize, rng: &mut Rng) -> Matrix {
        let c: Vec<f64> = self.basis.iter().map(|_| rng.normal()).collect();
        let size = c.iter().map(|v| v * v).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        self.combination(n, &c).scaled(1.0 / size)
    }

    /// tr ad_A = 0 for every A: the identity component has a measure that is left and right invariant.
    ///
    /// tr ad_A = Σₖ ⟨Eₖ, [A, Eₖ]⟩ = ⟨A, M⟩ with M = Σₖ Eₖ Eₖᵀ − Eₖᵀ Eₖ.
    pub fn unimodular(&self) -> bool {
        let Some(n) = self.basis.first().map(Matrix::rows) else { return true };
        let m = self.basis.iter().fold(Matrix::zeros(n, n), |sum, e| {
            let t = e.transpose();
            &sum + &(&(e * &t) - &(&t * e))
        });
        self.coordinates(&m).iter().all(|c| c.abs() <= ROUNDING * self.dim() as f64)
    }

    /// |det Ad_h| for an element h that normalises the algebra; 1 on an algebra of dimension zero.
    pub fn adjoint_determinant(&self, h: &Matrix) -> f64 {
        let Some(inverse) = h.inverse() else { return f64::NAN };
        let columns: Vec<Vec<f64>> =
            self.basis.iter().map(|e| self.coordinates(&(&(h * e) * &inverse))).collect();
        Matrix::from_fn(self.dim(), self.dim(), |i, j| columns[j][i]).determinant().abs()
    }
}

impl MatrixGroup {
    /// The Lie algebra of the group: the smallest one that holds the generators and is kept by A ↦ h A h⁻¹.
    ///
    /// A subspace is closed under brackets when [A, B] is inside for one generic pair A, B, since what sticks out is
    /// bilinear in the pair; so random pairs are tried, each that leads outside adds a dimension, and three in a row
    /// that stay inside end the search. Milliseconds for groups with a name; seconds for a thousand full matrices.
    pub fn algebra(&self) -> LieAlgebra {
        let n = self.dim();
        let mut algebra = LieAlgebra::default();
        for a in self.lie() {
            algebra.extend(a, a.frobenius());
        }
        if algebra.dim() == 0 {
            return algebra;
        }
        let conjugations: Vec<(&Matrix, Matrix)> =
            self.discrete().iter().filter_map(|h| Some((h, h.inverse()?))).collect();
        let mut rng = Rng::new(0, 0);
        let mut quiet = 0;
        while quiet < TRIALS && algebra.dim() < n * n {
            let (a, b) = (algebra.random(n, &mut rng), algebra.random(n, &mut rng));
            let mut grown = algebra.extend(&bracket(&a, &b), 1.0);
            if !conjugations.is_empty() {
                // One generic combination leads outside where any of its terms does.
                let (mut image, mut size) = (Matrix::zeros(n, n), 0.0);
                for (h, inverse) in &conjugations {
                    let term = (&(*h * &a) * inverse).scaled(1.0 + rng.uniform());
                    size += term.frobenius();
                    image = &image + &term;
                }
                grown |= algebra.extend(&image, size);
            }
            quiet = if grown { 0 } else { quiet + 1 };
        }
        algebra
    }
}
