//! In place of the map of SL(2, R), for maps of space and of events: the ball of rotation vectors of their rotation
//! factors, or of the rapidities of their boosts, with both ways from 1 to g in it.

use super::Decompositions;
use super::films::Logarithm;
use super::space::on_level;
use super::stage::column_keys;
use crate::labs::decompositions::inside::{nearest_rotation, size, with_boost};
use crate::labs::decompositions::settings::{Family, MOST_RAPIDITY, Picture};
use crate::labs::lab::{LabCx, LayoutKind};
use crate::maths::Matrix;
use crate::maths::rotation::Quaternion;
use crate::ui::controls::{focus_ring, held};
use crate::ui::numbers::{degrees, fixed};
use crate::ui::theme::Theme;
use crate::ui::{fonts, typeset};
use crate::viz::{Pen, Space, View, ball, shapes};
use eframe::egui::{
    Align, Align2, CursorIcon, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use std::f64::consts::PI;

/// An arrow key moves the dot by this much.
const STEP: f64 = 0.05;
/// Half turns are on the rim; the dot stays this much inside, so that it does not jump to the other side.
const INSIDE: f64 = 0.999;

/// The ball on the screen.
#[derive(Clone, Copy)]
struct Globe {
    view: View,
    /// Directions that there are: 1, 2 or 3.
    dims: usize,
}

impl Globe {
    fn at(&self, p: [f64; 3]) -> Pos2 {
        self.view.at(p.map(|v| v / self.view.scale))
    }
}

impl Decompositions {
    /// The ball in `rect`, under the tabs.
    pub(super) fn globe_ui(&mut self, ui: &mut Ui, rect: Rect, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        let rim = ((rect.height() - 64.0).min(rect.width() - 32.0) / 2.0).clamp(20.0, 210.0);
        let wide = rect.width() > 390.0;
        let x = rect.left() + if wide { 200.0_f32.max(rim + 16.0) } else { rect.width() / 2.0 };
        let space = self.settings.family.picture() == Picture::Space;
        let dims = if space { 3 } else { self.settings.family.size() - 1 };
        let view = View {
            space: if dims == 3 { Space::Ball } else { Space::Plane },
            camera: self.lens().camera,
            centre: pos2(x, rect.top() + 48.0_f32.min(0.14 * rect.height()) + rim),
            radius: rim,
            scale: if space { PI } else { MOST_RAPIDITY },
        };
        let globe = Globe { view, dims };
        if rect.width() > 330.0 {
            let words = if space {
                ["direction: axis of the turn", "outward: its angle, to 180°"]
            } else {
                ["direction: where to", "outward: rapidity, to 2.5"]
            };
            let right = rect.left() + 376.0_f32.min(rect.width());
            for (text, y) in words.into_iter().zip([8.0, 24.0]) {
                let font = fonts::regular(fonts::SMALL);
                let at = pos2(right, rect.top() + y);
                ui.painter().text(at, Align2::RIGHT_CENTER, text, font, theme.ink3);
            }
        }
        self.ground_of(ui.painter(), theme, globe);
        self.trails(ui.painter(), theme, globe);
        self.spot_ui(ui, theme, globe, cx);
    }

    fn ground_of(&self, painter: &Painter, theme: &Theme, globe: Globe) {
        let (c, r) = (globe.view.centre, globe.view.radius);
        if globe.dims == 3 {
            Pen::draw(painter, |pen| ball::ball(pen, theme, &globe.view, &Matrix::identity(3), false));
            for (k, name) in ["x", "y", "z"].into_iter().enumerate() {
                let mut e = [0.0; 3];
                e[k] = 1.08;
                let font = fonts::regular(fonts::SMALL);
                painter.text(globe.view.at(e), Align2::CENTER_CENTER, name, font, theme.ink3);
            }
            return;
        }
        Pen::draw(painter, |pen| {
            pen.disc(c, r, theme.surf);
            for q in 1..5 {
                pen.ring(c, r * q as f32 / 5.0, Stroke::new(1.0, theme.grid));
            }
            for d in [vec2(r, 0.0), vec2(0.0, r)].into_iter().take(globe.dims) {
                pen.segment([c - d, c + d], Stroke::new(1.0, theme.axis));
            }
            pen.ring(c, r, Stroke::new(1.0, theme.axis));
        });
    }

    /// Both ways; a half turn leaves the ball at one end and comes in at the other.
    fn trails(&self, painter: &Painter, theme: &Theme, globe: Globe) {
        for which in 0..2 {
            let trail = &self.seen.way(which).trail;
            let mut runs: Vec<Vec<Pos2>> = vec![Vec::new()];
            for (i, p) in trail.iter().enumerate() {
                let jump = i > 0 && far(*p, trail[i - 1]) > PI;
                if jump {
                    runs.push(Vec::new());
                }
                if let Some(run) = runs.last_mut() {
                    run.push(globe.at(*p));
                }
            }
            Pen::draw(painter, |pen| {
                for run in runs.iter().filter(|run| run.len() > 1) {
                    if which == 0 {
                        pen.line(run, Stroke::new(2.5, theme.g));
                    } else {
                        pen.dashed(run, Stroke::new(2.0, theme.ink), 4.0, 2.5);
                    }
                }
            });
        }
        painter.circle_filled(globe.view.centre, 5.0, theme.ink);
        if globe.view.radius > 80.0 {
            let set = typeset::layout(painter.ctx(), "1", 16.0, theme.ink);
            set.paint_at_baseline(painter, globe.view.centre + vec2(-12.0, 18.0), Align::LEFT);
        }
    }

    /// The dot: dragged, or moved by the arrow keys.
    fn spot_ui(&mut self, ui: &Ui, theme: &Theme, globe: Globe, cx: &mut LabCx<'_>) {
        let spot = self.seen.element.spot;
        let all = Rect::from_center_size(globe.view.centre, Vec2::splat(2.0 * globe.view.radius + 8.0));
        let own = self.settings.family.is_own();
        if own && self.seen.element.g.determinant() < 0.0 {
            return;
        }
        if globe.dims == 3 {
            let ground = ui.interact(all, ui.scope_id().with("ball"), Sense::drag());
            if held(&ground) {
                self.camera().drag(ground.drag_delta(), globe.view.radius);
            }
        }
        let size = if cx.layout == LayoutKind::Phone { 44.0 } else { 28.0 };
        let place = Rect::from_center_size(globe.at(spot), Vec2::splat(size));
        cx.places.extend([("map", all), ("dot", place)]);
        let sense = if own { Sense::hover() } else { Sense::drag() };
        let response = ui.interact(place, ui.scope_id().with("map"), sense);
        response.widget_info(|| {
            let name = if globe.view.scale == PI { "Turn of g" } else { "Boost of g" };
            let role = if own { Role::Image } else { Role::Slider };
            let mut info = WidgetInfo::labeled(role, true, name);
            let said: Vec<String> = spot.iter().take(globe.dims).map(|v| format!("{v:.2}")).collect();
            info.current_text_value = Some(said.join(", "));
            info
        });
        let mut to = None;
        if let (true, Some(pointer)) = (held(&response), response.interact_pointer_pos()) {
            if response.drag_started() {
                let origin = ui.input(|i| i.pointer.press_origin()).unwrap_or(pointer);
                self.stage.offset = globe.at(spot) - origin;
                response.request_focus();
            }
            to = Some(dragged(globe, pointer + self.stage.offset, spot));
        }
        let keys = column_keys(ui, &response);
        if keys != [0.0; 2] {
            to = Some(stepped(globe, keys, spot));
        }
        let next = to.and_then(|to| self.with_spot(to));
        if next.is_some_and(|g| self.drag_to(g)) {
            self.follow(ui);
        }
        if response.drag_stopped() || keys != [0.0; 2] {
            self.commit(cx);
        }
        if response.hovered() && !own {
            ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
        }
        let at = globe.at(self.seen.element.spot);
        let radius = if cx.layout == LayoutKind::Phone { 12.0 } else { 9.0 };
        shapes::disc(ui.painter(), at, radius, theme.g, Stroke::new(3.0, theme.surf));
        focus_ring(ui, &response.with_new_rect(Rect::from_center_size(at, Vec2::splat(24.0))), 12.0);
        let set = typeset::layout(ui.ctx(), "g", 20.0, theme.g);
        set.paint_at_baseline(ui.painter(), at + vec2(14.0, -8.0), Align::LEFT);
    }

    /// g with another rotation factor and the same stretch, or with another boost and the same turn.
    fn with_spot(&self, to: [f64; 3]) -> Option<Matrix> {
        let g = &self.settings.g;
        if self.settings.family.picture() == Picture::Events {
            return with_boost(g, &to[..g.rows() - 1]);
        }
        let turn = Quaternion::from_rotation_vector(to).to_matrix();
        Some(&(&turn * &nearest_rotation(g)?.transpose()) * g)
    }

    /// Whether exp reaches g, in words, and X where there is room.
    pub(super) fn reach_words(&self, ui: &mut Ui, at: Pos2, right: f32) {
        let theme = Theme::of(ui.ctx());
        let e = &self.seen.element;
        let (p, t) = e.place;
        let events = e.picture == Picture::Events;
        let sizes = match (events, self.settings.family) {
            (true, Family::Lorentz2) => format!("rapidity {}", fixed(t, 2)),
            (true, _) => format!("turn {}, rapidity {}", degrees(p, 0), fixed(t, 2)),
            (false, Family::Rotation3) => format!("turn {}", degrees(p, 0)),
            _ => format!("turn {}, stretch up to {}", degrees(p, 0), fixed(t.exp(), 2)),
        };
        let text = if e.log.is_some() { sizes } else { "a negative eigenvalue has no partner".to_owned() };
        let font = fonts::regular(14.0);
        let wide = ui.painter().layout_no_wrap(text.clone(), font, theme.ink2).size().x;
        if at.x + wide > right {
            return;
        }
        let said = ui.painter().text(at, Align2::LEFT_CENTER, &text, fonts::regular(14.0), theme.ink2);
        let label = ui.interact(said, ui.scope_id().with("reach"), Sense::hover());
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
        let Some(log) = &e.log else { return };
        // Below the pictures and above the edge; a larger matrix is told by the sliders alone.
        if e.g.rows() > 3 {
            return;
        }
        let set = Logarithm::layout(ui, log);
        if right - set.size().x - 44.0 >= said.right() {
            set.show(ui, pos2(right, at.y + 26.0 - set.size().y / 2.0));
        }
    }
}

fn far(a: [f64; 3], b: [f64; 3]) -> f64 {
    size(&[0, 1, 2].map(|k| a[k] - b[k]))
}

/// Where the dot goes when it is dragged to a point of the screen: at its depth, inside the ball.
fn dragged(globe: Globe, p: Pos2, from: [f64; 3]) -> [f64; 3] {
    let k = globe.view.scale;
    let d = (p - globe.view.centre) / globe.view.radius;
    let to = match globe.dims {
        3 => on_level(&globe.view, p, from.map(|v| v / k)).map(|v| v * k),
        2 => [f64::from(d.x) * k, f64::from(-d.y) * k, 0.0],
        _ => [f64::from(d.x) * k, 0.0, 0.0],
    };
    inside(globe, to)
}

/// Where arrow keys lead: right and up as it is seen.
fn stepped(globe: Globe, [right, up]: [f64; 2], from: [f64; 3]) -> [f64; 3] {
    let rows = if globe.dims == 3 {
        globe.view.camera.rows()
    } else {
        [[1.0, 0.0, 0.0], [0.0, if globe.dims == 2 { 1.0 } else { 0.0 }, 0.0], [0.0; 3]]
    };
    inside(globe, [0, 1, 2].map(|i| from[i] + STEP * (rows[0][i] * right + rows[1][i] * up)))
}

fn inside(globe: Globe, to: [f64; 3]) -> [f64; 3] {
    let k = (globe.view.scale * INSIDE / far(to, [0.0; 3]).max(1e-12)).min(1.0);
    to.map(|v| v * k)
}
