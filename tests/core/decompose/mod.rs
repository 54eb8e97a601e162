//! Decompositions: every factor in its set, the product back, conventions, degenerate matrices, closed forms, SciPy.

mod closed_forms;
mod degenerate;
mod jordan;
mod scipy;
mod sets;
mod xi;

use equiscope::maths::Matrix;
use equiscope::maths::decompose::{Decomposition, Kind, decompose};
use equiscope::maths::linalg::qr;
use equiscope::maths::rng::Rng;

/// The kinds that exist for every invertible matrix with leading minors.
const GENERAL: [&str; 9] =
    ["polar", "polar-left", "kak", "iwasawa", "qr", "ldu", "bruhat", "schur", "jordan-chevalley"];

fn kind(name: &str) -> Kind {
    name.parse().unwrap()
}

fn take(name: &str, m: &Matrix) -> Decomposition {
    decompose(kind(name), m).unwrap()
}

fn gaussian(rng: &mut Rng, n: usize) -> Matrix {
    Matrix::from_fn(n, n, |_, _| rng.normal())
}

fn orthogonal(rng: &mut Rng, n: usize) -> Matrix {
    qr(&gaussian(rng, n)).0
}

fn turn(angle: f64) -> Matrix {
    let (s, c) = angle.sin_cos();
    Matrix::from_rows(&[[c, -s], [s, c]])
}

/// A random matrix with singular values spread evenly, on a logarithmic scale, from 1 to 1 / condition.
fn conditioned(rng: &mut Rng, n: usize, condition: f64) -> Matrix {
    let (u, v) = (orthogonal(rng, n), orthogonal(rng, n));
    let values: Vec<f64> = (0..n).map(|i| condition.powf(-(i as f64) / (n.max(2) - 1) as f64)).collect();
    &(&u * &Matrix::diagonal(&values)) * &v
}

/// Random matrices of every size to 5, Gaussian and with condition numbers to 10⁶.
fn samples() -> Vec<Matrix> {
    let mut rng = Rng::new(41, 0);
    let mut all = Vec::new();
    for n in 1..=5 {
        for k in 0..70 {
            all.push(gaussian(&mut rng, n));
            all.push(conditioned(&mut rng, n, 10f64.powi(k % 7)));
        }
    }
    all
}

fn assert_orthogonal(q: &Matrix, context: &str) {
    let n = q.rows();
    let error = (&(&q.transpose() * q) - &Matrix::identity(n)).frobenius();
    assert!(error <= 1e-13 * n as f64, "{context}: not orthogonal by {error:.1e}");
}

fn assert_near(a: &Matrix, b: &Matrix, bound: f64, context: &str) {
    let error = a.max_difference(b);
    assert!(error <= bound, "{context}: {error:.1e} > {bound:.1e}\n{a:?}\n{b:?}");
}

#[test]
fn the_bound_on_residuals_holds_up_to_condition_1e6() {
    for name in GENERAL {
        for m in samples() {
            let found = take(name, &m);
            let residual = found.residual(&m).unwrap();
            let bound = 1e-12 * found.growth(&m).unwrap().max(1.0);
            assert!(residual <= bound, "{name}: {residual:.1e} > {bound:.1e} for {m:?}");
        }
    }
}

#[test]
fn kinds_are_known_by_name() {
    for kind in equiscope::maths::decompose::KINDS {
        assert_eq!(kind.to_string().parse::<Kind>().unwrap(), *kind);
        assert!(!kind.convention.is_empty() && !kind.factors.is_empty());
    }
    let names: Vec<&str> = Kind::names().collect();
    let mut once = names.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), names.len());
    let message = "svd".parse::<Kind>().unwrap_err().to_string();
    assert!(message.contains("'svd'") && message.contains("kak"), "{message}");
}

#[test]
fn factors_stand_under_the_names_of_the_table() {
    let m = Matrix::from_rows(&[[2.0, 1.0], [0.0, 1.0]]);
    for name in GENERAL.into_iter().chain(["affine"]) {
        let found = take(name, &m);
        let names: Vec<&str> = found.factors.iter().flatten().map(|f| f.name).collect();
        assert_eq!(names, kind(name).factors);
        assert_eq!(found.composition, kind(name).composition);
    }
}
