//! R = R_z(α) R_y(β) R_z(γ): Euler angles in the order z, y, z, about axes that turn along.
//!
//! β lies in [0, π], α and γ in (−π, π]. Where β is 0 or π only α ± γ is determined (gimbal lock), and γ = 0 is taken.
//! The other eleven orders are in `maths::rotation::euler`. The residual of a matrix that is a rotation only up to its
//! rounded digits is the distance from it.

use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::matrix::Matrix;
use crate::maths::rotation::euler::{Frame, NEARLY_LOCKED, Order, from_matrix};
use crate::maths::rotation::{about, check_rotation};

/// R = R_z(α) R_y(β) R_z(γ).
pub const EULER: Kind = Kind {
    name: "euler",
    factors: &["first", "middle", "last"],
    composition: Composition::Product,
    convention: "R = R_z(α) R_y(β) R_z(γ) for a rotation of space, intrinsic angles in the order z, y, z: alpha and \
                 gamma in (−π, π], beta in [0, π]; in gimbal lock (β = 0 or π) gamma is 0.",
    compute,
};

fn compute(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    if let Err(reason) = check_rotation(m, 3) {
        return Ok(Decomposition::absent(Composition::Product, reason.to_string()));
    }
    let found = from_matrix(Order::ZYZ, Frame::Intrinsic, m);
    let [alpha, beta, gamma] = found.angles;
    let factors = vec![("first", about(2, alpha)), ("middle", about(1, beta)), ("last", about(2, gamma))];
    let parts = Decomposition::product(factors).with("alpha", alpha).with("beta", beta).with("gamma", gamma);
    Ok(if found.is_locked() {
        let sign = if beta == 0.0 { "α + γ" } else { "α − γ" };
        parts.warn(format!("gimbal lock: only {sign} is determined, so γ = 0 was taken"))
    } else if found.from_lock < NEARLY_LOCKED {
        parts.warn(format!(
            "near gimbal lock (sin β = {:.1e}): α and γ are each determined to about {:.0e} only",
            found.from_lock,
            f64::EPSILON / found.from_lock
        ))
    } else {
        parts
    })
}
