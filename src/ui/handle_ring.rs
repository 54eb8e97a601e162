//! The ring of the groups of the plane: SO(2), O(2), C(n), D(n).

use super::handle::{self, Frame, Handle, HandleResponse, LETTER};
use crate::maths::group::snap;
use crate::maths::{Coords, Group, Matrix};
use crate::viz::shapes;
use eframe::egui::{Painter, Pos2, Response, Shape, Stroke, Ui, pos2};
use std::f64::consts::TAU;

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
    let held = |a: f64| group.turn_steps().map_or(a, |n| snap(a, n).rem_euclid(TAU));
    let before = coords.angle;
    let mut angle = held(coords.angle);
    handle::take_ring(state, ui, frame, response, &mut angle, true, out);
    if held(angle) != held(before) {
        coords.angle = held(angle);
    }
    let mirror = (group.has_mirror() && coords.mirror).then(|| {
        let at = shapes::polar(frame.centre, frame.ring - 24.0, held(coords.angle) / 2.0);
        let value = format!("{:.0}°", (held(coords.angle) / 2.0).to_degrees());
        let knob = handle::knob(state, ui, frame, response, ("mirror", at), ("mirror line", value), out);
        if let Some(p) = knob.to {
            coords.angle = held((2.0 * handle::angle_to(frame, p)).rem_euclid(TAU));
        }
        handle::nudge(group, coords, crate::maths::Coordinate::Angle, 2.0 * (knob.steps[0] + knob.steps[1]));
        knob
    });
    let shown = if out.dragging { &*coords } else { shown };
    let angle = held(shown.angle.rem_euclid(TAU));
    let painter = ui.painter();
    track(painter, frame, angle, group.turn_steps());
    if let Some(knob) = &mirror {
        let ends =
            [frame.ring - 14.0, 14.0 - frame.ring].map(|r| shapes::polar(frame.centre, r, angle / 2.0));
        shapes::dashed(painter, &ends, Stroke::new(1.25, frame.theme.g), 4.0, 3.0);
        let at = shapes::polar(frame.centre, frame.ring - 24.0, angle / 2.0);
        letter(painter, frame, &group.element(shown));
        handle::paint_hollow(painter, frame, at, knob);
    } else {
        letter(painter, frame, &group.element(shown));
    }
    let hot = response.hovered() || response.dragged();
    handle::paint_knob(painter, frame, shapes::polar(frame.centre, frame.ring, angle), hot);
}

/// The track with its ticks (every 15°, or a hollow dot at every element of a finite group), the sector and the arc.
pub(super) fn track(painter: &Painter, frame: &Frame, angle: f64, steps: Option<u32>) {
    let (c, r, theme) = (frame.centre, frame.ring, frame.theme);
    rim(painter, frame);
    match steps {
        None => {
            for i in 0..24 {
                let length = [8.0, 3.0, 5.0, 3.0, 5.0, 3.0][i % 6];
                let a = TAU * i as f64 / 24.0;
                let line = [shapes::polar(c, r - 9.0, a), shapes::polar(c, r - 9.0 - length, a)];
                painter.line_segment(line, Stroke::new(1.0, theme.ink4));
            }
        }
        Some(n) => {
            for k in 0..n.min(64) {
                let at = shapes::polar(c, r, TAU * f64::from(k) / f64::from(n));
                let size = if n > 24 { 2.0 } else { 3.5 };
                painter.circle(at, size, theme.bg, Stroke::new(1.5, theme.g));
            }
        }
    }
    if angle > 1e-9 {
        shapes::sector(painter, c, r - 22.0, 0.0, angle, theme.g_tint);
    }
    arc(painter, frame, angle);
}

/// The empty track.
pub(super) fn rim(painter: &Painter, frame: &Frame) {
    painter.circle_stroke(frame.centre, frame.ring, Stroke::new(12.0, frame.theme.ctl));
}

/// The plum arc from 0 to the angle, with round ends.
pub(super) fn arc(painter: &Painter, frame: &Frame, angle: f64) {
    let points = shapes::arc(frame.centre, frame.ring, 0.0, angle);
    painter.circle_filled(points[0], 2.0, frame.theme.g);
    painter.add(Shape::line(points, Stroke::new(4.0, frame.theme.g)));
}

/// The letter at rest and carried by m.
fn letter(painter: &Painter, frame: &Frame, m: &Matrix) {
    let k = f64::from(frame.ring) / 52.0;
    let at = |m: &Matrix| -> Vec<Pos2> {
        LETTER
            .iter()
            .map(|p| m.apply(&[p[0] * k, p[1] * k]))
            .map(|p| pos2(frame.centre.x + p[0] as f32, frame.centre.y - p[1] as f32))
            .collect()
    };
    shapes::outline(painter, &at(&Matrix::identity(2)), Stroke::new(1.0, frame.theme.ink4));
    shapes::fill(painter, &at(m), frame.theme.g);
}
