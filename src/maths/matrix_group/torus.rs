//! Whether the centre of a bounded Lie algebra closes up to a torus.

use super::algebra::{LieAlgebra, bracket, inner};
use crate::maths::matrix::Matrix;
use crate::maths::rng::Rng;
use nalgebra::{Complex, DMatrix};

/// Largest whole number in a ratio of frequencies that counts as rational.
const MAX_RATIO: f64 = 64.0;
/// Rounding of ratios of frequencies.
const ROUNDING: f64 = 1e-8;

/// Whether the connected group of a bounded Lie algebra is closed; `form` is a positive definite form that it keeps.
///
/// The semisimple part of a bounded group is compact, so the centre decides. Its elements are diagonal in a common
/// complex basis, with weights i ωₘ; it is a torus exactly where the space of the weight vectors ω(Z), Z in the centre, is
/// spanned by rational vectors, that is, where its reduced row echelon form is rational.
pub(super) fn closed_centre(algebra: &LieAlgebra, form: &Matrix) -> bool {
    if algebra.dim() == 0 {
        return true;
    }
    let mut rng = Rng::new(0, 3);
    let centre = centre(algebra, form.rows(), &mut rng);
    if centre.is_empty() {
        return true;
    }
    let rows = row_echelon(weights(&centre, form, &mut rng));
    rows.iter().flatten().all(|&v| rational(v))
}

/// Basis of {Z : [Z, A] = 0 for all A}; the A are three random elements, which generate the semisimple part.
fn centre(algebra: &LieAlgebra, n: usize, rng: &mut Rng) -> Vec<Matrix> {
    let k = algebra.dim();
    let mut gram = Matrix::zeros(k, k);
    for _ in 0..3 {
        let a = algebra.random(n, rng);
        let images: Vec<Matrix> = algebra.basis().iter().map(|e| bracket(e, &a)).collect();
        gram = &gram + &Matrix::from_fn(k, k, |i, j| inner(&images[i], &images[j]));
    }
    let eigen = gram.to_nalgebra().symmetric_eigen();
    let null = (0..k).filter(|&i| eigen.eigenvalues[i] < 1e-14);
    null.map(|i| algebra.combination(n, eigen.eigenvectors.column(i).as_slice())).collect()
}

/// ωₘ(Zᵢ), a row for each Zᵢ: imaginary parts of the eigenvalues on the common eigenvectors.
fn weights(centre: &[Matrix], form: &Matrix, rng: &mut Rng) -> Vec<Vec<f64>> {
    // In coordinates w = F^½ v the form is Euclidean and the centre antisymmetric.
    let eigen = form.to_nalgebra().symmetric_eigen();
    let power = |p: f64| {
        let d = DMatrix::from_diagonal(&eigen.eigenvalues.map(|v| v.powf(p)));
        &eigen.eigenvectors * d * eigen.eigenvectors.transpose()
    };
    let (root, back) = (power(0.5), power(-0.5));
    // −i Z is Hermitian, with the weights as its eigenvalues.
    let hermitian = |z: &Matrix| (&root * z.to_nalgebra() * &back).map(|v| Complex::new(0.0, -v));
    let list: Vec<DMatrix<Complex<f64>>> = centre.iter().map(hermitian).collect();
    let n = form.rows();
    let generic =
        list.iter().fold(DMatrix::zeros(n, n), |sum, z| sum + z * Complex::new(1.0 + rng.uniform(), 0.0));
    let vectors = generic.symmetric_eigen().eigenvectors;
    let weight = |z: &DMatrix<Complex<f64>>, m: usize| vectors.column(m).dotc(&(z * vectors.column(m))).re;
    list.iter().map(|z| (0..n).map(|m| weight(z, m)).collect()).collect()
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
