//! Plates: things that g carries. The disc of R² lives here, the others in [`super::ball`] and [`super::minkowski`].

use super::{Pen, Space, View, ball, minkowski, shapes};
use crate::maths::Matrix;
use crate::ui::theme::Theme;
use eframe::egui::{Color32, Painter, Pos2, Stroke, pos2, vec2};
use std::f64::consts::{PI, TAU};

/// Grid lines between the centre and the rim.
const GRID: i32 = 4;

/// A plate under the action of m; `carried` paints its notch as belonging to g.
pub fn plate(painter: &Painter, theme: &Theme, view: &View, m: &Matrix, carried: bool) {
    Pen::draw(painter, |pen| match view.space {
        Space::Plane => disc(pen, theme, view, m, carried),
        Space::Ball => ball::ball(pen, theme, view, m, carried),
        Space::Minkowski2 => minkowski::diagram(pen, theme, view, m, carried),
        Space::Minkowski3 => minkowski::cone(pen, theme, view, m, carried),
    });
}

/// The plate of invariants: g does nothing to them, so nothing of it turns. A base line for the bars.
pub fn scalar_plate(painter: &Painter, theme: &Theme, view: &View) {
    let (c, r) = (view.centre, view.radius);
    Pen::draw(painter, |pen| {
        pen.disc(c, r, theme.surf);
        for k in 1 - GRID..GRID {
            let y = r * k as f32 / GRID as f32;
            let h = (r * r - y * y).sqrt();
            let color = if k == 0 { theme.axis } else { theme.grid };
            pen.segment([pos2(c.x - h, c.y + y), pos2(c.x + h, c.y + y)], Stroke::new(1.0, color));
        }
        pen.ring(c, r, Stroke::new(1.0, theme.axis));
    });
}

/// The colour of a plate's notch.
pub fn notch_color(theme: &Theme, carried: bool) -> Color32 {
    if carried { theme.g } else { theme.ink3 }
}

/// The disc of R²: one half tinted, a grid and a notch, all carried by m. A stretch makes it an ellipse; what leaves
/// the window of the plate is cut at its rim.
fn disc(pen: &mut Pen, theme: &Theme, view: &View, m: &Matrix, carried: bool) {
    let Some(inverse) = m.inverse() else { return };
    let rigid = is_rigid(m);
    let (c, r) = (view.centre, view.radius);
    let rim = |from: f64, to: f64| -> Vec<Pos2> {
        shapes::circle(from, to, shapes::chords(r, to - from))
            .map(|[x, y]| (rim_radius(&inverse, [x, y]), x, y))
            .map(|(rim, x, y)| c + vec2((rim * x) as f32, (-rim * y) as f32) * r)
            .collect()
    };
    if rigid {
        pen.disc(c, r, theme.surf);
    } else {
        pen.ring(c, r, Stroke::new(1.0, theme.grid));
        pen.area(&rim(0.0, TAU), theme.surf);
    }
    // The tinted half lies above the carried first axis; a reflection puts it on the other side.
    let from = m[(1, 0)].atan2(m[(0, 0)]);
    let side = m.determinant().signum();
    pen.area(&rim(from, from + PI * side), theme.half);
    grid(pen, theme, view, m);
    if rigid {
        pen.ring(c, r, Stroke::new(1.0, theme.axis));
    } else {
        let mut whole = rim(0.0, TAU);
        whole.pop();
        pen.outline(&whole, Stroke::new(1.0, theme.axis));
    }
    notch(pen, view, m, &inverse, notch_color(theme, carried));
}

/// Whether m keeps lengths, so that the plate stays a circle.
fn is_rigid(m: &Matrix) -> bool {
    (&m.transpose() * m).max_difference(&Matrix::identity(2)) < 1e-6
}

/// Distance of the rim in a direction, in radii: the carried unit circle, cut at the window.
fn rim_radius(inverse: &Matrix, direction: [f64; 2]) -> f64 {
    let v = inverse.apply(&direction);
    (1.0 / v[0].hypot(v[1])).min(1.0)
}

fn grid(pen: &mut Pen, theme: &Theme, view: &View, m: &Matrix) {
    for k in (1 - GRID..GRID).filter(|k| *k != 0).chain([0]) {
        let s = f64::from(k) / f64::from(GRID);
        let h = (1.0 - s * s).sqrt();
        let stroke = Stroke::new(1.0, if k == 0 { theme.axis } else { theme.grid });
        for [a, b] in [[[s, -h], [s, h]], [[-h, s], [h, s]]] {
            let (a, b) = (m.apply(&a), m.apply(&b));
            if let Some((a, b)) = clip_to_unit([a[0], a[1]], [b[0], b[1]]) {
                let p = |v: [f64; 2]| view.at([v[0], v[1], 0.0]);
                pen.segment([p(a), p(b)], stroke);
            }
        }
    }
}

/// The part of a segment inside the unit disc.
pub fn clip_to_unit(a: [f64; 2], b: [f64; 2]) -> Option<([f64; 2], [f64; 2])> {
    let d = [b[0] - a[0], b[1] - a[1]];
    let (dd, ad, aa) =
        (d[0] * d[0] + d[1] * d[1], a[0] * d[0] + a[1] * d[1], a[0] * a[0] + a[1] * a[1] - 1.0 - 1e-9);
    let root = (ad * ad - dd * aa).max(0.0).sqrt();
    if dd < 1e-12 || ad * ad < dd * aa {
        return None;
    }
    let (lo, hi) = (((-ad - root) / dd).max(0.0), ((-ad + root) / dd).min(1.0));
    let at = |t: f64| [a[0] + d[0] * t, a[1] + d[1] * t];
    (lo < hi).then(|| (at(lo), at(hi)))
}

/// A triangle inside the rim at the carried first axis, pointing outward.
fn notch(pen: &mut Pen, view: &View, m: &Matrix, inverse: &Matrix, color: Color32) {
    let a = m[(1, 0)].atan2(m[(0, 0)]);
    let r = rim_radius(inverse, [a.cos(), a.sin()]) as f32 * view.radius;
    rim_notch(pen, view.centre, a, r, color);
}

/// A triangle of 9 × 10 points that touches the circle of radius r from inside at angle a.
pub fn rim_notch(pen: &mut Pen, c: Pos2, a: f64, r: f32, color: Color32) {
    let tip = shapes::polar(c, r - 1.0, a);
    let base = shapes::polar(c, r - 10.0, a);
    let n = (shapes::polar(c, 1.0, a + PI / 2.0) - c) * 5.0;
    pen.fill(&[tip, base + n, base - n], color);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn chords_end_on_the_rim() {
        let (a, b) = clip_to_unit([-3.0, 0.6], [3.0, 0.6]).unwrap();
        assert!((a[0] + 0.8).abs() < 1e-6 && (b[0] - 0.8).abs() < 1e-6);
        assert!(clip_to_unit([-3.0, 1.2], [3.0, 1.2]).is_none());
        assert!(clip_to_unit([2.0, 0.0], [3.0, 0.0]).is_none());
        let (a, b) = clip_to_unit([0.1, 0.0], [0.2, 0.0]).unwrap();
        assert!((a[0] - 0.1).abs() < 1e-9 && (b[0] - 0.2).abs() < 1e-9);
    }

    #[test]
    fn a_stretched_plate_ends_at_the_window() {
        let inverse = Matrix::diagonal(&[0.5, 2.0]);
        assert!((rim_radius(&inverse, [1.0, 0.0]) - 1.0).abs() < 1e-12);
        assert!((rim_radius(&inverse, [0.0, 1.0]) - 0.5).abs() < 1e-12);
    }
}
