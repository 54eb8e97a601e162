//! Two ways from 1 to g as strips of pictures, and whether exp reaches g.

use super::Decompositions;
use super::lens::Spot;
use crate::labs::decompositions::element::linear;
use crate::labs::decompositions::settings::Picture;
use crate::ui::controls::value_matrix;
use crate::ui::line::Line;
use crate::ui::numbers::fixed;
use crate::ui::theme::Theme;
use crate::ui::{fonts, typeset};
use crate::viz::shapes;
use eframe::egui::{Align, Align2, Rect, Role, Sense, Shape, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

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
    [("One subgroup", r"\exp(s X),  0 ≤ s ≤ 1"), ("Stretch, then turn", r"R(p) \exp(S)")];
/// The second of them where g also translates.
const MOVING: (&str, &str) = ("Stretch, turn, move", r"T R(p) \exp(S)");
/// The second of them in Minkowski space, where the stretch is a boost.
const BOOSTED: (&str, &str) = ("Boost, then turn", r"R(p) \exp(S)");

impl Decompositions {
    /// One strip in `rect`; which = 0 is the subgroup, 1 stretch then turn.
    pub(super) fn film_ui(&self, ui: &mut Ui, rect: Rect, which: usize) {
        let theme = Theme::of(ui.ctx());
        let painter = ui.painter().with_clip_rect(rect.expand(8.0));
        let (title, formula) = match (which, self.settings.family.picture()) {
            (1, _) if self.settings.family.moves() => MOVING,
            (1, Picture::Events) => BOOSTED,
            _ => TITLES[which],
        };
        let k = (rect.width() / WIDTH).min(rect.height() / 168.0).clamp(0.3, 1.5).min(rect.width() / WIDTH);
        painter.text(rect.min + vec2(0.0, 11.0), Align2::LEFT_CENTER, title, fonts::medium(14.0), theme.ink);
        let line = [rect.min + vec2(0.0, 32.0), rect.min + vec2(40.0, 32.0)];
        if which == 0 {
            painter.line_segment(line, Stroke::new(2.5, theme.g));
        } else {
            shapes::dashed(&painter, &line, Stroke::new(2.0, theme.g), 4.0, 2.5);
        }
        let set = typeset::layout(ui.ctx(), formula, 18.0, theme.ink);
        if set.size().x < rect.width() - 150.0 {
            set.paint_at_baseline(&painter, pos2(rect.right(), rect.top() + 18.0), Align::RIGHT);
        }
        let place = ui.interact(rect, ui.scope_id().with(("film", which)), Sense::hover());
        let frames = &self.seen.films[which];
        let whole = frames.len() == 5;
        place.widget_info(|| {
            let text = if whole {
                format!("{title}, five pictures from x to g·x")
            } else {
                format!("{title}: none")
            };
            WidgetInfo::labeled(Role::Image, true, text)
        });
        if !whole {
            let why = "No X has exp X = g: no one-parameter subgroup leads from 1 to g.";
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
                let points = [(-2.0, -4.0), (2.0, 0.0), (-2.0, 4.0)].map(|(a, b)| at + vec2(a, b)).to_vec();
                painter.add(Shape::line(points, Stroke::new(1.5, theme.ink3)));
            }
        }
    }

    /// Whether exp reaches g, by its trace, and X.
    pub(super) fn verdict_ui(&self, ui: &mut Ui, rect: Rect) {
        let theme = Theme::of(ui.ctx());
        let e = &self.seen.element;
        let reached = e.log.is_some();
        let y = rect.center().y;
        let (color, text) =
            if reached { (theme.ok, "in reach of exp") } else { (theme.bad, "out of reach of exp") };
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
        let Some(log) = e.log.as_ref().filter(|x| x.rows() == 2) else { return };
        let cells: Vec<Vec<String>> =
            log.to_rows().iter().map(|r| r.iter().map(|v| fixed(*v, 2)).collect()).collect();
        let size = typeset::Matrix::layout(ui.ctx(), &cells).size();
        let place = Rect::from_min_size(pos2(rect.right() - size.x, y - size.y / 2.0), size);
        if place.left() - 44.0 < at.right() + 24.0 + line.size().x {
            return;
        }
        let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt("log"));
        value_matrix(&mut child, "The matrix of X", &log.to_rows(), 2);
        let set = typeset::layout(ui.ctx(), "X =", 16.0, theme.ink);
        set.paint(ui.painter(), pos2(place.left() - 6.0, y), Align2::RIGHT_CENTER);
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
