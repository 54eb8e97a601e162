//! The handles of the Lorentz groups: a hyperbola to slide along for SO⁺(1,1), the disc of velocities with a ring for
//! the rotation for SO⁺(1,2).

use super::handle::{self, Frame, Handle, HandleResponse, LETTER, Part};
use super::handle_ring;
use crate::maths::group::{MAX_RAPIDITY, boost};
use crate::maths::{Coordinate, Coords, Group, Matrix};
use crate::viz::shapes;
use eframe::egui::epaint::PathShape;
use eframe::egui::{CursorIcon, Painter, Pos2, Rect, Response, Shape, Stroke, Ui, Vec2, vec2};
use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// Proper time of the hyperbola that the knob slides along.
const SHELL: f64 = 2.5;

/// The picture of R^{1,1} on a disc: directions are kept, lengths go through asinh, so that the light cone stays
/// straight and every rapidity in range is inside.
fn compress(t: f64, s: f64) -> [f64; 2] {
    let l = t.hypot(s);
    let far = (SHELL * (2.0 * MAX_RAPIDITY).cosh().sqrt()).asinh();
    let k = if l > 1e-12 { (l.asinh() / far / l).min(1.0 / l) } else { 0.0 };
    [s * k, t * k]
}

fn on_disc(frame: &Frame, radius: f32, p: [f64; 2]) -> Pos2 {
    frame.centre + vec2(p[0] as f32, -p[1] as f32) * radius
}

fn shell(frame: &Frame, radius: f32, rapidity: f64) -> Pos2 {
    on_disc(frame, radius, compress(SHELL * rapidity.cosh(), SHELL * rapidity.sinh()))
}

/// The rapidity whose point of the hyperbola is nearest to the pointer.
fn nearest(frame: &Frame, radius: f32, p: Pos2) -> f64 {
    let distance = |eta: f64| (shell(frame, radius, eta) - p).length_sq();
    let (mut lo, mut hi) = (-MAX_RAPIDITY, MAX_RAPIDITY);
    let steps = 60;
    for _ in 0..3 {
        let at = |i: i32| lo + (hi - lo) * f64::from(i) / f64::from(steps);
        let best = (0..=steps).min_by(|a, b| distance(at(*a)).total_cmp(&distance(at(*b)))).unwrap_or(0);
        (lo, hi) = (at((best - 1).max(0)), at((best + 1).min(steps)));
    }
    f64::midpoint(lo, hi)
}

/// SO⁺(1,1).
pub(super) fn line(
    state: &mut Handle,
    ui: &Ui,
    frame: &Frame,
    response: &Response,
    coords: &mut Coords,
    shown: &Coords,
    out: &mut HandleResponse,
) {
    let radius = frame.ring;
    slide(state, ui, frame, response, coords, out);
    let shown = if out.dragging { *coords } else { *shown };
    let (painter, theme) = (ui.painter(), frame.theme);
    painter.circle(frame.centre, radius, theme.surf, Stroke::new(1.0, theme.axis));
    cone(painter, frame, radius);
    let curve = |sign: f64| -> Vec<Pos2> {
        (0..=96)
            .map(|i| (f64::from(i) / 48.0 - 1.0) * MAX_RAPIDITY)
            .map(|e| on_disc(frame, radius, compress(sign * SHELL * e.cosh(), SHELL * e.sinh())))
            .collect()
    };
    painter.add(Shape::line(curve(-1.0), Stroke::new(1.0, theme.grid)));
    painter.add(Shape::line(curve(1.0), Stroke::new(6.0, theme.ctl)));
    ticks(painter, frame, radius);
    let passed: Vec<Pos2> =
        (0..=48).map(|i| shell(frame, radius, shown.rapidity * f64::from(i) / 48.0)).collect();
    let mut wedge = passed.clone();
    wedge.push(frame.centre);
    shapes::fill(painter, &wedge, theme.g_tint);
    painter.add(Shape::line(passed, Stroke::new(4.0, theme.g)));
    let place = |m: &Matrix, p: [f64; 2]| {
        let v = m.apply(&[p[1], p[0]]);
        on_disc(frame, radius, compress(v[0], v[1]))
    };
    let k = 0.9 / 16.0;
    letter(painter, frame, k, &|p| place(&Matrix::identity(2), p), &|p| {
        place(&boost(&[1.0], shown.rapidity), p)
    });
    let hot = response.hovered() || response.dragged();
    handle::paint_knob(painter, frame, shell(frame, radius, shown.rapidity), hot);
}

