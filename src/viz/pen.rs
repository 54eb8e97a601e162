//! Many lines and areas as one mesh.
//!
//! A frame costs what it uploads. A line drawn here has two vertices at each of its points, where egui's has four: the
//! soft edges come from a small texture of line profiles, as egui's own small discs do.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use super::shapes;
use eframe::egui::epaint::{Mesh, Vertex};
use eframe::egui::{
    Color32, ColorImage, Context, Id, Painter, Pos2, Shape, Stroke, TextureHandle, TextureOptions, Vec2,
    pos2, vec2,
};

/// Texels across the texture for each pixel of a line, pixels from its middle to the edge of the texture, and rows for
/// each pixel of width.
const FINE: usize = 4;
const REACH: usize = 13;
const ROWS: usize = 4;
/// The widest line, in pixels.
const WIDEST: usize = 24;
/// Texels across and down. The first row is solid: it is what plain vertices show.
const SIZE: [usize; 2] = [2 * FINE * REACH + 1, ROWS * WIDEST + 1];

/// Vertices and triangles that a drawing begins with room for.
const FIRST: usize = 256;

/// How much of a pixel at distance d from the middle of a line of width w is covered, in pixels: a trapezium whose
/// sides are a pixel wide; below one pixel the line gets paler and not narrower.
fn coverage(w: f32, d: f32) -> f32 {
    (w.max(1.0) / 2.0 + 0.5 - d.abs()).clamp(0.0, 1.0) * w.min(1.0)
}

/// Row k > 0 is the profile of a line of k / [`ROWS`] pixels.
fn profiles() -> ColorImage {
    let [wide, high] = SIZE;
    let texel = |i: usize| {
        let (row, column) = (i / wide, i % wide);
        let d = column as f32 / FINE as f32 - REACH as f32;
        let share = if row == 0 { 1.0 } else { coverage(row as f32 / ROWS as f32, d) };
        Color32::from_white_alpha((255.0 * share).round() as u8)
    };
    ColorImage::new(SIZE, (0..wide * high).map(texel).collect())
}

/// The texture, made on first use.
fn texture(painter: &Painter) -> TextureHandle {
    let (ctx, id) = (painter.ctx(), Id::unique("line profiles"));
    ctx.data(|data| data.get_temp(id)).unwrap_or_else(|| {
        let made = ctx.load_texture("line profiles", profiles(), TextureOptions::LINEAR);
        ctx.data_mut(|data| data.insert_temp(id, made.clone()));
        made
    })
}

/// How many stamps are kept.
const STAMPS: usize = 8;
/// Drawings about the origin, under their keys; the one that was put down last at the end.
type Stamps = Vec<(Id, Arc<Mesh>)>;

/// Draws into one mesh.
pub struct Pen {
    ctx: Context,
    mesh: Mesh,
    pixels_per_point: f32,
}

impl Pen {
    /// Whether lines of this width have a profile.
    pub fn reaches(painter: &Painter, stroke: Stroke) -> bool {
        stroke.width * painter.pixels_per_point() <= WIDEST as f32
    }

    /// What `drawing` draws, as one shape.
    pub fn draw(painter: &Painter, drawing: impl FnOnce(&mut Self)) {
        let shape = Self::shape(painter, drawing);
        painter.add(shape);
    }

    /// The same to be kept: it holds while `pixels_per_point` does.
    pub fn shape(painter: &Painter, drawing: impl FnOnce(&mut Self)) -> Shape {
        let ctx = painter.ctx().clone();
        let mut pen = Self { ctx, mesh: Mesh::default(), pixels_per_point: painter.pixels_per_point() };
        // A mesh that grows from nothing is moved again and again.
        pen.mesh.reserve_vertices(FIRST);
        pen.mesh.reserve_triangles(FIRST);
        drawing(&mut pen);
        // Only now: plain vertices are not taken by a mesh with a texture, and show the texture's solid corner.
        pen.mesh.texture_id = texture(painter).id();
        Shape::mesh(pen.mesh)
    }

