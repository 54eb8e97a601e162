//! Irreps of the orthogonal groups of the plane and of space, at one matrix of the base space.

use super::super::matrix::Matrix;
use super::super::matrix_group::MatrixGroup;
use super::wigner::{derivative, turned};
use super::{Parity, Part, RepError};

/// Deviation ‖gᵀg − 1‖ up to which a matrix counts as orthogonal, and ‖A + Aᵀ‖/‖A‖ as antisymmetric.
const TOLERANCE: f64 = 1e-6;

/// Whether an irrep has a meaning on a group.
pub(super) fn accept(
    part: Part,
    degree: u8,
    parity: Option<Parity>,
    group: &MatrixGroup,
) -> Result<(), RepError> {
    let (atom, name) = (part.to_string(), group.name().to_owned());
    let not_orthogonal = |why| RepError::NotOrthogonal { atom: atom.clone(), group: name.clone(), why };
    let bad_letter =
        |why: &str| RepError::Parity { atom: atom.clone(), group: name.clone(), why: why.to_owned() };
    if !matches!(group.dim(), 2 | 3) {
        return Err(not_orthogonal(format!("it acts on R^{}", group.dim())));
    }
    let bad_lie = group.lie().iter().position(|a| !antisymmetric(a)).map(|i| format!("lie[{i}]"));
    let bad_discrete = group.discrete().iter().position(|h| !orthogonal(h)).map(|i| format!("discrete[{i}]"));
    if let Some(which) = bad_lie {
        return Err(not_orthogonal(format!("{which} is not antisymmetric")));
    }
    if let Some(which) = bad_discrete {
        return Err(not_orthogonal(format!("{which} is not orthogonal")));
    }
    let reflects = group.discrete().iter().any(|h| h.determinant() < 0.0);
    match parity {
        Some(_) if group.dim() == 2 && degree > 0 => {
            Err(bad_letter("in the plane only the frequency 0 has a parity letter"))
        }
        None if reflects && (group.dim() == 3 || degree == 0) => Err(bad_letter(
            "this group has elements of determinant −1, so a letter e or o must say how they act",
        )),
        _ => Ok(()),
    }
}

fn orthogonal(g: &Matrix) -> bool {
    (&(&g.transpose() * g) - &Matrix::identity(g.rows())).frobenius() <= TOLERANCE
}

fn antisymmetric(a: &Matrix) -> bool {
    (a + &a.transpose()).frobenius() <= TOLERANCE * a.frobenius()
}

/// ρ(g) of an irrep at an orthogonal matrix.
pub(super) fn rho(degree: u8, parity: Option<Parity>, g: &Matrix) -> Result<Matrix, String> {
    if !orthogonal(g) {
        return Err("it is not orthogonal".to_owned());
    }
    let reflects = g.determinant() < 0.0;
    let sign = if reflects && parity == Some(Parity::Odd) { -1.0 } else { 1.0 };
    if g.rows() == 2 {
        return match (degree, parity) {
            (0, None) if reflects => Err("its determinant is −1 and 0 has no parity letter".to_owned()),
            (0, _) => Ok(Matrix::identity(1).scaled(sign)),
            _ => Ok(turn(degree, g, reflects)),
        };
    }
    if reflects && parity.is_none() {
        return Err("its determinant is −1 and the irrep has no parity letter".to_owned());
    }
    let rotation = if reflects { -g } else { g.clone() };
    Ok(turned(degree, &rotation).scaled(sign))
}

/// Rotation m times the angle of the first column of g; a reflection is that after diag(1, −1).
fn turn(m: u8, g: &Matrix, reflects: bool) -> Matrix {
    let (s, c) = (f64::from(m) * g[(1, 0)].atan2(g[(0, 0)])).sin_cos();
    let f = if reflects { -1.0 } else { 1.0 };
    Matrix::from_rows(&[[c, -s * f], [s, c * f]])
}

/// dρ(A) of an irrep at an antisymmetric matrix.
pub(super) fn drho_at(degree: u8, a: &Matrix) -> Result<Matrix, String> {
    if !antisymmetric(a) {
        return Err("it is not antisymmetric".to_owned());
    }
    if a.rows() == 3 {
        return Ok(derivative(degree, a));
    }
    if degree == 0 {
        return Ok(Matrix::zeros(1, 1));
    }
    let speed = f64::from(degree) * a[(1, 0)];
    Ok(Matrix::from_rows(&[[0.0, -speed], [speed, 0.0]]))
}
