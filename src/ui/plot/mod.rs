//! Plots without a frame: a horizontal grid at the decades, a title and a key in one row above, ticks in the maths
//! face. What a plot shows is given as borrowed data every frame.

mod read_out;
mod scale;
mod trace;

pub use scale::{Axis, Scale};

use std::ops::RangeInclusive;

use eframe::egui::{
    Align2, Color32, EventFilter, Key, Mesh, Painter, Pos2, Rangef, Rect, Response, Role, Sense, Shape,
    Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::line::Line;
use super::numbers::fmt_residual;
use super::theme::Theme;
use super::{controls, fonts, markup, typeset};
use crate::viz::Pen;

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Look {
    /// The equivariant model: output orange, solid, 2 px.
    Model,
    /// The plain twin: grey, dashed, 1.5 px.
    Twin,
    /// What was before a switch: a thin grey line with its name on it.
    Before,
    /// A jump that a break-it switch made: crimson, dashed.
    Jump,
    /// Any other curve.
    Own {
        /// Colour.
        color: Color32,
        /// Width in points.
        width: f32,
        /// Lengths of dash and gap, or solid.
        dash: Option<(f32, f32)>,
    },
}

/// What stands at the last point of a curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// Nothing.
    #[default]
    Bare,
    /// A dot.
    Dot,
    /// A dot and the value beside it.
    Value,
    /// A dot at every point: a few measured values.
    Every,
}

/// A curve; points sorted by x. Not-a-number leaves a gap.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    /// Its name in the key and the read-out, with formulas between dollar signs.
    pub name: &'a str,
    /// Pairs of x and y.
    pub points: &'a [[f64; 2]],
    /// How it is drawn.
    pub look: Look,
    /// What stands at its end.
    pub end: End,
}

/// A filled range over x: triples of x, lower and upper end; for the spread over seeds.
#[derive(Clone, Copy, Debug)]
pub struct Band<'a> {
    /// The range, sorted by x.
    pub points: &'a [[f64; 3]],
    /// Its fill.
    pub color: Color32,
}

/// The cursor at the present value of x.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    /// x is the group element, and the cursor plum; else ink.
    pub group: bool,
    /// Where it stands.
    pub x: f64,
    /// Height of its dot; `None` takes the first series.
    pub y: Option<f64>,
    /// The dot is crimson.
    pub broken: bool,
}

/// A moment on the x axis: a dotted line with a caption at its foot.
#[derive(Clone, Copy, Debug)]
pub struct Mark<'a> {
    /// Where it stands.
    pub x: f64,
    /// What happened, with formulas between dollar signs.
    pub label: &'a str,
}

/// What a plot shows.
#[derive(Clone, Debug)]
pub struct Plot<'a> {
    /// Title, and accessible name.
    pub title: &'a str,
    /// On the right of the title row, with formulas between dollar signs; may be empty.
    pub caption: &'a str,
    /// Range of x.
    pub x: RangeInclusive<f64>,
    /// Labelled values of x.
    pub x_ticks: &'a [(f64, String)],
    /// Name of x at the right end of the ticks; may be empty.
    pub x_name: &'a str,
    /// How the read-out writes x.
    pub x_format: fn(f64) -> String,
    /// The vertical axis.
    pub y: Axis<'a>,
    /// Filled ranges, under the curves.
    pub bands: &'a [Band<'a>],
    /// Curves; the first is drawn last.
    pub series: &'a [Series<'a>],
    /// Moments on the x axis.
    pub marks: &'a [Mark<'a>],
    /// The cursor, if x can be picked.
    pub cursor: Option<Cursor>,
    /// Height of the whole widget; 176 in the strip.
    pub height: f32,
    /// The key of the curves is shown where there is room.
    pub key: bool,
}

/// What the visitor does with a plot.
#[derive(Debug)]
pub struct PlotResponse {
    /// The plot as a widget.
    pub response: Response,
    /// x under the pointer.
    pub hover_x: Option<f64>,
    /// x that was clicked, dragged to, or reached with the arrow keys.
    pub clicked_x: Option<f64>,
}

const LEFT: f32 = 48.0;
const RIGHT: f32 = 12.0;
const TOP: f32 = 40.0;
const BOTTOM: f32 = 32.0;
/// Height of the key where it has a row of its own.
const KEY: f32 = 18.0;
/// Distance of two labelled decades, at least.
const TICK_SPACING: f64 = 22.0;

