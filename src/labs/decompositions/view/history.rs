//! What g was multiplied by, step by step; the last step is taken back by its inverse.

use super::Decompositions;
use crate::labs::decompositions::element::{linear, linear_factors, translation};
use crate::labs::decompositions::settings::Show;
use crate::labs::lab::LabCx;
use crate::maths::Matrix;
use crate::ui::controls::{menu_item, row, value_menu};
use crate::ui::markup;
use crate::ui::numbers::{degrees, fixed};
use eframe::egui::Ui;

/// Steps that are remembered.
const DEPTH: usize = 12;
/// Steps nearer to 1 than this are none.
const NOTHING: f64 = 1e-9;

/// The steps hₖ with g = hₙ … h₂ h₁ g₀.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    now: Matrix,
    steps: Vec<Matrix>,
}

impl Steps {
    /// Begins at g.
    pub(super) fn new(g: &Matrix) -> Self {
        Self { now: g.clone(), steps: Vec::new() }
    }

    /// Remembers how g came from what it was. A step that the last one's inverse makes takes the last one back.
    pub(super) fn note(&mut self, g: &Matrix) {
        if self.now.rows() != g.rows() {
            // Another group: its steps cannot be multiplied with the old ones.
            *self = Self::new(g);
            return;
        }
        let back = self.undone().is_some_and(|m| m.max_difference(g) < NOTHING * g.frobenius().max(1.0));
        let step = self.now.inverse().map(|inverse| g * &inverse);
        self.now = g.clone();
        if back {
            self.steps.pop();
            return;
        }
        let one = Matrix::identity(g.rows());
        self.steps.extend(step.filter(|h| h.max_difference(&one) > NOTHING));
        if self.steps.len() > DEPTH {
            self.steps.remove(0);
        }
    }

    /// g was set from outside: where nothing has been done yet, a new beginning.
    pub(super) fn follow(&mut self, g: &Matrix) {
        if self.steps.is_empty() {
            *self = Self::new(g);
        } else {
            self.note(g);
        }
    }

    /// The last step's inverse times g.
    pub(super) fn undone(&self) -> Option<Matrix> {
        Some(&self.steps.last()?.inverse()? * &self.now)
    }
}

/// A step in words: its turn, its stretches, and its translation.
fn words(h: &Matrix) -> String {
    let (a, [x, y]) = (linear(h), translation(h));
    let mut parts = Vec::new();
    if let (Some(polar), Some(kak)) = (linear_factors(Show::Polar, &a).0, linear_factors(Show::Cartan, &a).0)
    {
        let turn = polar[0][(1, 0)].atan2(polar[0][(0, 0)]);
        let (a, b) = (kak[1][(0, 0)], kak[1][(1, 1)]);
        if (a - 1.0).abs() > 5e-3 || (b - 1.0).abs() > 5e-3 {
            parts.push(format!("stretch {} · {}", fixed(a, 2), fixed(b, 2)));
        }
        if turn.abs() > 5e-3 || (parts.is_empty() && x == 0.0 && y == 0.0) {
            parts.push(format!("turn {}", degrees(turn, 0)));
        }
    }
    if x != 0.0 || y != 0.0 {
        parts.push(format!("move {} · {}", fixed(x, 2), fixed(y, 2)));
    }
    parts.join(", ")
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
                row(ui, &markup::plain(&format!("h_{{{}}}", k + 1)), &words(h));
            }
            if n > 0 {
                back = menu_item(ui, &format!("Undo: multiply by $h_{{{n}}}^{{-1}}$"), false).clicked();
            }
        });
        if back && let Some(g) = self.steps.undone() {
            self.glide(ui.ctx());
            self.settings.set_g(g);
            self.commit(cx);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::maths::group::rotation2;

    #[test]
    fn undo_is_the_inverse() {
        let g = Matrix::from_rows(&[[2.0, 1.0], [1.0, 1.0]]);
        let mut steps = Steps::new(&g);
        assert!(steps.undone().is_none());
        let turned = &rotation2(0.4) * &g;
        steps.note(&turned);
        assert_eq!(words(&steps.steps[0]), "turn 23°");
        let back = steps.undone().unwrap();
        assert!(back.max_difference(&g) < 1e-12);
        steps.note(&back);
        assert!(steps.steps.is_empty());
        steps.note(&back);
        assert!(steps.steps.is_empty(), "no step is no step");
    }
}
