//! Euler angles in all twelve orders.
//!
//! Intrinsic angles (α, β, γ) of the order a b c are R = R_a(α) R_b(β) R_c(γ): first about a, then about the turned b,
//! then about the twice turned c. Extrinsic angles turn about axes that stay: R = R_c(γ) R_b(β) R_a(α).
//! α and γ lie in (−π, π]. In the six proper orders (a = c) β lies in [0, π], in the six orders of Tait and Bryan
//! (a ≠ c) in [−π/2, π/2]. At the ends of β only a sum or difference of the other two is determined (**gimbal lock**):
//! the last of the intrinsic angles is then 0.

use super::about;
use crate::maths::matrix::Matrix;
use std::f64::consts::{FRAC_PI_2, PI};
use std::fmt;
use std::str::FromStr;

/// Distance of β from its ends, in radians, up to which it counts as gimbal lock: rounding.
const LOCKED: f64 = 1e-14;
/// Distance of β from its ends below which α and γ lose more than half of their digits, their combination none.
pub const NEARLY_LOCKED: f64 = 1e-7;

/// The axes of the three turns; two neighbours differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order([usize; 3]);

impl Order {
    /// The twelve orders: six proper ones, then six of Tait and Bryan.
    pub const ALL: [Self; 12] = [
        Self([0, 1, 0]),
        Self([0, 2, 0]),
        Self([1, 0, 1]),
        Self([1, 2, 1]),
        Self([2, 0, 2]),
        Self([2, 1, 2]),
        Self([0, 1, 2]),
        Self([0, 2, 1]),
        Self([1, 0, 2]),
        Self([1, 2, 0]),
        Self([2, 0, 1]),
        Self([2, 1, 0]),
    ];
    /// z, y, z: the order of Wigner's matrices.
    pub const ZYZ: Self = Self([2, 1, 2]);
    /// z, y, x: yaw, pitch, roll.
    pub const ZYX: Self = Self([2, 1, 0]);

    /// Whether the first axis is the last one too.
    pub fn is_proper(self) -> bool {
        self.0[0] == self.0[2]
    }

    /// The axes in the order of the turns: 0, 1, 2 for x, y, z.
    pub fn axes(self) -> [usize; 3] {
        self.0
    }

    /// The names of the twelve orders.
    pub fn names() -> impl Iterator<Item = String> {
        Self::ALL.iter().map(ToString::to_string)
    }

    fn reversed(self) -> Self {
        let [a, b, c] = self.0;
        Self([c, b, a])
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|axis| f.write_str(["x", "y", "z"][*axis]))
    }
}

/// No order has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no order of Euler angles; there are {orders}", orders = Order::names().collect::<Vec<_>>().join(", "))]
pub struct UnknownOrder(String);

impl FromStr for Order {
    type Err = UnknownOrder;

    fn from_str(text: &str) -> Result<Self, UnknownOrder> {
        Self::ALL.into_iter().find(|o| o.to_string() == text).ok_or_else(|| UnknownOrder(text.to_owned()))
    }
}

/// Whether axes turn along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Each turn about an axis that the turns before have moved.
    Intrinsic,
    /// All turns about the axes of space.
    Extrinsic,
}

/// Euler angles of a rotation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Angles {
    /// In the order in which the turns are made.
    pub angles: [f64; 3],
    /// Distance of the middle angle from the nearer end of its range: 0 in gimbal lock.
    pub from_lock: f64,
    /// At the nearer end of the range of β: whether the sum of the other two is determined there, or their difference.
    pub adds: bool,
}

impl Angles {
    /// Whether only a combination of the first and the last angle is determined.
    pub fn is_locked(&self) -> bool {
        self.from_lock <= LOCKED
    }
}

/// The rotation with the given angles.
pub fn to_matrix(order: Order, frame: Frame, angles: [f64; 3]) -> Matrix {
    let [first, middle, last] = [0, 1, 2].map(|k| about(order.0[k], angles[k]));
    match frame {
        Frame::Intrinsic => &(&first * &middle) * &last,
        Frame::Extrinsic => &(&last * &middle) * &first,
    }
}

/// The angles of a rotation matrix, in the ranges of [the module](self).
pub fn from_matrix(order: Order, frame: Frame, r: &Matrix) -> Angles {
    match frame {
        Frame::Intrinsic => intrinsic(order, r),
        Frame::Extrinsic => {
            let Angles { angles: [c, b, a], from_lock, adds } = intrinsic(order.reversed(), r);
            Angles { angles: [a, b, c], from_lock, adds }
        }
    }
}

fn intrinsic(order: Order, r: &Matrix) -> Angles {
    let [i, j, k] = order.0;
    // The axis that is neither first nor middle, and whether (i, j, m) is a right-handed frame.
    let m = 3 - i - j;
    let hand = if (i + 1) % 3 == j { 1.0 } else { -1.0 };
    let (first, middle, from_lock, sign) = if order.is_proper() {
        // R eᵢ = cos β eᵢ + sin β (sin α eⱼ − hand cos α eₘ).
        let (sine, cosine) = (r[(j, i)].hypot(r[(m, i)]), r[(i, i)]);
        let from_lock = sine.atan2(cosine.abs());
        (r[(j, i)].atan2(-hand * r[(m, i)]), sine.atan2(cosine), from_lock, cosine.signum())
    } else {
        // R eₖ = hand sin β eᵢ + cos β (−hand sin α eⱼ + cos α eₖ).
        let (sine, cosine) = (hand * r[(i, k)], r[(j, k)].hypot(r[(k, k)]));
        let from_lock = cosine.atan2(sine.abs());
        ((-hand * r[(j, k)]).atan2(r[(k, k)]), sine.atan2(cosine), from_lock, hand * sine.signum())
    };
    let locked = from_lock <= LOCKED;
    let first = if locked { 0.0 } else { first };
    // R_a(α)ᵀ R = R_b(β) R_c(γ), whose row of the middle axis is that of R_c(γ): the error of α is made up for by γ.
    let rest = &about(i, -first) * r;
    let last = if order.is_proper() {
        (-hand * rest[(j, m)]).atan2(rest[(j, j)])
    } else {
        (hand * rest[(j, i)]).atan2(rest[(j, j)])
    };
    // In gimbal lock the two turns are about one axis, in one sense or against each other.
    let (first, last) = if locked { (sign * last, 0.0) } else { (first, last) };
    let middle = match (locked, order.is_proper()) {
        (false, _) => middle,
        (true, true) => {
            if middle > FRAC_PI_2 {
                PI
            } else {
                0.0
            }
        }
        (true, false) => FRAC_PI_2.copysign(middle),
    };
    Angles { angles: [in_range(first), middle, in_range(last)], from_lock, adds: sign > 0.0 }
}

/// −π is the angle π.
fn in_range(angle: f64) -> f64 {
    if angle == -PI { PI } else { angle }
}
