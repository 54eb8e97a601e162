//! The small drawings of the frame: logo and icons, as painted strokes.

use std::f32::consts::{FRAC_PI_2, TAU};

use eframe::egui::epaint::PathShape;
use eframe::egui::{Color32, Painter, Pos2, Shape, Stroke, Vec2, vec2};

use crate::ui::theme::Theme;

/// An icon of the top bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// An arrow that turns back.
    Undo,
    /// An arrow that turns forward.
    Redo,
    /// A disc, half filled.
    Theme,
    /// A chevron that points down.
    Down,
    /// A cross.
    Close,
}

/// Draws an icon in a 20-point field around `centre`.
pub fn mark(painter: &Painter, centre: Pos2, mark: Mark, colour: Color32) {
    let stroke = Stroke::new(1.5, colour);
    let line = |points: &[Vec2]| {
        painter.add(Shape::line(points.iter().map(|&offset| centre + offset).collect(), stroke));
    };
    match mark {
        Mark::Undo | Mark::Redo => {
            let side = if mark == Mark::Undo { 1.0 } else { -1.0 };
            let mut hook = vec![vec2(-5.0 * side, -2.0)];
            hook.extend((0..=12).map(|i| {
                let angle = FRAC_PI_2 - i as f32 / 12.0 * TAU / 2.0;
                vec2((1.0 + 4.0 * angle.cos()) * side, 2.0 - 4.0 * angle.sin())
            }));
            hook.push(vec2(-2.0 * side, 6.0));
            line(&hook);
            line(&[vec2(-2.0 * side, -6.0), vec2(-6.0 * side, -2.0), vec2(-2.0 * side, 2.0)]);
        }
        Mark::Theme => {
            painter.circle_stroke(centre, 6.0, stroke);
            let half = (0..=24).map(|i| {
                let angle = i as f32 / 24.0 * TAU / 2.0 - FRAC_PI_2;
                centre + 6.0 * vec2(angle.cos(), angle.sin())
            });
            painter.add(PathShape::convex_polygon(half.collect(), colour, Stroke::NONE));
        }
        Mark::Down => line(&[vec2(-3.0, -1.5), vec2(0.0, 1.5), vec2(3.0, -1.5)]),
        Mark::Close => {
            line(&[vec2(-4.0, -4.0), vec2(4.0, 4.0)]);
            line(&[vec2(-4.0, 4.0), vec2(4.0, -4.0)]);
        }
    }
}

/// The logo: the commuting square with a dot for each of its corners, 20 points wide.
pub fn logo(painter: &Painter, centre: Pos2, theme: &Theme) {
    let at = |x: f32, y: f32| centre + vec2(x * 6.0, y * 6.0);
    let corners = [at(-1.0, -1.0), at(1.0, -1.0), at(1.0, 1.0), at(-1.0, 1.0)];
    painter.add(Shape::closed_line(corners.to_vec(), Stroke::new(1.5, theme.ink2)));
    for (corner, colour) in corners.into_iter().zip([theme.x, theme.y, theme.ink, theme.g]) {
        painter.circle_filled(corner, if colour == theme.ink { 3.6 } else { 3.2 }, colour);
    }
}
