//! A gauge: a number as a needle, for outputs that g leaves alone.

use super::ellipsoid::Skin;
use super::shapes;
use crate::ui::theme::Theme;
use crate::ui::typeset;
use eframe::egui::{Align2, Painter, Pos2, Shape, Stroke};
use std::f64::consts::{FRAC_PI_2, PI};

/// Half of what the needle can sweep, in radians.
const SWEEP: f64 = 2.1;

/// The face of a gauge and its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gauge {
    /// Where the needles turn.
    pub centre: Pos2,
    /// Radius of the face.
    pub radius: f32,
    /// Lowest and highest value; what lies outside rests at the end.
    pub range: (f64, f64),
}

impl Gauge {
    /// The direction of a value: the middle of the range points up, larger values to the right.
    pub fn angle(&self, value: f64) -> f64 {
        let (low, high) = self.range;
        let t = (2.0 * value - low - high) / (high - low).max(1e-12);
        FRAC_PI_2 - if t.is_nan() { 0.0 } else { t.clamp(-1.0, 1.0) } * SWEEP
    }

    /// The dial with ticks at `marks`, the ends and zero.
    pub fn face(&self, painter: &Painter, theme: &Theme, marks: &[(f64, String)]) {
        let (c, r) = (self.centre, self.radius);
        painter.circle_filled(c, r, theme.surf);
        shapes::ring(painter, c, r, Stroke::new(1.0, theme.axis));
        let arc = shapes::arc(c, r * 0.8, FRAC_PI_2 + SWEEP, FRAC_PI_2 - SWEEP);
        painter.add(Shape::line(arc, Stroke::new(1.0, theme.axis)));
        for (value, label) in marks {
            let a = self.angle(*value);
            let ends = [0.8, 0.88].map(|k| shapes::polar(c, r * k, a));
            painter.line_segment(ends, Stroke::new(1.0, theme.ink4));
            if r > 60.0 {
                let set = typeset::layout(painter.ctx(), label, 12.0, theme.ink3);
                set.paint(painter, shapes::polar(c, r * 0.66, a), Align2::CENTER_CENTER);
            }
        }
    }

    /// A needle in one of the four skins; nothing where the value is not a number.
    pub fn needle(&self, painter: &Painter, theme: &Theme, value: f64, skin: Skin) {
        if value.is_nan() {
            return;
        }
        let a = self.angle(value);
        let tip = |k: f32| shapes::polar(self.centre, self.radius * k, a);
        match skin {
            Skin::Truth => {
                shapes::dashed(painter, &[tip(0.08), tip(0.94)], Stroke::new(2.0, theme.ink), 2.0, 3.5);
            }
            Skin::Hollow => {
                let points = self.blade(a, 6.0, 0.82);
                shapes::fill_stroke(painter, &points, theme.y_tint, Stroke::new(1.25, theme.y_line));
            }
            Skin::Filled => shapes::fill(painter, &self.blade(a, 3.0, 0.76), theme.y),
            Skin::Twin => {
                let points = self.blade(a, 3.0, 0.76);
                shapes::fill_stroke(painter, &points, theme.twin_fill, Stroke::new(1.0, theme.twin));
            }
        }
    }

    /// The pin in the middle, over all needles.
    pub fn pin(&self, painter: &Painter, theme: &Theme) {
        painter.circle_filled(self.centre, 5.0, theme.ink);
        painter.circle_filled(self.centre, 2.0, theme.surf);
    }

    fn blade(&self, angle: f64, half: f32, reach: f32) -> [Pos2; 4] {
        let side = |s: f64| shapes::polar(self.centre, half, angle + s * FRAC_PI_2);
        [
            side(1.0),
            shapes::polar(self.centre, self.radius * reach, angle),
            side(-1.0),
            shapes::polar(self.centre, half * 2.0, angle + PI),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_values_turn_to_the_right_and_none_leaves_the_scale() {
        let g = Gauge { centre: Pos2::ZERO, radius: 50.0, range: (-10.0, 2.0) };
        assert!((g.angle(-4.0) - FRAC_PI_2).abs() < 1e-12);
        assert!(g.angle(0.0) < g.angle(-4.0));
        assert_eq!(g.angle(1e30), g.angle(2.0));
        assert_eq!(g.angle(f64::NEG_INFINITY), g.angle(-10.0));
        assert!(g.angle(f64::NAN).is_finite());
        let flat = Gauge { range: (1.0, 1.0), ..g };
        assert!(flat.blade(flat.angle(1.0), 3.0, 0.8).iter().all(|p| p.is_finite()));
    }
}
