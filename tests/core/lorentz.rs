//! SO⁺(1,n): membership, boosts, decompositions, exp and log, the Thomas–Wigner rotation.

use equiscope::maths::Matrix;
use equiscope::maths::exp::{orthogonal, pade};
use equiscope::maths::lorentz::{self, BoostRotation, NotLorentz};
use equiscope::maths::rng::Rng;
use equiscope::maths::rotation::check_rotation;
use std::f64::consts::PI;

fn relative(a: &Matrix, b: &Matrix) -> f64 {
    (a - b).frobenius() / b.frobenius()
}

fn vector(rng: &mut Rng, n: usize, size: f64) -> Vec<f64> {
    let v: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
    let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    v.iter().map(|x| x * size / length).collect()
}

fn three(v: &[f64]) -> [f64; 3] {
    v.try_into().unwrap()
}

fn turn(rng: &mut Rng, n: usize) -> Matrix {
    let x = Matrix::from_fn(n, n, |_, _| rng.normal());
    pade::exp(&(&x - &x.transpose())).unwrap()
}

/// Rapidities up to which everything is tested.
const RAPIDITIES: [f64; 7] = [0.0, 1e-9, 0.1, 1.0, 3.0, 6.0, 10.0];

#[test]
fn a_boost_is_the_exponential_of_its_generator_and_keeps_the_metric() {
    let mut rng = Rng::new(1, 0);
    for n in 1..=3 {
        for rapidity in RAPIDITIES {
            let eta = vector(&mut rng, n, rapidity);
            let b = lorentz::boost(&eta);
            let mut x = Matrix::zeros(n + 1, n + 1);
            (0..n).for_each(|k| (x[(0, k + 1)], x[(k + 1, 0)]) = (eta[k], eta[k]));
            assert!(relative(&b, &pade::exp(&x).unwrap()) < 1e-14, "{n} {rapidity}");
            assert!(lorentz::metric_defect(&b) < 1e-15 && lorentz::check(&b).is_ok());
        }
    }
}

#[test]
fn boost_and_rotation_are_found_on_either_side() {
    let mut rng = Rng::new(2, 0);
    for n in 1..=3 {
        for rapidity in RAPIDITIES {
            for _ in 0..20 {
                let (eta, r) = (vector(&mut rng, n, rapidity), turn(&mut rng, n));
                let m = &lorentz::boost(&eta) * &lorentz::rotation(&r);
                let left = BoostRotation::left(&m).unwrap();
                assert_eq!(lorentz::rapidity_of(&m), left.rapidity);
                let (b, k) = left.matrices();
                assert!(relative(&(&b * &k), &m) < 1e-14, "{n} {rapidity}");
                // e^η digits go, not e^{2η}.
                let bound = 1e-14 * rapidity.exp();
                assert!(
                    left.turn.max_difference(&r) < bound,
                    "{n} {rapidity}: {:e}",
                    left.turn.max_difference(&r)
                );
                assert!((left.size() - rapidity).abs() < 1e-14 && check_rotation(&left.turn, n).is_ok());
                assert!(lorentz::metric_defect(&k) < 1e-15);
                let right = BoostRotation::right(&m).unwrap();
                let (b, k) = right.matrices();
                assert!(relative(&(&k * &b), &m) < 1e-14, "{n} {rapidity}");
                assert_eq!(right.turn, left.turn);
            }
        }
    }
}

