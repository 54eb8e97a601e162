//! Two ways from 1 to g as strips of pictures, the subgroup and the geodesic, with their lengths; whether exp reaches g.

use super::Decompositions;
use super::lens::Spot;
use crate::labs::decompositions::element::linear;
use crate::labs::decompositions::settings::Picture;
use crate::maths::Matrix;
use crate::ui::controls::ValueMatrix;
use crate::ui::line::Line;
use crate::ui::numbers::fixed;
use crate::ui::theme::Theme;
use crate::ui::{fonts, typeset};
use crate::viz::{Pen, shapes};
use eframe::egui::{
    Align, Align2, Pos2, Rect, RichText, Role, Sense, Shape, Stroke, Ui, UiBuilder, Vec2, WidgetInfo, pos2,
    vec2,
};

/// Radius of an undeformed picture, and grid lines to its rim.
const RADIUS: f32 = 27.0;
const GRID: i32 = 3;
/// Distance of two pictures, from the left end to the first, and from the top to their middle.
const PITCH: f32 = 112.0;
const FIRST: f32 = 44.0;
const MIDDLE: f32 = 92.0;
/// Width of the reference picture's strip.
const WIDTH: f32 = 536.0;

/// What distinguishes the two ways.
const TITLES: [(&str, &str); 2] =
    [("One subgroup", r"\exp(s X),  0 ≤ s ≤ 1"), ("Geodesic", r"\exp(s Y^{T}) \exp(s (Y − Y^{T}))")];
/// The equation of the second where g also translates: ξ is its velocity, without the last row.
const MOVING: &str = r"ξ′ = ξ^{T}ξ − ξξ^{T}";
/// The title of the second for own groups, whose geodesics are not known.
const AROUND: &str = "Geodesic of GL⁺";
/// In the place of X where exp does not reach g.
const NO_LOG: &str = "no X with exp X = g";
/// The same in an own group.
const NONE_FOUND: &str = "no X found in its algebra";
/// What the hover says of the lengths.
const METRIC: &str = "Length: the square root of the sum of squares of the entries of g⁻¹dg, along the way; it is the same seen from every g";

impl Decompositions {
    /// One strip in `rect`; which = 0 is the subgroup, 1 the geodesic.
    pub(super) fn film_ui(&self, ui: &mut Ui, rect: Rect, which: usize) {
        let theme = Theme::of(ui.ctx());
        let painter = ui.painter().with_clip_rect(rect.expand(8.0));
        let (title, formula) = TITLES[which];
        let title = if self.settings.family.is_own() && which == 1 { AROUND } else { title };
        let formula = if self.settings.family.moves() && which == 1 { MOVING } else { formula };
        let k = (rect.width() / WIDTH).min(rect.height() / 168.0).clamp(0.3, 1.5).min(rect.width() / WIDTH);
        let (at, ink) = (rect.min + vec2(0.0, 11.0), theme.ink);
        let name = painter.text(at, Align2::LEFT_CENTER, title, fonts::medium(14.0), ink);
        let length = self.length_words(which);
        let beside = pos2(name.right() + 12.0, at.y);
        let words =
            painter.text(beside, Align2::LEFT_CENTER, &length, fonts::regular(14.0), theme.ink2).right();
        let line = [rect.min + vec2(0.0, 32.0), rect.min + vec2(40.0, 32.0)];
        if which == 0 {
            painter.line_segment(line, Stroke::new(2.5, theme.g));
        } else {
            shapes::dashed(&painter, &line, Stroke::new(2.0, theme.ink), 4.0, 2.5);
        }
        let set = typeset::layout(ui.ctx(), formula, 18.0, theme.ink);
        if words + 16.0 + set.size().x < rect.right() {
            set.paint_at_baseline(&painter, pos2(rect.right(), rect.top() + 18.0), Align::RIGHT);
        }
        let place = ui.interact(rect, ui.scope_id().with(("film", which)), Sense::hover());
        let frames = &self.seen.way(which).film;
        let whole = frames.len() == 5;
        place.widget_info(|| {
            let text = if whole {
                format!("{title}, {length}, five pictures from x to g·x")
            } else {
                format!("{title}: none")
            };
            WidgetInfo::labeled(Role::Image, true, text)
        });
        place.on_hover_text(METRIC);
        if !whole {
            let e = &self.seen.element;
            let why = if which == 0 && self.settings.family.is_own() {
                "No exp X = g was found with X in its algebra."
            } else if which == 0 {
                "No X has exp X = g: no one-parameter subgroup leads from 1 to g."
            } else if e.g.determinant() < 0.0 {
                "g turns the picture over: no way leads there from 1."
            } else {
                "The search for a geodesic has not arrived at g."
            };
            let galley = painter.layout(why.to_owned(), fonts::regular(14.0), theme.ink2, rect.width() * 0.7);
            painter.galley(
                pos2(rect.left(), rect.top() + MIDDLE * k - galley.size().y / 2.0),
                galley,
                theme.ink2,
            );
            return;
        }
        let tall = (rect.height() - 48.0) / 2.0;
        let radius = frames.iter().fold(RADIUS * k, |r, m| {
            let shadow = self.lens().shadow(m);
            let ([w, h], [x, y]) = (shadow.half_size(), shadow.t);
            r.min((PITCH * k * 0.46) / (w + x.abs()) as f32).min(tall / (h + y.abs()) as f32)
        });
        let y = rect.top() + (MIDDLE * k).max(44.0 + radius);
        for (i, m) in frames.iter().enumerate() {
            let x = rect.left() + (FIRST + PITCH * i as f32) * k;
            let spot = Spot { centre: pos2(x, y), radius, grid: GRID };
            self.lens().paint(&painter, theme, spot, m, self.printed());
            if i < 4 {
                let at = pos2(rect.left() + (99.0 + PITCH * i as f32) * k, y);
                let points = [(-2.0, -4.0), (2.0, 0.0), (-2.0, 4.0)].map(|(a, b)| at + vec2(a, b));
                Pen::draw(&painter, |pen| pen.line(&points, Stroke::new(1.5, theme.ink3)));
            }
        }
    }

