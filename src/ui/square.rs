//! The commuting square: four plates, two roads, one verdict.
//!
//! The filled road goes down and then right, f(g·x); the hollow road right and then down, ρ(g) f(x). What each road
//! brings to the fourth plate wears its road: filled arrows inside hollow sleeves.

use super::controls::{arrow_keys, focus_visible, held};
use super::square_layout::{Design, LayoutKind, SquareLayout};
use super::square_paint::{TipLook, one_plate, paint_with, view};
use super::square_text as text;
use super::theme::Theme;
use super::twist;
use crate::viz::shapes::ArrowStyle;
use crate::viz::{Camera, Scene, View};

pub use super::square_paint::{KeyShape, Surround, paint, surround};
pub use super::square_text::{VerdictResponse, verdict_ui, verdict_words};
use eframe::egui::{CursorIcon, Id, Key, Rect, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

/// One of the four plates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Corner {
    X,
    Y,
    Gx,
    Gy,
}

impl Corner {
    pub(super) const ALL: [Self; 4] = [Self::X, Self::Y, Self::Gx, Self::Gy];

    pub(super) fn place(self) -> (usize, usize) {
        match self {
            Self::X => (0, 0),
            Self::Y => (0, 1),
            Self::Gx => (1, 0),
            Self::Gy => (1, 1),
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::X => "plate_x",
            Self::Y => "plate_y",
            Self::Gx => "plate_gx",
            Self::Gy => "plate_gy",
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Y => "f(x)",
            Self::Gx => "g·x",
            Self::Gy => "f(g·x) over ρ(g) f(x)",
        }
    }
}

/// Names of the places of the first tips.
const TIPS: [&str; 12] = ["x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12"];

/// The state of a square between frames: where it is seen from, and what is being dragged.
#[derive(Clone, Debug, Default)]
pub struct Square {
    /// Shared by all four plates; used in three dimensions.
    pub camera: Camera,
    /// The tip under the pointer, and where on it the pointer took hold.
    grab: Option<(usize, Vec2)>,
    /// The hint goes away with the first drag.
    dragged: bool,
    /// On a phone a tap makes one plate fill the room of all four.
    enlarged: Option<Corner>,
}

/// What became of a square in one frame.
#[derive(Clone, Debug, Default)]
pub struct SquareResponse {
    /// Input vector i is now at this place.
    pub moved_x: Option<(usize, Vec<f64>)>,
    /// A drag has ended or a key was released: a moment to remember for undo.
    pub committed: bool,
    /// The question under the verdict was asked.
    pub question_clicked: bool,
    /// A tip or the camera is held at the moment.
    pub dragging: bool,
    /// Anything was touched in this frame; ends the sway of the first visit.
    pub touched: bool,
    /// Two fingers on the square turn g by this angle (radians, anticlockwise); `None` where there are none.
    pub twist: Option<f64>,
    /// Named places: tips `x1` …, plates `plate_x`, `plate_y`, `plate_gx`, `plate_gy`, `verdict`, and
    /// `square`, all of it.
    pub places: Vec<(&'static str, Rect)>,
}

impl Square {
    /// Draws the square into all the room there is and takes input.
    pub fn ui(&mut self, ui: &mut Ui, scene: &Scene<'_>, kind: LayoutKind) -> SquareResponse {
        let mut size = ui.available_size();
        if kind == LayoutKind::Phone {
            size.y = size.y.min(SquareLayout::column_height(size.x));
        }
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let mut layout = SquareLayout::fit(kind, rect);
        if ui.input(|s| s.has_touch_screen()) {
            layout.hit = 44.0;
        }
        let mut out = SquareResponse { twist: twist::fingers(ui, rect), ..Default::default() };
        out.places.push(("square", rect));
        if layout.design != Design::Column || ui.input(|s| s.key_pressed(Key::Escape)) {
            self.enlarged = None;
        }
        match self.enlarged {
            None => self.four_plates(ui, scene, &layout, &mut out),
            Some(corner) => self.one_plate(ui, scene, &layout, corner, &mut out),
        }
        out.touched |= out.dragging || out.moved_x.is_some() || out.twist.is_some();
        let asked = text::verdict_ui(ui, &scene.verdict, &layout);
        out.question_clicked = asked.clicked;
        out.places.extend(asked.places);
        out
    }

    fn four_plates(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        layout: &SquareLayout,
        out: &mut SquareResponse,
    ) {
        for corner in Corner::ALL {
            let view = view(scene, layout, self.camera, corner);
            self.interact_plate(ui, layout, &view, corner, out);
        }
        let tips = self.interact_tips(ui, scene, layout, &view(scene, layout, self.camera, Corner::X), out);
        let theme = Theme::of(ui.ctx());
        paint_with(ui.painter(), theme, scene, layout, self.camera, &tips);
        if !self.dragged && layout.design == Design::Full && !scene.x.is_empty() {
            text::hint(ui.painter(), theme, layout);
        }
    }

