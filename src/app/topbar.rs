//! The bar above every page: logo, lab menu, undo and redo, link, theme, device.

use eframe::egui::{
    Align, Align2, Id, Layout, Rect, Response, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::chrome;
use super::shell::Shell;
use crate::labs::LayoutKind;
use crate::ui::controls;
use crate::ui::icons::{self, Icon};
use crate::ui::{fonts, theme::Theme};

/// Height above a page on a desk.
const HEIGHT: f32 = 48.0;
/// Height above a page on a phone.
const HEIGHT_PHONE: f32 = 56.0;
/// Between two buttons.
const GAP: f32 = 4.0;
/// Between groups of buttons, and before the badge.
const WIDE_GAP: f32 = 12.0;
/// The badge of the device without its word: dot and gap before, margin behind.
const BADGE: f32 = 24.0;

/// Width of the menu of labs.
const MENU: f32 = 200.0;

const LINK: &str = "Copy link";

/// Draws the bar along the top of `space`; answers with the height at which the page begins.
pub fn show(shell: &mut Shell, ui: &mut Ui, space: Rect, layout: LayoutKind) -> f32 {
    let phone = layout == LayoutKind::Phone;
    let height = if phone { HEIGHT_PHONE } else { HEIGHT };
    let rect = Rect::from_min_size(space.min, vec2(space.width(), height));
    let theme = Theme::of(ui.ctx());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, theme.line));
    let inner = rect.with_max_y(rect.bottom() - 1.0);
    let margin = if phone { 16.0 } else { 24.0 };
    row(ui, inner.with_min_x(rect.left() + margin), |ui| left(shell, ui, phone));
    let end = rect.right() - if phone { 6.0 } else { 16.0 };
    let start = end - right_width(shell, ui, phone);
    row(ui, inner.with_min_x(start), |ui| right(shell, ui, phone));
    rect.bottom()
}

fn row(ui: &mut Ui, rect: Rect, content: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        content(ui);
    });
}

/// Logo and lab menu.
fn left(shell: &mut Shell, ui: &mut Ui, phone: bool) {
    brand(shell, ui, !(phone && shell.page.is_some()));
    let Some(exhibit) = shell.exhibit() else { return };
    let title = exhibit.lab.meta().title;
    if !phone {
        ui.add_space(16.0);
        let (rect, _) = ui.allocate_exact_size(vec2(1.0, 20.0), Sense::hover());
        ui.painter().rect_filled(rect, 0.0, Theme::of(ui.ctx()).line);
        ui.add_space(12.0);
    }
    let mut chosen = None;
    let response = controls::menu_title(ui, title, &format!("Lab: {title}"), |ui| {
        ui.set_max_width(MENU);
        if controls::menu_item(ui, "All labs", false).clicked() {
            chosen = Some(None);
        }
        for (index, exhibit) in shell.exhibits.iter().enumerate() {
            if controls::menu_item(ui, exhibit.lab.meta().title, shell.page == Some(index)).clicked() {
                chosen = Some(Some(index));
            }
        }
    });
    shell.place("shell.labs", &response);
    if let Some(page) = chosen {
        shell.go(ui.ctx(), page);
    }
}

/// The logo leads to the gallery.
fn brand(shell: &mut Shell, ui: &mut Ui, named: bool) {
    let theme = Theme::of(ui.ctx());
    let font = fonts::semibold(fonts::BODY);
    let width = if named { 30.0 + chrome::width(ui, "Equiscope", font.clone()) } else { 24.0 };
    let (rect, _) = ui.allocate_exact_size(vec2(width, controls::row_height(ui)), Sense::hover());
    let response = chrome::pressable(ui, rect.expand2(vec2(8.0, 0.0)), "brand", "Equiscope, all labs");
    let middle = rect.center().y;
    icons::logo(ui.painter(), pos2(rect.left(), middle - 10.0), theme);
    if named {
        let at = pos2(rect.left() + 30.0, middle);
        ui.painter().text(at, Align2::LEFT_CENTER, "Equiscope", font, theme.ink);
    }
    controls::focus_ring(ui, &response, 6.0);
    shell.place("shell.gallery", &response);
    if response.clicked() {
        shell.go(ui.ctx(), None);
    }
}

