//! A number that can be dragged, stepped by the arrows, or typed as an expression.

use std::ops::RangeInclusive;

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{
    Align2, CursorIcon, Event, EventFilter, FontId, Frame, Id, Key, LayerId, Margin, Order, Rect, Response,
    Role, Sense, Stroke, StrokeKind, TextEdit, Ui, UiBuilder, WidgetInfo, accesskit, pos2, vec2,
};

use super::{Density, arrow_steps, focus_ring, ring, row_height, step_factor};
use crate::maths::expr;
use crate::ui::line::Line;
use crate::ui::style::RADIUS;
use crate::ui::theme::Theme;
use crate::ui::{fonts, kept, numbers};

/// What a field's number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Shown and typed as it is.
    Plain,
    /// Radians, shown in degrees. A typed bare number is in degrees; one with π, τ, `rad` or `°` is what it says.
    Angle,
    /// An entry of a matrix: shown in the maths face with all its decimals.
    Entry,
}

/// A field for one number.
#[derive(Debug)]
pub struct NumberField<'a> {
    /// Its symbol, with formulas between dollar signs: `$θ$`, `Learning rate`.
    pub symbol: &'a str,
    /// Its name, for the tooltip and for assistive technology.
    pub name: &'a str,
    /// The number; radians for [`Unit::Angle`].
    pub value: &'a mut f64,
    /// What the number is.
    pub unit: Unit,
    /// Where the number may lie, in the unit of `value`.
    pub range: RangeInclusive<f64>,
    /// The range is a circle: what leaves it at one end comes in at the other.
    pub wrap: bool,
    /// What an arrow key or a pixel of dragging adds, in the unit that is shown.
    pub step: f64,
    /// The most decimals that are shown.
    pub decimals: usize,
}

/// What became of a field in this frame.
#[derive(Debug)]
pub struct FieldResponse {
    /// The field; `changed()` when the number is another.
    pub response: Response,
    /// A change is complete (drag released, Enter, arrow key): the moment for an undo step.
    pub committed: bool,
}

/// Fields below this width are set closer.
const NARROW: f32 = 48.0;

/// The text that is being typed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
struct Edit {
    text: String,
    error: Option<String>,
    /// Not yet drawn: focus and selection are still to be set.
    fresh: bool,
    /// Typing began with a character, so the cursor stands behind it instead of selecting all.
    typed: bool,
}

impl NumberField<'_> {
    fn shown(&self) -> f64 {
        match self.unit {
            Unit::Plain | Unit::Entry => *self.value,
            Unit::Angle => self.value.to_degrees(),
        }
    }

    fn unshown(&self, shown: f64) -> f64 {
        match self.unit {
            Unit::Plain | Unit::Entry => shown,
            Unit::Angle => shown.to_radians(),
        }
    }

    fn text(&self) -> String {
        match self.unit {
            Unit::Plain => numbers::shortest(*self.value, self.decimals),
            Unit::Angle => numbers::degrees(*self.value, self.decimals),
            Unit::Entry => numbers::fixed(*self.value, self.decimals),
        }
    }

    fn font(&self, ui: &Ui) -> FontId {
        let size = Density::of(ui.ctx()).type_size();
        if self.unit == Unit::Entry { fonts::maths(size + 1.0) } else { fonts::regular(size) }
    }

    /// Sets the value, wrapped or clamped into the range; true when that changed it.
    fn set(&mut self, value: f64) -> bool {
        let (low, high) = (*self.range.start(), *self.range.end());
        let inside = if self.wrap && high > low && !self.range.contains(&value) {
            low + (value - low).rem_euclid(high - low)
        } else {
            value.max(low).min(high)
        };
        let changed = inside.is_finite() && inside != *self.value;
        if changed {
            *self.value = inside;
        }
        changed
    }

    /// Adds steps and removes what rounding leaves behind, so that 0.1 + 0.2 shows as 0.3 and is 0.3.
    fn nudge(&mut self, steps: f64) -> bool {
        let shown = self.shown() + steps * self.step;
        let value = self.unshown((shown * 1e9).round() / 1e9);
        self.set(value)
    }

    /// Reads typed text: `Ok(true)` when it changed the value.
    fn accept(&mut self, text: &str) -> Result<bool, String> {
        let read = match self.unit {
            Unit::Plain | Unit::Entry => expr::number(text),
            Unit::Angle => expr::angle(text),
        };
        let value = read.map_err(|error| error.to_string())?;
        // Only a number outside the range by more than rounding is refused: 360° is a bound many fields have.
        let slack = 1e-9 * (self.range.end() - self.range.start()).abs().min(1.0);
        if !self.wrap && (value < self.range.start() - slack || value > self.range.end() + slack) {
            let bound = |v: f64| match self.unit {
                Unit::Plain | Unit::Entry => numbers::shortest(v, 6),
                Unit::Angle => numbers::degrees(v, 6),
            };
            let (low, high) = (bound(*self.range.start()), bound(*self.range.end()));
            return Err(format!("between {low} and {high}"));
        }
        Ok(self.set(value))
    }

    fn help(&self) -> String {
        let unit = match self.unit {
            Unit::Plain | Unit::Entry => "Type a number or an expression: sqrt(2)/2, 3·10^-2.",
            Unit::Angle => "Type degrees, or radians with π: 30, 30°, π/6, 0.5 rad.",
        };
        format!("{}. {unit} Drag sideways, or use the arrow keys (Shift ×0.1, Ctrl ×10).", self.name)
    }
}