fn slide(
    state: &mut Handle,
    ui: &Ui,
    frame: &Frame,
    response: &Response,
    coords: &mut Coords,
    out: &mut HandleResponse,
) {
    let knob = shell(frame, frame.ring, coords.rapidity);
    out.places.push(("knob", Rect::from_center_size(knob, Vec2::splat(frame.hit))));
    if response.drag_started() {
        let from = ui.input(|s| s.pointer.press_origin()).unwrap_or(knob);
        let offset = if (from - knob).length() <= frame.hit { knob - from } else { Vec2::ZERO };
        state.grab = Some(handle::Grab { part: Part::Inside, offset });
    }
    if let (true, Some(grab), Some(p)) = (response.dragged(), state.grab, response.interact_pointer_pos()) {
        Coordinate::Rapidity.set(coords, nearest(frame, frame.ring, p + grab.offset));
        out.dragging = true;
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    }
    if let (true, Some(p)) = (response.clicked(), response.interact_pointer_pos()) {
        Coordinate::Rapidity.set(coords, nearest(frame, frame.ring, p));
        out.committed = true;
    }
    out.committed |= response.drag_stopped();
    if response.clicked() || response.drag_started() {
        response.request_focus();
    }
}

/// Marks at whole rapidities.
fn ticks(painter: &Painter, frame: &Frame, radius: f32) {
    for i in -2..=2 {
        let (a, b) = (shell(frame, radius, f64::from(i)), shell(frame, radius, f64::from(i) + 0.01));
        let n = (b - a).normalized();
        let n = vec2(n.y, -n.x);
        painter.line_segment([a + n * 6.0, a + n * 11.0], Stroke::new(1.0, frame.theme.ink4));
    }
}

fn cone(painter: &Painter, frame: &Frame, radius: f32) {
    let d = radius * FRAC_1_SQRT_2 as f32;
    for s in [-1.0, 1.0] {
        let line = [frame.centre + vec2(-d * s, d), frame.centre + vec2(d * s, -d)];
        shapes::dashed(painter, &line, Stroke::new(1.25, frame.theme.ink4), 5.0, 4.0);
    }
}

/// SO⁺(1,2): the unit hyperboloid seen from its tip. The knob is where g takes the observer at rest, at tanh(η/2) in
/// the direction φ; the circle is infinity.
pub(super) fn disc(
    state: &mut Handle,
    ui: &Ui,
    frame: &Frame,
    response: &Response,
    coords: &mut Coords,
    shown: &Coords,
    out: &mut HandleResponse,
) {
    let radius = frame.ring - 20.0;
    let mut angle = coords.angle.rem_euclid(TAU);
    handle::take_ring(state, ui, frame, response, &mut angle, false, out);
    if angle != coords.angle.rem_euclid(TAU) {
        coords.angle = angle;
    }
    let at = |c: &Coords| shapes::polar(frame.centre, radius * (c.rapidity / 2.0).tanh() as f32, c.direction);
    let said = ("boost", format!("η = {:.2}, φ = {:.0}°", coords.rapidity, coords.direction.to_degrees()));
    let knob = handle::knob(state, ui, frame, response, ("boost", at(coords)), said, out);
    if let Some(p) = knob.to {
        let far = (MAX_RAPIDITY / 2.0).tanh();
        let r = f64::from((p - frame.centre).length() / radius).min(far);
        coords.rapidity = 2.0 * r.atanh();
        if r > 0.01 {
            coords.direction = handle::angle_to(frame, p);
        }
    }
    let group = Group::Lorentz(2);
    handle::nudge(group, coords, Coordinate::Rapidity, knob.steps[1]);
    handle::nudge(group, coords, Coordinate::Direction, -knob.steps[0]);

    let shown = if out.dragging { *coords } else { *shown };
    let (painter, theme) = (ui.painter(), frame.theme);
    handle_ring::rim(painter, frame);
    let angle = shown.angle.rem_euclid(TAU);
    handle_ring::arc(painter, frame, angle);
    velocities(painter, frame, radius);
    let m = group.element(&shown);
    let map = |m: &Matrix, p: [f64; 2]| {
        let w = move_point(m, p);
        on_disc(frame, radius, w)
    };
    letter(painter, frame, 0.36 / 16.0, &|p| map(&Matrix::identity(3), p), &|p| map(&m, p));
    painter.line_segment([frame.centre, at(&shown)], Stroke::new(1.5, theme.g));
    handle::paint_hollow(painter, frame, at(&shown), &knob);
    let hot = response.hovered() || response.dragged();
    handle::paint_knob(painter, frame, shapes::polar(frame.centre, frame.ring, angle), hot);
}