/// The width that [`right`] will take.
fn right_width(shell: &Shell, ui: &Ui, phone: bool) -> f32 {
    let button = controls::row_height(ui);
    let link = chrome::width(ui, LINK, fonts::regular(fonts::BODY)) + 20.0;
    let badge = WIDE_GAP + BADGE + chrome::width(ui, badge_text(shell), fonts::regular(fonts::SMALL));
    let of_lab = match (shell.exhibit(), phone) {
        (None, _) => 0.0,
        (Some(_), false) => 2.0 * (button + GAP) + WIDE_GAP + link + GAP,
        (Some(exhibit), true) => {
            let buttons = if exhibit.history.can_redo() { 2.0 } else { 1.0 };
            buttons * (button + GAP) + link + GAP
        }
    };
    of_lab + button + if phone { 0.0 } else { GAP + badge }
}

/// Undo and redo, link, theme, device.
fn right(shell: &mut Shell, ui: &mut Ui, phone: bool) {
    if let Some(exhibit) = shell.exhibit() {
        let (can_undo, can_redo) = (exhibit.history.can_undo(), exhibit.history.can_redo());
        if button(shell, ui, Icon::Undo, "Undo", "shell.undo", can_undo) {
            shell.undo(ui.ctx());
        }
        // A narrow bar has no room for a button that can do nothing.
        if (!phone || can_redo) && button(shell, ui, Icon::Redo, "Redo", "shell.redo", can_redo) {
            shell.redo(ui.ctx());
        }
        if !phone {
            ui.add_space(WIDE_GAP);
            copy_link(shell, ui);
        }
    }
    let name = if Theme::of(ui.ctx()).dark { "Switch to light" } else { "Switch to dark" };
    if button(shell, ui, Icon::Theme, name, "shell.theme", true) {
        shell.toggle_theme(ui.ctx());
    }
    if !phone {
        badge(shell, ui);
    } else if shell.page.is_some() {
        copy_link(shell, ui);
    }
}

fn button(
    shell: &mut Shell,
    ui: &mut Ui,
    icon: Icon,
    name: &str,
    place: &'static str,
    enabled: bool,
) -> bool {
    let press = |ui: &mut Ui| -> Response { controls::icon_button(ui, icon, name, false) };
    let response = ui.add_enabled_ui(enabled, press).inner;
    shell.place(place, &response);
    response.clicked()
}

fn copy_link(shell: &mut Shell, ui: &mut Ui) {
    let response = controls::text_button(ui, LINK);
    shell.place("shell.link", &response);
    if response.on_hover_text("A link that opens this lab as it stands now").clicked() {
        shell.copy_link(ui.ctx());
    }
}

fn badge_text(shell: &Shell) -> &'static str {
    if shell.device.is_some() { "GPU" } else { "CPU" }
}

/// Says what computes; the pointer finds out more.
fn badge(shell: &Shell, ui: &mut Ui) {
    let theme = Theme::of(ui.ctx());
    let text = badge_text(shell);
    let font = fonts::regular(fonts::SMALL);
    ui.add_space(WIDE_GAP);
    let width = 16.0 + chrome::width(ui, text, font.clone());
    let (rect, _) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
    let colour = if shell.device.is_some() { theme.ok } else { theme.ink3 };
    ui.painter().circle_filled(pos2(rect.left() + 4.0, rect.center().y), 4.0, colour);
    ui.painter().text(rect.left_center() + vec2(16.0, 0.0), Align2::LEFT_CENTER, text, font, theme.ink2);
    let detail = match &shell.device {
        Some(device) => {
            let kind = if device.software { "a software adapter" } else { "a graphics adapter" };
            format!(
                "Sweeps and pairs are computed on {kind}: {}. Where training runs stands beside its speed. Drawn with {}.",
                device.adapter, shell.drawing
            )
        }
        None => format!("Computes on the processor. Drawn with {}.", shell.drawing),
    };
    let response = ui.interact(rect, Id::unique("shell.device"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{text}: {detail}")));
    response.on_hover_text(detail);
}
