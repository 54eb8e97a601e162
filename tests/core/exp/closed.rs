//! Closed forms against the general algorithms, and where those lose digits.

use super::{conjugated, gaussian, relative, rotation};
use equiscope::maths::Matrix;
use equiscope::maths::exp::{ExpError, euclid, exp, log, orthogonal, pade, plane, symmetric};
use equiscope::maths::rng::Rng;
use std::f64::consts::PI;

fn vector(rng: &mut Rng, size: f64) -> [f64; 3] {
    let v = [rng.normal(), rng.normal(), rng.normal()];
    let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    v.map(|x| x * size / length)
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn rotations_of_the_plane_go_back_and_forth() {
    for k in -31..=31 {
        let t = 0.1 * f64::from(k);
        let r = plane::exp_so2(t);
        assert!((plane::log_so2(&r) - t).abs() < 1e-15 * 4.0);
        assert!(r.max_difference(&exp(&plane::turn_generator().scaled(t)).unwrap()) < 1e-15);
    }
    assert_eq!(plane::log_so2(&Matrix::from_rows(&[[-1.0, 0.0], [-0.0, -1.0]])), PI);
    assert_eq!(plane::log_so2(&Matrix::from_rows(&[[-1.0, 0.0], [0.0, -1.0]])), PI);
}

#[test]
fn rotation_vectors_go_back_and_forth_up_to_a_half_turn() {
    let mut rng = Rng::new(1, 0);
    for angle in [0.0, 1e-300, 1e-12, 1e-9, 1e-4, 0.1, 1.0, 3.0, PI - 1e-3, PI - 1e-6, PI - 1e-9, PI - 1e-12]
    {
        for _ in 0..100 {
            let w = vector(&mut rng, angle);
            let r = orthogonal::exp_so3(w);
            assert!(r.max_difference(&pade::exp(&orthogonal::hat(w)).unwrap()) < 4e-15, "{angle}");
            let back = orthogonal::log_so3(&r);
            assert!(
                distance(back, w) < 2e-15 * angle.max(1e-3) + 1e-15 * f64::from(u8::from(angle > 1e-3)),
                "{angle}: {back:?} {w:?}"
            );
        }
    }
}

#[test]
fn the_half_turn_has_the_last_component_of_its_axis_positive() {
    let mut rng = Rng::new(2, 0);
    for _ in 0..200 {
        let w = vector(&mut rng, PI);
        // The rotation matrix 2nnᵀ − 1, the same for n and −n, without any sine.
        let r = Matrix::from_fn(3, 3, |i, j| 2.0 * w[i] * w[j] / (PI * PI) - f64::from(u8::from(i == j)));
        let back = orthogonal::log_so3(&r);
        let expected = w.map(|v| v * w[2].signum());
        assert!(distance(back, expected) < 1e-14, "{back:?} {expected:?}");
        // The general logarithm makes the same choice.
        let x = log(&r).unwrap().matrix.unwrap();
        assert!(distance(orthogonal::vee(&x), expected) < 1e-13);
    }
    assert_eq!(orthogonal::log_so3(&Matrix::diagonal(&[1.0, -1.0, -1.0])), [PI, 0.0, 0.0]);
    assert_eq!(orthogonal::log_so3(&Matrix::diagonal(&[-1.0, 1.0, -1.0])), [0.0, PI, 0.0]);
}

#[test]
fn hat_and_vee_are_inverse_and_give_the_cross_product() {
    let (a, b) = ([1.0, -2.0, 0.5], [0.3, 4.0, -1.0]);
    assert_eq!(orthogonal::vee(&orthogonal::hat(a)), a);
    let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    assert_eq!(orthogonal::hat(a).apply(&b), cross);
}

#[test]
fn four_dimensional_rotations_go_back_and_forth() {
    let mut rng = Rng::new(3, 0);
    for scale in [1e-9, 1e-3, 0.5, 1.0] {
        for _ in 0..100 {
            let x = gaussian(&mut rng, 4, scale);
            let x = &x - &x.transpose();
            let r = orthogonal::exp_so4(&x);
            assert!(r.max_difference(&pade::exp(&x).unwrap()) < 2e-15 * x.frobenius().max(2.0));
            let back = orthogonal::log_so4(&r);
            assert!(orthogonal::exp_so4(&back).max_difference(&r) < 1e-14);
            assert!(back.operator_norm() < PI + 1e-12);
            if x.operator_norm() < PI {
                assert!((&back - &x).frobenius() < 1e-14 * x.frobenius().max(1.0), "{scale}: {back:?} {x:?}");
            }
        }
    }
    // −1, isoclinic turns, one plane turned by π, and next to it.
    let q = rotation(&mut rng, 4);
    let j = plane::turn_generator();
    for (a, b) in [(PI, PI), (PI, 0.0), (PI, 1.0), (PI - 1e-9, 0.0), (2.0, 2.0), (2.0, -2.0), (0.0, 0.0)] {
        let r = conjugated(&q, &Matrix::direct_sum(&[&plane::exp_so2(a), &plane::exp_so2(b)]));
        let back = orthogonal::log_so4(&r);
        assert!(orthogonal::exp_so4(&back).max_difference(&r) < 1e-14, "{a} {b}");
        let expected = conjugated(&q, &Matrix::direct_sum(&[&j.scaled(a), &j.scaled(b)]));
        assert!((back.frobenius() - expected.frobenius()).abs() < 1e-13, "{a} {b}");
    }
}

#[test]
fn symmetric_matrices_and_positive_ones_correspond() {
    let mut rng = Rng::new(4, 0);
    for n in 1..6 {
        for _ in 0..40 {
            let x = gaussian(&mut rng, n, 1.0);
            let s = &x + &x.transpose();
            let p = symmetric::exp(&s).unwrap();
            assert_eq!(p, p.transpose());
            assert!(relative(&p, &pade::exp(&s).unwrap()) < 1e-13 * s.frobenius().max(1.0));
            let back = symmetric::log(&p).unwrap().unwrap();
            let condition = p.operator_norm() * symmetric::exp(&-&s).unwrap().operator_norm();
            assert!((&back - &s).frobenius() < 1e-15 * 10.0 * condition, "{n}: condition {condition:e}");
            let root = symmetric::square_root(&p).unwrap().unwrap();
            assert!(relative(&(&root * &root), &p) < 1e-14);
            assert!(relative(&root, &symmetric::exp(&s.scaled(0.5)).unwrap()) < 1e-14 * condition.sqrt());
        }
    }
    assert_eq!(symmetric::log(&Matrix::diagonal(&[1.0, -1.0])).unwrap(), None);
    assert_eq!(symmetric::log(&Matrix::from_rows(&[[1.0, 1.0], [1.0, 1.0]])).unwrap(), None);
    assert_eq!(symmetric::square_root(&Matrix::zeros(3, 3)).unwrap(), None);
    assert_eq!(symmetric::exp(&Matrix::diagonal(&[1.0, 800.0])), Err(ExpError::Overflow));
}

#[test]
fn symmetric_matrices_of_the_plane_have_closed_forms() {
    let mut rng = Rng::new(5, 0);
    for size in [1e-9, 1e-3, 1.0, 5.0] {
        for _ in 0..100 {
            let [x, b, z] = [0; 3].map(|_| size * rng.normal());
            let p = symmetric::exp2(x, b, z);
            let s = Matrix::from_rows(&[[x, b], [b, z]]);
            assert!(relative(&p, &symmetric::exp(&s).unwrap()) < 1e-14 * size.max(1.0));
            let back = symmetric::log2(p[(0, 0)], p[(0, 1)], p[(1, 1)]).unwrap();
            let condition = (2.0 * ((0.5 * (x - z)).hypot(b))).exp();
            assert!((&back - &s).frobenius() < 1e-15 * condition.max(10.0), "{s:?}: {back:?}");
            let root = symmetric::square_root2(p[(0, 0)], p[(0, 1)], p[(1, 1)]).unwrap();
            assert!(relative(&(&root * &root), &p) < 4e-15);
        }
    }
    assert_eq!(symmetric::log2(-1.0, 0.0, -2.0), None);
    assert_eq!(symmetric::log2(1.0, 1.0, 1.0), None);
    assert_eq!(symmetric::square_root2(1.0, 2.0, 1.0), None);
    let tiny = symmetric::square_root2(1e-300, 0.0, 4e-300).unwrap();
    assert!(relative(&tiny, &Matrix::diagonal(&[1e-150, 2e-150])) < 1e-15);
}

#[test]
fn rigid_motions_of_the_plane_agree_with_the_general_exponential() {
    let mut rng = Rng::new(6, 0);
    for theta in [0.0, 1e-12, 1e-5, 0.29, 0.31, 1.0, 3.0, PI - 1e-9, PI] {
        for sign in [1.0, -1.0] {
            let (theta, u) = (sign * theta, [rng.normal(), rng.normal()]);
            let g = euclid::exp_se2(theta, u);
            let x = Matrix::from_rows(&[[0.0, -theta, u[0]], [theta, 0.0, u[1]], [0.0, 0.0, 0.0]]);
            assert!(g.max_difference(&pade::exp(&x).unwrap()) < 5e-15, "{theta}");
            let (angle, back) = euclid::log_se2(&g);
            let half_turn = theta.abs() == PI;
            assert!((angle - if half_turn { PI } else { theta }).abs() < 1e-15 * 4.0, "{theta} {angle}");
            // exp of the logarithm is the motion, also at π where the sign of the angle is a choice.
            assert!(euclid::exp_se2(angle, back).max_difference(&g) < 5e-15);
            if !half_turn {
                assert!((back[0] - u[0]).hypot(back[1] - u[1]) < 1e-14, "{theta}: {back:?} {u:?}");
            }
        }
    }
}

#[test]
fn rigid_motions_of_space_agree_with_the_general_exponential() {
    let mut rng = Rng::new(7, 0);
    for angle in [0.0, 1e-12, 1e-5, 0.299, 0.301, 1.0, 3.0, PI - 1e-6, PI - 1e-9] {
        for _ in 0..40 {
            let (w, u) = (vector(&mut rng, angle), vector(&mut rng, 2.0));
            let g = euclid::exp_se3(w, u);
            let mut x = Matrix::zeros(4, 4);
            x.set_block(0, 0, &orthogonal::hat(w));
            (0..3).for_each(|i| x[(i, 3)] = u[i]);
            assert!(g.max_difference(&pade::exp(&x).unwrap()) < 1e-14, "{angle}");
            let (w2, u2) = euclid::log_se3(&g);
            assert!(distance(w, w2) < 5e-15 && distance(u, u2) < 2e-14, "{angle}: {u:?} {u2:?}");
        }
    }
    // A screw by exactly π: along the axis the shift is the velocity.
    let mut g = Matrix::diagonal(&[-1.0, -1.0, 1.0, 1.0]);
    g[(2, 3)] = 3.0;
    let (w, u) = euclid::log_se3(&g);
    assert!(distance(w, [0.0, 0.0, PI]) < 1e-15 && distance(u, [0.0, 0.0, 3.0]) < 1e-15);
}
