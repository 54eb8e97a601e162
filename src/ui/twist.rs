//! Two fingers that turn g: the angle they have turned by, until they are lifted.

use crate::maths::{Coordinate, Coords, Group};
use eframe::egui::{Rect, Ui};
use std::f64::consts::TAU;

/// The angle of a twist under way, not yet snapped to the elements of a finite group: small turns must add up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Twist {
    angle: Option<f64>,
}

/// How far two fingers that were put down on `area` have turned in this frame, in radians anticlockwise; `None` where
/// there are none.
pub fn fingers(ui: &Ui, area: Rect) -> Option<f64> {
    let touch = ui.input(|s| s.multi_touch()).filter(|t| area.contains(t.start_pos))?;
    Some(-f64::from(touch.rotation_delta))
}

impl Twist {
    /// Turns g by what the fingers did. True in the frame in which they are gone: the moment to remember for undo.
    pub fn turn(&mut self, group: Group, coords: &mut Coords, by: Option<f64>) -> bool {
        if !group.coordinates().contains(&Coordinate::Angle) {
            return false;
        }
        let Some(by) = by else { return self.angle.take().is_some() };
        let angle = self.angle.unwrap_or(coords.angle) + by;
        self.angle = Some(angle);
        coords.angle = angle.rem_euclid(TAU);
        *coords = coords.snapped(group);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::group::snap;

    #[test]
    fn small_turns_of_a_finite_group_add_up_to_a_step() {
        let group = Group::Cyclic(4);
        let (mut twist, mut coords) = (Twist::default(), Coords::default());
        for _ in 0..20 {
            assert!(!twist.turn(group, &mut coords, Some(0.08)));
            assert_eq!(coords.angle, snap(coords.angle, 4));
        }
        assert_eq!(coords.angle, TAU / 4.0);
        assert!(twist.turn(group, &mut coords, None));
        assert!(!twist.turn(group, &mut coords, None));
    }

    #[test]
    fn a_boost_has_no_angle_to_turn() {
        let (mut twist, mut coords) = (Twist::default(), Coords::default());
        assert!(!twist.turn(Group::Lorentz(1), &mut coords, Some(0.5)));
        assert!(!twist.turn(Group::Lorentz(1), &mut coords, None));
        assert_eq!(coords, Coords::default());
    }
}
