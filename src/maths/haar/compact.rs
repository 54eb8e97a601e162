//! Uniform elements of compact groups.

use crate::maths::group::rotation2;
use crate::maths::linalg::qr;
use crate::maths::matrix::Matrix;
use crate::maths::rng::Rng;
use nalgebra::Complex;
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
    // Drawn column by column.
    qr(&Matrix::from_fn(n, n, |_, _| rng.normal()).transpose()).0
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
    let mut columns: Vec<Vec<Complex<f64>>> = Vec::with_capacity(n);
    for _ in 0..n {
        let mut column: Vec<_> = (0..n).map(|_| Complex::new(rng.normal(), rng.normal())).collect();
        // Gram–Schmidt, twice, which leaves rounding only.
        for _ in 0..2 {
            for other in &columns {
                let along: Complex<f64> = other.iter().zip(&column).map(|(q, v)| q.conj() * v).sum();
                column.iter_mut().zip(other).for_each(|(v, q)| *v -= along * q);
            }
            let length = column.iter().map(|v| v.norm_sqr()).sum::<f64>().sqrt();
            column.iter_mut().for_each(|v| *v /= length);
        }
        columns.push(column);
    }
    if special {
        let back = determinant(columns.clone()).conj();
        columns[0].iter_mut().for_each(|v| *v *= back);
    }
    Matrix::from_fn(2 * n, 2 * n, |i, j| {
        let v = columns[j % n][i % n];
        match (i < n, j < n) {
            (true, false) => -v.im,
            (false, true) => v.im,
            _ => v.re,
        }
    })
}

/// The determinant of a unitary matrix by elimination, the largest entry of each column as pivot.
fn determinant(mut columns: Vec<Vec<Complex<f64>>>) -> Complex<f64> {
    let mut product = Complex::new(1.0, 0.0);
    while let Some(mut column) = columns.pop() {
        let last = columns.len();
        let largest =
            (0..last).fold(last, |best, i| if column[i].norm() > column[best].norm() { i } else { best });
        column.swap(largest, last);
        product *= if largest == last { column[last] } else { -column[last] };
        for other in &mut columns {
            other.swap(largest, last);
            let factor = other[last] / column[last];
            (0..last).for_each(|i| other[i] -= factor * column[i]);
        }
    }
    product
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
