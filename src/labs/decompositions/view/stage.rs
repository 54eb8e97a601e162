//! The upper part of the screen: the chain as something to take hold of.

use super::Decompositions;
use super::chain::{self, Spots};
use crate::labs::decompositions::element::{carry, linear, translation};
use crate::labs::decompositions::settings::{FARTHEST, Picture, Settings, Subject};
use crate::labs::lab::{LabCx, LayoutKind};
use crate::maths::Matrix;
use crate::maths::group::rotation2;
use crate::ui::controls::{arrow_steps, focus_ring, held};
use crate::ui::markup;
use crate::ui::theme::Theme;
use crate::viz::shapes;
use crate::viz::sheet::landscape;
use eframe::egui::{
    CursorIcon, EventFilter, Id, Key, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2,
};

/// An arrow key moves a column or a corner by this much.
pub(super) const STEP: f64 = 0.05;
/// An arrow key turns a picture by this much.
pub(super) const TURN: f64 = std::f64::consts::PI / 36.0;

/// What is held, and what stays as it was while something is.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    /// Radius of the sheets while something is dragged.
    radius: Option<f32>,
    /// The point of x under the pointer, and the way from the pointer to it.
    grab: Option<([f64; 2], Vec2)>,
    /// The way from the pointer to the handle that it holds.
    pub(super) offset: Vec2,
    /// The factor whose tile is dragged.
    tile: Option<usize>,
}

/// Names of the columns' handles, and their places.
const COLUMNS: [(&str, &str); 2] = [("First column of g", "column1"), ("Second column of g", "column2")];

impl Decompositions {
    /// Where the sheets stand in `rect`; sizes hold still while something is dragged or played.
    fn spots(&mut self, ui: &Ui, rect: Rect, layout: LayoutKind) -> Spots {
        let (chain, lens) = (&self.seen.chain, self.lens());
        let mut spots = match layout {
            LayoutKind::Desktop => {
                // The formula takes the lower fifth.
                let middle = rect.height() * 160.0 / 360.0;
                Spots::row(
                    rect,
                    chain,
                    lens,
                    middle,
                    (rect.height() - 88.0 - middle).min(middle).max(40.0) * 0.58,
                )
            }
            LayoutKind::Embed => Spots::row(rect, chain, lens, rect.height() * 0.48, 40.0),
            LayoutKind::Phone => Spots::turning(rect, chain, lens, 52.0),
        };
        let busy = ui.input(|i| i.pointer.any_down()) || self.playing.on();
        match self.stage.radius {
            Some(radius) if busy => spots.radius = radius,
            // Grows and shrinks softly where motion is welcome.
            _ => {
                spots.radius = ui.ctx().animate_value_with_time(Id::unique("chain radius"), spots.radius, 0.2)
            }
        }
        self.stage.radius = Some(spots.radius);
        spots
    }

    /// The chain in all of `rect`.
    pub(super) fn chain_ui(&mut self, ui: &mut Ui, rect: Rect, cx: &mut LabCx<'_>) {
        if self.settings.subject == Subject::Photo && self.photo.is_none() {
            self.photo = Some(landscape(ui.ctx()));
        }
        let theme = Theme::of(ui.ctx());
        let mut spots = self.spots(ui, rect, cx.layout);
        let painter = ui.painter().with_clip_rect(rect);
        let picture = self.seen.element.picture;
        self.view_ui(ui, rect, spots.radius);
        spots.lens = self.lens();
        let moved = match picture {
            Picture::Plane => self.take_picture(ui, &spots, cx),
            Picture::Space | Picture::Events => self.take_solid(ui, &spots, cx),
        };
        if moved {
            self.shown = self.settings.g.clone();
            self.look();
        }
        chain::paint(&painter, theme, &self.seen, &spots, self.printed(), self.moment);
        let size = if cx.layout == LayoutKind::Desktop { 24.0 } else { 18.0 };
        chain::names(&painter, theme, &self.seen, &spots, size);
        // An own group is moved by its sliders: a point of a picture need not lead to an element.
        if self.seen.chain.agrees && self.moment.is_none() && !self.settings.family.is_own() {
            match picture {
                Picture::Plane => {
                    self.corners_ui(ui, &spots, cx);
                    self.columns_ui(ui, &spots, cx);
                }
                Picture::Space => self.space_columns_ui(ui, &spots, cx),
                Picture::Events => self.time_axis_ui(ui, &spots, cx),
            }
        }
        if self.seen.element.factors.is_some() {
            self.tiles_ui(ui, &spots, cx);
        } else {
            self.absent(ui, &spots);
        }
    }