#[test]
fn cartan_and_iwasawa_factors_multiply_back() {
    let mut rng = Rng::new(3, 0);
    for n in 1..=3 {
        for rapidity in RAPIDITIES {
            for _ in 0..20 {
                let m =
                    &lorentz::boost(&vector(&mut rng, n, rapidity)) * &lorentz::rotation(&turn(&mut rng, n));
                let parts = lorentz::kak(&m).unwrap();
                let [left, boost, right] = parts.matrices();
                assert!(relative(&(&(&left * &boost) * &right), &m) < 1e-14, "{n} {rapidity}");
                assert!((parts.rapidity.abs() - rapidity).abs() < 1e-14);
                assert!(check_rotation(&parts.left, n).is_ok() && check_rotation(&parts.right, n).is_ok());
                if n < 3 {
                    continue;
                }
                let parts = lorentz::iwasawa(&m).unwrap();
                let [k, a, null] = parts.matrices();
                let growth = a.frobenius() * null.frobenius() / m.frobenius();
                let error = relative(&(&(&k * &a) * &null), &m);
                assert!(error < 1e-15 * growth.max(10.0), "{rapidity}: {error:e}, growth {growth:e}");
                let l = [1.0, 0.0, 0.0, 1.0];
                assert!(null.apply(&l).iter().zip(l).all(|(a, b)| (a - b).abs() < 1e-14 * null.frobenius()));
                assert!(check_rotation(&parts.turn, 3).is_ok());
            }
        }
    }
    // Boosts along the axis and against it, where the direction is given by a convention.
    for e in [2.0, -2.0, 9.0, -9.0] {
        let m = lorentz::boost(&[0.0, 0.0, e]);
        let parts = lorentz::kak(&m).unwrap();
        let [left, boost, right] = parts.matrices();
        assert!(relative(&(&(&left * &boost) * &right), &m) < 1e-15);
        let parts = lorentz::iwasawa(&m).unwrap();
        assert!((parts.rapidity - e).abs() < 1e-14, "{e}: {parts:?}");
        assert!(parts.turn.max_difference(&Matrix::identity(3)) < 1e-14 * e.abs().exp());
    }
    assert_eq!(lorentz::kak(&lorentz::boost(&[-1.5])).unwrap().rapidity, -1.5);
}

#[test]
fn iwasawa_factors_are_those_that_were_put_in() {
    let mut rng = Rng::new(4, 0);
    for _ in 0..50 {
        let made = lorentz::Iwasawa {
            turn: orthogonal::exp_so3(three(&vector(&mut rng, 3, 2.0))),
            rapidity: rng.normal(),
            shift: [rng.normal(), rng.normal()],
        };
        let [k, a, n] = made.matrices();
        let found = lorentz::iwasawa(&(&(&k * &a) * &n)).unwrap();
        assert!((found.rapidity - made.rapidity).abs() < 1e-12);
        assert!((found.shift[0] - made.shift[0]).hypot(found.shift[1] - made.shift[1]) < 1e-12);
        assert!(found.turn.max_difference(&made.turn) < 1e-11);
    }
}

#[test]
fn exp_through_spinors_is_the_exponential() {
    let mut rng = Rng::new(5, 0);
    for rapidity in RAPIDITIES {
        for angle in [0.0, 1e-9, 1.0, 3.0, PI, 7.0] {
            let (eta, theta) = (vector(&mut rng, 3, rapidity), vector(&mut rng, 3, angle));
            let (eta, theta) = (three(&eta), three(&theta));
            let expected = pade::exp(&lorentz::generator(eta, theta)).unwrap();
            let error = relative(&lorentz::exp(eta, theta), &expected);
            assert!(error < 1e-14 * (1.0 + rapidity + angle), "{rapidity} {angle}: {error:e}");
        }
    }
    // A null rotation: η·η = θ·θ, η·θ = 0, where s = 0.
    let (eta, theta) = ([3.0, 0.0, 0.0], [0.0, 3.0, 0.0]);
    let x = lorentz::generator(eta, theta);
    let expected = &(&Matrix::identity(4) + &x) + &(&x * &x).scaled(0.5);
    assert!(relative(&lorentz::exp(eta, theta), &expected) < 1e-15);
}

#[test]
fn every_element_has_a_logarithm() {
    let mut rng = Rng::new(6, 0);
    for rapidity in RAPIDITIES {
        for _ in 0..100 {
            let angle = PI * rng.uniform();
            let m = &lorentz::boost(&vector(&mut rng, 3, rapidity))
                * &lorentz::rotation(&orthogonal::exp_so3(three(&vector(&mut rng, 3, angle))));
            let (eta, theta) = lorentz::log(&m).unwrap();
            let error = relative(&lorentz::exp(eta, theta), &m);
            assert!(error < 1e-13 * rapidity.exp(), "{rapidity}: {error:e}");
        }
    }
    // Half turns, boosts across and along a half turn, null rotations, the identity.
    let half = lorentz::rotation(&Matrix::diagonal(&[-1.0, -1.0, 1.0]));
    for (m, eta, theta) in [
        (Matrix::identity(4), [0.0; 3], [0.0; 3]),
        (half.clone(), [0.0; 3], [0.0, 0.0, PI]),
        (&lorentz::boost(&[0.0, 0.0, 2.0]) * &half, [0.0, 0.0, 2.0], [0.0, 0.0, PI]),
        (lorentz::exp([3.0, 0.0, 0.0], [0.0, 3.0, 0.0]), [3.0, 0.0, 0.0], [0.0, 3.0, 0.0]),
        (lorentz::boost(&[0.0, 1e-12, 0.0]), [0.0, 1e-12, 0.0], [0.0; 3]),
    ] {
        let (e, t) = lorentz::log(&m).unwrap();
        for k in 0..3 {
            assert!((e[k] - eta[k]).abs() < 1e-13 && (t[k] - theta[k]).abs() < 1e-13, "{e:?} {t:?}");
        }
    }
    let across = &lorentz::boost(&[2.0, 0.0, 0.0]) * &half;
    let (e, t) = lorentz::log(&across).unwrap();
    assert!(relative(&lorentz::exp(e, t), &across) < 1e-14);
}

