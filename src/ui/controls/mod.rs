//! Buttons, switches, segments, rows and menus, drawn flat in the project's tokens.
//!
//! Every control takes its accessible name, is reached by Tab, is worked by Enter, Space or the arrows, and shows
//! where the keyboard is by a ring.

mod buttons;
mod number_field;
mod rows;

pub use buttons::{Kind, icon_button, primary_button, segmented, switch, text_button, wide_button};
pub use number_field::{FieldResponse, NumberField, Unit, number_field};
pub use rows::{chip, hairline, menu_item, menu_title, row, section_header, value_menu};

use eframe::egui::{self, Id, Response, Stroke, StrokeKind, Ui};

use super::style;
use super::theme::Theme;

/// How much room a control takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// Rows of 32: a mouse or a pen.
    #[default]
    Mouse,
    /// Rows of 44: fingers.
    Touch,
}

impl Density {
    fn key() -> Id {
        Id::unique("equiscope density")
    }

    /// The present density; [`Density::Mouse`] until one is set.
    pub fn of(ctx: &egui::Context) -> Self {
        ctx.data(|data| data.get_temp(Self::key())).unwrap_or_default()
    }

    /// Sets the density of everything drawn from now on.
    pub fn set(self, ctx: &egui::Context) {
        ctx.data_mut(|data| data.insert_temp(Self::key(), self));
    }

    /// Height of a row, button or field.
    pub fn row(self) -> f32 {
        match self {
            Self::Mouse => style::ROW,
            Self::Touch => style::ROW_TOUCH,
        }
    }
}

/// Height of a row, button or field in this ui.
pub fn row_height(ui: &Ui) -> f32 {
    Density::of(ui.ctx()).row()
}

/// The ring around the control that has the keyboard.
pub fn focus_ring(ui: &Ui, response: &Response, radius: f32) {
    if response.has_focus() {
        let ring = Stroke::new(2.0, Theme::of(ui.ctx()).ink);
        ui.painter().rect_stroke(response.rect.expand(1.0), radius + 1.0, ring, StrokeKind::Outside);
    }
}

/// Adds `text` as a tooltip unless it is empty.
fn tip(response: Response, text: &str) -> Response {
    if text.is_empty() { response } else { response.on_hover_text(text) }
}
