//! Brackets, their series, and paths from 1 to g.

use super::{gaussian, relative, rotation};
use equiscope::maths::Matrix;
use equiscope::maths::exp::path::{StretchTurn, geodesic, one_subgroup};
use equiscope::maths::exp::{bch, bracket, exp, log};
use equiscope::maths::rng::Rng;
use std::f64::consts::PI;

#[test]
fn the_bracket_is_antisymmetric_and_obeys_jacobi() {
    let mut rng = Rng::new(1, 0);
    for n in 2..6 {
        let [x, y, z] = [0; 3].map(|_| gaussian(&mut rng, n, 1.0));
        assert_eq!(bracket(&x, &y), -&bracket(&y, &x));
        let cyclic = &(&bracket(&x, &bracket(&y, &z)) + &bracket(&y, &bracket(&z, &x)))
            + &bracket(&z, &bracket(&x, &y));
        assert!(cyclic.frobenius() < 1e-13, "{n}: {:e}", cyclic.frobenius());
        assert!(bracket(&x, &bracket(&y, &z)).frobenius() > 0.1);
    }
}

#[test]
fn the_series_to_degree_d_errs_by_degree_d_plus_one() {
    let mut rng = Rng::new(2, 0);
    for _ in 0..5 {
        let (x, y) = (gaussian(&mut rng, 3, 1.0), gaussian(&mut rng, 3, 1.0));
        let (x, y) = (x.scaled(1.0 / x.operator_norm()), y.scaled(1.0 / y.operator_norm()));
        for degree in 1..=5 {
            let error = |h: f64| {
                let (x, y) = (x.scaled(h), y.scaled(h));
                let exact = log(&(&exp(&x).unwrap() * &exp(&y).unwrap())).unwrap().matrix.unwrap();
                (&exact - &bch::series(&x, &y, degree)).frobenius()
            };
            let slope = (error(0.1) / error(0.05)).log2();
            assert!((slope - (degree + 1) as f64).abs() < 0.35, "degree {degree}: {slope}");
        }
    }
}

#[test]
fn the_series_ends_for_the_heisenberg_algebra() {
    let x = Matrix::from_rows(&[[0.0, 2.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]);
    let y = Matrix::from_rows(&[[0.0, 0.0, 0.0], [0.0, 0.0, -3.0], [0.0, 0.0, 0.0]]);
    let exact = log(&(&exp(&x).unwrap() * &exp(&y).unwrap())).unwrap().matrix.unwrap();
    assert!(exact.max_difference(&bch::series(&x, &y, 2)) < 1e-15);
    assert_eq!(bch::series(&x, &y, 2), bch::series(&x, &y, 5));
    assert!(exact.max_difference(&bch::series(&x, &y, 1)) > 1.0);
}

#[test]
fn a_subgroup_is_one() {
    let mut rng = Rng::new(3, 0);
    for n in 2..5 {
        let x = gaussian(&mut rng, n, 0.5);
        let at = |s: f64| one_subgroup(&x, s).unwrap();
        assert!(relative(&(&at(0.3) * &at(0.9)), &at(1.2)) < 1e-13);
        assert!(relative(&(&at(0.7) * &at(-0.7)), &Matrix::identity(n)) < 1e-13);
    }
}

#[test]
fn stretch_then_turn_reaches_every_element_of_positive_determinant() {
    let mut rng = Rng::new(4, 0);
    let mut unreached = 0;
    for n in 1..6 {
        for _ in 0..60 {
            let mut g = gaussian(&mut rng, n, 1.0);
            if g.determinant() < 0.0 {
                assert_eq!(StretchTurn::of(&g).unwrap(), None);
                (0..n).for_each(|j| g[(0, j)] = -g[(0, j)]);
            }
            unreached += usize::from(!log(&g).unwrap().reachable);
            let path = StretchTurn::of(&g).unwrap().unwrap();
            let (turn, stretch) = (&path.turn, &path.stretch);
            assert!((turn + &turn.transpose()).frobenius() < 1e-13 && *stretch == stretch.transpose());
            assert!(turn.operator_norm() < PI + 1e-12);
            assert!(path.at(0.0).unwrap().max_difference(&Matrix::identity(n)) < 1e-15);
            for end in [path.at(1.0).unwrap(), path.together(1.0).unwrap()] {
                assert!(relative(&end, &g) < 1e-13 * stretch.frobenius().max(10.0), "{g:?}");
            }
            // Half way: the stretch alone, symmetric and positive; then only turns.
            let half = path.at(0.5).unwrap();
            assert!(relative(&half, &exp(stretch).unwrap()) < 1e-12);
            let later = path.at(0.8).unwrap();
            let gram = |m: &Matrix| &m.transpose() * m;
            assert!(relative(&gram(&later), &gram(&g)) < 1e-12 && relative(&gram(&half), &gram(&g)) < 1e-12);
        }
    }
    assert!(unreached > 50, "the test should meet elements without logarithm: {unreached}");
    // A half turn, and elements out of the reach of exp.
    for g in [
        Matrix::diagonal(&[-1.0, -1.0]),
        Matrix::diagonal(&[-2.0, -0.5]),
        Matrix::diagonal(&[-1.0, -1.0, 2.0]),
        Matrix::diagonal(&[-1.0, -2.0, 2.0]),
    ] {
        let path = StretchTurn::of(&g).unwrap().unwrap();
        assert!(relative(&path.at(1.0).unwrap(), &g) < 1e-14);
    }
    assert_eq!(StretchTurn::of(&Matrix::zeros(3, 3)).unwrap(), None);
}

#[test]
fn geodesics_have_constant_speed_and_carry_their_momentum() {
    let mut rng = Rng::new(5, 0);
    for n in 2..5 {
        let x = gaussian(&mut rng, n, 0.5);
        let at = |s: f64| geodesic(&x, s).unwrap();
        // ξ = γ⁻¹ γ′ by central differences.
        let h = 1e-4;
        let velocity = |s: f64| &at(s).inverse().unwrap() * &(&at(s + h) - &at(s - h)).scaled(0.5 / h);
        assert!((&velocity(0.0) - &x).frobenius() < 1e-7);
        for s in [0.3, 0.8] {
            assert!((velocity(s).frobenius() - x.frobenius()).abs() < 1e-7);
            // Euler–Arnold for ⟨A, B⟩ = tr AᵀB: ξ′ = ξᵀξ − ξξᵀ.
            let slope = (&velocity(s + 0.01) - &velocity(s - 0.01)).scaled(50.0);
            let xi = velocity(s);
            let expected = &(&xi.transpose() * &xi) - &(&xi * &xi.transpose());
            assert!((&slope - &expected).frobenius() < 1e-3 * x.frobenius().powi(4).max(1.0), "{n} {s}");
            assert!(expected.frobenius() > 0.01);
        }
    }
    // Straight along symmetric and along skew directions.
    let q = rotation(&mut rng, 3);
    for x in [&q + &q.transpose(), &q - &q.transpose()] {
        assert!(relative(&geodesic(&x, 0.7).unwrap(), &one_subgroup(&x, 0.7).unwrap()) < 1e-13);
    }
}
