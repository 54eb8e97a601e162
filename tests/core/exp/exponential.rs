//! exp of any matrix.

use super::{conjugated, gaussian, relative, rotation};
use equiscope::maths::Matrix;
use equiscope::maths::exp::{ExpError, exp, pade};
use equiscope::maths::rng::Rng;
use std::f64::consts::PI;

#[test]
fn zero_nilpotent_and_diagonal_matrices_have_known_exponentials() {
    for n in 1..6 {
        assert_eq!(exp(&Matrix::zeros(n, n)).unwrap(), Matrix::identity(n));
    }
    // exp of the shift N on R⁵ has the entries 1/k! on its k-th diagonal.
    let shift = Matrix::from_fn(5, 5, |i, j| if j == i + 1 { 1.0 } else { 0.0 });
    let factorials = [1.0, 1.0, 2.0, 6.0, 24.0];
    let expected = Matrix::from_fn(5, 5, |i, j| if j >= i { 1.0 / factorials[j - i] } else { 0.0 });
    assert!(exp(&shift).unwrap().max_difference(&expected) < 1e-16);
    // A long nilpotent: ‖N‖ is large, the exponential still exact.
    let long = Matrix::from_rows(&[[0.0, 1e8, 0.0], [0.0, 0.0, 1e8], [0.0, 0.0, 0.0]]);
    let expected = Matrix::from_rows(&[[1.0, 1e8, 5e15], [0.0, 1.0, 1e8], [0.0, 0.0, 1.0]]);
    assert!(relative(&exp(&long).unwrap(), &expected) < 1e-15);
    let d = [-700.0, 0.0, 1.5, 300.0];
    let expected = Matrix::diagonal(&d.map(f64::exp));
    assert!(relative(&exp(&Matrix::diagonal(&d)).unwrap(), &expected) < 1e-13);
}

#[test]
fn the_series_of_padé_degrees_agrees_with_the_taylor_series() {
    // From the smallest norms (degree 3) to several squarings, against 60 terms of the series where that is accurate.
    let mut rng = Rng::new(1, 0);
    for deviation in [1e-4, 1e-2, 0.1, 0.3, 0.6, 1.0] {
        for n in [1, 3, 4, 6] {
            let x = gaussian(&mut rng, n, deviation);
            let (mut term, mut sum) = (Matrix::identity(n), Matrix::identity(n));
            for k in 1..60 {
                term = (&term * &x).scaled(1.0 / f64::from(k));
                sum = &sum + &term;
            }
            let error = relative(&pade::exp(&x).unwrap(), &sum);
            assert!(error < 2e-14 * x.frobenius().exp().min(10.0), "{deviation} {n}: {error:e}");
        }
    }
}

#[test]
fn the_closed_form_of_the_plane_agrees_with_scaling_and_squaring() {
    let mut rng = Rng::new(2, 0);
    for deviation in [1e-9, 1e-3, 1.0, 10.0] {
        for _ in 0..300 {
            let x = gaussian(&mut rng, 2, deviation);
            let error = relative(&exp(&x).unwrap(), &pade::exp(&x).unwrap());
            assert!(error < 2e-14 * x.frobenius().max(1.0), "{x:?}: {error:e}");
        }
    }
    // Near the parabolic matrices, where the closed form passes from cos to cosh.
    for q in [-1e-7, -1e-9, -1e-17, 0.0, 1e-17, 1e-9, 1e-7] {
        let x = Matrix::from_rows(&[[0.5, 1.0], [q, 0.5]]);
        assert!(relative(&exp(&x).unwrap(), &pade::exp(&x).unwrap()) < 1e-15, "{q}");
    }
}

