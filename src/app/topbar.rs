//! The bar above every page: logo, lab menu, undo and redo, link, theme, device.

use eframe::egui::{
    Align2, CornerRadius, Id, Key, Popup, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::chrome::{self, Look};
use super::marks::{self, Mark};
use super::shell::Shell;
use crate::labs::LayoutKind;
use crate::ui::{fonts, theme::Theme};

/// Height above a page on a desk.
pub const HEIGHT: f32 = 48.0;
/// Height above a page on a phone.
pub const HEIGHT_PHONE: f32 = 56.0;

/// The bar under construction: what is on the left grows to the right and the other way round.
struct Bar {
    rect: Rect,
    left: f32,
    right: f32,
    /// Edge of a button.
    size: f32,
}

impl Bar {
    fn take_left(&mut self, width: f32) -> Rect {
        let rect = Rect::from_center_size(
            pos2(self.left + width / 2.0, self.rect.center().y - 0.5),
            vec2(width, self.size),
        );
        self.left = rect.right();
        rect
    }

    fn take_right(&mut self, width: f32) -> Rect {
        let rect = Rect::from_center_size(
            pos2(self.right - width / 2.0, self.rect.center().y - 0.5),
            vec2(width, self.size),
        );
        self.right = rect.left() - 4.0;
        rect
    }
}

/// Draws the bar along the top of `space`; answers with the height at which the page begins.
pub fn show(shell: &mut Shell, ui: &mut Ui, space: Rect, layout: LayoutKind) -> f32 {
    let phone = layout == LayoutKind::Phone;
    let height = if phone { HEIGHT_PHONE } else { HEIGHT };
    let rect = Rect::from_min_size(space.min, vec2(space.width(), height));
    let theme = Theme::of(ui.ctx());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, theme.line));
    let margin = if phone { 16.0 } else { 24.0 };
    let size = if phone { 44.0 } else { 32.0 };
    let mut bar = Bar { rect, left: rect.left() + margin, right: rect.right() - 16.0, size };
    brand(shell, ui, &mut bar, phone);
    if shell.page.is_some() {
        if !phone {
            let x = bar.left + 20.5;
            let middle = rect.center().y - 0.5;
            ui.painter().vline(x, middle - 10.0..=middle + 10.0, Stroke::new(1.0, theme.line));
            bar.left = x + 16.5;
        }
        lab_menu(shell, ui, &mut bar);
    }
    if phone {
        bar.right = rect.right() - 6.0;
    } else {
        device(shell, ui, &mut bar);
    }
    actions(shell, ui, &mut bar, phone);
    rect.bottom()
}

/// The logo leads to the gallery.
fn brand(shell: &mut Shell, ui: &mut Ui, bar: &mut Bar, phone: bool) {
    let theme = Theme::of(ui.ctx());
    let named = !(phone && shell.page.is_some());
    let font = fonts::semibold(fonts::BODY);
    let width = if named { 30.0 + chrome::width(ui, "Equiscope", font.clone()) } else { 20.0 };
    let rect = bar.take_left(width);
    let target = rect.expand2(vec2(8.0, 0.0));
    let response = chrome::pressable(ui, target, "brand", "Equiscope, all labs", true);
    let middle = pos2(rect.left() + 10.0, rect.center().y);
    marks::logo(ui.painter(), middle, theme);
    if named {
        ui.painter().text(middle + vec2(20.0, 0.0), Align2::LEFT_CENTER, "Equiscope", font, theme.ink);
    } else {
        bar.left += 8.0;
    }
    chrome::focus_ring(ui, &response, target, CornerRadius::same(6));
    shell.places.push(("shell.gallery".to_owned(), target));
    if response.clicked() {
        shell.go(ui.ctx(), None);
    }
}

