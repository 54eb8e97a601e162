//! What the lab says: questions and their answers, failures; and the small marks of its layout.

use super::Vectors;
use super::stage;
use crate::labs::lab::{LabCx, LayoutKind};
use crate::labs::vectors::exhibit::Exhibit;
use crate::labs::vectors::settings::Settings;
use crate::session::RunState;
use crate::ui::controls::icon_button;
use crate::ui::icons::Icon;
use crate::ui::numbers::{degrees, fixed, fmt_residual};
use crate::ui::square::verdict_words;
use crate::ui::style::RADIUS_CARD;
use crate::ui::theme::Theme;
use crate::ui::{fonts, markup};
use crate::viz::VerdictState;
use eframe::egui::{self, Key, Pos2, RichText, Stroke, Ui, pos2};

/// The question under a verdict.
pub(super) fn question(state: VerdictState) -> &'static str {
    match state {
        VerdictState::Holds => "Why is it not zero?",
        VerdictState::Nearly | VerdictState::Broken => "What broke it?",
        VerdictState::Vanishes => "Why is there no number?",
        VerdictState::Pending => "",
    }
}

/// The answer, in one to four sentences.
fn answer(state: VerdictState, s: &Settings, exact: Option<f64>) -> Vec<String> {
    let double = exact.map(|r| format!("The same number computed in f64: ${}$", fmt_residual(r)));
    let mut lines: Vec<String> = match state {
        VerdictState::Holds => vec![
            "The network is equivariant on paper; a computer keeps only 24 bits of each number. Both roads round \
             differently, and what you see is that rounding."
                .to_owned(),
        ],
        VerdictState::Vanishes => vec!["The output is zero, so there is nothing to compare.".to_owned()],
        _ => culprits(s),
    };
    if state == VerdictState::Holds && !s.group.compact() {
        lines.push(
            "A boost makes components large: E and p grow like $e^η$, and E² − p² must give back the small \
             difference of two large squares. The digits that cancel are lost, so the residual grows with η."
                .to_owned(),
        );
    }
    lines.extend(double);
    lines
}

fn culprits(s: &Settings) -> Vec<String> {
    let b = s.breaks;
    let mut lines = Vec::new();
    if b.bias {
        lines.push(
            "Bias on vectors adds the same arrow whichever way the input points: it does not turn with g.",
        );
    }
    if b.relu {
        lines
            .push("ReLU on components cuts what points left or down: it depends on the axes, which g moves.");
    }
    if b.component {
        lines.push("One weight per component treats right and up differently; g mixes the two.");
    }
    if b.metric {
        lines.push("With one sign of the metric flipped, the inner products are no longer what g keeps.");
    }
    if !s.group.keeps_metric() {
        lines.push(
            "This group changes lengths and angles. The network is built on them, so it cannot follow.",
        );
    }
    if lines.is_empty() {
        lines.push("A large boost: f32 has lost the digits of E² − p². In f64 the roads meet again.");
    }
    lines.into_iter().map(str::to_owned).collect()
}

/// The square in words: the group, g, the verdict with the residual, and what training does.
pub(super) fn status(s: &Settings, exhibit: &Exhibit) -> String {
    let square = exhibit.prober().square();
    let g = s.group.coordinates().iter().map(|k| {
        let value = k.get(&s.coords);
        let shown = if k.is_angle() { degrees(value, 0) } else { fixed(value, 2) };
        format!("{} {shown}", k.name())
    });
    let g = g.collect::<Vec<String>>().join(", ");
    let verdict = verdict_words(stage::state(square, true));
    let residual = square.and_then(|q| q.residual[0]);
    let residual = residual.map(|r| format!(", residual {r:.0e}")).unwrap_or_default();
    let training = match exhibit.trainer().state() {
        RunState::Playing | RunState::Stepping(_) => "Training".to_owned(),
        RunState::Paused => format!("Paused at step {}", exhibit.trainer().step()),
        RunState::Diverged { step, .. } => format!("Training diverged at step {step}"),
        RunState::Failed(_) => "Training failed".to_owned(),
    };
    format!("{}, {g}: {verdict}{residual}. {training}.", s.group)
}

impl Vectors {
    /// The answer in a card beside the verdict; Escape, its cross or the question again close it.
    pub(super) fn answer_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        if !self.answer {
            return;
        }
        let Some(exhibit) = &self.exhibit else { return };
        let square = exhibit.prober().square();
        let state = stage::state(square, exhibit.prober().sweep().is_some());
        let lines = answer(state, &self.settings, square.and_then(|q| q.exact));
        let theme = Theme::of(ui.ctx());
        let width = if cx.layout == LayoutKind::Phone { 340.0 } else { 304.0 };
        let centre = ui.min_rect().center();
        let mut open = true;
        egui::Area::new(egui::Id::unique("vectors answer"))
            .fixed_pos(pos2(centre.x - width / 2.0, centre.y + 8.0))
            .constrain(true)
            .show(ui.ctx(), |ui| {
                egui::Frame::new()
                    .fill(theme.surf)
                    .stroke(Stroke::new(1.0, theme.line))
                    .corner_radius(RADIUS_CARD)
                    .inner_margin(16.0)
                    .show(ui, |ui| {
                        ui.set_width(width - 32.0);
                        ui.horizontal(|ui| {
                            ui.label(
                                RichText::new(question(state)).font(fonts::semibold(14.0)).color(theme.ink),
                            );
                            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                                open = !icon_button(ui, Icon::Close, "Close the answer", false).clicked();
                            });
                        });
                        for line in &lines {
                            paragraph(ui, line);
                        }
                    });
            });
        self.answer = open && !ui.input(|i| i.key_pressed(Key::Escape));
    }
}

/// A paragraph with formulas between dollar signs, as plain text: formulas lose their type but not their sense.
pub(super) fn paragraph(ui: &mut Ui, text: &str) {
    let theme = Theme::of(ui.ctx());
    let plain: String = text
        .split('$')
        .enumerate()
        .map(|(i, part)| if i % 2 == 1 { markup::plain(part) } else { part.to_owned() })
        .collect();
    ui.add_space(6.0);
    ui.label(RichText::new(plain).font(fonts::regular(14.0)).color(theme.ink2));
}

/// A lab that cannot go on says why.
pub(super) fn failure(ui: &mut Ui, why: &str) {
    let theme = Theme::of(ui.ctx());
    ui.vertical_centered(|ui| {
        ui.add_space(96.0);
        ui.label(RichText::new("This lab stopped").font(fonts::semibold(18.0)).color(theme.ink));
        ui.add_space(8.0);
        ui.label(RichText::new(why).font(fonts::regular(14.0)).color(theme.ink2));
    });
}

/// A hairline.
pub(super) fn rule(ui: &Ui, a: Pos2, b: Pos2) {
    ui.painter().line_segment([a, b], Stroke::new(1.0, Theme::of(ui.ctx()).line));
}