    /// How long a way is, and of the geodesic whether it is known to be the shortest; empty where there is none.
    fn length_words(&self, which: usize) -> String {
        let e = &self.seen.element;
        let Some(length) = e.lengths()[which] else { return String::new() };
        let claim = match (which, e.geodesic()) {
            (0, _) | (_, None) => "",
            (_, Some(way)) if way.proved => ", the shortest",
            // While g moves its geodesic is followed, and no shorter one is looked for.
            _ if e.followed() => "",
            _ => ", the shortest found",
        };
        format!("length {}{claim}", fixed(length, 2))
    }

    /// X, or that there is none, in a line of its own: for narrow screens.
    pub(super) fn log_ui(&self, ui: &mut Ui) {
        let theme = Theme::of(ui.ctx());
        let Some(log) = &self.seen.element.log else {
            let none = RichText::new(if self.settings.family.is_own() { NONE_FOUND } else { NO_LOG });
            ui.label(none.font(fonts::regular(14.0)).color(theme.bad));
            return;
        };
        let set = Logarithm::layout(ui, log);
        let size = set.size();
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size.y + 8.0), Sense::hover());
        set.show(ui, pos2(rect.left() + 32.0 + size.x, rect.center().y));
    }

    /// Whether exp reaches g, in words. In an own group the search is not exhaustive.
    pub(super) fn reach_said(&self) -> &'static str {
        match (self.seen.element.log.is_some(), self.settings.family.is_own()) {
            (true, false) => "in reach of exp",
            (false, false) => "out of reach of exp",
            (true, true) => "on a one-parameter subgroup",
            (false, true) => NONE_FOUND,
        }
    }

    /// X, where there is room.
    fn own_verdict_ui(&self, ui: &mut Ui, at: Pos2, right: f32) {
        let Some(log) = &self.seen.element.log else { return };
        let set = Logarithm::layout(ui, log);
        if at.x + set.size().x + 44.0 < right {
            set.show(ui, pos2(right, at.y + 26.0 - set.size().y / 2.0));
        }
    }

    /// Whether exp reaches g, by its trace, and X.
    pub(super) fn verdict_ui(&self, ui: &mut Ui, rect: Rect) {
        let theme = Theme::of(ui.ctx());
        let e = &self.seen.element;
        let reached = e.log.is_some();
        let y = rect.center().y;
        let (color, text) = (if reached { theme.ok } else { theme.bad }, self.reach_said());
        let c = pos2(rect.left() + 9.0, y);
        shapes::ring(ui.painter(), c, 8.0, Stroke::new(1.5, color));
        let mark = |points: &[(f32, f32)]| {
            let points = points.iter().map(|(x, y)| c + vec2(*x, *y)).collect();
            ui.painter().add(Shape::line(points, Stroke::new(2.0, color)));
        };
        if reached {
            mark(&[(-3.5, 0.0), (-1.0, 2.5), (3.5, -2.5)]);
        } else {
            mark(&[(-3.0, -3.0), (3.0, 3.0)]);
            mark(&[(3.0, -3.0), (-3.0, 3.0)]);
        }
        let at =
            ui.painter().text(pos2(c.x + 17.0, y), Align2::LEFT_CENTER, text, fonts::semibold(14.0), color);
        let label = ui.interact(at, ui.scope_id().with("verdict"), Sense::hover());
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
        if self.settings.family.is_own() {
            self.own_verdict_ui(ui, pos2(at.right() + 24.0, y), rect.right());
            return;
        }
        if self.settings.family.picture() != Picture::Plane {
            self.reach_words(ui, pos2(at.right() + 24.0, y), rect.right());
            return;
        }
        // Whether exp reaches an affine map is decided by its linear part.
        let (a, name) = (linear(&e.g), if self.settings.family.moves() { "L" } else { "g" });
        let line = Line::layout(
            ui.ctx(),
            &format!("${}$", criterion(name, a.trace(), a.determinant())),
            &fonts::maths(16.0),
            theme.ink,
        );
        line.paint(ui.painter(), pos2(at.right() + 24.0, y), Align2::LEFT_CENTER);
        let (free, right) = (at.right() + 40.0 + line.size().x, pos2(rect.right(), y));
        let Some(log) = &e.log else {
            let font = fonts::regular(14.0);
            let none = ui.painter().layout_no_wrap(NO_LOG.to_owned(), font, theme.ink2);
            if free < right.x - none.size().x {
                let place = Align2::RIGHT_CENTER.anchor_size(right, none.size());
                ui.painter().galley(place.min, none, theme.ink2);
                let label = ui.interact(place, ui.scope_id().with("no log"), Sense::hover());
                label.widget_info(|| WidgetInfo::labeled(Role::Label, true, NO_LOG));
            }
            return;
        };
        // Three rows reach up into the film: X stands as far down as the panel goes.
        let right = right + vec2(0.0, if log.rows() > 2 { 6.0 } else { 0.0 });
        let set = Logarithm::layout(ui, log);
        if free + 28.0 < right.x - set.size().x {
            set.show(ui, right);
        }
    }
}

