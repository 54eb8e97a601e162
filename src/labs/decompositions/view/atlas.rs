//! The map of the group: turn around, stretch outward, the part that exp does not reach, and g as a dot on it.

use super::Decompositions;
use crate::labs::decompositions::element::with_place;
use crate::labs::decompositions::map::{INNER, Map, OUTER, ring, unreached};
use crate::labs::decompositions::settings::{Family, Panel, Picture};
use crate::labs::lab::{LabCx, LayoutKind};
use crate::maths::exp::reach::edge;
use crate::ui::controls::{self, arrow_steps, held};
use crate::ui::theme::Theme;
use crate::ui::{fonts, numbers, typeset};
use crate::viz::{Pen, shapes};
use eframe::egui::{
    Align, Align2, CursorIcon, EventFilter, Key, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};
use std::f64::consts::TAU;

/// Points along each edge of the shaded part.
const RINGS: usize = 32;
/// An arrow key turns by this many radians, and stretches by this much in log-stretch.
const STEP: (f64, f64) = (std::f64::consts::PI / 36.0, 0.05);

/// What of the map stays from frame to frame.
#[derive(Default)]
pub(super) struct Cache {
    map: Option<Map>,
    ground: Option<(Chart, bool, f32, Shape)>,
}

impl Cache {
    /// The map to draw: grows and shrinks only when nothing is dragged.
    pub(super) fn map(&mut self, wanted: Map, dragging: bool) -> Map {
        match self.map {
            Some(map) if dragging || map == wanted => map,
            _ => *self.map.insert(wanted),
        }
    }
}

/// Where the map lies on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Chart {
    pub(super) map: Map,
    centre: Pos2,
    /// Points per point of the reference picture.
    scale: f32,
}

impl Chart {
    fn screen(&self, [x, y]: [f64; 2]) -> Pos2 {
        self.centre + vec2(x as f32, -y as f32) * self.scale
    }

    pub(super) fn point(&self, (p, t): (f64, f64)) -> Pos2 {
        self.screen(self.map.point(p, t.min(self.map.reach)))
    }

    fn at(&self, p: Pos2) -> (f64, f64) {
        let d = (p - self.centre) / self.scale;
        self.map.at([f64::from(d.x), f64::from(-d.y)])
    }

    fn radius(&self, t: f64) -> f32 {
        self.map.radius(t) as f32 * self.scale
    }
}

impl Decompositions {
    /// The map with its rim and labels in `rect`; its title stands in the upper left corner.
    pub(super) fn map_ui(&mut self, ui: &mut Ui, rect: Rect, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        let roomy = rect.width() > 300.0;
        self.panel_tabs(ui, rect.min, roomy, cx);
        if self.settings.panel == Panel::Boosts {
            self.rapidities_ui(ui, rect, cx);
            return;
        }
        if self.settings.panel == Panel::Haar && !self.cloud_on_map() {
            self.scatter_ui(ui, rect);
            return;
        }
        if self.settings.family.picture() != Picture::Plane {
            self.globe_ui(ui, rect, cx);
            return;
        }
        if rect.width() > 390.0 {
            let right = rect.left() + 376.0_f32.min(rect.width());
            for (words, letter, y) in [("around: turn ", "p", 8.0), ("outward: stretch ", "t", 24.0)] {
                let set = typeset::layout(ui.ctx(), letter, 15.0, theme.ink3);
                let at = pos2(right, rect.top() + y);
                set.paint(ui.painter(), at, Align2::RIGHT_CENTER);
                let font = fonts::regular(fonts::SMALL);
                ui.painter().text(
                    at - vec2(set.size().x, 0.0),
                    Align2::RIGHT_CENTER,
                    words,
                    font,
                    theme.ink3,
                );
            }
        }
        let chart = self.chart(ui, rect, roomy);
        self.ground(ui, theme, chart);
        if self.settings.panel == Panel::Haar {
            self.cloud(ui.painter(), theme, chart);
        }
        self.labels(ui.painter(), theme, chart);
        self.ways(ui.painter(), theme, chart);
        self.dot_ui(ui, theme, chart, cx);
    }

