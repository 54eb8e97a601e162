//! The group handle: one widget that holds any group element and shows what it does to the letter F.
//!
//! The letter has no symmetry of its own. Its grey outline rests, its plum copy lies where g puts it.

use super::controls::{arrow_keys, focus_ring, focus_visible, held};
use super::square::two_fingers;
use super::theme::Theme;
use super::twist::{self, Twist};
use super::{handle_ball, handle_boost, handle_linear, handle_ring};
use crate::maths::{Coordinate, Coords, Group};
use crate::viz::{Camera, shapes};
use eframe::egui::{
    self, CursorIcon, Key, Painter, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2,
};
use std::f64::consts::TAU;

/// The outline of the letter F about its centre, in units of which the letter is 32 high.
pub const LETTER: [[f64; 2]; 10] = [
    [-9.0, -16.0],
    [-9.0, 16.0],
    [11.0, 16.0],
    [11.0, 10.0],
    [-2.0, 10.0],
    [-2.0, 3.0],
    [8.0, 3.0],
    [8.0, -3.0],
    [-2.0, -3.0],
    [-2.0, -16.0],
];

/// The state of a handle between frames.
#[derive(Clone, Debug, Default)]
pub struct Handle {
    /// Where the ball of SO(3) and O(3) is seen from: give it the square's camera.
    pub camera: Camera,
    pub(super) grab: Option<Grab>,
    /// Points per unit of the picture of GL⁺(2), kept while something is dragged.
    pub(super) zoom: Option<f64>,
    twist: Twist,
}

/// What the pointer holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Grab {
    /// Which part.
    pub(super) part: Part,
    /// From the pointer to the part's centre, or the angle between them in `x`.
    pub(super) offset: Vec2,
}

/// Parts of a handle that can be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The ring: the angle is where the pointer is, but for the offset in `Grab`.
    Ring,
    /// What is inside the ring.
    Inside,
    /// A knob with this key.
    Knob(&'static str),
}

/// What became of a handle in one frame.
#[derive(Clone, Debug, Default)]
pub struct HandleResponse {
    /// The coordinates are different.
    pub changed: bool,
    /// They changed by a click or a key, not by a drag: worth a transition of 200 ms.
    pub jumped: bool,
    /// A drag has ended, or a click or a key is done: a moment to remember for undo.
    pub committed: bool,
    /// Something is held at the moment.
    pub dragging: bool,
    /// Named places: `handle` (all of it), `ring` (the square around the ring), `knob`, and one for each other knob.
    pub places: Vec<(&'static str, Rect)>,
}

/// Measures and colours of one frame.
pub(super) struct Frame {
    pub(super) theme: &'static Theme,
    pub(super) centre: Pos2,
    /// Radius of the middle of the ring's track.
    pub(super) ring: f32,
    /// Radius of the knob.
    pub(super) knob: f32,
    /// Side of a knob's hit area.
    pub(super) hit: f32,
}

impl Handle {
    /// Draws the handle of `group` in an area of the given size and lets it change `coords`.
    ///
    /// `shown` is what is drawn: the same coordinates, or a point on the way to them during a transition. `touch`
    /// makes knobs and hit areas large enough for fingers.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        group: Group,
        coords: &mut Coords,
        shown: &Coords,
        size: Vec2,
        touch: bool,
    ) -> HandleResponse {
        let before = *coords;
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let frame = Frame {
            theme: Theme::of(ui.ctx()),
            centre: rect.center(),
            ring: size.min_elem() / 2.0 - if touch { 24.0 } else { 14.0 },
            knob: if touch { 14.0 } else { 10.0 },
            hit: if touch { 44.0 } else { 28.0 },
        };
        let mut out = HandleResponse::default();
        let ring = Rect::from_center_size(frame.centre, Vec2::splat(2.0 * frame.ring));
        out.places.extend([("handle", rect), ("ring", ring)]);
        describe(ui, &response, group, coords);
        keys(ui, &response, group, coords, &mut out);
        let turned = twist::fingers(ui, rect);
        out.dragging |= turned.is_some();
        out.committed |= self.twist.turn(group, coords, turned);
        let shown = if out.dragging { *coords } else { *shown };
        match group {
            Group::Lorentz(1) => handle_boost::line(self, ui, &frame, &response, coords, &shown, &mut out),
            Group::Lorentz(_) => handle_boost::disc(self, ui, &frame, &response, coords, &shown, &mut out),
            Group::GeneralLinear2 => handle_linear::ui(self, ui, &frame, &response, coords, &shown, &mut out),
            g if g.dim() == 3 => {
                handle_ball::ui(self, ui, &frame, &response, group, coords, &shown, &mut out)
            }
            _ => handle_ring::ui(self, ui, &frame, &response, group, coords, &shown, &mut out),
        }
        focus_ring(ui, &response.clone().with_new_rect(rect.shrink(2.0)), 5.0);
        if !ui.input(|s| s.pointer.any_down()) {
            self.grab = None;
        }
        out.changed = before != *coords;
        out.jumped = out.changed && !out.dragging;
        out
    }

