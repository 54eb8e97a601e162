//! A labelled slider in one row: name, track, value.

use std::ops::RangeInclusive;

use eframe::egui::{
    Align2, CursorIcon, EventFilter, Key, Rect, Role, Sense, Stroke, Ui, WidgetInfo, accesskit, pos2, vec2,
};

use super::{Density, FieldResponse, Kind, arrow_steps, focus_ring, row_height, tip};
use crate::ui::line::Line;
use crate::ui::style::RADIUS;
use crate::ui::theme::Theme;
use crate::ui::{fonts, kept, numbers};

/// A slider for one number.
#[derive(Debug)]
pub struct Slider<'a> {
    /// What stands on the left, with formulas between dollar signs.
    pub label: &'a str,
    /// Its name for assistive technology.
    pub name: &'a str,
    /// What it does, as a tooltip; may be empty.
    pub hint: &'a str,
    /// The number.
    pub value: &'a mut f64,
    /// Its range; both ends positive where `log` is set.
    pub range: RangeInclusive<f64>,
    /// Equal distances are equal ratios.
    pub log: bool,
    /// Where the filled part of the track begins: the value that means "nothing".
    pub origin: f64,
    /// Decimals of the value shown.
    pub decimals: usize,
    /// Plum where it belongs to the group element, ink elsewhere.
    pub kind: Kind,
}

const LABEL: f32 = 84.0;
const VALUE: f32 = 52.0;
/// An arrow key moves by this share of the track.
const STEP: f64 = 0.01;

impl Slider<'_> {
    /// Position of a value on the track, 0 to 1.
    fn place(&self, value: f64) -> f64 {
        let (low, high) = (*self.range.start(), *self.range.end());
        let t = if self.log { (value / low).ln() / (high / low).ln() } else { (value - low) / (high - low) };
        if t.is_finite() { t.clamp(0.0, 1.0) } else { 0.0 }
    }

    fn value_at(&self, t: f64) -> f64 {
        let (low, high, t) = (*self.range.start(), *self.range.end(), t.clamp(0.0, 1.0));
        let value = if self.log { low * (high / low).powf(t) } else { low + t * (high - low) };
        value.max(low).min(high)
    }

    fn move_to(&mut self, t: f64) -> bool {
        let value = self.value_at(t);
        let changed = value.is_finite() && value != *self.value;
        if changed {
            *self.value = value;
        }
        changed
    }

    /// Shows the slider as wide as the column.
    ///
    /// Drag or click the track; left and right step by a hundredth of it (Shift ×0.1, Ctrl ×10).
    pub fn show(mut self, ui: &mut Ui) -> FieldResponse {
        let size = vec2(ui.available_width(), row_height(ui));
        let (rect, mut response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let track = Rect::from_x_y_ranges(
            rect.left() + LABEL..=(rect.right() - VALUE).max(rect.left() + LABEL + 1.0),
            rect.center().y - 2.0..=rect.center().y + 2.0,
        );
        let mut changed = false;
        let pointed = response.clicked() || super::held(&response);
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| pointed) {
            changed |= self.move_to(f64::from((pointer.x - track.left()) / track.width()));
        }
        let keys = self.keys(ui, &response);
        changed |= keys != 0.0 && self.move_to(self.place(*self.value) + keys * STEP);
        if changed {
            response.mark_changed();
        }
        let committed = response.drag_stopped() || response.clicked() || keys != 0.0;
        response.widget_info(|| {
            let mut info = WidgetInfo::slider(ui.is_enabled(), *self.value, self.name);
            info.role = Role::Slider;
            info
        });
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, track);
            focus_ring(ui, &response, f32::from(RADIUS));
        }
        let response = tip(response.on_hover_cursor(CursorIcon::ResizeHorizontal), self.hint);
        FieldResponse { response, committed }
    }

    fn keys(&self, ui: &Ui, response: &eframe::egui::Response) -> f64 {
        let count =
            |action| ui.input(|input| input.num_accesskit_action_requests(response.id, action)) as f64;
        let asked = count(accesskit::Action::Increment) - count(accesskit::Action::Decrement);
        if !response.has_focus() {
            return asked;
        }
        let arrows = EventFilter { horizontal_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        asked + arrow_steps(ui, Key::ArrowLeft, Key::ArrowRight)
    }

    fn paint(&self, ui: &Ui, rect: Rect, track: Rect) {
        let theme = Theme::of(ui.ctx());
        let font = fonts::regular(fonts::BODY);
        let ink = if self.kind == Kind::Group { theme.g } else { theme.ink };
        let painter = ui.painter();
        let label = Line::layout(ui.ctx(), self.label, &font, theme.ink);
        label.paint(painter, rect.left_center(), Align2::LEFT_CENTER);
        let value = numbers::fixed(*self.value, self.decimals);
        kept::text(painter, rect.right_center(), Align2::RIGHT_CENTER, value, font, theme.ink);
        let x = |t: f64| track.left() + track.width() * t as f32;
        let (here, origin) = (x(self.place(*self.value)), x(self.place(self.origin)));
        painter.rect_filled(track, 2.0, theme.line);
        let filled = Rect::from_x_y_ranges(here.min(origin)..=here.max(origin), track.y_range());
        painter.rect_filled(filled, 2.0, ink);
        let radius = if Density::of(ui.ctx()) == Density::Touch { 11.0 } else { 7.0 };
        painter.circle(pos2(here, track.center().y), radius, ink, Stroke::new(2.0, theme.bg));
    }
}