    /// As large as `rect` allows under the title and between the angles.
    fn chart(&mut self, ui: &Ui, rect: Rect, roomy: bool) -> Chart {
        let dragging = ui.input(|i| i.pointer.any_down());
        let map = if self.settings.panel == Panel::Haar { Map::showing(0.0) } else { self.map(dragging) };
        let (above, below, beside) = if roomy { (44.0, 21.0, 24.0) } else { (24.0, 6.0, 8.0) };
        let room = (rect.height() - above - below).min(rect.width() - 2.0 * beside) / 2.0;
        let scale = (room / OUTER as f32).clamp(0.1, 1.4);
        let rim = OUTER as f32 * scale;
        let x = if roomy {
            rect.left() + (200.0 * scale.max(1.0)).min(rect.width() / 2.0)
        } else {
            rect.center().x
        };
        Chart { map, centre: pos2(x, rect.top() + above + rim), scale }
    }

    /// What stands under the chain: the ways to g, random elements, or two boosts.
    fn panel_tabs(&mut self, ui: &mut Ui, at: Pos2, roomy: bool, cx: &mut LabCx<'_>) {
        let theme = Theme::of(ui.ctx());
        let mut x = at.x;
        let map = match self.settings.family.picture() {
            Picture::Plane => format!("Map of {}", Family::Special2.title()),
            Picture::Space => "Ball of turns".to_owned(),
            Picture::Events => "Rapidities".to_owned(),
        };
        let names =
            if roomy { [map.as_str(), "Haar samples", "Two boosts"] } else { ["Map", "Haar", "Boosts"] };
        let here = self.settings.family.panels();
        for (panel, text) in Panel::ALL.into_iter().zip(names).filter(|(panel, _)| here.contains(panel)) {
            let on = panel == self.settings.panel;
            let font = if on { fonts::semibold(fonts::SMALL) } else { fonts::regular(fonts::SMALL) };
            let galley = ui.painter().layout_no_wrap(text.to_owned(), font, theme.ink);
            let high = controls::row_height(ui);
            let place = Rect::from_min_size(pos2(x, at.y + 8.0 - high / 2.0), vec2(galley.size().x, high));
            let response =
                ui.interact(place.expand2(vec2(6.0, 0.0)), ui.scope_id().with(text), Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, on, text));
            let ink = if on || response.hovered() { theme.ink } else { theme.ink3 };
            let corner = Align2::LEFT_CENTER.anchor_size(place.left_center(), galley.size()).min;
            ui.painter().galley_with_override_text_color(corner, galley, ink);
            controls::focus_ring(ui, &response.clone().with_new_rect(place.shrink2(vec2(0.0, 6.0))), 3.0);
            if response.clicked() && !on {
                self.settings.panel = panel;
                self.commit(cx);
            }
            x = place.right() + 16.0;
        }
    }

    /// Disc, grid and the shaded part: made once and kept until the map moves.
    fn ground(&mut self, ui: &Ui, theme: &Theme, chart: Chart) {
        let fine = ui.pixels_per_point();
        let kept = self.atlas.ground.as_ref().is_some_and(|g| (g.0, g.1, g.2) == (chart, theme.dark, fine));
        if !kept {
            let made = Pen::shape(ui.painter(), |pen| ground(pen, theme, chart));
            self.atlas.ground = Some((chart, theme.dark, fine, made));
        }
        ui.painter().extend(self.atlas.ground.iter().map(|g| g.3.clone()));
    }

    fn labels(&self, painter: &Painter, theme: &Theme, chart: Chart) {
        let small = fonts::regular(fonts::SMALL);
        let (c, rim) = (chart.centre, chart.radius(chart.map.reach));
        if chart.scale > 0.8 {
            for (text, y) in [("pure", -12.0), ("rotations", 4.0)] {
                painter.text(c + vec2(0.0, y), Align2::CENTER_CENTER, text, small.clone(), theme.ink3);
            }
            let mut box_ = Rect::from_min_size(pos2(c.x - rim + 14.0, c.y - 20.0), vec2(68.0, 40.0));
            // The words make way for the dot.
            let dot = chart.point(self.seen.element.place);
            if box_.expand(24.0).contains(dot) {
                let away = if dot.y > c.y { -72.0 } else { 72.0 };
                box_ = box_.translate(vec2(8.0, away));
            }
            painter.rect_filled(box_, 6.0, theme.bg);
            let font = fonts::medium(fonts::SMALL);
            for (text, y) in [("exp does", -8.0), ("not reach", 8.0)] {
                painter.text(
                    box_.center() + vec2(0.0, y),
                    Align2::CENTER_CENTER,
                    text,
                    font.clone(),
                    theme.ink,
                );
            }
        }
        if chart.scale > 0.6 {
            for (text, d, align) in [
                ("0°", vec2(rim + 8.0, 0.0), Align2::LEFT_CENTER),
                ("90°", vec2(0.0, -rim - 12.0), Align2::CENTER_CENTER),
                ("270°", vec2(0.0, rim + 14.0), Align2::CENTER_CENTER),
            ] {
                painter.text(c + d, align, text, small.clone(), theme.ink3);
            }
        }
    }

    /// The two ways from 1 to g: the subgroup as a line, the geodesic as dashes.
    fn ways(&self, painter: &Painter, theme: &Theme, chart: Chart) {
        let [one, two] =
            [0, 1].map(|k| self.seen.way(k).places.iter().map(|p| chart.point(*p)).collect::<Vec<_>>());
        Pen::draw(painter, |pen| {
            pen.line(&one, Stroke::new(2.5, theme.g));
            // Over the other: on this map, which leaves a direction out, they may run together.
            pen.dashed(&two, Stroke::new(2.0, theme.ink), 4.0, 2.5);
        });
        let start = chart.point((0.0, 0.0));
        painter.circle_filled(start, 5.0, theme.ink);
        if chart.scale > 0.6 {
            let set = typeset::layout(painter.ctx(), "1", 16.0, theme.ink);
            set.paint_at_baseline(painter, start + vec2(10.0, 18.0), Align::LEFT);
        }
    }

    /// The dot: dragged, sent by a click, or moved by the arrow keys.
    fn dot_ui(&mut self, ui: &mut Ui, theme: &Theme, chart: Chart, cx: &mut LabCx<'_>) {
        let disc =
            Rect::from_center_size(chart.centre, Vec2::splat(2.0 * chart.radius(chart.map.reach) + 8.0));
        let own = self.settings.family.is_own();
        if own && self.seen.element.g.determinant() < 0.0 {
            cx.places.push(("map", disc));
            said_at(ui, chart.centre + vec2(0.0, chart.radius(chart.map.reach) * 0.55));
            return;
        }
        let place = self.seen.element.place;
        let at = chart.point(place);
        cx.places.extend([("map", disc), ("dot", Rect::from_center_size(at, Vec2::splat(24.0)))]);
        let sense = if own { Sense::hover() } else { Sense::click_and_drag() };
        let response = ui.interact(disc, ui.scope_id().with("map"), sense);
        response.widget_info(|| {
            let role = if own { Role::Image } else { Role::Slider };
            let mut info = WidgetInfo::labeled(role, true, "g on the map");
            let turn = numbers::degrees(place.0, 0);
            info.current_text_value = Some(format!("turn {turn}, stretch {:.2}", place.1));
            info
        });
        let mut wanted = None;
        if let Some(pointer) =
            response.interact_pointer_pos().filter(|_| held(&response) || response.clicked())
        {
            wanted = Some(chart.at(pointer));
        }
        let keys = map_keys(ui, &response);
        if keys != [0.0; 2] {
            wanted = Some((place.0 + STEP.0 * keys[0], (place.1 + STEP.1 * keys[1]).max(0.0)));
        }
        if let Some(to) = wanted {
            let g = with_place(&self.settings.g, to, self.direction);
            if response.clicked() {
                self.glide(ui.ctx());
                self.settings.set_g(g);
            } else if self.drag_to(g) {
                self.shown = self.settings.g.clone();
                self.look();
            }
        }
        if response.clicked() || response.drag_stopped() || keys != [0.0; 2] {
            response.request_focus();
            self.commit(cx);
        }
        if response.hovered() && !own {
            ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
        }
        let at = chart.point(self.seen.element.place);
        let radius = if cx.layout == LayoutKind::Phone { 12.0 } else { 9.0 };
        shapes::disc(ui.painter(), at, radius, theme.g, Stroke::new(3.0, theme.surf));
        if response.has_focus() {
            shapes::ring(ui.painter(), at, radius + 4.0, Stroke::new(2.0, theme.ink));
        }
        let set = typeset::layout(ui.ctx(), "g", 20.0, theme.g);
        set.paint_at_baseline(ui.painter(), at + vec2(14.0, -8.0), Align::LEFT);
    }
}

