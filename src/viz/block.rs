//! The box of R³: walls with a grid behind what is in it, carried by a linear map; in it a letter, points, or
//! photographs on its sides.

use super::sheet::{LETTER, Print};
use super::{Pen, View, shapes};
use crate::maths::Matrix;
use crate::ui::theme::Theme;
use eframe::egui::epaint::{Mesh, Vertex};
use eframe::egui::{Color32, Painter, Pos2, Shape, Stroke, TextureHandle};

type V3 = [f64; 3];

/// Half an edge of the box at rest: as it is seen at first it fills the unit ball.
pub const HALF: f64 = 0.68;
/// Size of the letter beside that of the sheet, and half its depth.
const LETTER_SIZE: f64 = 0.95;
const LETTER_DEPTH: f64 = 0.15;
/// Entries beyond this are not drawn.
const FAR: f64 = 1e4;

/// A box on the screen.
pub struct Block<'a> {
    /// Where it is seen from; one unit is the radius.
    view: &'a View,
    m: &'a Matrix,
    inverse: Option<Matrix>,
}

impl<'a> Block<'a> {
    /// The box under a 3 × 3 matrix; none where the matrix is too large to be drawn.
    pub fn new(view: &'a View, m: &'a Matrix) -> Option<Self> {
        let drawn = m.rows() == 3 && m.data().iter().all(|v| v.is_finite() && v.abs() < FAR);
        drawn.then(|| Self { view, m, inverse: m.inverse() })
    }

    /// Screen point of a point of the box.
    pub fn at(&self, v: V3) -> Pos2 {
        self.view.at(self.carried(v))
    }

    fn carried(&self, v: V3) -> V3 {
        let w = self.m.apply(&v);
        [w[0], w[1], w[2]]
    }

    /// Whether a side with this outward normal at rest is seen from outside. False for all where the box is flat.
    fn seen(&self, normal: V3) -> bool {
        // Planes are carried by the inverse transpose.
        let n = self.inverse.as_ref().map_or_else(|| vec![0.0; 3], |i| i.transpose().apply(&normal));
        self.view.turn([n[0], n[1], n[2]])[2] > 0.0
    }

    /// How much a side faces the eye, 0 to 1.
    fn faces(&self, normal: V3) -> f32 {
        let Some(inverse) = &self.inverse else { return 1.0 };
        let n = inverse.transpose().apply(&normal);
        let length = n.iter().map(|v| v * v).sum::<f64>().sqrt().max(1e-12);
        (self.view.turn([n[0], n[1], n[2]])[2] / length).abs() as f32
    }

    /// Paints walls, contents and the edges before them.
    pub fn paint(&self, painter: &Painter, theme: &Theme, print: Print<'_>) {
        Pen::draw(painter, |pen| {
            for side in SIDES.iter().filter(|side| !self.seen(side.normal())) {
                self.wall(pen, theme, side);
            }
        });
        self.print(painter, theme, print);
        let before = |e: &Edge| self.inverse.is_none() || e.sides.iter().all(|s| self.seen(s.normal()));
        Pen::draw(painter, |pen| {
            for edge in edges().filter(before) {
                pen.segment(edge.ends.map(|p| self.at(p)), Stroke::new(1.0, theme.axis));
            }
        });
    }

    /// Paints what is in the box.
    pub fn print(&self, painter: &Painter, theme: &Theme, print: Print<'_>) {
        match print {
            Print::Letter => Pen::draw(painter, |pen| self.letter(pen, theme)),
            Print::Outline => Pen::draw(painter, |pen| {
                for y in [-LETTER_DEPTH, LETTER_DEPTH] {
                    let cap: Vec<Pos2> = LETTER.iter().map(|p| self.at(stand(*p, y))).collect();
                    pen.outline(&cap, Stroke::new(1.25, theme.ink3));
                }
            }),
            Print::Photo(texture) => {
                for side in SIDES.iter().filter(|side| self.seen(side.normal())) {
                    self.photo(painter, texture, side);
                }
            }
            Print::Points(_) => {}
        }
    }

