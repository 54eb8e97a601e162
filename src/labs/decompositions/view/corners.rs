//! The corners of the picture as handles: those of the square in the disc of x, where g takes them.

use super::Decompositions;
use super::chain::Spots;
use super::stage::{STEP, column_keys, describe_column, unscreen};
use crate::labs::decompositions::element::{carry, linear, with_linear};
use crate::labs::decompositions::settings::Settings;
use crate::labs::lab::{LabCx, LayoutKind};
use crate::maths::Matrix;
use crate::ui::controls::held;
use crate::ui::theme::Theme;
use crate::viz::shapes;
use eframe::egui::{CursorIcon, Rect, Sense, Shape, Stroke, StrokeKind, Ui, Vec2};
use std::f64::consts::FRAC_1_SQRT_2;

/// A corner's name, the name of its place, and its signs in x; each is the neighbour of the next.
const CORNERS: [(&str, &str, [f64; 2]); 4] = [
    ("Upper right corner of the picture", "corner1", [1.0, 1.0]),
    ("Upper left corner of the picture", "corner2", [-1.0, 1.0]),
    ("Lower left corner of the picture", "corner3", [-1.0, -1.0]),
    ("Lower right corner of the picture", "corner4", [1.0, -1.0]),
];
/// Half the side of a handle, and of one on a small sheet.
const HALF: [f32; 2] = [3.5, 2.5];

impl Decompositions {
    /// A handle at each corner of the last picture; the edges between them show while one of them is touched.
    pub(super) fn corners_ui(&mut self, ui: &mut Ui, spots: &Spots, cx: &mut LabCx<'_>) {
        if spots.centres.is_empty() {
            return;
        }
        let theme = Theme::of(ui.ctx());
        let hit = if cx.layout == LayoutKind::Phone { 44.0 } else { 20.0 };
        let mut touched = false;
        let mut responses = Vec::with_capacity(4);
        for (name, key, signs) in CORNERS {
            let sheet = spots.sheet(&self.seen.chain, spots.centres.len() - 1);
            let at = sheet.at(corner(signs));
            let place = Rect::from_center_size(at, Vec2::splat(hit));
            cx.places.push((key, place));
            let response = ui.interact(place, ui.scope_id().with(key), Sense::drag());
            let a = linear(&self.settings.g).apply(&corner(signs));
            let before = [a[0], a[1]];
            describe_column(&response, name, &format!("{:.2}, {:.2}", before[0], before[1]));
            let mut wanted = None;
            if let (true, Some(pointer)) = (held(&response), response.interact_pointer_pos()) {
                let origin = ui.input(|i| i.pointer.press_origin()).unwrap_or(pointer);
                if response.drag_started() {
                    self.stage.offset = at - origin;
                    response.request_focus();
                }
                wanted = Some(unscreen(pointer + self.stage.offset, sheet.at([0.0, 0.0]), spots.radius));
            }
            let keys = column_keys(ui, &response);
            if keys != [0.0; 2] {
                wanted = Some([0, 1].map(|i| before[i] + STEP * keys[i]));
            }
            if let Some(next) = wanted.and_then(|to| with_corner(&self.settings, signs, to))
                && self.drag_to(next)
            {
                self.shown = self.settings.g.clone();
                self.look();
                ui.ctx().request_repaint();
            }
            if response.drag_stopped() || keys != [0.0; 2] {
                self.commit(cx);
            }
            touched |= response.hovered() || held(&response) || response.has_focus();
            responses.push((signs, response));
        }
        // After the last of them has moved g.
        let sheet = spots.sheet(&self.seen.chain, spots.centres.len() - 1);
        let painter = ui.painter();
        if touched {
            let edges = CORNERS.map(|(_, _, signs)| sheet.at(corner(signs))).to_vec();
            painter.add(Shape::closed_line(edges, Stroke::new(1.0, theme.g)));
        }
        let half = HALF[usize::from(spots.radius < 44.0)];
        for (signs, response) in responses {
            let at = sheet.at(corner(signs));
            if response.hovered() || held(&response) {
                ui.ctx().set_cursor_icon(CursorIcon::Grab);
                painter.circle_filled(at, 9.0, theme.g_tint);
            }
            let square = Rect::from_center_size(at, Vec2::splat(2.0 * half));
            painter.rect_filled(square, 1.0, theme.surf);
            painter.rect_stroke(square, 1.0, Stroke::new(1.5, theme.g), StrokeKind::Middle);
            if response.has_focus() {
                shapes::ring(painter, at, 10.5, Stroke::new(2.0, theme.ink));
            }
            response.on_hover_text("A corner: its neighbours stay where determinants are free");
        }
    }
}

/// A corner of the square in the unit disc.
fn corner(signs: [f64; 2]) -> [f64; 2] {
    signs.map(|s| s * FRAC_1_SQRT_2)
}

/// g with the image of a corner elsewhere: the neighbouring corners and the centre stay, or the whole picture turns and
/// shrinks along where determinants are kept. None where it cannot.
fn with_corner(s: &Settings, signs: [f64; 2], to: [f64; 2]) -> Option<Matrix> {
    let (u, v) = (corner(signs), corner([-signs[0], signs[1]]));
    let a = linear(&s.g);
    let (from, still) = (a.apply(&u), a.apply(&v));
    if s.family.keeps_det() {
        return carry(&s.g, [from[0], from[1]], to, true);
    }
    let images = Matrix::from_rows(&[[to[0], still[0]], [to[1], still[1]]]);
    let corners = Matrix::from_rows(&[[u[0], v[0]], [u[1], v[1]]]);
    Some(with_linear(&s.g, &(&images * &corners.inverse()?)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::labs::decompositions::settings::{Family, Picture};

    #[test]
    fn a_corner_goes_where_it_is_sent_and_its_neighbours_stay() {
        for family in Family::ALL.into_iter().filter(|f| f.picture() == Picture::Plane) {
            let mut s = Settings::default();
            s.set_family(family);
            for (_, _, signs) in CORNERS {
                let g = with_corner(&s, signs, [0.9, 0.4]).unwrap();
                let there = linear(&g).apply(&corner(signs));
                assert!((there[0] - 0.9).abs() < 1e-12 && (there[1] - 0.4).abs() < 1e-12);
                let other = corner([-signs[0], signs[1]]);
                let (was, is) = (linear(&s.g).apply(&other), linear(&g).apply(&other));
                if family.keeps_det() {
                    assert!((linear(&g).determinant() - 1.0).abs() < 1e-12);
                } else {
                    assert!((was[0] - is[0]).abs() < 1e-12 && (was[1] - is[1]).abs() < 1e-12);
                }
            }
        }
    }
}
