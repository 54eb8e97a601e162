//! The side panel, and how the parts share the screen on a desk, on a phone and in an embed.

use super::{Decompositions, Tab};
use crate::labs::decompositions::element::{linear, translation};
use crate::labs::decompositions::settings::{FARTHEST, Family, Panel, REACH, Show, Subject, first, natural};
use crate::labs::lab::{LabCx, Request};
use crate::maths::Matrix;
use crate::maths::exp::exp;
use crate::ui::controls::{
    self, Edge, Kind, NumberField, Slider, Unit, action_button, hairline, icon_button, menu_item, menu_title,
    number_field, radio_row, row_height, section_header, segmented, switch, text_button, value_menu,
};
use crate::ui::fonts;
use crate::ui::icons::Icon;
use crate::ui::style::MARGIN;
use crate::ui::theme::Theme;
use eframe::egui::{
    Align, Align2, Frame, Layout, Margin, Rect, RichText, ScrollArea, Stroke, Ui, UiBuilder, pos2, vec2,
};

/// Width of the side panel, and of the one in an embed.
const SIDE: f32 = 288.0;
const SIDE_EMBED: f32 = 232.0;
/// Height of the chain on a desk.
const STAGE: f32 = 360.0;

impl Decompositions {
    pub(super) fn desktop(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let all = ui.max_rect();
        let side = Rect::from_min_max(pos2(all.right() - SIDE, all.top()), all.max);
        let tall =
            (all.height() * STAGE / 752.0).clamp(150.0, 520.0).max(all.height() - 460.0).min(all.height());
        let stage = Rect::from_min_max(all.min, pos2(side.left(), all.top() + tall));
        let below = Rect::from_min_max(stage.left_bottom(), pos2(side.left(), all.bottom()));
        rule(ui, side.left_top(), side.left_bottom());
        rule(ui, below.left_top(), below.right_top());
        self.chain_ui(ui, stage, cx);
        let line = Rect::from_min_max(pos2(stage.left(), stage.bottom() - 72.0), stage.max - vec2(0.0, 16.0));
        self.formula_ui(ui, line);
        self.below(ui, below, cx);
        ui.scope_builder(UiBuilder::new().max_rect(side), |ui| self.side_ui(ui, cx));
    }

    /// The map and the ways, side by side.
    fn below(&mut self, ui: &mut Ui, rect: Rect, cx: &mut LabCx<'_>) {
        let share = rect.width() * 400.0 / 992.0;
        let map = Rect::from_min_max(
            rect.min + vec2(24.0, 16.0),
            pos2(rect.left() + share + 24.0, rect.bottom() - 8.0),
        );
        self.map_ui(ui, map, cx);
        let ways = Rect::from_min_max(
            pos2(rect.left() + share + 32.0, rect.top() + 24.0),
            rect.max - vec2(24.0, 0.0),
        );
        let film = (ways.height() - 31.0) / 2.0;
        let half = |which: usize| {
            let top = ways.top() + film * which as f32;
            Rect::from_min_max(pos2(ways.left(), top), pos2(ways.right(), top + film))
        };
        let y = ways.top() + 2.0 * film - 8.0;
        let line = Rect::from_min_max(pos2(ways.left(), y - 16.0), pos2(ways.right(), y + 16.0));
        self.ways_ui(ui, [half(0), half(1)], line, cx);
    }

    /// The two strips and the verdict, or the marginals of random elements and what exp misses of them.
    fn ways_ui(&mut self, ui: &mut Ui, halves: [Rect; 2], line: Rect, cx: &mut LabCx<'_>) {
        let [upper, lower] = halves;
        match self.settings.panel {
            Panel::Map => {
                self.film_ui(ui, upper, 0);
                self.film_ui(ui, lower, 1);
                self.verdict_ui(ui, line);
            }
            Panel::Haar => {
                self.marginals_ui(ui, [upper, lower].map(|r| r.with_max_y(r.bottom() - 28.0)));
                self.missed_ui(ui, line, cx);
            }
            Panel::Boosts => {
                self.events_ui(ui, upper);
                self.turn_ui(ui, lower.translate(vec2(0.0, 8.0)));
            }
        }
    }

