//! The handle of GL⁺(2): a ring for the angle, and the image of a square with three hollow knobs for scale (corner),
//! stretch (side) and shear (top).

use super::handle::{self, Frame, Handle, HandleResponse, LETTER};
use super::handle_ring;
use crate::maths::{Coordinate, Coords, Group};
use crate::viz::shapes;
use eframe::egui::{Painter, Pos2, Response, Stroke, Ui, vec2};
use std::f64::consts::TAU;

const GROUP: Group = Group::GeneralLinear2;

/// Points of the rest square that carry a knob, with their coordinate, place and name.
const KNOBS: [([f64; 2], Coordinate, &str, &str); 3] = [
    ([1.0, 1.0], Coordinate::Scale, "scale", "scale"),
    ([1.0, 0.0], Coordinate::Stretch, "stretch", "stretch"),
    ([0.0, 1.0], Coordinate::Shear, "shear", "shear"),
];

pub(super) fn ui(
    state: &mut Handle,
    ui: &Ui,
    frame: &Frame,
    response: &Response,
    coords: &mut Coords,
    shown: &Coords,
    out: &mut HandleResponse,
) {
    let mut angle = coords.angle.rem_euclid(TAU);
    handle::take_ring(state, ui, frame, response, &mut angle, true, out);
    if angle != coords.angle.rem_euclid(TAU) {
        coords.angle = angle;
    }
    // The picture is honest, so it may need a smaller unit; it keeps still while it is held.
    let zoom = match state.zoom {
        Some(zoom) if state.grab.is_some() => zoom,
        _ => fitting_unit(frame, shown),
    };
    state.zoom = Some(zoom);
    let mut knobs = Vec::with_capacity(KNOBS.len());
    for (at, coordinate, key, name) in KNOBS {
        let place = put(frame, zoom, coords, at);
        let value = format!("{:.2}", coordinate.get(coords));
        let knob = handle::knob(state, ui, frame, response, (key, place), (name, value), out);
        if let Some(p) = knob.to {
            let d = p - frame.centre;
            drag(coords, coordinate, [f64::from(d.x) / zoom, f64::from(-d.y) / zoom]);
        }
        handle::nudge(GROUP, coords, coordinate, knob.steps[0] + knob.steps[1]);
        knobs.push(knob);
    }
    let shown = if out.dragging { *coords } else { *shown };
    let painter = ui.painter();
    let angle = shown.angle.rem_euclid(TAU);
    handle_ring::rim(painter, frame);
    handle_ring::arc(painter, frame, angle);
    image(painter, frame, zoom, &shown);
    for ((at, ..), knob) in KNOBS.iter().zip(&knobs) {
        let hollow = Frame { theme: frame.theme, knob: frame.knob * 0.8, ..*frame };
        handle::paint_hollow(painter, &hollow, put(frame, zoom, &shown, *at), knob);
    }
    let hot = response.hovered() || response.dragged();
    handle::paint_knob(painter, frame, shapes::polar(frame.centre, frame.ring, angle), hot);
}

/// Points per unit at which the image of the square stays inside the ring.
fn fitting_unit(frame: &Frame, c: &Coords) -> f64 {
    let m = GROUP.element(c);
    let far = [[1.0, 1.0], [-1.0, 1.0]]
        .map(|v| m.apply(&v))
        .iter()
        .map(|v| v[0].hypot(v[1]))
        .fold(std::f64::consts::SQRT_2, f64::max);
    let room = f64::from(frame.ring) - 18.0;
    (room * 0.5).min(room / far)
}

fn put(frame: &Frame, zoom: f64, c: &Coords, p: [f64; 2]) -> Pos2 {
    let v = GROUP.element(c).apply(&p);
    frame.centre + vec2((v[0] * zoom) as f32, (-v[1] * zoom) as f32)
}

/// Sets the coordinate that takes its knob's point of the square to p, as far as it alone can.
fn drag(c: &mut Coords, coordinate: Coordinate, p: [f64; 2]) {
    let (s, k) = c.angle.sin_cos();
    // p as it stands before the rotation.
    let q = [k * p[0] + s * p[1], -s * p[0] + k * p[1]];
    match coordinate {
        Coordinate::Scale => {
            let corner = GROUP.element(c).apply(&[1.0, 1.0]);
            let along = (corner[0] * p[0] + corner[1] * p[1])
                / (corner[0] * corner[0] + corner[1] * corner[1]).max(1e-12);
            coordinate.set(c, c.scale * along.max(0.0));
        }
        Coordinate::Stretch => coordinate.set(c, (q[0] / c.scale).max(1e-6).ln()),
        Coordinate::Shear => coordinate.set(c, q[0] / (c.scale * c.stretch.exp())),
        _ => {}
    }
}

/// The square and the letter, at rest and carried.
fn image(painter: &Painter, frame: &Frame, zoom: f64, shown: &Coords) {
    let theme = frame.theme;
    let square = [[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]];
    let at = |c: &Coords, points: &[[f64; 2]], size: f64| -> Vec<Pos2> {
        points.iter().map(|p| put(frame, zoom, c, [p[0] * size, p[1] * size])).collect()
    };
    let rest = Coords::default();
    shapes::fill_stroke(painter, &at(shown, &square, 1.0), theme.g_tint, Stroke::new(1.5, theme.g));
    shapes::outline(painter, &at(&rest, &square, 1.0), Stroke::new(1.0, theme.ink4));
    shapes::outline(painter, &at(&rest, &LETTER, 0.6 / 16.0), Stroke::new(1.0, theme.ink4));
    shapes::fill(painter, &at(shown, &LETTER, 0.6 / 16.0), theme.g);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_knob_follows_the_pointer() {
        let from = Coords { angle: 0.6, scale: 1.2, stretch: 0.3, shear: -0.4, ..Coords::default() };
        for (target, coordinate, at) in [
            (Coords { scale: 2.1, ..from }, Coordinate::Scale, [1.0, 1.0]),
            (Coords { stretch: -0.2, ..from }, Coordinate::Stretch, [1.0, 0.0]),
            (Coords { shear: 0.9, ..from }, Coordinate::Shear, [0.0, 1.0]),
        ] {
            let p = GROUP.element(&target).apply(&at);
            let mut c = from;
            drag(&mut c, coordinate, [p[0], p[1]]);
            let (want, got) = (coordinate.get(&target), coordinate.get(&c));
            assert!((want - got).abs() < 1e-9, "{coordinate:?}: {want} {got}");
        }
    }
}
