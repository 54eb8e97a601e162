//! What is written on and beside the commuting square.

use super::controls::focus_ring;
use super::square::Corner;
use super::square_layout::{Design, SquareLayout};
use super::square_paint::{KeyShape, Surround};
use super::theme::Theme;
use super::typeset;
use super::{fonts, markup, numbers};
use crate::viz::vectors;
use crate::viz::{Output, Scene, Space, Verdict, VerdictState, View, shapes};
use eframe::egui::{
    Align, Color32, CursorIcon, FontId, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

/// Plain words with their line's base at `at`; returns their box.
fn words(painter: &Painter, at: Pos2, side: Align, text: &str, font: FontId, color: Color32) -> Rect {
    let galley = painter.layout_no_wrap(text.to_owned(), font, color);
    let base = galley.rows.first().map_or(0.0, |r| r.pos.y + r.row.glyphs.first().map_or(0.0, |g| g.pos.y));
    let corner = pos2(at.x - galley.size().x * side.to_factor(), at.y - base);
    let rect = Rect::from_min_size(corner, galley.size());
    painter.galley(corner, galley, color);
    rect
}

/// A formula with its line's base at `at`.
fn formula(painter: &Painter, at: Pos2, side: Align, markup: &str, size: f32, color: Color32) {
    typeset::layout(painter.ctx(), markup, size, color).paint_at_baseline(painter, at, side);
}

/// Centres of the dials beside the two vertical roads.
pub(super) fn dials(layout: &SquareLayout) -> [Pos2; 2] {
    let y = layout.middle().y;
    let d = match layout.design {
        Design::Full => layout.dial * 3.0,
        _ => 29.0,
    };
    [pos2(layout.centres[0][0].x - d, y), pos2(layout.centres[0][1].x + d, y)]
}

/// Everything written around the plates, without the verdict.
pub(super) fn captions(painter: &Painter, theme: &Theme, layout: &SquareLayout, around: &Surround<'_>) {
    let small = layout.design != Design::Full;
    corners(painter, theme, layout, around);
    beside_roads(painter, theme, layout, small);
    for row in 0..2 {
        let at = layout.f_centre(row) + vec2(0.0, layout.f_size * 0.28);
        formula(painter, at, Align::Center, "f", layout.f_size, theme.ink);
    }
}

/// The letter t on the time axis of the upper left plate.
fn time_axis(painter: &Painter, theme: &Theme, view: &View) {
    let at = view.centre + vec2(-9.0, -view.radius + 20.0);
    formula(painter, at, Align::RIGHT, "t", 15.0, theme.ink3);
}

/// Captions in the free corners outside the plates.
fn corners(painter: &Painter, theme: &Theme, layout: &SquareLayout, around: &Surround<'_>) {
    let (r, size) = (layout.radius, layout.caption);
    let [[x, y], [gx, gy]] = layout.centres;
    // Offsets from the centre of each plate in radii: x, f(x), g·x, f(g·x).
    let places = match layout.design {
        Design::Full => [(-0.946, -0.786), (1.107, -0.821), (-0.982, -0.714), (0.0, 0.0)],
        Design::Compact => [(-1.0, -0.79), (1.03, -0.79), (-1.0, -0.737), (0.947, 1.105)],
        Design::Column => [(-0.94, -0.75), (0.94, -0.78), (-0.91, -0.75), (0.84, 1.125)],
        Design::Picture => [(-1.3, -0.48), (1.5, -0.56), (-1.43, -0.5), (0.0, 0.0)],
    };
    let captions = [(x, "x"), (y, "f(x)"), (gx, "g·x"), (gy, "f(g·x)")];
    for ((dx, dy), (at, markup)) in places.into_iter().zip(captions) {
        if (dx, dy) != (0.0, 0.0) {
            formula(painter, at + vec2(dx * r, dy * r), Align::Center, markup, size, theme.ink);
        }
    }
    if layout.design == Design::Full {
        key(painter, theme, layout, around.key);
        if around.stabilised {
            aside(painter, theme, gx + vec2(-1.196 * r, -0.5 * r), ["turned", "back"]);
        }
    }
}

/// What is filled and what is hollow, beside the fourth plate.
fn key(painter: &Painter, theme: &Theme, layout: &SquareLayout, shape: KeyShape) {
    let c = layout.centres[1][1];
    let beside = layout.rect.right() - (c.x + layout.radius) > 118.0;
    let (at, size) = if beside {
        (c + vec2(1.036 * layout.radius, -0.786 * layout.radius), 18.0)
    } else {
        (c + vec2(0.66 * layout.radius, 0.92 * layout.radius), 15.0)
    };
    let style = shapes::ArrowStyle { width: 3.0, head: 11.0, half: 5.0, gap: 3.0 };
    let step = size + 10.0;
    match shape {
        KeyShape::Arrow => {
            let filled = shapes::arrow(at + vec2(0.0, -6.0), at + vec2(26.0, -6.0), style, 0.0);
            shapes::fill(painter, &filled, theme.y);
            let hollow = [at + vec2(2.0, step - 6.0), at + vec2(24.0, step - 6.0)];
            let hollow = shapes::arrow(hollow[0], hollow[1], style, 3.0);
            shapes::fill_stroke(painter, &hollow, theme.y_tint, Stroke::new(1.25, theme.y_line));
        }
        KeyShape::Ellipse => {
            let c = at + vec2(14.0, -5.0);
            painter.add(Shape::ellipse_filled(c, vec2(9.0, 6.0), theme.y));
            let c = c + vec2(0.0, step);
            painter.add(Shape::ellipse_filled(c, vec2(9.0, 6.0), theme.y_tint));
            painter.add(Shape::ellipse_stroke(c, vec2(9.0, 6.0), Stroke::new(1.25, theme.y_line)));
        }
        KeyShape::Bar => {
            let bar = Rect::from_min_size(at + vec2(8.0, -14.0), vec2(8.0, 16.0));
            painter.rect_filled(bar, 0.0, theme.y);
            let r = bar.translate(vec2(0.0, step)).expand(2.0);
            let points = [r.left_top(), r.right_top(), r.right_bottom(), r.left_bottom()];
            shapes::fill_stroke(painter, &points, theme.y_tint, Stroke::new(1.25, theme.y_line));
        }
    }
    formula(painter, at + vec2(38.0, 0.0), Align::LEFT, "f(g·x)", size, theme.ink);
    formula(painter, at + vec2(38.0, step), Align::LEFT, "ρ(g) f(x)", size, theme.ink);
}

/// g and ρ(g) beside the vertical roads.
fn beside_roads(painter: &Painter, theme: &Theme, layout: &SquareLayout, small: bool) {
    let [a, b] = dials(layout);
    let size = layout.caption;
    let (gap, drop) = if small { (7.0, 6.0) } else { (12.0, 6.0) };
    let d = layout.dial + gap;
    if layout.design == Design::Picture {
        let y = layout.middle().y + 6.0;
        formula(painter, pos2(layout.centres[0][0].x - 14.0, y), Align::RIGHT, "g", size, theme.g);
        formula(painter, pos2(layout.centres[0][1].x + 14.0, y), Align::LEFT, "ρ(g)", size, theme.ink);
        return;
    }
    formula(painter, a + vec2(-d, drop), Align::RIGHT, "g", size, theme.ink);
    formula(painter, b + vec2(d, drop), Align::LEFT, "ρ(g)", size, theme.ink);
}

/// x₁ … and y₁ … beside the tips of the upper row, and the letter of the time axis.
pub(super) fn names(painter: &Painter, theme: &Theme, scene: &Scene<'_>, corner: Corner, view: &View) {
    let (tips, letter, distance) = match (corner, &scene.y) {
        (Corner::X, _) => (vectors::ends(view, &Output::Vectors(scene.x)), "x", 20.0),
        (Corner::Y, Output::Vectors(_)) => (vectors::ends(view, &scene.y), "y", 17.0),
        _ => return,
    };
    for (i, tip) in tips.into_iter().enumerate() {
        beside_tip(painter, theme, view, tip, distance, &format!("{letter}_{}", i + 1));
    }
    if corner == Corner::X && matches!(scene.space, Space::Minkowski2 | Space::Minkowski3) {
        time_axis(painter, theme, view);
    }
}

/// The name of a plate that fills the square's room, and how to get back.
pub(super) fn enlarged(painter: &Painter, theme: &Theme, layout: &SquareLayout, corner: Corner) {
    let at = layout.rect.left_top();
    let name = corner.name().replace("over", r"\over");
    formula(painter, at + vec2(16.0, 30.0), Align::LEFT, &name, 18.0, theme.ink);
    let back = pos2(layout.rect.right() - 16.0, at.y + 30.0);
    words(painter, back, Align::RIGHT, "tap to go back", fonts::regular(12.0), theme.ink3);
}

fn beside_tip(painter: &Painter, theme: &Theme, view: &View, tip: Pos2, distance: f32, markup: &str) {
    let d = tip - view.centre;
    let l = d.length();
    if l.is_finite() && l > 1.0 && l < view.radius * 1.06 {
        let at = tip + d / l * distance + vec2(0.0, 5.0);
        formula(painter, at, Align::Center, markup, 15.0, theme.ink);
    }
}

/// The hint beside the upper left plate.
pub(super) fn hint(painter: &Painter, theme: &Theme, layout: &SquareLayout) {
    let at = layout.centres[0][0] + vec2(-1.214 * layout.radius, -0.571 * layout.radius);
    aside(painter, theme, at, ["drag the", "arrows"]);
}

/// Two short lines of caption.
fn aside(painter: &Painter, theme: &Theme, at: Pos2, lines: [&str; 2]) {
    for (i, line) in lines.into_iter().enumerate() {
        let at = at + vec2(0.0, 16.0 * i as f32);
        words(painter, at, Align::Center, line, fonts::regular(12.0), theme.ink3);
    }
}

/// The two words of a verdict.
pub fn verdict_words(state: VerdictState) -> &'static str {
    match state {
        VerdictState::Holds => "same picture",
        VerdictState::Nearly => "nearly the same",
        VerdictState::Broken => "the roads part",
        VerdictState::Vanishes => "output vanishes",
        VerdictState::Pending => "computing",
    }
}

