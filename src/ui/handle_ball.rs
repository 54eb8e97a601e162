//! The handle of SO(3) and O(3): a ring for the angle about the axis, a ball to turn by hand, and a hollow knob on it
//! that moves the axis.

use super::handle::{self, Frame, Handle, HandleResponse, LETTER, Part};
use super::handle_ring;
use crate::maths::rotation::Quaternion;
use crate::maths::{Coords, Group, Matrix};
use crate::viz::{Camera, Pen, Space, View, ball, shapes};
use eframe::egui::{Painter, Pos2, Response, Stroke, Ui};
use std::f64::consts::{PI, TAU};

type V3 = [f64; 3];

pub(super) fn ui(
    state: &mut Handle,
    ui: &Ui,
    frame: &Frame,
    response: &Response,
    group: Group,
    coords: &mut Coords,
    shown: &Coords,
    out: &mut HandleResponse,
) {
    let view = View {
        space: Space::Ball,
        camera: state.camera,
        centre: frame.centre,
        radius: frame.ring - 20.0,
        scale: 1.0,
    };
    let mut angle = coords.angle.rem_euclid(TAU);
    handle::take_ring(state, ui, frame, response, &mut angle, false, out);
    if angle != coords.angle.rem_euclid(TAU) {
        coords.angle = angle;
    }
    roll(state, ui, response, &view, group, coords, out);
    let axis = coords.unit_axis();
    let [x, y, z] = axis;
    let said = ("axis of rotation", format!("({x:.2}, {y:.2}, {z:.2})"));
    let knob = handle::knob(state, ui, frame, response, ("axis", view.at(axis)), said, out);
    if let Some(p) = knob.to {
        coords.axis = on_ball(&view, p, view.turn(axis)[2] < 0.0);
    }
    tilt(coords, (5.0 * knob.steps[0]).to_radians(), (5.0 * knob.steps[1]).to_radians());

    let shown = if out.dragging { &*coords } else { shown };
    let m = group.element(shown);
    let painter = ui.painter();
    handle_ring::rim(painter, frame);
    let angle = shown.angle.rem_euclid(TAU);
    handle_ring::arc(painter, frame, angle);
    Pen::draw(painter, |pen| ball::ball(pen, frame.theme, &view, &m, true));
    letter(painter, frame, &view, shown, &m);
    let tip = view.at(shown.unit_axis());
    if view.turn(shown.unit_axis())[2] >= 0.0 {
        painter.line_segment([frame.centre, tip], Stroke::new(1.0, frame.theme.ink3));
    } else {
        shapes::dashed(painter, &[frame.centre, tip], Stroke::new(1.0, frame.theme.ink3), 3.0, 3.0);
    }
    handle::paint_hollow(painter, frame, tip, &knob);
    let hot = response.hovered() || response.dragged();
    handle::paint_knob(painter, frame, shapes::polar(frame.centre, frame.ring, angle), hot);
}

/// The unit vector under a screen point, on the front of the ball or on its back; on the rim outside of it.
fn on_ball(view: &View, p: Pos2, back: bool) -> V3 {
    let d = (p - view.centre) / view.radius;
    let (x, y) = (f64::from(d.x), f64::from(-d.y));
    let l = x.hypot(y);
    let (x, y) = if l > 0.999 { (x / l * 0.999, y / l * 0.999) } else { (x, y) };
    let depth = (1.0 - x * x - y * y).max(0.0).sqrt() * if back && l < 0.97 { -1.0 } else { 1.0 };
    let rows = view.camera.rows();
    [0, 1, 2].map(|i| rows[0][i] * x + rows[1][i] * y + rows[2][i] * depth)
}