/// Why there is no dot.
fn said_at(ui: &Ui, at: Pos2) {
    let theme = Theme::of(ui.ctx());
    let text = "g turns the sheet over:\nit has no place here";
    let set = ui.painter().layout(text.to_owned(), fonts::regular(fonts::SMALL), theme.ink2, 160.0);
    let place = Align2::CENTER_CENTER.anchor_size(at, set.size());
    ui.painter().rect_filled(place.expand(6.0), 6.0, theme.bg);
    ui.painter().galley(place.min, set, theme.ink2);
    let label = ui.interact(place, ui.scope_id().with("no place"), Sense::hover());
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, text.replace('\n', " ")));
}

/// Steps around and outward by the arrow keys.
fn map_keys(ui: &Ui, response: &eframe::egui::Response) -> [f64; 2] {
    if !response.has_focus() {
        return [0.0; 2];
    }
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    [arrow_steps(ui, Key::ArrowRight, Key::ArrowLeft), arrow_steps(ui, Key::ArrowDown, Key::ArrowUp)]
}

fn ground(pen: &mut Pen, theme: &Theme, chart: Chart) {
    let (map, c) = (chart.map, chart.centre);
    let rim = chart.radius(map.reach);
    pen.disc(c, rim, theme.surf);
    for q in 1..4 {
        pen.ring(c, chart.radius(map.reach * f64::from(q) / 4.0), Stroke::new(1.0, theme.grid));
    }
    for k in 0..12 {
        let p = f64::from(k) * std::f64::consts::PI / 6.0;
        pen.segment([chart.point((p, 0.0)), chart.point((p, map.reach))], Stroke::new(1.0, theme.grid));
    }
    let screen = |ring: &[[f64; 2]]| -> Vec<Pos2> { ring.iter().map(|p| chart.screen(*p)).collect() };
    let part = |t: f64| screen(&ring(map, t, shapes::chords(chart.radius(t), TAU - 2.0 * edge(t))));
    // The part that exp does not reach: out along one edge, around the rim, and back along the other one.
    let rows: Vec<Vec<Pos2>> = unreached(map, RINGS, 1).iter().map(|r| screen(r)).collect();
    let sides = [0, 1].map(|k| rows.iter().map(|r| r[k]).collect::<Vec<Pos2>>());
    let around = part(map.reach);
    // Both edges begin in one point.
    let back = sides[1].iter().skip(1).rev();
    let whole: Vec<Pos2> = sides[0].iter().chain(&around[1..around.len() - 1]).chain(back).copied().collect();
    pen.fill(&whole, theme.ctl);
    for i in 1..14 {
        let t = 0.12 * f64::from(i) * map.reach / crate::labs::decompositions::map::SMALLEST;
        pen.line(&part(t), Stroke::new(0.75, theme.ink4));
    }
    for line in [&sides[0], &around, &sides[1]] {
        pen.line(line, Stroke::new(1.5, theme.ink3));
    }
    pen.ring(c, rim, Stroke::new(1.0, theme.axis));
    pen.disc(c, INNER as f32 * chart.scale, theme.bg);
    pen.ring(c, INNER as f32 * chart.scale + 1.0, Stroke::new(2.0, theme.g));
}
