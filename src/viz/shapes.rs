//! Shapes that egui does not have: filled concave polygons, arrows and their sleeves, roads, the f box, the verdict's
//! glyph, dashes.

use crate::ui::theme::Theme;
use crate::viz::pen::Pen;
use crate::viz::scene::VerdictState;
use eframe::egui::epaint::{Mesh, PathShape};
use eframe::egui::{Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, vec2};

/// Fills a simple polygon, convex or not, with an edge smoothed over one pixel.
pub fn fill(painter: &Painter, points: &[Pos2], color: Color32) {
    if let Some(mesh) = polygon_mesh(points, color, 1.0 / painter.pixels_per_point()) {
        painter.add(Shape::mesh(mesh));
    }
}

/// Fills a simple polygon and draws its outline.
pub fn fill_stroke(painter: &Painter, points: &[Pos2], color: Color32, stroke: Stroke) {
    fill(painter, points, color);
    outline(painter, points, stroke);
}

/// Draws the outline of a polygon.
pub fn outline(painter: &Painter, points: &[Pos2], stroke: Stroke) {
    if points.len() > 2 {
        painter.add(PathShape::closed_line(points.to_vec(), stroke));
    }
}

/// A mesh of the polygon: the inside by ear clipping, the edge as a strip that fades over `feather` points.
/// `None` for fewer than three points or an area of zero.
pub fn polygon_mesh(points: &[Pos2], color: Color32, feather: f32) -> Option<Mesh> {
    let area = signed_area(points);
    if points.len() < 3 || !area.is_finite() || area.abs() < 1e-3 {
        return None;
    }
    let mut p = points.to_vec();
    if area < 0.0 {
        p.reverse();
    }
    let n = p.len();
    let mut mesh = Mesh::default();
    for i in 0..n {
        let out = corner_normal(p[(i + n - 1) % n], p[i], p[(i + 1) % n]) * (feather / 2.0);
        mesh.colored_vertex(p[i] - out, color);
        mesh.colored_vertex(p[i] + out, Color32::TRANSPARENT);
    }
    for [a, b, c] in ears(&p) {
        mesh.add_triangle(2 * a, 2 * b, 2 * c);
    }
    for i in 0..n as u32 {
        let j = (i + 1) % n as u32;
        mesh.add_triangle(2 * i, 2 * j, 2 * i + 1);
        mesh.add_triangle(2 * j, 2 * j + 1, 2 * i + 1);
    }
    Some(mesh)
}

fn signed_area(p: &[Pos2]) -> f32 {
    let n = p.len();
    (0..n).map(|i| p[i].x * p[(i + 1) % n].y - p[(i + 1) % n].x * p[i].y).sum::<f32>() / 2.0
}

/// Outward normal at a corner of a polygon of positive area, long enough that both edges move by one; at very sharp
/// corners it is cut at three.
fn corner_normal(a: Pos2, b: Pos2, c: Pos2) -> Vec2 {
    let right = |d: Vec2| vec2(d.y, -d.x).normalized();
    let n = (right(b - a) + right(c - b)) / 2.0;
    let l = n.length_sq();
    if l < 1e-6 { right(b - a) } else { n / l.max(1.0 / 9.0) }
}

fn cross(a: Pos2, b: Pos2, c: Pos2) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// Triangles of a simple polygon of positive area, by clipping ears.
fn ears(p: &[Pos2]) -> Vec<[u32; 3]> {
    let mut left: Vec<usize> = (0..p.len()).collect();
    let mut triangles = Vec::with_capacity(p.len());
    while left.len() > 3 {
        let n = left.len();
        let ear = (0..n).find(|&i| {
            let (a, b, c) = (left[(i + n - 1) % n], left[i], left[(i + 1) % n]);
            let inside = |q: Pos2| {
                cross(p[a], p[b], q) >= 0.0 && cross(p[b], p[c], q) >= 0.0 && cross(p[c], p[a], q) >= 0.0
            };
            cross(p[a], p[b], p[c]) > 0.0 && left.iter().all(|&k| k == a || k == b || k == c || !inside(p[k]))
        });
        // A polygon that touches itself may have no ear; any corner then does less harm than a hole.
        let i = ear.unwrap_or(0);
        triangles.push([left[(i + n - 1) % n], left[i], left[(i + 1) % n]].map(|k| k as u32));
        left.remove(i);
    }
    triangles.push([left[0], left[1], left[2]].map(|k| k as u32));
    triangles
}