    pub(super) fn embed(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let all = ui.max_rect();
        let side = Rect::from_min_max(pos2(all.right() - SIDE_EMBED, all.top()), all.max);
        let middle = all.top() + all.height() * 0.48;
        let stage = Rect::from_min_max(all.min, pos2(side.left(), middle));
        rule(ui, side.left_top(), side.left_bottom());
        rule(ui, stage.left_bottom(), stage.right_bottom());
        self.chain_ui(ui, stage, cx);
        let map = Rect::from_min_max(
            stage.left_bottom() + vec2(16.0, 10.0),
            pos2(stage.left() + 200.0, all.bottom() - 4.0),
        );
        self.map_ui(ui, map, cx);
        let film = Rect::from_min_max(
            pos2(stage.left() + 216.0, middle + 12.0),
            pos2(side.left() - 16.0, all.bottom() - 48.0),
        );
        match self.settings.panel {
            Panel::Map => self.film_ui(ui, film, 0),
            Panel::Haar => self.marginal_ui(ui, film, usize::MAX),
            Panel::Boosts => self.events_ui(ui, film),
        }
        let line = Rect::from_min_max(
            pos2(film.left(), all.bottom() - 44.0),
            pos2(film.right(), all.bottom() - 8.0),
        );
        match self.settings.panel {
            Panel::Map => self.verdict_ui(ui, line),
            Panel::Haar => self.missed_ui(ui, line, cx),
            Panel::Boosts => self.angle_ui(ui, line),
        }
        ui.scope_builder(UiBuilder::new().max_rect(side), |ui| {
            inset(ui, |ui| {
                self.entries_ui(ui, cx);
                ui.add_space(12.0);
                self.show_menu(ui, cx);
                self.subject_menu(ui, cx);
                ui.add_space(8.0);
                self.play_ui(ui);
                let bottom = ui.max_rect().bottom() - 32.0 - 8.0;
                ui.add_space((bottom - ui.cursor().top()).max(0.0));
                if text_button(ui, "Open in Equiscope").clicked() {
                    cx.requests.push(Request::OpenFull);
                }
            });
        });
    }

