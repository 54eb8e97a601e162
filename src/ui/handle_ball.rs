//! The handle of SO(3) and O(3): a ring for the angle about the axis, a ball to turn by hand, and a hollow knob on it
//! that moves the axis.

use super::handle::{self, Frame, Handle, HandleResponse, LETTER, Part};
use super::handle_ring;
use crate::maths::{Coords, Group, Matrix};
use crate::viz::{Camera, Space, View, ball, shapes};
use eframe::egui::{Painter, Pos2, Response, Shape, Stroke, Ui};
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
    ball::ball(painter, frame.theme, &view, &m, true);
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
    let turn = quaternion(axis, length / f64::from(view.radius));
    // A mirrored element is −R(n, θ + π).
    let mirrored = group.has_mirror() && coords.mirror;
    let shift = if mirrored { PI } else { 0.0 };
    let old = coords.unit_axis();
    let (n, angle) = axis_angle(product(turn, quaternion(old, coords.angle + shift)), old);
    coords.axis = n;
    coords.angle = (angle - shift).rem_euclid(TAU);
}

/// (w, x, y, z) of the turn about a unit axis.
fn quaternion(n: V3, angle: f64) -> [f64; 4] {
    let (s, c) = (angle / 2.0).sin_cos();
    [c, n[0] * s, n[1] * s, n[2] * s]
}

/// Hamilton's product: first b, then a.
fn product(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [
        a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
        a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
        a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
        a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
    ]
}

/// Axis and angle of a unit quaternion, the axis on the side of `near`; `near` itself where there is no turn.
fn axis_angle(q: [f64; 4], near: V3) -> (V3, f64) {
    let s = (q[1] * q[1] + q[2] * q[2] + q[3] * q[3]).sqrt();
    if s < 1e-9 {
        return (near, 0.0);
    }
    let n = [q[1] / s, q[2] / s, q[3] / s];
    let angle = 2.0 * s.atan2(q[0]);
    let side = n[0] * near[0] + n[1] * near[1] + n[2] * near[2];
    if side < 0.0 { (n.map(|v| -v), TAU - angle) } else { (n, angle) }
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
    let at = |carry: &dyn Fn(V3) -> V3| -> Vec<Pos2> {
        LETTER.iter().map(|p| view.at(carry(on_patch([p[0] / 46.0, p[1] / 46.0])))).collect()
    };
    let image = |p: V3| {
        let v = m.apply(&p);
        [v[0], v[1], v[2]]
    };
    if view.turn(home)[2] >= 0.0 {
        shapes::outline(painter, &at(&|p| p), Stroke::new(1.0, theme.ink4));
    }
    // A reflected letter starts from the mirror image of its home.
    let n = shown.unit_axis();
    let angle = shown.angle.rem_euclid(TAU);
    let start = ball::rotate(n, -angle, image(home));
    for run in ball::orbit_arc(view, n, start, angle) {
        shapes::dashed(painter, &run, Stroke::new(1.5, theme.g), 2.0, 3.0);
    }
    let points = at(&image);
    if view.turn(image(home))[2] >= 0.0 {
        shapes::fill(painter, &points, theme.g);
    } else {
        let mut closed = points;
        closed.extend(closed.first().copied());
        painter.add(Shape::line(closed, Stroke::new(1.25, shapes::mix(theme.g, theme.surf, 0.5))));
    }
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
    fn rolling_multiplies_from_the_left() {
        let n = Coords { axis: [0.3, -0.5, 0.8], ..Coords::default() }.unit_axis();
        let t = Coords { axis: [-0.2, 0.9, 0.1], ..Coords::default() }.unit_axis();
        for angle in [0.4, 2.0, 5.5] {
            let (axis, a) = axis_angle(product(quaternion(t, 0.7), quaternion(n, angle)), n);
            let want = &rotation3(t, 0.7) * &rotation3(n, angle);
            assert!(want.max_difference(&rotation3(axis, a)) < 1e-12);
        }
    }

    #[test]
    fn a_mirrored_element_is_minus_a_rotation() {
        let c = Coords { angle: 0.9, mirror: true, axis: [0.6, 0.0, 0.8], ..Coords::default() };
        let m = Group::Orthogonal(3).element(&c);
        let r = rotation3(c.unit_axis(), 0.9 + PI);
        let minus = &r * &Matrix::diagonal(&[-1.0, -1.0, -1.0]);
        assert!(m.max_difference(&minus) < 1e-12);
    }
}
