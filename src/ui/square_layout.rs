//! Where the parts of the commuting square stand in each of the designed layouts.

use crate::viz::shapes::ArrowStyle;
use eframe::egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Which of the designed layouts fits the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutKind {
    /// Side panel at the right, strip below.
    Desktop,
    /// One column, tabs at the bottom, touch targets of 44 px.
    Phone,
    /// The square and the handle only (`embed=1`).
    Embed,
}

/// Places and measures of one square.
#[derive(Clone, Copy, Debug)]
pub struct SquareLayout {
    /// Which design; decides what is written where.
    pub design: Design,
    /// The area that the square fills.
    pub rect: Rect,
    /// Centres of the plates: `[row][column]`, upper left first.
    pub centres: [[Pos2; 2]; 2],
    /// Radius of all four plates.
    pub radius: f32,
    /// Distance from a rim to a horizontal road.
    pub pad: f32,
    /// Distance from a rim to a vertical road.
    pub pad_vertical: f32,
    /// Measures of the arrows.
    pub style: ArrowStyle,
    /// Size of the two f boxes.
    pub f_box: Vec2,
    /// Type size of the f in its box.
    pub f_size: f32,
    /// Type size of the captions.
    pub caption: f32,
    /// Radius of the small dials of g.
    pub dial: f32,
    /// Hit area of a tip, side of a square.
    pub hit: f32,
}

/// The designs of a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// With the verdict in the middle and the key beside the fourth plate.
    Full,
    /// With a short verdict in the middle.
    Compact,
    /// With the verdict in a row below.
    Column,
    /// A picture: glyph and two words, no numbers.
    Picture,
}

impl SquareLayout {
    /// The layout for an area. Plates have radius 112 in 992 × 576, 96 beside a third column, 76 in an embed of
    /// 488 × 400 and 64 on a phone 390 wide; they grow and shrink with the area.
    pub fn fit(kind: LayoutKind, rect: Rect) -> Self {
        match kind {
            LayoutKind::Phone => Self::column(rect),
            LayoutKind::Embed => Self::compact(rect),
            LayoutKind::Desktop => {
                let radius = (rect.height() / 5.143).min(rect.width() * 0.1412);
                if radius < 84.0 { Self::compact(rect) } else { Self::full(rect, radius) }
            }
        }
    }

    /// Height that a phone's square wants for a given width.
    pub fn column_height(width: f32) -> f32 {
        Self::column_radius(width) * 5.6 + 58.0
    }

    fn column_radius(width: f32) -> f32 {
        (width * 64.0 / 390.0).clamp(44.0, 104.0)
    }

    fn full(rect: Rect, radius: f32) -> Self {
        let left = (rect.width() * 0.1).clamp(76.0, 108.0);
        let right = left * 1.32;
        let middle = rect.left() + left + (rect.width() - left - right) / 2.0;
        let half = ((rect.width() - left - right) / 2.0 - radius).min(radius * 2.6);
        let big = radius >= 104.0;
        Self {
            f_box: if big { vec2(48.0, 40.0) } else { vec2(40.0, 36.0) },
            f_size: if big { 24.0 } else { 20.0 },
            caption: 24.0,
            pad_vertical: if big { 10.0 } else { 8.0 },
            dial: if big { 16.0 } else { 14.0 },
            ..Self::around(Design::Full, rect, middle, rect.center().y, half, radius * 1.322, radius)
        }
    }

    fn compact(rect: Rect) -> Self {
        let k = (rect.width() / 488.0).min(rect.height() / 400.0).max(0.5);
        Self::around(
            Design::Compact,
            rect,
            rect.center().x - 4.0,
            rect.center().y,
            128.0 * k,
            96.0 * k,
            76.0 * k,
        )
    }

    fn column(rect: Rect) -> Self {
        let r = Self::column_radius(rect.width()).min((rect.height() - 58.0) / 5.6).max(24.0);
        let half = (rect.width() / 2.0 - r - 18.0).min(r * 2.4);
        let y = rect.top() + r * 2.81;
        let mut layout = Self::around(Design::Column, rect, rect.center().x, y, half, r * 1.5, r);
        layout.hit = 44.0;
        layout
    }

