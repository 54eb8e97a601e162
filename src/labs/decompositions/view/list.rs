//! What g can be shown as: the list of decompositions, what is said of the present one, and the buttons that play it.

use super::Decompositions;
use super::motion::Playing;
use crate::labs::decompositions::settings::{Picture, Show};
use crate::labs::lab::LabCx;
use crate::ui::controls::{action_button, icon_button, menu_item, radio_line, row_height, value_menu};
use crate::ui::fonts;
use crate::ui::icons::Icon;
use crate::ui::theme::Theme;
use eframe::egui::{RichText, Ui};

/// Lists longer than this stand closer.
const MANY: usize = 6;
/// Height of their lines on a desk.
const CLOSE: f32 = 22.0;

impl Decompositions {
    pub(super) fn show_list(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let family = self.settings.family;
        let shows = family.shows();
        // Fingers keep their rows.
        let touch = row_height(ui) > 40.0;
        let high = if shows.len() > MANY && !touch { CLOSE } else { row_height(ui) };
        for show in shows.iter().copied() {
            let (formula, hint) = (show.formula(family), show.hint(family.picture()));
            if radio_line(ui, (show.title(), &formula), show == self.settings.show, hint, high).clicked() {
                self.choose(show, cx);
            }
        }
    }

    pub(super) fn show_menu(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let present = self.settings.show;
        let mut chosen = None;
        value_menu(ui, "Show as", present.title(), |ui| {
            for show in self.settings.family.shows().iter().copied() {
                if menu_item(ui, show.title(), show == present).clicked() {
                    chosen = Some(show);
                }
            }
        });
        if let Some(show) = chosen {
            self.choose(show, cx);
        }
    }

    fn choose(&mut self, show: Show, cx: &mut LabCx<'_>) {
        if show != self.settings.show || !self.settings.in_order() {
            self.settings.set_show(show);
            self.playing = Playing::No;
            self.commit(cx);
        }
    }

    /// What is to be said of the present decomposition: why there is none, what is not unique, or what can be done.
    pub(super) fn said_ui(&self, ui: &mut Ui) {
        let theme = Theme::of(ui.ctx());
        let warning = self.seen.element.warnings.first().map(String::as_str);
        let (e, chain, show) = (&self.seen.element, &self.seen.chain, self.settings.show);
        let hint = match warning {
            Some(warning) => warning,
            None if chain.sum => "A sum: its terms are added in any order, there is nothing to play.",
            None if chain.tiles.len() == 1 => "One factor: there is nothing to reorder.",
            None if e.picture == Picture::Events && !show.is_lorentz() => {
                "These factors need not be Lorentz transformations: they may leave the light cone."
            }
            None => "Drag a tile to change the order.",
        };
        let text = RichText::new(hint).font(fonts::regular(fonts::SMALL));
        ui.label(text.color(if warning.is_some() { theme.ink2 } else { theme.ink3 }));
    }

    /// Plays the factors; brings order and element back.
    pub(super) fn play_ui(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let width = ui.available_width() - row_height(ui) - 8.0;
            let (icon, text) =
                if self.playing.on() { (Icon::Pause, "Stop") } else { (Icon::Play, "Play factors") };
            let product = !self.seen.chain.sum;
            let play = ui.add_enabled_ui(product, |ui| action_button(ui, icon, text, width)).inner;
            if play.on_disabled_hover_text("A sum is not played: its terms are added").clicked() {
                self.playing = if self.playing.on() { Playing::No } else { Playing::Asked };
                ui.ctx().request_repaint();
            }
            if icon_button(ui, Icon::Reset, "Back to the first element and order", false).clicked() {
                self.glide(ui.ctx());
                self.reset();
            }
        });
    }
}
