//! What a handle holds: the coordinates of one group element, the same record for every group.

use super::group::{Group, MAX_RAPIDITY, snap};
use super::matrix::Matrix;
use super::rotation::Quaternion;
use serde::{Deserialize, Serialize};
use std::f64::consts::{PI, TAU};

/// Coordinates of a group element. A group reads those of [`Group::coordinates`] and ignores the rest, so that
/// switching the group and back loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Coords {
    /// θ, rotation angle in radians.
    pub angle: f64,
    /// Whether a reflection comes first.
    pub mirror: bool,
    /// Rotation axis in R³; any length but zero.
    pub axis: [f64; 3],
    /// η, rapidity of the boost (c = 1).
    pub rapidity: f64,
    /// φ, direction of the boost in radians.
    pub direction: f64,
    /// s > 0, uniform scale.
    pub scale: f64,
    /// a, area-preserving stretch diag(eᵃ, e⁻ᵃ).
    pub stretch: f64,
    /// k, shear [[1, k], [0, 1]].
    pub shear: f64,
}

impl Default for Coords {
    fn default() -> Self {
        Self {
            angle: 0.0,
            mirror: false,
            axis: [0.0, 0.0, 1.0],
            rapidity: 0.0,
            direction: 0.0,
            scale: 1.0,
            stretch: 0.0,
            shear: 0.0,
        }
    }
}

/// One coordinate of [`Coords`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coordinate {
    /// θ
    Angle,
    /// reflection
    Mirror,
    /// n_x
    AxisX,
    /// n_y
    AxisY,
    /// n_z
    AxisZ,
    /// η
    Rapidity,
    /// φ
    Direction,
    /// s
    Scale,
    /// a
    Stretch,
    /// k
    Shear,
}

impl Coordinate {
    /// Name for tooltips and screen readers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Angle => "angle",
            Self::Mirror => "mirror",
            Self::AxisX => "axis x",
            Self::AxisY => "axis y",
            Self::AxisZ => "axis z",
            Self::Rapidity => "rapidity",
            Self::Direction => "direction of the boost",
            Self::Scale => "scale",
            Self::Stretch => "stretch",
            Self::Shear => "shear",
        }
    }

    /// Symbol as formula markup.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Angle => "θ",
            Self::Mirror => "m",
            Self::AxisX => "n_\\x",
            Self::AxisY => "n_\\y",
            Self::AxisZ => "n_\\z",
            Self::Rapidity => "η",
            Self::Direction => "φ",
            Self::Scale => "s",
            Self::Stretch => "a",
            Self::Shear => "k",
        }
    }

    /// Whether the coordinate is an angle in radians (shown in degrees).
    pub fn is_angle(self) -> bool {
        matches!(self, Self::Angle | Self::Direction)
    }

    /// Closed range of the coordinate.
    pub fn range(self) -> (f64, f64) {
        match self {
            Self::Angle | Self::Direction => (-TAU, TAU),
            Self::Mirror => (0.0, 1.0),
            Self::AxisX | Self::AxisY | Self::AxisZ => (-1.0, 1.0),
            Self::Rapidity => (-MAX_RAPIDITY, MAX_RAPIDITY),
            Self::Scale => (0.25, 4.0),
            Self::Stretch => (-1.0, 1.0),
            Self::Shear => (-2.0, 2.0),
        }
    }

    /// Value in a record; a mirror is 0 or 1.
    pub fn get(self, c: &Coords) -> f64 {
        match self {
            Self::Angle => c.angle,
            Self::Mirror => f64::from(u8::from(c.mirror)),
            Self::AxisX => c.axis[0],
            Self::AxisY => c.axis[1],
            Self::AxisZ => c.axis[2],
            Self::Rapidity => c.rapidity,
            Self::Direction => c.direction,
            Self::Scale => c.scale,
            Self::Stretch => c.stretch,
            Self::Shear => c.shear,
        }
    }

    /// Writes a value, clamped to [`Coordinate::range`]; a value that is not finite changes nothing.
    pub fn set(self, c: &mut Coords, value: f64) {
        if value.is_finite() {
            let (lo, hi) = self.range();
            self.write(c, value.clamp(lo, hi));
        }
    }

    fn write(self, c: &mut Coords, v: f64) {
        match self {
            Self::Angle => c.angle = v,
            Self::Mirror => c.mirror = v > 0.5,
            Self::AxisX => c.axis[0] = v,
            Self::AxisY => c.axis[1] = v,
            Self::AxisZ => c.axis[2] = v,
            Self::Rapidity => c.rapidity = v,
            Self::Direction => c.direction = v,
            Self::Scale => c.scale = v,
            Self::Stretch => c.stretch = v,
            Self::Shear => c.shear = v,
        }
    }

    /// Every coordinate, in the order of the record.
    pub const ALL: [Self; 10] = [
        Self::Angle,
        Self::Mirror,
        Self::AxisX,
        Self::AxisY,
        Self::AxisZ,
        Self::Rapidity,
        Self::Direction,
        Self::Scale,
        Self::Stretch,
        Self::Shear,
    ];
}

impl Coords {
    /// The axis at length one; the z axis where the stored one has no direction.
    pub fn unit_axis(&self) -> [f64; 3] {
        let l = self.axis.iter().map(|v| v * v).sum::<f64>().sqrt();
        if l.is_finite() && l > 1e-12 { self.axis.map(|v| v / l) } else { [0.0, 0.0, 1.0] }
    }