/// `X =` and its entries.
pub(super) struct Logarithm(ValueMatrix);

impl Logarithm {
    pub(super) fn layout(ui: &Ui, log: &Matrix) -> Self {
        Self(ValueMatrix::layout(ui.ctx(), log.to_rows(), 2))
    }

    /// Of the entries.
    pub(super) fn size(&self) -> Vec2 {
        self.0.size()
    }

    /// Ending at `right`.
    pub(super) fn show(&self, ui: &mut Ui, right: Pos2) {
        let size = self.size();
        let place = Rect::from_min_size(right - vec2(size.x, size.y / 2.0), size);
        let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt("log"));
        self.0.show(&mut child, "The matrix of X");
        let set = typeset::layout(ui.ctx(), "X =", 16.0, Theme::of(ui.ctx()).ink);
        set.paint(ui.painter(), pos2(place.left() - 6.0, right.y), Align2::RIGHT_CENTER);
    }
}

/// tr g, or of the linear part of that name, against −2 √det g, as formula markup. Exactly on the edge stands equality.
fn criterion(name: &str, trace: f64, det: f64) -> String {
    let edge = -2.0 * det.max(0.0).sqrt();
    let sign = if (trace - edge).abs() < 1e-12 {
        "="
    } else if trace > edge {
        ">"
    } else {
        "<"
    };
    if (det - 1.0).abs() < 1e-9 {
        format!("\\tr {name} = {} {sign} -2", fixed(trace, 2))
    } else {
        format!("\\tr {name} = {} {sign} -2√\\det {name} = {}", fixed(trace, 2), fixed(edge, 2))
    }
}
