//! What a commuting square shows, and how a plate maps vectors to the screen.

use std::fmt::Debug;
use std::hash::Hash;

use crate::maths::{Group, Matrix};
use eframe::egui::{Pos2, Vec2, vec2};

/// The kind of picture a vector space gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// R²: a disc.
    Plane,
    /// R³: a ball.
    Ball,
    /// R^{1,1}: a disc with its light cone, time up.
    Minkowski2,
    /// R^{1,2}: a cone in space, time up.
    Minkowski3,
}

impl Space {
    /// The picture of a group's base space.
    pub fn of(group: Group) -> Self {
        match group {
            Group::Lorentz(1) => Self::Minkowski2,
            Group::Lorentz(_) => Self::Minkowski3,
            g if g.dim() == 3 => Self::Ball,
            _ => Self::Plane,
        }
    }

    /// Number of components of a vector.
    pub fn dim(self) -> usize {
        match self {
            Self::Plane | Self::Minkowski2 => 2,
            Self::Ball | Self::Minkowski3 => 3,
        }
    }

    /// Whether the picture is seen through a [`Camera`].
    pub fn is_3d(self) -> bool {
        self.dim() == 3
    }

    /// A vector in picture coordinates: right, up, and (in the plane) 0; or the right-handed frame of the ball with
    /// its third axis up. Time is the vertical axis of both Minkowski pictures. Missing components count as 0.
    pub fn place(self, v: &[f64]) -> [f64; 3] {
        let c = |i: usize| v.get(i).copied().unwrap_or(0.0);
        match self {
            Self::Plane => [c(0), c(1), 0.0],
            Self::Minkowski2 => [c(1), c(0), 0.0],
            Self::Ball => [c(0), c(1), c(2)],
            Self::Minkowski3 => [c(1), c(2), c(0)],
        }
    }

    /// The inverse of [`Space::place`].
    pub fn unplace(self, p: [f64; 3]) -> Vec<f64> {
        match self {
            Self::Plane => vec![p[0], p[1]],
            Self::Minkowski2 => vec![p[1], p[0]],
            Self::Ball => p.to_vec(),
            Self::Minkowski3 => vec![p[2], p[0], p[1]],
        }
    }
}

/// The direction from which three-dimensional plates are seen; the same for all four.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    yaw: f64,
    pitch: f64,
    /// Every point that is drawn goes through them.
    rows: [[f64; 3]; 3],
}

impl Default for Camera {
    fn default() -> Self {
        Self::new(-0.9, 0.36)
    }
}

impl Camera {
    /// With the eye at azimuth `yaw`, anticlockwise from the first axis, and at height `pitch` above the horizon, within
    /// ±π/2; both in radians.
    pub fn new(yaw: f64, pitch: f64) -> Self {
        let ((sy, cy), (sp, cp)) = (yaw.sin_cos(), pitch.sin_cos());
        Self { yaw, pitch, rows: [[-sy, cy, 0.0], [-sp * cy, -sp * sy, cp], [cp * cy, cp * sy, sp]] }
    }

    /// Azimuth of the eye in radians.
    pub fn yaw(&self) -> f64 {
        self.yaw
    }

    /// Height of the eye above the horizon in radians.
    pub fn pitch(&self) -> f64 {
        self.pitch
    }

    /// Rows right, up, and toward the eye: an orthonormal, right-handed frame.
    pub fn rows(&self) -> [[f64; 3]; 3] {
        self.rows
    }

    /// Turns by a pointer movement over a ball of the given radius: the point under the pointer follows it.
    pub fn drag(&mut self, delta: Vec2, radius: f32) {
        let k = 1.0 / f64::from(radius.max(1.0));
        let yaw = (self.yaw - f64::from(delta.x) * k).rem_euclid(std::f64::consts::TAU);
        *self = Self::new(yaw, (self.pitch + f64::from(delta.y) * k).clamp(-1.5, 1.5));
    }
}

/// Result of one road.
#[derive(Clone, Copy, Debug)]
pub enum Output<'a> {
    /// Vectors of the base space.
    Vectors(&'a [Vec<f64>]),
    /// Invariants, drawn as bars.
    Scalars(&'a [f64]),
}

impl Output<'_> {
    /// Number of arrows or bars.
    pub fn len(&self) -> usize {
        match self {
            Self::Vectors(v) => v.len(),
            Self::Scalars(s) => s.len(),
        }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Length of the longest vector or bar.
    pub fn longest(&self) -> f64 {
        match self {
            Self::Vectors(v) => longest(v),
            Self::Scalars(s) => s.iter().fold(0.0, |m, v| v.abs().max(m)),
        }
    }
}

/// Euclidean length of the longest of several vectors (the drawn length, also in Minkowski space).
pub fn longest(vectors: &[Vec<f64>]) -> f64 {
    vectors.iter().map(|v| v.iter().map(|c| c * c).sum::<f64>().sqrt()).fold(0.0, f64::max)
}

/// How the comparison came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerdictState {
    /// Both roads give the same picture up to rounding.
    Holds,
    /// They differ a little: soft or statistical symmetry.
    Nearly,
    /// They part.
    Broken,
    /// The output is zero: nothing to compare.
    Vanishes,
    /// Still being computed.
    Pending,
}

/// The verdict in the middle of the square.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    /// How the comparison came out.
    pub state: VerdictState,
    /// Residual at the present (g, x).
    pub residual: f64,
    /// Largest residual over the sample of g.
    pub worst: f64,
    /// Median of that sample.
    pub median: f64,
    /// The one question under it; empty for none.
    pub question: &'a str,
}

