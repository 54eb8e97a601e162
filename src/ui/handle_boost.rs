//! The handles of the Lorentz groups: a hyperbola to slide along for SO⁺(1,1), the disc of velocities with a ring for
//! the rotation for SO⁺(1,2).

use super::controls::held;
use super::handle::{self, Frame, Handle, HandleResponse, LETTER, Part};
use super::handle_ring;
use crate::maths::group::MAX_RAPIDITY;
use crate::maths::lorentz::boost;
use crate::maths::{Coordinate, Coords, Group, Matrix};
use crate::viz::shapes;
use eframe::egui::epaint::PathShape;
use eframe::egui::{CursorIcon, Painter, Pos2, Rect, Response, Shape, Stroke, Ui, Vec2, vec2};
use std::f64::consts::{SQRT_2, TAU};

/// The picture of R^{1,1} in which the hyperbola is drawn: directions are kept, so that the light cone stays straight;
/// lengths are compressed, so that every rapidity in range is inside.
struct Diagram {
    origin: Pos2,
    /// Distance of the point of largest rapidity.
    reach: f64,
    /// Points per unit of the letter, which is drawn without compression.
    letter: f64,
}

impl Diagram {
    /// Lengths are raised to this power.
    const POWER: f64 = 0.46;

    fn new(frame: &Frame, rect: Rect) -> Self {
        let origin = frame.centre + vec2(0.0, 0.18 * rect.height());
        let room = (rect.width() / 2.0).min(origin.y - rect.top()) - frame.knob - 4.0;
        let reach = f64::from(room) * SQRT_2;
        let shell = reach * Self::length(0.0);
        Self { origin, reach, letter: ((shell - f64::from(frame.knob) - 2.0) / 16.0).clamp(0.4, 1.5) }
    }

    /// Distance of the point of rapidity η from the origin, as a share of the reach.
    fn length(rapidity: f64) -> f64 {
        ((2.0 * rapidity).cosh() / (2.0 * MAX_RAPIDITY).cosh()).powf(Self::POWER / 2.0)
    }

    /// The point of the hyperbola.
    fn shell(&self, rapidity: f64) -> Pos2 {
        let l = (2.0 * rapidity).cosh().sqrt();
        let r = self.reach * Self::length(rapidity);
        self.origin + vec2((r * rapidity.sinh() / l) as f32, (-r * rapidity.cosh() / l) as f32)
    }

    /// The rapidity whose point is nearest to p.
    fn nearest(&self, p: Pos2) -> f64 {
        let distance = |eta: f64| (self.shell(eta) - p).length_sq();
        let (mut lo, mut hi) = (-MAX_RAPIDITY, MAX_RAPIDITY);
        let steps = 60;
        for _ in 0..3 {
            let at = |i: i32| lo + (hi - lo) * f64::from(i) / f64::from(steps);
            let best = (0..=steps).min_by(|a, b| distance(at(*a)).total_cmp(&distance(at(*b)))).unwrap_or(0);
            (lo, hi) = (at((best - 1).max(0)), at((best + 1).min(steps)));
        }
        f64::midpoint(lo, hi)
    }
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
    let diagram = Diagram::new(frame, response.rect);
    slide(state, ui, frame, &diagram, response, coords, out);
    let eta = if out.dragging { coords.rapidity } else { shown.rapidity };
    let (painter, theme) = (&ui.painter_at(response.rect), frame.theme);
    cone(painter, frame, &diagram);
    let between = |from: f64, to: f64| -> Vec<Pos2> {
        (0..=64).map(|i| diagram.shell(from + (to - from) * f64::from(i) / 64.0)).collect()
    };
    painter.add(Shape::line(between(-MAX_RAPIDITY, MAX_RAPIDITY), Stroke::new(8.0, theme.ctl)));
    ticks(painter, frame, &diagram);
    let passed = between(0.0, eta);
    let mut wedge = passed.clone();
    wedge.push(diagram.origin);
    shapes::fill(painter, &wedge, theme.g_tint);
    painter.add(Shape::line(passed, Stroke::new(4.0, theme.g)));
    let place = |eta: f64, p: [f64; 2]| {
        let v = boost(&[eta]).apply(&[p[1], p[0]]);
        diagram.origin + vec2(v[1] as f32, -v[0] as f32)
    };
    let k = diagram.letter;
    letter(painter, frame, &letter_points(k, [0.0, 0.0]), &|p| place(0.0, p), &|p| place(eta, p));
    let hot = response.hovered() || response.dragged();
    handle::paint_knob(painter, frame, diagram.shell(eta), hot);
}