    /// No factors: the reason stands over the one arrow of g.
    fn absent(&self, ui: &Ui, spots: &Spots) {
        let theme = Theme::of(ui.ctx());
        let Some(at) = spots.tile(&self.seen.chain, 0) else { return };
        let why = self.seen.element.warnings.first().map_or("", String::as_str);
        let font = crate::ui::fonts::regular(crate::ui::fonts::SMALL);
        let galley = ui.painter().layout(why.to_owned(), font, theme.ink2, 176.0);
        let place = eframe::egui::Align2::CENTER_CENTER.anchor_size(at, galley.size());
        ui.painter().galley(place.min, galley, theme.ink2);
        let label = ui.interact(place, ui.scope_id().with("absent"), Sense::hover());
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, why));
    }

    /// The last sheet follows the pointer: the point that was grabbed stays under it. It is moved where the group moves,
    /// else turned and stretched.
    fn take_picture(&mut self, ui: &Ui, spots: &Spots, cx: &mut LabCx<'_>) -> bool {
        if !self.seen.chain.agrees || self.moment.is_some() || self.settings.family.is_own() {
            return false;
        }
        let Some(centre) = spots.centres.last().copied() else { return false };
        let sheet = spots.sheet(&self.seen.chain, spots.centres.len() - 1);
        let size =
            crate::viz::sheet::Sheet::half_size(&sheet.a).map(|h| (h * f64::from(spots.radius)) as f32);
        let middle = sheet.at([0.0, 0.0]);
        let place = Rect::from_center_size(middle, vec2(size[0], size[1]).max(Vec2::splat(22.0)) * 2.0);
        cx.places.push(("image", place));
        let response = ui.interact(place, ui.scope_id().with("image"), Sense::drag());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Image, true, "The picture of g·x: drag it to change g")
        });
        let keys = column_keys(ui, &response);
        let mut next = (keys != [0.0; 2]).then(|| stepped(&self.settings, keys));
        if held(&response)
            && let Some(pointer) = response.interact_pointer_pos()
        {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            if response.drag_started() {
                let from = ui.input(|i| i.pointer.press_origin()).unwrap_or(pointer);
                let p = unscreen(from, middle, spots.radius);
                let u = linear(&self.settings.g).inverse().map(|inverse| inverse.apply(&p));
                self.stage.grab = u.map(|u| ([u[0], u[1]], Vec2::ZERO));
            }
            let to = |offset| unscreen(pointer + offset, centre, spots.radius);
            let dragged = self.stage.grab.and_then(|(u, offset)| carried(&self.settings, u, to(offset)));
            next = dragged.or(next);
        } else if response.hovered() {
            ui.ctx().set_cursor_icon(CursorIcon::Grab);
        }
        let moved = next.is_some_and(|g| self.drag_to(g));
        if response.drag_stopped() {
            self.stage.grab = None;
        }
        if response.drag_stopped() || keys != [0.0; 2] {
            self.commit(cx);
        }
        focus_ring(ui, &response, 6.0);
        moved
    }

    /// A handle at the tip of each column of g.
    fn columns_ui(&mut self, ui: &mut Ui, spots: &Spots, cx: &mut LabCx<'_>) {
        if spots.centres.is_empty() {
            return;
        }
        let theme = Theme::of(ui.ctx());
        let hit = if cx.layout == LayoutKind::Phone { 44.0 } else { 24.0 };
        for (j, (name, key)) in COLUMNS.into_iter().enumerate() {
            let g = &self.settings.g;
            let column = [g[(0, j)], g[(1, j)]];
            let sheet = spots.sheet(&self.seen.chain, spots.centres.len() - 1);
            let at = sheet.at(if j == 0 { [1.0, 0.0] } else { [0.0, 1.0] });
            let place = Rect::from_center_size(at, Vec2::splat(hit));
            cx.places.push((key, place));
            let response = ui.interact(place, ui.scope_id().with(key), Sense::drag());
            describe_column(&response, name, &format!("{:.2}, {:.2}", column[0], column[1]));
            let mut wanted = None;
            if let (true, Some(pointer)) = (held(&response), response.interact_pointer_pos()) {
                let origin = ui.input(|i| i.pointer.press_origin()).unwrap_or(pointer);
                if response.drag_started() {
                    self.stage.grab = Some((column, at - origin));
                    response.request_focus();
                }
                let offset = self.stage.grab.map_or(Vec2::ZERO, |g| g.1);
                wanted = Some(unscreen(pointer + offset, sheet.at([0.0, 0.0]), spots.radius));
            }
            let keys = column_keys(ui, &response);
            if keys != [0.0; 2] {
                wanted = Some([0, 1].map(|i| column[i] + STEP * keys[i]));
            }
            if let Some(next) = wanted.and_then(|to| with_column(&self.settings, j, to))
                && self.drag_to(next)
            {
                self.shown = self.settings.g.clone();
                self.look();
                ui.ctx().request_repaint();
            }
            if response.drag_stopped() || keys != [0.0; 2] {
                self.commit(cx);
            }
            let hot = response.hovered() || held(&response);
            if hot {
                ui.ctx().set_cursor_icon(CursorIcon::Grab);
                ui.painter().circle_filled(at, 10.0, theme.g_tint);
            }
            let radius = if spots.radius < 40.0 { 4.5 } else { 5.5 };
            shapes::disc(ui.painter(), at, radius, theme.surf, Stroke::new(2.0, theme.g));
            if response.has_focus() {
                shapes::ring(ui.painter(), at, 10.5, Stroke::new(2.0, theme.ink));
            }
        }
    }

    /// The tiles: they can be dragged to another arrow, or moved by the arrow keys.
    fn tiles_ui(&mut self, ui: &mut Ui, spots: &Spots, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        let touch = cx.layout == LayoutKind::Phone;
        let tiles = self.seen.chain.tiles.clone();
        let slots: Vec<Pos2> = (0..tiles.len()).filter_map(|i| spots.tile(&self.seen.chain, i)).collect();
        let count = slots.len();
        if self.seen.chain.sum {
            self.terms_ui(ui, &slots, touch);
            return;
        }
        let mut order = None;
        for (i, (tile, slot)) in tiles.iter().zip(&slots).enumerate() {
            let size = chain::tile_size(tile.symbol, touch);
            let dragged = self.stage.tile == Some(tile.factor);
            let pointer = ui.input(|s| s.pointer.interact_pos()).filter(|_| dragged);
            let rect = Rect::from_center_size(pointer.unwrap_or(*slot), size);
            let response = ui.interact(rect, ui.scope_id().with(("tile", tile.factor)), Sense::drag());
            cx.places.push((["tile1", "tile2", "tile3", "tile4"][i.min(3)], rect));
            let (verb, amount) = super::words::describe(&tile.matrix, self.seen.element.picture);
            let amount = super::words::in_one_line(&amount);
            let name = format!("{}, {verb} {amount}, acts {}", markup::plain(tile.symbol), ordinal(i));
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if response.drag_started() {
                self.stage.tile = Some(tile.factor);
                self.playing = super::motion::Playing::No;
                response.request_focus();
            }
            if let (true, Some(p)) = (held(&response), response.interact_pointer_pos()) {
                let near = |k: &usize| ((slots[*k] - p).length() * 16.0) as i32;
                order = (0..count).min_by_key(near).filter(|to| *to != i).map(|to| (i, to)).or(order);
                ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            } else if response.hovered() {
                ui.ctx().set_cursor_icon(CursorIcon::Grab);
            }
            let steps = tile_keys(ui, &response);
            if steps != 0 {
                let to = i.saturating_add_signed(steps).min(count - 1);
                order = Some((i, to)).filter(|_| to != i).or(order);
            }
            if response.drag_stopped() {
                self.stage.tile = None;
                self.commit(cx);
            }
            chain::tile(ui.painter(), theme, rect, tile, held(&response), false);
            focus_ring(ui, &response, 6.0);
            response.on_hover_text(format!("{verb} {amount}. Drag it to another arrow, or use ← and →"));
        }
        if let Some((from, to)) = order {
            let factor = self.settings.order.remove(from);
            self.settings.order.insert(to, factor);
            if self.stage.tile.is_none() {
                self.commit(cx);
            }
            ui.ctx().request_repaint();
        }
    }

    /// The terms of a sum: they are added in any order, so there is nothing to drag.
    fn terms_ui(&self, ui: &Ui, slots: &[Pos2], touch: bool) {
        let theme = Theme::of(ui.ctx());
        for (tile, slot) in self.seen.chain.tiles.iter().zip(slots) {
            let rect = Rect::from_center_size(*slot, chain::tile_size(tile.symbol, touch));
            let (verb, amount) = super::words::describe(&tile.matrix, self.seen.element.picture);
            let name = format!("{}, {verb} {amount}, a term of the sum", markup::plain(tile.symbol));
            let response = ui.interact(rect, ui.scope_id().with(("term", tile.factor)), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
            chain::tile(ui.painter(), theme, rect, tile, false, true);
            response.on_hover_text("A term of the sum: S x and N x are added");
        }
    }
}

