//! Points of the upper left plate that can be dragged, and plates that turn in space.

use crate::ui::controls::{arrow_keys, focus_visible, held};
use crate::viz::{Camera, View};
use eframe::egui::{CursorIcon, Id, Pos2, Rect, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

/// Names of the places of the first points.
const NAMES: [&str; 6] = ["x1", "x2", "x3", "x4", "x5", "shift"];
/// The point that carries a translation.
pub(super) const SHIFT: usize = 5;

/// How a point looks at the moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    pub(super) hot: bool,
    pub(super) focus: bool,
}

/// What is held, and where the plates of space are seen from.
#[derive(Clone, Debug, Default)]
pub(super) struct Points {
    pub(super) camera: Camera,
    grab: Option<(usize, Vec2)>,
    /// The hint goes away with the first drag.
    pub(super) dragged: bool,
}

/// What became of the points in one frame.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// Point i is dragged to this place.
    pub(super) to: Option<(usize, Pos2)>,
    pub(super) committed: bool,
    pub(super) dragging: bool,
    pub(super) looks: Vec<Look>,
    /// How the handle of a translation looks, where there is one.
    pub(super) shift: Option<Look>,
    pub(super) places: Vec<(&'static str, Rect)>,
}

/// A point: where it is, what it is called, its value in words.
pub(super) struct Point {
    pub(super) at: Pos2,
    pub(super) name: String,
    pub(super) value: String,
}

impl Points {
    /// A plate as a picture to screen readers and, in space, as a trackball.
    pub(super) fn plate(&mut self, ui: &Ui, view: &View, key: &'static str, name: &str, out: &mut Moved) {
        let rect = Rect::from_center_size(view.centre, Vec2::splat(2.0 * view.radius));
        out.places.push((key, rect));
        let turns = view.space.is_3d();
        let sense = if turns { Sense::drag() } else { Sense::hover() };
        let response = ui.interact(rect, ui.scope_id().with(key), sense);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        if turns && response.dragged() && ui.input(|s| s.multi_touch()).is_none() {
            self.camera.drag(response.drag_delta(), view.radius);
            out.dragging = true;
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        }
        if turns && response.has_focus() {
            let (d, _) = arrow_keys(ui, response.id, 1.0, 1.0);
            self.camera.drag(vec2(d[0] as f32, -d[1] as f32) * 6.0, view.radius);
        }
    }

    /// All points of a plate.
    pub(super) fn points(&mut self, ui: &Ui, view: &View, points: &[Point], hit: f32, out: &mut Moved) {
        for (i, point) in points.iter().enumerate() {
            let look = self.point(ui, view, i, point, hit, out);
            out.looks.push(look);
        }
        self.dragged |= out.to.is_some();
    }

    /// The point of a number.
    pub(super) fn point(
        &mut self,
        ui: &Ui,
        view: &View,
        i: usize,
        point: &Point,
        hit: f32,
        out: &mut Moved,
    ) -> Look {
        let at = if point.at.is_finite() { point.at } else { view.centre };
        let rect = Rect::from_center_size(at, Vec2::splat(hit));
        let id: Id = ui.scope_id().with(("point", i));
        let response = ui.interact(rect, id, Sense::drag()).on_hover_cursor(CursorIcon::Grab);
        if let Some(name) = NAMES.get(i) {
            out.places.push((name, rect));
        }
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Slider, true, &point.name);
            info.current_text_value = Some(point.value.clone());
            info
        });
        if response.drag_started() {
            let from = ui.input(|s| s.pointer.press_origin()).unwrap_or(at);
            self.grab = Some((i, at - from));
            response.request_focus();
        }
        let two = ui.input(|s| s.multi_touch()).is_some();
        if let (true, Some(pointer)) = (held(&response) && !two, response.interact_pointer_pos()) {
            let offset = self.grab.filter(|g| g.0 == i).map_or(Vec2::ZERO, |g| g.1);
            out.to = Some((i, pointer + offset));
            out.dragging = true;
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        }
        if response.drag_stopped() {
            self.grab = None;
            out.committed = true;
        }
        if response.has_focus() {
            let (d, released) = arrow_keys(ui, response.id, 0.02, 0.02);
            if d != [0.0, 0.0] {
                let r = f64::from(view.radius);
                out.to = Some((i, at + vec2((d[0] * r) as f32, (-d[1] * r) as f32)));
            }
            out.committed |= released;
        }
        Look { hot: response.hovered() || response.dragged(), focus: focus_visible(&response) }
    }
}
