//! What the shell says: a banner that stays, a message that passes, and the list of keys.

use eframe::egui::{
    self, Align2, Color32, CornerRadius, Frame, Id, Margin, Order, Rect, RichText, Sense, Stroke, Ui,
    UiBuilder, pos2, vec2,
};

use super::health::{Health, Level};
use crate::ui::controls;
use crate::ui::icons::Icon;
use crate::ui::{fonts, theme::Theme};

/// Seconds a message stays.
const STAYS: f64 = 4.0;
/// Messages shown at once.
const MOST: usize = 3;

/// Messages that pass by themselves.
#[derive(Debug, Default)]
pub struct Toasts {
    /// Text, and the time at which it goes.
    waiting: Vec<(String, f64)>,
}

impl Toasts {
    /// Shows a short message.
    pub fn say(&mut self, ctx: &egui::Context, text: String) {
        let until = ctx.input(|input| input.time) + STAYS;
        self.waiting.retain(|(known, _)| *known != text);
        self.waiting.push((text, until));
        if self.waiting.len() > MOST {
            self.waiting.remove(0);
        }
        ctx.request_repaint();
    }

    /// Draws what is to be seen at the bottom of the window.
    pub fn show(&mut self, ctx: &egui::Context) {
        let now = ctx.input(|input| input.time);
        self.waiting.retain(|(_, until)| *until > now);
        let Some(next) = self.waiting.iter().map(|(_, until)| until - now).reduce(f64::min) else { return };
        ctx.request_repaint_after(std::time::Duration::from_secs_f64(next));
        let theme = Theme::of(ctx);
        egui::Area::new(Id::unique("shell.toasts"))
            .order(Order::Tooltip)
            .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -24.0))
            .interactable(false)
            .show(ctx, |ui| {
                ui.set_max_width(420.0_f32.min(ctx.content_rect().width() - 32.0));
                for (text, _) in &self.waiting {
                    let frame = Frame::new()
                        .fill(theme.ink)
                        .corner_radius(CornerRadius::same(6))
                        .inner_margin(Margin::symmetric(16, 10));
                    frame.show(ui, |ui| ui.label(RichText::new(text).color(theme.bg)));
                }
            });
    }
}

/// Draws the notices across the top of `space`; answers with the height at which the rest begins.
pub fn banner(ui: &mut Ui, space: Rect, health: &mut Health) -> f32 {
    let theme = Theme::of(ui.ctx());
    let mut top = space.top();
    let mut read = None;
    for (index, notice) in health.notices().iter().enumerate() {
        let (glyph, colour) = match notice.level {
            Level::Notice => ("~", theme.warn),
            Level::Fault => ("✗", theme.bad),
        };
        let left = space.left() + 24.0;
        let galley = ui.painter().layout(
            notice.text.clone(),
            fonts::regular(fonts::BODY),
            theme.ink,
            (space.width() - 24.0 - 24.0 - 56.0).max(80.0),
        );
        let bar = Rect::from_min_size(
            pos2(space.left(), top),
            vec2(space.width(), galley.size().y.max(20.0) + 24.0),
        );
        ui.painter().rect_filled(bar, 0.0, theme.ctl);
        ui.painter().rect_filled(
            Rect::from_min_max(bar.min, pos2(bar.left() + 4.0, bar.bottom())),
            0.0,
            colour,
        );
        ui.painter().hline(bar.x_range(), bar.bottom() - 0.5, Stroke::new(1.0, theme.line));
        let font = fonts::semibold(fonts::BODY);
        ui.painter().text(pos2(left, bar.top() + 12.0), Align2::LEFT_TOP, glyph, font, colour);
        let place = Rect::from_min_size(pos2(left + 24.0, bar.top() + 12.0), galley.size());
        // An ordinary label besides the painted text would be drawn twice: only its name is wanted.
        let heard = ui.interact(place, Id::unique(("shell.notice", index)), Sense::hover());
        heard.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &notice.text));
        ui.painter().galley(place.min, galley, theme.ink);
        let button = Rect::from_center_size(pos2(bar.right() - 32.0, bar.center().y), vec2(32.0, 32.0));
        let close = ui.scope_builder(UiBuilder::new().id_salt(index).max_rect(button), |ui| {
            controls::icon_button(ui, Icon::Close, "Dismiss this message", false)
        });
        if close.inner.clicked() {
            read = Some(index);
        }
        top = bar.bottom();
    }
    if let Some(index) = read {
        health.dismiss(index);
    }
    top
}

/// The keys that work everywhere.
const KEYS: [(&str, &str); 9] = [
    ("Arrows", "turn what has the focus"),
    ("Shift, Ctrl", "with arrows: a tenth, ten times"),
    ("Space", "play or pause training"),
    ("R", "reset training"),
    ("Ctrl Z", "undo"),
    ("Ctrl Shift Z, Ctrl Y", "redo"),
    ("Tab", "next control"),
    ("Esc", "close, or leave an embed"),
    ("?", "this list"),
];

/// Draws the list of keys over everything while `shown`; `of_lab` are those of the open lab.
pub fn keys(ctx: &egui::Context, shown: &mut bool, of_lab: Option<&'static [(&'static str, &'static str)]>) {
    if !*shown {
        return;
    }
    let theme = Theme::of(ctx);
    let modal = egui::Modal::new(Id::unique("shell.keys")).backdrop_color(Color32::from_black_alpha(96));
    let response = modal.show(ctx, |ui| {
        ui.set_max_width(400.0_f32.min(ctx.content_rect().width() - 64.0));
        ui.label(RichText::new("Keys").font(fonts::semibold(fonts::LEAD)).color(theme.ink));
        ui.add_space(8.0);
        egui::Grid::new("shell.keys.grid").num_columns(2).spacing(vec2(24.0, 8.0)).show(ui, |ui| {
            for (key, what) in KEYS.iter().chain(of_lab.unwrap_or_default()) {
                ui.label(RichText::new(*key).font(fonts::medium(fonts::BODY)).color(theme.ink));
                ui.label(RichText::new(*what).color(theme.ink2));
                ui.end_row();
            }
        });
        ui.add_space(8.0);
        controls::primary_button(ui, "Close").clicked()
    });
    if response.inner || response.should_close() {
        *shown = false;
    }
}
