//! Plates of Minkowski space, time up: the light cone stays, the grid is carried.

use super::plate::{notch_color, rim_notch};
use super::{Pen, View, shapes};
use crate::maths::Matrix;
use crate::ui::theme::Theme;
use eframe::egui::{Pos2, Stroke};
use std::f64::consts::{PI, TAU};

type V3 = [f64; 3];

/// Spacing of the grid in radii.
const STEP: f64 = 0.25;

/// The plate of R^{1,1}: future half tinted, lines of equal time and equal place carried by m, hyperbolas
/// ⟨v, v⟩ = ±¼ and the dashed light cone where they always are. The notch stands on the carried time axis.
pub fn diagram(pen: &mut Pen, theme: &Theme, view: &View, m: &Matrix, carried: bool) {
    let (c, r) = (view.centre, view.radius);
    pen.disc(c, r, theme.surf);
    let image = |v: &[f64]| {
        let w = m.apply(v);
        [w[1], w[0], 0.0]
    };
    let (time, space) = (image(&[1.0, 0.0]), image(&[0.0, 1.0]));
    let from = space[1].atan2(space[0]);
    pen.area(&shapes::arc(c, r, from, from + PI), theme.half);
    plane_grid(pen, theme, view, time, space);
    hyperbolas(pen, theme, view);
    for s in [-1.0, 1.0] {
        let d = std::f64::consts::FRAC_1_SQRT_2;
        let line = [view.at([-d * s, -d, 0.0]), view.at([d * s, d, 0.0])];
        pen.dashed(&line, Stroke::new(1.25, theme.ink4), 5.0, 4.0);
    }
    pen.ring(c, r, Stroke::new(1.0, theme.axis));
    rim_notch(pen, c, time[1].atan2(time[0]), r, notch_color(theme, carried));
}

/// Lines k·p + s·q and k·q + s·p inside the unit ball, the two axes stronger.
fn plane_grid(pen: &mut Pen, theme: &Theme, view: &View, p: V3, q: V3) {
    for k in (-24..=24).filter(|k| *k != 0).chain([0]) {
        let stroke = Stroke::new(1.0, if k == 0 { theme.axis } else { theme.grid });
        for (a, d) in [(p, q), (q, p)] {
            let a = a.map(|v| v * f64::from(k) * STEP);
            if let Some([u, v]) = chord(a, d) {
                pen.segment([view.at(u), view.at(v)], stroke);
            }
        }
    }
}

/// Where the line a + s d meets the unit sphere.
fn chord(a: V3, d: V3) -> Option<[V3; 2]> {
    let dot = |u: V3, v: V3| u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
    let (dd, ad, aa) = (dot(d, d), dot(a, d), dot(a, a) - 1.0);
    let disc = ad * ad - dd * aa;
    (dd > 1e-12 && disc > 1e-4 * dd).then(|| {
        [-1.0, 1.0].map(|s| {
            let t = (-ad + s * disc.sqrt()) / dd;
            [0, 1, 2].map(|i| a[i] + d[i] * t)
        })
    })
}

/// The four branches of ⟨v, v⟩ = ±¼, in radii: every boost slides along them.
fn hyperbolas(pen: &mut Pen, theme: &Theme, view: &View) {
    let h = 0.5;
    // cosh 2t = 4: the branch meets the rim.
    let end = 0.5 * 4.0f64.acosh();
    for (up, sign) in [(true, 1.0), (true, -1.0), (false, 1.0), (false, -1.0)] {
        let points: Vec<Pos2> = (0..=32)
            .map(|i| (f64::from(i) / 16.0 - 1.0) * end)
            .map(|t| {
                let (along, across) = (h * t.cosh() * sign, h * t.sinh());
                view.at(if up { [across, along, 0.0] } else { [along, across, 0.0] })
            })
            .collect();
        pen.line(&points, Stroke::new(1.0, theme.axis));
    }
}

