//! The velocity of a geodesic to g by a damped Newton iteration on the end, from several starts.

use super::starts::starts;
use super::{ARRIVED, Geodesic, Space, flow};
use crate::maths::exp::{ExpError, path};
use crate::maths::matrix::Matrix;

/// Rounds of one iteration, and an end that cannot be told from g.
const ROUNDS: usize = 60;
const EXACT: f64 = 4.0 * f64::EPSILON;
/// Step of the differences that stand for derivatives.
const STEP: f64 = 1e-7;
/// Damping of the first round, and how it changes with success and failure.
const DAMPING: f64 = 1e-2;
const LESS: f64 = 0.1;
const MORE: f64 = 30.0;
/// Derivatives are kept as long as a step leaves no more than this share of the residual.
const SERVES: f64 = 0.1;

/// The shortest of the geodesics that the starts lead to.
pub(super) fn shortest(g: &Matrix, space: Space) -> Result<Option<Geodesic>, ExpError> {
    let starts = starts(g, space)?;
    let bound = starts.iter().map(Matrix::frobenius).fold(0.0, f64::max);
    let search = Search { g, space, basis: basis(g.rows(), space), steps: flow::steps(bound) };
    let found = starts.into_iter().filter_map(|start| search.velocity(start, None));
    Ok(found.map(|end| search.geodesic(end)).min_by(|a, b| a.length.total_cmp(&b.length)))
}

/// The geodesic to g that a search from another geodesic leads to.
pub(super) fn near(g: &Matrix, from: &Geodesic) -> Option<Geodesic> {
    let steps = flow::steps(from.length);
    let search = Search { g, space: from.space, basis: basis(g.rows(), from.space), steps };
    search.velocity(from.velocity.clone(), from.derivatives.clone()).map(|end| search.geodesic(end))
}

/// An orthonormal basis of the Lie algebra in n × n matrices, in the scalar product tr AᵀB.
fn basis(n: usize, space: Space) -> Vec<Matrix> {
    let unit = |entries: &[(usize, usize, f64)]| {
        let size = entries.iter().map(|e| e.2 * e.2).sum::<f64>().sqrt();
        let mut m = Matrix::zeros(n, n);
        entries.iter().for_each(|&(i, j, v)| m[(i, j)] = v / size);
        m
    };
    let all = |rows: usize| (0..rows * n).map(move |k| (k / n, k % n));
    match space {
        Space::Linear => all(n).map(|(i, j)| unit(&[(i, j, 1.0)])).collect(),
        Space::Affine => all(n - 1).map(|(i, j)| unit(&[(i, j, 1.0)])).collect(),
        Space::Rotation => {
            all(n).filter(|(i, j)| i > j).map(|(i, j)| unit(&[(i, j, 1.0), (j, i, -1.0)])).collect()
        }
        Space::Lorentz => all(n)
            .filter(|(i, j)| i > j)
            .map(|(i, j)| unit(&[(i, j, 1.0), (j, i, if j == 0 { 1.0 } else { -1.0 })]))
            .collect(),
    }
}

struct Search<'a> {
    g: &'a Matrix,
    space: Space,
    basis: Vec<Matrix>,
    steps: usize,
}

