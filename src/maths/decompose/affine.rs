//! M = T L: a translation after a linear map, for M in homogeneous coordinates.
//!
//! M = [[A, t], [0, 1]] = [[1, t], [0, 1]] [[A, 0], [0, 1]], exact and unique. Where A is a similarity, A = s Q with Q
//! orthogonal, its scale and angle are parameters.

use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::linalg::{is_proper, ldexp, rotation_angle, split_scale, svd};
use crate::maths::matrix::Matrix;

/// M = T L.
pub const AFFINE: Kind = Kind {
    name: "affine",
    factors: &["translation", "linear"],
    composition: Composition::Product,
    convention: "M = T L for M = [[A, t], [0, 1]] in homogeneous coordinates, last row 0 … 0 1: T translates by t, L acts by A. \
                 Unique. Parameters scale and angle where A is a similarity.",
    compute,
};

fn compute(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    let n = m.rows() - 1;
    let last = (0..n).all(|j| m[(n, j)] == 0.0) && m[(n, n)] == 1.0;
    if !last {
        return Ok(Decomposition::absent(
            Composition::Product,
            "the last row is not 0 … 0 1: this is not an affine map in homogeneous coordinates",
        ));
    }
    let linear_part = m.block(0, 0, n, n);
    let (mut translation, mut linear) = (Matrix::identity(n + 1), Matrix::identity(n + 1));
    translation.set_block(0, n, &m.block(0, n, n, 1));
    linear.set_block(0, 0, &linear_part);
    let found = Decomposition::product(vec![("translation", translation), ("linear", linear)])
        .with("translation", m.block(0, n, n, 1).data().to_vec());
    if n == 0 {
        return Ok(found);
    }
    let Some(parts) = similarity_parts(&linear_part)? else {
        return Ok(found.warn("the linear part is not a similarity: it has no one scale"));
    };
    let found = found.with("scale", parts.scale);
    let found = match rotation_angle(&parts.orthogonal) {
        Some(angle) => found.with("angle", angle),
        None => found,
    };
    Ok(if is_proper(&parts.orthogonal) { found } else { found.warn("the linear part contains a reflection") })
}

/// A similarity A = s Q.
#[derive(Clone, Debug, PartialEq)]
pub struct Similarity {
    /// s > 0.
    pub scale: f64,
    /// Q, orthogonal.
    pub orthogonal: Matrix,
}

/// Singular values of a similarity agree to this, relative to the largest.
const SIMILAR: f64 = 1e-12;

/// s and Q of A = s Q, Q the orthogonal matrix nearest to A / s; `None` where singular values differ by more than
/// 1e-12 of the largest, and for A = 0.
///
/// # Errors
/// A is not finite or not square, or the singular values do not converge.
pub fn similarity_parts(a: &Matrix) -> Result<Option<Similarity>, DecomposeError> {
    super::check(a)?;
    let (scaled, e) = split_scale(a);
    let parts = svd(&scaled)?;
    let (largest, smallest) = (parts.values[0], parts.values[parts.values.len() - 1]);
    if largest == 0.0 || largest - smallest > SIMILAR * largest {
        return Ok(None);
    }
    let mean = parts.values.iter().sum::<f64>() / parts.values.len() as f64;
    Ok(Some(Similarity { scale: ldexp(mean, e), orthogonal: &parts.left * &parts.right.transpose() }))
}
