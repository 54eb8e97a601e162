//! Unit quaternions x i + y j + z k + w, and axis and angle.

use crate::maths::matrix::Matrix;
use std::f64::consts::{PI, TAU};

/// |cos(angle/2)| up to which a rotation counts as a half turn: rounding, no more.
const HALF_TURN: f64 = 4.0 * f64::EPSILON;
/// Components of a unit axis below this are zero as far as the choice of its sign goes.
const ZERO: f64 = 1e-9;

/// A quaternion in the order x, y, z, w; w is the real part. q and −q are the same rotation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quaternion {
    /// Coefficient of i.
    pub x: f64,
    /// Coefficient of j.
    pub y: f64,
    /// Coefficient of k.
    pub z: f64,
    /// The real part.
    pub w: f64,
}

/// A rotation as unit axis and angle in [0, π].
///
/// The identity has angle 0 and, by convention, the axis z. At π both signs of the axis are the same rotation; the last
/// component that is not zero is made positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AxisAngle {
    /// Unit vector.
    pub axis: [f64; 3],
    /// In [0, π].
    pub angle: f64,
}

impl Quaternion {
    /// The identity.
    pub const ONE: Self = Self { x: 0.0, y: 0.0, z: 0.0, w: 1.0 };

    /// cos(angle/2) + sin(angle/2) axis. The axis need not be a unit vector; along a zero axis there is no turn.
    pub fn from_axis_angle(axis: [f64; 3], angle: f64) -> Self {
        let size = length(axis);
        if size == 0.0 {
            return Self::ONE;
        }
        let (s, w) = (0.5 * angle).sin_cos();
        let [x, y, z] = axis.map(|v| s * (v / size));
        Self { x, y, z, w }
    }

    /// The rotation by |v| about v.
    pub fn from_rotation_vector(v: [f64; 3]) -> Self {
        Self::from_axis_angle(v, length(v))
    }

    /// The quaternion of a rotation matrix with w ≥ 0, by Shepperd's method (1978): the largest of the four components
    /// comes from the diagonal, the others are divided by it. For a matrix that is a rotation only to within δ the
    /// result is a unit quaternion within O(δ).
    pub fn from_matrix(r: &Matrix) -> Self {
        let d = [r[(0, 0)], r[(1, 1)], r[(2, 2)]];
        let skew = [r[(2, 1)] - r[(1, 2)], r[(0, 2)] - r[(2, 0)], r[(1, 0)] - r[(0, 1)]];
        let trace = d[0] + d[1] + d[2];
        let k = (0..3).fold(0, |k, i| if d[i] > d[k] { i } else { k });
        let mut v = [0.0; 3];
        let w;
        if trace >= d[k] {
            // 4 w² = 1 + trace; the vector is skew / (4w).
            w = 1.0 + trace;
            v = skew;
        } else {
            let (i, j) = ((k + 1) % 3, (k + 2) % 3);
            v[k] = 1.0 + d[k] - d[i] - d[j];
            v[i] = r[(i, k)] + r[(k, i)];
            v[j] = r[(j, k)] + r[(k, j)];
            w = skew[k];
        }
        let [x, y, z] = v;
        Self { x, y, z, w }.normalised().with_sign()
    }

    /// The rotation matrix of q / |q|.
    pub fn to_matrix(self) -> Matrix {
        let Self { x, y, z, w } = self.normalised();
        Matrix::from_rows(&[
            [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)],
            [2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)],
            [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)],
        ])
    }

    /// Axis and angle of the rotation.
    pub fn axis_angle(self) -> AxisAngle {
        let Self { x, y, z, w } = self.normalised().with_sign();
        let size = length([x, y, z]);
        if size == 0.0 {
            return AxisAngle { axis: [0.0, 0.0, 1.0], angle: 0.0 };
        }
        let angle = if w <= HALF_TURN { PI } else { 2.0 * size.atan2(w) };
        AxisAngle { axis: [x, y, z].map(|v| v / size), angle }
    }

    /// axis · angle, with the conventions of [`AxisAngle`].
    pub fn rotation_vector(self) -> [f64; 3] {
        let Self { x, y, z, w } = self.normalised().with_sign();
        let size = length([x, y, z]);
        if size < 1e-8 {
            // The angle is 2 |v| to within |v|³.
            return [x, y, z].map(|v| 2.0 * v / w);
        }
        let AxisAngle { axis, angle } = self.axis_angle();
        axis.map(|v| v * angle)
    }

    /// Axis and angle in [0, 2π] of a unit quaternion with the axis on the side of `near`, so that what turns by hand does
    /// not jump at a half turn; `near` itself where there is no turn.
    pub fn axis_near(self, near: [f64; 3]) -> ([f64; 3], f64) {
        let Self { x, y, z, w } = self;
        let size = length([x, y, z]);
        if size < ZERO {
            return (near, 0.0);
        }
        let axis = [x, y, z].map(|v| v / size);
        let angle = 2.0 * size.atan2(w);
        let side: f64 = axis.iter().zip(near).map(|(a, b)| a * b).sum();
        if side < 0.0 { (axis.map(|v| -v), TAU - angle) } else { (axis, angle) }
    }

    /// The point at `t` in [0, 1] on the shortest way between two rotations, q exp(t log(q⁻¹ p)).
    pub fn toward(self, p: Self, t: f64) -> Self {
        let way = (self.conjugate() * p).rotation_vector();
        self * Self::from_rotation_vector(way.map(|v| t * v))
    }

    /// q / |q|; the identity for q = 0.
    pub fn normalised(self) -> Self {
        let size = self.x.hypot(self.y).hypot(self.z.hypot(self.w));
        if size == 0.0 {
            return Self::ONE;
        }
        Self { x: self.x / size, y: self.y / size, z: self.z / size, w: self.w / size }
    }

    /// q or −q: w positive, or for a half turn the last component of the axis that is not zero.
    fn with_sign(self) -> Self {
        let Self { x, y, z, w } = self;
        let decisive = if w.abs() > HALF_TURN {
            w
        } else {
            [z, y, x].into_iter().find(|v| v.abs() > ZERO).unwrap_or(1.0)
        };
        if decisive > 0.0 { self } else { Self { x: -x, y: -y, z: -z, w: -w } }
    }

    /// The conjugate, for unit quaternions the inverse.
    pub fn conjugate(self) -> Self {
        Self { x: -self.x, y: -self.y, z: -self.z, w: self.w }
    }
}

impl std::ops::Mul for Quaternion {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        let a = self;
        Self {
            x: a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
            y: a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
            z: a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
            w: a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
        }
    }
}

impl AxisAngle {
    /// Axis and angle of a rotation matrix.
    pub fn from_matrix(r: &Matrix) -> Self {
        Quaternion::from_matrix(r).axis_angle()
    }

    /// The rotation matrix.
    pub fn to_matrix(self) -> Matrix {
        Quaternion::from_axis_angle(self.axis, self.angle).to_matrix()
    }
}

fn length(v: [f64; 3]) -> f64 {
    v[0].hypot(v[1]).hypot(v[2])
}
