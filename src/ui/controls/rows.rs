//! Rows of a panel: headers, labelled values, values that open a menu, chips and hairlines.

use eframe::egui::{
    Align2, Color32, Popup, PopupCloseBehavior, RectAlign, Response, Role, Sense, Stroke, Ui, WidgetInfo,
    pos2, vec2,
};

use super::{Density, focus_ring, row_height};
use crate::ui::icons::{self, Icon};
use crate::ui::line::Line;
use crate::ui::style::{MARGIN, RADIUS, RADIUS_CHIP};
use crate::ui::theme::Theme;
use crate::ui::{fonts, markup, typeset};
use crate::viz::shapes;

/// The title of a section, in capitals as given; 32 high.
pub fn section_header(ui: &mut Ui, text: &str, color: Color32) -> Response {
    let size = vec2(ui.available_width(), crate::ui::style::ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, text));
    let font = fonts::semibold(fonts::SMALL);
    ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, text, font, color);
    response
}

/// A line from edge to edge of a panel with the standard margin, with its distances above and below.
pub fn hairline(ui: &mut Ui) {
    let gap = ui.spacing().item_spacing.y;
    ui.add_space((15.0 - gap).max(0.0));
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    let line = rect.expand2(vec2(MARGIN, 0.0));
    ui.painter().rect_filled(line, 0.0, Theme::of(ui.ctx()).line);
    ui.add_space((8.0 - gap).max(0.0));
}

/// A caption and its value, 24 high: `Step   1 240`. The value may hold formulas between dollar signs.
pub fn row(ui: &mut Ui, label: &str, value: &str) -> Response {
    let theme = Theme::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{label}: {}", Line::plain(value))));
    let font = fonts::regular(fonts::BODY);
    ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, label, font.clone(), theme.ink3);
    let value = Line::layout(ui.ctx(), value, &font, theme.ink);
    value.paint(ui.painter(), rect.right_center(), Align2::RIGHT_CENTER);
    response
}

/// One line of a list of which one is chosen: a circle, a name, and a formula at the right end.
pub fn radio_row(ui: &mut Ui, name: &str, formula: &str, chosen: bool, hint: &str) -> Response {
    let high = row_height(ui);
    radio_line(ui, (name, formula), chosen, hint, high)
}

/// [`radio_row`] of another height, for lists that are long.
pub fn radio_line(
    ui: &mut Ui,
    (name, formula): (&str, &str),
    chosen: bool,
    hint: &str,
    high: f32,
) -> Response {
    let theme = Theme::of(ui.ctx());
    let size = vec2(ui.available_width(), high);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), chosen, name));
    if ui.is_rect_visible(rect) {
        let ring = if chosen { theme.g } else { theme.ink4 };
        let centre = pos2(rect.left() + 8.0, rect.center().y);
        let ring = if response.hovered() { theme.g } else { ring };
        shapes::disc(ui.painter(), centre, 7.0, ui.visuals().panel_fill, Stroke::new(1.5, ring));
        if chosen {
            ui.painter().circle_filled(centre, 4.0, theme.g);
        }
        let at = pos2(rect.left() + 26.0, rect.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, name, fonts::regular(fonts::BODY), theme.ink);
        let set = typeset::layout(ui.ctx(), formula, 16.0, theme.ink2);
        set.paint(ui.painter(), rect.right_center(), Align2::RIGHT_CENTER);
        focus_ring(ui, &response, f32::from(RADIUS));
    }
    super::tip(response, hint)
}

/// A row with a label on the left and the present value on the right, which opens a menu of `content`.
///
/// The value may hold formulas between dollar signs. Fill the menu with [`menu_item`].
pub fn value_menu(ui: &mut Ui, label: &str, value: &str, content: impl FnOnce(&mut Ui)) -> Response {
    let theme = Theme::of(ui.ctx());
    let size = vec2(ui.available_width(), row_height(ui));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), label);
        info.current_text_value = Some(Line::plain(value));
        info
    });
    if ui.is_rect_visible(rect) {
        let font = fonts::regular(fonts::BODY);
        let ink = if response.hovered() || Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response))
        {
            theme.ink
        } else {
            theme.ink2
        };
        let label = Line::layout(ui.ctx(), label, &font, theme.ink);
        label.paint(ui.painter(), rect.left_center(), Align2::LEFT_CENTER);
        icons::paint(ui.painter(), Icon::Chevron, rect.right_center() - vec2(6.0, 0.0), ink);
        let value = Line::layout(ui.ctx(), value, &font, ink);
        value.paint(ui.painter(), rect.right_center() - vec2(18.0, 0.0), Align2::RIGHT_CENTER);
        focus_ring(ui, &response, f32::from(RADIUS));
    }
    let width = size.x.clamp(160.0, 240.0);
    menu(&response).align(RectAlign::BOTTOM_END).width(width).show(|ui| {
        ui.set_min_width(width);
        ui.spacing_mut().item_spacing.y = 0.0;
        content(ui);
    });
    response
}