    /// One plate in the room of all four, with everything that can be done to it.
    fn one_plate(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        layout: &SquareLayout,
        corner: Corner,
        out: &mut SquareResponse,
    ) {
        let room = layout.room();
        let large = |camera| View {
            centre: room.center(),
            radius: room.size().min_elem() / 2.0,
            ..view(scene, layout, camera, corner)
        };
        self.interact_plate(ui, layout, &large(self.camera), corner, out);
        let view = large(self.camera);
        let tips = match corner {
            Corner::X => self.interact_tips(ui, scene, layout, &view, out),
            _ => Vec::new(),
        };
        let theme = Theme::of(ui.ctx());
        one_plate(ui.painter(), theme, scene, corner, &view, ArrowStyle::LARGE, &tips, true);
        text::enlarged(ui.painter(), theme, layout, corner);
    }

    fn interact_tips(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        layout: &SquareLayout,
        view: &View,
        out: &mut SquareResponse,
    ) -> Vec<TipLook> {
        (0..scene.x.len()).map(|i| self.interact_tip(ui, scene, layout, view, i, out)).collect()
    }

    /// A plate is a picture to screen readers, a trackball in three dimensions, and on a phone a button that enlarges
    /// it.
    fn interact_plate(
        &mut self,
        ui: &mut Ui,
        layout: &SquareLayout,
        view: &View,
        corner: Corner,
        out: &mut SquareResponse,
    ) {
        let rect = Rect::from_center_size(view.centre, Vec2::splat(2.0 * view.radius));
        out.places.push((corner.key(), rect));
        let (turns, enlarges) = (view.space.is_3d(), layout.design == Design::Column);
        let sense = match (turns, enlarges) {
            (true, true) => Sense::click_and_drag(),
            (true, false) => Sense::drag(),
            (false, true) => Sense::click(),
            (false, false) => Sense::hover(),
        };
        let response = ui.interact(rect, ui.scope_id().with(corner.key()), sense);
        let role = if enlarges { Role::Button } else { Role::Image };
        response.widget_info(|| WidgetInfo::labeled(role, true, corner.name()));
        if enlarges && response.clicked() {
            self.enlarged = if self.enlarged.is_some() { None } else { Some(corner) };
        }
        if !turns {
            return;
        }
        if response.dragged() && !two_fingers(ui) {
            self.camera.drag(response.drag_delta(), view.radius);
            out.dragging = true;
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        }
        if response.has_focus() {
            let (d, _) = arrow_keys(ui, response.id, 1.0, 1.0);
            self.camera.drag(vec2(d[0] as f32, -d[1] as f32) * 6.0, view.radius);
        }
    }

    fn interact_tip(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        layout: &SquareLayout,
        view: &View,
        i: usize,
        out: &mut SquareResponse,
    ) -> TipLook {
        let (tip, _) = view.project(&scene.x[i]);
        let tip = if tip.x.is_finite() && tip.y.is_finite() { tip } else { view.centre };
        let rect = Rect::from_center_size(tip, Vec2::splat(layout.hit));
        let response = ui.interact(rect, tip_id(ui, i), Sense::drag());
        if let Some(name) = TIPS.get(i) {
            out.places.push((name, rect));
        }
        response.widget_info(|| tip_info(scene, i));
        let response = response.on_hover_cursor(CursorIcon::Grab);
        if response.drag_started() {
            let from = ui.input(|s| s.pointer.press_origin()).unwrap_or(tip);
            self.grab = Some((i, tip - from));
            response.request_focus();
        }
        let held = held(&response) && !two_fingers(ui);
        if let (true, Some(pointer)) = (held, response.interact_pointer_pos()) {
            let offset = self.grab.filter(|g| g.0 == i).map_or(Vec2::ZERO, |g| g.1);
            out.moved_x = Some((i, view.unproject(pointer + offset, &scene.x[i])));
            out.dragging = true;
            self.dragged = true;
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
                let to = tip + vec2((d[0] * r) as f32, (-d[1] * r) as f32);
                out.moved_x = Some((i, view.unproject(to, &scene.x[i])));
                self.dragged = true;
            }
            out.committed |= released;
        }
        TipLook { hot: response.hovered() || response.dragged(), focus: focus_visible(&response) }
    }
}

/// Two fingers turn g; what the first of them holds must not move meanwhile.
pub(super) fn two_fingers(ui: &Ui) -> bool {
    ui.input(|s| s.multi_touch()).is_some()
}

fn tip_id(ui: &Ui, i: usize) -> Id {
    ui.scope_id().with(("tip", i))
}

fn tip_info(scene: &Scene<'_>, i: usize) -> WidgetInfo {
    let parts: Vec<String> = scene.x[i].iter().map(|v| format!("{v:.2}")).collect();
    let mut info = WidgetInfo::labeled(Role::Slider, true, format!("arrow x{}", i + 1));
    info.current_text_value = Some(format!("({})", parts.join(", ")));
    info
}
