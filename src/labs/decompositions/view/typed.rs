//! An element of an own group by its matrix: a field to type it, what came of it, and the product it is.

use super::Decompositions;
use super::own::{area, caption};
use crate::labs::decompositions::own::Own;
use crate::labs::decompositions::own_typed::Refused;
use crate::labs::lab::LabCx;
use crate::ui::controls::{ValueMatrix, link, wide_button};
use crate::ui::fonts;
use crate::ui::line::Line;
use crate::ui::theme::Theme;
use eframe::egui::{Align2, Role, Sense, Ui, WidgetInfo, vec2};

/// What is being typed, a row a line.
#[derive(Default)]
pub(super) struct Typing {
    text: String,
    /// Why it was not taken; gone with the next letter.
    refused: Option<Refused>,
}

impl Decompositions {
    /// The field, or the way to it; below it the product that g is, where it is more than w exp X.
    pub(super) fn typed_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let Some(own) = self.settings.own.clone() else { return };
        ui.add_space(4.0);
        if self.typing.is_some() {
            self.typing_ui(ui, cx, &own);
        } else if link(ui, "Type a matrix").clicked() {
            self.typing = Some(Typing::default());
        }
        if !own.base.is_empty() {
            product_ui(ui, &own);
        }
    }

    fn typing_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>, own: &Own) {
        let Some(typing) = &mut self.typing else { return };
        caption(ui, "Entries of g, a row a line; numbers such as cos(pi/5) are read");
        if area(ui, "Entries of g", &mut typing.text, "0 -1\n1 0") {
            typing.refused = None;
        }
        let mut next = None;
        if let Some(Refused { why, nearest }) = &typing.refused {
            Self::refused_ui(ui, why);
            ui.add_space(4.0);
            if nearest.is_some() && link(ui, "Take the nearest element").clicked() {
                next = nearest.clone();
            }
        }
        ui.add_space(8.0);
        if wide_button(ui, "Find it in the group").clicked() {
            match own.typed(&typing.text) {
                Ok(found) => next = Some(found),
                Err(refused) => typing.refused = Some(refused),
            }
        }
        ui.add_space(4.0);
        if link(ui, "Close without typing").clicked() {
            self.typing = None;
        }
        if let Some(found) = next {
            self.typing = None;
            self.glide(ui.ctx());
            self.settings.set_own(found);
            self.commit(cx);
        }
    }
}

/// g as a product, and its Yₖ.
fn product_ui(ui: &mut Ui, own: &Own) {
    let theme = Theme::of(ui.ctx());
    let text = format!("$g = {}$", own.composition());
    let line = Line::layout(ui.ctx(), &text, &fonts::regular(fonts::BODY), theme.ink);
    ui.add_space(4.0);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), line.size().y + 8.0), Sense::hover());
    line.paint(ui.painter(), rect.left_center(), Align2::LEFT_CENTER);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, Line::plain(&text)));
    response.on_hover_text("No single exp X of the sliders was found that makes it");
    for (k, y) in own.base.iter().enumerate() {
        let letter = format!("$Y_{{{}}} =$", k + 1);
        ui.horizontal(|ui| {
            let line = Line::layout(ui.ctx(), &letter, &fonts::regular(fonts::BODY), theme.ink2);
            let (rect, _) = ui.allocate_exact_size(line.size() + vec2(4.0, 0.0), Sense::hover());
            line.paint(ui.painter(), rect.left_center(), Align2::LEFT_CENTER);
            ValueMatrix::layout(ui.ctx(), y.to_rows(), 2).show(ui, &format!("The matrix of Y {}", k + 1));
        });
        ui.add_space(4.0);
    }
}