/// A point of the screen in units of the sheet, y up.
pub(super) fn unscreen(p: Pos2, centre: Pos2, radius: f32) -> [f64; 2] {
    let d = (p - centre) / radius;
    [f64::from(d.x), f64::from(-d.y)]
}

/// g by which the point u of x comes to a point of the picture: moved where the group moves, else turned and stretched.
fn carried(s: &Settings, u: [f64; 2], to: [f64; 2]) -> Option<Matrix> {
    let from = linear(&s.g).apply(&u);
    if s.family.moves() {
        return Some(moved_to(&s.g, [to[0] - from[0], to[1] - from[1]]));
    }
    carry(&s.g, [from[0], from[1]], to, s.family.keeps_det())
}

/// g after arrow keys on the picture: moved where the group moves, else turned as the upper edge would go.
fn stepped(s: &Settings, [right, up]: [f64; 2]) -> Matrix {
    if s.family.moves() {
        let [x, y] = translation(&s.g);
        return moved_to(&s.g, [x + STEP * right, y + STEP * up]);
    }
    &rotation2(TURN * (up - right)) * &s.g
}

/// g with another translation, as far as the group here has them.
fn moved_to(g: &Matrix, t: [f64; 2]) -> Matrix {
    let mut g = g.clone();
    t.iter().enumerate().for_each(|(i, t)| g[(i, 2)] = t.clamp(-FARTHEST, FARTHEST));
    g
}

