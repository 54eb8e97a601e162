//! Buttons, switches, segments, rows and menus, drawn flat in the project's tokens.
//!
//! Every control takes its accessible name, is reached by Tab, is worked by Enter, Space or the arrows, and shows
//! where the keyboard is by a ring.

mod buttons;
mod number_field;
mod rows;
mod slider;
mod tabs;
mod value_matrix;

pub use buttons::{
    Kind, action_button, icon_button, primary_button, segmented, switch, text_button, wide_button,
};
pub use number_field::{FieldResponse, NumberField, Unit, number_field};
pub use rows::{
    chip, chips_that_fit, hairline, menu_below, menu_item, menu_title, radio_line, radio_row, row,
    section_header, value_menu,
};
pub use slider::Slider;
pub use tabs::{Edge, link, tabs};
pub use value_matrix::ValueMatrix;

use eframe::egui::{self, Event, EventFilter, Id, Key, Modifiers, Rect, Response, Stroke, StrokeKind, Ui};

use super::theme::Theme;
use super::{fonts, style};

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

    /// Type size of a field.
    pub fn type_size(self) -> f32 {
        match self {
            Self::Mouse => fonts::BODY,
            Self::Touch => 16.0,
        }
    }
}

/// Whether a drag is going on or ends in this frame. The pointer may have moved in the very frame of its release, and
/// that last movement counts.
pub fn held(response: &Response) -> bool {
    response.dragged() || response.drag_stopped()
}

/// Height of a row, button or field in this ui.
pub fn row_height(ui: &Ui) -> f32 {
    Density::of(ui.ctx()).row()
}

/// Whether the keyboard is here and worth showing: focus that a click or a drag leaves behind is not.
pub fn focus_visible(response: &Response) -> bool {
    let last = response.ctx.input(|input| {
        input.events.iter().rev().find_map(|event| match event {
            Event::Key { pressed: true, .. } => Some(true),
            Event::PointerButton { pressed: true, .. } => Some(false),
            _ => None,
        })
    });
    let leads = response.ctx.data_mut(|data| {
        let leads = data.get_temp_mut_or(Id::unique("keyboard leads"), true);
        *leads = last.unwrap_or(*leads);
        *leads
    });
    response.has_focus() && leads
}

/// The ring around the control that has the keyboard, where that is worth showing.
pub fn focus_ring(ui: &Ui, response: &Response, radius: f32) {
    if focus_visible(response) {
        ring(ui, response.rect, radius);
    }
}

/// A ring around what takes the keys, be it a control or a text that is being typed.
fn ring(ui: &Ui, rect: Rect, radius: f32) {
    let ring = Stroke::new(2.0, Theme::of(ui.ctx()).ink);
    ui.painter().rect_stroke(rect.expand(1.0), radius + 1.0, ring, StrokeKind::Outside);
}

/// What a modifier does to a step: Shift makes it a tenth, Ctrl (⌘) ten times.
pub fn step_factor(modifiers: Modifiers) -> f64 {
    if modifiers.shift {
        0.1
    } else if modifiers.command || modifiers.ctrl {
        10.0
    } else {
        1.0
    }
}

/// Presses of `up` less presses of `down`, each times its [`step_factor`]; takes them out of the input.
pub fn arrow_steps(ui: &Ui, down: Key, up: Key) -> f64 {
    ui.input_mut(|input| {
        let mut steps = 0.0;
        input.events.retain(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } if *key == up || *key == down => {
                steps += if *key == up { step_factor(*modifiers) } else { -step_factor(*modifiers) };
                false
            }
            _ => true,
        });
        steps
    })
}

/// Movement asked for by the arrow keys on a focused widget in the plane, in steps (right, up), each times its
/// [`step_factor`]. The flag says that an arrow key was let go.
pub fn arrow_keys(ui: &Ui, id: Id, across: f64, along: f64) -> ([f64; 2], bool) {
    const KEYS: [(Key, [f64; 2]); 4] = [
        (Key::ArrowRight, [1.0, 0.0]),
        (Key::ArrowLeft, [-1.0, 0.0]),
        (Key::ArrowUp, [0.0, 1.0]),
        (Key::ArrowDown, [0.0, -1.0]),
    ];
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(id, filter));
    ui.input(|input| {
        let mut d = [0.0, 0.0];
        for event in &input.events {
            let Event::Key { key, pressed: true, modifiers, .. } = event else { continue };
            let Some((_, [x, y])) = KEYS.iter().find(|(k, _)| k == key) else { continue };
            d[0] += x * across * step_factor(*modifiers);
            d[1] += y * along * step_factor(*modifiers);
        }
        (d, KEYS.iter().any(|(key, _)| input.key_released(*key)))
    })
}

/// Adds `text` as a tooltip unless it is empty.
fn tip(response: Response, text: &str) -> Response {
    if text.is_empty() { response } else { response.on_hover_text(text) }
}