/// A circle whose line is centred on radius r.
pub fn ring(painter: &Painter, c: Pos2, r: f32, stroke: Stroke) {
    if Pen::reaches(painter, stroke) {
        Pen::draw(painter, |pen| pen.ring(c, r, stroke));
    } else {
        // egui's own lies outside of its radius, and has six times as many triangles.
        painter.circle_stroke(c, r - stroke.width / 2.0, stroke);
    }
}

/// A filled disc with a line centred on radius r: two discs, since egui has small ones ready and lines not.
pub fn disc(painter: &Painter, c: Pos2, r: f32, fill: Color32, stroke: Stroke) {
    painter.circle_filled(c, r + stroke.width / 2.0, stroke.color);
    painter.circle_filled(c, r - stroke.width / 2.0, fill);
}

/// The part of a polygon where `height` is not negative; heights are linear along its sides. Where the cut leaves
/// several pieces they stay joined by sides of no width.
pub fn clip<P: Copy>(
    polygon: &[P],
    height: impl Fn(&P) -> f64,
    between: impl Fn(&P, &P, f64) -> P,
) -> Vec<P> {
    let mut out = Vec::with_capacity(polygon.len() + 4);
    for (i, a) in polygon.iter().enumerate() {
        let b = &polygon[(i + 1) % polygon.len()];
        let (ha, hb) = (height(a), height(b));
        if ha >= 0.0 {
            out.push(*a);
        }
        if (ha >= 0.0) != (hb >= 0.0) {
            out.push(between(a, b, ha / (ha - hb)));
        }
    }
    out
}

/// The points of a closed line, none further than `step` from the next.
pub fn subdivide(polygon: &[[f64; 2]], step: f64) -> Vec<[f64; 2]> {
    let mut out = Vec::new();
    for (i, a) in polygon.iter().enumerate() {
        let b = polygon[(i + 1) % polygon.len()];
        let d = [b[0] - a[0], b[1] - a[1]];
        let parts = (d[0].hypot(d[1]) / step).ceil().clamp(1.0, 1024.0);
        out.extend((0..parts as usize).map(|k| k as f64 / parts).map(|t| [a[0] + d[0] * t, a[1] + d[1] * t]));
    }
    out
}

/// Measures of an arrow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArrowStyle {
    /// Width of the shaft.
    pub width: f32,
    /// Length of the head.
    pub head: f32,
    /// Half the width of the head.
    pub half: f32,
    /// Distance of the sleeve outside the arrow.
    pub gap: f32,
}

impl ArrowStyle {
    /// Arrows of the large square.
    pub const LARGE: Self = Self { width: 3.0, head: 13.0, half: 6.0, gap: 3.0 };
    /// Arrows of the phone, the embed and the gallery.
    pub const SMALL: Self = Self { width: 3.0, head: 11.0, half: 5.5, gap: 2.5 };
}

/// The outline of an arrow from p to q, `off` outside of it (0 for the arrow itself). Short arrows shrink. Empty
/// below two points of length.
pub fn arrow(p: Pos2, q: Pos2, style: ArrowStyle, off: f32) -> Vec<Pos2> {
    let d = q - p;
    let length = d.length();
    if !length.is_finite() || length < 2.0 {
        return Vec::new();
    }
    let k = (length / (style.head * 1.5)).min(1.0);
    let u = d / length;
    let n = vec2(-u.y, u.x);
    let a = style.half.atan2(style.head);
    let h = style.width / 2.0 * k + off;
    let e = off / a.sin();
    let head = style.head * k + e + off;
    let half = head * a.tan();
    let tip = length + e;
    let back = tip - head;
    [(-off, h), (back, h), (back, half), (tip, 0.0), (back, -half), (back, -h), (-off, -h)]
        .map(|(s, t)| p + u * s + n * t)
        .to_vec()
}

/// The shaft of an arrow whose tip lies outside the plate: three sides, open toward the tip.
pub fn cut_shaft(p: Pos2, q: Pos2, style: ArrowStyle, off: f32) -> Vec<Pos2> {
    let u = (q - p).normalized();
    let n = vec2(-u.y, u.x) * (style.width / 2.0 + off);
    vec![q + n, p - u * off + n, p - u * off - n, q - n]
}

/// A road of the square; the filled one is drawn solid, the hollow one as an outline.
pub fn road(painter: &Painter, from: Pos2, to: Pos2, color: Color32, hollow: Option<Color32>) {
    let style =
        ArrowStyle { width: if hollow.is_some() { 7.0 } else { 5.0 }, head: 16.0, half: 9.0, gap: 0.0 };
    let points = arrow(from, to, style, 0.0);
    match hollow {
        Some(inside) => fill_stroke(painter, &points, inside, Stroke::new(1.5, color)),
        None => fill(painter, &points, color),
    }
}