/// g with another column, where the group has it: the other column stays, or shrinks and turns along where
/// determinants are kept.
fn with_column(s: &Settings, j: usize, to: [f64; 2]) -> Option<Matrix> {
    if s.family.keeps_det() {
        return carry(&s.g, [s.g[(0, j)], s.g[(1, j)]], to, true);
    }
    let mut g = s.g.clone();
    (g[(0, j)], g[(1, j)]) = (to[0], to[1]);
    Some(g)
}

/// A handle that is moved in two directions, and where it stands.
pub(super) fn describe_column(response: &Response, name: &str, said: &str) {
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Slider, true, name);
        info.current_text_value = Some(said.to_owned());
        info
    });
}

/// Steps right and up by the arrow keys.
pub(super) fn column_keys(ui: &Ui, response: &Response) -> [f64; 2] {
    if !response.has_focus() {
        return [0.0; 2];
    }
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    [arrow_steps(ui, Key::ArrowLeft, Key::ArrowRight), arrow_steps(ui, Key::ArrowDown, Key::ArrowUp)]
}

/// Steps to a later place by the arrow keys.
fn tile_keys(ui: &Ui, response: &Response) -> isize {
    if !response.has_focus() {
        return 0;
    }
    let arrows = EventFilter { horizontal_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    arrow_steps(ui, Key::ArrowLeft, Key::ArrowRight).clamp(-1.0, 1.0).round() as isize
}

fn ordinal(i: usize) -> &'static str {
    ["first", "second", "third", "fourth"].get(i).copied().unwrap_or("later")
}
