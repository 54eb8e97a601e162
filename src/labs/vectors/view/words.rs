//! What the lab says: questions and their answers, failures; and the small marks of its layout.

use super::Vectors;
use super::stage;
use crate::labs::lab::{LabCx, LayoutKind};
use crate::labs::vectors::exhibit::Exhibit;
use crate::labs::vectors::settings::Settings;
use crate::maths::Group;
use crate::session::RunState;
use crate::ui::controls::icon_button;
use crate::ui::fonts;
use crate::ui::icons::Icon;
use crate::ui::line::paragraph;
use crate::ui::numbers::{degrees, fixed, fmt_residual};
use crate::ui::square::verdict_words;
use crate::ui::style::RADIUS_CARD;
use crate::ui::theme::Theme;
use crate::viz::VerdictState;
use std::borrow::Cow;

use eframe::egui::{self, Key, Pos2, RichText, Stroke, Ui, pos2};

/// The question under a verdict on a residual.
pub(super) fn question(state: VerdictState, s: &Settings, residual: Option<f64>) -> &'static str {
    match state {
        VerdictState::Holds if !promised(s) => "Why does it hold here?",
        VerdictState::Holds if residual == Some(0.0) => "Why is it zero?",
        VerdictState::Holds => "Why is it not zero?",
        VerdictState::Nearly | VerdictState::Broken => "What broke it?",
        VerdictState::Vanishes => "Why is there no number?",
        VerdictState::Pending => "",
    }
}

/// Whether the network as it stands is equivariant under the group on paper.
fn promised(s: &Settings) -> bool {
    !s.breaks.any() && s.group.keeps_metric()
}

/// The answer, in one to four sentences; formulas between dollar signs.
fn answer(
    state: VerdictState,
    s: &Settings,
    residual: Option<f64>,
    exact: Option<f64>,
) -> Vec<Cow<'static, str>> {
    let mut lines: Vec<Cow<'static, str>> = match state {
        VerdictState::Vanishes => return vec!["The output is zero, so there is nothing to compare.".into()],
        VerdictState::Holds if !promised(s) => {
            let mut lines = vec![
                "This $g$ happens not to show it: some elements meet nothing that is broken, the identity always. \
                 Turn $g$, or look at the other elements on the orbit."
                    .into(),
            ];
            lines.extend(culprits(s));
            lines
        }
        VerdictState::Holds if residual == Some(0.0) => vec![
            "At this $g$ both roads do the same arithmetic, so even their rounding agrees. Turn $g$ to see it."
                .into(),
        ],
        VerdictState::Holds => vec![
            "The network is equivariant on paper; a computer keeps only 24 bits of each number. Both roads round \
             differently, and what you see is that rounding."
                .into(),
        ],
        _ => culprits(s),
    };
    let overflow = residual == Some(f64::INFINITY);
    if overflow {
        lines = vec![
            "A number has left the range of f32, which ends near $3.4·10^{38}$: there is no difference to take."
                .into(),
        ];
    } else if promised(s) && state != VerdictState::Holds && lines.is_empty() {
        lines.push(lost_digits(s));
    } else if promised(s) && state == VerdictState::Holds && s.coords.rapidity != 0.0 && lorentz(s) {
        lines.push(
            "A boost makes components large: $E$ and $p$ grow like $e^η$, and $E^2 - p^2$ must give back the \
             small difference of two large squares. The digits that cancel are lost, so the residual grows with $η$."
                .into(),
        );
    }
    lines.extend(exact.map(|r| format!("The same number computed in f64: ${}$", fmt_residual(r)).into()));
    lines
}

fn lorentz(s: &Settings) -> bool {
    matches!(s.group, Group::Lorentz(_))
}

/// Why an unbroken network shows more than its usual rounding.
fn lost_digits(s: &Settings) -> Cow<'static, str> {
    if lorentz(s) {
        "A large boost: f32 has lost the digits of $E^2 - p^2$. In f64 the roads meet again.".into()
    } else {
        "Large terms cancel inside the network, and f32 keeps too few digits of what is left. In f64 the roads \
         meet again."
            .into()
    }
}

/// What keeps the network from being equivariant; nothing where it is.
fn culprits(s: &Settings) -> Vec<Cow<'static, str>> {
    let b = s.breaks;
    let reasons = [
        (
            b.bias,
            "Bias on vectors adds the same arrow whichever way the input points: it does not turn with $g$.",
        ),
        (
            b.relu,
            "ReLU on components cuts what points left or down: it depends on the axes, which $g$ moves.",
        ),
        (b.component, "One weight per component treats right and up differently; $g$ mixes the two."),
        (b.metric, "With one sign of the metric flipped, the inner products are no longer what $g$ keeps."),
        (
            !s.group.keeps_metric(),
            "This group changes lengths and angles. The network is built on them, so it cannot follow.",
        ),
    ];
    reasons.into_iter().filter(|(applies, _)| *applies).map(|(_, why)| why.into()).collect()
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
    let verdict = verdict_words(stage::state(s.group, square, true));
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
        let state = stage::state(self.settings.group, square, exhibit.prober().sweep().is_some());
        let residual = square.and_then(|q| q.residual[0]);
        let question = question(state, &self.settings, residual);
        let lines = answer(state, &self.settings, residual, square.and_then(|q| q.exact));
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
                            ui.label(RichText::new(question).font(fonts::semibold(14.0)).color(theme.ink));
                            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                                open = !icon_button(ui, Icon::Close, "Close the answer", false).clicked();
                            });
                        });
                        for line in &lines {
                            ui.add_space(6.0);
                            paragraph(ui, line, &fonts::regular(14.0), theme.ink2);
                        }
                    });
            });
        self.answer = open && !ui.input(|i| i.key_pressed(Key::Escape));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::layers::Breaks;

    fn said(group: Group, breaks: Breaks, state: VerdictState, residual: f64) -> (&'static str, String) {
        let mut s = Settings { breaks, ..Settings::default() };
        s.set_group(group);
        let lines = answer(state, &s, Some(residual), Some(1e-16));
        (question(state, &s, Some(residual)), lines.join(" "))
    }

    #[test]
    fn a_harmless_element_of_a_broken_net_is_not_taken_for_rounding() {
        let broken = Breaks { component: true, ..Breaks::default() };
        for (group, breaks) in [
            (Group::Orthogonal(2), broken),
            (Group::GeneralLinear2, Breaks::default()),
            (Group::Lorentz(1), broken),
        ] {
            let (question, answer) = said(group, breaks, VerdictState::Holds, 0.0);
            assert!(
                question.contains("hold") && answer.contains("happens not to show it"),
                "{group}: {answer}"
            );
            assert!(!answer.contains("24 bits"), "{group}: {answer}");
        }
    }

    #[test]
    fn only_boosts_are_called_large() {
        let none = Breaks::default();
        for (group, state, residual, word) in [
            (Group::Orthogonal(2), VerdictState::Holds, 1e-7, "24 bits"),
            (Group::Orthogonal(2), VerdictState::Holds, 0.0, "same arithmetic"),
            (Group::Orthogonal(3), VerdictState::Nearly, 1e-3, "cancel inside"),
            (Group::Rotation(2), VerdictState::Broken, f64::INFINITY, "range of f32"),
            (Group::Lorentz(2), VerdictState::Nearly, 1e-3, "A large boost"),
        ] {
            let (_, answer) = said(group, none, state, residual);
            assert!(answer.contains(word), "{group} {residual}: {answer}");
            assert_eq!(answer.contains("boost"), matches!(group, Group::Lorentz(_)), "{answer}");
        }
    }
}