/// Turns the ball under the pointer: g becomes R g, with R the turn that the drag makes of the ball.
fn roll(
    state: &Handle,
    ui: &Ui,
    response: &Response,
    view: &View,
    group: Group,
    coords: &mut Coords,
    out: &mut HandleResponse,
) {
    let inside = state.grab.is_some_and(|g| g.part == Part::Inside) && response.dragged();
    let delta = response.drag_delta();
    if !inside {
        return;
    }
    out.dragging = true;
    ui.ctx().set_cursor_icon(eframe::egui::CursorIcon::Grabbing);
    let length = f64::from(delta.length());
    if length < 1e-6 {
        return;
    }
    let rows = view.camera.rows();
    let (dx, dy) = (f64::from(delta.x) / length, f64::from(-delta.y) / length);
    // A movement to the right turns about "up", one upward about minus "right".
    let axis = [0, 1, 2].map(|i| rows[1][i] * dx - rows[0][i] * dy);
    let turn = Quaternion::from_axis_angle(axis, length / f64::from(view.radius));
    // A mirrored element is −R(n, θ + π).
    let mirrored = group.has_mirror() && coords.mirror;
    let shift = if mirrored { PI } else { 0.0 };
    let old = coords.unit_axis();
    let (n, angle) = (turn * Quaternion::from_axis_angle(old, coords.angle + shift)).axis_near(old);
    coords.axis = n;
    coords.angle = (angle - shift).rem_euclid(TAU);
}

/// Moves the axis round the third axis by `azimuth` and up by `height`, both in radians.
pub(super) fn tilt(coords: &mut Coords, azimuth: f64, height: f64) {
    if azimuth == 0.0 && height == 0.0 {
        return;
    }
    let n = coords.unit_axis();
    let a = n[1].atan2(n[0]) + azimuth;
    let h = (n[2].clamp(-1.0, 1.0).asin() + height).clamp(-PI / 2.0, PI / 2.0);
    coords.axis = [h.cos() * a.cos(), h.cos() * a.sin(), h.sin()];
}

/// The letter on the ball at its home and where g puts it, with the way between them dotted.
fn letter(painter: &Painter, frame: &Frame, view: &View, shown: &Coords, m: &Matrix) {
    let theme = frame.theme;
    let home = on_patch([0.0, 0.0]);
    let sides = shapes::subdivide(&LETTER, 4.0);
    let at = |carry: &dyn Fn(V3) -> V3| -> Vec<V3> {
        sides.iter().map(|p| carry(on_patch([p[0] / 46.0, p[1] / 46.0]))).collect()
    };
    // What lies on the front of the ball, cut at its rim, and all of it.
    let front = |points: &[V3]| -> Vec<Pos2> {
        let between = |a: &V3, b: &V3, t: f64| [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t);
        shapes::clip(points, |p| view.turn(*p)[2], between).into_iter().map(|p| view.at(p)).collect()
    };
    let whole = |points: &[V3]| -> Vec<Pos2> { points.iter().map(|p| view.at(*p)).collect() };
    let image = |p: V3| {
        let v = m.apply(&p);
        [v[0], v[1], v[2]]
    };
    if view.turn(home)[2] >= 0.0 {
        shapes::outline(painter, &front(&at(&|p| p)), Stroke::new(1.0, theme.ink4));
    }
    // A reflected letter starts from the mirror image of its home.
    let n = shown.unit_axis();
    let angle = shown.angle.rem_euclid(TAU);
    let start = ball::rotate(n, -angle, image(home));
    for run in ball::orbit_arc(view, n, start, angle) {
        shapes::dashed(painter, &run, Stroke::new(1.5, theme.g), 2.0, 3.0);
    }
    let points = at(&image);
    let behind = Stroke::new(1.25, shapes::mix(theme.g, theme.surf, 0.5));
    if points.iter().any(|p| view.turn(*p)[2] < 0.0) {
        shapes::outline(painter, &whole(&points), behind);
    }
    shapes::fill(painter, &front(&points), theme.g);
}

/// A point of the patch of the ball that carries the letter at rest: left, low and in front as the camera stands at
/// first.
fn on_patch(p: [f64; 2]) -> V3 {
    let (x, y) = (-0.5 + p[0], -0.28 + p[1]);
    let z = (1.0 - x * x - y * y).max(0.0).sqrt();
    let rows = Camera::default().rows();
    [0, 1, 2].map(|i| rows[0][i] * x + rows[1][i] * y + rows[2][i] * z)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::group::rotation3;

    #[test]
    fn a_mirrored_element_is_minus_a_rotation() {
        let c = Coords { angle: 0.9, mirror: true, axis: [0.6, 0.0, 0.8], ..Coords::default() };
        let m = Group::Orthogonal(3).element(&c);
        let r = rotation3(c.unit_axis(), 0.9 + PI);
        let minus = &r * &Matrix::diagonal(&[-1.0, -1.0, -1.0]);
        assert!(m.max_difference(&minus) < 1e-12);
    }
}
