//! Sets formulas and matrices from [`markup`](super::markup).
//!
//! Superscripts are 0.7 of the size and raised by 0.36 em, subscripts lowered by 0.2 em. A formula's box has the
//! ascent and descent of the interface face, so that a formula and a label of one size share their baseline when
//! both are centred in a row.

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    self, Align, Align2, Color32, Galley, Painter, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::fonts;
use super::kept;
use super::markup::{self, Level, Meaning, Token};
use super::theme::Theme;

const SCRIPT: f32 = 0.7;
const RAISE: f32 = 0.36;
const LOWER: f32 = -0.2;
/// Ascent and descent of Inter, in em.
const ASCENT: f32 = 0.969;
const DESCENT: f32 = 0.242;

/// A formula that has been set: measure it, then paint it.
#[derive(Clone, Debug)]
pub struct Formula {
    runs: Vec<Run>,
    width: f32,
    size: f32,
    color: Color32,
}

/// Tokens of one level, side by side.
#[derive(Clone, Debug)]
struct Run {
    galley: Arc<Galley>,
    /// Left end and height of the baseline, from the formula's start; y grows downwards.
    offset: Vec2,
}

/// How letters with a meaning are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colors {
    /// Plum, blue and output orange for what stands for g, x and y.
    ByMeaning,
    /// Everything in the base colour: in chips, on dark buttons, in a verdict.
    Plain,
}

/// What a formula looks like depends on, beside its markup.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Style {
    /// Bits of the type size.
    size: u32,
    base: Color32,
    colors: Colors,
    dark: bool,
}

/// Sets `markup` at `size` points; letters with a meaning take its colour, everything else `base`.
pub fn layout(ctx: &egui::Context, markup: &str, size: f32, base: Color32) -> Formula {
    layout_with(ctx, markup, size, base, Colors::ByMeaning)
}

/// As [`layout`], with a choice of colours.
pub fn layout_with(ctx: &egui::Context, markup: &str, size: f32, base: Color32, colors: Colors) -> Formula {
    let style = Style { size: size.to_bits(), base, colors, dark: Theme::of(ctx).dark };
    kept::formula(ctx, markup, style, || set(ctx, markup, size, base, colors))
}

fn set(ctx: &egui::Context, markup: &str, size: f32, base: Color32, colors: Colors) -> Formula {
    let theme = Theme::of(ctx);
    let ink = |meaning| match (colors, meaning) {
        (Colors::Plain, _) | (_, Meaning::Plain) => base,
        (_, Meaning::Group) => theme.g,
        (_, Meaning::Input) => theme.x,
        (_, Meaning::Output) => theme.y_line,
    };
    let tokens = markup::tokens(markup);
    let mut formula = Formula { runs: Vec::new(), width: 0.0, size, color: base };
    let mut start = 0.0;
    let mut last = Level::Base;
    for run in tokens.chunk_by(|a, b| a.level == b.level) {
        let level = run[0].level;
        // A sub- and a superscript that meet stand above each other.
        if last == Level::Base || level == Level::Base {
            start = formula.width;
        }
        let galley = ctx.fonts_mut(|fonts| fonts.layout_job(job(run, level, size, ink)));
        let raised = match level {
            Level::Base => 0.0,
            Level::Super => -RAISE * size,
            Level::Sub => -LOWER * size,
        };
        formula.width = formula.width.max(start + galley.size().x);
        formula.runs.push(Run { galley, offset: vec2(start, raised) });
        last = level;
    }
    formula
}

fn job(run: &[Token], level: Level, size: f32, ink: impl Fn(Meaning) -> Color32) -> LayoutJob {
    let size = if level == Level::Base { size } else { SCRIPT * size };
    let mut job = LayoutJob { break_on_newline: false, ..Default::default() };
    for token in run {
        let font = if token.italic { fonts::maths_italic(size) } else { fonts::maths(size) };
        job.append(&token.text, 0.0, TextFormat::simple(font, ink(token.meaning)));
    }
    job
}

/// Distance from a galley's top to the baseline of its first row.
fn baseline(galley: &Galley) -> f32 {
    galley.rows.first().map_or(0.0, |row| row.pos.y + row.row.glyphs.first().map_or(0.0, |glyph| glyph.pos.y))
}

impl Formula {
    /// Width, and height of the line.
    pub fn size(&self) -> Vec2 {
        vec2(self.width, (ASCENT + DESCENT) * self.size)
    }

    /// The texts that it is made of.
    pub(super) fn galleys(&self) -> impl Iterator<Item = &Galley> {
        self.runs.iter().map(|run| &*run.galley)
    }

