//! Whether the centre of a bounded Lie algebra closes up to a torus.

use super::algebra::{LieAlgebra, bracket};
use crate::maths::basis::null_space;
use crate::maths::linalg::{schur, split_scale, symmetric_eigen};
use crate::maths::matrix::Matrix;
use crate::maths::rng::Rng;
use crate::maths::sparse::Sparse;

/// Largest whole number in a ratio of frequencies that counts as rational.
const MAX_RATIO: f64 = 64.0;
/// Rounding of ratios of frequencies.
const ROUNDING: f64 = 1e-8;

/// Whether the connected group of a bounded Lie algebra was found to be closed; `form` is a positive definite form that it keeps.
///
/// The semisimple part of a bounded group is compact, so the centre decides. Its elements turn the same planes, with
/// speeds ωₘ; it is a torus exactly where the space of the weight vectors ω(Z), Z in the centre, is
/// spanned by rational vectors, that is, where its reduced row echelon form is rational.
pub(super) fn closed_centre(algebra: &LieAlgebra, form: &Matrix) -> bool {
    if algebra.dim() == 0 {
        return true;
    }
    let mut rng = Rng::new(0, 3);
    let Some(centre) = centre(algebra, form.rows(), &mut rng) else { return false };
    if centre.is_empty() {
        return true;
    }
    let Some(weights) = weights(&centre, form, &mut rng) else { return false };
    row_echelon(weights).iter().flatten().all(|&v| rational(v))
}

/// Basis of {Z : [Z, A] = 0 for all A}; the A are three random elements, which generate the semisimple part.
fn centre(algebra: &LieAlgebra, n: usize, rng: &mut Rng) -> Option<Vec<Matrix>> {
    let mut equations = Sparse::with_cols(algebra.dim());
    for _ in 0..3 {
        let a = algebra.random(n, rng);
        let images: Vec<Matrix> = algebra.basis().iter().map(|e| bracket(e, &a)).collect();
        for k in 0..n * n {
            equations.push_row(images.iter().map(|image| image.data()[k]).enumerate());
        }
    }
    let found = null_space::of(&equations, null_space::DENSE).ok()?;
    Some(found.iter().map(|c| algebra.combination(n, c)).collect())
}

/// ωₘ(Zᵢ), a row for each Zᵢ: how fast the planes turn that all of them leave in place; of ωₘ and −ωₘ one.
fn weights(centre: &[Matrix], form: &Matrix, rng: &mut Rng) -> Option<Vec<Vec<f64>>> {
    // In coordinates w = F^½ v the form is Euclidean and the centre antisymmetric.
    let eigen = symmetric_eigen(form).ok()?;
    let (root, back) = (eigen.map(f64::sqrt), eigen.map(|v| 1.0 / v.sqrt()));
    let turns: Vec<Matrix> = centre.iter().map(|z| &(&root * z) * &back).collect();
    let zero = Matrix::zeros(form.rows(), form.cols());
    let generic = turns.iter().fold(zero, |sum, z| &sum + &z.scaled(1.0 + rng.uniform()));
    let parts = schur(&split_scale(&generic).0).ok()?;
    let planes: Vec<usize> = parts.blocks().iter().filter(|(_, size)| *size == 2).map(|(i, _)| *i).collect();
    let speeds = |z: &Matrix| {
        let turned = &(&parts.q.transpose() * z) * &parts.q;
        planes.iter().map(|i| turned[(i + 1, *i)]).collect()
    };
    Some(turns.iter().map(speeds).collect())
}

/// Reduced row echelon form by elimination with the largest pivot of each row; pivots 1, zeros above and below them.
fn row_echelon(mut rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for i in 0..rows.len() {
        let mut pivot = 0;
        for (m, v) in rows[i].iter().enumerate() {
            if v.abs() > rows[i][pivot].abs() {
                pivot = m;
            }
        }
        let scale = rows[i][pivot];
        rows[i].iter_mut().for_each(|v| *v /= scale);
        let this = rows[i].clone();
        for (k, row) in rows.iter_mut().enumerate() {
            let factor = row[pivot];
            if k != i {
                row.iter_mut().zip(&this).for_each(|(v, t)| *v -= factor * t);
            }
        }
    }
    rows
}

/// Whether v = p/q with q up to [`MAX_RATIO`].
fn rational(v: f64) -> bool {
    let mut q = 1.0;
    while q <= MAX_RATIO {
        if (v * q - (v * q).round()).abs() < ROUNDING * q {
            return true;
        }
        q += 1.0;
    }
    false
}