fn slide(
    state: &mut Handle,
    ui: &Ui,
    frame: &Frame,
    diagram: &Diagram,
    response: &Response,
    coords: &mut Coords,
    out: &mut HandleResponse,
) {
    let knob = diagram.shell(coords.rapidity);
    out.places.push(("knob", Rect::from_center_size(knob, Vec2::splat(frame.hit))));
    if response.drag_started() {
        let from = ui.input(|s| s.pointer.press_origin()).unwrap_or(knob);
        let offset = if (from - knob).length() <= frame.hit { knob - from } else { Vec2::ZERO };
        state.grab = Some(handle::Grab { part: Part::Inside, offset });
    }
    if let (true, Some(grab), Some(p)) = (held(response), state.grab, response.interact_pointer_pos()) {
        Coordinate::Rapidity.set(coords, diagram.nearest(p + grab.offset));
        out.dragging = true;
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    }
    if let (true, Some(p)) = (response.clicked(), response.interact_pointer_pos()) {
        Coordinate::Rapidity.set(coords, diagram.nearest(p));
        out.committed = true;
    }
    out.committed |= response.drag_stopped();
    if response.clicked() || response.drag_started() {
        response.request_focus();
    }
}

/// Marks at whole rapidities.
fn ticks(painter: &Painter, frame: &Frame, diagram: &Diagram) {
    for i in -3..=3 {
        let (a, b) = (diagram.shell(f64::from(i)), diagram.shell(f64::from(i) + 0.01));
        let n = (b - a).normalized();
        let n = vec2(n.y, -n.x);
        painter.line_segment([a + n * 7.0, a + n * 12.0], Stroke::new(1.0, frame.theme.ink4));
    }
}

/// The light cone, dashed, and the time axis at rest.
fn cone(painter: &Painter, frame: &Frame, diagram: &Diagram) {
    let theme = frame.theme;
    let far = (diagram.reach / SQRT_2) as f32 + frame.knob;
    for s in [-1.0, 1.0] {
        let line = [diagram.origin + vec2(-s, 1.0) * far, diagram.origin + vec2(s, -1.0) * far];
        shapes::dashed(painter, &line, Stroke::new(1.25, theme.ink4), 5.0, 4.0);
    }
    painter.line_segment([diagram.origin, diagram.shell(0.0)], Stroke::new(1.0, theme.axis));
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
        frame.centre + vec2(w[0] as f32, -w[1] as f32) * radius
    };
    // Like a flag on its pole: the foot of the letter is the observer.
    let flag = letter_points(0.52 / 32.0, [5.5, 16.0]);
    letter(painter, frame, &flag, &|p| map(&Matrix::identity(3), p), &|p| map(&m, p));
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
        shapes::ring(painter, frame.centre, r, Stroke::new(1.0, theme.grid));
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

/// Points along the outline of the letter, close enough for its sides to bend.
fn letter_points(size: f64, shift: [f64; 2]) -> Vec<[f64; 2]> {
    let points = shapes::subdivide(&LETTER, 5.0);
    points.iter().map(|p| [(p[0] + shift[0]) * size, (p[1] + shift[1]) * size]).collect()
}

/// The letter under two maps: at rest and carried.
fn letter(
    painter: &Painter,
    frame: &Frame,
    points: &[[f64; 2]],
    rest: &dyn Fn([f64; 2]) -> Pos2,
    carried: &dyn Fn([f64; 2]) -> Pos2,
) {
    let at = |f: &dyn Fn([f64; 2]) -> Pos2| -> Vec<Pos2> { points.iter().map(|p| f(*p)).collect() };
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
        for (w, h, knob, ring) in [(240.0, 184.0, 10.0, 78.0), (184.0, 176.0, 14.0, 64.0)] {
            let rect = Rect::from_min_size(Pos2::ZERO, vec2(w, h));
            let frame = Frame { theme, centre: rect.center(), ring, knob, hit: 28.0 };
            let diagram = Diagram::new(&frame, rect);
            for eta in [-3.0, -1.7, 0.0, 0.2, 2.5] {
                let p = diagram.shell(eta);
                assert!(rect.shrink(knob).contains(p), "{eta} {p:?}");
                let found = diagram.nearest(p);
                assert!((found - eta).abs() < 5e-3, "{eta} {found}");
            }
        }
    }
}