    /// Paints the formula's box aligned to `pos`; returns the box.
    pub fn paint(&self, painter: &Painter, pos: Pos2, align: Align2) -> Rect {
        let rect = align.anchor_size(pos, self.size());
        self.paint_at_baseline(painter, pos2(rect.left(), rect.top() + ASCENT * self.size), Align::LEFT);
        rect
    }

    /// Paints with the baseline at `pos.y`, and its left end, middle or right end at `pos.x`.
    pub fn paint_at_baseline(&self, painter: &Painter, pos: Pos2, align: Align) {
        let left = pos.x - self.width * align.to_factor();
        for run in &self.runs {
            let at = pos2(left + run.offset.x, pos.y + run.offset.y - baseline(&run.galley));
            painter.galley(at, run.galley.clone(), self.color);
        }
    }
}

/// A formula in the flow of a row or paragraph, in ink; its accessible name is the formula in plain text.
pub fn formula(ui: &mut Ui, markup: &str, size: f32) -> Response {
    let ink = Theme::of(ui.ctx()).ink;
    let set = layout(ui.ctx(), markup, size, ink);
    let (rect, response) = ui.allocate_exact_size(set.size(), Sense::hover());
    if ui.is_rect_visible(rect) {
        set.paint(ui.painter(), rect.min, Align2::LEFT_TOP);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, markup::plain(markup)));
    response
}

/// A matrix of markup entries in square brackets, with rows of 20 px at 15 px type, columns aligned right.
#[derive(Clone, Debug)]
pub struct Matrix {
    cells: Vec<Vec<Formula>>,
    columns: Vec<f32>,
    bracket: Color32,
}

impl Matrix {
    const ROW: f32 = 20.0;
    const TYPE: f32 = 15.0;
    const PAD: f32 = 8.0;
    /// Narrowest column (that of `0.80`), and the distance between columns.
    const COLUMN: f32 = 28.0;
    const GAP: f32 = 8.0;

    /// Sets the entries; rows may differ in length.
    pub fn layout(ctx: &egui::Context, rows: &[Vec<String>]) -> Self {
        let theme = Theme::of(ctx);
        let set = |cell: &String| layout(ctx, cell, Self::TYPE, theme.ink);
        let cells: Vec<Vec<Formula>> = rows.iter().map(|row| row.iter().map(set).collect()).collect();
        let count = cells.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |j: usize| cells.iter().filter_map(move |row| row.get(j)).map(|cell| cell.width);
        let columns = (0..count)
            // The first column has room for a minus, so that the matrix keeps its width when a sign turns.
            .map(|j| widest(j).fold(Self::COLUMN + Self::GAP, f32::max) + if j > 0 { Self::GAP } else { 0.0 })
            .collect();
        Self { cells, columns, bracket: theme.ink2 }
    }

    /// Width and height with the brackets.
    pub fn size(&self) -> Vec2 {
        vec2(self.columns.iter().sum::<f32>() + 2.0 * Self::PAD, self.cells.len() as f32 * Self::ROW)
    }

    /// Paints with the upper left corner at `min`.
    pub fn paint(&self, painter: &Painter, min: Pos2) {
        let rect = Rect::from_min_size(min, self.size());
        for (i, row) in self.cells.iter().enumerate() {
            let y = min.y + (i as f32 + 0.5) * Self::ROW;
            let mut right = min.x + Self::PAD;
            for (cell, width) in row.iter().zip(&self.columns) {
                right += width;
                cell.paint(painter, pos2(right, y), Align2::RIGHT_CENTER);
            }
        }
        let stroke = Stroke::new(1.25, self.bracket);
        let frame = rect.shrink(0.625);
        for (x, serif) in [(frame.left(), 4.5), (frame.right(), -4.5)] {
            let bracket = [
                pos2(x + serif, frame.top()),
                pos2(x, frame.top()),
                pos2(x, frame.bottom()),
                pos2(x + serif, frame.bottom()),
            ];
            painter.line(bracket.to_vec(), stroke);
        }
    }
}

/// A matrix in the flow, named `name` for assistive technology with its entries as the value.
pub fn matrix(ui: &mut Ui, name: &str, rows: &[Vec<String>]) -> Response {
    let set = Matrix::layout(ui.ctx(), rows);
    let (rect, response) = ui.allocate_exact_size(set.size(), Sense::hover());
    if ui.is_rect_visible(rect) {
        set.paint(ui.painter(), rect.min);
    }
    response.widget_info(|| {
        let line = |row: &Vec<String>| row.iter().map(|c| markup::plain(c)).collect::<Vec<_>>().join(", ");
        let entries = rows.iter().map(line).collect::<Vec<_>>().join("; ");
        WidgetInfo::labeled(Role::Label, true, format!("{name}: {entries}"))
    });
    response
}