    /// A picture without numbers, for the gallery and for thumbnails: 46 points of radius in 460 × 240.
    pub fn picture(rect: Rect) -> Self {
        let k = (rect.width() / 460.0).min(rect.height() / 240.0);
        let c = rect.center();
        let mut layout = Self::around(Design::Picture, rect, c.x, c.y, 140.0 * k, 64.0 * k, 46.0 * k);
        layout.pad = 10.0;
        layout
    }

    /// Small measures; the full design replaces some.
    fn around(design: Design, rect: Rect, x: f32, y: f32, dx: f32, dy: f32, radius: f32) -> Self {
        let full = design == Design::Full;
        Self {
            design,
            rect,
            centres: [
                [pos2(x - dx, y - dy), pos2(x + dx, y - dy)],
                [pos2(x - dx, y + dy), pos2(x + dx, y + dy)],
            ],
            radius,
            pad: if full { 10.0 } else { 6.0 },
            pad_vertical: 6.0,
            style: if full && radius >= 88.0 { ArrowStyle::LARGE } else { ArrowStyle::SMALL },
            f_box: vec2(32.0, 28.0),
            f_size: 18.0,
            caption: 18.0,
            dial: 11.0,
            hit: 24.0,
        }
    }

    /// The point midway between the four plates.
    pub fn middle(&self) -> Pos2 {
        let [a, b] = [self.centres[0][0], self.centres[1][1]];
        pos2((a.x + b.x) / 2.0, (a.y + b.y) / 2.0)
    }

    /// The area of all four plates, without the row below.
    pub fn room(&self) -> Rect {
        let r = Vec2::splat(self.radius);
        Rect::from_min_max(self.centres[0][0] - r, self.centres[1][1] + r)
    }

    /// Centre of the f box on the given row; a little left of the middle of the road, whose head is at its right.
    pub fn f_centre(&self, row: usize) -> Pos2 {
        let shift = if self.design == Design::Full { -6.0 } else { -4.0 };
        pos2(self.middle().x + shift, self.centres[row][0].y)
    }

    /// The ends of the horizontal road of a row.
    pub fn across(&self, row: usize) -> [Pos2; 2] {
        let d = vec2(self.radius + self.pad, 0.0);
        [self.centres[row][0] + d, self.centres[row][1] - d]
    }

    /// The ends of the vertical road of a column.
    pub fn down(&self, column: usize) -> [Pos2; 2] {
        let d = vec2(0.0, self.radius + self.pad_vertical);
        [self.centres[0][column] + d, self.centres[1][column] - d]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(w: f32, h: f32, kind: LayoutKind) -> SquareLayout {
        SquareLayout::fit(kind, Rect::from_min_size(Pos2::ZERO, vec2(w, h)))
    }

    #[test]
    fn designed_sizes_get_their_radius() {
        for (w, h, kind, r) in [
            (992.0, 576.0, LayoutKind::Desktop, 112.0),
            (688.0, 504.0, LayoutKind::Desktop, 96.0),
            (488.0, 400.0, LayoutKind::Embed, 76.0),
            (390.0, 416.0, LayoutKind::Phone, 64.0),
        ] {
            let got = at(w, h, kind).radius;
            assert!((got - r).abs() < 2.5, "{w} × {h}: {got}");
        }
        assert!(at(1600.0, 900.0, LayoutKind::Desktop).radius > 160.0);
    }

    #[test]
    fn plates_stay_inside_and_apart() {
        for kind in [LayoutKind::Desktop, LayoutKind::Embed, LayoutKind::Phone] {
            for (w, h) in [(320.0, 420.0), (390.0, 500.0), (700.0, 500.0), (992.0, 576.0), (1900.0, 700.0)] {
                let l = at(w, h, kind);
                for c in l.centres.iter().flatten() {
                    let plate = Rect::from_center_size(*c, Vec2::splat(2.0 * l.radius));
                    assert!(l.rect.contains_rect(plate), "{kind:?} {w} × {h}: {plate:?}");
                }
                let (a, b) = (l.across(0), l.down(0));
                assert!(a[1].x - a[0].x > 40.0 && b[1].y - b[0].y > 12.0, "{kind:?} {w} × {h}");
            }
        }
    }
}