/// One plot while it is drawn.
struct Frame<'a> {
    plot: &'a Plot<'a>,
    rect: Rect,
    scale: Scale,
    theme: &'static Theme,
    painter: &'a Painter,
}

impl Plot<'_> {
    /// Draws the plot as wide as the column.
    pub fn show(&self, ui: &mut Ui) -> PlotResponse {
        let size = vec2(ui.available_width(), self.height);
        let sense = if self.cursor.is_some() { Sense::click_and_drag() } else { Sense::hover() };
        let (outer, mut response) = ui.allocate_exact_size(size, sense);
        let top = if self.key_apart() { TOP + KEY } else { TOP };
        let rect =
            Rect::from_min_max(outer.min + vec2(LEFT, top), outer.max - vec2(RIGHT.min(size.x), BOTTOM));
        response.widget_info(|| self.info(ui.is_enabled()));
        let mut out = PlotResponse { hover_x: None, clicked_x: None, response: response.clone() };
        if !ui.is_rect_visible(outer) || rect.width() < 16.0 || rect.height() < 16.0 {
            return out;
        }
        let values = self.series.iter().flat_map(|s| s.points.iter().map(|p| p[1]));
        let values = values.chain(self.bands.iter().flat_map(|b| b.points.iter().flat_map(|p| [p[1], p[2]])));
        let scale = Scale::new(self.y, values, TICK_SPACING / f64::from(rect.height()));
        let painter = ui.painter().clone();
        let frame = Frame { plot: self, rect, scale, theme: Theme::of(ui.ctx()), painter: &painter };
        frame.header(outer);
        frame.grid();
        frame.curves();
        if let Some(cursor) = self.cursor {
            frame.cursor(cursor);
            out.clicked_x = self.pick(ui, &response, rect);
        }
        if let Some(pointer) = response.hover_pos().filter(|p| rect.x_range().expand(4.0).contains(p.x)) {
            let x = self.x_at(pointer.x, rect);
            out.hover_x = Some(x);
            if !response.dragged() {
                read_out::paint(ui, &frame, x, response.id);
            }
        }
        controls::focus_ring(ui, &response, 4.0);
        if out.clicked_x.is_some() {
            response.mark_changed();
            out.response.mark_changed();
        }
        out
    }

    /// The curves in the key.
    fn named(&self) -> impl Iterator<Item = &Series<'_>> {
        let named = |s: &&Series<'_>| !s.name.is_empty() && !matches!(s.look, Look::Before | Look::Jump);
        self.series.iter().filter(move |s| self.key && named(s))
    }

    /// Whether the key has a row of its own: from three curves on.
    fn key_apart(&self) -> bool {
        self.named().count() > 2
    }

    fn x_at(&self, pixel: f32, rect: Rect) -> f64 {
        let t = f64::from((pixel - rect.left()) / rect.width()).clamp(0.0, 1.0);
        self.x.start() + t * (self.x.end() - self.x.start())
    }

    /// x by mouse, finger or arrow keys.
    fn pick(&self, ui: &Ui, response: &Response, rect: Rect) -> Option<f64> {
        let pointed = response.clicked() || controls::held(response);
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| pointed) {
            return Some(self.x_at(pointer.x, rect));
        }
        let cursor = self.cursor.filter(|_| response.has_focus())?;
        let arrows = EventFilter { horizontal_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let steps = controls::arrow_steps(ui, Key::ArrowLeft, Key::ArrowRight);
        let step = (self.x.end() - self.x.start()) / 360.0;
        (steps != 0.0).then(|| (cursor.x + steps * step).max(*self.x.start()).min(*self.x.end()))
    }

    fn info(&self, enabled: bool) -> WidgetInfo {
        let role = if self.cursor.is_some() { Role::Slider } else { Role::Figure };
        let mut info = WidgetInfo::labeled(role, enabled, self.title);
        info.value = self.cursor.map(|cursor| cursor.x);
        let last = |s: &Series<'_>| {
            let value = |p: &[f64; 2]| markup::plain(&fmt_residual(p[1]));
            s.points.last().map(|p| format!("{} {}", Line::plain(s.name), value(p)))
        };
        info.current_text_value = Some(self.series.iter().filter_map(last).collect::<Vec<_>>().join(", "));
        info
    }
}

