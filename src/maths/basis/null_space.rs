//! An orthonormal basis of the null space of sparse constraints.
//!
//! Small ones by the eigenvalues of CᵀC; large ones by projecting random vectors, x − C⁺C x, with conjugate gradients
//! on the normal equations until a projection brings nothing new. Both ways end with a step of the second kind, which
//! brings the residual down to rounding. The eigenvalues are the library's: for matrices of this size Jacobi rotations
//! are ten times slower, and what they do better, small eigenvalues, does not matter here.

use super::{Atom, BasisError, KEPT, NULL, norm};
use crate::maths::rng::Rng;
use crate::maths::sparse::Sparse;
use nalgebra::DMatrix;

/// Largest number of unknowns that are solved densely.
pub(in crate::maths) const DENSE: usize = 200;

/// Conjugate gradients end at ‖C v‖ ≤ this for a start of length one.
const CONVERGED: f64 = 1e-14;
/// What is accepted where rounding keeps the iteration from getting there.
const ACCEPTED: f64 = 1e-11;
/// Steps of conjugate gradients at most.
const MAX_STEPS: usize = 4000;
/// A projected unit vector shorter than this lies in the span of those found before.
const NOTHING_NEW: f64 = 1e-8;
/// A unit vector that keeps this much of its length under a projection was in the null space up to rounding.
const MOSTLY_LEFT: f64 = 0.5;
/// How far an eigenvector of the null space may lie from it: rounding over the square of [`KEPT`], with room.
const ROUNDING: f64 = 1e-6;

/// Why there is no basis, without the names of the atoms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::maths) enum Reason {
    Ambiguous(f64),
    NotConverged { residual: f64, steps: usize },
}

impl Reason {
    pub(super) fn between(self, from: &Atom, to: &Atom) -> BasisError {
        let (from, to) = (from.to_string(), to.to_string());
        match self {
            Self::Ambiguous(value) => BasisError::Ambiguous { from, to, value },
            Self::NotConverged { residual, steps } => BasisError::NotConverged { from, to, residual, steps },
        }
    }
}

/// An orthonormal basis; each vector's first large entry is positive.
pub(in crate::maths) fn of(c: &Sparse, dense: usize) -> Result<Vec<Vec<f64>>, Reason> {
    let mut basis = if c.rows() == 0 {
        (0..c.cols()).map(|i| (0..c.cols()).map(|j| f64::from(u8::from(i == j))).collect()).collect()
    } else if c.cols() <= dense {
        by_eigenvalues(c)?
    } else {
        by_projection(c)?
    };
    for v in &mut basis {
        let largest = v.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        if v.iter().find(|x| x.abs() > 0.5 * largest).is_some_and(|x| *x < 0.0) {
            v.iter_mut().for_each(|x| *x = -*x);
        }
    }
    Ok(basis)
}

fn by_eigenvalues(c: &Sparse) -> Result<Vec<Vec<f64>>, Reason> {
    let mut gram = DMatrix::<f64>::zeros(c.cols(), c.cols());
    for i in 0..c.rows() {
        for &(j, x) in c.row(i) {
            for &(k, y) in c.row(i) {
                gram[(j, k)] += x * y;
            }
        }
    }
    let eigen = gram.symmetric_eigen();
    let mut basis = Vec::new();
    for (i, &value) in eigen.eigenvalues.iter().enumerate() {
        let singular = value.max(0.0).sqrt();
        if singular > NULL && singular < KEPT {
            return Err(Reason::Ambiguous(singular));
        }
        if singular <= NULL {
            let start: Vec<f64> = eigen.eigenvectors.column(i).iter().copied().collect();
            // Rounded generators leave a residual that could be removed only together with the vector.
            let polished = project(c, &start).map(|projected| projected.vector);
            let better = polished.ok().filter(|v| distance(v, &start) < ROUNDING);
            add_orthonormal(&mut basis, better.unwrap_or(start));
        }
    }
    Ok(basis)
}

fn by_projection(c: &Sparse) -> Result<Vec<Vec<f64>>, Reason> {
    let mut rng = Rng::new(0, c.cols() as u64);
    let mut basis: Vec<Vec<f64>> = Vec::new();
    while basis.len() < c.cols() {
        let mut start: Vec<f64> = (0..c.cols()).map(|_| rng.normal()).collect();
        make_orthogonal(&basis, &mut start);
        normalise(&mut start);
        let first = project(c, &start)?;
        if first.least < KEPT {
            return Err(Reason::Ambiguous(first.least));
        }
        let mut found = first.vector;
        make_orthogonal(&basis, &mut found);
        if norm(&found) < NOTHING_NEW {
            break;
        }
        normalise(&mut found);
        let polished = project(c, &found)?.vector;
        if norm(&polished) < MOSTLY_LEFT {
            break;
        }
        add_orthonormal(&mut basis, polished);
    }
    Ok(basis)
}

/// x − C⁺C x.
struct Projected {
    vector: Vec<f64>,
    /// Least ‖C p‖/‖p‖ of a search direction, a bound from above of the least singular value that was met; infinite
    /// where none was needed.
    least: f64,
}

/// Conjugate gradients on ‖C y − C x‖² from y = 0 (Hestenes & Stiefel 1952), for x of length one.
fn project(c: &Sparse, x: &[f64]) -> Result<Projected, Reason> {
    let mut v = x.to_vec();
    let mut residual = c.apply(&v);
    let mut gradient = c.apply_transposed(&residual);
    let mut direction = gradient.clone();
    let mut size = dot(&gradient, &gradient);
    let mut least = f64::INFINITY;
    let (mut best, mut best_at) = (norm(&residual), 0);
    for step in 0..MAX_STEPS {
        let left = norm(&residual);
        if left < 0.5 * best {
            (best, best_at) = (left, step);
        }
        if left <= CONVERGED || size == 0.0 || (left <= ACCEPTED && step > best_at + 20) {
            return Ok(Projected { vector: v, least });
        }
        let image = c.apply(&direction);
        let along = dot(&image, &image);
        if left > ACCEPTED {
            least = least.min(norm(&image) / norm(&direction));
        }
        let alpha = size / along;
        add_scaled(&mut v, -alpha, &direction);
        add_scaled(&mut residual, -alpha, &image);
        gradient = c.apply_transposed(&residual);
        let before = std::mem::replace(&mut size, dot(&gradient, &gradient));
        let beta = size / before;
        for (d, g) in direction.iter_mut().zip(&gradient) {
            *d = g + beta * *d;
        }
    }
    Err(Reason::NotConverged { residual: norm(&residual), steps: MAX_STEPS })
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
}

fn add_scaled(v: &mut [f64], s: f64, w: &[f64]) {
    v.iter_mut().zip(w).for_each(|(x, y)| *x += s * y);
}

fn normalise(v: &mut [f64]) {
    let length = norm(v);
    if length > 0.0 {
        v.iter_mut().for_each(|x| *x /= length);
    }
}

/// Gram–Schmidt, twice, which leaves rounding only.
fn make_orthogonal(basis: &[Vec<f64>], v: &mut [f64]) {
    for _ in 0..2 {
        for b in basis {
            add_scaled(v, -dot(b, v), b);
        }
    }
}

fn add_orthonormal(basis: &mut Vec<Vec<f64>>, mut v: Vec<f64>) {
    normalise(&mut v);
    make_orthogonal(basis, &mut v);
    normalise(&mut v);
    basis.push(v);
}
