//! What g was multiplied by, step by step; the last step is taken back by its inverse.

use super::Decompositions;
use crate::labs::decompositions::element::{linear, translation};
use crate::labs::decompositions::factors::linear_factors;
use crate::labs::decompositions::own::Own;
use crate::labs::decompositions::settings::{Family, Picture, Settings, Show};
use crate::labs::lab::LabCx;
use crate::maths::Matrix;
use crate::maths::linalg::rotation_angle;
use crate::ui::controls::{menu_item, row, value_menu};
use crate::ui::markup;
use crate::ui::numbers::{degrees, fixed};
use eframe::egui::Ui;

/// Steps that are remembered.
const DEPTH: usize = 12;
/// Steps nearer to 1 than this are none.
const NOTHING: f64 = 1e-9;

/// The steps hₖ with g = hₙ … h₂ h₁ g₀, all of one group.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    family: Family,
    /// The element of an own group.
    own: Option<Own>,
    now: Matrix,
    steps: Vec<Matrix>,
    /// From where the steps began, in an own group.
    places: Vec<Option<Own>>,
}

impl Steps {
    /// Begins at g.
    pub(super) fn new(s: &Settings) -> Self {
        let (own, now) = (s.own.clone(), s.g.clone());
        Self { family: s.family, own, now, steps: Vec::new(), places: Vec::new() }
    }

    /// Remembers how g came from what it was. A step that the last one's inverse makes takes the last one back.
    pub(super) fn note(&mut self, s: &Settings) {
        let g = &s.g;
        let group = |own: &Option<Own>| own.as_ref().map(|own| own.group.clone());
        if self.family != s.family || group(&self.own) != group(&s.own) {
            // Another group: the way to it and the old steps need not lie in it, and their inverses lead out of it.
            *self = Self::new(s);
            return;
        }
        let back = self.undone().is_some_and(|m| m.max_difference(g) < NOTHING * g.frobenius().max(1.0));
        let step = self.now.inverse().map(|inverse| g * &inverse);
        self.now = g.clone();
        let place = std::mem::replace(&mut self.own, s.own.clone());
        if back {
            self.steps.pop();
            self.places.pop();
            return;
        }
        let one = Matrix::identity(g.rows());
        if let Some(step) = step.filter(|h| h.max_difference(&one) > NOTHING) {
            self.steps.push(step);
            self.places.push(place);
        }
        if self.steps.len() > DEPTH {
            self.steps.remove(0);
            self.places.remove(0);
        }
    }

    /// g was set from outside: where nothing has been done yet, a new beginning.
    pub(super) fn follow(&mut self, s: &Settings) {
        if self.steps.is_empty() {
            *self = Self::new(s);
        } else {
            self.note(s);
        }
    }

    /// The last step's inverse times g.
    pub(super) fn undone(&self) -> Option<Matrix> {
        Some(&self.steps.last()?.inverse()? * &self.now)
    }
}

/// A step in words: its turn, its stretches, and its translation; a Lorentz transformation as a factor would be.
fn words(h: &Matrix, picture: Picture) -> String {
    match picture {
        Picture::Events => {
            let (verb, amount) = super::words::describe(h, picture);
            format!("{verb} {}", super::words::in_one_line(&amount))
        }
        Picture::Space => turn_and_stretch(h).join(", "),
        Picture::Plane => {
            let (mut parts, [x, y]) = (turn_and_stretch(&linear(h)), translation(h));
            if x != 0.0 || y != 0.0 {
                parts.retain(|part| part != STILL);
                parts.push(format!("move {} · {}", fixed(x, 2), fixed(y, 2)));
            }
            parts.join(", ")
        }
    }
}

/// What neither turns nor stretches so that it could be read.
const STILL: &str = "turn 0°";

fn turn_and_stretch(a: &Matrix) -> Vec<String> {
    let mut parts = Vec::new();
    if let (Some(polar), Some(kak)) = (linear_factors(Show::Polar, a).0, linear_factors(Show::Cartan, a).0) {
        let turn = rotation_angle(&polar[0]).unwrap_or(0.0);
        let values: Vec<f64> = (0..a.rows()).map(|i| kak[1][(i, i)]).collect();
        if values.iter().any(|v| (v - 1.0).abs() > 5e-3) {
            let shown: Vec<String> = values.iter().map(|v| fixed(*v, 2)).collect();
            parts.push(format!("stretch {}", shown.join(" · ")));
        }
        if turn.abs() > 5e-3 || parts.is_empty() {
            parts.push(format!("turn {}", degrees(turn, 0)));
        }
    }
    parts
}

