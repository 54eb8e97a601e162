//! How an element is drawn: a sheet in the plane, a box in space, events in Minkowski space. All parts of the screen draw
//! through it.

use crate::labs::decompositions::element::{linear, translation};
use crate::labs::decompositions::inside::size;
use crate::labs::decompositions::settings::Picture;
use crate::labs::decompositions::subjects::{events, solid};
use crate::maths::Matrix;
use crate::ui::theme::Theme;
use crate::viz::block::Block;
use crate::viz::sheet::{LETTER, Print, Sheet};
use crate::viz::{Camera, Pen, Space, View, plate, shapes};
use eframe::egui::{Color32, Painter, Pos2, Shape, Stroke, Vec2, vec2};
use std::f64::consts::TAU;

/// Size of the letter on Minkowski space beside that on a sheet: it grows under boosts.
const LETTER_SIZE: f64 = 0.66;
/// How far the ball that holds a box reaches.
const CORNERS: f64 = 1.08;
/// Corners of the polygon that cuts what leaves a window of Minkowski space.
const WINDOW: usize = 40;
/// Dashes and gaps of the first, the second and the third marked direction.
const DASHES: [(f32, f32); 3] = [(5.0, 3.0), (1.5, 3.0), (8.0, 2.0)];

/// What is drawn, and from where it is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lens {
    pub(super) picture: Picture,
    pub(super) camera: Camera,
}

/// A place on the screen for one picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) centre: Pos2,
    /// Points per unit.
    pub(super) radius: f32,
    /// Grid lines between the centre and the rim of a sheet.
    pub(super) grid: i32,
}

/// The ellipse on the screen, in units with y up, that holds a picture: v ↦ A v + t of the unit ball.
#[derive(Clone, Debug)]
pub(super) struct Shadow {
    /// A, two rows.
    rows: [Vec<f64>; 2],
    pub(super) t: [f64; 2],
}

impl Shadow {
    /// How far it extends from its middle in a direction of the screen (y down).
    fn across(&self, u: Vec2) -> f64 {
        let [a, b] = &self.rows;
        let along = a.iter().zip(b).map(|(a, b)| a * f64::from(u.x) - b * f64::from(u.y));
        size(&along.collect::<Vec<_>>())
    }

    /// How far it extends from the origin in a direction of the screen; where it was moved the other way, a little.
    pub(super) fn extent(&self, u: Vec2) -> f32 {
        let moved = self.t[0] * f64::from(u.x) - self.t[1] * f64::from(u.y);
        (self.across(u) + moved).max(0.1) as f32
    }

    /// Half its width and half its height.
    pub(super) fn half_size(&self) -> [f64; 2] {
        [self.across(vec2(1.0, 0.0)), self.across(vec2(0.0, 1.0))]
    }

    /// Its own measure of the distance of a point (units, y up) from its middle: 1 on its rim.
    pub(super) fn distance(&self, p: [f64; 2]) -> f64 {
        let [a, b] = &self.rows;
        let dot = |u: &[f64], v: &[f64]| u.iter().zip(v).map(|(x, y)| x * y).sum::<f64>();
        let (aa, ab, bb) = (dot(a, a), dot(a, b), dot(b, b));
        // A flat one has a width of rounding, not of nothing.
        let det = (aa * bb - ab * ab).max(1e-12);
        ((bb * p[0] * p[0] - 2.0 * ab * p[0] * p[1] + aa * p[1] * p[1]) / det).max(0.0).sqrt()
    }
}

/// What of a Lorentz transformation is drawn: of four dimensions time and the first two of space.
fn slice(m: &Matrix) -> Matrix {
    let n = m.rows().min(3);
    m.block(0, 0, n, n)
}

impl Lens {
    /// Sheets in the plane.
    pub(super) fn plane() -> Self {
        Self { picture: Picture::Plane, camera: Camera::default() }
    }

    /// The view of a picture of m.
    pub(super) fn view(self, m: &Matrix, spot: Spot) -> View {
        let space = match (self.picture, m.rows()) {
            (Picture::Plane, _) => Space::Plane,
            (Picture::Space, _) => Space::Ball,
            (Picture::Events, 2) => Space::Minkowski2,
            (Picture::Events, _) => Space::Minkowski3,
        };
        View { space, camera: self.camera, centre: spot.centre, radius: spot.radius, scale: 1.0 }
    }

