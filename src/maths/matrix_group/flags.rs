//! What kind of group the generators make: computed from them, never declared.

use super::MatrixGroup;
use super::algebra::LieAlgebra;
use super::finite::{Order, enumerate};
use super::forms::Invariants;
use super::torus::closed_centre;
use crate::maths::exp::exp;
use crate::maths::linalg::{split_scale, svd};
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
        self.lie().iter().all(|a| (a + &a.transpose()).frobenius() <= ROUNDING * a.frobenius())
            && self.discrete().iter().all(orthogonal)
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
        if definite(algebra.trace_form()) { self.positive_form() } else { None }
    }

    /// Whether the left Haar measure is also right invariant: tr ad_A = 0 on the Lie algebra and |det Ad_h| = 1 for
    /// every discrete generator. The group carries the topology in which the elements exp(A) near 1 are the
    /// neighbourhood of 1; a group without Lie algebra then is discrete and counts its elements.
    pub fn unimodular(&self) -> bool {
        self.unimodular_given(&self.algebra())
    }

    fn unimodular_given(&self, algebra: &LieAlgebra) -> bool {
        // An orthogonal h turns matrices without stretching them, so its Ad has determinant ±1.
        let keeps = |h: &Matrix| orthogonal(h) || (algebra.adjoint_determinant(h) - 1.0).abs() < 1e-6;
        algebra.unimodular() && self.discrete().iter().all(keeps)
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
        let part = compact_part.as_ref().unwrap_or(algebra);
        let kept = (!self.discrete().is_empty()).then(|| Kept::by(self.dim(), part));
        let mut all_inside = true;
        for h in self.discrete() {
            let turn = compact_part.as_ref().and_then(|_| orthogonal_factor(h));
            let outside = h.determinant() < 0.0
                || kept.as_ref().is_some_and(|kept| kept.moved_by(turn.as_ref().unwrap_or(h)));
            if outside {
                return Some(false);
            }
            all_inside &= reaches_identity(h, algebra);
        }
        all_inside.then_some(true)
    }
}

/// Whether hᵀh = 1.
fn orthogonal(h: &Matrix) -> bool {
    (&h.transpose() * h).max_difference(&Matrix::identity(h.rows())) < ROUNDING
}

/// Whether a symmetric form is positive definite beyond rounding, by elimination without pivots (Cholesky).
fn definite(mut form: Matrix) -> bool {
    for k in 0..form.rows() {
        let pivot = form[(k, k)];
        if pivot.is_nan() || pivot < ROUNDING {
            return false;
        }
        for i in k + 1..form.rows() {
            let factor = form[(i, k)] / pivot;
            if factor != 0.0 {
                (k..form.cols()).for_each(|j| form[(i, j)] -= factor * form[(k, j)]);
            }
        }
    }
    true
}

/// k of h = exp(X) k with X symmetric.
fn orthogonal_factor(h: &Matrix) -> Option<Matrix> {
    let parts = svd(&split_scale(h).0).ok()?;
    Some(&parts.left * &parts.right.transpose())
}

/// What exp(A) leaves alone for every A of a Lie algebra.
struct Kept {
    forms: Vec<Matrix>,
    commutant: Vec<Matrix>,
    vectors: Vec<Matrix>,
    covectors: Vec<Matrix>,
    /// The algebra of dimension 0 leaves everything alone.
    everything: bool,
}

impl Kept {
    fn by(n: usize, algebra: &LieAlgebra) -> Self {
        let everything = algebra.dim() == 0;
        if everything || n > MAX_SEARCHED {
            let none = Vec::new;
            return Self { forms: none(), commutant: none(), vectors: none(), covectors: none(), everything };
        }
        let mut found = Invariants::of_algebra(n, algebra);
        let (forms, commutant) = (found.forms(), found.commutant());
        Self { forms, commutant, vectors: found.vectors(), covectors: found.covectors(), everything }
    }

    /// Whether h moves any of it.
    fn moved_by(&self, h: &Matrix) -> bool {
        if self.everything {
            return h.max_difference(&Matrix::identity(h.rows())) > ROUNDING;
        }
        let Some(inverse) = h.inverse() else { return false };
        let (t, within) = (h.transpose(), 1e-6 * (1.0 + h.operator_norm().powi(2)));
        let far = |a: &Matrix, b: &Matrix| a.max_difference(b) > within;
        self.forms.iter().any(|f| far(&(&(&t * f) * h), f))
            || self.commutant.iter().any(|c| far(&(&(h * c) * &inverse), c))
            || self.vectors.iter().any(|v| far(&(h * v), v))
            || self.covectors.iter().any(|v| far(&(&t * v), v))
    }
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
        let Ok(step) = exp(&away) else { break };
        let mut rest = h * &step;
        for _ in 0..STEPS {
            if rest.max_difference(&one) < ROUNDING {
                return true;
            }
            let Some(inverse) = rest.inverse() else { break };
            // (r − r⁻¹)/2 = sinh log r points to 1 and is log r close to it.
            let step = algebra.projection(&(&rest - &inverse).scaled(0.5));
            let length = step.frobenius().max(1.0);
            let Ok(back) = exp(&step.scaled(-1.0 / length)) else { break };
            rest = &rest * &back;
        }
    }
    false
}