    /// A drawing that comes again at other places: `drawing` draws it about the origin, where it is not kept under this key.
    pub fn stamp(&mut self, key: impl Hash + Debug, at: Pos2, drawing: impl FnOnce(&mut Self)) {
        let key = Id::unique((key, self.pixels_per_point.to_bits()));
        let place = Id::unique("stamps");
        let find = |stamps: &mut Stamps| {
            let at = stamps.iter().position(|stamp| stamp.0 == key)?;
            stamps[at..].rotate_left(1);
            stamps.last().map(|stamp| Arc::clone(&stamp.1))
        };
        let known = self.ctx.data_mut(|data| find(data.get_temp_mut_or_default(place)));
        let stamp = known.unwrap_or_else(|| {
            let before = std::mem::take(&mut self.mesh);
            drawing(self);
            let made = Arc::new(std::mem::replace(&mut self.mesh, before));
            self.ctx.data_mut(|data| {
                let stamps: &mut Stamps = data.get_temp_mut_or_default(place);
                if stamps.len() >= STAMPS {
                    stamps.remove(0);
                }
                stamps.push((key, Arc::clone(&made)));
            });
            made
        });
        let first = self.mesh.vertices.len() as u32;
        let by = at.to_vec2();
        self.mesh.vertices.extend(stamp.vertices.iter().map(|v| Vertex { pos: v.pos + by, ..*v }));
        self.mesh.indices.extend(stamp.indices.iter().map(|i| first + i));
    }

    /// A convex polygon without soft edges, for what a line runs around.
    pub fn area(&mut self, points: &[Pos2], color: Color32) {
        let first = self.mesh.vertices.len() as u32;
        points.iter().for_each(|p| self.mesh.colored_vertex(*p, color));
        for i in 2..points.len() as u32 {
            self.mesh.add_triangle(first, first + i - 1, first + i);
        }
    }

    /// A disc, as [`Pen::area`].
    pub fn disc(&mut self, c: Pos2, r: f32, color: Color32) {
        let mut points = shapes::arc(c, r, 0.0, std::f64::consts::TAU);
        points.pop();
        self.area(&points, color);
    }

    /// A simple polygon, convex or not, with soft edges.
    pub fn fill(&mut self, points: &[Pos2], color: Color32) {
        if let Some(mesh) = shapes::polygon_mesh(points, color, 1.0 / self.pixels_per_point) {
            self.mesh(mesh);
        }
    }

    /// A small disc with a soft edge.
    pub fn spot(&mut self, c: Pos2, r: f32, color: Color32) {
        let mut points = shapes::arc(c, r, 0.0, std::f64::consts::TAU);
        points.pop();
        self.fill(&points, color);
    }

    /// Vertices without a texture.
    pub fn mesh(&mut self, mesh: Mesh) {
        self.mesh.append(mesh);
    }

    /// A straight line. Upright and level ones lie on whole pixels.
    pub fn segment(&mut self, [a, b]: [Pos2; 2], stroke: Stroke) {
        let width = (stroke.width * self.pixels_per_point).round();
        // A line of an odd number of pixels has its middle in the middle of one.
        let half = if width % 2.0 == 1.0 { 0.5 } else { 0.0 };
        let whole = |v: f32| ((v * self.pixels_per_point - half).round() + half) / self.pixels_per_point;
        let d = b - a;
        let ends = if d.x.abs() < 1e-3 {
            [pos2(whole(a.x), a.y), pos2(whole(a.x), b.y)]
        } else if d.y.abs() < 1e-3 {
            [pos2(a.x, whole(a.y)), pos2(b.x, whole(a.y))]
        } else {
            [a, b]
        };
        self.line(&ends, stroke);
    }

    /// A line through points.
    pub fn line(&mut self, points: &[Pos2], stroke: Stroke) {
        self.strip(points, stroke, false);
    }

    /// A closed line through points.
    pub fn outline(&mut self, points: &[Pos2], stroke: Stroke) {
        if points.len() > 2 {
            self.strip(points, stroke, true);
        }
    }

    /// A circle whose line is centred on radius r.
    pub fn ring(&mut self, c: Pos2, r: f32, stroke: Stroke) {
        let mut points = shapes::arc(c, r, 0.0, std::f64::consts::TAU);
        points.pop();
        self.outline(&points, stroke);
    }

