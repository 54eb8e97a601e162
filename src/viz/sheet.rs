//! A round sheet under an affine map: tinted half, grid, and something printed on it that has no symmetry of its own.

use super::{Pen, shapes};
use crate::maths::Matrix;
use crate::ui::theme::Theme;
use eframe::egui::epaint::Mesh;
use eframe::egui::{self, Color32, ColorImage, Painter, Pos2, Shape, Stroke, TextureHandle, TextureOptions};
use std::f64::consts::TAU;

/// The letter F on the unit disc.
pub const LETTER: [[f64; 2]; 10] = [
    [-0.40, -0.60],
    [-0.40, 0.60],
    [0.46, 0.60],
    [0.46, 0.36],
    [-0.12, 0.36],
    [-0.12, 0.12],
    [0.34, 0.12],
    [0.34, -0.12],
    [-0.12, -0.12],
    [-0.12, -0.60],
];

/// What is printed on a sheet.
#[derive(Clone, Copy)]
pub enum Print<'a> {
    /// The letter F.
    Letter,
    /// The letter as an outline, to lie over another picture.
    Outline,
    /// A picture that fills the disc; see [`landscape`].
    Photo(&'a TextureHandle),
    /// Points of the unit disc.
    Points(&'a [[f64; 2]]),
}

/// Where a sheet lies: v ↦ A v + t in units of `radius`, about `centre`, y up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sheet {
    /// Screen point of the origin.
    pub centre: Pos2,
    /// Points per unit.
    pub radius: f32,
    /// A, by rows.
    pub a: [[f64; 2]; 2],
    /// t.
    pub t: [f64; 2],
    /// Grid lines between the centre and the rim.
    pub grid: i32,
}

impl Sheet {
    /// A sheet under a 2 × 2 matrix, or under a 3 × 3 one with last row 0 0 1.
    pub fn new(centre: Pos2, radius: f32, m: &Matrix, grid: i32) -> Self {
        let a = [[m[(0, 0)], m[(0, 1)]], [m[(1, 0)], m[(1, 1)]]];
        let t = if m.cols() > 2 { [m[(0, 2)], m[(1, 2)]] } else { [0.0; 2] };
        Self { centre, radius, a, t, grid }
    }

    /// Screen point of a point of the disc.
    pub fn at(&self, v: [f64; 2]) -> Pos2 {
        let [x, y] = [0, 1].map(|i| self.a[i][0] * v[0] + self.a[i][1] * v[1] + self.t[i]);
        let r = f64::from(self.radius);
        Pos2::new(self.centre.x + (x * r) as f32, self.centre.y - (y * r) as f32)
    }

    /// Largest distance of the carried rim from the carried centre along the screen's axes, in units.
    pub fn half_size(a: &[[f64; 2]; 2]) -> [f64; 2] {
        [a[0][0].hypot(a[0][1]), a[1][0].hypot(a[1][1])]
    }

    fn rim(&self, turns: f64) -> Vec<Pos2> {
        let [across, up] = Self::half_size(&self.a);
        let n = shapes::chords(self.radius * across.max(up) as f32, TAU * turns);
        shapes::circle(0.0, TAU * turns, n).map(|v| self.at(v)).collect()
    }

    /// Paints the sheet.
    pub fn paint(&self, painter: &Painter, theme: &Theme, print: Print<'_>) {
        let finite = self.a.iter().chain([&self.t]).flatten().all(|v| v.is_finite() && v.abs() < 1e4);
        if !finite {
            return;
        }
        let mut rim = self.rim(1.0);
        rim.pop();
        let photo = if let Print::Photo(texture) = print { Some(texture) } else { None };
        if let Some(texture) = photo {
            self.photo(painter, texture);
        }
        Pen::draw(painter, |pen| {
            if photo.is_some() {
                self.grid_lines(pen, Color32::from_white_alpha(56), Color32::from_white_alpha(110));
            } else {
                pen.area(&rim, theme.surf);
                pen.area(&self.rim(0.5), theme.half);
                self.grid_lines(pen, theme.grid, theme.axis);
            }
            pen.outline(&rim, Stroke::new(1.0, theme.axis));
        });
        self.print(painter, theme, print);
    }

    /// Paints only what is printed on the sheet.
    pub fn print(&self, painter: &Painter, theme: &Theme, print: Print<'_>) {
        let letter = || LETTER.map(|p| self.at(p)).to_vec();
        match print {
            Print::Letter => Pen::draw(painter, |pen| pen.fill(&letter(), theme.x)),
            Print::Outline => {
                Pen::draw(painter, |pen| pen.outline(&letter(), Stroke::new(1.25, theme.ink3)));
            }
            Print::Photo(_) => {}
            Print::Points(points) => {
                let r = (self.radius / 36.0).clamp(1.0, 1.75);
                painter.extend(points.iter().map(|p| Shape::circle_filled(self.at(*p), r, theme.x)));
            }
        }
    }

    fn grid_lines(&self, pen: &mut Pen, grid: Color32, axis: Color32) {
        for k in (1 - self.grid..self.grid).filter(|k| *k != 0).chain([0]) {
            let s = f64::from(k) / f64::from(self.grid);
            let h = (1.0 - s * s).sqrt();
            let stroke = Stroke::new(1.0, if k == 0 { axis } else { grid });
            for [a, b] in [[[s, -h], [s, h]], [[-h, s], [h, s]]] {
                pen.segment([self.at(a), self.at(b)], stroke);
            }
        }
    }