/// The plate of R^{1,2}: the ball of the window, the light cone dashed, and the plane of equal time carried by m, one
/// half of it tinted, with its grid; the carried time axis pierces it.
pub fn cone(pen: &mut Pen, theme: &Theme, view: &View, m: &Matrix, carried: bool) {
    let (c, r) = (view.centre, view.radius);
    pen.disc(c, r, theme.surf);
    let image = |v: &[f64]| view.space.place(&m.apply(v));
    let (time, p, q) = (image(&[1.0, 0.0, 0.0]), image(&[0.0, 1.0, 0.0]), image(&[0.0, 0.0, 1.0]));
    let [sheet, half] = [TAU, PI].map(|to| plane_circle(p, q, shapes::chords(r, to), to));
    let at = |v: &[V3]| -> Vec<Pos2> { v.iter().map(|p| view.at(*p)).collect() };
    let stamp = |pen: &mut Pen, sign: f64| {
        let middle = View { centre: Pos2::ZERO, ..*view };
        pen.stamp(("light cone", theme.dark, sign > 0.0, view.key()), c, |pen| {
            light_cone(pen, theme, &middle, sign);
        });
    };
    stamp(pen, -1.0);
    pen.area(&at(&sheet), theme.surf);
    pen.area(&at(&half), theme.half);
    plane_grid(pen, theme, view, p, q);
    pen.outline(&at(&sheet), Stroke::new(1.0, theme.axis));
    stamp(pen, 1.0);
    if let Some([_, top]) = chord([0.0; 3], time) {
        pen.segment([c, view.at(top)], Stroke::new(1.0, theme.ink4));
        let tip = view.at(top);
        pen.spot(tip, 4.0, notch_color(theme, carried));
    }
    pen.ring(c, r, Stroke::new(1.0, theme.axis));
}

/// The unit circle of the plane through p and q, from p toward q, up to an angle, in n chords.
fn plane_circle(p: V3, q: V3, n: usize, to: f64) -> Vec<V3> {
    let norm = |v: V3| {
        let l = v.iter().map(|c| c * c).sum::<f64>().sqrt().max(1e-12);
        v.map(|c| c / l)
    };
    let u = norm(p);
    let d = u[0] * q[0] + u[1] * q[1] + u[2] * q[2];
    let w = norm([0, 1, 2].map(|i| q[i] - d * u[i]));
    shapes::circle(0.0, to, n).map(|[k, s]| [0, 1, 2].map(|i| u[i] * k + w[i] * s)).collect()
}

/// Future (+1) or past (−1) light cone up to the window: its circle, and its two edges as the eye sees them.
fn light_cone(pen: &mut Pen, theme: &Theme, view: &View, sign: f64) {
    let h = std::f64::consts::FRAC_1_SQRT_2;
    let stroke = Stroke::new(1.25, theme.ink4);
    let circle: Vec<Pos2> = shapes::circle(0.0, TAU, shapes::chords(view.radius, TAU))
        .map(|[k, s]| view.at([h * k, h * s, h * sign]))
        .collect();
    pen.dashed(&circle, stroke, 5.0, 4.0);
    // The surface is seen edge-on where its normal (cos a, sin a, ∓1) is perpendicular to the direction of the eye.
    let eye = view.camera.rows()[2];
    let flat = eye[0].hypot(eye[1]);
    let cosine = sign * eye[2] / flat.max(1e-9);
    if cosine.abs() < 1.0 {
        let middle = eye[1].atan2(eye[0]);
        for side in [-1.0, 1.0] {
            let a = middle + side * cosine.acos();
            let edge = view.at([h * a.cos(), h * a.sin(), h * sign]);
            pen.dashed(&[view.centre, edge], stroke, 5.0, 4.0);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_chord_ends_on_the_sphere() {
        let ends = chord([0.1, 0.2, -0.3], [0.4, -0.2, 1.0]).unwrap();
        for e in ends {
            let l: f64 = e.iter().map(|v| v * v).sum();
            assert!((l - 1.0).abs() < 1e-12, "{l}");
        }
        assert!(chord([0.0, 1.5, 0.0], [1.0, 0.0, 0.0]).is_none());
    }
}