    /// A dashed line through points; nothing where it is endless.
    pub fn dashed(&mut self, points: &[Pos2], stroke: Stroke, dash: f32, gap: f32) {
        let whole: f32 = points.windows(2).map(|pair| length(pair[1] - pair[0])).sum();
        // Dashes are counted out: a line of endless length would never end.
        let countable = whole < 1e5 && dash > 0.1 && gap > 0.1;
        let Some(start) = points.first().filter(|_| countable) else { return };
        let (mut run, mut left, mut on) = (vec![*start], dash, true);
        for pair in points.windows(2) {
            let (mut a, b) = (pair[0], pair[1]);
            let mut rest = length(b - a);
            while rest > left {
                a += (b - a) * (left / rest);
                rest -= left;
                run.push(a);
                if on {
                    self.line(&run, stroke);
                }
                run.clear();
                run.push(a);
                on = !on;
                left = if on { dash } else { gap };
            }
            left -= rest;
            run.push(b);
            if !on {
                run.clear();
            }
        }
        if on {
            self.line(&run, stroke);
        }
    }

    fn strip(&mut self, points: &[Pos2], stroke: Stroke, closed: bool) {
        let n = points.len();
        if n < 2 || stroke.is_empty() || points.iter().any(|p| !p.is_finite()) {
            return;
        }
        let row = (stroke.width * self.pixels_per_point * ROWS as f32).round();
        let row = row.clamp(1.0, (ROWS * WIDEST) as f32);
        // Over a little more than the profile, so that nothing of it is cut.
        let reach = (row / ROWS as f32).max(1.0) / 2.0 + 1.0;
        let v = (row + 0.5) / SIZE[1] as f32;
        let u = |side: f32| (0.5 + (side * reach + REACH as f32) * FINE as f32) / SIZE[0] as f32;
        let first = self.mesh.vertices.len() as u32;
        self.mesh.reserve_vertices(2 * n);
        self.mesh.reserve_triangles(2 * n);
        let after = |i: usize| match points.get(i + 1).or(points.first().filter(|_| closed)) {
            Some(next) => direction(*next - points[i]),
            None => Vec2::ZERO,
        };
        let mut into = if closed { after(n - 1) } else { Vec2::ZERO };
        for (i, p) in points.iter().enumerate() {
            let out = after(i);
            let normal = mitre(into, out) * (reach / self.pixels_per_point);
            into = out;
            let sides = [-1.0, 1.0].map(|side| Vertex {
                pos: *p + normal * side,
                uv: pos2(u(side), v),
                color: stroke.color,
            });
            self.mesh.vertices.extend_from_slice(&sides);
        }
        let n = n as u32;
        for i in 0..(if closed { n } else { n - 1 }) {
            let a = first + 2 * i;
            let b = if i + 1 < n { a + 2 } else { first };
            self.mesh.add_triangle(a, a + 1, b);
            self.mesh.add_triangle(b, a + 1, b + 1);
        }
    }
}

/// |d|, of distances on a screen: they need no care for very large and small numbers.
fn length(d: Vec2) -> f32 {
    d.length_sq().sqrt()
}

/// d / |d|; zero for zero.
fn direction(d: Vec2) -> Vec2 {
    let length = length(d);
    if length > 0.0 { d / length } else { Vec2::ZERO }
}