/// Shows a field as wide as the column.
///
/// Click or Enter begins typing, Enter accepts, Escape keeps the old value; up and down step.
pub fn number_field(ui: &mut Ui, mut field: NumberField<'_>) -> FieldResponse {
    let size = vec2(ui.available_width(), row_height(ui));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let edit_id = response.id.with("edit");
    let edit: Option<Edit> = ui.data(|data| data.get_temp(edit_id));
    let mut out = FieldResponse { response, committed: false };

    if edit.is_none() {
        if let Some(begun) = begin(ui, &field, &out.response) {
            // Shown from the next frame on: in this one the click would take the keyboard from the text at once.
            ui.data_mut(|data| data.insert_temp(edit_id, begun));
            ui.ctx().request_repaint();
        }
        let (changed, committed) = steps(ui, &mut field, &out.response);
        out.committed = committed;
        if changed {
            out.response.mark_changed();
        }
    }

    let theme = Theme::of(ui.ctx());
    let hot = out.response.hovered() && edit.is_none();
    ui.painter().rect_filled(rect, RADIUS, if hot { theme.line } else { theme.ctl });
    let symbol =
        Line::layout(ui.ctx(), field.symbol, &fonts::regular(Density::of(ui.ctx()).type_size()), theme.ink);
    let symbol = symbol.paint(ui.painter(), rect.left_center() + vec2(10.0, 0.0), Align2::LEFT_CENTER);
    // The entries of a large matrix are narrow.
    let narrow = rect.width() < NARROW;
    let pad = if narrow { 4.0 } else { 10.0 };
    let box_rect = Rect::from_min_max(pos2(symbol.right() + 8.0, rect.top()), rect.max - vec2(pad, 0.0));
    match edit {
        None => {
            let at = box_rect.right_center();
            let font = field.font(ui);
            let font = if narrow { FontId { size: font.size - 2.0, ..font } } else { font };
            kept::text(ui.painter(), at, Align2::RIGHT_CENTER, field.text(), font, theme.ink);
            focus_ring(ui, &out.response, f32::from(RADIUS));
            out.response =
                out.response.on_hover_cursor(CursorIcon::ResizeHorizontal).on_hover_text(field.help());
        }
        Some(edit) => typing(ui, &mut field, edit, edit_id, box_rect, &mut out),
    }
    out.response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::SpinButton, ui.is_enabled(), field.name);
        info.value = Some(field.shown());
        info.current_text_value = Some(field.text());
        info
    });
    out
}

/// Begins typing on a click, on Enter, or on the first character of a number.
fn begin(ui: &Ui, field: &NumberField<'_>, response: &Response) -> Option<Edit> {
    let typed =
        response.has_focus().then(|| ui.input_mut(|input| first_character(&mut input.events))).flatten();
    if let Some(text) = typed {
        return Some(Edit { text, fresh: true, typed: true, error: None });
    }
    let text = numbers::shortest(field.shown(), 9).replace('−', "-");
    response.clicked().then(|| Edit { text, fresh: true, ..Default::default() })
}

fn first_character(events: &mut Vec<Event>) -> Option<String> {
    let begins = |event: &Event| {
        matches!(event, Event::Text(text)
            if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '−' | '(' | 'π' | '√')))
    };
    let at = events.iter().position(begins)?;
    match events.remove(at) {
        Event::Text(text) => Some(text),
        _ => None,
    }
}

