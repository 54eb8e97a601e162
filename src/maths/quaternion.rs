//! Rotations of R³ as unit quaternions (w, x, y, z): to multiply turns that are given by axis and angle, and to go from
//! one to another.

use std::f64::consts::{PI, TAU};

/// (w, x, y, z) of the turn about a unit axis.
pub fn quaternion(n: [f64; 3], angle: f64) -> [f64; 4] {
    let (s, c) = (angle / 2.0).sin_cos();
    [c, n[0] * s, n[1] * s, n[2] * s]
}

/// Hamilton's product: first b, then a.
pub fn product(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [
        a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
        a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
        a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
        a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
    ]
}

/// Axis and angle of a unit quaternion, the axis on the side of `near`; `near` itself where there is no turn.
pub fn axis_angle(q: [f64; 4], near: [f64; 3]) -> ([f64; 3], f64) {
    let s = (q[1] * q[1] + q[2] * q[2] + q[3] * q[3]).sqrt();
    if s < 1e-9 {
        return (near, 0.0);
    }
    let n = [q[1] / s, q[2] / s, q[3] / s];
    let angle = 2.0 * s.atan2(q[0]);
    let side = n[0] * near[0] + n[1] * near[1] + n[2] * near[2];
    if side < 0.0 { (n.map(|v| -v), TAU - angle) } else { (n, angle) }
}

/// The unit quaternion at `t` in [0, 1] on the shortest way from a to b, a · exp(t log(a⁻¹ b)).
pub fn between(a: [f64; 4], b: [f64; 4], t: f64) -> [f64; 4] {
    let mut way = product([a[0], -a[1], -a[2], -a[3]], b);
    // q and −q are one rotation; the one with w ≥ 0 turns by no more than π.
    if way[0] < 0.0 {
        way = way.map(|v| -v);
    }
    let (n, angle) = axis_angle(way, [0.0, 0.0, 1.0]);
    let angle = if angle > PI { angle - TAU } else { angle };
    product(a, quaternion(n, t * angle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::Coords;
    use crate::maths::group::rotation3;

    #[test]
    fn products_are_those_of_the_rotations() {
        let n = Coords { axis: [0.3, -0.5, 0.8], ..Coords::default() }.unit_axis();
        let t = Coords { axis: [-0.2, 0.9, 0.1], ..Coords::default() }.unit_axis();
        for angle in [0.4, 2.0, 5.5] {
            let (axis, a) = axis_angle(product(quaternion(t, 0.7), quaternion(n, angle)), n);
            let want = &rotation3(t, 0.7) * &rotation3(n, angle);
            assert!(want.max_difference(&rotation3(axis, a)) < 1e-12);
        }
    }

    #[test]
    fn the_way_between_two_turns_is_even_and_the_short_one() {
        let n = Coords { axis: [0.3, -0.5, 0.8], ..Coords::default() }.unit_axis();
        let m = Coords { axis: [-0.6, 0.2, 0.1], ..Coords::default() }.unit_axis();
        for (a, b) in [(0.4, 2.0), (6.0, 0.2), (3.0, 3.2), (0.0, 5.0)] {
            let (from, to) = (quaternion(n, a), quaternion(m, b));
            let at = |t: f64| {
                let (axis, angle) = axis_angle(between(from, to, t), n);
                rotation3(axis, angle)
            };
            assert!(at(0.0).max_difference(&rotation3(n, a)) < 1e-12);
            assert!(at(1.0).max_difference(&rotation3(m, b)) < 1e-12);
            // Every quarter of the way is the same rotation, applied on the right.
            let step = |t: f64| &at(t).transpose() * &at(t + 0.25);
            for t in [0.25, 0.5, 0.75] {
                assert!(step(t).max_difference(&step(0.0)) < 1e-12, "{a} {b} at {t}");
            }
            assert!(step(0.0).trace() >= 1.0 + 2f64.sqrt() - 1e-12, "a quarter turns by more than 45°");
        }
    }
}
