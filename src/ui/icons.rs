//! Icons and the logo, drawn with the painter on a 20-pixel field about their centre.

use std::f32::consts::TAU;

use eframe::egui::epaint::QuadraticBezierShape;
use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

use super::theme::Theme;

/// The icons there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Run.
    Play,
    /// Hold.
    Pause,
    /// One step.
    Step,
    /// Back to the same start.
    Reset,
    /// A new seed.
    Dice,
    /// Take back.
    Undo,
    /// Do again.
    Redo,
    /// Light or dark.
    Theme,
    /// Opens a list.
    Down,
    /// The small form of [`Icon::Down`] behind a value.
    Chevron,
    /// Show.
    Eye,
    /// To the clipboard.
    Copy,
    /// Close.
    Close,
    /// Save as a file.
    Download,
    /// Chosen.
    Check,
}

/// All icons, for specimens and tests.
pub const ALL: [Icon; 15] = [
    Icon::Play,
    Icon::Pause,
    Icon::Step,
    Icon::Reset,
    Icon::Dice,
    Icon::Undo,
    Icon::Redo,
    Icon::Theme,
    Icon::Down,
    Icon::Chevron,
    Icon::Eye,
    Icon::Copy,
    Icon::Close,
    Icon::Download,
    Icon::Check,
];

/// Paints `icon` with its centre at `center`.
pub fn paint(painter: &Painter, icon: Icon, center: Pos2, color: Color32) {
    let pen = Pen { painter, center, color };
    match icon {
        Icon::Play => pen.fill(&[(-4.0, -6.0), (7.0, 0.0), (-4.0, 6.0)]),
        Icon::Pause => {
            pen.bar(-5.0, 3.5);
            pen.bar(1.5, 3.5);
        }
        Icon::Step => {
            pen.fill(&[(-6.0, -6.0), (3.0, 0.0), (-6.0, 6.0)]);
            pen.bar(4.0, 2.5);
        }
        Icon::Reset => {
            pen.line(arc(vec2(0.018, 0.29), 6.0, -146.7, 159.4), 1.75);
            pen.fill(&[(-8.0, -6.5), (-1.6, -4.2), (-6.4, 0.6)]);
        }
        Icon::Dice => {
            pen.frame(Rect::from_center_size(Pos2::ZERO, Vec2::splat(13.0)), 3.0);
            pen.dot((-2.6, -2.6), 1.4);
            pen.dot((2.6, 2.6), 1.4);
        }
        Icon::Undo => pen.turn_back(1.0),
        Icon::Redo => pen.turn_back(-1.0),
        Icon::Theme => {
            painter.circle_stroke(center, 6.0, Stroke::new(1.5, color));
            pen.fill_points(&arc(Vec2::ZERO, 6.0, -90.0, 90.0));
        }
        Icon::Down => pen.open(&[(-4.0, -2.0), (0.0, 2.0), (4.0, -2.0)]),
        Icon::Chevron => pen.open(&[(-3.0, -1.5), (0.0, 1.5), (3.0, -1.5)]),
        Icon::Eye => {
            pen.lid(-8.0);
            pen.lid(8.0);
            pen.dot((0.0, 0.0), 2.0);
        }
        Icon::Copy => {
            pen.frame(Rect::from_min_max(pos2(-2.5, -2.5), pos2(6.0, 6.0)), 2.0);
            pen.open(&[(-5.5, 2.5), (-6.0, 2.0), (-6.0, -5.0), (-5.0, -6.0), (2.0, -6.0), (2.5, -5.5)]);
        }
        Icon::Close => {
            pen.open(&[(-4.5, -4.5), (4.5, 4.5)]);
            pen.open(&[(4.5, -4.5), (-4.5, 4.5)]);
        }
        Icon::Download => {
            pen.open(&[(0.0, -6.5), (0.0, 2.5)]);
            pen.open(&[(-3.5, -1.0), (0.0, 2.5), (3.5, -1.0)]);
            pen.open(&[(-6.0, 3.0), (-6.0, 6.0), (6.0, 6.0), (6.0, 3.0)]);
        }
        Icon::Check => pen.open(&[(-4.5, 0.0), (-1.2, 3.5), (4.8, -3.8)]),
    }
}

