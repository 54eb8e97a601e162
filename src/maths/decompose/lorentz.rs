//! Λ in SO⁺(1,n), time first: Λ = B R with a boost and a rotation, and Λ = R₁ B R₂ with a boost along the last axis.
//!
//! B and R are unique; R₁ is one choice of many, see `maths::lorentz::kak`. Both multiply back to all digits; the angle
//! of R about the direction of the boost has an error of about 1e-16 e^η.

use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::linalg::rotation_angle;
use crate::maths::lorentz::{BoostRotation, NotLorentz, kak, metric_defect};
use crate::maths::matrix::Matrix;

/// Λ = B R.
pub const BOOST_ROTATION: Kind = Kind {
    name: "boost-rotation",
    factors: &["boost", "rotation"],
    composition: Composition::Product,
    convention: "Λ = B(η n) R in SO⁺(1,n), n = 1, 2, 3, time first, metric diag(1, −1, …): rapidity η ≥ 0, direction \
                 n, angle of R in [0, π] (n = 2: in (−π, π]). Both factors are unique; rapidities up to 29.",
    compute: boost_rotation,
};

/// Λ = R₁ B R₂.
pub const LORENTZ_KAK: Kind = Kind {
    name: "lorentz-kak",
    factors: &["left", "boost", "right"],
    composition: Composition::Product,
    convention: "Λ = R₁ B(η ẑ) R₂ in SO⁺(1,n), n = 1, 2, 3, with the boost along the last axis, η ≥ 0 (n = 1: of \
                 either sign): left takes the last axis to the direction of the boost by the shortest way.",
    compute: lorentz_kak,
};

/// η from which on a warning says how few digits the rotation has.
const FAST: f64 = 14.0;

fn boost_rotation(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    let parts = match BoostRotation::left(m) {
        Ok(parts) => parts,
        Err(reason) => return Ok(absent(&reason)),
    };
    let (boost, rotation) = parts.matrices();
    let rapidity = parts.size();
    let direction: Vec<f64> =
        parts.rapidity.iter().map(|v| if rapidity > 0.0 { v / rapidity } else { 0.0 }).collect();
    let found = Decomposition::product(vec![("boost", boost), ("rotation", rotation)])
        .with("rapidity", rapidity)
        .with("direction", direction)
        .with("angle", rotation_angle(&parts.turn).unwrap_or(0.0));
    Ok(remarks(found, m, rapidity))
}

fn lorentz_kak(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    let parts = match kak(m) {
        Ok(parts) => parts,
        Err(reason) => return Ok(absent(&reason)),
    };
    let [left, boost, right] = parts.matrices();
    let found = Decomposition::product(vec![("left", left), ("boost", boost), ("right", right)])
        .with("rapidity", parts.rapidity)
        .with("left_angle", rotation_angle(&parts.left).unwrap_or(0.0))
        .with("right_angle", rotation_angle(&parts.right).unwrap_or(0.0));
    let found = remarks(found, m, parts.rapidity);
    Ok(if parts.rapidity == 0.0 && m.rows() > 2 {
        found.warn(
            "there is no boost, so only the product of left and right is determined; left = 1 was taken",
        )
    } else {
        found
    })
}

fn absent(reason: &NotLorentz) -> Decomposition {
    Decomposition::absent(Composition::Product, reason.to_string())
}

/// What is lost to rounding, in the entries or by the speed.
fn remarks(mut found: Decomposition, m: &Matrix, rapidity: f64) -> Decomposition {
    let defect = metric_defect(m);
    if defect > 1e-12 {
        found = found.warn(format!("the matrix keeps the metric only to {defect:.0e} of its size"));
    }
    if rapidity.abs() > FAST {
        let lost = f64::EPSILON * rapidity.abs().exp();
        found = found
            .warn(format!("at this rapidity angles about the boost are determined to about {lost:.0e} only"));
    }
    found
}
