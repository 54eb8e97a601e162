//! The line under the chain: g as the product of its factors, or not equal to it.

use super::Decompositions;
use crate::labs::decompositions::chain::{Chain, Tile};
use crate::maths::Matrix;
use crate::ui::controls::ValueMatrix;
use crate::ui::theme::Theme;
use crate::ui::typeset::{self, Formula};
use crate::ui::{fonts, markup};
use eframe::egui::{Align2, Rect, Role, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2};

/// Between two pieces.
const GAP: f32 = 10.0;
/// Type size of letters.
const TYPE: f32 = 20.0;

/// A piece of the line.
enum Piece {
    Letter(String, Formula),
    Entries(String, ValueMatrix),
}

impl Piece {
    fn size(&self) -> Vec2 {
        match self {
            Self::Letter(_, set) => set.size(),
            Self::Entries(_, set) => set.size(),
        }
    }
}

impl Decompositions {
    /// The line, centred in `rect`; without its matrices where they would not fit.
    pub(super) fn formula_ui(&self, ui: &mut Ui, rect: Rect) {
        if self.seen.element.factors.is_none() {
            return;
        }
        let whole = self.pieces(ui, true);
        let width = |p: &[Piece]| p.iter().map(|p| p.size().x + GAP).sum::<f32>() - GAP;
        let pieces = if width(&whole) < rect.width() - 32.0 { whole } else { self.pieces(ui, false) };
        let mut x = rect.center().x - width(&pieces) / 2.0;
        for piece in &pieces {
            let size = piece.size();
            let place = Rect::from_min_size(pos2(x, rect.center().y - size.y / 2.0), size);
            match piece {
                Piece::Letter(name, set) => {
                    set.paint(ui.painter(), place.min, Align2::LEFT_TOP);
                    let label = ui.interact(place, ui.scope_id().with(("formula", x as i32)), Sense::hover());
                    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
                }
                Piece::Entries(name, set) => {
                    let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt(name));
                    set.show(&mut child, name);
                }
            }
            x += size.x + GAP;
        }
        let theme = Theme::of(ui.ctx());
        let note =
            if self.seen.chain.sum { "a sum: not a chain to play" } else { "the right one acts first" };
        let set = ui.painter().layout_no_wrap(note.to_owned(), fonts::regular(fonts::SMALL), theme.ink3);
        let at = pos2(x + 16.0, rect.center().y - set.size().y / 2.0);
        if at.x + set.size().x < rect.right() - 8.0 {
            ui.painter().galley(at, set, theme.ink3);
        }
    }

    fn pieces(&self, ui: &Ui, entries: bool) -> Vec<Piece> {
        let theme = Theme::of(ui.ctx());
        let chain = &self.seen.chain;
        let letter = |text: &str, color| {
            Piece::Letter(markup::plain(text), typeset::layout(ui.ctx(), text, TYPE, color))
        };
        let matrix =
            |name: String, m: &Matrix| Piece::Entries(name, ValueMatrix::layout(ui.ctx(), m.to_rows(), 2));
        let mut pieces = vec![letter("g", theme.g)];
        if entries {
            pieces.push(matrix("The matrix of g".to_owned(), &self.seen.element.g));
        }
        pieces.push(if chain.agrees { letter("=", theme.ink) } else { letter("≠", theme.bad) });
        for (i, tile) in ordered(chain).enumerate() {
            if chain.sum && i > 0 {
                pieces.push(letter("+", theme.ink));
            }
            pieces.push(letter(tile.symbol, theme.g));
            if entries {
                pieces.push(matrix(format!("The matrix of {}", markup::plain(tile.symbol)), &tile.matrix));
            }
        }
        if !chain.agrees && entries {
            pieces.push(letter("=", theme.ink));
            pieces.push(matrix("The product in this order".to_owned(), chain.product()));
        }
        pieces
    }
}

/// The tiles as they are written: terms in their order, factors with the one that acts first on the right.
fn ordered(chain: &Chain) -> impl Iterator<Item = &Tile> {
    let n = chain.tiles.len();
    (0..n).map(move |i| &chain.tiles[if chain.sum { i } else { n - 1 - i }])
}