/// The logo, 20 × 20: the commuting square with its two roads and four corners.
pub fn logo(painter: &Painter, min: Pos2, theme: &Theme) {
    let at = |x: f32, y: f32| min + vec2(x, y);
    let road = Stroke::new(1.5, theme.ink2);
    painter.line(vec![at(4.0, 4.0), at(16.0, 4.0), at(16.0, 16.0), at(4.0, 16.0), at(4.0, 4.0)], road);
    painter.circle_filled(at(4.0, 4.0), 3.2, theme.x);
    painter.circle_filled(at(16.0, 4.0), 3.2, theme.y);
    painter.circle_filled(at(4.0, 16.0), 3.2, theme.g);
    painter.circle_filled(at(16.0, 16.0), 3.6, theme.ink);
}

/// Points of an arc about `center`, angles in degrees, clockwise on screen.
fn arc(center: Vec2, radius: f32, from: f32, to: f32) -> Vec<Vec2> {
    const STEPS: usize = 32;
    let angle = |i: usize| (from + (to - from) * i as f32 / STEPS as f32) / 360.0 * TAU;
    (0..=STEPS).map(|i| center + radius * Vec2::angled(angle(i))).collect()
}

struct Pen<'a> {
    painter: &'a Painter,
    center: Pos2,
    color: Color32,
}

impl Pen<'_> {
    fn at(&self, (x, y): (f32, f32)) -> Pos2 {
        self.center + vec2(x, y)
    }

    fn fill(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|p| self.at(*p)).collect();
        self.painter.add(Shape::convex_polygon(points, self.color, Stroke::NONE));
    }

    fn fill_points(&self, points: &[Vec2]) {
        let points = points.iter().map(|p| self.center + *p).collect();
        self.painter.add(Shape::convex_polygon(points, self.color, Stroke::NONE));
    }

    fn open(&self, points: &[(f32, f32)]) {
        self.line(points.iter().map(|&(x, y)| vec2(x, y)).collect(), 1.5);
    }

    fn line(&self, points: Vec<Vec2>, width: f32) {
        let points = points.into_iter().map(|p| self.center + p).collect();
        self.painter.line(points, Stroke::new(width, self.color));
    }

    fn bar(&self, x: f32, width: f32) {
        self.fill(&[(x, -6.0), (x + width, -6.0), (x + width, 6.0), (x, 6.0)]);
    }

    fn dot(&self, at: (f32, f32), radius: f32) {
        self.painter.circle_filled(self.at(at), radius, self.color);
    }

    fn frame(&self, rect: Rect, radius: f32) {
        let rect = rect.translate(self.center.to_vec2());
        self.painter.rect_stroke(rect, radius, Stroke::new(1.5, self.color), StrokeKind::Middle);
    }

    /// The arrow of undo; `side` −1 mirrors it to redo.
    fn turn_back(&self, side: f32) {
        let mut path = vec![vec2(-5.0, -2.0)];
        path.extend(arc(vec2(1.0, 2.0), 4.0, -90.0, 90.0));
        path.push(vec2(-2.0, 6.0));
        self.line(path.into_iter().map(|p| vec2(p.x * side, p.y)).collect(), 1.5);
        self.open(&[(-2.0 * side, -6.0), (-6.5 * side, -2.0), (-2.0 * side, 2.0)]);
    }

    fn lid(&self, height: f32) {
        self.painter.add(QuadraticBezierShape::from_points_stroke(
            [self.at((-7.0, 0.0)), self.at((0.0, height)), self.at((7.0, 0.0))],
            false,
            Color32::TRANSPARENT,
            Stroke::new(1.5, self.color),
        ));
    }
}