/// The name of the lab opens the list of labs.
fn lab_menu(shell: &mut Shell, ui: &mut Ui, bar: &mut Bar) {
    let Some(exhibit) = shell.exhibit() else { return };
    let title = exhibit.lab.meta().title;
    let theme = Theme::of(ui.ctx());
    let font = fonts::medium(fonts::BODY);
    let rect = bar.take_left(chrome::width(ui, title, font.clone()) + 38.0);
    let response = chrome::pressable(ui, rect, "lab", &format!("Lab: {title}"), true);
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(6), theme.ctl);
    }
    ui.painter().text(rect.left_center() + vec2(10.0, 0.0), Align2::LEFT_CENTER, title, font, theme.ink);
    marks::mark(ui.painter(), rect.right_center() - vec2(16.0, 0.0), Mark::Down, theme.ink);
    chrome::focus_ring(ui, &response, rect, CornerRadius::same(6));
    shell.places.push(("shell.labs".to_owned(), rect));
    let mut chosen = None;
    Popup::menu(&response).gap(4.0).show(|ui| {
        ui.set_min_width(192.0);
        if ui.button("All labs").clicked() {
            chosen = Some(None);
        }
        ui.separator();
        for (index, exhibit) in shell.exhibits.iter().enumerate() {
            let here = shell.page == Some(index);
            let font = if here { fonts::semibold(fonts::BODY) } else { fonts::regular(fonts::BODY) };
            if ui.button(RichText::new(exhibit.lab.meta().title).font(font)).clicked() {
                chosen = Some(Some(index));
            }
        }
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            ui.close();
        }
    });
    if let Some(page) = chosen {
        shell.go(ui.ctx(), page);
    }
}

/// Theme, link, redo and undo, from the right.
fn actions(shell: &mut Shell, ui: &mut Ui, bar: &mut Bar, phone: bool) {
    let ctx = ui.ctx().clone();
    if shell.page.is_some() && phone {
        copy_link(shell, ui, bar);
    }
    let name = if Theme::of(&ctx).dark { "Switch to light" } else { "Switch to dark" };
    let rect = bar.take_right(bar.size);
    shell.places.push(("shell.theme".to_owned(), rect));
    if chrome::icon_button(ui, rect, Mark::Theme, "theme", name, true).clicked() {
        shell.toggle_theme(&ctx);
    }
    let Some(exhibit) = shell.exhibit() else { return };
    let (can_undo, can_redo) = (exhibit.history.can_undo(), exhibit.history.can_redo());
    if !phone {
        copy_link(shell, ui, bar);
        bar.right -= 12.0;
    }
    // A narrow bar has room for one of them; redo stays on the keyboard and appears once something was undone.
    if !phone || can_redo {
        let rect = bar.take_right(bar.size);
        shell.places.push(("shell.redo".to_owned(), rect));
        if chrome::icon_button(ui, rect, Mark::Redo, "redo", "Redo", can_redo).clicked() {
            shell.redo(&ctx);
        }
    }
    let rect = bar.take_right(bar.size);
    shell.places.push(("shell.undo".to_owned(), rect));
    if chrome::icon_button(ui, rect, Mark::Undo, "undo", "Undo", can_undo).clicked() {
        shell.undo(&ctx);
    }
}

fn copy_link(shell: &mut Shell, ui: &mut Ui, bar: &mut Bar) {
    let font = fonts::regular(fonts::BODY);
    let rect = bar.take_right(chrome::width(ui, "Copy link", font.clone()) + 20.0);
    shell.places.push(("shell.link".to_owned(), rect));
    let response = chrome::text_button(ui, rect, "Copy link", font, Look::Quiet, "link");
    if response.on_hover_text("A link that opens this lab as it stands now").clicked() {
        shell.copy_link(ui.ctx());
    }
}

/// Says what computes; the pointer finds out more.
fn device(shell: &Shell, ui: &mut Ui, bar: &mut Bar) {
    let theme = Theme::of(ui.ctx());
    let (text, colour) = if shell.device.is_some() { ("GPU", theme.ok) } else { ("CPU", theme.ink3) };
    let font = fonts::regular(fonts::SMALL);
    bar.right -= 8.0;
    let rect = bar.take_right(16.0 + chrome::width(ui, text, font.clone()));
    bar.right -= 12.0;
    ui.painter().circle_filled(pos2(rect.left() + 4.0, rect.center().y), 4.0, colour);
    ui.painter().text(pos2(rect.left() + 16.0, rect.center().y), Align2::LEFT_CENTER, text, font, theme.ink2);
    let detail = match &shell.device {
        Some(device) => {
            let kind = if device.software { "a software adapter" } else { "a graphics adapter" };
            format!("Computes on {kind}: {}. Drawn with {}.", device.adapter, shell.drawing)
        }
        None => format!("Computes on the processor. Drawn with {}.", shell.drawing),
    };
    let response = ui.interact(rect, Id::unique("shell.device"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{text}: {detail}")));
    response.on_hover_text(detail);
}