/// The residual as formula markup; empty where there is none.
fn residual(verdict: &Verdict<'_>) -> String {
    match verdict.state {
        VerdictState::Pending | VerdictState::Vanishes => String::new(),
        _ => numbers::fmt_residual(verdict.residual),
    }
}

/// The verdict as a picture. Returns the area of its glyph and words.
pub(super) fn verdict(painter: &Painter, theme: &Theme, v: &Verdict<'_>, layout: &SquareLayout) -> Rect {
    let color = shapes::verdict_color(theme, v.state);
    let strong = if v.state == VerdictState::Broken { color } else { theme.ink };
    let m = layout.middle();
    let number = residual(v);
    let word = |at: Pos2, side: Align| {
        words(painter, at, side, verdict_words(v.state), fonts::semibold(14.0), color)
    };
    match layout.design {
        Design::Full => {
            let glyph = m - vec2(0.0, 64.0);
            shapes::verdict_glyph(painter, theme, glyph, v.state);
            let said = word(m - vec2(0.0, 24.0), Align::Center);
            formula(painter, m + vec2(0.0, 12.0), Align::Center, &number, 24.0, strong);
            if !number.is_empty() {
                words(
                    painter,
                    m + vec2(0.0, 34.0),
                    Align::Center,
                    "residual",
                    fonts::regular(12.0),
                    theme.ink2,
                );
                worst(painter, theme, m + vec2(0.0, 54.0), v);
            }
            said.union(Rect::from_center_size(glyph, Vec2::splat(34.0)))
        }
        Design::Compact => {
            let glyph = m - vec2(0.0, 24.0);
            shapes::verdict_glyph(painter, theme, glyph, v.state);
            let said = word(m + vec2(0.0, 12.0), Align::Center);
            formula(painter, m + vec2(0.0, 38.0), Align::Center, &number, 18.0, strong);
            said.union(Rect::from_center_size(glyph, Vec2::splat(34.0)))
        }
        Design::Picture => {
            let glyph = m - vec2(0.0, 14.0);
            shapes::verdict_glyph(painter, theme, glyph, v.state);
            word(m + vec2(0.0, 20.0), Align::Center).union(Rect::from_center_size(glyph, Vec2::splat(34.0)))
        }
        Design::Column => row(painter, theme, layout, v, &number, strong),
    }
}

