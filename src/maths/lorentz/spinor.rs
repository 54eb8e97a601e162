//! exp and log of SO⁺(1,3) through SL(2,C), where they are those of 2 × 2 matrices.
//!
//! With z = (η − iθ)/2 and s² = z·z the matrix A = cosh s 1 + (sinh s / s) z·σ of SL(2,C) acts on X = x^μ σ_μ as A X A†,
//! which is Λ = exp [[0, ηᵀ], [η, hat θ]]: Λ_μν = ½ tr(σ_μ A σ_ν A†). exp is onto SO⁺(1,3).

use super::{NotLorentz, check};
use crate::maths::matrix::Matrix;
use nalgebra::Complex;

type C = Complex<f64>;
/// a₀ 1 + a₁ σ₁ + a₂ σ₂ + a₃ σ₃.
type Spinor = [C; 4];

/// |s²| below which s / sinh s is taken from its series.
const SMALL: f64 = 1e-4;

/// exp [[0, ηᵀ], [η, hat θ]] for a rapidity vector η and a rotation vector θ.
pub fn exp(rapidity: [f64; 3], turn: [f64; 3]) -> Matrix {
    let z = [0, 1, 2].map(|k| C::new(0.5 * rapidity[k], -0.5 * turn[k]));
    let q = z.iter().map(|v| v * v).sum::<C>();
    let s = q.sqrt();
    let ratio = if q.norm() < SMALL {
        C::new(1.0, 0.0) + q / 6.0 * (C::new(1.0, 0.0) + q / 20.0 * (C::new(1.0, 0.0) + q / 42.0))
    } else {
        s.sinh() / s
    };
    vector(&[s.cosh(), ratio * z[0], ratio * z[1], ratio * z[2]])
}

/// (η, θ) with exp(η, θ) = Λ: the principal logarithm, |Im s| ≤ π/2 for s² = z·z. A pure half turn takes the sign of
/// [`log_so3`](crate::maths::exp::orthogonal::log_so3). The relative error is about 1e-15 e^η.
///
/// # Errors
/// Λ is not in SO⁺(1,3).
pub fn log(m: &Matrix) -> Result<([f64; 3], [f64; 3]), NotLorentz> {
    if m.rows() != 4 {
        return Err(NotLorentz::Size { rows: m.rows(), cols: m.cols() });
    }
    check(m)?;
    let a = with_sign(spinor(m));
    let q = a[1] * a[1] + a[2] * a[2] + a[3] * a[3];
    let factor = if q.norm() < SMALL {
        // arsinh(√q)/√q.
        C::new(1.0, 0.0) - q / 6.0 + q * q * (3.0 / 40.0) - q * q * q * (15.0 / 336.0)
    } else {
        let root = q.sqrt();
        // e^s or e^{−s}, the larger: the ratio is the same for both.
        let root = if (a[0] * root.conj()).re < 0.0 { -root } else { root };
        (a[0] + root).ln() / root
    };
    let z = [1, 2, 3].map(|k| factor * a[k]);
    Ok((z.map(|v| 2.0 * v.re), z.map(|v| -2.0 * v.im)))
}

/// A and −A give the same Λ: the one with Re tr A > 0; where that is rounding, the last component of the turn that is
/// not zero is positive.
fn with_sign(a: Spinor) -> Spinor {
    let size = a.iter().map(|v| v.norm()).fold(0.0, f64::max);
    let decisive = if a[0].re.abs() > 4.0 * f64::EPSILON * size {
        a[0].re
    } else {
        [3, 2, 1].iter().map(|k| -a[*k].im).find(|v| v.abs() > 1e-9 * size).unwrap_or(1.0)
    };
    if decisive < 0.0 { a.map(|v| -v) } else { a }
}

/// A product in the algebra of the Pauli matrices: (a₀ + a·σ)(b₀ + b·σ).
fn product(a: &Spinor, b: &Spinor) -> Spinor {
    let i = C::i();
    let cross = |j: usize, k: usize| a[j] * b[k] - a[k] * b[j];
    [
        a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3],
        a[0] * b[1] + a[1] * b[0] + i * cross(2, 3),
        a[0] * b[2] + a[2] * b[0] + i * cross(3, 1),
        a[0] * b[3] + a[3] * b[0] + i * cross(1, 2),
    ]
}

/// σ_k.
fn sigma(k: usize) -> Spinor {
    let mut s = [C::new(0.0, 0.0); 4];
    s[k] = C::new(1.0, 0.0);
    s
}

/// Λ_μν = ½ tr(σ_μ A σ_ν A†).
fn vector(a: &Spinor) -> Matrix {
    let dagger = a.map(|v| v.conj());
    Matrix::from_fn(4, 4, |m, n| product(&product(a, &sigma(n)), &dagger)[m].re)
}

/// One of the two A of a Lorentz matrix.
///
/// M = Σ Λ_μν σ_μ σ_ν = 2 conj(tr A) A. Where tr A is small, A is first multiplied with −iσ_k, a half turn about the
/// axis k: of the four traces one is at least 1 in modulus, for a₀² − a₁² − a₂² − a₃² = 1.
fn spinor(m: &Matrix) -> Spinor {
    let traces = [0, 1, 2, 3].map(|k| sum(&half_turned(m, k)));
    let squares = traces.map(|s| determinant(&s).norm());
    let k = (0..4).fold(0, |best, k| if squares[k] > squares[best] { k } else { best });
    let root = determinant(&traces[k]).sqrt();
    let a = traces[k].map(|v| v / root);
    if k == 0 { a } else { product(&a, &sigma(k).map(|v| v * C::i())) }
}

fn determinant(a: &Spinor) -> C {
    a[0] * a[0] - a[1] * a[1] - a[2] * a[2] - a[3] * a[3]
}

/// Λ times the half turn about the axis k; Λ itself for k = 0.
fn half_turned(m: &Matrix, k: usize) -> Matrix {
    Matrix::from_fn(4, 4, |i, j| if k == 0 || j == 0 || j == k { m[(i, j)] } else { -m[(i, j)] })
}

/// Σ Λ_μν σ_μ σ_ν.
fn sum(m: &Matrix) -> Spinor {
    let mut total = [C::new(0.0, 0.0); 4];
    for i in 0..4 {
        for j in 0..4 {
            let term = product(&sigma(i), &sigma(j));
            for (t, v) in total.iter_mut().zip(term) {
                *t += v * m[(i, j)];
            }
        }
    }
    total
}
