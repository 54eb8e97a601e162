//! Decompositions: every factor in its set, the product back, conventions, degenerate matrices, closed forms.

use equiscope::maths::Matrix;
use equiscope::maths::decompose::{KINDS, decompose};
use equiscope::maths::linalg::qr;
use equiscope::maths::rng::Rng;

fn gaussian(rng: &mut Rng, n: usize) -> Matrix {
    Matrix::from_fn(n, n, |_, _| rng.normal())
}

/// A random matrix with singular values spread evenly, on a logarithmic scale, from 1 to 1 / condition.
fn conditioned(rng: &mut Rng, n: usize, condition: f64) -> Matrix {
    let (u, v) = (qr(&gaussian(rng, n)).0, qr(&gaussian(rng, n)).0);
    let values: Vec<f64> = (0..n).map(|i| condition.powf(-(i as f64) / (n.max(2) - 1) as f64)).collect();
    &(&u * &Matrix::diagonal(&values)) * &v
}

/// Random matrices of every size to 5, Gaussian and with condition numbers to 10⁶.
fn samples() -> Vec<Matrix> {
    let mut rng = Rng::new(41, 0);
    let mut all = Vec::new();
    for n in 1..=5 {
        for k in 0..60 {
            all.push(gaussian(&mut rng, n));
            all.push(conditioned(&mut rng, n, 10f64.powi(k % 7)));
        }
    }
    all
}

#[test]
fn factors_make_the_matrix_again() {
    for kind in KINDS {
        for m in samples() {
            let found = decompose(*kind, &m).unwrap();
            let residual = found.residual(&m).unwrap();
            let bound = 1e-12 * found.growth(&m).unwrap().max(1.0);
            assert!(residual <= bound, "{kind}: {residual:.1e} > {bound:.1e} for {m:?}");
        }
    }
}