/// Arrow keys, dragging and requests of assistive technology: (changed, committed).
fn steps(ui: &Ui, field: &mut NumberField<'_>, response: &Response) -> (bool, bool) {
    let mut changed = false;
    let mut committed = response.drag_stopped();
    if response.dragged() {
        let factor = ui.input(|input| step_factor(input.modifiers));
        changed |= field.nudge(f64::from(response.drag_delta().x) * factor);
    }
    if response.has_focus() {
        let arrows = EventFilter { vertical_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let keys = arrow_steps(ui, Key::ArrowDown, Key::ArrowUp);
        changed |= keys != 0.0 && field.nudge(keys);
        committed |= keys != 0.0;
    }
    let (requested, wanted) = ui.input(|input| {
        use accesskit::{Action, ActionData};
        let count = |action| input.num_accesskit_action_requests(response.id, action) as f64;
        let set = input.accesskit_action_requests(response.id, Action::SetValue).find_map(|r| match r.data {
            Some(ActionData::NumericValue(value)) => Some(value),
            _ => None,
        });
        (count(Action::Increment) - count(Action::Decrement), set)
    });
    if requested != 0.0 {
        changed |= field.nudge(requested);
        committed = true;
    }
    if let Some(shown) = wanted {
        changed |= field.set(field.unshown(shown));
        committed = true;
    }
    (changed, committed)
}

/// The text box of a field that is being typed into, and the message under it.
fn typing(
    ui: &mut Ui,
    field: &mut NumberField<'_>,
    mut edit: Edit,
    edit_id: Id,
    rect: Rect,
    out: &mut FieldResponse,
) {
    let theme = Theme::of(ui.ctx());
    let text_id = edit_id.with("text");
    if edit.fresh {
        let cursors = if edit.typed {
            CCursorRange::one(CCursor::end_of_str(&edit.text))
        } else {
            CCursorRange::select_all_str(&edit.text)
        };
        let mut state = TextEdit::load_state(ui.ctx(), text_id).unwrap_or_default();
        state.cursor.set_char_range(Some(cursors));
        state.store(ui.ctx(), text_id);
        ui.memory_mut(|memory| memory.request_focus(text_id));
        edit.fresh = false;
    }
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect));
    let text = TextEdit::singleline(&mut edit.text)
        .id(text_id)
        .font(field.font(ui))
        .text_color(theme.ink)
        .align(Align2::RIGHT_CENTER)
        .margin(Margin::ZERO)
        .frame(Frame::NONE)
        .min_size(rect.size())
        .desired_width(rect.width())
        .show(&mut child);
    let text = text.response.response;
    text.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, true, field.name);
        info.current_text_value = Some(edit.text.clone());
        info
    });
    if text.has_focus() {
        ring(ui, out.response.rect, f32::from(RADIUS));
    }

    let (enter, escape) = ui.input(|i| (i.key_pressed(Key::Enter), i.key_pressed(Key::Escape)));
    let mut done = escape;
    if text.lost_focus() && !escape {
        match field.accept(&edit.text) {
            Ok(changed) => {
                out.committed = changed;
                if changed {
                    out.response.mark_changed();
                }
                done = true;
            }
            Err(message) if enter => {
                edit.error = Some(message);
                ui.memory_mut(|memory| memory.request_focus(text_id));
            }
            // Left by mouse or Tab with something unreadable: the old value stands.
            Err(_) => done = true,
        }
    } else if text.changed() {
        edit.error = None;
    }
    if let Some(message) = &edit.error {
        complain(ui, out.response.rect, edit_id.with("error"), message);
    }
    if done {
        ui.data_mut(|data| data.remove::<Edit>(edit_id));
        if enter || escape {
            ui.memory_mut(|memory| memory.request_focus(out.response.id));
        }
    } else {
        ui.data_mut(|data| data.insert_temp(edit_id, edit));
    }
}

/// A plate under the field that says what is wrong. It lies over what follows, so that nothing moves.
fn complain(ui: &Ui, field: Rect, id: Id, message: &str) {
    let theme = Theme::of(ui.ctx());
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Foreground, id));
    let text = painter.layout(message.to_owned(), fonts::regular(fonts::SMALL), theme.bad, 216.0);
    let size = text.size() + vec2(32.0, 12.0);
    let left = field.left().min(ui.ctx().content_rect().right() - size.x - 8.0);
    let plate = Rect::from_min_size(pos2(left, field.bottom() + 4.0), size);
    painter.rect(plate, RADIUS, theme.surf, Stroke::new(1.0, theme.bad), StrokeKind::Inside);
    let cross = pos2(plate.left() + 14.0, plate.top() + 14.0);
    for d in [vec2(3.0, 3.0), vec2(3.0, -3.0)] {
        painter.line_segment([cross - d, cross + d], Stroke::new(1.75, theme.bad));
    }
    painter.galley(plate.min + vec2(24.0, 6.0), text, theme.bad);
    let label = ui.interact(plate, id, Sense::hover());
    label.widget_info(|| WidgetInfo::labeled(Role::Alert, true, message));
}
