//! What kind of group the generators make: computed from them, never declared.

use super::MatrixGroup;
use super::algebra::{LieAlgebra, inner};
use super::finite::{Order, enumerate};
use super::forms::{commutant, forms};
use super::torus::closed_centre;
use crate::maths::matrix::Matrix;
use crate::maths::rng::Rng;

/// Equalities between entries of order 1.
const ROUNDING: f64 = 1e-9;
/// Base spaces up to this are searched for invariants that tell components apart.
const MAX_SEARCHED: usize = 32;

/// Properties of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Dimension as a manifold: that of its Lie algebra.
    pub dimension: usize,
    /// Number of elements.
    pub order: Order,
    /// Every element is an orthogonal matrix: see [`MatrixGroup::is_orthogonal`].
    pub orthogonal: bool,
    /// Every element is a permutation matrix: see [`MatrixGroup::is_permutation`].
    pub permutation: bool,
    /// No sequence of elements goes to infinity: see [`MatrixGroup::positive_form`].
    pub bounded: bool,
    /// Bounded and closed; `None` where that was not decided: see [`MatrixGroup::compact`].
    pub compact: Option<bool>,
    /// In one piece; `None` where that was not decided: see [`MatrixGroup::connected`].
    pub connected: Option<bool>,
    /// The left Haar measure is a right one: see [`MatrixGroup::unimodular`].
    pub unimodular: bool,
}

impl MatrixGroup {
    /// All properties at once, which is cheaper than one after the other.
    pub fn flags(&self) -> Flags {
        let algebra = self.algebra();
        let bounded = self.bounded_form(&algebra);
        Flags {
            dimension: algebra.dim(),
            order: self.order(),
            orthogonal: self.is_orthogonal(),
            permutation: self.is_permutation(),
            bounded: bounded.is_some(),
            compact: self.compact_given(&algebra, bounded.as_ref()),
            connected: self.connected_given(&algebra),
            unimodular: self.unimodular_given(&algebra),
        }
    }

    /// Whether Aᵀ = −A and hᵀh = 1 for all generators, so that the group lies in O(n).
    pub fn is_orthogonal(&self) -> bool {
        let one = Matrix::identity(self.dim());
        self.lie().iter().all(|a| (a + &a.transpose()).frobenius() <= ROUNDING * a.frobenius())
            && self.discrete().iter().all(|h| (&h.transpose() * h).max_difference(&one) < ROUNDING)
    }

    /// Whether all generators are permutation matrices, so that the group permutes the axes.
    pub fn is_permutation(&self) -> bool {
        let one_each = |h: &Matrix| {
            h.data().iter().all(|&v| v == 0.0 || v == 1.0)
                && h.to_rows().iter().chain(&h.transpose().to_rows()).all(|r| r.iter().sum::<f64>() == 1.0)
        };
        self.lie().iter().all(|a| a.frobenius() == 0.0) && self.discrete().iter().all(one_each)
    }

    /// Whether the group is bounded and closed.
    ///
    /// `Some(false)` where it is not bounded, that is, keeps no positive definite form. `Some(true)` where it is
    /// bounded, its identity component is closed and its discrete generators make a finite group: whole numbers as
    /// entries, or listed to the end. A connected bounded group is closed where its centre is a torus: where the
    /// frequencies of the centre are in ratios of whole numbers up to 64. `None` in the other cases: a line winding
    /// densely around a torus looks like one that closes after very many turns.
    pub fn compact(&self) -> Option<bool> {
        let algebra = self.algebra();
        self.compact_given(&algebra, self.bounded_form(&algebra).as_ref())
    }

    fn compact_given(&self, algebra: &LieAlgebra, form: Option<&Matrix>) -> Option<bool> {
        let Some(form) = form else { return Some(false) };
        let whole = |h: &Matrix| h.data().iter().all(|v| v.fract() == 0.0);
        let finite = self.discrete().iter().all(whole)
            || enumerate(self.dim(), self.discrete(), self.most_elements()).is_some();
        (finite && closed_centre(algebra, form)).then_some(true)
    }

    /// [`MatrixGroup::positive_form`], after a test that spares most unbounded groups the search: in a bounded group
    /// tr A² = −Σ ω² over the frequencies of A, so A ↦ tr A² is negative definite on the Lie algebra.
    fn bounded_form(&self, algebra: &LieAlgebra) -> Option<Matrix> {
        if self.is_orthogonal() {
            return Some(Matrix::identity(self.dim()));
        }
        let transposed: Vec<Matrix> = algebra.basis().iter().map(Matrix::transpose).collect();
        let k = algebra.dim();
        let trace = Matrix::from_fn(k, k, |i, j| inner(&transposed[i], &algebra.basis()[j]));
        let largest = if k == 0 { -1.0 } else { trace.to_nalgebra().symmetric_eigenvalues().max() };
        if largest > -ROUNDING { None } else { self.positive_form() }
    }

