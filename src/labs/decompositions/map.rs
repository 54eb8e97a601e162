//! The map of SL(2, R): every element is a rotation by p after a symmetric stretch by e^{±t}; around stands p, outward
//! stands t. The direction of the stretch is left out, so a point of the map stands for a circle of elements.

use crate::maths::exp::reach::edge;
use std::f64::consts::TAU;

/// Radius of the circle of pure rotations, in points of the reference picture.
pub const INNER: f64 = 48.0;
/// Radius of the rim.
pub const OUTER: f64 = 151.2;
/// Log-stretch at the rim of the smallest map.
pub const SMALLEST: f64 = 1.72;

/// How the map is laid out: log-stretch at its rim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Map {
    /// t at the rim.
    pub reach: f64,
}

impl Map {
    /// The smallest map in steps of two that shows a stretch by e^{±t}.
    pub fn showing(t: f64) -> Self {
        let mut reach = SMALLEST;
        while t > reach && reach < 1e3 {
            reach *= 2.0;
        }
        Self { reach }
    }

    /// Distance from the centre.
    pub fn radius(self, t: f64) -> f64 {
        INNER + (OUTER - INNER) * t / self.reach
    }

    /// Point of the map (x right, y up) of turn p and log-stretch t ≥ 0.
    pub fn point(self, p: f64, t: f64) -> [f64; 2] {
        let r = self.radius(t);
        [r * p.cos(), r * p.sin()]
    }

    /// Turn and log-stretch at a point: inside the inner circle t = 0, beyond the rim the rim's.
    pub fn at(self, [x, y]: [f64; 2]) -> (f64, f64) {
        let t = (x.hypot(y) - INNER) / (OUTER - INNER) * self.reach;
        (y.atan2(x), t.clamp(0.0, self.reach))
    }
}

/// The shaded part as a strip: for log-stretches from 0 to `reach`, points of equal t from one edge to the other.
pub fn unreached(map: Map, rings: usize, columns: usize) -> Vec<Vec<[f64; 2]>> {
    (0..=rings).map(|i| map.reach * i as f64 / rings as f64).map(|t| ring(map, t, columns)).collect()
}

/// The part of the circle of equal t that exp does not reach: R(p) exp(S) with tr g = 2 cosh t cos p < −2.
pub fn ring(map: Map, t: f64, columns: usize) -> Vec<[f64; 2]> {
    let from = edge(t);
    (0..=columns)
        .map(|j| from + (TAU - 2.0 * from) * j as f64 / columns as f64)
        .map(|p| map.point(p, t))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_smallest_map_that_shows_it() {
        assert_eq!(Map::showing(0.5).reach, SMALLEST);
        assert_eq!(Map::showing(2.0).reach, 2.0 * SMALLEST);
        assert!(Map::showing(f64::INFINITY).reach.is_finite());
    }

    proptest! {
        #[test]
        fn there_and_back(p in -3.1f64..3.1, t in 0.0f64..3.0) {
            let map = Map::showing(t);
            let (q, s) = map.at(map.point(p, t));
            prop_assert!((p - q).abs() < 1e-12 && (s - t).abs() < 1e-12);
            let [x, y] = map.point(p, t);
            let [u, v] = map.point(q, s);
            prop_assert!((x - u).hypot(y - v) < 1e-9);
        }
    }
}
