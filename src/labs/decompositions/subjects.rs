//! The points that may be printed: on a sheet, in a box, in Minkowski space.

use crate::maths::rng::Rng;
use std::f64::consts::TAU;
use std::sync::LazyLock;

/// The points of a sheet: two arms of a spiral, one of them short, and a knot.
pub fn sheet() -> &'static [[f64; 2]] {
    static CLOUD: LazyLock<Vec<[f64; 2]>> = LazyLock::new(|| {
        let mut rng = Rng::new(11, 0);
        let mut blur = |[x, y]: [f64; 2], s: f64| [x + s * rng.normal(), y + s * rng.normal()];
        let arm = |r: f64, a: f64| [r * a.cos(), r * a.sin()];
        let mut points: Vec<[f64; 2]> = (0..90)
            .map(|i| f64::from(i) / 90.0)
            .map(|t| blur(arm(0.12 + 0.72 * t, 0.4 + 4.4 * t), 0.03))
            .collect();
        points.extend(
            (0..45).map(|i| f64::from(i) / 90.0).map(|t| blur(arm(0.12 + 0.72 * t, 3.5 + 4.4 * t), 0.03)),
        );
        points.extend((0..25).map(|_| blur([0.45, -0.55], 0.06)));
        points
    });
    &CLOUD
}

/// The points of a box [−1, 1]³: a knotted line, thicker at one end, that no symmetry of the box keeps.
pub fn solid() -> &'static [[f64; 3]] {
    static CLOUD: LazyLock<Vec<[f64; 3]>> = LazyLock::new(|| {
        let mut rng = Rng::new(12, 0);
        (0..200)
            .map(|i| f64::from(i) / 200.0)
            .map(|t| {
                let (a, b) = (TAU * t * 0.92, 0.02 + 0.05 * t);
                // A trefoil.
                let p = [a.sin() + 2.0 * (2.0 * a).sin(), a.cos() - 2.0 * (2.0 * a).cos(), -(3.0 * a).sin()];
                [0.27 * p[0], 0.27 * p[1], 0.7 * p[2]].map(|v| v + b * rng.normal())
            })
            .collect()
    });
    &CLOUD
}

/// Events as time and three places: the ticks of a clock on a spiral, of a clock at rest, and of two that leave one
/// another.
pub fn events() -> &'static [[f64; 4]] {
    static EVENTS: LazyLock<Vec<[f64; 4]>> = LazyLock::new(|| {
        let ticks = |n: i32| (-n..=n).map(move |k| 0.62 * f64::from(k) / f64::from(n));
        let mut events: Vec<[f64; 4]> =
            ticks(22).map(|t| [t, 0.17 * (11.0 * t).cos(), 0.17 * (11.0 * t).sin(), 0.1 * t]).collect();
        events.extend(ticks(5).map(|t| [t, 0.0, 0.0, 0.0]));
        events.extend(
            ticks(6)
                .filter(|t| *t >= 0.0)
                .flat_map(|t| [[t, 0.55 * t, 0.25 * t, 0.1 * t], [t, -0.35 * t, 0.5 * t, -0.2 * t]]),
        );
        events
    });
    &EVENTS
}
