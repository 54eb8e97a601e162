//! What moves: transitions of g, the sway of the first visit, scales that hold still while something is dragged.

use crate::maths::{Coords, Group};

/// Duration of a change of g by click or field, in seconds.
pub const GLIDE_SECONDS: f64 = 0.2;
/// Duration of the sway of the first visit, in seconds.
pub const SWAY_SECONDS: f64 = 1.2;
/// Height of the sway in radians (20°).
pub const SWAY_ANGLE: f64 = 20.0 * std::f64::consts::PI / 180.0;

/// A change of g on its way: starts where the picture stands, ends at the coordinates that are set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Glide {
    from: Option<(Coords, f64)>,
}

impl Glide {
    /// Begins a transition at `time` (seconds) from the element that is shown now.
    pub fn start(&mut self, shown: &Coords, time: f64) {
        self.from = Some((*shown, time));
    }

    /// Ends at once, as a drag does.
    pub fn stop(&mut self) {
        self.from = None;
    }

    /// What to show on the way to `target`; eased, and a step where motion is unwelcome.
    pub fn shown(&mut self, group: Group, target: &Coords, time: f64, reduced_motion: bool) -> Coords {
        let Some((from, start)) = self.from else { return *target };
        let t = (time - start) / GLIDE_SECONDS;
        if reduced_motion || !(0.0..1.0).contains(&t) {
            self.from = None;
            return *target;
        }
        from.toward(target, group, t * t * (3.0 - 2.0 * t))
    }

    /// Whether another frame is needed.
    pub fn moving(&self) -> bool {
        self.from.is_some()
    }
}

/// The sway of the first visit: the angle rises by 20° and comes back, once, and stops at the first touch.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sway {
    start: Option<f64>,
    done: bool,
}

impl Sway {
    /// A sway that never happens, for visitors who have been here.
    pub fn over() -> Self {
        Self { start: None, done: true }
    }

    /// Angle to add to the first coordinate of g at `time` (seconds); `None` once it is over.
    pub fn offset(&mut self, time: f64, touched: bool, reduced_motion: bool) -> Option<f64> {
        if self.done || touched || reduced_motion {
            self.done = true;
            return None;
        }
        let t = (time - *self.start.get_or_insert(time)) / SWAY_SECONDS;
        if t >= 1.0 {
            self.done = true;
            return None;
        }
        Some(SWAY_ANGLE * (std::f64::consts::PI * t).sin().powi(2))
    }
}

/// The scale of a plate: fits the longest vector to 0.8 of the radius, then keeps still as long as that is readable.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fit {
    scale: Option<f64>,
}

impl Fit {
    /// The length that maps to the radius. It changes only when nothing is dragged and the longest vector has left
    /// the band from 0.5 to 0.92 of the radius.
    pub fn hold(&mut self, longest: f64, dragging: bool) -> f64 {
        let sane = longest.is_finite() && longest > 1e-9;
        match self.scale {
            Some(s) if dragging || !sane || (0.5..=0.92).contains(&(longest / s)) => s,
            None if !sane => 1.0,
            _ => *self.scale.insert(longest / 0.8),
        }
    }

    /// Forgets the scale, for a new task.
    pub fn reset(&mut self) {
        self.scale = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glide_ends_where_it_should() {
        let target = Coords { angle: 1.0, ..Coords::default() };
        let mut glide = Glide::default();
        glide.start(&Coords::default(), 5.0);
        let half = glide.shown(Group::Rotation(2), &target, 5.1, false).angle;
        assert!((half - 0.5).abs() < 1e-9, "{half}");
        assert_eq!(glide.shown(Group::Rotation(2), &target, 5.3, false), target);
        assert!(!glide.moving());
        glide.start(&Coords::default(), 6.0);
        assert_eq!(glide.shown(Group::Rotation(2), &target, 6.0, true), target);
    }

    #[test]
    fn the_sway_comes_back_and_stops_at_a_touch() {
        let mut sway = Sway::default();
        assert_eq!(sway.offset(0.0, false, false), Some(0.0));
        let top = sway.offset(0.6, false, false).unwrap_or(0.0);
        assert!((top - SWAY_ANGLE).abs() < 1e-9);
        assert_eq!(sway.offset(0.7, true, false), None);
        assert_eq!(sway.offset(0.8, false, false), None);
    }

    #[test]
    fn a_scale_holds_still_while_dragging() {
        let mut fit = Fit::default();
        assert!((fit.hold(1.6, false) - 2.0).abs() < 1e-12);
        assert!((fit.hold(3.0, true) - 2.0).abs() < 1e-12);
        assert!((fit.hold(1.2, false) - 2.0).abs() < 1e-12);
        assert!((fit.hold(3.2, false) - 4.0).abs() < 1e-12);
        assert!((fit.hold(f64::NAN, false) - 4.0).abs() < 1e-12);
    }
}