    pub(super) fn phone(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let all = ui.max_rect();
        let tabs = Rect::from_min_max(pos2(all.left(), all.bottom() - 56.0), all.max);
        let page = Rect::from_min_max(all.min, tabs.right_top());
        rule(ui, tabs.left_top(), tabs.right_top());
        ui.scope_builder(UiBuilder::new().max_rect(tabs), |ui| {
            let names = [
                (Tab::Element, "Element"),
                (Tab::Factors, "Factors"),
                (Tab::Map, "Map"),
                (Tab::Ways, "Ways"),
            ];
            controls::tabs(ui, "Panels", &mut self.tab, &names, Edge::Top);
        });
        let stage = Rect::from_min_size(page.min, vec2(page.width(), 330.0_f32.min(page.height() * 0.5)));
        self.chain_ui(ui, stage, cx);
        rule(ui, stage.left_bottom(), stage.right_bottom());
        let below = Rect::from_min_max(stage.left_bottom(), page.max);
        match self.tab {
            Tab::Map => self.map_ui(ui, below.shrink2(vec2(16.0, 12.0)), cx),
            Tab::Ways => {
                let inner = below.shrink2(vec2(16.0, 16.0));
                let film = (inner.height() - 56.0) / 2.0;
                let halves = [0.0, film]
                    .map(|top| Rect::from_min_size(inner.min + vec2(0.0, top), vec2(inner.width(), film)));
                let line = Rect::from_min_max(pos2(inner.left(), inner.bottom() - 32.0), inner.max);
                self.ways_ui(ui, halves, line, cx);
            }
            Tab::Element | Tab::Factors => {
                ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
                    ui.shrink_clip_rect(below);
                    ScrollArea::vertical()
                        .auto_shrink(false)
                        .show(ui, |ui| inset(ui, |ui| self.tab_ui(ui, cx)));
                });
            }
        }
    }

    fn tab_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        if self.tab == Tab::Element {
            self.entries_ui(ui, cx);
            ui.add_space(8.0);
            self.algebra_ui(ui, cx);
            self.log_ui(ui);
            self.group_menu(ui, cx, true);
            self.history_ui(ui, cx);
        } else {
            self.play_ui(ui);
            ui.add_space(8.0);
            self.show_list(ui, cx);
            self.subject_ui(ui, cx);
        }
    }

    fn side_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            inset(ui, |ui| {
                let theme = Theme::of(ui.ctx());
                let header = section_header(ui, "GROUP ELEMENT", theme.g).rect;
                // The menu's own padding lies outside the column, so that its chevron stands on the edge.
                let right = Rect::from_min_max(header.center_top(), header.max + vec2(10.0, 0.0));
                let place = UiBuilder::new().max_rect(right).layout(Layout::right_to_left(Align::Center));
                self.group_menu(&mut ui.new_child(place), cx, false);
                ui.add_space(8.0);
                self.entries_ui(ui, cx);
                ui.add_space(8.0);
                if !self.settings.family.moves() {
                    self.det_switch(ui, cx);
                }
                hairline(ui);
                section_header(ui, "LIE ALGEBRA", theme.ink3);
                self.algebra_ui(ui, cx);
                hairline(ui);
                section_header(ui, "SHOW AS", theme.ink3);
                self.show_list(ui, cx);
                hairline(ui);
                ui.add_space(8.0);
                self.play_ui(ui);
                ui.add_space(12.0);
                let hint = RichText::new("Drag a tile to change the order.");
                ui.label(hint.font(fonts::regular(fonts::SMALL)).color(theme.ink3));
                ui.add_space(8.0);
                self.subject_ui(ui, cx);
                ui.add_space(4.0);
                self.history_ui(ui, cx);
            });
        });
    }

    fn group_menu(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>, labelled: bool) {
        let mut chosen = None;
        let present = self.settings.family;
        let items = |ui: &mut Ui| {
            for family in Family::ALL {
                if menu_item(ui, family.title(), family == present).clicked() {
                    chosen = Some(family);
                }
            }
        };
        if labelled {
            value_menu(ui, "Group", present.title(), items);
        } else {
            menu_title(ui, present.title(), "Group", items);
        }
        if let Some(family) = chosen.filter(|f| *f != present) {
            self.set_family(ui, cx, family);
        }
    }

    fn set_family(&mut self, ui: &Ui, cx: &mut LabCx<'_>, family: Family) {
        self.glide(ui.ctx());
        self.settings.set_family(family);
        if self.settings.g.rows() != self.shown.rows() {
            // No way leads there: what is drawn in the rest of this frame already belongs to the new group.
            self.passage.stop();
            self.playing = super::motion::Playing::No;
            self.shown = self.settings.g.clone();
            self.look();
        }
        self.commit(cx);
    }

    fn det_switch(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let mut on = self.settings.family.keeps_det();
        let hint = "Another entry follows what is typed, and what is dragged keeps its area";
        if switch(ui, "Keep $\\det g = 1$", &mut on, Kind::Group, hint).changed() {
            self.set_family(ui, cx, if on { Family::Special2 } else { Family::General2 });
        }
    }

    /// The entries of g between brackets.
    fn entries_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        // The last row of an affine map is not for typing: it stands there in small.
        let (n, moves) = (self.settings.family.size(), self.settings.family.moves());
        let fixed = if moves { 18.0 } else { 0.0 };
        let rows = if moves { 2 } else { n };
        let (gap, pad, high) = (8.0, 14.0, row_height(ui));
        let wide = ((ui.available_width() - 2.0 * pad - gap * (n - 1) as f32) / n as f32).min(96.0);
        let size = vec2(
            2.0 * pad + wide * n as f32 + gap * (n - 1) as f32,
            (high + gap) * rows as f32 - gap + fixed,
        );
        let (row, _) =
            ui.allocate_exact_size(vec2(ui.available_width(), size.y), eframe::egui::Sense::hover());
        let all = Rect::from_center_size(row.center(), size);
        brackets(ui, all, theme);
        for j in 0..if moves { n } else { 0 } {
            let at = pos2(all.left() + pad + (wide + gap) * j as f32 + wide - 12.0, all.bottom() - 8.0);
            let font = fonts::maths(14.0);
            ui.painter().text(at, Align2::RIGHT_CENTER, if j == 2 { "1" } else { "0" }, font, theme.ink3);
        }
        for k in 0..rows * n {
            let (i, j) = (k / n, k % n);
            let at = all.min + vec2(pad + (wide + gap) * j as f32, (high + gap) * i as f32);
            let place = Rect::from_min_size(at, vec2(wide, high));
            let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt(("entry", k)));
            let mut value = self.settings.g[(i, j)];
            let name = format!("Row {}, column {} of g", i + 1, j + 1);
            let reach = if j == 2 { FARTHEST } else { REACH };
            let r = number_field(
                &mut child,
                NumberField {
                    symbol: "",
                    name: &name,
                    value: &mut value,
                    unit: Unit::Entry,
                    range: -reach..=reach,
                    wrap: false,
                    step: 0.01,
                    decimals: 2,
                },
            );
            if r.response.changed() {
                self.passage.stop();
                self.glide(ui.ctx());
                if !self.settings.set_entry(i, j, value) && r.committed {
                    let text = format!("No element of {} has this entry there", self.settings.family.title());
                    cx.requests.push(Request::Say(text));
                }
            }
            if r.committed {
                self.commit(cx);
            }
        }
    }

    /// Sliders for the coordinates of X, exp X = g.
    fn algebra_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        use std::f64::consts::PI;
        let x = &self.log;
        let mean = linear(x).trace() / 2.0;
        let before = [
            (x[(1, 0)] - x[(0, 1)]) / 2.0,
            (x[(0, 0)] - x[(1, 1)]) / 2.0,
            (x[(1, 0)] + x[(0, 1)]) / 2.0,
            mean,
            translation(x)[0],
            translation(x)[1],
        ];
        let mut now = before;
        let rows = [
            ("turn", "Turn: rotation part of X", PI),
            ("stretch ↔", "Stretch along the axes: diagonal part of X", 2.0),
            ("stretch ↗", "Stretch along the diagonal: symmetric part of X", 2.0),
            ("scale", "Scale: half the trace of X", 1.5),
            ("move →", "Move along the first axis: X's part of translation", 4.0),
            ("move ↑", "Move along the second axis: X's part of translation", 4.0),
        ];
        let shown = match self.settings.family {
            Family::Special2 => 3,
            Family::General2 => 4,
            Family::Affine2 => 6,
        };
        let reached = self.seen.element.log.is_some();
        let mut committed = false;
        for (k, (label, name, end)) in rows.into_iter().enumerate().take(shown) {
            let hint =
                if reached { name } else { "No X has exp X = g; moving this goes back to the last one" };
            let kind = if reached { Kind::Group } else { Kind::Plain };
            let value = &mut now[k];
            let slider = Slider {
                label,
                name,
                hint,
                value,
                range: -end..=end,
                log: false,
                origin: 0.0,
                decimals: 2,
                kind,
            };
            committed |= slider.show(ui).committed;
        }
        if now != before {
            let [turn, straight, slanted, mean, right, up] = now;
            let (a, b) = (mean + straight, mean - straight);
            let (c, d) = (slanted - turn, slanted + turn);
            let x = if self.settings.family.moves() {
                Matrix::from_rows(&[[a, c, right], [d, b, up], [0.0; 3]])
            } else {
                Matrix::from_rows(&[[a, c], [d, b]])
            };
            if let Ok(g) = exp(&x)
                && self.drag_to(g)
            {
                self.log = x;
                ui.ctx().request_repaint();
            }
        }
        if committed {
            self.commit(cx);
        }
    }

    fn show_list(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        for show in self.settings.family.shows().iter().copied() {
            let formula = show.symbols(self.settings.family).join(" · ");
            if radio_row(ui, show.title(), &formula, show == self.settings.show, show.hint()).clicked() {
                self.choose(show, cx);
            }
        }
    }

    fn show_menu(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let present = self.settings.show;
        let mut chosen = None;
        value_menu(ui, "Show as", present.title(), |ui| {
            for show in self.settings.family.shows().iter().copied() {
                if menu_item(ui, show.title(), show == present).clicked() {
                    chosen = Some(show);
                }
            }
        });
        if let Some(show) = chosen {
            self.choose(show, cx);
        }
    }

    fn choose(&mut self, show: Show, cx: &mut LabCx<'_>) {
        if show != self.settings.show || !self.settings.in_order() {
            self.settings.set_show(show);
            self.playing = super::motion::Playing::No;
            self.commit(cx);
        }
    }

    fn subject_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let options = Subject::ALL.map(|s| (s, s.title()));
        if segmented(ui, "Picture", &mut self.settings.subject, &options).changed() {
            self.commit(cx);
        }
    }

    fn subject_menu(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let present = self.settings.subject;
        let mut chosen = None;
        value_menu(ui, "Picture", present.title(), |ui| {
            for subject in Subject::ALL {
                if menu_item(ui, subject.title(), subject == present).clicked() {
                    chosen = Some(subject);
                }
            }
        });
        if let Some(subject) = chosen.filter(|s| *s != present) {
            self.settings.subject = subject;
            self.commit(cx);
        }
    }

    /// Plays the factors; brings order and element back.
    fn play_ui(&mut self, ui: &mut Ui) {
        use super::motion::Playing;
        ui.horizontal(|ui| {
            let width = ui.available_width() - row_height(ui) - 8.0;
            let (icon, text) =
                if self.playing.on() { (Icon::Pause, "Stop") } else { (Icon::Play, "Play factors") };
            if action_button(ui, icon, text, width).clicked() {
                self.playing = if self.playing.on() { Playing::No } else { Playing::Asked };
                ui.ctx().request_repaint();
            }
            if icon_button(ui, Icon::Reset, "Back to the first element and order", false).clicked() {
                self.glide(ui.ctx());
                self.settings.g = first(self.settings.family);
                self.settings.order = natural(self.settings.family, self.settings.show);
                self.changed = true;
            }
        });
    }
}

/// A pair of square brackets round `rect`.
fn brackets(ui: &Ui, rect: Rect, theme: &Theme) {
    let frame = rect.shrink(0.625);
    for (x, serif) in [(frame.left(), 5.0), (frame.right(), -5.0)] {
        let points = [
            pos2(x + serif, frame.top()),
            pos2(x, frame.top()),
            pos2(x, frame.bottom()),
            pos2(x + serif, frame.bottom()),
        ];
        ui.painter().line(points.to_vec(), Stroke::new(1.25, theme.ink2));
    }
}

/// A hairline.
fn rule(ui: &Ui, a: eframe::egui::Pos2, b: eframe::egui::Pos2) {
    ui.painter().line_segment([a, b], Stroke::new(1.0, Theme::of(ui.ctx()).line));
}

/// Contents with the panel's margins.
fn inset(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let wide = ui.available_width();
    let side = if wide > 250.0 && wide < 300.0 { MARGIN } else { 16.0 };
    let margin = Margin { left: side as i8, right: side as i8, top: 16, bottom: 8 };
    Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
        content(ui);
    });
}