/// The verdict in a row below the square.
fn row(
    painter: &Painter,
    theme: &Theme,
    layout: &SquareLayout,
    v: &Verdict<'_>,
    number: &str,
    strong: Color32,
) -> Rect {
    let y = layout.centres[1][0].y + layout.radius + 44.0;
    let glyph = pos2(layout.rect.left() + 40.0, y);
    let color = shapes::verdict_color(theme, v.state);
    shapes::verdict_glyph(painter, theme, glyph, v.state);
    let left = layout.rect.left() + 68.0;
    let said = words(
        painter,
        pos2(left, y - 4.0),
        Align::LEFT,
        verdict_words(v.state),
        fonts::semibold(14.0),
        color,
    );
    let sign = if v.state == VerdictState::Broken { "≠" } else { "=" };
    let equation = format!("f(g·x) {sign} ρ(g) f(x)");
    formula(painter, pos2(left, y + 17.0), Align::LEFT, &equation, 15.0, theme.ink);
    let right = layout.rect.right() - 16.0;
    formula(painter, pos2(right, y), Align::RIGHT, number, 24.0, strong);
    if !number.is_empty() {
        words(painter, pos2(right, y + 18.0), Align::RIGHT, "residual", fonts::regular(12.0), theme.ink2);
    }
    said.union(Rect::from_center_size(glyph, Vec2::splat(44.0)))
}