    /// Points of [−1, 1]³ filling the box, those further away paler and first.
    pub fn points(&self, painter: &Painter, theme: &Theme, points: &[V3]) {
        let r = (self.view.radius / 36.0).clamp(1.0, 2.0);
        let mut seen: Vec<(Pos2, f64)> = points
            .iter()
            .map(|p| self.carried(p.map(|v| v * HALF)))
            .map(|p| (self.view.at(p), self.view.turn(p)[2]))
            .collect();
        seen.sort_by(|a, b| a.1.total_cmp(&b.1));
        let deepest = seen.iter().fold(1e-9, |d: f64, p| d.max(p.1.abs()));
        painter.extend(seen.into_iter().map(|(at, depth)| {
            let pale = (0.5 - 0.5 * depth / deepest) as f32 * 0.6;
            Shape::circle_filled(at, r * (1.0 - 0.3 * pale), shapes::mix(theme.x, theme.surf, pale))
        }));
    }

    /// A line through the origin from −v to v, dashed.
    pub fn axis(&self, painter: &Painter, v: V3, color: Color32, (dash, gap): (f32, f32)) {
        let ends = [self.at(v.map(|c| -c)), self.at(v)];
        Pen::draw(painter, |pen| pen.dashed(&ends, Stroke::new(1.5, color), dash, gap));
    }

    fn wall(&self, pen: &mut Pen, theme: &Theme, side: &Side) {
        let corners = side.corners().map(|p| self.at(p));
        // Without soft edges: sides that are seen edge-on are slivers, whose soft edges would be spikes.
        // The floor and the ceiling are tinted: what is turned over shows it.
        let fill = if side.axis == 2 { theme.half } else { theme.surf };
        pen.area(&corners, fill);
        for k in [-0.5, 0.0, 0.5] {
            for ends in [[side.at(k, -1.0), side.at(k, 1.0)], [side.at(-1.0, k), side.at(1.0, k)]] {
                pen.segment(ends.map(|p| self.at(p)), Stroke::new(1.0, theme.grid));
            }
        }
        rim(pen, &corners, theme.axis);
    }

    fn letter(&self, pen: &mut Pen, theme: &Theme) {
        let n = LETTER.len();
        // Clockwise or not: outward normals of the outline stand on its other side.
        let turn = if area(&LETTER) > 0.0 { 1.0 } else { -1.0 };
        let mut sides: Vec<(f64, [V3; 4], V3)> = (0..n)
            .map(|i| (LETTER[i], LETTER[(i + 1) % n]))
            .map(|(a, b)| {
                let normal = [turn * (b[1] - a[1]), 0.0, -turn * (b[0] - a[0])];
                let d = LETTER_DEPTH;
                let quad = [stand(a, -d), stand(b, -d), stand(b, d), stand(a, d)];
                let middle = [0, 1, 2].map(|k| quad.iter().map(|p| p[k]).sum::<f64>() / 4.0);
                (self.view.turn(self.carried(middle))[2], quad, normal)
            })
            .filter(|(_, _, normal)| self.seen(*normal))
            .collect();
        sides.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, quad, normal) in sides {
            let shade = 0.28 + 0.3 * (1.0 - self.faces(normal));
            let color = shapes::mix(theme.x, Color32::BLACK, shade);
            pen.area(&quad.map(|p| self.at(p)), color);
        }
        let front = [-1.0, 1.0].into_iter().find(|y| self.seen([0.0, *y, 0.0])).unwrap_or(-1.0);
        let cap: Vec<Pos2> = LETTER.iter().map(|p| self.at(stand(*p, front * LETTER_DEPTH))).collect();
        pen.fill(&cap, theme.x);
    }

    /// The texture on one side, upright, read from outside.
    fn photo(&self, painter: &Painter, texture: &TextureHandle, side: &Side) {
        let mut mesh = Mesh::with_texture(texture.id());
        for [a, b] in [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]] {
            let uv = Pos2::new(0.5 + 0.5 * a as f32, 0.5 - 0.5 * b as f32);
            mesh.vertices.push(Vertex { pos: self.at(side.at(a, b)), uv, color: Color32::WHITE });
        }
        mesh.add_triangle(0, 1, 2);
        mesh.add_triangle(0, 2, 3);
        painter.add(Shape::mesh(mesh));
        let corners = side.corners().map(|p| self.at(p));
        Pen::draw(painter, |pen| rim(pen, &corners, Color32::from_white_alpha(110)));
    }
}

/// The four edges one by one: mitred corners of a sliver would be spikes too.
fn rim(pen: &mut Pen, corners: &[Pos2; 4], color: Color32) {
    for i in 0..4 {
        pen.segment([corners[i], corners[(i + 1) % 4]], Stroke::new(1.0, color));
    }
}