/// The normal at a point between two directions, long enough that both sides move by one; at very sharp corners it is
/// cut at three. A direction of length zero is none.
fn mitre(into: Vec2, out: Vec2) -> Vec2 {
    let across = |d: Vec2| vec2(-d.y, d.x);
    match (into == Vec2::ZERO, out == Vec2::ZERO) {
        (true, _) => across(out),
        (_, true) => across(into),
        _ => {
            let n = (across(into) + across(out)) / 2.0;
            let l = n.length_sq();
            if l < 1e-6 { across(into) } else { n / l.max(1.0 / 9.0) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen() -> Pen {
        Pen { ctx: Context::default(), mesh: Mesh::default(), pixels_per_point: 1.0 }
    }

    #[test]
    fn every_profile_is_as_wide_as_its_line() {
        let image = profiles();
        let [wide, _] = SIZE;
        assert!(image.pixels[..wide].iter().all(|p| *p == Color32::WHITE));
        for row in 1..SIZE[1] {
            let texels = &image.pixels[row * wide..(row + 1) * wide];
            let covered: f32 = texels.iter().map(|p| f32::from(p.a()) / 255.0).sum::<f32>() / FINE as f32;
            let width = row as f32 / ROWS as f32;
            assert!((covered - width).abs() < 0.02, "{width}: {covered}");
            assert_eq!((texels[0].a(), texels[wide - 1].a()), (0, 0), "{width}");
        }
    }

    /// Distance of the two sides of a strip at a point, and the pixels of the profile between them.
    fn across(mesh: &Mesh, i: usize) -> (f32, f32) {
        let (a, b) = (mesh.vertices[2 * i], mesh.vertices[2 * i + 1]);
        (a.pos.distance(b.pos), (b.uv.x - a.uv.x) * SIZE[0] as f32 / FINE as f32)
    }

    #[test]
    fn a_line_has_two_vertices_at_a_point_and_keeps_its_width_around_corners() {
        let corner = [pos2(0.0, 0.0), pos2(10.0, 0.0), pos2(10.0, 10.0)];
        let mut pen = pen();
        pen.line(&corner, Stroke::new(2.0, Color32::BLACK));
        assert_eq!((pen.mesh.vertices.len(), pen.mesh.indices.len()), (6, 12));
        let (wide, pixels) = across(&pen.mesh, 0);
        assert!((wide - pixels).abs() < 1e-4 && wide > 3.0, "{wide} {pixels}");
        let (wide, _) = across(&pen.mesh, 1);
        assert!((wide - pixels * std::f32::consts::SQRT_2).abs() < 1e-4, "{wide}");
        pen.mesh.clear();
        pen.outline(&corner, Stroke::new(2.0, Color32::BLACK));
        assert_eq!((pen.mesh.vertices.len(), pen.mesh.indices.len()), (6, 18));
        pen.mesh.clear();
        pen.line(&[pos2(1.0, f32::NAN), pos2(2.0, 0.0)], Stroke::new(2.0, Color32::BLACK));
        assert!(pen.mesh.is_empty());
    }

    #[test]
    fn a_stamp_is_drawn_once_and_put_where_it_belongs() {
        let stroke = Stroke::new(2.0, Color32::BLACK);
        let (mut pen, mut drawn) = (pen(), 0);
        let mut draw = |pen: &mut Pen, key: u32, at: Pos2| {
            pen.stamp(key, at, |pen| {
                drawn += 1;
                pen.line(&[pos2(0.0, 0.0), pos2(key as f32, 3.0)], stroke);
            });
        };
        draw(&mut pen, 7, pos2(1.0, 2.0));
        draw(&mut pen, 7, pos2(30.0, 40.0));
        let [a, b] = [pen.mesh.vertices[1].pos, pen.mesh.vertices[5].pos];
        assert!((b - a - vec2(29.0, 38.0)).length() < 1e-4, "{a} {b}");
        assert_eq!(pen.mesh.indices[6..], pen.mesh.indices[..6].iter().map(|i| i + 4).collect::<Vec<_>>());
        // Others push it out, unless it comes again meanwhile.
        (10..10 + STAMPS as u32).for_each(|key| draw(&mut pen, key, Pos2::ZERO));
        draw(&mut pen, 7, Pos2::ZERO);
        (30..30 + STAMPS as u32).for_each(|key| {
            draw(&mut pen, key, Pos2::ZERO);
            draw(&mut pen, 7, Pos2::ZERO);
        });
        assert_eq!(drawn, 2 + 2 * STAMPS);
    }

    #[test]
    fn dashes_are_counted_out_and_go_around_corners() {
        let stroke = Stroke::new(1.0, Color32::BLACK);
        let mut pen = pen();
        pen.dashed(&[pos2(0.0, 0.0), pos2(20.0, 0.0)], stroke, 4.0, 2.0);
        // 0–4, 6–10, 12–16, 18–20.
        assert_eq!(pen.mesh.vertices.len(), 4 * 4);
        pen.mesh.clear();
        pen.dashed(&[pos2(0.0, 0.0), pos2(2.0, 0.0), pos2(2.0, 2.0)], stroke, 4.0, 2.0);
        assert_eq!(pen.mesh.vertices.len(), 6, "one dash of three points");
        pen.mesh.clear();
        pen.dashed(&[pos2(0.0, 0.0), pos2(1e9, 0.0)], stroke, 4.0, 2.0);
        pen.dashed(&[], stroke, 4.0, 2.0);
        assert!(pen.mesh.is_empty());
    }

    #[test]
    fn level_lines_lie_on_whole_pixels() {
        let mut pen = pen();
        pen.segment([pos2(0.0, 3.2), pos2(9.0, 3.2)], Stroke::new(1.0, Color32::BLACK));
        let middle = pen.mesh.vertices[0].pos.y.midpoint(pen.mesh.vertices[1].pos.y);
        assert_eq!(middle, 3.5);
    }
}