/// A menu that stays open while fields and segments in it are worked; its items close it themselves.
fn menu(response: &Response) -> Popup<'_> {
    Popup::menu(response).gap(4.0).close_behavior(PopupCloseBehavior::CloseOnClickOutside)
}

/// A menu that opens below a button.
pub fn menu_below(button: &Response, content: impl FnOnce(&mut Ui)) {
    menu(button).show(|ui| {
        ui.set_min_width(200.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        content(ui);
    });
}

/// One entry of a menu; the present one has a check. The menu closes when it is chosen.
pub fn menu_item(ui: &mut Ui, text: &str, chosen: bool) -> Response {
    let theme = Theme::of(ui.ctx());
    let size = vec2(ui.available_width(), row_height(ui));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(Role::MenuItemRadio, ui.is_enabled(), chosen, Line::plain(text))
    });
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, RADIUS, theme.ctl);
    }
    if chosen {
        icons::paint(ui.painter(), Icon::Check, pos2(rect.left() + 16.0, rect.center().y), theme.ink);
    }
    let line = Line::layout(ui.ctx(), text, &fonts::regular(fonts::BODY), theme.ink);
    line.paint(ui.painter(), rect.left_center() + vec2(32.0, 0.0), Align2::LEFT_CENTER);
    if response.clicked() {
        ui.close();
    }
    response
}

/// The name of a lab or group with a chevron, which opens a menu: `Vectors ⌄`, `O(2) ⌄`.
pub fn menu_title(ui: &mut Ui, text: &str, name: &str, content: impl FnOnce(&mut Ui)) -> Response {
    let theme = Theme::of(ui.ctx());
    let line = Line::layout(ui.ctx(), text, &fonts::medium(fonts::BODY), theme.ink);
    let size = vec2(line.size().x + 38.0, row_height(ui));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), name);
        info.current_text_value = Some(Line::plain(text));
        info
    });
    if response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, theme.ctl);
    }
    line.paint(ui.painter(), rect.left_center() + vec2(10.0, 0.0), Align2::LEFT_CENTER);
    icons::paint(ui.painter(), Icon::Chevron, rect.right_center() - vec2(16.0, 0.0), theme.ink);
    focus_ring(ui, &response, f32::from(RADIUS));
    menu_below(&response, content);
    response
}

/// A small plum plate with the name of a group, as markup: `\SO^+(1,2)`.
pub fn chip(ui: &mut Ui, markup: &str) -> Response {
    let theme = Theme::of(ui.ctx());
    let set = chip_text(ui, markup);
    let height = if Density::of(ui.ctx()) == Density::Touch { 24.0 } else { 20.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(chip_room(&set), height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, markup::plain(markup)));
    ui.painter().rect(rect, RADIUS_CHIP, theme.g_tint, Stroke::NONE, eframe::egui::StrokeKind::Inside);
    set.paint(ui.painter(), rect.center(), Align2::CENTER_CENTER);
    response
}

/// How many of the chips, from the first on, fit side by side into `room` points with `gap` points before each.
pub fn chips_that_fit<S: AsRef<str>>(ui: &Ui, chips: &[S], room: f32, gap: f32) -> usize {
    let mut taken = 0.0;
    chips
        .iter()
        .take_while(|markup| {
            taken += gap + chip_room(&chip_text(ui, markup.as_ref()));
            taken <= room
        })
        .count()
}

fn chip_text(ui: &Ui, markup: &str) -> typeset::Formula {
    typeset::layout_with(ui.ctx(), markup, 13.0, Theme::of(ui.ctx()).g, typeset::Colors::Plain)
}

fn chip_room(text: &typeset::Formula) -> f32 {
    text.size().x + 12.0
}