/// The disc with circles at whole rapidities and spokes.
fn velocities(painter: &Painter, frame: &Frame, radius: f32) {
    let theme = frame.theme;
    painter.circle_filled(frame.centre, radius, theme.surf);
    let half = shapes::arc(frame.centre, radius, 0.0, TAU / 2.0);
    painter.add(PathShape::convex_polygon(half, theme.half, Stroke::NONE));
    for eta in [1.0f64, 2.0, 3.0] {
        let r = radius * (eta / 2.0).tanh() as f32;
        painter.circle_stroke(frame.centre, r, Stroke::new(1.0, theme.grid));
    }
    for i in 0..6 {
        let line = [
            shapes::polar(frame.centre, radius, TAU * f64::from(i) / 12.0),
            shapes::polar(frame.centre, -radius, TAU * f64::from(i) / 12.0),
        ];
        let color = if i % 3 == 0 { theme.axis } else { theme.grid };
        painter.line_segment(line, Stroke::new(1.0, color));
    }
    let rim: Vec<Pos2> = shapes::arc(frame.centre, radius, 0.0, TAU);
    shapes::dashed(painter, &rim, Stroke::new(1.25, theme.ink4), 5.0, 4.0);
}

/// Lifts a point of the disc to the hyperboloid, moves it by g and projects it back.
fn move_point(m: &Matrix, p: [f64; 2]) -> [f64; 2] {
    let q = (p[0] * p[0] + p[1] * p[1]).min(0.999);
    let v = m.apply(&[(1.0 + q) / (1.0 - q), 2.0 * p[0] / (1.0 - q), 2.0 * p[1] / (1.0 - q)]);
    [v[1] / (1.0 + v[0]), v[2] / (1.0 + v[0])]
}

/// The letter under two curved maps, at rest and carried; its sides are subdivided so that they bend.
fn letter(
    painter: &Painter,
    frame: &Frame,
    size: f64,
    rest: &dyn Fn([f64; 2]) -> Pos2,
    carried: &dyn Fn([f64; 2]) -> Pos2,
) {
    let mut outline = Vec::new();
    for (i, a) in LETTER.iter().enumerate() {
        let b = LETTER[(i + 1) % LETTER.len()];
        let parts = (((b[0] - a[0]).abs() + (b[1] - a[1]).abs()) / 6.0).ceil().max(1.0);
        for k in 0..parts as usize {
            let t = k as f64 / parts;
            outline.push([(a[0] + (b[0] - a[0]) * t) * size, (a[1] + (b[1] - a[1]) * t) * size]);
        }
    }
    let at = |f: &dyn Fn([f64; 2]) -> Pos2| -> Vec<Pos2> { outline.iter().map(|p| f(*p)).collect() };
    shapes::outline(painter, &at(rest), Stroke::new(1.0, frame.theme.ink4));
    shapes::fill(painter, &at(carried), frame.theme.g);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disc_moves_by_isometries() {
        let c = Coords { rapidity: 1.3, direction: 0.7, angle: 0.4, ..Coords::default() };
        let m = Group::Lorentz(2).element(&c);
        let centre = move_point(&m, [0.0, 0.0]);
        assert!((centre[0] - (0.65f64).tanh() * 0.7f64.cos()).abs() < 1e-12);
        assert!((centre[1] - (0.65f64).tanh() * 0.7f64.sin()).abs() < 1e-12);
        let distance = |a: [f64; 2], b: [f64; 2]| {
            let n = |v: [f64; 2]| 1.0 - v[0] * v[0] - v[1] * v[1];
            let d = (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2);
            (1.0 + 2.0 * d / (n(a) * n(b))).acosh()
        };
        let (a, b) = ([0.2, 0.1], [-0.3, 0.25]);
        assert!((distance(a, b) - distance(move_point(&m, a), move_point(&m, b))).abs() < 1e-9);
    }

    #[test]
    fn every_rapidity_fits_and_is_found_again() {
        let theme = &super::super::theme::LIGHT;
        let frame = Frame { theme, centre: Pos2::ZERO, ring: 78.0, knob: 10.0, hit: 28.0 };
        for eta in [-3.0, -1.7, 0.0, 0.2, 2.5] {
            let p = shell(&frame, 78.0, eta);
            assert!(p.to_vec2().length() <= 78.01);
            let found = nearest(&frame, 78.0, p);
            assert!((found - eta).abs() < 5e-3, "{eta} {found}");
        }
    }
}
