//! The law by which equivariance residuals are measured. It is not the Haar measure: elements stay moderate, so that a
//! residual says something about the model and not about rounding.
//!
//! | group | law |
//! |---|---|
//! | compact | Haar measure, so uniform on finite groups |
//! | SO⁺(1,n), O(1,n) | boost · rotation: direction uniform, rapidity uniform on [0, η]; components equally often |
//! | scalings, also in Sim(n) | log s uniform on [log ½, log 2] |
//! | GL⁺(n), GL(n), and A in Aff⁺(n), Aff(n) | k diag(a) k′: log aᵢ uniform on [log ½, log 2] |
//! | SL(n) | the same with a divided by its geometric mean |
//! | Sp(2n) | k diag(a, 1/a) k′ with k, k′ in U(n), the same a |
//! | translations | tᵢ uniform on [−1, 1] |
//! | own groups, finite | uniform |
//! | own groups, infinite | exp(A₁) h₁ exp(A₂) h₂ exp(A₃) with random A of norm up to 1 and h a discrete generator, its inverse or 1 |

use super::compact::{coin, orthogonal, pick, rotation, unitary};
use super::factor::{any_component, homogeneous, uniform};
use crate::maths::exp::exp;
use crate::maths::lorentz;
use crate::maths::matrix::Matrix;
use crate::maths::matrix_group::{Factor, Family, LieAlgebra, MatrixGroup};
use crate::maths::rng::Rng;

/// Law of residuals for one group, prepared once.
#[derive(Clone, Debug)]
pub struct ResidualLaw {
    dim: usize,
    rapidity: f64,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Factors(Vec<Factor>),
    Elements(Vec<Matrix>),
    /// A Lie algebra, and discrete generators with their inverses.
    Words(LieAlgebra, Vec<Matrix>),
}

impl ResidualLaw {
    /// The law for a group; `rapidity` is the largest one of boosts, η.
    pub fn new(group: &MatrixGroup, rapidity: f64) -> Self {
        let source = match group.named() {
            Some(named) => Source::Factors(named.factors().to_vec()),
            None => group.elements().map_or_else(|| words(group), Source::Elements),
        };
        Self { dim: group.dim(), rapidity, source }
    }

    /// A random element.
    pub fn draw(&self, rng: &mut Rng) -> Matrix {
        match &self.source {
            Source::Factors(factors) => product(factors, self.rapidity, rng),
            Source::Elements(list) => list[pick(rng, list.len())].clone(),
            Source::Words(algebra, steps) => word(self.dim, algebra, steps, rng),
        }
    }
}

impl MatrixGroup {
    /// `count` elements to measure residuals with: of a finite group with at most that many elements all, in turn;
    /// otherwise random ones by [`ResidualLaw`].
    pub fn sample_for_residual(&self, count: usize, rapidity: f64, rng: &mut Rng) -> Vec<Matrix> {
        match self.elements().filter(|all| all.len() <= count) {
            Some(all) => all.iter().cycle().take(count).cloned().collect(),
            None => {
                let law = ResidualLaw::new(self, rapidity);
                (0..count).map(|_| law.draw(rng)).collect()
            }
        }
    }
}

/// A random element of a product of named groups.
fn product(factors: &[Factor], rapidity: f64, rng: &mut Rng) -> Matrix {
    let parts: Vec<Matrix> = factors.iter().map(|&f| element(f, rapidity, rng)).collect();
    Matrix::direct_sum(&parts.iter().collect::<Vec<_>>())
}

fn element(factor: Factor, rapidity: f64, rng: &mut Rng) -> Matrix {
    let n = factor.size();
    match factor.family() {
        Family::Lorentz => boosted(n, rapidity, rng),
        Family::FullLorentz => any_component(boosted(n, rapidity, rng), rng),
        Family::SpecialLinear => {
            let a = stretches(n, rng);
            let mean = a.iter().map(|v| v.ln()).sum::<f64>() / n as f64;
            let a: Vec<f64> = a.iter().map(|v| v / mean.exp()).collect();
            &(&rotation(n, rng) * &Matrix::diagonal(&a)) * &rotation(n, rng)
        }
        Family::PositiveLinear => linear(n, false, rng),
        Family::GeneralLinear => linear(n, true, rng),
        Family::Symplectic => {
            let a = stretches(n / 2, rng);
            let inverse = a.iter().map(|v| 1.0 / v);
            let d = Matrix::diagonal(&a.iter().copied().chain(inverse).collect::<Vec<_>>());
            &(&unitary(n / 2, false, rng) * &d) * &unitary(n / 2, false, rng)
        }
        Family::SpecialEuclidean => moved(&rotation(n, rng), rng),
        Family::Euclidean => moved(&orthogonal(n, rng), rng),
        Family::Similarity => moved(&rotation(n, rng).scaled(stretches(1, rng)[0]), rng),
        Family::PositiveAffine => moved(&linear(n, false, rng), rng),
        Family::Affine => moved(&linear(n, true, rng), rng),
        Family::Scale => Matrix::identity(n).scaled(stretches(1, rng)[0]),
        _ => uniform(factor, rng).unwrap_or_else(|| Matrix::identity(factor.dim())),
    }
}

/// Numbers log-uniform on [½, 2].
fn stretches(n: usize, rng: &mut Rng) -> Vec<f64> {
    (0..n).map(|_| 2f64.powf(2.0 * rng.uniform() - 1.0)).collect()
}

/// k diag(a) k′, with reflections in half of the draws if `both` components are asked for.
fn linear(n: usize, both: bool, rng: &mut Rng) -> Matrix {
    let a = Matrix::diagonal(&stretches(n, rng));
    let k = if both { orthogonal(n, rng) } else { rotation(n, rng) };
    &(&k * &a) * &rotation(n, rng)
}

fn moved(a: &Matrix, rng: &mut Rng) -> Matrix {
    let t: Vec<f64> = (0..a.rows()).map(|_| 2.0 * rng.uniform() - 1.0).collect();
    homogeneous(a, &t)
}

/// Boost · rotation. The direction of the boost is a column of a uniform rotation or reflection.
fn boosted(n: usize, rapidity: f64, rng: &mut Rng) -> Matrix {
    let direction = orthogonal(n, rng).block(0, 0, n, 1);
    let turn = lorentz::rotation(&rotation(n, rng));
    &lorentz::boost(direction.scaled(rapidity * rng.uniform()).data()) * &turn
}

fn words(group: &MatrixGroup) -> Source {
    let inverses = group.discrete().iter().filter_map(Matrix::inverse);
    Source::Words(group.algebra(), group.discrete().iter().cloned().chain(inverses).collect())
}

fn word(n: usize, algebra: &LieAlgebra, steps: &[Matrix], rng: &mut Rng) -> Matrix {
    let mut g = Matrix::identity(n);
    for i in 0..3 {
        let a = algebra.random(n, rng).scaled(rng.uniform());
        // An element of norm up to 1 always has an exponential.
        if let Ok(step) = exp(&a) {
            g = &g * &step;
        }
        if i < 2 && coin(rng) && !steps.is_empty() {
            g = &g * &steps[pick(rng, steps.len())];
        }
    }
    g
}
