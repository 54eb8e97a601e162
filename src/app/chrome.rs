//! Buttons of the frame: placed by rectangle, named for assistive technology, with a ring when focused.

use eframe::egui::{
    self, Align2, Color32, CornerRadius, FontId, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, vec2,
};

use super::marks::{self, Mark};
use crate::ui::{fonts, theme::Theme};

/// Radius of buttons.
const RADIUS: CornerRadius = CornerRadius::same(6);

/// How a button with text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Text alone; the ground shows under the pointer.
    Quiet,
    /// The one dark button of a screen.
    Primary,
}

/// A place that can be pressed: pointer, keyboard and assistive technology alike.
pub fn pressable(ui: &mut Ui, rect: Rect, id: &str, name: &str, enabled: bool) -> Response {
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, Id::unique(("shell", id)), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    response
}

/// The ring around what has the keyboard.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect, radius: CornerRadius) {
    if response.has_focus() {
        let theme = Theme::of(ui.ctx());
        ui.painter().rect_stroke(rect, radius, Stroke::new(2.0, theme.ink), StrokeKind::Inside);
    }
}

fn ground(ui: &Ui, response: &Response, rect: Rect, theme: &Theme) {
    if response.hovered() && response.enabled() && response.sense.senses_click() {
        ui.painter().rect_filled(rect, RADIUS, theme.ctl);
    }
}

/// A button with an icon.
pub fn icon_button(ui: &mut Ui, rect: Rect, mark: Mark, id: &str, name: &str, enabled: bool) -> Response {
    let theme = Theme::of(ui.ctx());
    let response = pressable(ui, rect, id, name, enabled);
    ground(ui, &response, rect, theme);
    marks::mark(ui.painter(), rect.center(), mark, if enabled { theme.ink2 } else { theme.ink4 });
    focus_ring(ui, &response, rect, RADIUS);
    response.on_hover_text(name)
}

/// A button with text in the middle.
pub fn text_button(ui: &mut Ui, rect: Rect, text: &str, font: FontId, look: Look, id: &str) -> Response {
    let theme = Theme::of(ui.ctx());
    let response = pressable(ui, rect, id, text, true);
    let colour = match look {
        Look::Quiet => {
            ground(ui, &response, rect, theme);
            theme.ink2
        }
        Look::Primary => {
            let fill = if response.hovered() { theme.ink2 } else { theme.ink };
            ui.painter().rect_filled(rect, RADIUS, fill);
            theme.bg
        }
    };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, font, colour);
    if look == Look::Primary && response.has_focus() {
        // Inside a dark button a dark ring would not show.
        let ring = rect.expand(3.0);
        ui.painter().rect_stroke(
            ring,
            CornerRadius::same(9),
            Stroke::new(2.0, theme.ink),
            StrokeKind::Inside,
        );
    } else {
        focus_ring(ui, &response, rect, RADIUS);
    }
    response
}

/// The width of one line of text.
pub fn width(ui: &Ui, text: &str, font: FontId) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER).size().x
}

/// A name of a group as a chip; answers with its width. `right` is the right edge, `y` the middle.
pub fn chip(ui: &Ui, right: f32, y: f32, text: &str) -> f32 {
    let theme = Theme::of(ui.ctx());
    let galley = ui.painter().layout_no_wrap(proper(text), fonts::maths(13.0), theme.g);
    let size = vec2(galley.size().x + 12.0, 20.0);
    let rect = Rect::from_min_size(egui::pos2(right - size.x, y - 10.0), size);
    ui.painter().rect_filled(rect, CornerRadius::same(4), theme.g_tint);
    // STIX carries more above its letters than below: two points lower is the middle for the eye.
    ui.painter().galley(rect.center() - galley.size() / 2.0 + vec2(0.0, 2.0), galley, theme.g);
    size.x
}

/// A name of a group as it is printed: `SO+(1,2)` as SO⁺(1,2).
fn proper(text: &str) -> String {
    text.replace('+', "⁺")
}
