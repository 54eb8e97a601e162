//! Rotations in coordinates: quaternions, axis and angle, Euler angles.

use equiscope::maths::Matrix;
use equiscope::maths::exp::orthogonal;
use equiscope::maths::group::Group;
use equiscope::maths::rng::Rng;
use equiscope::maths::rotation::euler::{self, Frame, Order};
use equiscope::maths::rotation::{AxisAngle, Quaternion, about, check_rotation, nearest};
use std::f64::consts::{FRAC_PI_2, PI};

fn haar(count: usize) -> impl Iterator<Item = Matrix> {
    let mut rng = Rng::new(11, 0);
    (0..count).map(move |_| Group::Rotation(3).sample(&mut rng, 0.0))
}

#[test]
fn quaternions_multiply_as_rotations_do() {
    let all: Vec<Matrix> = haar(100).collect();
    for pair in all.windows(2) {
        let (p, q) = (Quaternion::from_matrix(&pair[0]), Quaternion::from_matrix(&pair[1]));
        assert!(p.w >= 0.0 && q.to_matrix().max_difference(&pair[1]) < 1e-15 * 4.0);
        assert!((p * q).to_matrix().max_difference(&(&pair[0] * &pair[1])) < 4e-15);
        assert!((p * p.conjugate()).to_matrix().max_difference(&Matrix::identity(3)) < 4e-15);
    }
    // x, y, z, w in this order: a quarter turn about z.
    let q = Quaternion::from_axis_angle([0.0, 0.0, 2.0], FRAC_PI_2);
    assert!(
        (q.z - 0.5_f64.sqrt()).abs() < 1e-15
            && (q.w - 0.5_f64.sqrt()).abs() < 1e-15
            && q.x == 0.0
            && q.y == 0.0
    );
    assert!(
        q.to_matrix().max_difference(&Matrix::from_rows(&[
            [0.0, -1.0, 0.0],
            [1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0]
        ])) < 1e-15
    );
}

#[test]
fn every_branch_of_the_quaternion_keeps_all_digits() {
    // Half turns about the axes and near them bring each component to the front.
    for axis in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.6, 0.0, 0.8], [0.48, 0.6, 0.64]] {
        for angle in [0.0, 1e-8, 1.0, PI - 1e-9, PI] {
            let q = Quaternion::from_axis_angle(axis, angle);
            let back = Quaternion::from_matrix(&q.to_matrix());
            for (a, b) in [(q.x, back.x), (q.y, back.y), (q.z, back.z), (q.w, back.w)] {
                assert!((a - b).abs() < 3e-16 * 2.0, "{axis:?} {angle}: {q:?} {back:?}");
            }
        }
    }
}

#[test]
fn axis_and_angle_are_unique_by_convention() {
    for r in haar(500) {
        let AxisAngle { axis, angle } = AxisAngle::from_matrix(&r);
        assert!((0.0..=PI).contains(&angle));
        assert!((axis.iter().map(|v| v * v).sum::<f64>() - 1.0).abs() < 1e-15 * 4.0);
        assert!(AxisAngle { axis, angle }.to_matrix().max_difference(&r) < 4e-15);
        let kept = r.apply(&axis);
        assert!(kept.iter().zip(axis).all(|(a, b)| (a - b).abs() < 4e-15));
        assert!((r.trace() - (1.0 + 2.0 * angle.cos())).abs() < 4e-15);
    }
    let identity = AxisAngle::from_matrix(&Matrix::identity(3));
    assert_eq!((identity.axis, identity.angle), ([0.0, 0.0, 1.0], 0.0));
    for (d, axis) in [([1.0, -1.0, -1.0], [1.0, 0.0, 0.0]), ([-1.0, -1.0, 1.0], [0.0, 0.0, 1.0])] {
        let half = AxisAngle::from_matrix(&Matrix::diagonal(&d));
        assert_eq!((half.axis, half.angle), (axis, PI));
    }
    // Across π the axis jumps: a turn by π + δ is one by π − δ about the opposite axis.
    let before = AxisAngle::from_matrix(&about(0, PI - 1e-9));
    let after = AxisAngle::from_matrix(&about(0, PI + 1e-9));
    assert!(before.axis[0] > 0.999 && after.axis[0] < -0.999);
    assert!(
        (before.angle - (PI - 1e-9)).abs() < 1e-15 * 4.0 && (after.angle - (PI - 1e-9)).abs() < 1e-15 * 4.0
    );
}

#[test]
fn euler_angles_of_every_order_go_back_and_forth() {
    let rotations: Vec<Matrix> = haar(1000).collect();
    assert_eq!(Order::ALL.len(), 12);
    for order in Order::ALL {
        assert_eq!(order.to_string().parse::<Order>().unwrap(), order);
        for frame in [Frame::Intrinsic, Frame::Extrinsic] {
            for r in &rotations {
                let found = euler::from_matrix(order, frame, r);
                let [first, middle, last] = found.angles;
                let range = if order.is_proper() { 0.0..=PI } else { -FRAC_PI_2..=FRAC_PI_2 };
                assert!(range.contains(&middle) && first.abs() <= PI && last.abs() <= PI);
                assert!(!found.is_locked());
                let back = euler::to_matrix(order, frame, found.angles);
                assert!(back.max_difference(r) < 4e-15, "{order} {frame:?}");
            }
        }
    }
    assert!("zzy".parse::<Order>().is_err() && "abc".parse::<Order>().is_err());
}

