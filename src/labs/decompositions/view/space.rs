//! Maps of space and of events by hand: the view is turned, the last picture is turned or boosted, columns and the
//! axis of time are dragged.

use super::Decompositions;
use super::chain::Spots;
use super::lens::{Lens, time_tip};
use super::stage::{TURN, column_keys, describe_column};
use crate::labs::decompositions::inside::{size, with_boost, with_direction};
use crate::labs::decompositions::settings::{Family, MOST_RAPIDITY, Picture, Settings};
use crate::labs::lab::{LabCx, LayoutKind};
use crate::maths::Matrix;
use crate::maths::group::{rotation2, rotation3};
use crate::maths::lorentz::{self, BoostRotation};
use crate::ui::controls::{focus_ring, held};
use crate::ui::numbers::degrees;
use crate::ui::theme::Theme;
use crate::ui::{fonts, typeset};
use crate::viz::{Camera, View, shapes};
use eframe::egui::{
    Align2, CursorIcon, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2,
};

/// An arrow key moves a column or a rapidity by this much.
const STEP: f64 = 0.05;
/// Names of the columns' handles, their places, and the axes they carry.
const COLUMNS: [(&str, &str, &str); 3] = [
    ("First column of g", "column1", "x"),
    ("Second column of g", "column2", "y"),
    ("Third column of g", "column3", "z"),
];

impl Decompositions {
    /// How the present element is drawn.
    pub(super) fn lens(&self) -> Lens {
        let picture = self.seen.element.picture;
        Lens { picture, camera: self.cameras[usize::from(picture == Picture::Events)] }
    }

    /// The eye of the present kind of picture.
    pub(super) fn camera(&mut self) -> &mut Camera {
        &mut self.cameras[usize::from(self.seen.element.picture == Picture::Events)]
    }