    /// The texture over the disc: a fan, since an affine map takes triangles to triangles.
    fn photo(&self, painter: &Painter, texture: &TextureHandle) {
        let mut mesh = Mesh::with_texture(texture.id());
        let mut vertex = |v: [f64; 2]| {
            let uv = Pos2::new(0.5 + 0.5 * v[0] as f32, 0.5 - 0.5 * v[1] as f32);
            mesh.vertices.push(egui::epaint::Vertex { pos: self.at(v), uv, color: Color32::WHITE });
        };
        vertex([0.0, 0.0]);
        shapes::circle(0.0, TAU, 72).for_each(&mut vertex);
        for i in 1..=72 {
            mesh.add_triangle(0, i, i + 1);
        }
        painter.add(Shape::mesh(mesh));
    }

    /// Two lines through the carried centre along orthonormal directions of the disc: dashed and dotted.
    pub fn axes(&self, painter: &Painter, directions: [[f64; 2]; 2], color: Color32) {
        for (v, (dash, gap)) in directions.into_iter().zip([(5.0, 3.0), (1.5, 3.0)]) {
            let ends = [self.at(v), self.at([-v[0], -v[1]])];
            shapes::dashed(painter, &ends, Stroke::new(1.5, color), dash, gap);
        }
    }
}

/// Side of the picture in pixels.
const SIDE: usize = 192;

/// A drawn landscape with sun, hills and a lake, as a texture of this context.
pub fn landscape(ctx: &egui::Context) -> TextureHandle {
    let pixels = (0..SIDE * SIDE)
        .map(|k| ((k % SIDE) as f64, (k / SIDE) as f64))
        .map(|(i, j)| (2.0 * (i + 0.5) / SIDE as f64 - 1.0, 1.0 - 2.0 * (j + 0.5) / SIDE as f64))
        .map(|(x, y)| scene(x, y))
        .collect();
    let image = ColorImage::new([SIDE, SIDE], pixels);
    ctx.load_texture("landscape", image, TextureOptions::LINEAR)
}

/// Colour of the landscape at a point of the square [−1, 1]².
fn scene(x: f64, y: f64) -> Color32 {
    const SHORE: f64 = -0.28;
    if y < SHORE {
        // The lake: the land mirrored, darker, with ripples.
        let wave = 0.02 * (60.0 * (y - SHORE) / (0.35 + SHORE - y)).sin();
        let seen = land(x + wave, 2.0 * SHORE - y);
        return blend(seen, [28.0, 66.0, 92.0], 0.38 + 0.3 * (SHORE - y));
    }
    blend(land(x, y), [0.0; 3], 0.0)
}

/// Sky, sun and three rows of hills.
fn land(x: f64, y: f64) -> [f64; 3] {
    let mix = |a: [f64; 3], b: [f64; 3], t: f64| [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t.clamp(0.0, 1.0));
    let mut color = mix([252.0, 214.0, 160.0], [72.0, 132.0, 190.0], (y + 0.25 - 0.12 * x) / 1.1);
    let sun = (x - 0.38).hypot(y - 0.42);
    color = mix([255.0, 244.0, 214.0], color, (sun - 0.13) / 0.02);
    color = mix([255.0, 232.0, 190.0], color, 0.55 + sun);
    let ridge = |a: f64, f: f64, p: f64| a * ((f * x + p).sin() + 0.5 * (2.3 * f * x + 1.7 * p).sin());
    for (height, shade) in [
        (0.16 + ridge(0.13, 3.1, 0.6), [126.0, 142.0, 172.0]),
        (-0.02 + ridge(0.11, 4.3, 2.1), [84.0, 110.0, 122.0]),
        (-0.18 + ridge(0.05, 7.0, 4.0), [48.0, 80.0, 66.0]),
    ] {
        let lit: [f64; 3] = mix(shade, [236.0, 226.0, 206.0], 0.35 * (y - height + 0.25) / 0.25);
        color = mix(lit, color, (y - height) / 0.012);
    }
    color
}

fn blend(color: [f64; 3], over: [f64; 3], t: f64) -> Color32 {
    let [r, g, b] = [0, 1, 2].map(|i| (color[i] + (over[i] - color[i]) * t).clamp(0.0, 255.0) as u8);
    Color32::from_rgb(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_is_affine_and_points_up() {
        let m = Matrix::from_rows(&[[2.0, 0.5, 1.0], [0.0, 3.0, -1.0], [0.0, 0.0, 1.0]]);
        let s = Sheet::new(Pos2::new(100.0, 200.0), 10.0, &m, 4);
        assert_eq!(s.at([0.0, 0.0]), Pos2::new(110.0, 210.0));
        assert_eq!(s.at([1.0, 1.0]), Pos2::new(135.0, 180.0));
        assert_eq!(Sheet::half_size(&[[3.0, 4.0], [0.0, 2.0]]), [5.0, 2.0]);
    }

    #[test]
    fn the_picture_has_no_symmetry() {
        // Mirrored, turned, or both: nearly all pixels are others.
        type Turn = fn(f64, f64) -> (f64, f64);
        let turns: [Turn; 4] = [|x, y| (-x, y), |x, y| (x, -y), |x, y| (-x, -y), |x, y| (-y, x)];
        for turn in turns {
            let grid = (0..400).map(|k| (f64::from(k % 20) / 10.0 - 0.95, f64::from(k / 20) / 10.0 - 0.95));
            let same = grid.filter(|&(x, y)| {
                let (u, v) = turn(x, y);
                scene(x, y) == scene(u, v)
            });
            assert!(same.count() < 40);
        }
    }
}
