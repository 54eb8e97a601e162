//! R = exp(angle · hat(axis)): a rotation of space by its axis and its angle in [0, π].
//!
//! The identity has the axis z by convention. At π the axis is determined up to its sign; its last component that is
//! not zero is made positive. The axis comes from the quaternion, which keeps all digits at every angle.

use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::matrix::Matrix;
use crate::maths::rotation::{Quaternion, check_rotation};
use std::f64::consts::PI;

/// R by axis and angle.
pub const AXIS_ANGLE: Kind = Kind {
    name: "axis-angle",
    factors: &["rotation"],
    composition: Composition::Product,
    convention: "R = exp(angle · hat(axis)) for a rotation of space: axis is a unit vector, angle in [0, π], \
                 counter-clockwise seen from the tip; at π the last component of the axis that is not zero is \
                 positive; the identity has the axis z. quaternion is x, y, z, w with w ≥ 0.",
    compute,
};

fn compute(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    if let Err(reason) = check_rotation(m, 3) {
        return Ok(Decomposition::absent(Composition::Product, reason.to_string()));
    }
    let quaternion = Quaternion::from_matrix(m);
    let found = quaternion.axis_angle();
    let Quaternion { x, y, z, w } = quaternion;
    let parts = Decomposition::product(vec![("rotation", quaternion.to_matrix())])
        .with("axis", found.axis.to_vec())
        .with("angle", found.angle)
        .with("quaternion", vec![x, y, z, w]);
    Ok(if found.angle == 0.0 {
        parts.warn("the identity has no axis; z was taken")
    } else if found.angle == PI {
        parts.warn("a half turn: the axis is determined up to its sign")
    } else {
        parts
    })
}