/// The box of f; its letter is set by the caller.
pub fn f_box(painter: &Painter, theme: &Theme, centre: Pos2, size: Vec2) -> Rect {
    let rect = Rect::from_center_size(centre, size);
    painter.rect(rect, CornerRadius::same(6), theme.surf, Stroke::new(1.5, theme.ink), StrokeKind::Middle);
    rect
}

/// Colour of a verdict.
pub fn verdict_color(theme: &Theme, state: VerdictState) -> Color32 {
    match state {
        VerdictState::Holds => theme.ok,
        VerdictState::Nearly => theme.warn,
        VerdictState::Broken => theme.bad,
        VerdictState::Vanishes | VerdictState::Pending => theme.ink3,
    }
}

/// The verdict's circle of radius 16 with its glyph: ✓, ~, ✗, an empty-set stroke, or three dots while pending.
pub fn verdict_glyph(painter: &Painter, theme: &Theme, c: Pos2, state: VerdictState) {
    let color = verdict_color(theme, state);
    ring(painter, c, 16.0, Stroke::new(2.0, color));
    let pen = Stroke::new(2.5, color);
    let line = |points: &[(f32, f32)]| {
        painter.add(Shape::line(points.iter().map(|&(x, y)| c + vec2(x, y)).collect(), pen));
    };
    match state {
        VerdictState::Holds => line(&[(-6.0, 0.0), (-1.5, 5.0), (6.5, -5.0)]),
        VerdictState::Broken => {
            line(&[(-5.0, -5.0), (5.0, 5.0)]);
            line(&[(5.0, -5.0), (-5.0, 5.0)]);
        }
        VerdictState::Nearly => {
            let wave: Vec<(f32, f32)> = (0..=20)
                .map(|i| i as f32 / 20.0)
                .map(|t| (16.0 * t - 8.0, -3.2 * (t * std::f32::consts::TAU).sin()))
                .collect();
            line(&wave);
        }
        VerdictState::Vanishes => line(&[(-5.0, 0.0), (5.0, 0.0)]),
        VerdictState::Pending => {
            for x in [-6.0, 0.0, 6.0] {
                painter.circle_filled(c + vec2(x, 0.0), 1.75, color);
            }
        }
    }
}

/// A dashed line through points.
pub fn dashed(painter: &Painter, points: &[Pos2], stroke: Stroke, dash: f32, gap: f32) {
    Pen::draw(painter, |pen| pen.dashed(points, stroke, dash, gap));
}

/// How many chords stay within a tenth of a point of an arc of radius r: every point more is work in every frame.
pub fn chords(r: f32, angle: f64) -> usize {
    // In its middle a chord over the angle a is r a² / 8 away from the arc.
    let widest = (0.8 / f64::from(r.abs()).max(0.8)).sqrt();
    ((angle.abs() / widest).ceil() as usize).clamp(2, 240)
}

/// The circle of radius r about c, as points from angle `from` to `to` (radians, anticlockwise on the screen).
pub fn arc(c: Pos2, r: f32, from: f64, to: f64) -> Vec<Pos2> {
    circle(from, to, chords(r, to - from)).map(|[x, y]| c + vec2(r * x as f32, -r * y as f32)).collect()
}

/// cos a and sin a for n + 1 angles in equal steps between two (radians), each from the one before: a frame draws tens
/// of thousands of them. At n = 1000 the last one is off by 1e-13.
pub fn circle(from: f64, to: f64, n: usize) -> impl Iterator<Item = [f64; 2]> {
    let ((s, c), (ds, dc)) = (from.sin_cos(), ((to - from) / n.max(1) as f64).sin_cos());
    std::iter::successors(Some([c, s]), move |[c, s]| Some([c * dc - s * ds, s * dc + c * ds])).take(n + 1)
}

/// The point at radius r and angle a (radians, anticlockwise on the screen) about c.
pub fn polar(c: Pos2, r: f32, a: f64) -> Pos2 {
    c + vec2(r * a.cos() as f32, -r * a.sin() as f32)
}

/// A sector of a disc, between two angles up to a full turn apart.
pub fn sector(painter: &Painter, c: Pos2, r: f32, from: f64, to: f64, color: Color32) {
    let points = arc(c, r, from, to);
    let mut mesh = Mesh::default();
    mesh.colored_vertex(c, color);
    let fade = 1.0 / painter.pixels_per_point();
    for p in &points {
        mesh.colored_vertex(*p, color);
        mesh.colored_vertex(*p + (*p - c).normalized() * fade, Color32::TRANSPARENT);
    }
    for i in 0..points.len() as u32 - 1 {
        let (a, b) = (1 + 2 * i, 3 + 2 * i);
        mesh.add_triangle(0, a, b);
        mesh.add_triangle(a, b, a + 1);
        mesh.add_triangle(b, b + 1, a + 1);
    }
    painter.add(Shape::mesh(mesh));
}

