//! Interface text with formulas between dollar signs, a line or a paragraph: `3 vectors in $\R^2$`.

use std::sync::Arc;

use eframe::egui::{
    self, Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use super::markup;
use super::typeset::{self, Formula};

/// A line that has been set.
#[derive(Clone, Debug)]
pub struct Line {
    parts: Vec<(f32, Part)>,
    size: Vec2,
    color: Color32,
}

#[derive(Clone, Debug)]
enum Part {
    Text(Arc<Galley>),
    Formula(Formula),
}

impl Line {
    /// Sets `text` in `font`; formulas take its size.
    pub fn layout(ctx: &egui::Context, text: &str, font: &FontId, color: Color32) -> Self {
        let mut line = Self { parts: Vec::new(), size: vec2(0.0, 0.0), color };
        for (i, piece) in text.split('$').enumerate().filter(|(_, piece)| !piece.is_empty()) {
            let (part, size) = if i % 2 == 1 {
                let set = typeset::layout(ctx, piece, font.size, color);
                let size = set.size();
                (Part::Formula(set), size)
            } else {
                let job = (piece.to_owned(), font.clone());
                let galley = ctx.fonts_mut(|fonts| fonts.layout_no_wrap(job.0, job.1, color));
                let size = galley.size();
                (Part::Text(galley), size)
            };
            line.parts.push((line.size.x, part));
            line.size = vec2(line.size.x + size.x, line.size.y.max(size.y));
        }
        line
    }

    /// The text as it would be read out.
    pub fn plain(text: &str) -> String {
        let piece =
            |(i, piece): (usize, &str)| if i % 2 == 1 { markup::plain(piece) } else { piece.to_owned() };
        text.split('$').enumerate().map(piece).collect()
    }

    /// Width and height.
    pub fn size(&self) -> Vec2 {
        self.size
    }

    /// Paints the line aligned to `pos`; returns its box.
    pub fn paint(&self, painter: &Painter, pos: Pos2, align: Align2) -> Rect {
        let rect = align.anchor_size(pos, self.size);
        for (x, part) in &self.parts {
            let at = pos2(rect.left() + x, rect.center().y);
            match part {
                Part::Text(galley) => {
                    let top = Align2::LEFT_CENTER.anchor_size(at, galley.size()).min;
                    painter.galley(top, galley.clone(), self.color);
                }
                Part::Formula(set) => {
                    set.paint(painter, at, Align2::LEFT_CENTER);
                }
            }
        }
        rect
    }
}

/// A paragraph as wide as the column: lines broken between words, formulas set and never broken.
pub fn paragraph(ui: &mut Ui, text: &str, font: &FontId, color: Color32) -> Response {
    let space = Line::layout(ui.ctx(), "\u{a0}", font, color).size();
    let height = 1.35 * font.size;
    let width = ui.available_width();
    let (mut x, mut row, mut placed) = (0.0, 0, Vec::new());
    for word in words(text) {
        let word = Line::layout(ui.ctx(), word, font, color);
        if x > 0.0 && x + word.size().x > width {
            (x, row) = (0.0, row + 1);
        }
        let end = x + word.size().x + space.x;
        placed.push((vec2(x, (row as f32 + 0.5) * height), word));
        x = end;
    }
    let (rect, response) = ui.allocate_exact_size(vec2(width, (row + 1) as f32 * height), Sense::hover());
    for (at, word) in placed {
        word.paint(ui.painter(), rect.min + at, Align2::LEFT_CENTER);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, Line::plain(text)));
    response
}

/// Splits at spaces, but not inside formulas; a formula stays with the letters and signs that touch it.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut formula = false;
    text.split(move |c: char| {
        formula ^= c == '$';
        c == ' ' && !formula
    })
    .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_not_broken() {
        let split: Vec<&str> = words("grow like $e ^ η$, and $E^2 - p^2$ too").collect();
        assert_eq!(split, ["grow", "like", "$e ^ η$,", "and", "$E^2 - p^2$", "too"]);
    }
}