/// Everything the commuting square shows.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The picture of the base space.
    pub space: Space,
    /// Group and coordinates of g, for the two small dials; may be in the middle of a transition.
    pub group: Group,
    /// See `group`.
    pub coords: &'a crate::maths::Coords,
    /// The matrix of g, [n, n].
    pub g: &'a Matrix,
    /// Input vectors, each n long.
    pub x: &'a [Vec<f64>],
    /// One scalar input per vector, or empty.
    pub charges: &'a [f64],
    /// g·x.
    pub gx: &'a [Vec<f64>],
    /// f(x).
    pub y: Output<'a>,
    /// f(g·x), along the filled road.
    pub ygx: Output<'a>,
    /// ρ(g) f(x), along the hollow road.
    pub gy: Output<'a>,
    /// Length that maps to the radius of a plate on the input side; see [`super::Fit`].
    pub scale_x: f64,
    /// The same on the output side.
    pub scale_y: f64,
    /// How the comparison came out.
    pub verdict: Verdict<'a>,
    /// Draws the lower row as g⁻¹ sees it, so that "the same picture" is literal.
    pub stabilised: bool,
}

/// Maps the vectors of one plate to the screen.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The picture.
    pub space: Space,
    /// Where it is seen from (three-dimensional pictures only).
    pub camera: Camera,
    /// Centre of the plate.
    pub centre: Pos2,
    /// Radius of the plate.
    pub radius: f32,
    /// Length that maps to the radius.
    pub scale: f64,
}

impl View {
    /// Screen offset, in radii, of a picture vector; the third entry points to the eye.
    pub fn turn(&self, p: [f64; 3]) -> [f64; 3] {
        if !self.space.is_3d() {
            return p;
        }
        self.camera.rows.map(|r| r[0] * p[0] + r[1] * p[1] + r[2] * p[2])
    }

    /// What a drawing in it depends on beside its centre.
    pub fn key(&self) -> impl Hash + Debug + use<> {
        (self.radius.to_bits(), self.scale.to_bits(), self.camera.rows.map(|row| row.map(f64::to_bits)))
    }

    /// Screen point of a picture vector measured in radii.
    pub fn at(&self, p: [f64; 3]) -> Pos2 {
        let q = self.turn(p);
        let r = f64::from(self.radius);
        self.centre + vec2((q[0] * r) as f32, (-q[1] * r) as f32)
    }

    /// Screen point of a vector of the space, and its depth in radii (positive toward the eye).
    pub fn project(&self, v: &[f64]) -> (Pos2, f32) {
        let p = self.space.place(v).map(|c| c / self.scale);
        (self.at(p), self.turn(p)[2] as f32)
    }

    /// The vector that results when the tip of `from` is dragged to a screen point, in the plane that faces the eye.
    /// The tip stays inside the plate.
    pub fn unproject(&self, to: Pos2, from: &[f64]) -> Vec<f64> {
        let d = (to - self.centre) / self.radius.max(1.0);
        let d = if d.length() > 0.96 { d.normalized() * 0.96 } else { d };
        let (x, y) = (f64::from(d.x), f64::from(-d.y));
        if !self.space.is_3d() {
            return self.space.unplace([x * self.scale, y * self.scale, 0.0]);
        }
        let rows = self.camera.rows();
        let depth = self.turn(self.space.place(from).map(|c| c / self.scale))[2];
        let p = [0, 1, 2].map(|i| (rows[0][i] * x + rows[1][i] * y + rows[2][i] * depth) * self.scale);
        self.space.unplace(p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(space: Space) -> View {
        View { space, camera: Camera::default(), centre: Pos2::new(30.0, 40.0), radius: 100.0, scale: 2.0 }
    }

    #[test]
    fn the_camera_is_a_rotation() {
        let rows = Camera::new(1.1, -0.4).rows();
        for (i, a) in rows.iter().enumerate() {
            for (j, b) in rows.iter().enumerate() {
                let dot: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
                assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
        let [r, u, e] = rows;
        let cross = [r[1] * u[2] - r[2] * u[1], r[2] * u[0] - r[0] * u[2], r[0] * u[1] - r[1] * u[0]];
        assert!(cross.iter().zip(e).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn dragging_to_where_a_tip_is_changes_nothing() {
        for (space, v) in [
            (Space::Plane, vec![0.7, -0.9]),
            (Space::Minkowski2, vec![0.7, -0.9]),
            (Space::Ball, vec![0.7, -0.9, 0.4]),
            (Space::Minkowski3, vec![0.7, -0.9, 0.4]),
        ] {
            let view = view(space);
            let back = view.unproject(view.project(&v).0, &v);
            assert!(back.iter().zip(&v).all(|(a, b)| (a - b).abs() < 1e-5), "{space:?} {back:?}");
        }
    }

    #[test]
    fn time_is_up() {
        for space in [Space::Minkowski2, Space::Minkowski3] {
            let view = view(space);
            let (tip, _) = view.project(&[1.0, 0.0, 0.0][..space.dim()]);
            assert!(tip.y < view.centre.y - 40.0 && (tip.x - view.centre.x).abs() < 1e-3);
        }
    }

    #[test]
    fn a_tip_stays_on_its_plate() {
        let view = view(Space::Plane);
        let v = view.unproject(Pos2::new(900.0, 40.0), &[1.0, 0.0]);
        assert!((v[0] - 0.96 * 2.0).abs() < 1e-6 && v[1].abs() < 1e-6);
    }
}
