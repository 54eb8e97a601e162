//! The small dial of g that stands beside both vertical roads.

use super::theme::Theme;
use crate::maths::group::snap;
use crate::maths::{Coords, Group};
use crate::viz::shapes;
use eframe::egui::{Painter, Pos2, Stroke, vec2};
use std::f64::consts::TAU;

/// Draws g on a disc of radius r: the angle as a sector, a mirror as a dashed line, a boost as the tilted time axis
/// or as a point of the disc of velocities, a stretch as the image of the square.
pub fn dial(painter: &Painter, theme: &Theme, c: Pos2, r: f32, group: Group, coords: &Coords) {
    painter.circle(c, r, theme.surf, Stroke::new(1.0, theme.axis));
    match group {
        Group::Lorentz(1) => boost(painter, theme, c, r, coords.rapidity),
        Group::Lorentz(_) => velocity(painter, theme, c, r, coords),
        Group::GeneralLinear2 => image(painter, theme, c, r, group, coords),
        Group::Cyclic(n) | Group::Dihedral(n) => {
            turn(painter, theme, c, r, snap(coords.angle, n), group.has_mirror() && coords.mirror);
        }
        Group::Rotation(_) | Group::Orthogonal(_) => {
            turn(painter, theme, c, r, coords.angle, group.has_mirror() && coords.mirror);
        }
    }
}

fn turn(painter: &Painter, theme: &Theme, c: Pos2, r: f32, angle: f64, mirror: bool) {
    let angle = angle.rem_euclid(TAU);
    let end = shapes::polar(c, r, angle);
    shapes::sector(painter, c, r, 0.0, angle, theme.g_tint);
    painter.circle_stroke(c, r, Stroke::new(1.0, theme.axis));
    if mirror {
        let line = [shapes::polar(c, r + 4.0, angle / 2.0), shapes::polar(c, -r - 4.0, angle / 2.0)];
        shapes::dashed(painter, &line, Stroke::new(1.25, theme.g), 3.0, 2.0);
    }
    painter.add(eframe::egui::Shape::line(shapes::arc(c, r, 0.0, angle), Stroke::new(2.0, theme.g)));
    painter.line_segment([c, shapes::polar(c, r, 0.0)], Stroke::new(1.0, theme.ink4));
    painter.line_segment([c, end], Stroke::new(1.5, theme.g));
    painter.circle_filled(end, 3.0, theme.g);
}

/// The light cone and the carried time axis.
fn boost(painter: &Painter, theme: &Theme, c: Pos2, r: f32, rapidity: f64) {
    let d = r * std::f32::consts::FRAC_1_SQRT_2;
    for s in [-1.0, 1.0] {
        painter.line_segment([c + vec2(-d * s, d), c + vec2(d * s, -d)], Stroke::new(1.0, theme.axis));
    }
    let l = (rapidity.sinh().powi(2) + rapidity.cosh().powi(2)).sqrt();
    let end = c + vec2((rapidity.sinh() / l) as f32, -(rapidity.cosh() / l) as f32) * r;
    painter.line_segment([c, c - vec2(0.0, r)], Stroke::new(1.0, theme.ink4));
    painter.line_segment([c, end], Stroke::new(1.5, theme.g));
    painter.circle_filled(end, 3.0, theme.g);
}

/// The boost as a point at tanh(η/2) in its direction, the rotation as a mark on the rim.
fn velocity(painter: &Painter, theme: &Theme, c: Pos2, r: f32, coords: &Coords) {
    let angle = coords.angle.rem_euclid(TAU);
    painter.add(eframe::egui::Shape::line(shapes::arc(c, r, 0.0, angle), Stroke::new(2.0, theme.g)));
    let p = shapes::polar(c, r * (coords.rapidity / 2.0).tanh() as f32, coords.direction);
    painter.circle_filled(c, 1.5, theme.ink4);
    painter.line_segment([c, p], Stroke::new(1.5, theme.g));
    painter.circle_filled(p, 3.0, theme.g);
}

/// The image of the centred square, scaled so that it fits.
fn image(painter: &Painter, theme: &Theme, c: Pos2, r: f32, group: Group, coords: &Coords) {
    let m = group.element(coords);
    let corners = [[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]].map(|v| m.apply(&v));
    let far = corners.iter().map(|v| v[0].hypot(v[1])).fold(0.0, f64::max);
    let k = f64::from(r) * 0.62 / std::f64::consts::SQRT_2;
    let k = k.min(f64::from(r) * 0.9 / far.max(1e-6));
    let points = corners.map(|v| c + vec2((v[0] * k) as f32, (-v[1] * k) as f32));
    shapes::fill_stroke(painter, &points, theme.g_tint, Stroke::new(1.5, theme.g));
}