#[test]
fn commuting_matrices_exponentiate_to_a_product() {
    let mut rng = Rng::new(3, 0);
    for n in 2..7 {
        for _ in 0..40 {
            let x = gaussian(&mut rng, n, 0.7);
            // Polynomials in one matrix commute.
            let (a, b) = (&x + &(&x * &x).scaled(0.2), &x.scaled(-0.5) + &Matrix::identity(n).scaled(0.3));
            let product = &exp(&a).unwrap() * &exp(&b).unwrap();
            let error = (&exp(&(&a + &b)).unwrap() - &product).frobenius();
            let scale = exp(&a).unwrap().frobenius() * exp(&b).unwrap().frobenius();
            assert!(error < 1e-13 * scale, "{n}: {error:e} of {scale:e}");
        }
    }
    // And two that do not commute do not.
    let a = Matrix::from_rows(&[[0.0, 1.0], [0.0, 0.0]]);
    let product = &exp(&a).unwrap() * &exp(&a.transpose()).unwrap();
    assert!(relative(&exp(&(&a + &a.transpose())).unwrap(), &product) > 0.1);
}

#[test]
fn determinant_of_exp_is_exp_of_trace() {
    let mut rng = Rng::new(4, 0);
    for n in 1..7 {
        for _ in 0..40 {
            let x = gaussian(&mut rng, n, 0.5);
            let (d, t) = (exp(&x).unwrap().determinant(), x.trace().exp());
            assert!((d - t).abs() < 1e-11 * t.max(1.0), "{n}: {d} {t}");
        }
    }
}

#[test]
fn a_full_turn_comes_back_to_one() {
    let mut rng = Rng::new(5, 0);
    let j = Matrix::from_rows(&[[0.0, -1.0], [1.0, 0.0]]);
    for turns in [1.0, 10.0, 100.0] {
        let x = j.scaled(2.0 * PI * turns);
        assert!(exp(&x).unwrap().max_difference(&Matrix::identity(2)) < 1e-15 * 10.0 * turns);
        let q = rotation(&mut rng, 4);
        let four = conjugated(&q, &Matrix::direct_sum(&[&x, &x.scaled(2.0)]));
        assert!(exp(&four).unwrap().max_difference(&Matrix::identity(4)) < 2e-13 * turns);
    }
}

#[test]
fn large_turns_stay_orthogonal() {
    let mut rng = Rng::new(6, 0);
    for n in 3..6 {
        for size in [1.0, 1e3, 1e9] {
            let x = gaussian(&mut rng, n, size);
            let r = exp(&(&x - &x.transpose())).unwrap();
            let error = (&(&r.transpose() * &r) - &Matrix::identity(n)).frobenius();
            assert!(error < 1e-14, "{n} {size}: {error:e}");
        }
    }
}

#[test]
fn what_has_no_exponential_is_refused() {
    assert_eq!(exp(&Matrix::zeros(2, 3)), Err(ExpError::NotSquare { rows: 2, cols: 3 }));
    let mut x = Matrix::identity(3);
    x[(2, 1)] = f64::NAN;
    assert_eq!(exp(&x), Err(ExpError::NotFinite { row: 2, col: 1 }));
    for n in [2, 3] {
        for big in [710.0, 1e6, 1e300] {
            assert_eq!(exp(&Matrix::identity(n).scaled(big)), Err(ExpError::Overflow), "{n} {big}");
        }
        // Large and negative underflows to zero, which is right.
        let small = exp(&Matrix::identity(n).scaled(-800.0)).unwrap();
        assert_eq!(small, Matrix::zeros(n, n));
    }
    // Symmetric matrices however large; others while digits are left.
    let deep = Matrix::from_rows(&[[-2e200, 1e200, 0.0], [1e200, -2e200, 0.0], [0.0, 0.0, 0.0]]);
    let kept = exp(&deep).unwrap();
    assert!(kept.max_difference(&Matrix::diagonal(&[0.0, 0.0, 1.0])) < 1e-15, "{kept:?}");
    let far = |size: f64| Matrix::from_rows(&[[-size, size, 0.0], [0.0, -size, size], [size, 0.0, -size]]);
    assert!(exp(&far(1e6)).is_ok());
    for size in [1e20, 1e100, 1e300] {
        assert_eq!(exp(&far(size)), Err(ExpError::TooLarge), "{size}");
    }
    // Powers that overflow on the way to a result that does.
    let mut steep = Matrix::zeros(3, 3);
    (steep[(0, 1)], steep[(1, 2)]) = (1e200, 1e200);
    assert!(exp(&steep).is_err() && pade::exp(&steep).is_err());
    steep[(1, 2)] = 0.0;
    assert_eq!(exp(&steep).unwrap(), &Matrix::identity(3) + &steep);
    // The largest that fit.
    assert!(exp(&Matrix::identity(3).scaled(709.0)).is_ok());
    let turn = Matrix::from_rows(&[[-2000.0, -1500.0], [-1500.0, -2000.0]]);
    // Eigenvalues −500 and −3500: e^{−2000} underflows although the result does not.
    assert!(
        relative(
            &exp(&turn).unwrap(),
            &Matrix::from_rows(&[[0.5, -0.5], [-0.5, 0.5]]).scaled((-500f64).exp())
        ) < 1e-12
    );
}

