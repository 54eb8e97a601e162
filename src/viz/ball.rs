//! The ball of R³: a tinted hemisphere, three great circles and a notch, all carried by g.

use super::plate::notch_color;
use super::{Pen, View, shapes};
use crate::maths::Matrix;
use crate::ui::theme::Theme;
use eframe::egui::epaint::Mesh;
use eframe::egui::{Color32, Pos2, Stroke};
use std::f64::consts::{PI, TAU};

type V3 = [f64; 3];

/// Draws the ball under the action of m. In a square of pictures it comes again.
pub fn ball(pen: &mut Pen, theme: &Theme, view: &View, m: &Matrix, carried: bool) {
    let entries: [u64; 9] = std::array::from_fn(|i| m[(i / 3, i % 3)].to_bits());
    let key = ("ball", theme.dark, carried, view.key(), entries);
    let middle = View { centre: Pos2::ZERO, ..*view };
    pen.stamp(key, view.centre, |pen| draw(pen, theme, &middle, m, carried));
}

fn draw(pen: &mut Pen, theme: &Theme, view: &View, m: &Matrix, carried: bool) {
    pen.disc(view.centre, view.radius, theme.surf);
    hemisphere(pen, view, carry(m, [0.0, 0.0, 1.0]), theme.half);
    let axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|e| carry(m, e));
    let circles = [(axes[1], axes[2]), (axes[2], axes[0]), (axes[0], axes[1])];
    for (u, v) in circles {
        great_circle(pen, view, u, v, Stroke::new(1.0, theme.grid), false);
    }
    for (u, v) in circles {
        great_circle(pen, view, u, v, Stroke::new(1.0, theme.axis), true);
    }
    pen.ring(view.centre, view.radius, Stroke::new(1.0, theme.axis));
    notch(pen, view, axes, notch_color(theme, carried));
}

fn carry(m: &Matrix, e: V3) -> V3 {
    let v = m.apply(&e);
    [v[0], v[1], v[2]]
}

/// The visible part of the hemisphere around the unit vector n: between half the outline and half a great circle.
fn hemisphere(pen: &mut Pen, view: &View, n: V3, color: Color32) {
    let q = view.turn(n);
    let h = q[0].hypot(q[1]);
    let e = if h > 1e-9 { [q[0] / h, q[1] / h] } else { [0.0, 1.0] };
    let (c, r) = (view.centre, f64::from(view.radius) - 0.5);
    // In the frame (across, along) with `along` the direction of n on the screen.
    let p = |across: f64, along: f64| {
        let (x, y) = (-e[1] * across + e[0] * along, e[0] * across + e[1] * along);
        Pos2::new(c.x + (x * r) as f32, c.y - (y * r) as f32)
    };
    let steps = shapes::chords(view.radius, PI);
    let mut mesh = Mesh::default();
    for [k, s] in shapes::circle(0.0, PI, steps) {
        mesh.colored_vertex(p(k, s), color);
        mesh.colored_vertex(p(k, -s * q[2]), color);
    }
    for i in 0..steps as u32 {
        let a = 2 * i;
        mesh.add_triangle(a, a + 1, a + 2);
        mesh.add_triangle(a + 1, a + 3, a + 2);
    }
    pen.mesh(mesh);
}

/// The front or back half of the great circle spanned by two orthonormal vectors.
pub fn great_circle(pen: &mut Pen, view: &View, u: V3, v: V3, stroke: Stroke, front: bool) {
    let (a, b) = (view.turn(u), view.turn(v));
    // Depth is a[2] cos t + b[2] sin t: its positive half is centred on t0.
    let t0 = b[2].atan2(a[2]) + if front { 0.0 } else { PI };
    let n = shapes::chords(view.radius, PI);
    let points: Vec<Pos2> = shapes::circle(t0 - PI / 2.0, t0 + PI / 2.0, n)
        .map(|[k, s]| view.at([0, 1, 2].map(|i| u[i] * k + v[i] * s)))
        .collect();
    pen.line(&points, stroke);
}

/// A triangle on the surface at the first axis, pointing to the second: it tells a turn from a reflection.
fn notch(pen: &mut Pen, view: &View, axes: [V3; 3], color: Color32) {
    let size = 9.0 / f64::from(view.radius.max(1.0));
    let on = |s: f64, t: f64| {
        let p = [0, 1, 2].map(|i| axes[0][i] + axes[1][i] * s + axes[2][i] * t);
        let l = p.iter().map(|v| v * v).sum::<f64>().sqrt();
        view.at(p.map(|v| v / l))
    };
    let points = [on(size * 0.8, 0.0), on(-size * 0.4, size * 0.62), on(-size * 0.4, -size * 0.62)];
    if view.turn(axes[0])[2] >= 0.0 {
        pen.fill(&points, color);
    } else {
        pen.outline(&points, Stroke::new(1.0, shapes::mix(color, Color32::GRAY, 0.4)));
    }
}

/// A circle about the axis `n` (unit) through the unit vector `from`, turned from 0 to `angle`; front points only, as
/// separate runs.
pub fn orbit_arc(view: &View, n: V3, from: V3, angle: f64) -> Vec<Vec<Pos2>> {
    let steps = ((angle.abs() / TAU * 96.0).ceil() as usize).clamp(2, 1024);
    let mut runs: Vec<Vec<Pos2>> = vec![Vec::new()];
    for i in 0..=steps {
        let p = rotate(n, angle * i as f64 / steps as f64, from);
        if view.turn(p)[2] >= 0.0 {
            if let Some(run) = runs.last_mut() {
                run.push(view.at(p));
            }
        } else if runs.last().is_some_and(|r| !r.is_empty()) {
            runs.push(Vec::new());
        }
    }
    runs.retain(|r| r.len() > 1);
    runs
}

/// R(n, θ) v.
pub fn rotate(n: V3, angle: f64, v: V3) -> V3 {
    carry(&crate::maths::group::rotation3(n, angle), v)
}
