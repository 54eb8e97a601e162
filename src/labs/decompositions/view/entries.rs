//! The matrix of g: entries to type, and those that follow.

use super::Decompositions;
use crate::labs::decompositions::inside::typed;
use crate::labs::decompositions::settings::{FARTHEST, REACH};
use crate::labs::lab::{LabCx, Request};
use crate::ui::controls::{NumberField, Unit, number_field, row_height};
use crate::ui::numbers::fixed;
use crate::ui::theme::Theme;
use crate::ui::{fonts, kept};
use eframe::egui::{Align2, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

impl Decompositions {
    /// The entries of g between brackets.
    pub(super) fn entries_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        // The last row of an affine map is not for typing: it stands there in small.
        let (n, moves) = (self.settings.family.size(), self.settings.family.moves());
        let low = if moves { 18.0 } else { 0.0 };
        let rows = if moves { 2 } else { n };
        let (gap, pad) = if n > 3 { (4.0, 8.0) } else { (8.0, 14.0) };
        let high = row_height(ui);
        let wide = ((ui.available_width() - 2.0 * pad - gap * (n - 1) as f32) / n as f32).min(96.0);
        let size =
            vec2(2.0 * pad + wide * n as f32 + gap * (n - 1) as f32, (high + gap) * rows as f32 - gap + low);
        let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), size.y), Sense::hover());
        let all = Rect::from_center_size(row.center(), size);
        brackets(ui, all, theme);
        for j in 0..if moves { n } else { 0 } {
            let at = pos2(all.left() + pad + (wide + gap) * j as f32 + wide - 12.0, all.bottom() - 8.0);
            let font = fonts::maths(14.0);
            ui.painter().text(at, Align2::RIGHT_CENTER, if j == 2 { "1" } else { "0" }, font, theme.ink3);
        }
        for k in 0..rows * n {
            let (i, j) = (k / n, k % n);
            let at = all.min + vec2(pad + (wide + gap) * j as f32, (high + gap) * i as f32);
            let place = Rect::from_min_size(at, vec2(wide, high));
            if typed(self.settings.family, i, j) {
                self.entry_ui(ui, place, (i, j), cx);
            } else {
                self.following_ui(ui, place, (i, j));
            }
        }
    }

    /// An entry to type.
    fn entry_ui(&mut self, ui: &mut Ui, place: Rect, (i, j): (usize, usize), cx: &mut LabCx<'_>) {
        let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt(("entry", i, j)));
        let mut value = self.settings.g[(i, j)];
        let name = entry_name(i, j);
        let reach = if self.settings.family.moves() && j == 2 { FARTHEST } else { REACH };
        let r = number_field(
            &mut child,
            NumberField {
                symbol: "",
                name: &name,
                value: &mut value,
                unit: Unit::Entry,
                range: -reach..=reach,
                wrap: false,
                step: 0.01,
                decimals: 2,
            },
        );
        if r.response.changed() {
            self.passage.stop();
            self.glide(ui.ctx());
            if !self.settings.set_entry(i, j, value) && r.committed {
                let text = format!("No element of {} has this entry there", self.settings.family.title());
                cx.requests.push(Request::Say(text));
            }
        }
        if r.committed {
            self.commit(cx);
        }
    }

    /// An entry that follows from the others.
    fn following_ui(&self, ui: &Ui, place: Rect, (i, j): (usize, usize)) {
        let theme = Theme::of(ui.ctx());
        let text = fixed(self.settings.g[(i, j)], 2);
        let narrow = place.width() < 48.0;
        let at = place.right_center() - vec2(if narrow { 4.0 } else { 10.0 }, 0.0);
        let size = if narrow { 13.0 } else { 15.0 };
        let font = fonts::maths(size);
        kept::text(ui.painter(), at, Align2::RIGHT_CENTER, text.clone(), font, theme.ink3);
        let response = ui.interact(place, ui.scope_id().with(("follows", i, j)), Sense::hover());
        let name = format!("{}: {text}", entry_name(i, j));
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
        response.on_hover_text(if self.settings.family.is_own() {
            "Follows from the sliders; all entries together are typed below"
        } else {
            "Follows from the others: type beside the first entry, or move a slider"
        });
    }
}

fn entry_name(i: usize, j: usize) -> String {
    format!("Row {}, column {} of g", i + 1, j + 1)
}

/// A pair of square brackets round `rect`.
fn brackets(ui: &Ui, rect: Rect, theme: &Theme) {
    let frame = rect.shrink(0.625);
    for (x, serif) in [(frame.left(), 5.0), (frame.right(), -5.0)] {
        let points = [
            pos2(x + serif, frame.top()),
            pos2(x, frame.top()),
            pos2(x, frame.bottom()),
            pos2(x + serif, frame.bottom()),
        ];
        ui.painter().line(points.to_vec(), Stroke::new(1.25, theme.ink2));
    }
}
