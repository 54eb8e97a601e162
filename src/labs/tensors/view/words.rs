//! What the lab says: questions and their answers, its state in words, failures.

use super::{Tensors, stage};
use crate::data::Task;
use crate::labs::lab::{LabCx, LayoutKind};
use crate::labs::tensors::exhibit::Exhibit;
use crate::labs::tensors::options;
use crate::labs::tensors::settings::Settings;
use crate::nn::tensors::Kind;
use crate::ui::controls::icon_button;
use crate::ui::fonts;
use crate::ui::handle::spoken;
use crate::ui::icons::Icon;
use crate::ui::line::paragraph;
use crate::ui::numbers::{count, fmt_residual};
use crate::ui::square::verdict_words;
use crate::ui::style::RADIUS_CARD;
use crate::ui::theme::Theme;
use crate::viz::VerdictState;
use eframe::egui::{self, Key, Pos2, Rect, RichText, Stroke, Ui, pos2};
use std::borrow::Cow;

/// One of a task's inputs.
pub(super) fn input(task: Task) -> &'static str {
    match task {
        Task::Inertia => "mass",
        Task::Lorentz => "momentum",
        Task::O5 | Task::O5Plus | Task::Chirality => "vector",
        Task::NBody | Task::NBodyComponents => "charge",
    }
}

/// All of them.
pub(super) fn inputs(task: Task) -> &'static str {
    match task {
        Task::Inertia => "masses",
        Task::Lorentz => "momenta",
        Task::O5 | Task::O5Plus | Task::Chirality => "vectors",
        Task::NBody | Task::NBodyComponents => "charges",
    }
}

/// Whether the model under test is equivariant on paper.
fn promised(s: &Settings) -> bool {
    options::exact(s.model) && !s.breaks.any()
}

/// The question under a verdict.
pub(super) fn question(state: VerdictState, s: &Settings) -> &'static str {
    match state {
        VerdictState::Holds if blind(s) => "Why can it not learn?",
        VerdictState::Holds if promised(s) => "Why is it not zero?",
        VerdictState::Holds => "Why does it hold here?",
        VerdictState::Nearly | VerdictState::Broken if promised(s) => "Where did the digits go?",
        VerdictState::Nearly | VerdictState::Broken => "What broke it?",
        VerdictState::Vanishes => "Why is there no number?",
        VerdictState::Pending => "",
    }
}

/// The answer, in one to four sentences; formulas between dollar signs.
fn answer(state: VerdictState, s: &Settings, exact: Option<f64>) -> Vec<Cow<'static, str>> {
    let mut lines: Vec<Cow<'static, str>> = Vec::new();
    match state {
        VerdictState::Vanishes => return vec!["The output is zero, so there is nothing to compare.".into()],
        VerdictState::Holds if blind(s) => lines.extend(mirrors(s)),
        VerdictState::Holds if promised(s) => lines.push(
            "The network is equivariant on paper; a computer keeps only 24 bits of each number. Both roads round \
             differently, and what you see is that rounding."
                .into(),
        ),
        VerdictState::Holds => {
            lines.push("This $g$ happens not to show it: the identity never does. Turn $g$.".into());
            lines.extend(culprits(s));
        }
        _ => lines.extend(culprits(s)),
    }
    if promised(s) && s.task == Task::Lorentz {
        lines.push(
            "A boost makes $E$ and $p$ grow like $e^η$, and $E^2 - p^2$ must give back the small difference of two \
             large squares: the digits that cancel are lost, so the residual grows with $η$."
                .into(),
        );
    } else if promised(s) && state != VerdictState::Holds {
        lines.push(
            "Large terms cancel inside the network, and f32 keeps too few digits of what is left.".into(),
        );
    }
    lines.extend(exact.map(|r| format!("The same number computed in f64: ${}$", fmt_residual(r)).into()));
    lines
}

/// Whether the square holds for the wrong group.
fn blind(s: &Settings) -> bool {
    options::blind(s.model, s.task, s.proper, s.width) && !s.breaks.any()
}

/// Why a model that is invariant under O(3) cannot learn a target that changes its sign in a mirror.
fn mirrors(s: &Settings) -> [Cow<'static, str>; 2] {
    [
        "Both roads agree, and on the wrong answer: $\\det[x_1, x_2, x_3]$ changes its sign in a mirror, and a model \
         that is invariant under O(3) says the same of a figure and its mirror image. Its best answer is their \
         mean, 0; its error stays at the variance of the target, 6."
            .into(),
        match s.model {
            Kind::Emlp if s.proper => "These layers are too narrow for the tensors of rank two that tell left from right.",
            Kind::Emlp => "Built for SO(3), the same network has maps that tell left from right.",
            _ => {
                "Inner products are the same in a mirror, whichever group is chosen. EMLP under SO(3) has maps \
                 that tell left from right."
            }
        }
        .into(),
    ]
}

