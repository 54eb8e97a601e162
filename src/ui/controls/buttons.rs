//! Buttons, the switch and the segmented choice.

use eframe::egui::{
    Align2, Color32, FontId, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::{focus_ring, row_height, tip};
use crate::ui::fonts;
use crate::ui::icons::{self, Icon};
use crate::ui::line::Line;
use crate::ui::style::RADIUS;
use crate::ui::theme::Theme;

/// What a switch stands for, and so its colour when it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Breaks equivariance: crimson, with a cross on the knob.
    Break,
    /// Anything else: ink.
    Plain,
    /// Belongs to the group element: plum.
    Group,
}

/// A square button with an icon; `primary` is the one dark button of a screen.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str, primary: bool) -> Response {
    let theme = Theme::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(row_height(ui)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    if ui.is_rect_visible(rect) {
        let (fill, ink) = match (primary, response.hovered()) {
            (true, false) => (theme.ink, theme.bg),
            (true, true) => (theme.ink2, theme.bg),
            (false, false) => (Color32::TRANSPARENT, theme.ink2),
            (false, true) => (theme.ctl, theme.ink),
        };
        ui.painter().rect_filled(rect, RADIUS, fill);
        icons::paint(ui.painter(), icon, rect.center(), ink);
        focus_ring(ui, &response, f32::from(RADIUS));
    }
    tip(response, name)
}

/// Looks of a button with a word on it.
struct Look {
    font: FontId,
    pad: f32,
    fill: Color32,
    hover: Color32,
    ink: Color32,
}

fn worded(ui: &mut Ui, text: &str, look: Look, width: Option<f32>) -> Response {
    let galley = ui.painter().layout_no_wrap(text.to_owned(), look.font, look.ink);
    let size = vec2(width.unwrap_or(galley.size().x + 2.0 * look.pad), row_height(ui));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), text));
    if ui.is_rect_visible(rect) {
        let fill = if response.hovered() { look.hover } else { look.fill };
        ui.painter().rect_filled(rect, RADIUS, fill);
        let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
        ui.painter().galley(at.min, galley, look.ink);
        focus_ring(ui, &response, f32::from(RADIUS));
    }
    response
}

/// A word that acts, without a box until the pointer is on it.
pub fn text_button(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui.ctx());
    let look = Look {
        font: fonts::regular(fonts::BODY),
        pad: 10.0,
        fill: Color32::TRANSPARENT,
        hover: theme.ctl,
        ink: theme.ink2,
    };
    worded(ui, text, look, None)
}

/// The one dark button of a screen.
pub fn primary_button(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui.ctx());
    let look = Look {
        font: fonts::medium(fonts::BODY),
        pad: 16.0,
        fill: theme.ink,
        hover: theme.ink2,
        ink: theme.bg,
    };
    worded(ui, text, look, None)
}

/// The one dark button of a screen with an icon before its word, of the given width.
pub fn action_button(ui: &mut Ui, icon: Icon, text: &str, width: f32) -> Response {
    let theme = Theme::of(ui.ctx());
    let size = vec2(width, row_height(ui));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), text));
    if ui.is_rect_visible(rect) {
        let fill = if response.hovered() { theme.ink2 } else { theme.ink };
        ui.painter().rect_filled(rect, RADIUS, fill);
        let galley = ui.painter().layout_no_wrap(text.to_owned(), fonts::regular(fonts::BODY), theme.bg);
        let left = rect.center().x - (galley.size().x + 26.0) / 2.0;
        icons::paint(ui.painter(), icon, pos2(left + 10.0, rect.center().y), theme.bg);
        let at = Align2::LEFT_CENTER.anchor_size(pos2(left + 26.0, rect.center().y), galley.size());
        ui.painter().galley(at.min, galley, theme.bg);
        focus_ring(ui, &response, f32::from(RADIUS));
    }
    response
}

