//! Uniform elements of compact groups.

use crate::maths::group::rotation2;
use crate::maths::matrix::Matrix;
use crate::maths::rng::Rng;
use nalgebra::{Complex, DMatrix};
use std::f64::consts::TAU;

/// A uniform whole number below n; 0 for n = 0. At most 2²⁴ values are told apart.
pub fn pick(rng: &mut Rng, n: usize) -> usize {
    ((rng.uniform() * n as f64) as usize).min(n.saturating_sub(1))
}

/// True in half of all draws.
pub fn coin(rng: &mut Rng) -> bool {
    rng.uniform() < 0.5
}

/// A uniform element of O(n): Q of the QR decomposition of a matrix of normal entries, with the signs for which the
/// diagonal of R is positive (Mezzadri 2007, *How to generate random matrices from the classical compact groups*).
pub fn orthogonal(n: usize, rng: &mut Rng) -> Matrix {
    let qr = DMatrix::from_fn(n, n, |_, _| rng.normal()).qr();
    let (mut q, r) = (qr.q(), qr.r());
    for (j, mut column) in q.column_iter_mut().enumerate() {
        if r[(j, j)] < 0.0 {
            column.neg_mut();
        }
    }
    Matrix::from_nalgebra(&q)
}

/// A uniform element of SO(n).
pub fn rotation(n: usize, rng: &mut Rng) -> Matrix {
    let q = orthogonal(n, rng);
    if q.determinant() > 0.0 { q } else { reflect(&q, 0) }
}

/// M diag(1, …, −1, …, 1) with −1 at `axis`.
pub fn reflect(m: &Matrix, axis: usize) -> Matrix {
    Matrix::from_fn(m.rows(), m.cols(), |i, j| if j == axis { -m[(i, j)] } else { m[(i, j)] })
}

/// A uniform element of U(n), or of SU(n), as a real matrix [[A, −B], [B, A]] for A + iB.
pub fn unitary(n: usize, special: bool, rng: &mut Rng) -> Matrix {
    let qr = DMatrix::from_fn(n, n, |_, _| Complex::new(rng.normal(), rng.normal())).qr();
    let (mut q, r) = (qr.q(), qr.r());
    for (j, mut column) in q.column_iter_mut().enumerate() {
        column *= phase(r[(j, j)]);
    }
    if special {
        let back = phase(q.determinant()).conj();
        q.column_mut(0).apply(|v| *v *= back);
    }
    Matrix::from_fn(2 * n, 2 * n, |i, j| {
        let v = q[(i % n, j % n)];
        match (i < n, j < n) {
            (true, false) => -v.im,
            (false, true) => v.im,
            _ => v.re,
        }
    })
}

/// v/|v|, 1 for zero.
fn phase(v: Complex<f64>) -> Complex<f64> {
    let size = v.norm();
    if size > 0.0 { v / size } else { Complex::new(1.0, 0.0) }
}

/// A uniform permutation matrix of Rⁿ (Fisher–Yates).
pub fn permutation(n: usize, rng: &mut Rng) -> Matrix {
    let mut image: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        image.swap(i, pick(rng, i + 1));
    }
    Matrix::from_fn(n, n, |i, j| f64::from(u8::from(image[j] == i)))
}

/// A uniform cyclic shift of Rⁿ.
pub fn shift(n: usize, rng: &mut Rng) -> Matrix {
    let by = pick(rng, n);
    Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == (j + by) % n)))
}

/// A uniform rotation of R² by a multiple of 2π/n.
pub fn turn(n: usize, rng: &mut Rng) -> Matrix {
    rotation2(TAU * pick(rng, n) as f64 / n as f64)
}