/// "worst over all g  1.5 × 10⁻⁷".
fn worst(painter: &Painter, theme: &Theme, at: Pos2, v: &Verdict<'_>) {
    let color = theme.ink3;
    let number = numbers::fmt_residual(v.worst);
    let said = painter.layout_no_wrap("worst over all".to_owned(), fonts::regular(12.0), color);
    let set = ["g", number.as_str()]
        .map(|markup| typeset::layout_with(painter.ctx(), markup, 14.0, color, typeset::Colors::Plain));
    let gaps = [4.0, 8.0];
    let width = said.size().x + set.iter().zip(gaps).map(|(f, gap)| f.size().x + gap).sum::<f32>();
    let mut x = at.x - width / 2.0 + said.size().x;
    words(painter, pos2(x, at.y), Align::RIGHT, "worst over all", fonts::regular(12.0), color);
    for (f, gap) in set.iter().zip(gaps) {
        f.paint_at_baseline(painter, pos2(x + gap, at.y), Align::LEFT);
        x += gap + f.size().x;
    }
}

/// What became of a verdict in one frame.
#[derive(Clone, Debug, Default)]
pub struct VerdictResponse {
    /// Its question was asked.
    pub clicked: bool,
    /// `verdict` and, where it is written out, `question`.
    pub places: Vec<(&'static str, Rect)>,
}

/// Draws the verdict, lets its question be asked and gives screen readers the sentence. In small designs the verdict
/// itself is what one clicks on.
pub fn verdict_ui(ui: &mut Ui, v: &Verdict<'_>, layout: &SquareLayout) -> VerdictResponse {
    let theme = Theme::of(ui.ctx());
    let area = verdict(ui.painter(), theme, v, layout);
    let asks = !v.question.is_empty() && v.state != VerdictState::Pending;
    let short = asks && layout.design != Design::Full;
    let sense = if short { Sense::click() } else { Sense::hover() };
    let response = ui.interact(area.expand(4.0), ui.scope_id().with("verdict"), sense);
    let mut said = spoken(v);
    if short {
        said = format!("{said}. {}", v.question);
    }
    let role = if short { Role::Button } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, true, &said));
    focus_ring(ui, &response.clone().with_new_rect(area.expand(3.0)), 5.0);
    let mut out = VerdictResponse { clicked: response.clicked(), places: vec![("verdict", area)] };
    response.on_hover_text(explanation(v));
    if asks && !short {
        question(ui, theme, layout, v.question, &mut out);
    }
    out
}

fn question(ui: &mut Ui, theme: &Theme, layout: &SquareLayout, text: &str, out: &mut VerdictResponse) {
    let base = layout.middle() + vec2(0.0, 84.0);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), fonts::regular(12.0), theme.ink2);
    let rect = Rect::from_center_size(base - vec2(0.0, 4.0), galley.size() + vec2(16.0, 12.0));
    let response = ui.interact(rect, ui.scope_id().with("question"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, text));
    let color = if response.hovered() { theme.ink } else { theme.ink2 };
    let drawn = words(ui.painter(), base, Align::Center, text, fonts::regular(12.0), color);
    ui.painter().hline(drawn.x_range(), base.y + 2.5, Stroke::new(1.0, color));
    focus_ring(ui, &response.clone().with_new_rect(drawn.expand(3.0)), 5.0);
    out.places.push(("question", rect));
    out.clicked |= response.clicked();
    response.on_hover_cursor(CursorIcon::PointingHand);
}

/// The verdict as a sentence.
fn spoken(v: &Verdict<'_>) -> String {
    let plain = |r: f64| markup::plain(&numbers::fmt_residual(r));
    match v.state {
        VerdictState::Pending | VerdictState::Vanishes => verdict_words(v.state).to_owned(),
        _ => format!(
            "{}, residual {}, worst over all g {}",
            verdict_words(v.state),
            plain(v.residual),
            plain(v.worst)
        ),
    }
}

/// What a pointer that rests on the verdict is told.
fn explanation(v: &Verdict<'_>) -> String {
    let plain = |r: f64| markup::plain(&numbers::fmt_residual(r));
    match v.state {
        VerdictState::Vanishes => "f(x) is zero here: there is nothing to compare.".to_owned(),
        VerdictState::Pending => "The first result is on its way.".to_owned(),
        _ => format!(
            "Residual: ‖f(g·x) − ρ(g) f(x)‖ / (‖ρ(g)‖ s), with s the root mean square of ‖f(x)‖.\nHere {}; over the sample of g: median {}, worst {}.",
            plain(v.residual),
            plain(v.median),
            plain(v.worst)
        ),
    }
}