#[test]
fn euler_angles_themselves_come_back() {
    let angles = [0.4, 0.9, -2.5];
    for order in Order::ALL {
        for frame in [Frame::Intrinsic, Frame::Extrinsic] {
            let found = euler::from_matrix(order, frame, &euler::to_matrix(order, frame, angles));
            for (a, b) in angles.into_iter().zip(found.angles) {
                assert!((a - b).abs() < 1e-15 * 4.0, "{order} {frame:?}: {found:?}");
            }
        }
    }
    // Intrinsic turns about moved axes: z by 90° takes x to y, then about the moved x, which is y.
    let r = euler::to_matrix("zxz".parse().unwrap(), Frame::Intrinsic, [FRAC_PI_2, FRAC_PI_2, 0.0]);
    assert!(r.max_difference(&(&about(2, FRAC_PI_2) * &about(0, FRAC_PI_2))) < 1e-15);
    let fixed = euler::to_matrix("zxz".parse().unwrap(), Frame::Extrinsic, [FRAC_PI_2, FRAC_PI_2, 0.0]);
    assert!(fixed.max_difference(&(&about(0, FRAC_PI_2) * &about(2, FRAC_PI_2))) < 1e-15);
}

#[test]
fn gimbal_lock_gives_the_whole_turn_to_the_first_angle() {
    for order in Order::ALL {
        let ends = if order.is_proper() { [0.0, PI] } else { [-FRAC_PI_2, FRAC_PI_2] };
        for end in ends {
            for (alpha, gamma) in [(0.0, 0.0), (0.7, 0.0), (0.7, -1.9), (3.0, 3.0)] {
                let r = euler::to_matrix(order, Frame::Intrinsic, [alpha, end, gamma]);
                let found = euler::from_matrix(order, Frame::Intrinsic, &r);
                assert!(found.is_locked(), "{order} {end}: {found:?}");
                assert_eq!(found.angles[2], 0.0);
                assert!((found.angles[1] - end).abs() < 1e-15);
                let back = euler::to_matrix(order, Frame::Intrinsic, found.angles);
                assert!(back.max_difference(&r) < 4e-15, "{order} {end} {alpha} {gamma}: {found:?}");
            }
            // Next to the lock single angles lose digits, the rotation does not.
            for off in [1e-3, 1e-8, 1e-12, 1e-15] {
                let inside = if end > 0.0 { end - off } else { end + off };
                let r = euler::to_matrix(order, Frame::Intrinsic, [0.7, inside, -1.9]);
                let found = euler::from_matrix(order, Frame::Intrinsic, &r);
                let back = euler::to_matrix(order, Frame::Intrinsic, found.angles);
                assert!(back.max_difference(&r) < 1e-14, "{order} {end} {off}: {found:?}");
                assert!((found.from_lock - off).abs() < 1e-3 * off + 1e-15);
            }
        }
    }
}

#[test]
fn matrices_that_are_no_rotations_are_named() {
    let why = |m: &Matrix| check_rotation(m, 3).unwrap_err().to_string();
    assert!(why(&Matrix::identity(2)).contains("2 × 2"));
    assert!(why(&Matrix::diagonal(&[1.0, 1.0, 1.1])).contains("not orthogonal"));
    assert!(why(&Matrix::diagonal(&[1.0, 1.0, -1.0])).contains("reflection"));
    let mut m = Matrix::identity(3);
    m[(0, 1)] = f64::NAN;
    assert!(why(&m).contains("not orthogonal"));
    assert!(check_rotation(&orthogonal::exp_so3([1.0, 2.0, 3.0]), 3).is_ok());
}

#[test]
fn the_way_between_two_rotations_is_even_and_the_short_one() {
    let (n, m) = ([0.3, -0.5, 0.8], [-0.6, 0.2, 0.1]);
    let turn = Quaternion::from_axis_angle;
    let about3 = |axis, angle| turn(axis, angle).to_matrix();
    for (a, b) in [(0.4, 2.0), (6.0, 0.2), (3.0, 3.2), (0.0, 5.0)] {
        let (from, to) = (turn(n, a), turn(m, b));
        let at = |t: f64| {
            let (axis, angle) = from.toward(to, t).axis_near(n);
            about3(axis, angle)
        };
        assert!(at(0.0).max_difference(&about3(n, a)) < 1e-12);
        assert!(at(1.0).max_difference(&about3(m, b)) < 1e-12);
        // Every quarter of the way is the same rotation, applied on the right.
        let step = |t: f64| &at(t).transpose() * &at(t + 0.25);
        for t in [0.25, 0.5, 0.75] {
            assert!(step(t).max_difference(&step(0.0)) < 1e-12, "{a} {b} at {t}");
        }
        assert!(step(0.0).trace() >= 1.0 + 2f64.sqrt() - 1e-12, "a quarter turns by more than 45°");
    }
}

#[test]
fn the_nearest_rotation_is_the_polar_factor() {
    let mut rng = Rng::new(5, 0);
    let sides: Vec<Matrix> = haar(200).collect();
    for pair in sides.windows(2) {
        let [s, t] = [rng.uniform(), rng.uniform()].map(|u| 10f64.powf(-2.9 * u));
        let m = &(&pair[0] * &Matrix::diagonal(&[1.0, s, t])) * &pair[1];
        let wanted = &pair[0] * &pair[1];
        let error = (&nearest(&m.scaled(1e30)).unwrap() - &wanted).frobenius();
        let most = 8.0 * f64::EPSILON * m.frobenius().powi(3) / (s * t);
        assert!(error < most, "{s} {t}: {error:e}, at most {most:e}");
        assert!(nearest(&(-&m)).is_none(), "a reflection");
    }
    for m in [Matrix::zeros(3, 3), Matrix::diagonal(&[1.0, 1.0, 1e-7]), Matrix::identity(3).scaled(f64::NAN)]
    {
        assert!(nearest(&m).is_none(), "{m:?}");
    }
}
