//! Arrows, sleeves and bars on a plate, and the gaps between the two results.

use super::shapes::{self, ArrowStyle};
use super::{Output, View};
use crate::ui::theme::Theme;
use eframe::egui::epaint::PathShape;
use eframe::egui::{Color32, Painter, Pos2, Rect, Stroke, pos2, vec2};

/// How a set of vectors is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Filled in the colour of the input.
    Input,
    /// Filled in the colour of the output: f(g·x).
    Filled,
    /// A hollow sleeve: f(x) and ρ(g) f(x).
    Hollow,
}

/// Draws arrows from the centre, those further from the eye first. `shorten` leaves room for a handle at each tip.
pub fn arrows(
    painter: &Painter,
    theme: &Theme,
    view: &View,
    vectors: &[Vec<f64>],
    kind: Kind,
    style: ArrowStyle,
    shorten: f32,
) {
    let mut tips: Vec<(Pos2, f32)> = vectors.iter().map(|v| view.project(v)).collect();
    tips.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (tip, depth) in tips {
        let shade = Shade::of(theme, kind, depth);
        match cut(view, tip) {
            Some(end) => cut_arrow(painter, view.centre, end, kind, style, shade),
            None => {
                let d = tip - view.centre;
                let end = view.centre + d * (1.0 - shorten / d.length().max(1e-3)).max(0.0);
                let off = if kind == Kind::Hollow { style.gap } else { 0.0 };
                let points = shapes::arrow(view.centre, end, style, off);
                shapes::fill(painter, &points, shade.fill);
                if kind == Kind::Hollow {
                    shapes::outline(painter, &points, Stroke::new(1.25, shade.line));
                }
            }
        }
    }
}

/// Colours of an arrow, paler behind the plate's middle.
#[derive(Clone, Copy)]
struct Shade {
    fill: Color32,
    line: Color32,
}

impl Shade {
    fn of(theme: &Theme, kind: Kind, depth: f32) -> Self {
        let pale = |c| shapes::mix(c, theme.surf, (-depth * 0.55).clamp(0.0, 0.45));
        let fill = match kind {
            Kind::Input => theme.x,
            Kind::Filled => theme.y,
            Kind::Hollow => theme.y_tint,
        };
        Self { fill: pale(fill), line: pale(theme.y_line) }
    }
}

/// The point on the rim where an arrow that leaves the plate is cut.
fn cut(view: &View, tip: Pos2) -> Option<Pos2> {
    let d = tip - view.centre;
    let limit = view.radius * 1.06;
    let outside = !d.x.is_finite() || !d.y.is_finite() || d.length() > limit;
    let unit = d.normalized();
    (outside && unit.x.is_finite() && unit.y.is_finite()).then(|| view.centre + unit * view.radius)
}

/// An arrow that goes on outside the plate: its shaft up to the rim and two dots beyond, no head.
fn cut_arrow(painter: &Painter, from: Pos2, to: Pos2, kind: Kind, style: ArrowStyle, shade: Shade) {
    let off = if kind == Kind::Hollow { style.gap } else { 0.0 };
    let points = shapes::cut_shaft(from, to, style, off);
    shapes::fill(painter, &points, shade.fill);
    let color = if kind == Kind::Hollow { shade.line } else { shade.fill };
    if kind == Kind::Hollow {
        painter.add(PathShape::line(points, Stroke::new(1.25, shade.line)));
    }
    let u = (to - from).normalized();
    for i in 1..=2 {
        painter.circle_filled(to + u * (5.0 * i as f32), 1.5, color);
    }
}

/// Draws one result: arrows or bars.
pub fn output(
    painter: &Painter,
    theme: &Theme,
    view: &View,
    out: &Output<'_>,
    kind: Kind,
    style: ArrowStyle,
) {
    match out {
        Output::Vectors(v) => arrows(painter, theme, view, v, kind, style, 0.0),
        Output::Scalars(s) => bars(painter, theme, view, s, kind, style),
    }
}

