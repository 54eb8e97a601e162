//! The side panel, and how the parts share the screen on a desk, on a phone and in an embed.

use super::{Decompositions, Tab};
use crate::labs::decompositions::inside::fit;
use crate::labs::decompositions::settings::{Family, Panel, Picture, Settings, Subject};
use crate::labs::lab::{LabCx, Request};
use crate::ui::controls::{
    self, Edge, Kind, hairline, menu_item, menu_title, section_header, segmented, switch, text_button,
    value_menu,
};
use crate::ui::style::MARGIN;
use crate::ui::theme::Theme;
use eframe::egui::{Align, Frame, Layout, Margin, Rect, ScrollArea, Stroke, Ui, UiBuilder, pos2, vec2};

/// Width of the side panel, and of the one in an embed.
const SIDE: f32 = 288.0;
const SIDE_EMBED: f32 = 232.0;
/// An element this near to one of another group belongs to it.
const SAME: f64 = 1e-9;
/// As many sliders have room in an embed.
const FEW: usize = 3;
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
                // Nothing else moves an own group.
                if self.settings.own.as_ref().is_some_and(|own| own.at.len() <= FEW) {
                    self.own_algebra_ui(ui, cx);
                }
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
            self.editor_ui(ui, cx);
            self.entries_ui(ui, cx);
            self.typed_ui(ui, cx);
            self.known_ui(ui);
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
                self.editor_ui(ui, cx);
                self.entries_ui(ui, cx);
                self.typed_ui(ui, cx);
                self.known_ui(ui);
                ui.add_space(8.0);
                self.det_switch(ui, cx);
                hairline(ui);
                // Where its coordinates come in groups, their names stand in place of the title.
                if super::algebra::groups(self.settings.family).is_empty() {
                    section_header(ui, "LIE ALGEBRA", theme.ink3);
                }
                self.algebra_ui(ui, cx);
                hairline(ui);
                section_header(ui, "SHOW AS", theme.ink3);
                self.show_list(ui, cx);
                hairline(ui);
                ui.add_space(8.0);
                self.play_ui(ui);
                ui.add_space(12.0);
                self.said_ui(ui);
                ui.add_space(8.0);
                self.subject_ui(ui, cx);
                ui.add_space(4.0);
                self.history_ui(ui, cx);
            });
        });
    }

    fn group_menu(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>, labelled: bool) {
        let (mut chosen, mut edit) = (None, false);
        let (present, name) = (self.settings.family, self.group_name());
        let items = |ui: &mut Ui| {
            for family in Family::ALL {
                if menu_item(ui, family.title(), family == present).clicked() {
                    chosen = Some(family);
                }
            }
            edit = menu_item(ui, "Own generators…", present.is_own()).clicked();
        };
        if labelled {
            value_menu(ui, "Group", &name, items);
        } else {
            menu_title(ui, &name, "Group", items);
        }
        if edit {
            self.edit_group();
        }
        if let Some(family) = chosen.filter(|f| *f != present) {
            self.set_family(ui, cx, family);
        }
    }

    fn set_family(&mut self, ui: &Ui, cx: &mut LabCx<'_>, family: Family) {
        self.editor.open = false;
        self.typing = None;
        self.glide(ui.ctx());
        let kin = |s: &Settings| (s.family.picture(), s.family.moves());
        let before = kin(&self.settings);
        self.settings.set_family(family);
        let inside = fit(family, self.shown.clone()).is_some_and(|g| g.max_difference(&self.shown) < SAME);
        if !inside || before != kin(&self.settings) {
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
        let Some(other) = self.settings.family.with_det(!on) else { return };
        let hint = if self.settings.family.picture() == Picture::Plane {
            "Another entry follows what is typed, and what is dragged keeps its area"
        } else {
            "Another entry follows what is typed, and what is dragged keeps its volume"
        };
        if switch(ui, "Keep $\\det g = 1$", &mut on, Kind::Group, hint).changed() {
            self.set_family(ui, cx, other);
        }
    }

    /// What can be printed here, by name.
    fn subjects(&self) -> impl Iterator<Item = (Subject, &'static str)> + use<> {
        let family = self.settings.family;
        family.subjects().iter().map(move |s| (*s, name_of(*s, family.picture() == Picture::Events)))
    }

    fn subject_ui(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let options: Vec<_> = self.subjects().collect();
        if segmented(ui, "Picture", &mut self.settings.subject, &options).changed() {
            self.commit(cx);
        }
    }

    fn subject_menu(&mut self, ui: &mut Ui, cx: &mut LabCx<'_>) {
        let present = self.settings.subject;
        let mut chosen = None;
        let events = self.settings.family.picture() == Picture::Events;
        value_menu(ui, "Picture", name_of(present, events), |ui| {
            for (subject, title) in self.subjects() {
                if menu_item(ui, title, subject == present).clicked() {
                    chosen = Some(subject);
                }
            }
        });
        if let Some(subject) = chosen.filter(|s| *s != present) {
            self.settings.subject = subject;
            self.commit(cx);
        }
    }
}

fn name_of(subject: Subject, events: bool) -> &'static str {
    if events && subject == Subject::Points { "Events" } else { subject.title() }
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
