//! Kinds for rotations and Lorentz matrices.

use super::take;
use equiscope::maths::Matrix;
use equiscope::maths::decompose::{Decomposition, Parameter, euler_angles};
use equiscope::maths::group::Group;
use equiscope::maths::lorentz;
use equiscope::maths::rng::Rng;
use equiscope::maths::rotation::euler::to_matrix;
use equiscope::maths::rotation::{AxisAngle, Frame, Order, about};
use std::f64::consts::PI;

fn number(found: &Decomposition, name: &str) -> f64 {
    match found.parameter(name) {
        Some(Parameter::Number(x)) => *x,
        other => panic!("{name}: {other:?}"),
    }
}

fn list(found: &Decomposition, name: &str) -> Vec<f64> {
    match found.parameter(name) {
        Some(Parameter::List(x)) => x.clone(),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn euler_angles_and_axis_multiply_back() {
    let mut rng = Rng::new(1, 0);
    for _ in 0..200 {
        let r = Group::Rotation(3).sample(&mut rng, 0.0);
        for kind in ["euler", "axis-angle"] {
            let found = take(kind, &r);
            assert!(found.residual(&r).unwrap() < 4e-15 && found.warnings.is_empty(), "{kind}");
        }
        let found = take("euler", &r);
        let made = &(&about(2, number(&found, "alpha")) * &about(1, number(&found, "beta")))
            * &about(2, number(&found, "gamma"));
        assert!(made.max_difference(&r) < 4e-15);
        let found = take("axis-angle", &r);
        let axis: [f64; 3] = list(&found, "axis").try_into().unwrap();
        assert!(AxisAngle { axis, angle: number(&found, "angle") }.to_matrix().max_difference(&r) < 4e-15);
        assert!(list(&found, "quaternion")[3] >= 0.0);
    }
}

#[test]
fn euler_angles_are_taken_in_every_order() {
    let mut rng = Rng::new(3, 0);
    for order in Order::ALL {
        for _ in 0..50 {
            let r = Group::Rotation(3).sample(&mut rng, 0.0);
            let found = euler_angles(order, &r).unwrap();
            assert!(found.residual(&r).unwrap() < 4e-15 && found.warnings.is_empty(), "{order}");
            let angles = ["alpha", "beta", "gamma"].map(|name| number(&found, name));
            assert!(to_matrix(order, Frame::Intrinsic, angles).max_difference(&r) < 4e-15, "{order}");
            let beta = if order.is_proper() { angles[1] - 0.5 * PI } else { angles[1] };
            assert!(beta.abs() <= 0.5 * PI, "{order}: {angles:?}");
        }
        // Both ends of the range of β: what is said to be determined stays the same when α and γ change otherwise.
        for end in [-0.5 * PI, 0.5 * PI] {
            let beta = if order.is_proper() { end + 0.5 * PI } else { end };
            let locked = euler_angles(order, &to_matrix(order, Frame::Intrinsic, [0.3, beta, 0.5])).unwrap();
            let (sum, difference) =
                (locked.warnings[0].contains("α + γ"), locked.warnings[0].contains("α − γ"));
            assert!(sum != difference && number(&locked, "gamma") == 0.0, "{order}: {:?}", locked.warnings);
            let determined = if sum { 0.8 } else { -0.2 };
            assert!((number(&locked, "alpha") - determined).abs() < 1e-14, "{order}: {locked:?}");
        }
    }
    assert_eq!(euler_angles(Order::ZYZ, &about(0, 1.0)).unwrap(), take("euler", &about(0, 1.0)));
    assert!(euler_angles(Order::ZYX, &Matrix::zeros(2, 3)).is_err());
}

#[test]
fn choices_and_losses_are_told() {
    for (kind, m, words) in [
        ("euler", about(2, 0.5), "only α + γ"),
        ("euler", &about(2, 0.5) * &Matrix::diagonal(&[-1.0, 1.0, -1.0]), "only α − γ"),
        ("euler", &about(2, 0.5) * &about(1, 1e-9), "near gimbal lock"),
        ("axis-angle", Matrix::identity(3), "no axis"),
        ("axis-angle", Matrix::diagonal(&[1.0, -1.0, -1.0]), "up to its sign"),
        ("lorentz-kak", Matrix::identity(4), "only the product"),
        ("boost-rotation", lorentz::boost(&[20.0, 0.0, 0.0]), "at this rapidity"),
        ("boost-rotation", lorentz::boost(&[1.0, 0.0]).scaled(1.0 + 1e-9), "keeps the metric only"),
    ] {
        let found = take(kind, &m);
        assert!(found.warnings.iter().any(|w| w.contains(words)), "{kind}: {:?}", found.warnings);
        assert!(found.residual(&m).unwrap() < 1e-8, "{kind}");
    }
}

#[test]
fn what_is_not_in_the_group_has_no_factors_and_a_reason() {
    for (kind, m, words) in [
        ("euler", Matrix::identity(2), "2 × 2"),
        ("euler", Matrix::diagonal(&[1.0, 1.0, 2.0]), "not orthogonal"),
        ("axis-angle", Matrix::diagonal(&[1.0, 1.0, -1.0]), "reflection"),
        ("boost-rotation", Matrix::identity(5), "5 × 5"),
        ("boost-rotation", Matrix::diagonal(&[1.0, 2.0]), "metric"),
        ("lorentz-kak", Matrix::diagonal(&[-1.0, 1.0, 1.0]), "reverses time"),
        ("lorentz-kak", Matrix::diagonal(&[1.0, -1.0, 1.0, 1.0]), "mirrors space"),
        ("boost-rotation", lorentz::boost(&[30.0, 0.0, 0.0]), "lost in rounding"),
    ] {
        let found = take(kind, &m);
        assert!(found.factors.is_none() && found.warnings[0].contains(words), "{kind}: {:?}", found.warnings);
    }
}

#[test]
fn lorentz_matrices_come_apart_in_boost_and_rotation() {
    let mut rng = Rng::new(2, 0);
    for n in 1..=3_usize {
        for _ in 0..50 {
            let eta: Vec<f64> = (0..n).map(|_| 2.0 * rng.normal()).collect();
            let turn = match n {
                1 => Matrix::identity(1),
                2 => Group::Rotation(2).sample(&mut rng, 0.0),
                _ => Group::Rotation(3).sample(&mut rng, 0.0),
            };
            let m = &lorentz::boost(&eta) * &lorentz::rotation(&turn);
            let found = take("boost-rotation", &m);
            assert!(found.residual(&m).unwrap() < 1e-14);
            let size = eta.iter().fold(0.0, |s: f64, v| s.hypot(*v));
            assert!((number(&found, "rapidity") - size).abs() < 1e-13);
            assert!(list(&found, "direction").iter().zip(&eta).all(|(d, e)| (d * size - e).abs() < 1e-13));
            assert!(
                found.factor("rotation").unwrap().max_difference(&lorentz::rotation(&turn))
                    < 1e-14 * size.exp()
            );
            let cosine = [1.0, 1.0, 0.5 * turn.trace(), 0.5 * (turn.trace() - 1.0)][n];
            let angle = number(&found, "angle");
            assert!((angle.cos() - cosine).abs() < 1e-14 * size.exp() && angle.abs() <= PI);
            let found = take("lorentz-kak", &m);
            assert!(found.residual(&m).unwrap() < 1e-14);
            assert!((number(&found, "rapidity").abs() - size).abs() < 1e-13);
            assert_eq!(found.factors.unwrap().len(), 3);
        }
    }
}