    /// With the angle at the nearest element of a finite group.
    pub fn snapped(mut self, group: Group) -> Self {
        if let Some(n) = group.turn_steps() {
            self.angle = snap(self.angle, n);
        }
        self
    }

    /// The identity of every group. The axis of a rotation stays: it says nothing while the angle is zero.
    pub fn at_rest(&self) -> Self {
        Self { axis: self.axis, ..Self::default() }
    }

    /// All values inside their ranges and finite; what is not finite becomes the identity's value.
    pub fn clamped(mut self) -> Self {
        for k in Coordinate::ALL {
            let v = k.get(&self);
            let v = if v.is_finite() { v } else { k.get(&Self::default()) };
            let (lo, hi) = k.range();
            k.write(&mut self, v.clamp(lo, hi));
        }
        self
    }

    /// The point at `t` in [0, 1] on the way to `other`, with the angle going the short way round.
    ///
    /// Rotations, those of R³ about any two axes included, move along g(t) = g(0) exp(t X), and so does every group
    /// where one coordinate changes. Where several change at once in SO⁺(1,2) or GL⁺(2), each moves at constant speed,
    /// which stays in the group but is no one-parameter subgroup. A mirror is there or not: there is no way between.
    pub fn toward(&self, other: &Self, group: Group, t: f64) -> Self {
        if t >= 1.0 {
            return *other;
        }
        let mix = |a: f64, b: f64| a + (b - a) * t;
        let turn = |a: f64, b: f64| a + ((b - a + PI).rem_euclid(TAU) - PI) * t;
        let (axis, angle) = if self.axis != other.axis && group.coordinates().contains(&Coordinate::AxisX) {
            self.rotation_toward(other, t)
        } else {
            (other.axis, turn(self.angle, other.angle))
        };
        Self {
            angle,
            mirror: other.mirror,
            axis,
            rapidity: mix(self.rapidity, other.rapidity),
            direction: turn(self.direction, other.direction),
            scale: self.scale.powf(1.0 - t) * other.scale.powf(t),
            stretch: mix(self.stretch, other.stretch),
            shear: mix(self.shear, other.shear),
        }
    }

    /// Axis and angle on the shortest way between two rotations of R³, the axis on the side of the one at the end.
    fn rotation_toward(&self, other: &Self, t: f64) -> ([f64; 3], f64) {
        // A mirrored element is −R(n, θ + π).
        let shift = if other.mirror { PI } else { 0.0 };
        let [from, to] = [self, other].map(|c| Quaternion::from_axis_angle(c.unit_axis(), c.angle + shift));
        let (axis, angle) = from.toward(to, t).axis_near(other.unit_axis());
        (axis, angle - shift)
    }
}

/// The curve of group elements that the orbit plot shows: the group's first coordinate swept over its range, the
/// others held. For C(n) and D(n) the points are the elements themselves.
#[derive(Clone, Debug)]
pub struct Orbit {
    /// The coordinate that is swept.
    pub coordinate: Coordinate,
    /// Its values, increasing.
    pub values: Vec<f64>,
    /// The elements at these values.
    pub elements: Vec<Matrix>,
}

impl Orbit {
    /// `samples` elements through the present coordinates (n of them for C(n) and D(n)).
    pub fn through(group: Group, coords: &Coords, samples: usize) -> Self {
        let coordinate = group.coordinates()[0];
        let (lo, hi) = if coordinate == Coordinate::Angle { (0.0, TAU) } else { coordinate.range() };
        let values: Vec<f64> = match group.turn_steps() {
            Some(n) => (0..n).map(|k| TAU * f64::from(k) / f64::from(n)).collect(),
            None => {
                let last = samples.saturating_sub(1).max(1) as f64;
                (0..samples).map(|k| lo + (hi - lo) * k as f64 / last).collect()
            }
        };
        let elements = values
            .iter()
            .map(|&v| {
                let mut c = *coords;
                coordinate.set(&mut c, v);
                group.element(&c)
            })
            .collect();
        Self { coordinate, values, elements }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_g_moves_along_a_one_parameter_subgroup() {
        let start = Coords { angle: 0.7, axis: [0.2, 0.1, 0.9], ..Coords::default() };
        let turned = Coords { angle: 6.1, ..start };
        let tilted = Coords { angle: 0.9, axis: [0.9, 0.1, -0.3], ..start };
        let opposite = Coords { axis: start.axis.map(|v| -v), ..start };
        for group in [Group::Rotation(2), Group::Rotation(3), Group::Orthogonal(3)] {
            for end in [turned, tilted, opposite] {
                for mirror in [false, group.has_mirror()] {
                    let [from, to] = [start, end].map(|c| Coords { mirror, ..c });
                    let at = |t: f64| group.element(&from.toward(&to, group, t));
                    assert!(at(0.0).max_difference(&group.element(&from)) < 1e-12, "{group} {end:?}");
                    assert!(at(1.0 - 1e-9).max_difference(&group.element(&to)) < 1e-8, "{group} {end:?}");
                    // g(t)⁻¹ g(t + ¼) is the same all the way.
                    let step = |t: f64| &at(t).transpose() * &at(t + 0.25);
                    for t in [0.25, 0.5, 0.75 - 1e-9] {
                        assert!(step(t).max_difference(&step(0.0)) < 1e-8, "{group} {end:?} at {t}");
                    }
                    let axis = from.toward(&to, group, 0.5).axis;
                    assert!(axis.iter().map(|v| v * v).sum::<f64>() > 0.5, "the axis shrinks: {axis:?}");
                }
            }
        }
    }
}