#[test]
fn two_boosts_turn_by_the_angle_of_the_formula() {
    for (first, second, between) in
        [(0.8, 0.3, 1.0), (2.0, 2.0, 2.0), (5.0, 4.0, -2.5), (1e-3, 1e-3, 1.5), (3.0, 3.0, 3.1)]
    {
        let (s, c) = f64::sin_cos(between);
        let angle = lorentz::wigner_angle(first, second, between);
        let (_, plane) = lorentz::wigner_rotation(&[first, 0.0], &[second * c, second * s]).unwrap();
        let found = plane[(1, 0)].atan2(plane[(0, 0)]);
        assert!(
            (found - angle).abs() < 1e-14 * (first + second).exp().max(1.0),
            "{first} {second} {between}: {found} {angle}"
        );
        let (_, space) =
            lorentz::wigner_rotation(&[first, 0.0, 0.0], &[second * c, second * s, 0.0]).unwrap();
        let w = orthogonal::log_so3(&space);
        assert!((w[2] - angle).abs() < 1e-13 * (first + second).exp(), "{w:?} {angle}");
        assert!(w[0].hypot(w[1]) < 1e-13 * (first + second).exp());
    }
    // The value of the reference script; none along a line.
    assert!((lorentz::wigner_angle(0.8, 0.3, 1.0) - -0.092_3).abs() < 1e-3);
    assert_eq!(lorentz::wigner_angle(1.0, 2.0, 0.0), 0.0);
    assert_eq!(lorentz::wigner_angle(0.0, 2.0, 1.0), 0.0);
    assert!(lorentz::wigner_rotation(&[1.0], &[1.0, 0.0]).is_err());
    assert!(lorentz::wigner_rotation(&[1.0, 0.0, 0.0], &[1.0, 0.0]).is_err());
    assert!(lorentz::wigner_rotation(&[], &[]).is_err());
}

#[test]
fn what_is_not_in_the_group_is_refused_with_the_reason() {
    let b = lorentz::boost(&[0.5, 0.2, 0.1]);
    assert!(matches!(lorentz::check(&Matrix::identity(5)), Err(NotLorentz::Size { .. })));
    assert!(matches!(lorentz::check(&Matrix::zeros(4, 3)), Err(NotLorentz::Size { .. })));
    assert!(matches!(lorentz::check(&b.scaled(1.001)), Err(NotLorentz::Metric(_))));
    assert!(lorentz::check(&b.scaled(1.0 + 1e-8)).is_ok());
    assert!(matches!(lorentz::check(&-&b), Err(NotLorentz::TimeReversed)));
    let mirror = Matrix::diagonal(&[1.0, -1.0, 1.0, 1.0]);
    assert!(matches!(lorentz::check(&(&b * &mirror)), Err(NotLorentz::Mirrored)));
    let mut nan = b.clone();
    nan[(2, 2)] = f64::NAN;
    assert!(matches!(lorentz::check(&nan), Err(NotLorentz::Metric(_))));
    // The tolerance grows with the matrix: rounding of large boosts is not held against them.
    for rapidity in [5.0, 10.0, 15.0, 20.0, 28.0] {
        let fast = &lorentz::boost(&[rapidity, 0.0, 0.0])
            * &lorentz::rotation(&orthogonal::exp_so3([0.3, 0.2, 0.1]));
        assert!(lorentz::check(&fast).is_ok(), "{rapidity}");
        let parts = BoostRotation::left(&fast).unwrap();
        assert!((parts.size() - rapidity).abs() < 1e-13);
    }
    assert!(matches!(lorentz::check(&lorentz::boost(&[35.0, 0.0, 0.0])), Err(NotLorentz::TooFast(_))));
    assert!(lorentz::check(&lorentz::boost(&[800.0, 0.0, 0.0])).is_err());
}