    /// The room that a picture of m takes.
    pub(super) fn shadow(self, m: &Matrix) -> Shadow {
        match self.picture {
            Picture::Plane => {
                let rows = linear(m).to_rows();
                Shadow { rows: [0, 1].map(|i| rows[i].clone()), t: translation(m) }
            }
            Picture::Space => {
                let [right, up, _] = self.camera.rows();
                let back = m.transpose();
                // A little more than the unit ball: the corners of the box stand out of it.
                Shadow { rows: [right, up].map(|r| back.scaled(CORNERS).apply(&r)), t: [0.0; 2] }
            }
            Picture::Events => Shadow { rows: [vec![1.0, 0.0], vec![0.0, 1.0]], t: [0.0; 2] },
        }
    }

    /// Screen points of the handles of the picture of g.
    pub(super) fn tips(self, g: &Matrix, spot: Spot) -> Vec<Pos2> {
        let view = self.view(g, spot);
        match self.picture {
            Picture::Plane => Vec::new(),
            Picture::Space => (0..3).map(|j| view.at([0, 1, 2].map(|i| g[(i, j)]))).collect(),
            Picture::Events => vec![view.at(time_tip(g))],
        }
    }

    /// Paints the picture of m.
    pub(super) fn paint(self, painter: &Painter, theme: &Theme, spot: Spot, m: &Matrix, print: Print<'_>) {
        let view = self.view(m, spot);
        match self.picture {
            Picture::Plane => {
                Sheet::new(spot.centre, spot.radius, m, spot.grid).paint(painter, theme, print);
            }
            Picture::Space => {
                let Some(block) = Block::new(&view, m) else { return };
                block.paint(painter, theme, print);
                if matches!(print, Print::Points(_)) {
                    block.points(painter, theme, solid());
                }
            }
            Picture::Events => {
                let m = slice(m);
                let moved = m.max_difference(&Matrix::identity(m.rows())) > 1e-12;
                plate::plate(painter, theme, &view, &m, moved);
                self.print_events(painter, theme, &view, &m, print);
            }
        }
    }

    /// The letter of another element as an outline, to lie over a picture.
    pub(super) fn outline(self, painter: &Painter, theme: &Theme, spot: Spot, m: &Matrix) {
        let view = self.view(m, spot);
        match self.picture {
            Picture::Plane => {
                Sheet::new(spot.centre, spot.radius, m, spot.grid).print(painter, theme, Print::Outline);
            }
            Picture::Space => {
                if let Some(block) = Block::new(&view, m) {
                    block.print(painter, theme, Print::Outline);
                }
            }
            Picture::Events => self.print_events(painter, theme, &view, &slice(m), Print::Outline),
        }
    }

    /// Marks directions of x.
    pub(super) fn axes(
        self,
        painter: &Painter,
        spot: Spot,
        m: &Matrix,
        directions: &[Vec<f64>],
        color: Color32,
    ) {
        let view = self.view(m, spot);
        let sheet = |m| Sheet::new(spot.centre, spot.radius, m, spot.grid);
        match (self.picture, directions) {
            (Picture::Plane, [a, b]) => {
                sheet(m).axes(painter, [[a[0], a[1]], [b[0], b[1]]], color);
            }
            (Picture::Space, _) => {
                let Some(block) = Block::new(&view, m) else { return };
                for (v, dashes) in directions.iter().zip(DASHES) {
                    block.axis(painter, [v[0], v[1], v[2]], color, dashes);
                }
            }
            _ => {}
        }
    }

    /// The letter on the plane of equal time (in two dimensions on the plate itself), or events.
    fn print_events(self, painter: &Painter, theme: &Theme, view: &View, m: &Matrix, print: Print<'_>) {
        if let Print::Points(_) = print {
            let r = (view.radius / 32.0).clamp(1.25, 2.5);
            for event in events() {
                let (at, _) = view.project(&m.apply(&event[..m.rows()]));
                if (at - view.centre).length() < view.radius {
                    painter.circle_filled(at, r, theme.x);
                }
            }
            return;
        }
        let flat = m.rows() == 2;
        let letter: Vec<Pos2> = LETTER
            .iter()
            .map(|[x, y]| [x * LETTER_SIZE, y * LETTER_SIZE])
            .map(|[x, y]| if flat { vec![y, x] } else { vec![0.0, x, y] })
            .map(|event| view.project(&m.apply(&event)).0)
            .collect();
        let letter = cut(letter, view);
        match print {
            Print::Outline => Pen::draw(painter, |pen| pen.outline(&letter, Stroke::new(1.25, theme.ink3))),
            _ => Pen::draw(painter, |pen| pen.fill(&letter, theme.x)),
        }
    }
}