    /// The ground of the chain: dragging it, or the arrow keys on it, turn the view of things in space.
    pub(super) fn view_ui(&mut self, ui: &Ui, rect: Rect, radius: f32) {
        let e = &self.seen.element;
        if e.picture == Picture::Plane || e.g.rows() == 2 {
            return;
        }
        let response = ui.interact(rect, ui.scope_id().with("view"), Sense::drag());
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Slider, true, "Direction of view");
            let camera = self.lens().camera;
            let (yaw, pitch) = (degrees(camera.yaw(), 0), degrees(camera.pitch(), 0));
            info.current_text_value = Some(format!("around {yaw}, up {pitch}"));
            info
        });
        if held(&response) {
            self.camera().drag(response.drag_delta(), radius);
        }
        let [across, up] = column_keys(ui, &response);
        if [across, up] != [0.0; 2] {
            let step = radius * TURN as f32;
            self.camera().drag(vec2(-across as f32, up as f32) * step, radius);
        }
        focus_ring(ui, &response.with_new_rect(rect.shrink(4.0)), 6.0);
    }

    /// The last picture turns under the pointer, or slides along the hyperbolas of R^{1,1}.
    pub(super) fn take_solid(&mut self, ui: &Ui, spots: &Spots, cx: &mut LabCx<'_>) -> bool {
        if !self.seen.chain.agrees || self.moment.is_some() || self.settings.family.is_own() {
            return false;
        }
        let Some(last) = spots.centres.len().checked_sub(1) else { return false };
        let spot = spots.spot(last);
        let half = spots.lens.shadow(self.seen.chain.product()).half_size();
        let half = half.map(|h| (h as f32 * spot.radius).max(22.0));
        let place = Rect::from_center_size(spot.centre, 2.0 * vec2(half[0], half[1]));
        cx.places.push(("image", place));
        let response = ui.interact(place, ui.scope_id().with("image"), Sense::drag());
        let name = match (self.seen.element.picture, self.settings.g.rows()) {
            (Picture::Space, _) => "The picture of g·x: drag it to turn g",
            (_, 2) => "The picture of g·x: drag it to boost g",
            _ => "The picture of g·x: drag it to turn g about the axis of time",
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        let keys = column_keys(ui, &response);
        let mut step = (keys != [0.0; 2]).then(|| self.turned_by(spots.lens, keys.map(|k| k * TURN)));
        if held(&response) {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            step = self.turned_under(ui, spots, &response).or(step);
        } else if response.hovered() {
            ui.ctx().set_cursor_icon(CursorIcon::Grab);
        }
        let moved = step.is_some_and(|h| self.drag_to(&h * &self.settings.g));
        if response.drag_stopped() || keys != [0.0; 2] {
            self.commit(cx);
        }
        focus_ring(ui, &response, 6.0);
        moved
    }

    /// The step that a drag of this frame makes.
    fn turned_under(&self, ui: &Ui, spots: &Spots, response: &Response) -> Option<Matrix> {
        let delta = response.drag_delta();
        let moved = delta.length() > 0.0;
        if self.settings.g.rows() > 2 {
            let d = [f64::from(delta.x), f64::from(-delta.y)].map(|v| v / f64::from(spots.radius));
            return moved.then(|| self.turned_by(spots.lens, d));
        }
        let (centre, now) = (*spots.centres.last()?, response.interact_pointer_pos()?);
        let before =
            if response.drag_started() { ui.input(|i| i.pointer.press_origin())? } else { now - delta };
        let eta = |p: Pos2| hyperbolic_angle([f64::from(p.x - centre.x), f64::from(centre.y - p.y)]);
        let step = eta(now) - eta(before);
        (moved && step.is_finite()).then(|| lorentz::boost(&[step]))
    }

    /// The step by radians to the right and up: a turn about the screen's axes, about that of time, or a boost.
    fn turned_by(&self, lens: Lens, [right, up]: [f64; 2]) -> Matrix {
        match (lens.picture, self.settings.g.rows()) {
            (Picture::Space, _) => {
                let size = right.hypot(up).max(1e-12);
                let rows = lens.camera.rows();
                // A movement to the right turns about "up", one upward about minus "right".
                rotation3([0, 1, 2].map(|i| (rows[1][i] * right - rows[0][i] * up) / size), size)
            }
            (_, 2) => lorentz::boost(&[right]),
            (_, n) => {
                let turn = lorentz::rotation(&rotation2(right));
                Matrix::direct_sum(&[&turn, &Matrix::identity(n - 3)])
            }
        }
    }

    /// A handle at the tip of each column of a map of space.
    pub(super) fn space_columns_ui(&mut self, ui: &Ui, spots: &Spots, cx: &mut LabCx<'_>) {
        let Some(last) = spots.centres.len().checked_sub(1) else { return };
        for (j, (name, key, axis)) in COLUMNS.into_iter().enumerate() {
            let g = self.settings.g.clone();
            let view = spots.lens.view(&g, spots.spot(last));
            let column = [0, 1, 2].map(|i| g[(i, j)]);
            let at = view.at(column);
            let theme = Theme::of(ui.ctx());
            ui.painter().line_segment([view.centre, at], Stroke::new(1.0, theme.g));
            let out = (at - view.centre).normalized() * 14.0;
            let font = fonts::regular(fonts::SMALL);
            let label = if out.is_finite() { at + out } else { at + vec2(0.0, -14.0) };
            ui.painter().text(label, Align2::CENTER_CENTER, axis, font, theme.g);
            let said = column.map(|v| format!("{v:.2}")).join(", ");
            let Some(to) = self.tip_ui(ui, cx, (name, key, said), at, spots.radius) else { continue };
            let wanted = match to {
                Tip::At(p) => on_level(&view, p, column),
                Tip::By([x, y]) => {
                    let rows = view.camera.rows();
                    [0, 1, 2].map(|i| column[i] + STEP * (rows[0][i] * x + rows[1][i] * y))
                }
            };
            if let Some(next) = with_column(&self.settings, j, wanted)
                && self.drag_to(next)
            {
                self.follow(ui);
            }
            if matches!(to, Tip::By(_)) {
                self.commit(cx);
            }
        }
    }

    /// A handle at the carried axis of time: the boost.
    pub(super) fn time_axis_ui(&mut self, ui: &Ui, spots: &Spots, cx: &mut LabCx<'_>) {
        let Some(last) = spots.centres.len().checked_sub(1) else { return };
        let view = spots.lens.view(&self.settings.g, spots.spot(last));
        let Ok(parts) = BoostRotation::left(&self.settings.g) else { return };
        let eta = parts.rapidity.clone();
        let tip = time_tip(&self.settings.g);
        let at = view.at(tip);
        let said = eta.iter().map(|v| format!("{v:.2}")).collect::<Vec<_>>().join(", ");
        let name = typeset::layout(ui.ctx(), "t", 16.0, Theme::of(ui.ctx()).g);
        name.paint(ui.painter(), at + vec2(0.0, -14.0), Align2::CENTER_CENTER);
        let said = ("Axis of time of g", "time", format!("rapidity {said}"));
        let Some(to) = self.tip_ui(ui, cx, said, at, spots.radius) else { return };
        let mut next = eta.clone();
        match to {
            Tip::At(p) if eta.len() == 1 => {
                let d = (p - view.centre) / view.radius;
                next[0] = slope(&[f64::from(d.x)], f64::from(-d.y))[0];
            }
            Tip::At(p) => {
                let seen = on_ball(&view, p, view.turn(tip)[2] < 0.0);
                next = dragged(&eta, seen);
            }
            Tip::By(keys) => next.iter_mut().zip(keys).for_each(|(v, k)| *v += STEP * k),
        }
        if with_boost(&self.settings.g, &next).is_some_and(|g| self.drag_to(g)) {
            self.follow(ui);
        }
        if matches!(to, Tip::By(_)) {
            self.commit(cx);
        }
    }

    /// A hollow handle at a point: where it was dragged to, or by how many steps the arrow keys moved it.
    fn tip_ui(
        &mut self,
        ui: &Ui,
        cx: &mut LabCx<'_>,
        (name, key, said): (&str, &'static str, String),
        at: Pos2,
        radius: f32,
    ) -> Option<Tip> {
        let theme = Theme::of(ui.ctx());
        let hit = if cx.layout == LayoutKind::Phone { 44.0 } else { 24.0 };
        let place = Rect::from_center_size(at, Vec2::splat(hit));
        cx.places.push((key, place));
        let response = ui.interact(place, ui.scope_id().with(key), Sense::drag());
        describe_column(&response, name, &said);
        let mut to = None;
        if let (true, Some(pointer)) = (held(&response), response.interact_pointer_pos()) {
            if response.drag_started() {
                let origin = ui.input(|i| i.pointer.press_origin()).unwrap_or(pointer);
                self.stage.offset = at - origin;
                response.request_focus();
            }
            to = Some(Tip::At(pointer + self.stage.offset));
        }
        let keys = column_keys(ui, &response);
        if keys != [0.0; 2] {
            to = Some(Tip::By(keys));
        }
        if response.drag_stopped() {
            self.commit(cx);
        }
        if response.hovered() || held(&response) {
            ui.ctx().set_cursor_icon(CursorIcon::Grab);
            ui.painter().circle_filled(at, 10.0, theme.g_tint);
        }
        let size = if radius < 40.0 { 4.5 } else { 5.5 };
        shapes::disc(ui.painter(), at, size, theme.surf, Stroke::new(2.0, theme.g));
        if response.has_focus() {
            shapes::ring(ui.painter(), at, 10.5, Stroke::new(2.0, theme.ink));
        }
        to
    }

    /// What was dragged is drawn in this frame.
    pub(super) fn follow(&mut self, ui: &Ui) {
        self.shown = self.settings.g.clone();
        self.look();
        ui.ctx().request_repaint();
    }
}

/// What became of a handle.
enum Tip {
    At(Pos2),
    By([f64; 2]),
}

/// The point under the pointer in the plane that faces the eye and holds `from`.
pub(super) fn on_level(view: &View, p: Pos2, from: [f64; 3]) -> [f64; 3] {
    let d = (p - view.centre) / view.radius.max(1.0);
    let (x, y, depth) = (f64::from(d.x), f64::from(-d.y), view.turn(from)[2]);
    let rows = view.camera.rows();
    [0, 1, 2].map(|i| rows[0][i] * x + rows[1][i] * y + rows[2][i] * depth)
}

/// The unit vector under the pointer, on the front of the ball or on its back; on its rim outside of it.
fn on_ball(view: &View, p: Pos2, back: bool) -> [f64; 3] {
    let d = (p - view.centre) / view.radius.max(1.0);
    let (x, y) = (f64::from(d.x), f64::from(-d.y));
    let l = x.hypot(y).max(1.0);
    let (x, y) = (x / l, y / l);
    let depth = (1.0 - x * x - y * y).max(0.0).sqrt() * if back { -1.0 } else { 1.0 };
    let rows = view.camera.rows();
    [0, 1, 2].map(|i| rows[0][i] * x + rows[1][i] * y + rows[2][i] * depth)
}

/// The rapidity of an axis of time that leads to this place and time; the largest where it is no slower than light.
fn slope(place: &[f64], time: f64) -> Vec<f64> {
    let size = size(place);
    let speed = if time > 0.0 { (size / time).min(MOST_RAPIDITY.tanh()) } else { MOST_RAPIDITY.tanh() };
    place.iter().map(|v| if size > 0.0 { v / size * speed.atanh() } else { 0.0 }).collect()
}

/// The rapidity after a drag of the axis of time to a direction (x, y, t): velocities are what the picture projects, so
/// those in it become x/t and y/t, and one along z, which it leaves out, stays as far as no axis gets too fast.
fn dragged(eta: &[f64], [x, y, t]: [f64; 3]) -> Vec<f64> {
    let kept = velocity(eta).get(2).copied();
    let Some(vz) = kept.filter(|_| t > 0.0) else {
        let mut place = vec![x, y];
        place.resize(eta.len(), 0.0);
        return slope(&place, t);
    };
    // Where light would be left behind the seen part gives way.
    let most = (MOST_RAPIDITY.tanh().powi(2) - vz * vz).max(0.0).sqrt();
    let k = (most / (x / t).hypot(y / t).max(f64::MIN_POSITIVE)).min(1.0);
    slope(&[k * x / t, k * y / t, vz], 1.0)
}

/// tanh|η| in the direction of η.
fn velocity(eta: &[f64]) -> Vec<f64> {
    let size = size(eta);
    let k = if size > 0.0 { size.tanh() / size } else { 1.0 };
    eta.iter().map(|v| v * k).collect()
}

/// The hyperbolic angle of a point of R^{1,1} (place, time), which a boost adds to; infinite on the light cone.
fn hyperbolic_angle([x, t]: [f64; 2]) -> f64 {
    if x.abs() < t.abs() { (x / t).atanh() } else { (t / x).atanh() }
}

/// g with another column, where the group has it: where determinants are kept the other columns shrink, a rotation
/// turns along.
fn with_column(s: &Settings, j: usize, to: [f64; 3]) -> Option<Matrix> {
    if s.family == Family::Rotation3 {
        return with_direction(&s.g, j, to);
    }
    let mut g = s.g.clone();
    (0..3).for_each(|i| g[(i, j)] = to[i]);
    if s.family.keeps_det() {
        let det = g.determinant();
        if det < 1e-3 {
            return None;
        }
        let k = det.sqrt().recip();
        let others = (0..9).map(|e| (e / 3, e % 3)).filter(|(_, l)| *l != j);
        others.for_each(|e| g[e] *= k);
    }
    Some(g)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::viz::Space;

    #[test]
    fn a_dragged_column_arrives_in_its_group() {
        for family in [Family::Special3, Family::General3, Family::Rotation3] {
            let mut s = Settings::default();
            s.set_family(family);
            let to = [0.5, 0.2, -0.9];
            for j in 0..3 {
                let g = with_column(&s, j, to).unwrap_or_else(|| s.g.clone());
                if family == Family::General3 {
                    assert_eq!([0, 1, 2].map(|i| g[(i, j)]), to);
                } else {
                    assert!((g.determinant() - 1.0).abs() < 1e-9);
                }
                if family == Family::Rotation3 {
                    assert!((&g.transpose() * &g).max_difference(&Matrix::identity(3)) < 1e-12);
                    let along: f64 = (0..3).map(|i| g[(i, j)] * to[i]).sum();
                    assert!((along - 1.1f64.sqrt()).abs() < 1e-9, "{along}");
                }
            }
        }
    }

    #[test]
    fn boosts_add_to_the_hyperbolic_angle_and_tips_are_found_again() {
        for event in [[0.3, 1.0], [0.9, -0.2], [-0.2, -0.7]] {
            let moved = lorentz::boost(&[0.4]).apply(&[event[1], event[0]]);
            let turned = hyperbolic_angle([moved[1], moved[0]]) - hyperbolic_angle(event);
            assert!((turned - 0.4).abs() < 1e-12);
        }
        let view = View {
            space: Space::Minkowski3,
            camera: Camera::default(),
            centre: Pos2::new(5.0, 6.0),
            radius: 80.0,
            scale: 1.0,
        };
        for eta in [[0.9, -0.4], [-1.2, 0.7], [0.0, 0.0]] {
            let tip = time_tip(&lorentz::boost(&eta));
            let [x, y, t] = on_ball(&view, view.at(tip), view.turn(tip)[2] < 0.0);
            let back = slope(&[x, y], t);
            assert!(back.iter().zip(eta).all(|(a, b)| (a - b).abs() < 1e-4), "{eta:?} {back:?}");
        }
        // A velocity along z, which the picture leaves out, does not move the tip from under the pointer.
        for eta in [[0.9, -0.4, 1.1], [-1.2, 0.7, -0.5], [0.1, 0.2, 2.0]] {
            for to in [[0.4f64, 0.3], [-0.2, 0.5], [0.0, -0.1]] {
                let long = (1.0 + to[0] * to[0] + to[1] * to[1]).sqrt();
                let wanted = [to[0] / long, to[1] / long, 1.0 / long];
                let next = dragged(&eta, wanted);
                let fast = velocity(&eta)[2].hypot(to[0].hypot(to[1])) > MOST_RAPIDITY.tanh();
                let tip = time_tip(&lorentz::boost(&next));
                let off = (view.at(tip) - view.at(wanted)).length();
                assert!(fast || off < 1e-3, "{eta:?} to {to:?}: {off}");
                assert!(
                    (velocity(&next)[2] - velocity(&eta)[2]).abs() < 1e-9
                        && size(&next) < MOST_RAPIDITY + 1e-9
                );
            }
        }
        assert!((slope(&[2.0], 1.0)[0] - MOST_RAPIDITY).abs() < 1e-9);
        assert!((slope(&[-1.0], -1.0)[0] + MOST_RAPIDITY).abs() < 1e-9);
    }
}