    /// The part that the pointer holds, decided when a drag of the whole handle begins.
    pub(super) fn hold(&mut self, ui: &Ui, frame: &Frame, response: &Response, knob: Pos2) -> Option<Grab> {
        if response.drag_started() {
            let from = ui.input(|s| s.pointer.press_origin()).unwrap_or(frame.centre);
            let near_knob = (from - knob).length() <= frame.hit * 0.75;
            let on_ring = (from - frame.centre).length() > frame.ring - 14.0;
            let relative = near_knob || !on_ring;
            let offset = if relative { angle_to(frame, knob) - angle_to(frame, from) } else { 0.0 };
            let part = if on_ring || near_knob { Part::Ring } else { Part::Inside };
            self.grab = Some(Grab { part, offset: vec2(offset as f32, 0.0) });
        }
        self.grab.filter(|_| held(response) && !two_fingers(ui))
    }
}

/// Angle of a screen point about the centre of the handle, in [0, 2π).
pub(super) fn angle_to(frame: &Frame, p: Pos2) -> f64 {
    let d = p - frame.centre;
    f64::from(-d.y).atan2(f64::from(d.x)).rem_euclid(TAU)
}

/// Takes the ring: a drag along it, a drag of what is inside where that turns too, or a click on it.
pub(super) fn take_ring(
    handle: &mut Handle,
    ui: &Ui,
    frame: &Frame,
    response: &Response,
    angle: &mut f64,
    inside_turns: bool,
    out: &mut HandleResponse,
) {
    let knob = shapes::polar(frame.centre, frame.ring, *angle);
    out.places.push(("knob", Rect::from_center_size(knob, Vec2::splat(frame.hit))));
    let grab = handle.hold(ui, frame, response, knob);
    if let (Some(grab), Some(p)) = (grab, response.interact_pointer_pos())
        && (grab.part == Part::Ring || (inside_turns && grab.part == Part::Inside))
    {
        *angle = (angle_to(frame, p) + f64::from(grab.offset.x)).rem_euclid(TAU);
        out.dragging = true;
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    }
    if response.clicked()
        && let Some(p) = response.interact_pointer_pos()
        && ((p - frame.centre).length() - frame.ring).abs() < 14.0
    {
        *angle = angle_to(frame, p);
        out.committed = true;
    }
    out.committed |= response.drag_stopped();
    if response.clicked() || response.drag_started() {
        response.request_focus();
    }
}

/// What a knob was asked to do.
pub(super) struct Knob {
    /// Where it was dragged to.
    pub(super) to: Option<Pos2>,
    /// Steps right and up by the arrow keys.
    pub(super) steps: [f64; 2],
    /// Under the pointer or held.
    pub(super) hot: bool,
    /// Has the keyboard.
    pub(super) focus: bool,
}

/// A knob of its own: `key` is its place, `name` and `value` are for screen readers.
pub(super) fn knob(
    handle: &mut Handle,
    ui: &Ui,
    frame: &Frame,
    parent: &Response,
    (key, at): (&'static str, Pos2),
    (name, value): (&str, String),
    out: &mut HandleResponse,
) -> Knob {
    let rect = Rect::from_center_size(at, Vec2::splat(frame.hit.max(24.0)));
    out.places.push((key, rect));
    let response = ui.interact(rect, parent.id.with(key), Sense::drag());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Slider, true, name);
        info.current_text_value = Some(value.clone());
        info
    });
    if response.drag_started() {
        let from = ui.input(|s| s.pointer.press_origin()).unwrap_or(at);
        handle.grab = Some(Grab { part: Part::Knob(key), offset: at - from });
        response.request_focus();
    }
    let held = handle.grab.filter(|g| g.part == Part::Knob(key) && held(&response));
    let to = held.and_then(|g| response.interact_pointer_pos().map(|p| p + g.offset));
    out.dragging |= to.is_some();
    out.committed |= response.drag_stopped();
    let mut steps = [0.0, 0.0];
    if response.has_focus() {
        let (d, released) = arrow_keys(ui, response.id, 1.0, 1.0);
        steps = d;
        out.committed |= released;
    }
    let hot = response.hovered() || to.is_some();
    if hot {
        let icon = if to.is_some() { CursorIcon::Grabbing } else { CursorIcon::Grab };
        ui.ctx().set_cursor_icon(icon);
    }
    Knob { to, steps, hot, focus: focus_visible(&response) }
}

