//! Tabs of a lab, links in a line of text, and a matrix that can be copied.

use eframe::egui::{Align2, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::focus_ring;
use crate::ui::fonts;
use crate::ui::theme::Theme;

/// On which edge the line of the present tab lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Tabs in the top bar: 48 high, as wide as their words.
    Bottom,
    /// Tabs at the foot of a phone: 56 high, sharing the width.
    Top,
}

/// A choice of one page among a few; the response has changed when another was chosen.
pub fn tabs<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    value: &mut T,
    options: &[(T, &str)],
    edge: Edge,
) -> Response {
    let theme = Theme::of(ui.ctx());
    let share = ui.available_width() / options.len().max(1) as f32;
    let whole = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let mut changed = false;
        for (option, text) in options {
            let on = *value == *option;
            let font = match (on, edge) {
                (true, Edge::Bottom) => fonts::medium(fonts::BODY),
                (true, Edge::Top) => fonts::semibold(fonts::BODY),
                (false, _) => fonts::regular(fonts::BODY),
            };
            let galley = ui.painter().layout_no_wrap((*text).to_owned(), font, theme.ink);
            let size = match edge {
                Edge::Bottom => vec2(galley.size().x + 24.0, 48.0),
                Edge::Top => vec2(share, 56.0),
            };
            let (rect, response) = ui.allocate_exact_size(size, Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Tab, ui.is_enabled(), on, text));
            changed |= response.clicked() && !on;
            if response.clicked() {
                *value = *option;
            }
            let ink = if on || response.hovered() { theme.ink } else { theme.ink3 };
            let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
            ui.painter().galley_with_override_text_color(at.min, galley, ink);
            if on {
                let y = if edge == Edge::Bottom { rect.bottom() - 1.0 } else { rect.top() + 1.0 };
                ui.painter().hline(rect.x_range(), y, Stroke::new(2.0, theme.ink));
            }
            focus_ring(ui, &response.with_new_rect(rect.shrink(4.0)), 4.0);
        }
        changed
    });
    let mut response = whole.response;
    response.widget_info(|| WidgetInfo::labeled(Role::TabList, ui.is_enabled(), name));
    if whole.inner {
        response.mark_changed();
    }
    response
}

/// A small underlined question or reference: `Why is it not zero?`
pub fn link(ui: &mut Ui, text: &str) -> Response {
    let theme = Theme::of(ui.ctx());
    let galley = ui.painter().layout_no_wrap(text.to_owned(), fonts::regular(fonts::SMALL), theme.ink2);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x, 16.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, ui.is_enabled(), text));
    let ink = if response.hovered() { theme.ink } else { theme.ink2 };
    let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
    ui.painter().galley_with_override_text_color(at.min, galley, ink);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, ink));
    focus_ring(ui, &response, 3.0);
    response
}
