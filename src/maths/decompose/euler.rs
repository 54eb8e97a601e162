//! R = R_a(α) R_b(β) R_c(γ): Euler angles in any of the twelve orders a b c, about axes that turn along.
//!
//! Ranges, gimbal lock and the angles about axes that stay are told in `maths::rotation::euler`; without an order that
//! of [`EULER`], z y z, is taken. The residual of a matrix that is a rotation only up to its rounded digits is the
//! distance from it.

use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::matrix::Matrix;
use crate::maths::rotation::euler::{Frame, NEARLY_LOCKED, Order, from_matrix};
use crate::maths::rotation::{about, check_rotation};

/// R = R_z(α) R_y(β) R_z(γ), and the same in the other orders by
/// [`euler_angles`](super::euler_angles).
pub const EULER: Kind = Kind {
    name: "euler",
    factors: &["first", "middle", "last"],
    composition: Composition::Product,
    convention: "R = R_a(α) R_b(β) R_c(γ) for a rotation of space, intrinsic angles in the order a b c, z y z unless \
                 another is given: alpha and gamma in (−π, π]; beta in [0, π] where a = c (xyx, xzx, yxy, yzy, zxz, \
                 zyz), in [−π/2, π/2] where not (xyz, xzy, yxz, yzx, zxy, zyx); in gimbal lock, β at an end of its \
                 range, gamma is 0. Extrinsic angles are those of the order c b a, read from the last to the first.",
    compute: |m| in_order(Order::ZYZ, m),
};

/// [`EULER`] in the given order.
pub(super) fn in_order(order: Order, m: &Matrix) -> Result<Decomposition, DecomposeError> {
    if let Err(reason) = check_rotation(m, 3) {
        return Ok(Decomposition::absent(Composition::Product, reason.to_string()));
    }
    let found = from_matrix(order, Frame::Intrinsic, m);
    let [alpha, beta, gamma] = found.angles;
    let [first, middle, last] = order.axes();
    let factors =
        vec![("first", about(first, alpha)), ("middle", about(middle, beta)), ("last", about(last, gamma))];
    let parts = Decomposition::product(factors).with("alpha", alpha).with("beta", beta).with("gamma", gamma);
    Ok(if found.is_locked() {
        let sign = if found.adds { "α + γ" } else { "α − γ" };
        parts.warn(format!("gimbal lock: only {sign} is determined, so γ = 0 was taken"))
    } else if found.from_lock < NEARLY_LOCKED {
        parts.warn(format!(
            "near gimbal lock ({:.1e} from the end of the range of β): α and γ are each determined to about {:.0e} only",
            found.from_lock,
            f64::EPSILON / found.from_lock
        ))
    } else {
        parts
    })
}
