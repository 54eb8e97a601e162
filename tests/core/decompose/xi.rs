//! Global coordinates on GL⁺(n) and SL(n): log p + log k there and back.

use super::{assert_near, assert_orthogonal, conditioned, gaussian, orthogonal, turn};
use equiscope::maths::Matrix;
use equiscope::maths::decompose::{xi, xi_inverse};
use equiscope::maths::linalg::{rotation_log, skew_exp};
use equiscope::maths::rng::Rng;
use std::f64::consts::PI;

fn proper(mut m: Matrix) -> Matrix {
    if m.determinant() < 0.0 {
        (0..m.cols()).for_each(|j| m[(0, j)] = -m[(0, j)]);
    }
    m
}

#[test]
fn every_element_has_coordinates_and_comes_back() {
    let mut rng = Rng::new(3, 3);
    for n in 1..=5 {
        for k in 0..40 {
            let condition = 10f64.powi(k % 7);
            let g = proper(conditioned(&mut rng, n, condition)).scaled(rng.normal().exp());
            let parts = xi_inverse(&g).unwrap().unwrap();
            assert_eq!(parts.symmetric, parts.symmetric.transpose());
            assert_eq!(parts.skew, -&parts.skew.transpose());
            assert!((parts.symmetric.trace() - g.determinant().ln()).abs() < 1e-13 * condition.max(10.0));
            let back = xi(&parts.sum()).unwrap();
            assert_near(&back, &g, 1e-13 * g.frobenius(), "ξ(ξ⁻¹(g))");
            let unit = g.scaled(g.determinant().powf(-1.0 / n as f64));
            assert!(xi_inverse(&unit).unwrap().unwrap().sum().trace().abs() < 1e-13 * condition.max(10.0));
        }
    }
}

#[test]
fn coordinates_come_back_inside_the_half_turn() {
    let mut rng = Rng::new(4, 3);
    for n in 2..=5 {
        for _ in 0..40 {
            // Angles of 0.4 times a Gaussian 5 × 5 matrix stay well below π.
            let x = gaussian(&mut rng, n).scaled(0.4);
            let again = xi_inverse(&xi(&x).unwrap()).unwrap().unwrap().sum();
            assert_near(&again, &x, 1e-12, "ξ⁻¹(ξ(X))");
        }
    }
}

#[test]
fn the_element_of_sl2_without_a_logarithm_has_coordinates() {
    // tr g < −2: no real matrix X has exp X = g.
    let g = Matrix::diagonal(&[-2.0, -0.5]);
    let parts = xi_inverse(&g).unwrap().unwrap();
    assert_near(&parts.symmetric, &Matrix::diagonal(&[2f64.ln(), -(2f64.ln())]), 1e-15, "log p");
    assert!((parts.skew[(1, 0)].abs() - PI).abs() < 1e-15);
    assert_near(&xi(&parts.sum()).unwrap(), &g, 1e-15, "back");
}

#[test]
fn there_are_none_without_a_positive_determinant() {
    for m in
        [Matrix::diagonal(&[1.0, -1.0]), Matrix::zeros(3, 3), Matrix::from_rows(&[[1.0, 2.0], [2.0, 4.0]])]
    {
        assert_eq!(xi_inverse(&m).unwrap(), None);
    }
    assert!(xi_inverse(&Matrix::diagonal(&[1.0, f64::NAN])).is_err());
    assert!(xi(&Matrix::diagonal(&[1e4, 0.0])).is_err(), "e^10000 overflows");
    assert!(xi(&Matrix::diagonal(&[f64::INFINITY, 0.0])).is_err());
}

#[test]
fn logarithms_of_rotations_keep_their_digits_near_a_half_turn() {
    for angle in [0.0, 1e-12, 1e-5, 1.0, 3.0, PI - 1e-3, PI - 1e-6, PI - 1e-9, PI - 1e-12] {
        let log = rotation_log(&turn(angle)).unwrap().unwrap();
        assert!((log[(1, 0)] - angle).abs() < 1e-15, "{angle}: {}", log[(1, 0)]);
    }
    let mut rng = Rng::new(5, 3);
    for n in 2..=5 {
        for angle in [PI - 1e-6, PI, 1e-9] {
            let q = proper(orthogonal(&mut rng, n));
            let mut inner = Matrix::identity(n);
            inner.set_block(0, 0, &turn(angle));
            let r = &(&q * &inner) * &q.transpose();
            let log = rotation_log(&r).unwrap().unwrap();
            assert!((log.frobenius() / 2f64.sqrt() - angle).abs() < 1e-14, "{n} {angle}");
            let back = skew_exp(&log).unwrap();
            assert_orthogonal(&back, "exp");
            assert_near(&back, &r, 1e-14, "exp log");
        }
    }
    // Two planes turned by π in four dimensions: −1 has logarithms.
    let log = rotation_log(&Matrix::identity(4).scaled(-1.0)).unwrap().unwrap();
    assert_near(&skew_exp(&log).unwrap(), &Matrix::identity(4).scaled(-1.0), 1e-15, "−1");
}
