//! The triangle over the complex numbers that belongs to a real Schur form, and what it says about eigenvalues.

use super::schur::Schur;
use crate::maths::matrix::Matrix;
use nalgebra::Complex;

/// An upper triangular matrix, row by row.
type Triangle = Vec<Vec<Complex<f64>>>;

/// The condition numbers of the eigenvalues, in the order of [`Schur::eigenvalues`]: ‖x‖ ‖y‖ / |yᴴx| with the right and
/// left eigenvectors, the norm of the spectral projection. Eigenvalues that are `one` by their place in that order, or
/// equal to the last bit, are left out: what is said is how the whole of them stands to the others.
pub fn eigenvalue_conditions(parts: &Schur, one: impl Fn(usize, usize) -> bool) -> Vec<f64> {
    let t = triangle(parts);
    let n = t.len();
    (0..n)
        .map(|i| {
            // With xᵢ = yᵢ = 1, x ends and y begins at i, so that yᴴx = 1.
            let other = |j: &usize| !one(i, *j) && t[i][i] != t[*j][*j];
            let right = substitute(i, (0..i).rev().filter(other), |j, k| t[j][k], &t);
            let left = substitute(i, (i + 1..n).filter(other), |j, k| t[k][j], &t);
            right * left
        })
        .collect()
}

/// ‖x‖ for xᵢ = 1 and the other entries, in the order of `places`, from Σₖ entry(j, k) xₖ = λᵢ xⱼ.
fn substitute(
    i: usize,
    places: impl Iterator<Item = usize>,
    entry: impl Fn(usize, usize) -> Complex<f64>,
    t: &Triangle,
) -> f64 {
    let mut x = vec![(i, Complex::new(1.0, 0.0))];
    for j in places {
        let sum: Complex<f64> = x.iter().map(|&(k, v)| entry(j, k) * v).sum();
        x.push((j, sum / (t[i][i] - t[j][j])));
    }
    let size = x.iter().fold(0.0, |size: f64, (_, v)| size.hypot(v.norm()));
    if size.is_nan() { f64::INFINITY } else { size }
}

/// Every block [[a, p], [q, a]] made triangular, with the eigenvalue above the real axis first.
fn triangle(parts: &Schur) -> Triangle {
    let n = parts.t.rows();
    let entry = |m: &Matrix, i, j| Complex::new(m[(i, j)], 0.0);
    let mut t: Triangle = (0..n).map(|i| (0..n).map(|j| entry(&parts.t, i, j)).collect()).collect();
    for (i, size) in parts.blocks() {
        if size == 1 {
            continue;
        }
        // The eigenvector (p, i b) / length of a + i b, b = √(−p q), and its orthogonal companion.
        let (a, p) = (parts.t[(i, i)], parts.t[(i, i + 1)]);
        let b = p.abs().sqrt() * parts.t[(i + 1, i)].abs().sqrt();
        let length = p.hypot(b);
        let (c, s) = (Complex::new(p / length, 0.0), Complex::new(0.0, b / length));
        for row in &mut t {
            let (x, y) = (row[i], row[i + 1]);
            (row[i], row[i + 1]) = (x * c + y * s, x * s + y * c);
        }
        for j in 0..n {
            let (x, y) = (t[i][j], t[i + 1][j]);
            (t[i][j], t[i + 1][j]) = (x * c - y * s, y * c - x * s);
        }
        t[i][i] = Complex::new(a, b);
        t[i + 1][i + 1] = Complex::new(a, -b);
        t[i + 1][i] = Complex::new(0.0, 0.0);
    }
    t
}