/// Size of one step of the arrow keys.
pub fn key_step(group: Group, coordinate: Coordinate) -> f64 {
    match (coordinate, group.turn_steps()) {
        (Coordinate::Angle, Some(n)) => TAU / f64::from(n),
        (k, _) if k.is_angle() => 1f64.to_radians(),
        (Coordinate::Mirror, _) => 1.0,
        _ => 0.05,
    }
}

/// Moves one coordinate by steps of the arrow keys; angles stay in [0, 2π), a finite group moves by whole steps.
pub fn nudge(group: Group, coords: &mut Coords, coordinate: Coordinate, steps: f64) {
    if steps == 0.0 {
        return;
    }
    let whole = coordinate == Coordinate::Mirror || group.turn_steps().is_some();
    let steps = if whole { steps.signum() * steps.abs().round().max(1.0) } else { steps };
    let value = coordinate.get(coords) + steps * key_step(group, coordinate);
    let value = if coordinate.is_angle() { value.rem_euclid(TAU) } else { value };
    coordinate.set(coords, value);
}

fn keys(ui: &Ui, response: &Response, group: Group, coords: &mut Coords, out: &mut HandleResponse) {
    let requests = |a| ui.input(|s| s.num_accesskit_action_requests(response.id, a)) as f64;
    let asked = requests(egui::accesskit::Action::Increment) - requests(egui::accesskit::Action::Decrement);
    let (mut d, mut released) = ([0.0, 0.0], false);
    if response.has_focus() {
        (d, released) = arrow_keys(ui, response.id, 1.0, 1.0);
    }
    let coordinates = group.coordinates();
    nudge(group, coords, coordinates[0], d[0] + asked);
    match coordinates.get(1) {
        Some(Coordinate::Mirror) if d[1] != 0.0 => coords.mirror = d[1] > 0.0,
        Some(Coordinate::AxisX) => handle_ball::tilt(coords, 0.0, d[1].to_radians()),
        Some(second) => nudge(group, coords, *second, d[1]),
        None => {}
    }
    out.committed |= released || asked != 0.0;
    let home = response.has_focus() && ui.input(|s| s.key_pressed(Key::Home));
    if home {
        *coords = coords.at_rest();
        out.committed = true;
    }
}

/// "θ = 37°, mirrored": the element in words.
pub fn spoken(group: Group, coords: &Coords) -> String {
    let mut parts = Vec::new();
    for &k in group.coordinates() {
        let v = k.get(coords);
        match k {
            Coordinate::Mirror if coords.mirror => parts.push("mirrored".to_owned()),
            Coordinate::Mirror | Coordinate::AxisY | Coordinate::AxisZ => {}
            Coordinate::AxisX => {
                let [x, y, z] = coords.unit_axis();
                parts.push(format!("axis ({x:.2}, {y:.2}, {z:.2})"));
            }
            Coordinate::Angle if group.turn_steps().is_some() => {
                let n = group.turn_steps().unwrap_or(1);
                let degrees = crate::maths::group::snap(v, n).rem_euclid(TAU).to_degrees();
                parts.push(format!("θ = {}°", degrees.round()));
            }
            k if k.is_angle() => parts.push(format!("{} = {:.0}°", k.symbol(), v.to_degrees())),
            k => parts.push(format!("{} = {v:.2}", k.symbol())),
        }
    }
    parts.join(", ")
}

fn describe(ui: &Ui, response: &Response, group: Group, coords: &Coords) {
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Slider, true, "group element");
        info.current_text_value = Some(spoken(group, coords));
        info.value = Some(group.coordinates()[0].get(coords));
        info
    });
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.add_action(egui::accesskit::Action::Increment);
        node.add_action(egui::accesskit::Action::Decrement);
    });
}

/// The solid knob.
pub(super) fn paint_knob(painter: &Painter, frame: &Frame, at: Pos2, hot: bool) {
    let r = frame.knob + if hot { 1.0 } else { 0.0 };
    painter.circle_filled(at, r + 1.5, frame.theme.surf);
    painter.circle_filled(at, r - 1.5, frame.theme.g);
}

/// A hollow knob, for what is not the main coordinate.
pub(super) fn paint_hollow(painter: &Painter, frame: &Frame, at: Pos2, knob: &Knob) {
    let r = frame.knob * 0.7;
    if knob.hot {
        painter.circle_filled(at, r + 4.0, frame.theme.g_tint);
    }
    shapes::disc(painter, at, r, frame.theme.surf, Stroke::new(2.5, frame.theme.g));
    if knob.focus {
        shapes::ring(painter, at, r + 5.0, Stroke::new(2.0, frame.theme.ink));
    }
}