/// The part of a polygon inside the window.
fn cut(polygon: Vec<Pos2>, view: &View) -> Vec<Pos2> {
    let inside = polygon.iter().all(|p| (*p - view.centre).length() <= view.radius);
    if inside {
        return polygon;
    }
    shapes::circle(0.0, TAU, WINDOW).skip(1).fold(polygon, |polygon, [x, y]| {
        let n = vec2(x as f32, y as f32);
        let height = |p: &Pos2| f64::from(view.radius - (*p - view.centre).dot(n));
        shapes::clip(&polygon, height, |a, b, t| *a + (*b - *a) * t as f32)
    })
}

/// Where the carried axis of time leaves the window, in picture coordinates.
pub(super) fn time_tip(g: &Matrix) -> [f64; 3] {
    if g.rows() == 2 {
        let (t, x) = (g[(0, 0)], g[(1, 0)]);
        return [x, t, 0.0].map(|v| v / t.hypot(x).max(1e-12));
    }
    let [t, x, y] = [0, 1, 2].map(|i| g[(i, 0)]);
    [x, y, t].map(|v| v / (t * t + x * x + y * y).sqrt().max(1e-12))
}

/// A cross where a translation began, and a line from it to the carried centre.
pub(super) fn origin(painter: &Painter, theme: &Theme, spot: Spot, t: [f64; 2]) {
    if t == [0.0; 2] {
        return;
    }
    let stroke = Stroke::new(1.5, theme.ink3);
    for d in [vec2(4.0, 0.0), vec2(0.0, 4.0)] {
        painter.line_segment([spot.centre - d, spot.centre + d], stroke);
    }
    let to = spot.centre + vec2(t[0] as f32, -t[1] as f32) * spot.radius;
    shapes::dashed(painter, &[spot.centre, to], stroke, 1.5, 3.0);
}

/// The sign between two pictures: plus, or equals.
pub(super) fn sign(painter: &Painter, at: Pos2, equals: bool, stroke: Stroke) {
    let half = 7.0;
    let (across, up) = (vec2(half, 0.0), vec2(0.0, if equals { 3.5 } else { half }));
    let lines = if equals {
        [[at - across - up, at + across - up], [at - across + up, at + across + up]]
    } else {
        [[at - across, at + across], [at - up, at + up]]
    };
    painter.extend(lines.map(|ends| Shape::line_segment(ends, stroke)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::group::rotation3;

    #[test]
    fn a_shadow_is_as_large_as_what_casts_it() {
        let lens = |picture| Lens { picture, camera: Camera::new(0.3, 0.5) };
        let m = &rotation3([0.0, 0.6, 0.8], 0.9) * &Matrix::diagonal(&[2.0, 1.0, 0.5]);
        let shadow = lens(Picture::Space).shadow(&m);
        let spot = Spot { centre: Pos2::ZERO, radius: 1.0, grid: 4 };
        let view = lens(Picture::Space).view(&m, spot);
        let mut widest: f32 = 0.0;
        for k in 0..40_000 {
            let (a, z) = (f64::from(k) * 2.399_963, f64::from(k) / 19_999.5 - 1.0);
            let r = (1.0 - z * z).max(0.0).sqrt();
            let at = view.project(&m.apply(&[r * a.cos(), r * a.sin(), z])).0;
            widest = widest.max(at.x);
            assert!(shadow.distance([f64::from(at.x), f64::from(-at.y)]) < 1.0 / CORNERS + 1e-5);
        }
        assert!((shadow.extent(vec2(1.0, 0.0)) - widest * CORNERS as f32).abs() < 2e-3);
        // In the plane it is the carried disc itself, about its translation.
        let moved = Matrix::from_rows(&[[0.0, -2.0, 1.0], [1.0, 0.0, 0.5], [0.0, 0.0, 1.0]]);
        let shadow = lens(Picture::Plane).shadow(&moved);
        assert_eq!((shadow.half_size(), shadow.extent(vec2(1.0, 0.0))), ([2.0, 1.0], 3.0));
        assert_eq!(shadow.distance([0.0, 1.0]), 1.0);
    }

    #[test]
    fn what_leaves_the_window_is_cut_at_it() {
        let lens = Lens { picture: Picture::Events, camera: Camera::default() };
        let spot = Spot { centre: Pos2::new(10.0, 20.0), radius: 30.0, grid: 4 };
        let view = lens.view(&Matrix::identity(2), spot);
        let far = [[-50.0, -4.0], [90.0, -4.0], [90.0, 6.0], [-50.0, 6.0]];
        let cut = cut(far.map(|[x, y]| Pos2::new(x + 10.0, y + 20.0)).to_vec(), &view);
        assert!(cut.len() > 4 && cut.iter().all(|p| (*p - view.centre).length() < 30.3));
    }
}