impl Search<'_> {
    fn geodesic(&self, (velocity, jacobian): (Matrix, Matrix)) -> Geodesic {
        Geodesic { derivatives: Some(jacobian), ..Geodesic::new(self.space, velocity, false, self.steps) }
    }

    fn end(&self, x: &Matrix) -> Option<Matrix> {
        match self.space {
            Space::Affine => Some(flow::end(x, self.steps)),
            _ => path::geodesic(x, 1.0).ok(),
        }
        .filter(Matrix::is_finite)
    }

    /// Coordinates of 2 (g + γ)⁻¹ (g − γ), which is log(γ⁻¹g) up to its cube and lies in the algebra.
    fn residual(&self, end: &Matrix) -> Option<Vec<f64>> {
        let middle = (self.g + end).inverse()?;
        let r = (&middle * &(self.g - end)).scaled(2.0);
        r.is_finite().then(|| self.basis.iter().map(|b| dot(b, &r)).collect())
    }

    /// Column j: the change of the end, seen from the end, with coordinate j of X.
    fn jacobian(&self, x: &Matrix, end: &Matrix) -> Option<Matrix> {
        let back = end.inverse()?;
        let mut jacobian = Matrix::zeros(self.basis.len(), self.basis.len());
        for (j, direction) in self.basis.iter().enumerate() {
            let moved = self.end(&(x + &direction.scaled(STEP)))?;
            let change = (&back * &(&moved - end)).scaled(1.0 / STEP);
            self.basis.iter().enumerate().for_each(|(i, b)| jacobian[(i, j)] = dot(b, &change));
        }
        Some(jacobian)
    }

    /// X with γ(1) = g, and the derivatives there, by Levenberg and Marquardt's iteration, its damping in proportion to
    /// the squared residual, so that it converges fast even where geodesics meet; `None` where it does not arrive.
    /// Derivatives that are known from near by may be given; those that serve are kept, corrected by what each step
    /// taught (Broyden 1965), for they are most of the work.
    fn velocity(&self, start: Matrix, known: Option<Matrix>) -> Option<(Matrix, Matrix)> {
        let (mut x, mut damping) = (start, DAMPING);
        let mut end = self.end(&x)?;
        let mut residual = self.residual(&end)?;
        let mut fresh = known.is_none();
        let mut jacobian = known.or_else(|| self.jacobian(&x, &end))?;
        for _ in 0..ROUNDS {
            let size = norm(&residual);
            if size < EXACT {
                break;
            }
            if let Some(step) = self.step(&x, &jacobian, &residual, damping * size * size) {
                let share = norm(&step.residual) / size;
                jacobian = broyden(jacobian, &step.by, &residual, &step.residual);
                (x, end, residual, fresh) = (step.x, step.end, step.residual, share > SERVES);
                damping *= LESS;
                // Where rounding decides there is nothing more to gain.
                if size < ARRIVED && share > 0.5 {
                    break;
                }
                if fresh {
                    jacobian = self.jacobian(&x, &end)?;
                }
            } else if size < ARRIVED {
                break;
            } else if fresh {
                damping *= MORE;
            } else {
                (jacobian, fresh) = (self.jacobian(&x, &end)?, true);
            }
        }
        ((&end - self.g).frobenius() <= ARRIVED * self.g.frobenius()).then_some((x, jacobian))
    }

    /// One step; `None` where the residual does not fall.
    fn step(&self, x: &Matrix, jacobian: &Matrix, residual: &[f64], damping: f64) -> Option<Step> {
        let by = damped(jacobian, residual, damping)?;
        let next = self.basis.iter().zip(&by).fold(x.clone(), |x, (b, c)| &x + &b.scaled(*c));
        let end = self.end(&next)?;
        let left = self.residual(&end)?;
        (norm(&left) < norm(residual)).then_some(Step { x: next, by, end, residual: left })
    }
}

/// Where a step led.
struct Step {
    x: Matrix,
    /// The change of X in coordinates.
    by: Vec<f64>,
    end: Matrix,
    residual: Vec<f64>,
}

/// J + (r − r′ − J d) dᵀ / |d|², which takes the step d to the change that was seen.
fn broyden(mut jacobian: Matrix, by: &[f64], before: &[f64], after: &[f64]) -> Matrix {
    let expected = jacobian.apply(by);
    let square: f64 = by.iter().map(|v| v * v).sum();
    if square > 0.0 {
        for (i, expected) in expected.iter().enumerate() {
            let missed = (before[i] - after[i] - expected) / square;
            by.iter().enumerate().for_each(|(j, d)| jacobian[(i, j)] += missed * d);
        }
    }
    jacobian
}

/// (JᵀJ + μ)⁻¹ Jᵀ r.
fn damped(jacobian: &Matrix, residual: &[f64], damping: f64) -> Option<Vec<f64>> {
    let transposed = jacobian.transpose();
    let normal = &transposed * jacobian;
    let floor = f64::EPSILON * normal.trace();
    let whole = &normal + &Matrix::identity(normal.rows()).scaled(damping.max(floor));
    Some(whole.inverse()?.apply(&transposed.apply(residual)))
}

fn dot(a: &Matrix, b: &Matrix) -> f64 {
    a.data().iter().zip(b.data()).map(|(x, y)| x * y).sum()
}

fn norm(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |size: f64, x| size.hypot(*x))
}