    /// Whether the left Haar measure is also right invariant: tr ad_A = 0 on the Lie algebra and |det Ad_h| = 1 for
    /// every discrete generator. The group carries the topology in which the elements exp(A) near 1 are the
    /// neighbourhood of 1; a group without Lie algebra then is discrete and counts its elements.
    pub fn unimodular(&self) -> bool {
        self.unimodular_given(&self.algebra())
    }

    fn unimodular_given(&self, algebra: &LieAlgebra) -> bool {
        algebra.unimodular()
            && self.discrete().iter().all(|h| (algebra.adjoint_determinant(h) - 1.0).abs() < 1e-6)
    }

    /// Whether the group is in one piece: whether every discrete generator lies in the identity component.
    ///
    /// A generator is inside where steps along the Lie algebra lead from it to 1. It is outside where its determinant
    /// is negative, or where it moves a vector, covector, form or commuting matrix that the Lie algebra leaves alone;
    /// for a Lie algebra that is closed under transposition these are those of its antisymmetric part, which must
    /// leave the orthogonal factor of the generator alone. `None` where neither is found.
    pub fn connected(&self) -> Option<bool> {
        self.connected_given(&self.algebra())
    }

    fn connected_given(&self, algebra: &LieAlgebra) -> Option<bool> {
        let compact_part = algebra.self_adjoint().then(|| algebra.cartan_part(-1.0));
        let mut all_inside = true;
        for h in self.discrete() {
            let outside = match (&compact_part, orthogonal_factor(h)) {
                (Some(part), Some(k)) => h.determinant() < 0.0 || moves_invariants(&k, part),
                _ => h.determinant() < 0.0 || moves_invariants(h, algebra),
            };
            if outside {
                return Some(false);
            }
            all_inside &= reaches_identity(h, algebra);
        }
        all_inside.then_some(true)
    }
}

/// k of h = exp(X) k with X symmetric.
fn orthogonal_factor(h: &Matrix) -> Option<Matrix> {
    let svd = h.to_nalgebra().svd(true, true);
    Some(Matrix::from_nalgebra(&(svd.u? * svd.v_t?)))
}

/// Whether h moves something that exp(A) leaves alone for every A of the algebra.
fn moves_invariants(h: &Matrix, algebra: &LieAlgebra) -> bool {
    let n = h.rows();
    let one = Matrix::identity(n);
    if algebra.dim() == 0 {
        return h.max_difference(&one) > ROUNDING;
    }
    let Some(inverse) = h.inverse() else { return false };
    if n > MAX_SEARCHED {
        return false;
    }
    let far = |a: &Matrix, b: &Matrix| a.max_difference(b) > 1e-6 * (1.0 + h.operator_norm().powi(2));
    let forms = [forms(n, algebra.basis(), &[], 1.0), forms(n, algebra.basis(), &[], -1.0)].concat();
    let dual: Vec<Matrix> = algebra.basis().iter().map(Matrix::transpose).collect();
    forms.iter().any(|f| far(&(&(&h.transpose() * f) * h), f))
        || commutant(n, algebra.basis(), &[]).iter().any(|c| far(&(&(h * c) * &inverse), c))
        || fixed(n, algebra.basis()).iter().any(|v| far(&(h * v), v))
        || fixed(n, &dual).iter().any(|v| far(&(&h.transpose() * v), v))
}

/// Orthonormal columns v with A v = 0 for all A.
fn fixed(n: usize, lie: &[Matrix]) -> Vec<Matrix> {
    let gram = lie.iter().fold(Matrix::zeros(n, n), |sum, a| &sum + &(&a.transpose() * a));
    let eigen = gram.to_nalgebra().symmetric_eigen();
    let null = (0..n).filter(|&k| eigen.eigenvalues[k] < 1e-12);
    null.map(|k| Matrix::from_fn(n, 1, |i, _| eigen.eigenvectors[(i, k)])).collect()
}

/// Whether h = exp(A₁) exp(A₂) … was found, with steps A that bring h nearer to 1, from several starting points h exp(A).
fn reaches_identity(h: &Matrix, algebra: &LieAlgebra) -> bool {
    const STARTS: usize = 12;
    const STEPS: usize = 60;
    let n = h.rows();
    let one = Matrix::identity(n);
    let mut rng = Rng::new(0, 2);
    for start in 0..STARTS {
        let away = algebra.random(n, &mut rng).scaled(if start == 0 { 0.0 } else { 2.0 });
        let mut rest = h * &exp(&away);
        for _ in 0..STEPS {
            if rest.max_difference(&one) < ROUNDING {
                return true;
            }
            let Some(inverse) = rest.inverse() else { break };
            // (r − r⁻¹)/2 = sinh log r points to 1 and is log r close to it.
            let step = algebra.projection(&(&rest - &inverse).scaled(0.5));
            let length = step.frobenius().max(1.0);
            rest = &rest * &exp(&step.scaled(-1.0 / length));
        }
    }
    false
}

/// exp A by the library's scaling and squaring.
fn exp(a: &Matrix) -> Matrix {
    Matrix::from_nalgebra(&a.to_nalgebra().exp())
}