/// What keeps the model from being equivariant; nothing where it is.
fn culprits(s: &Settings) -> Vec<Cow<'static, str>> {
    let reasons = [
        (
            !options::exact(s.model),
            "This network sees coordinates as unrelated numbers. It may learn the symmetry from samples; it is not \
             built in.",
        ),
        (
            !options::exact(s.model) && s.task.is_chiral() && !s.proper,
            "Under a mirror it should not hold here: the target changes its sign.",
        ),
        (
            s.breaks.bias,
            "Bias on vectors adds the same vector whichever way the input points: it does not turn with $g$.",
        ),
        (
            s.breaks.whole_batch,
            "Features are divided by the norm of the whole batch. $x$ and $g·x$ have different neighbours here, and \
             the prediction depends on them.",
        ),
        (
            s.breaks.euclidean && s.task == Task::Lorentz,
            "The Euclidean norm $E^2 + p^2$ is not what a boost keeps; it keeps $E^2 - p^2$.",
        ),
    ];
    reasons.into_iter().filter(|(applies, _)| *applies).map(|(_, why)| why.into()).collect()
}

/// Whether the test error still falls, from its medians.
pub(super) fn trend(curve: &[[f64; 4]]) -> &'static str {
    let Some(last) = curve.last().filter(|_| curve.len() >= 4) else { return "" };
    let before = curve.iter().rev().find(|p| p[0] <= 0.75 * last[0]);
    match before {
        Some(p) if last[1] < 0.9 * p[1] => "Test error is still falling.",
        Some(p) if last[1] > 1.1 * p[1] => "Test error is rising: time to stop.",
        Some(_) => "Test error has levelled off.",
        None => "",
    }
}

/// The square in words: task, g, the verdict with the residual, and what training does.
pub(super) fn status(s: &Settings, exhibit: &Exhibit) -> String {
    let square = exhibit.prober().square();
    let group = crate::labs::tensors::element::Element::handle_group(s.task, s.proper);
    let verdict = verdict_words(stage::state(s.task, square, true));
    let residual = square.and_then(|q| q.residual[0]).map(|r| format!(", residual {r:.0e}"));
    let training = match (exhibit.diverged(), exhibit.playing()) {
        (Some(d), _) => diverged(d.step, d.back_to),
        (None, true) => "Training.".to_owned(),
        (None, false) => format!("Paused at step {}.", exhibit.step()),
    };
    let mut g = spoken(group, &s.g.handle(s.task));
    if s.task.is_nbody() {
        let [x, y, z] = s.g.shift;
        g.push_str(&format!(", moved by ({x:.2}, {y:.2}, {z:.2})"));
    }
    format!("{}, {}, {g}: {verdict}{}. {training}", s.task.title(), s.group(), residual.unwrap_or_default())
}

/// The message after a divergence.
pub(super) fn diverged(step: u32, back_to: u32) -> String {
    format!("Diverged at step {}, back to step {}.", count(u64::from(step)), count(u64::from(back_to)))
}

impl Tensors {
    /// The answer in a card beside the verdict; Escape, its cross or the question again close it.
    pub(super) fn answer_ui(&mut self, ui: &mut Ui, rect: Rect, cx: &mut LabCx<'_>) {
        if !self.answer {
            return;
        }
        let Some(exhibit) = &self.exhibit else { return };
        let square = exhibit.prober().square();
        let state = stage::state(self.settings.task, square, exhibit.prober().sweep().is_some());
        let question = question(state, &self.settings);
        let lines = answer(state, &self.settings, square.and_then(|q| q.exact));
        let theme = Theme::of(ui.ctx());
        let width = if cx.layout == LayoutKind::Phone { 340.0 } else { 304.0 };
        let centre = rect.center();
        let mut open = true;
        egui::Area::new(egui::Id::unique("tensors answer"))
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
    use crate::nn::tensors::Breaks;

    #[test]
    fn what_broke_it_is_named() {
        let broken = Breaks { bias: true, ..Breaks::default() };
        let s = Settings { breaks: broken, ..Settings::default() };
        assert!(answer(VerdictState::Broken, &s, None).join(" ").contains("Bias on vectors"));
        let plain = Settings { model: Kind::Mlp, ..Settings::default() };
        assert!(answer(VerdictState::Broken, &plain, None).join(" ").contains("not built in"));
        let whole = answer(VerdictState::Holds, &Settings::default(), Some(1e-16)).join(" ");
        assert!(whole.contains("24 bits") && whole.contains("f64"), "{whole}");
    }

    #[test]
    fn a_trend_is_told_from_the_medians() {
        let curve = |f: &dyn Fn(f64) -> f64| -> Vec<[f64; 4]> {
            (0..40).map(|k| f64::from(k) * 10.0).map(|x| [x, f(x), 0.0, 0.0]).collect()
        };
        assert!(trend(&curve(&|x| (-x / 50.0).exp())).contains("falling"));
        assert!(trend(&curve(&|_| 1.0)).contains("levelled"));
        assert!(trend(&curve(&|x| x + 1.0)).contains("rising"));
        assert_eq!(trend(&[]), "");
    }
}