/// A quiet button as wide as the column.
pub fn wide_button(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui.ctx());
    let look = Look {
        font: fonts::medium(fonts::BODY),
        pad: 10.0,
        fill: theme.ctl,
        hover: theme.line,
        ink: theme.ink,
    };
    let width = ui.available_width();
    worded(ui, text, look, Some(width))
}

/// A labelled row with a switch at its right end; all of the row can be clicked. The label may hold formulas between
/// dollar signs.
pub fn switch(ui: &mut Ui, label: &str, on: &mut bool, kind: Kind, hint: &str) -> Response {
    let size = vec2(ui.available_width(), row_height(ui));
    let (rect, mut response) = ui.allocate_exact_size(size, Sense::click());
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::Switch, ui.is_enabled(), *on, Line::plain(label)));
    if ui.is_rect_visible(rect) {
        let theme = Theme::of(ui.ctx());
        let line = Line::layout(ui.ctx(), label, &fonts::regular(fonts::BODY), theme.ink);
        line.paint(ui.painter(), rect.left_center(), Align2::LEFT_CENTER);
        let at = pos2(rect.right() - 16.0, rect.center().y);
        let track = Rect::from_center_size(at, vec2(32.0, 18.0));
        paint_switch(ui, &response, track, *on, kind);
        focus_ring(ui, &response, f32::from(RADIUS));
    }
    tip(response, hint)
}

fn paint_switch(ui: &Ui, response: &Response, track: Rect, on: bool, kind: Kind) {
    let theme = Theme::of(ui.ctx());
    let lit = match kind {
        Kind::Break => theme.bad,
        Kind::Plain => theme.ink,
        Kind::Group => theme.g,
    };
    let way = ui.ctx().animate_bool(response.id, on);
    let off = if response.hovered() { theme.ink3 } else { theme.ink4 };
    ui.painter().rect_filled(track, 9.0, off.lerp_to_gamma(lit, way));
    let knob = pos2(track.left() + 9.0 + 14.0 * way, track.center().y);
    ui.painter().circle_filled(knob, 7.0, theme.surf);
    if kind == Kind::Break && on {
        // Not by colour alone: what breaks it carries the cross of the verdict.
        let stroke = Stroke::new(1.75, lit);
        for d in [vec2(2.75, 2.75), vec2(2.75, -2.75)] {
            ui.painter().line_segment([knob - d, knob + d], stroke);
        }
    }
}

/// A choice of one among a few, side by side in one track as wide as the column; `name` names the group.
///
/// The response has changed when another option was chosen.
pub fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    value: &mut T,
    options: &[(T, &str)],
) -> Response {
    let theme = Theme::of(ui.ctx());
    let size = vec2(ui.available_width(), row_height(ui));
    let (rect, mut whole) = ui.allocate_exact_size(size, Sense::hover());
    whole.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, ui.is_enabled(), name));
    ui.painter().rect_filled(rect, RADIUS, theme.ctl);
    let inner = rect.shrink(2.0);
    let width = inner.width() / options.len().max(1) as f32;
    for (i, (option, text)) in options.iter().enumerate() {
        let min = pos2(inner.left() + i as f32 * width, inner.top());
        let cell = Rect::from_min_size(min, vec2(width, inner.height()));
        let response = ui.interact(cell, whole.id.with(i), Sense::click());
        if response.clicked() && *value != *option {
            *value = *option;
            whole.mark_changed();
        }
        let on = *value == *option;
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), on, text));
        if on {
            ui.painter().rect_filled(cell, 5.0, theme.surf);
        }
        let ink = if on || response.hovered() { theme.ink } else { theme.ink2 };
        let font = if on { fonts::medium(fonts::BODY) } else { fonts::regular(fonts::BODY) };
        ui.painter().text(cell.center(), Align2::CENTER_CENTER, text, font, ink);
        focus_ring(ui, &response, 5.0);
    }
    whole
}