/// A point of the letter, which stands upright and looks along −y, at a depth.
fn stand([x, z]: [f64; 2], y: f64) -> V3 {
    [x * LETTER_SIZE, y, z * LETTER_SIZE]
}

/// Twice the signed area of a polygon.
fn area(points: &[[f64; 2]]) -> f64 {
    let next = points.iter().cycle().skip(1);
    points.iter().zip(next).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum()
}

/// A side of the box: the axis it stands across, and at which end.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Side {
    axis: usize,
    end: f64,
}

const SIDES: [Side; 6] = [
    Side { axis: 0, end: -1.0 },
    Side { axis: 0, end: 1.0 },
    Side { axis: 1, end: -1.0 },
    Side { axis: 1, end: 1.0 },
    Side { axis: 2, end: -1.0 },
    Side { axis: 2, end: 1.0 },
];

impl Side {
    fn normal(&self) -> V3 {
        let mut n = [0.0; 3];
        n[self.axis] = self.end;
        n
    }

    /// A point by its coordinates right and up in [−1, 1], as seen from outside with z up (from above or below with
    /// y up).
    fn at(&self, right: f64, up: f64) -> V3 {
        let e = self.end;
        let p = match self.axis {
            0 => [e, e * right, up],
            1 => [-e * right, e, up],
            _ => [e * right, up, e],
        };
        p.map(|v| v * HALF)
    }

    fn corners(&self) -> [V3; 4] {
        [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(|[a, b]| self.at(a, b))
    }
}

/// An edge and the two sides that meet in it.
struct Edge {
    ends: [V3; 2],
    sides: [Side; 2],
}

fn edges() -> impl Iterator<Item = Edge> {
    (0..12).map(|k| {
        let (axis, s, t) = (k / 4, [-1.0, 1.0][k % 2], [-1.0, 1.0][k / 2 % 2]);
        let (j, l) = ((axis + 1) % 3, (axis + 2) % 3);
        let end = |e: f64| {
            let mut p = [0.0; 3];
            (p[axis], p[j], p[l]) = (e * HALF, s * HALF, t * HALF);
            p
        };
        Edge { ends: [end(-1.0), end(1.0)], sides: [Side { axis: j, end: s }, Side { axis: l, end: t }] }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::maths::group::rotation3;
    use crate::viz::{Camera, Space};

    fn view() -> View {
        View { space: Space::Ball, camera: Camera::default(), centre: Pos2::ZERO, radius: 50.0, scale: 1.0 }
    }

    #[test]
    fn three_sides_are_seen_also_in_a_mirror_and_none_of_a_flat_box() {
        let view = view();
        let turned = rotation3([0.6, 0.0, 0.8], 1.3);
        let mirrored = &turned * &Matrix::diagonal(&[1.0, -1.0, 2.0]);
        for m in [Matrix::identity(3), turned, mirrored] {
            let block = Block::new(&view, &m).unwrap();
            assert_eq!(SIDES.iter().filter(|s| block.seen(s.normal())).count(), 3);
            let front = edges().filter(|e| e.sides.iter().all(|s| block.seen(s.normal()))).count();
            assert_eq!(front, 3);
            // A side is seen where its middle is nearer to the eye than the box's.
            for side in SIDES {
                let depth = view.turn(block.carried(side.normal()))[2];
                let rigid = (&m.transpose() * &m).max_difference(&Matrix::identity(3)) < 1e-9;
                assert!(!rigid || (depth > 0.0) == block.seen(side.normal()));
            }
        }
        let flat = Matrix::diagonal(&[1.0, 1.0, 0.0]);
        let block = Block::new(&view, &flat).unwrap();
        assert!(SIDES.iter().all(|s| !block.seen(s.normal())));
        assert!(Block::new(&view, &Matrix::diagonal(&[f64::NAN, 1.0, 1.0])).is_none());
    }

    #[test]
    fn a_side_reads_from_outside() {
        // Right × up points outward.
        for side in SIDES {
            let [o, r, u] = [side.at(0.0, 0.0), side.at(1.0, 0.0), side.at(0.0, 1.0)];
            let d = |a: V3, b: V3| [0, 1, 2].map(|k| a[k] - b[k]);
            let (r, u) = (d(r, o), d(u, o));
            let cross = [r[1] * u[2] - r[2] * u[1], r[2] * u[0] - r[0] * u[2], r[0] * u[1] - r[1] * u[0]];
            assert!(cross[side.axis] * side.end > 0.0, "{side:?}");
        }
    }
}