/// A mixture of two opaque colours; t = 0 gives `a`.
pub fn mix(a: Color32, b: Color32, t: f32) -> Color32 {
    a.lerp_to_gamma(b, t.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use eframe::egui::pos2;

    fn mesh_area(m: &Mesh, opaque: bool) -> f32 {
        m.triangles()
            .map(|t| t.map(|i| m.vertices[i as usize]))
            .filter(|t| !opaque || t.iter().all(|v| v.color.a() == 255))
            .map(|t| cross(t[0].pos, t[1].pos, t[2].pos).abs() / 2.0)
            .sum()
    }

    #[test]
    fn triangles_cover_a_concave_polygon_once() {
        for (p, q) in [(pos2(0.0, 0.0), pos2(80.0, 20.0)), (pos2(5.0, 9.0), pos2(-30.0, 70.0))] {
            let points = arrow(p, q, ArrowStyle::LARGE, 3.0);
            let mesh = polygon_mesh(&points, Color32::BLACK, 1e-4).unwrap();
            let (want, got) = (signed_area(&points).abs(), mesh_area(&mesh, true));
            assert!((want - got).abs() < 0.01 * want, "{want} {got}");
        }
    }

    #[test]
    fn the_sleeve_keeps_its_distance() {
        let (p, q) = (pos2(0.0, 0.0), pos2(100.0, 0.0));
        let sleeve = arrow(p, q, ArrowStyle::LARGE, 3.0);
        let inner = arrow(p, q, ArrowStyle::LARGE, 0.0);
        assert!((sleeve[0].y - inner[0].y - 3.0).abs() < 1e-4);
        // Distance of the inner tip from the sleeve's slanted edge.
        let (a, b) = (sleeve[2], sleeve[3]);
        let d = cross(a, b, inner[3]).abs() / (b - a).length();
        assert!((d - 3.0).abs() < 1e-3, "{d}");
    }

    #[test]
    fn a_clipped_polygon_keeps_the_area_of_the_half() {
        let square = [pos2(-2.0, -1.0), pos2(2.0, -1.0), pos2(2.0, 1.0), pos2(-2.0, 1.0)];
        let half = clip(&square, |p| f64::from(p.x), |a, b, t| *a + (*b - *a) * t as f32);
        assert!((signed_area(&half).abs() - 4.0).abs() < 1e-5, "{half:?}");
        assert!(clip(&square, |_| -1.0, |a, _, _| *a).is_empty());
    }

    #[test]
    fn chords_stay_close_to_their_arc() {
        for (r, most) in [(0.5, 8), (15.0, 28), (112.0, 76), (400.0, 142)] {
            let points = arc(pos2(3.0, 4.0), r, 0.3, 0.3 + std::f64::consts::TAU);
            assert!(points.len() - 1 <= most, "{r}: {} points", points.len());
            for pair in points.windows(2) {
                let inside = r - (pair[0].lerp(pair[1], 0.5) - pos2(3.0, 4.0)).length();
                assert!((-1e-3..=0.101).contains(&inside), "{r}: {inside}");
            }
        }
        assert_eq!(
            (chords(f32::NAN, 1.0), chords(f32::INFINITY, 1.0), chords(1.0, f64::INFINITY)),
            (2, 240, 240)
        );
    }

    #[test]
    fn a_circle_stays_one_to_its_end() {
        for (from, to) in [(0.0, std::f64::consts::TAU), (3.0, -1.0)] {
            let points: Vec<[f64; 2]> = circle(from, to, 1000).collect();
            assert_eq!(points.len(), 1001);
            for (i, [x, y]) in points.into_iter().enumerate() {
                let a = from + (to - from) * i as f64 / 1000.0;
                assert!((x - a.cos()).abs() < 1e-13 && (y - a.sin()).abs() < 1e-13, "{i}");
            }
        }
    }

    #[test]
    fn nothing_is_drawn_without_length() {
        assert!(arrow(pos2(1.0, 1.0), pos2(1.5, 1.0), ArrowStyle::LARGE, 0.0).is_empty());
        assert!(arrow(pos2(1.0, 1.0), pos2(f32::NAN, 1.0), ArrowStyle::LARGE, 0.0).is_empty());
        assert!(polygon_mesh(&[], Color32::BLACK, 1.0).is_none());
    }
}