impl Look {
    /// Colour, width, and dash with gap.
    fn pen(self, theme: &Theme) -> (Color32, f32, Option<(f32, f32)>) {
        match self {
            Self::Model => (theme.y, 2.0, None),
            Self::Twin => (theme.twin, 1.5, Some((5.0, 4.0))),
            Self::Before => (theme.ink4, 1.0, None),
            Self::Jump => (theme.bad, 1.5, Some((4.0, 3.0))),
            Self::Own { color, width, dash } => (color, width, dash),
        }
    }

    fn dot(self) -> f32 {
        match self {
            Self::Jump => 5.0,
            Self::Twin => 3.5,
            _ => 4.0,
        }
    }
}

impl Frame<'_> {
    fn x(&self, x: f64) -> f32 {
        self.rect.left() + self.rect.width() * scale::fraction(x, &self.plot.x) as f32
    }

    fn y(&self, y: f64) -> Option<f32> {
        self.scale.place(y).map(|t| self.rect.bottom() - self.rect.height() * t as f32)
    }

    fn point(&self, x: f64, y: f64) -> Option<Pos2> {
        self.y(y).filter(|_| x.is_finite()).map(|py| pos2(self.x(x), py))
    }

    /// Title, key and caption, in one row.
    fn header(&self, outer: Rect) {
        let (p, t) = (self.painter, self.theme);
        let y = outer.top() + 20.0;
        let at = pos2(self.rect.left(), y);
        let title = p.text(at, Align2::LEFT_CENTER, self.plot.title, fonts::semibold(fonts::SMALL), t.ink);
        let caption = Line::layout(p.ctx(), self.plot.caption, &fonts::regular(fonts::BODY), t.ink2);
        let end = self.rect.right() - if caption.size().x > 0.0 { caption.size().x + 12.0 } else { 0.0 };
        caption.paint(p, pos2(self.rect.right(), y), Align2::RIGHT_CENTER);
        let font = fonts::regular(fonts::SMALL);
        let apart = self.plot.key_apart();
        let (mut x, y) = if apart { (self.rect.left(), y + KEY) } else { (title.right() + 32.0, y) };
        let end = if apart { self.rect.right() + RIGHT } else { end };
        let (before, after) = if apart { (21.0, 9.0) } else { (24.0, 16.0) };
        for series in self.plot.named() {
            let text = Line::layout(p.ctx(), series.name, &font, t.ink2);
            if x + before + text.size().x > end {
                return;
            }
            self.stroke(&[pos2(x, y), pos2(x + 18.0, y)], series.look);
            x = text.paint(p, pos2(x + before, y), Align2::LEFT_CENTER).right() + after;
        }
    }

    fn grid(&self) {
        let (p, t) = (self.painter, self.theme);
        let font = fonts::regular(fonts::SMALL);
        for (value, label) in &self.scale.ticks {
            let Some(y) = self.y(*value) else { continue };
            // A hairline fills one row of pixels: centred on the edge of two it would be grey and wide.
            let y = p.round_to_pixel_center(y);
            p.hline(self.rect.x_range(), y, Stroke::new(1.0, t.grid));
            let label = Line::layout(p.ctx(), label, &font, t.ink3);
            label.paint(p, pos2(self.rect.left() - 8.0, y), Align2::RIGHT_CENTER);
        }
        let y = self.rect.bottom() + 14.0;
        let edge = self.rect.right() + 0.5 * RIGHT;
        let mut free = edge;
        if !self.plot.x_name.is_empty() {
            let at = pos2(self.rect.right(), y);
            let name = Line::layout(p.ctx(), self.plot.x_name, &font, t.ink3);
            free = name.paint(p, at, Align2::RIGHT_CENTER).left() - 8.0;
        }
        for (x, label) in self.plot.x_ticks.iter().filter(|(x, _)| self.plot.x.contains(x)) {
            let text = Line::layout(p.ctx(), label, &font, t.ink3);
            let half = text.size().x / 2.0;
            // The last one is moved to the left as far as it would leave the plot.
            let middle = self.x(*x).min(edge - half);
            if middle + half <= free {
                text.paint(p, pos2(middle, y), Align2::CENTER_CENTER);
            }
        }
    }

    fn marks(&self) {
        let font = fonts::regular(fonts::SMALL);
        for mark in self.plot.marks {
            let (x, foot) = (self.x(mark.x), self.rect.bottom());
            let line = [pos2(x, self.rect.top()), pos2(x, foot)];
            let look = Look::Own { color: self.theme.ink4, width: 1.0, dash: Some((2.0, 3.0)) };
            self.stroke(&line, look);
            let label = Line::layout(self.painter.ctx(), mark.label, &font, self.theme.ink3);
            label.paint(self.painter, pos2(x + 6.0, foot - 10.0), Align2::LEFT_CENTER);
        }
    }

    fn curves(&self) {
        let clip = self.rect.expand2(vec2(6.0, 7.0)).intersect(self.painter.clip_rect());
        let clipped =
            Frame { painter: &self.painter.with_clip_rect(clip), scale: self.scale.clone(), ..*self };
        for band in self.plot.bands {
            clipped.band(band);
        }
        clipped.marks();
        for series in self.plot.series.iter().rev() {
            let pixels = series.points.iter().map(|&[x, y]| clipped.point(x, y).map(|p| (p.x, p.y)));
            for run in trace::runs(pixels) {
                clipped.stroke(&trace::thin(run), series.look);
            }
        }
        for series in self.plot.series.iter().rev() {
            self.end(series);
        }
    }

    fn stroke(&self, points: &[Pos2], look: Look) {
        let (color, width, dash) = look.pen(self.theme);
        let lines = match dash {
            Some((on, off)) => trace::dashes(points, on, off),
            None => vec![points.to_vec()],
        };
        Pen::draw(self.painter, |pen| {
            for line in lines {
                match line.as_slice() {
                    [single] => pen.spot(*single, width / 2.0, color),
                    _ => pen.line(&line, Stroke::new(width, color)),
                }
            }
        });
    }

    fn band(&self, band: &Band<'_>) {
        let mut mesh = Mesh::default();
        for pair in band.points.windows(2) {
            let corner = |p: [f64; 3], k: usize| self.point(p[0], p[k]);
            let corners = (corner(pair[0], 1), corner(pair[0], 2), corner(pair[1], 1), corner(pair[1], 2));
            let (Some(a), Some(b), Some(c), Some(d)) = corners else { continue };
            let first = mesh.vertices.len() as u32;
            [a, b, c, d].into_iter().for_each(|p| mesh.colored_vertex(p, band.color));
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first + 1, first + 3, first + 2);
        }
        self.painter.add(Shape::mesh(mesh));
    }

    /// The dot and value at the end of a curve, or the name on a curve that was.
    fn end(&self, series: &Series<'_>) {
        let (color, _, _) = series.look.pen(self.theme);
        if series.look == Look::Before {
            let x = (self.plot.x.start() + self.plot.x.end()) / 2.0;
            if let Some(at) = scale::at(series.points, x).and_then(|y| self.point(x, y)) {
                let font = fonts::regular(fonts::SMALL);
                let name = Line::layout(self.painter.ctx(), series.name, &font, self.theme.ink3);
                name.paint(self.painter, at + vec2(8.0, -8.0), Align2::LEFT_BOTTOM);
            }
        }
        if series.end == End::Every {
            for at in series.points.iter().filter_map(|&[x, y]| self.point(x, y)) {
                self.painter.circle_filled(at, 3.0, color);
            }
            return;
        }
        let Some(&[x, value]) = series.points.last().filter(|_| series.end != End::Bare) else { return };
        let Some(at) = self.point(x, value) else { return };
        self.painter.circle_filled(at, series.look.dot(), color);
        if series.end == End::Value {
            let set = typeset::layout(self.painter.ctx(), &fmt_residual(value), fonts::BODY, self.theme.ink);
            set.paint(self.painter, at + vec2(12.0, 0.0), Align2::LEFT_CENTER);
        }
    }

    fn cursor(&self, cursor: Cursor) {
        let x = self.x(cursor.x.clamp(*self.plot.x.start(), *self.plot.x.end()));
        let span = Rangef::new(self.rect.top(), self.rect.bottom());
        let ink = if cursor.group { self.theme.g } else { self.theme.ink };
        self.painter.vline(x, span, Stroke::new(1.5, ink));
        let first = self.plot.series.first().and_then(|s| scale::at(s.points, cursor.x));
        if let Some(y) = cursor.y.or(first).and_then(|y| self.y(y)) {
            let fill = if cursor.broken { self.theme.bad } else { ink };
            self.painter.circle(pos2(x, y), 5.0, fill, Stroke::new(2.0, self.theme.bg));
        }
    }
}