impl Decompositions {
    /// The steps in a menu, and the inverse of the last one.
    pub(super) fn history_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let steps = &self.steps.steps;
        let n = steps.len();
        let mut back = false;
        let value = match n {
            0 => "no step yet".to_owned(),
            1 => "1 step".to_owned(),
            n => format!("{n} steps"),
        };
        value_menu(ui, "Composition", &value, |ui| {
            for (k, h) in steps.iter().enumerate().rev() {
                row(ui, &markup::plain(&format!("h_{{{}}}", k + 1)), &words(h, self.steps.family.picture()));
            }
            if n > 0 {
                back = menu_item(ui, &format!("Undo: multiply by $h_{{{n}}}^{{-1}}$"), false).clicked();
            }
        });
        if back && let Some(g) = self.steps.undone() {
            self.glide(ui.ctx());
            // In an own group the inverse leads back to the coordinates that the step began with.
            let place = self.steps.places.last().cloned().flatten();
            let set = match place {
                Some(own) => self.settings.set_own(own),
                None => self.settings.set_g(g),
            };
            if set {
                self.commit(cx);
            } else {
                self.passage.stop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::labs::decompositions::settings::Family;
    use crate::maths::group::{rotation2, rotation3};
    use crate::maths::lorentz::boost;

    #[test]
    fn undo_is_the_inverse() {
        let mut s = Settings::default();
        let g = s.g.clone();
        let mut steps = Steps::new(&s);
        assert!(steps.undone().is_none());
        s.set_g(&rotation2(0.4) * &g);
        steps.note(&s);
        assert_eq!(words(&steps.steps[0], Picture::Plane), "turn 23°");
        let back = steps.undone().unwrap();
        assert!(back.max_difference(&g) < 1e-12);
        s.set_g(back);
        steps.note(&s);
        assert!(steps.steps.is_empty());
        steps.note(&s);
        assert!(steps.steps.is_empty(), "no step is no step");
    }

    #[test]
    fn steps_begin_anew_in_a_narrower_group() {
        for (wide, narrow) in [(Family::Special3, Family::Rotation3), (Family::General2, Family::Special2)] {
            let mut s = Settings::default();
            s.set_family(wide);
            let mut steps = Steps::new(&s);
            assert!(s.set_entry(0, 0, 2.5));
            steps.note(&s);
            s.set_family(narrow);
            steps.note(&s);
            assert!(steps.steps.is_empty(), "{narrow:?}: the way there is no step");
            let before = s.g.clone();
            let turn = if s.g.rows() == 2 { rotation2(0.3) } else { rotation3([0.0, 0.6, 0.8], 0.3) };
            assert!(s.set_g(&turn * &before));
            steps.note(&s);
            assert!(s.set_g(steps.undone().unwrap()), "{narrow:?}: undone inside the group");
            assert!(s.g.max_difference(&before) < 1e-12);
        }
    }

    #[test]
    fn steps_end_where_another_group_begins() {
        let mut s = Settings::default();
        s.set_family(Family::Affine2);
        let mut steps = Steps::new(&s);
        s.set_entry(0, 2, 0.1);
        steps.note(&s);
        assert_eq!(steps.steps.len(), 1);
        // Both have three rows.
        s.set_family(Family::Special3);
        steps.note(&s);
        assert!(steps.steps.is_empty());
        s.set_g(&rotation3([0.0, 0.0, 1.0], 0.4) * &s.g.clone());
        steps.note(&s);
        assert_eq!(words(&steps.steps[0], Picture::Space), "turn 23°");
        s.set_family(Family::Lorentz3);
        steps.note(&s);
        s.set_g(&boost(&[0.5, 0.0]) * &s.g.clone());
        steps.note(&s);
        assert_eq!(words(&steps.steps[0], Picture::Events), "boost rapidity 0.50, along 0°");
    }
}