/// The rectangle of bar i of n, without its sleeve.
fn bar(view: &View, value: f64, i: usize, n: usize) -> Rect {
    let pitch = (view.radius * 1.3 / n as f32).min(view.radius * 0.42);
    let width = (pitch * 0.4).clamp(3.0, 14.0);
    let x = view.centre.x + pitch * (i as f32 - (n as f32 - 1.0) / 2.0);
    let room = (view.radius * view.radius - (x - view.centre.x).powi(2)).max(0.0).sqrt();
    let h = ((value / view.scale) as f32 * view.radius).clamp(-room, room);
    Rect::from_two_pos(pos2(x - width / 2.0, view.centre.y), pos2(x + width / 2.0, view.centre.y - h))
}

fn bars(painter: &Painter, theme: &Theme, view: &View, values: &[f64], kind: Kind, style: ArrowStyle) {
    for (i, &v) in values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        let r = bar(view, v, i, values.len());
        if kind == Kind::Hollow {
            let r = r.expand(style.gap);
            let points = [r.left_top(), r.right_top(), r.right_bottom(), r.left_bottom()];
            shapes::fill_stroke(painter, &points, theme.y_tint, Stroke::new(1.25, theme.y_line));
        } else {
            painter.rect_filled(r, 0.0, if kind == Kind::Input { theme.x } else { theme.y });
        }
    }
}

/// Where the named ends of a result lie: tips of the arrows or tops of the bars.
pub fn ends(view: &View, out: &Output<'_>) -> Vec<Pos2> {
    match out {
        Output::Vectors(v) => v.iter().map(|v| view.project(v).0).collect(),
        Output::Scalars(s) => s
            .iter()
            .enumerate()
            .map(|(i, &v)| {
                let r = bar(view, v, i, s.len());
                if v < 0.0 { r.center_bottom() } else { r.center_top() }
            })
            .collect(),
    }
}

/// The disagreement: a crimson dash from each end of f(g·x) to the same end of ρ(g) f(x), and a crimson rim.
pub fn gaps(painter: &Painter, theme: &Theme, view: &View, ygx: &Output<'_>, gy: &Output<'_>) {
    shapes::ring(painter, view.centre, view.radius, Stroke::new(2.0, theme.bad));
    let inside = |p: Pos2| {
        let d = p - view.centre;
        if d.length() > view.radius { view.centre + d.normalized() * view.radius } else { p }
    };
    let pen = Stroke::new(2.0, theme.bad);
    for (a, b) in ends(view, ygx).into_iter().zip(ends(view, gy)) {
        let ok = [a, b].iter().all(|p| p.x.is_finite() && p.y.is_finite());
        if !ok || (b - a).length() < 2.0 {
            continue;
        }
        match ygx {
            Output::Vectors(_) => shapes::dashed(painter, &[inside(a), inside(b)], pen, 4.0, 3.0),
            // Between bars the dash would be hidden: a bracket beside them instead.
            Output::Scalars(s) => {
                let x = bar(view, 0.0, 0, s.len()).width() / 2.0 + 7.0;
                let [a, b] = [inside(a) + vec2(x, 0.0), inside(b) + vec2(x, 0.0)];
                painter.line_segment([a, b], pen);
                for end in [a, b] {
                    painter.hline(end.x - 3.5..=end.x + 3.5, end.y, pen);
                }
            }
        }
    }
}

/// The dot at the centre of a plate.
pub fn origin(painter: &Painter, theme: &Theme, view: &View) {
    painter.circle_filled(view.centre, 2.5, theme.ink);
}

/// A round hollow handle at the tip of an input arrow. `charge` shows its sign and size inside.
pub fn tip_handle(painter: &Painter, theme: &Theme, at: Pos2, hot: bool, focus: bool, charge: Option<f64>) {
    if hot {
        painter.circle_filled(at, 10.0, theme.x_tint);
    }
    shapes::disc(painter, at, 6.0, theme.surf, Stroke::new(2.0, theme.x));
    if let Some(q) = charge.filter(|q| q.abs() > 1e-3) {
        let l = (1.8 + 1.4 * q.abs().min(1.2)) as f32;
        let pen = Stroke::new(1.5, theme.x);
        painter.line_segment([at - vec2(l, 0.0), at + vec2(l, 0.0)], pen);
        if q > 0.0 {
            painter.line_segment([at - vec2(0.0, l), at + vec2(0.0, l)], pen);
        }
    }
    if focus {
        shapes::ring(painter, at, 10.5, Stroke::new(2.0, theme.ink));
    }
}
