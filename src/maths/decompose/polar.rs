//! M = R P and M = P′ R: an orthogonal factor and a symmetric one that only stretches.
//!
//! From the singular value decomposition M = U Σ Vᵀ: R = U Vᵀ, P = V Σ Vᵀ, P′ = U Σ Uᵀ (Higham, *Functions of
//! Matrices*, chapter 8). P = (MᵀM)^½ is always unique; R is where M is invertible, and then has the sign of det M as
//! its determinant. Where M is singular, R is completed to a rotation: det R = +1, and among those the largest trace,
//! the one nearest to the identity. No inverse is taken and MᵀM is never formed, so that the bound on the residual
//! holds for every condition number; only R loses digits, ε σ₁ / (σₙ₋₁ + σₙ) of them.

use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::exp::is_singular;
use crate::maths::linalg::{
    NotConverged, Svd, conjugate_diagonal, is_proper, ldexp, rotation_angle, split_scale, svd,
    times_power_of_two,
};
use crate::maths::matrix::Matrix;

/// M = R P.
pub const POLAR: Kind = Kind {
    name: "polar",
    factors: &["rotation", "stretch"],
    composition: Composition::Product,
    convention: "M = R P: R orthogonal, P symmetric with eigenvalues ≥ 0, P = (MᵀM)^½. Unique where M is \
                 invertible; det R has the sign of det M. Where M is singular R is the rotation (det +1) nearest to \
                 the identity among those that fit.",
    compute: |m| compute(m, Side::Right),
};

/// M = P′ R.
pub const POLAR_LEFT: Kind = Kind {
    name: "polar-left",
    factors: &["stretch", "rotation"],
    composition: Composition::Product,
    convention: "M = P R: P symmetric with eigenvalues ≥ 0, P = (MMᵀ)^½, R orthogonal and the same as in polar, \
                 with the same rule where M is singular.",
    compute: |m| compute(m, Side::Left),
};

/// On which side of R the stretch stands.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

fn compute(m: &Matrix, side: Side) -> Result<Decomposition, DecomposeError> {
    let (scaled, e) = split_scale(m);
    let parts = svd(&scaled)?;
    let rotation = orthogonal_factor(&parts)?;
    let basis = if side == Side::Left { &parts.left } else { &parts.right };
    let stretch = times_power_of_two(&conjugate_diagonal(basis, &parts.values), e);
    let values: Vec<f64> = parts.values.iter().map(|v| ldexp(*v, e)).collect();
    let angle = rotation_angle(&rotation);
    let mirror = !is_proper(&rotation);
    let factors = match side {
        Side::Right => vec![("rotation", rotation), ("stretch", stretch)],
        Side::Left => vec![("stretch", stretch), ("rotation", rotation)],
    };
    let mut found = Decomposition::product(factors).with("singular_values", values);
    if let Some(angle) = angle {
        found = found.with("angle", angle);
    }
    if mirror {
        found = found
            .warn("the determinant is negative, so the factor rotation is a reflection (determinant −1)");
    }
    if parts.rank() < m.rows() {
        let singular = if is_singular(m) { "singular" } else { "singular to within rounding" };
        found = found.warn(format!(
            "the matrix is {singular}, so the factor rotation is not determined; of the rotations that fit this is the \
             one nearest to the identity"
        ));
    }
    Ok(found)
}

/// R of M = R P, from the singular value decomposition of M.
///
/// With U = [U₁ U₀], V = [V₁ V₀] split at the rank, every orthogonal W gives R = U₁V₁ᵀ + U₀ W V₀ᵀ. The trace is largest
/// for the orthogonal factor W of U₀ᵀV₀, its smallest singular value reversed where the determinant asks for it
/// (the orthogonal Procrustes problem, Kabsch 1976).
pub(crate) fn orthogonal_factor(parts: &Svd) -> Result<Matrix, NotConverged> {
    let (n, rank) = (parts.values.len(), parts.rank());
    let free = n - rank;
    let (u, vt) = (&parts.left, parts.right.transpose());
    if free == 0 {
        return Ok(u * &vt);
    }
    let (u1, u0) = (u.block(0, 0, n, rank), u.block(0, rank, n, free));
    let (v1t, v0t) = (vt.block(0, 0, rank, n), vt.block(rank, 0, free, n));
    let inner = svd(&(&u0.transpose() * &v0t.transpose()))?;
    let mut signs = vec![1.0; free];
    // det R = det U · det W · det V, and W = A diag(signs) Bᵀ.
    let proper = [u, &vt, &inner.left, &inner.right].into_iter().filter(|q| !is_proper(q)).count() % 2 == 0;
    if !proper {
        signs[free - 1] = -1.0;
    }
    let w = &(&inner.left * &Matrix::diagonal(&signs)) * &inner.right.transpose();
    Ok(&(&u1 * &v1t) + &(&(&u0 * &w) * &v0t))
}
