//! The closed forms of the plane, g = [[a, b], [c, d]], as an oracle of its own.

use super::{assert_near, gaussian, take, turn};
use equiscope::maths::Matrix;
use equiscope::maths::decompose::Parameter;
use equiscope::maths::rng::Rng;

/// Random matrices of the plane with determinant of either sign, away from singular and from similar ones.
fn plane() -> Vec<[f64; 4]> {
    let mut rng = Rng::new(77, 0);
    (0..500)
        .map(|_| gaussian(&mut rng, 2))
        .filter(|m| m.determinant().abs() > 0.05)
        .map(|m| [m[(0, 0)], m[(0, 1)], m[(1, 0)], m[(1, 1)]])
        .collect()
}

/// Half sums and differences: singular values Q + W and |Q − W|, det g = Q² − W².
fn halves([a, b, c, d]: [f64; 4]) -> (f64, f64) {
    (((a + d) / 2.0).hypot((c - b) / 2.0), ((a - d) / 2.0).hypot((c + b) / 2.0))
}

fn matrix([a, b, c, d]: [f64; 4]) -> Matrix {
    Matrix::from_rows(&[[a, b], [c, d]])
}

fn number(found: &equiscope::maths::decompose::Decomposition, name: &str) -> f64 {
    match found.parameter(name) {
        Some(Parameter::Number(x)) => *x,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn polar_of_the_plane() {
    for g in plane().into_iter().filter(|[a, b, c, d]| a * d > b * c) {
        let [a, b, c, d] = g;
        let angle = (c - b).atan2(a + d);
        let found = take("polar", &matrix(g));
        assert!((number(&found, "angle") - angle).abs() < 1e-12);
        let stretch = &turn(-angle) * &matrix(g);
        assert_near(found.factor("stretch").unwrap(), &stretch, 1e-12, "polar");
        let left = take("polar-left", &matrix(g));
        assert_near(left.factor("stretch").unwrap(), &(&matrix(g) * &turn(-angle)), 1e-12, "polar-left");
        assert!((stretch.trace() - 2.0 * halves(g).0).abs() < 1e-12);
    }
}

#[test]
fn polar_of_reflections_of_the_plane() {
    // For det < 0 the orthogonal factor is the reflection [[cos m, sin m], [sin m, −cos m]].
    for g in plane().into_iter().filter(|[a, b, c, d]| a * d < b * c) {
        let [a, b, c, d] = g;
        let (s, k) = (c + b).atan2(a - d).sin_cos();
        let reflection = Matrix::from_rows(&[[k, s], [s, -k]]);
        assert_near(take("polar", &matrix(g)).factor("rotation").unwrap(), &reflection, 1e-12, "reflection");
    }
}

#[test]
fn kak_of_the_plane() {
    for g in plane() {
        let [a, b, c, d] = g;
        let (q, w) = halves(g);
        let (p, m) = ((c - b).atan2(a + d), (c + b).atan2(a - d));
        let (mut left, mut right) = (turn((p + m) / 2.0), turn((p - m) / 2.0));
        if right[(0, 0)] < 0.0 {
            (left, right) = (-&left, -&right);
        }
        let found = take("kak", &matrix(g));
        // Both rotations are ill-determined as W or Q vanishes.
        let bound = 1e-13 * (q + w) / q.min(w);
        assert_near(found.factor("stretch").unwrap(), &Matrix::diagonal(&[q + w, q - w]), 1e-13, "kak");
        assert_near(found.factor("left").unwrap(), &left, bound, "left");
        assert_near(found.factor("right").unwrap(), &right, bound, "right");
        assert!((number(&found, "right_angle").cos() - right[(0, 0)]).abs() < bound);
    }
}

#[test]
fn iwasawa_and_gauss_of_the_plane() {
    for g in plane() {
        let [a, b, c, d] = g;
        let det = a * d - b * c;
        let (r, angle, x) = (a.hypot(c), c.atan2(a), (a * b + c * d) / (a * a + c * c));
        let found = take("iwasawa", &matrix(g));
        // A reflection turns the second axis round.
        let k = &turn(angle) * &Matrix::diagonal(&[1.0, det.signum()]);
        let bound = 1e-13 * (1.0 + r * r + b * b + d * d) / det.abs().min(r * r);
        assert_near(found.factor("rotation").unwrap(), &k, bound, "K");
        assert_near(found.factor("stretch").unwrap(), &Matrix::diagonal(&[r, det.abs() / r]), bound, "A");
        assert!((number(&found, "shear") - x).abs() < bound);
        let ldu = take("ldu", &matrix(g));
        let bound = 1e-13 / a.abs().powi(2).min(1.0);
        assert_near(
            ldu.factor("lower").unwrap(),
            &Matrix::from_rows(&[[1.0, 0.0], [c / a, 1.0]]),
            bound,
            "L",
        );
        assert_near(ldu.factor("diagonal").unwrap(), &Matrix::diagonal(&[a, det / a]), bound, "D");
        assert_near(
            ldu.factor("upper").unwrap(),
            &Matrix::from_rows(&[[1.0, b / a], [0.0, 1.0]]),
            bound,
            "U",
        );
    }
}

#[test]
fn bruhat_of_the_plane() {
    // c ≠ 0: [[1, a/c], [0, 1]] [[0, 1], [1, 0]] [[c, d], [0, b − a d / c]].
    for g in plane() {
        let [a, b, c, d] = g;
        let found = take("bruhat", &matrix(g));
        let bound = 1e-13 / c.abs().min(1.0);
        assert_near(
            found.factor("unipotent").unwrap(),
            &Matrix::from_rows(&[[1.0, a / c], [0.0, 1.0]]),
            bound,
            "U",
        );
        let upper = Matrix::from_rows(&[[c, d], [0.0, b - a * d / c]]);
        assert_near(found.factor("upper").unwrap(), &upper, bound, "B");
    }
}

#[test]
fn eigenvalues_of_the_plane() {
    for g in plane() {
        let [a, b, c, d] = g;
        let (half, discriminant) = ((a + d) / 2.0, ((a - d) / 2.0).powi(2) + b * c);
        let root = discriminant.abs().sqrt();
        let found = take("schur", &matrix(g));
        let list = |name: &str| match found.parameter(name) {
            Some(Parameter::List(list)) => list.clone(),
            other => panic!("{name}: {other:?}"),
        };
        let (re, im) = (list("eigenvalues_real"), list("eigenvalues_imaginary"));
        let expected =
            if discriminant > 0.0 { [half + root, 0.0, half - root, 0.0] } else { [half, root, half, -root] };
        let bound = 1e-13 / root.min(1.0);
        for (x, y) in [re[0], im[0], re[1], im[1]].into_iter().zip(expected) {
            assert!((x - y).abs() < bound, "{re:?} {im:?} {expected:?}");
        }
    }
}