#[test]
fn small_entries_of_the_plane_keep_their_digits() {
    // Diagonals are those of exp of the numbers, and nothing leaves GL⁺.
    for (a, d) in [(-40.0, 1.0), (-20.0, 20.0), (-700.0, 1e-10), (1e-9, 0.0), (-1e200, 5.0), (300.0, -300.5)]
    {
        for b in [0.0, 1.0, -7.0] {
            for x in [Matrix::from_rows(&[[a, b], [0.0, d]]), Matrix::from_rows(&[[a, 0.0], [b, d]])] {
                let g = exp(&x).unwrap();
                assert_eq!((g[(0, 0)], g[(1, 1)]), (f64::exp(a), f64::exp(d)), "{x:?}");
                assert!(a < -1e3 || g.determinant() > 0.0, "{x:?}");
                // The entry beside them, (e^a − e^d) / (a − d) b.
                let beside = g[(0, 1)] + g[(1, 0)];
                let due = if (a - d).abs() < 1.0 { b } else { (a.exp() - d.exp()) / (a - d) * b };
                assert!((beside - due).abs() <= 1e-8 * due.abs(), "{x:?}: {beside:e} {due:e}");
            }
        }
    }
    // Full matrices, by a series of 700 digits.
    #[rustfmt::skip]
    let cases = [
        ([[-40.0, 1.0], [1.0, 1.0]],
         [[0.0016540125575284133, 0.067_854_832_658_197_82], [0.067_854_832_658_197_82, 2.7837021515436392]]),
        ([[-30.0, 2.0], [0.5, 3.0]],
         [[0.018_958_743_373_625_88, 1.2524250242265864], [0.313_106_256_056_646_6, 20.683_971_643_112_3]]),
        ([[5.0, 1e-3], [2.0, -60.0]],
         [[148.41765547260013, 0.002_283_347_464_858_282], [4.566_694_929_716_563, 7.025_681_181_491_587e-5]]),
        ([[-700.0, 1e-5], [1.0, 2.0]],
         [[1.4993904683683663e-10, 1.052572108815952e-7], [0.010_525_721_088_159_52, 7.389_056_204_037_922]]),
    ];
    for (x, due) in cases {
        let found = exp(&Matrix::from_rows(&x)).unwrap();
        for (value, due) in found.data().iter().zip(due.as_flattened()) {
            assert!((value / due - 1.0).abs() < 2e-13, "{x:?}: {value:e}, due {due:e}");
        }
    }
    // Squares of these entries overflow; the exponential does not.
    let far = exp(&Matrix::from_rows(&[[-1e200, 1.0], [1.0, 0.0]])).unwrap();
    assert!(far.max_difference(&Matrix::diagonal(&[0.0, 1.0])) < 1e-15, "{far:?}");
}
