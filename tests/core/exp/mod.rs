//! Exponential and logarithm: inverse to each other, closed forms, what exp reaches, paths.

mod closed;
mod exact;
mod exponential;
mod geodesics;
mod logarithm;
mod paths;
mod reach;
mod reference;

use equiscope::maths::Matrix;
use equiscope::maths::rng::Rng;

/// n × n with independent normal entries of the given standard deviation.
fn gaussian(rng: &mut Rng, n: usize, deviation: f64) -> Matrix {
    Matrix::from_fn(n, n, |_, _| deviation * rng.normal())
}

/// ‖a − b‖_F / ‖b‖_F.
fn relative(a: &Matrix, b: &Matrix) -> f64 {
    (a - b).frobenius() / b.frobenius()
}

/// A rotation of Rⁿ: exp of a random skew matrix.
fn rotation(rng: &mut Rng, n: usize) -> Matrix {
    let x = gaussian(rng, n, 1.0);
    equiscope::maths::exp::exp(&(&x - &x.transpose())).unwrap()
}

/// Q M Qᵀ.
fn conjugated(q: &Matrix, m: &Matrix) -> Matrix {
    &(q * m) * &q.transpose()
}
