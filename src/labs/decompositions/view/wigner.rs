//! Two boosts one after another are a boost and a turn: the Wigner rotation, as an angle to be seen.

use super::Decompositions;
use crate::labs::decompositions::settings::MOST_RAPIDITY;
use crate::labs::lab::LabCx;
use crate::maths::Matrix;
use crate::maths::lorentz::{boost, wigner_angle, wigner_rotation};
use crate::ui::controls::{arrow_steps, held};
use crate::ui::line::Line;
use crate::ui::numbers::{degrees, fmt_residual};
use crate::ui::theme::Theme;
use crate::ui::{fonts, typeset};
use crate::viz::shapes::{self, ArrowStyle};
use crate::viz::sheet::{Print, Sheet};
use crate::viz::{Camera, Space, View, plate};
use eframe::egui::{
    Align, Align2, EventFilter, Key, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

/// An arrow key moves a rapidity by this much.
const STEP: f64 = 0.05;
/// Events on the plates: time, and two directions of space.
const EVENTS: [[f64; 3]; 5] =
    [[0.3, 0.0, 0.0], [0.22, 0.2, 0.0], [0.18, 0.0, 0.24], [0.0, 0.26, 0.16], [-0.12, 0.14, -0.2]];

/// B(η₁) B(η₂) = B(η) W.
struct Wigner {
    /// η.
    rapidity: [f64; 2],
    /// W, a rotation of the plane of space.
    turn: Matrix,
    /// Its angle, read off W, and by the closed form.
    angle: (f64, f64),
}

impl Wigner {
    fn new([first, second]: [[f64; 2]; 2]) -> Option<Self> {
        let (rapidity, turn) = wigner_rotation(&first, &second).ok()?;
        let read = turn[(1, 0)].atan2(turn[(0, 0)]);
        let size = |v: [f64; 2]| v[0].hypot(v[1]);
        let between = second[1].atan2(second[0]) - first[1].atan2(first[0]);
        let closed = wigner_angle(size(first), size(second), between);
        Some(Self { rapidity: [rapidity[0], rapidity[1]], turn, angle: (read, closed) })
    }
}

impl Decompositions {
    /// The disc of rapidities with both boosts as arrows, and the boost they make.
    pub(super) fn rapidities_ui(&mut self, ui: &mut Ui, rect: Rect, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        let rim = ((rect.height() - 52.0).min(rect.width() - 32.0) / 2.0).clamp(20.0, 210.0);
        let x =
            rect.left() + if rect.width() > 390.0 { 200.0_f32.max(rim + 16.0) } else { rect.width() / 2.0 };
        let c = pos2(x, rect.top() + 32.0 + rim);
        let k = rim / MOST_RAPIDITY as f32;
        let at = |v: [f64; 2]| c + vec2(v[0] as f32, -v[1] as f32) * k;
        ui.painter().circle_filled(c, rim, theme.surf);
        for q in 1..5 {
            shapes::ring(ui.painter(), c, rim * q as f32 / 5.0, Stroke::new(1.0, theme.grid));
        }
        for d in [vec2(rim, 0.0), vec2(0.0, rim)] {
            ui.painter().line_segment([c - d, c + d], Stroke::new(1.0, theme.grid));
        }
        shapes::ring(ui.painter(), c, rim, Stroke::new(1.0, theme.axis));
        for j in 0..2 {
            self.boost_ui(ui, cx, j, (c, k));
        }
        let Some(w) = Wigner::new(self.settings.boosts) else { return };
        let both = at(w.rapidity);
        let inside = if (both - c).length() > rim { c + (both - c).normalized() * rim } else { both };
        shapes::dashed(ui.painter(), &[c, inside], Stroke::new(2.0, theme.g), 4.0, 2.5);
        let name = typeset::layout(ui.ctx(), "η", 18.0, theme.g);
        name.paint_at_baseline(ui.painter(), inside + vec2(8.0, -4.0), Align::LEFT);
        ui.painter().circle_filled(c, 2.5, theme.ink);
    }

    /// One arrow with a handle at its tip.
    fn boost_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>, j: usize, (c, k): (Pos2, f32)) {
        let theme = Theme::of(ui.ctx());
        let v = self.settings.boosts[j];
        let tip = c + vec2(v[0] as f32, -v[1] as f32) * k;
        let (name, key) = [("Boost that acts second", "boost1"), ("Boost that acts first", "boost2")][j];
        let place = Rect::from_center_size(tip, Vec2::splat(if self.touch(cx) { 44.0 } else { 28.0 }));
        cx.places.push((key, place));
        let response = ui.interact(place, ui.scope_id().with(key), Sense::drag());
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Slider, true, name);
            info.current_text_value = Some(format!("rapidity {:.2}, {:.2}", v[0], v[1]));
            info
        });
        let mut to = None;
        if let (true, Some(p)) = (held(&response), response.interact_pointer_pos()) {
            let d = (p - c) / k;
            to = Some([f64::from(d.x), f64::from(-d.y)]);
            response.request_focus();
        }
        let mut keys = [0.0; 2];
        if response.has_focus() {
            let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
            keys = [
                arrow_steps(ui, Key::ArrowLeft, Key::ArrowRight),
                arrow_steps(ui, Key::ArrowDown, Key::ArrowUp),
            ];
            if keys != [0.0; 2] {
                to = Some([0, 1].map(|i| v[i] + STEP * keys[i]));
            }
        }
        if let Some(to) = to {
            self.settings.set_boost(j, to);
        }
        if response.drag_stopped() || keys != [0.0; 2] {
            self.commit(cx);
        }
        let style = ArrowStyle { width: 3.0, head: 0.1, half: 0.1, gap: 0.0 };
        shapes::fill(ui.painter(), &shapes::arrow(c, tip, style, 0.0), theme.g);
        shapes::disc(ui.painter(), tip, 6.0, theme.surf, Stroke::new(2.0, theme.g));
        if response.has_focus() {
            shapes::ring(ui.painter(), tip, 10.5, Stroke::new(2.0, theme.ink));
        }
        let set = typeset::layout(ui.ctx(), ["η_1", "η_2"][j], 18.0, theme.g);
        set.paint_at_baseline(ui.painter(), tip + vec2(10.0, -8.0), Align::LEFT);
    }

    fn touch(&self, cx: &LabCx<'_>) -> bool {
        cx.layout == crate::labs::lab::LayoutKind::Phone
    }

    /// Events in Minkowski space under both boosts, and what is left when the boost they make is undone: a turn.
    pub(super) fn events_ui(&self, ui: &mut Ui, rect: Rect) {
        let theme = Theme::of(ui.ctx());
        let [first, second] = self.settings.boosts;
        let Some(w) = Wigner::new(self.settings.boosts) else { return };
        let painter = ui.painter().clone();
        let title = "What two boosts leave";
        painter.text(rect.min + vec2(0.0, 11.0), Align2::LEFT_CENTER, title, fonts::medium(14.0), theme.ink);
        let undo = boost(&w.rapidity.map(|v| -v));
        let steps = [boost(&second), boost(&first), undo];
        let names = ["B(η_2)", "B(η_1)", "B(η)^{-1}"];
        let pitch = rect.width() / 4.0;
        let radius = (pitch * 0.36).min((rect.height() - 56.0) / 2.0).max(8.0);
        let y = rect.top() + 40.0 + radius;
        let mut m = Matrix::identity(3);
        for i in 0..4 {
            let centre = pos2(rect.left() + pitch * (i as f32 + 0.5), y);
            if i > 0 {
                m = &steps[i - 1] * &m;
                let middle = centre - vec2(pitch / 2.0, 0.0);
                let half = vec2((pitch / 2.0 - radius - 4.0).max(6.0), 0.0);
                shapes::road(&painter, middle - half, middle + half, theme.g, None);
                if pitch > 80.0 {
                    let size = if pitch > 110.0 { 15.0 } else { 12.0 };
                    let set = typeset::layout(ui.ctx(), names[i - 1], size, theme.g);
                    set.paint_at_baseline(&painter, middle - vec2(0.0, radius * 0.72), Align::Center);
                }
            }
            let view =
                View { space: Space::Minkowski3, camera: Camera::default(), centre, radius, scale: 1.0 };
            plate::plate(&painter, theme, &view, &m, i > 0);
            for event in EVENTS {
                let (at, _) = view.project(&m.apply(&event));
                if (at - centre).length() < radius * 1.02 {
                    painter.circle_filled(at, 2.75, theme.x);
                }
            }
            let set = typeset::layout(ui.ctx(), ["x", "", "", "W x"][i], 18.0, theme.ink);
            set.paint_at_baseline(&painter, centre + vec2(0.0, radius + 18.0), Align::Center);
        }
        let label = ui.interact(rect, ui.scope_id().with("events"), Sense::hover());
        label.widget_info(|| {
            WidgetInfo::labeled(Role::Image, true, format!("{title}: four pictures of events"))
        });
    }

    /// The angle alone, in one line.
    pub(super) fn angle_ui(&self, ui: &mut Ui, rect: Rect) {
        let Some(w) = Wigner::new(self.settings.boosts) else { return };
        words(ui, rect.left_center(), &format!("Wigner rotation $ω$ = {}", degrees(w.angle.0, 2)), 0);
    }

    /// The turn itself, drawn on the letter, and its angle read off the matrices and by the closed form.
    pub(super) fn turn_ui(&self, ui: &mut Ui, rect: Rect) {
        let theme = Theme::of(ui.ctx());
        let Some(w) = Wigner::new(self.settings.boosts) else { return };
        let painter = ui.painter().clone();
        painter.text(
            rect.min + vec2(0.0, 11.0),
            Align2::LEFT_CENTER,
            "The turn that is left",
            fonts::medium(14.0),
            theme.ink,
        );
        let radius = ((rect.height() - 40.0) / 2.0).clamp(12.0, 64.0);
        let c = pos2(rect.left() + radius + 16.0, rect.top() + 32.0 + radius);
        let sheet = Sheet::new(c, radius, &w.turn, 4);
        sheet.paint(&painter, theme, Print::Letter);
        Sheet::new(c, radius, &Matrix::identity(2), 4).print(&painter, theme, Print::Outline);
        shapes::sector(&painter, c, radius, 0.0, w.angle.0, theme.g.gamma_multiply(0.28));
        painter.add(eframe::egui::Shape::line(
            shapes::arc(c, radius, 0.0, w.angle.0),
            Stroke::new(4.0, theme.g),
        ));
        let x = c.x + radius + 32.0;
        let formula = typeset::layout(ui.ctx(), r"ω = -2 \atan (\sin φ / (k + \cos φ))", 18.0, theme.ink);
        if formula.size().x < rect.width() - 180.0 {
            formula.paint_at_baseline(&painter, pos2(rect.right(), rect.top() + 18.0), Align::RIGHT);
        }
        let lines = [
            format!("Wigner rotation $ω$ = {}", degrees(w.angle.0, 2)),
            format!("by the closed form {}", degrees(w.angle.1, 2)),
            format!("apart by ${}$ radians", fmt_residual((w.angle.0 - w.angle.1).abs())),
        ];
        for (i, text) in lines.iter().enumerate() {
            words(ui, pos2(x, c.y + 28.0 * (i as f32 - 1.0)), text, i);
        }
    }
}

/// A line of words with formulas, the first of several in ink; it can be read out.
fn words(ui: &Ui, at: Pos2, text: &str, i: usize) {
    let theme = Theme::of(ui.ctx());
    let ink = if i == 0 { theme.ink } else { theme.ink2 };
    let line = Line::layout(ui.ctx(), text, &fonts::regular(fonts::BODY), ink);
    let place = line.paint(ui.painter(), at, Align2::LEFT_CENTER);
    let label = ui.interact(place, ui.scope_id().with(("turn", i)), Sense::hover());
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, Line::plain(text)));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn both_ways_to_the_angle_agree_and_parallel_boosts_do_not_turn() {
        for boosts in [[[1.2, 0.3], [-0.4, 1.9]], [[0.1, 0.0], [0.0, 2.4]], [[-2.0, 1.0], [1.0, 1.0]]] {
            let w = Wigner::new(boosts).unwrap();
            assert!((w.angle.0 - w.angle.1).abs() < 1e-12);
            assert!(w.angle.0.abs() > 1e-3);
        }
        assert!(Wigner::new([[1.0, 0.5], [2.0, 1.0]]).unwrap().angle.0.abs() < 1e-12);
    }
}
