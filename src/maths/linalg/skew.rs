//! exp and log between skew-symmetric matrices and rotations, plane by plane.

use super::schur::schur;
use super::{NotConverged, is_proper, ldexp, split_scale};
use crate::maths::matrix::Matrix;

/// Q diag(blocks) Qᵀ from blocks [[c, −s], [s, c]] = (first row, c, s) and the entry of the rows that have none.
fn assemble(q: &Matrix, planes: &[(usize, usize, f64, f64)], rest: f64) -> Matrix {
    let mut inner = Matrix::identity(q.rows()).scaled(rest);
    for &(i, j, c, s) in planes {
        (inner[(i, i)], inner[(j, j)], inner[(i, j)], inner[(j, i)]) = (c, c, -s, s);
    }
    &(q * &inner) * &q.transpose()
}

/// exp X for X skew-symmetric (for (X − Xᵀ)/2 otherwise): a rotation, orthogonal to rounding for every X.
///
/// # Errors
/// The Schur form of X does not converge.
pub fn skew_exp(x: &Matrix) -> Result<Matrix, NotConverged> {
    let (scaled, e) = split_scale(x);
    let parts = schur(&(&scaled - &scaled.transpose()).scaled(0.5))?;
    let planes: Vec<_> = parts
        .blocks()
        .into_iter()
        .filter(|(_, size)| *size == 2)
        .map(|(i, _)| {
            let (s, c) = ldexp(0.5 * (parts.t[(i + 1, i)] - parts.t[(i, i + 1)]), e).sin_cos();
            (i, i + 1, c, s)
        })
        .collect();
    Ok(assemble(&parts.q, &planes, 1.0))
}

/// The skew-symmetric log R with angles in [−π, π] for a rotation R; `None` where det R < 0. Where R turns a plane by
/// π both signs are logarithms; with several such planes the planes too are one choice of many.
///
/// # Errors
/// The Schur form of R does not converge.
pub fn rotation_log(r: &Matrix) -> Result<Option<Matrix>, NotConverged> {
    if !is_proper(r) {
        return Ok(None);
    }
    let parts = schur(r)?;
    let (mut planes, mut half_turned) = (Vec::new(), None);
    for (i, size) in parts.blocks() {
        if size == 2 {
            let sine = 0.5 * (parts.t[(i + 1, i)] - parts.t[(i, i + 1)]);
            planes.push((i, i + 1, 0.0, sine.atan2(parts.t[(i, i)])));
        } else if parts.t[(i, i)] < 0.0 {
            // Real eigenvalues −1 of a rotation come in pairs.
            half_turned = match half_turned {
                None => Some(i),
                Some(first) => {
                    planes.push((first, i, 0.0, std::f64::consts::PI));
                    None
                }
            };
        }
    }
    let log = assemble(&parts.q, &planes, 0.0);
    Ok(Some((&log - &log.transpose()).scaled(0.5)))
}
