//! What a factor does to the plane, in words.

use crate::labs::decompositions::element::{linear, translation};
use crate::maths::Matrix;
use crate::ui::numbers::{degrees, fixed};

/// Entries smaller than this count as zero where a matrix is put into words.
const ZERO: f64 = 1e-9;

/// A verb and an amount, read off the entries: `rotate`, `−25°`.
pub(super) fn describe(m: &Matrix) -> (&'static str, String) {
    let n = m.rows();
    if n == 3 && [m[(2, 0)], m[(2, 1)], m[(2, 2)]] == [0.0, 0.0, 1.0] {
        return affine_words(m);
    }
    let entries = || (0..n * n).map(|k| (k / n, k % n));
    let (upper, lower) = (
        entries().filter(|(i, j)| i > j).all(|e| m[e].abs() < ZERO),
        entries().filter(|(i, j)| i < j).all(|e| m[e].abs() < ZERO),
    );
    let diagonal: Vec<f64> = (0..n).map(|i| m[(i, i)]).collect();
    let shears: Vec<f64> =
        entries().filter(|(i, j)| if upper { i < j } else { i > j }).map(|e| m[e]).collect();
    let ones = diagonal.iter().all(|d| (d - 1.0).abs() < ZERO);
    let rigid = (&m.transpose() * m).max_difference(&Matrix::identity(n)) < ZERO;
    match (upper, lower) {
        _ if rigid => rigid_words(m),
        (true, true) => ("stretch", list(&diagonal)),
        (true, false) | (false, true) if ones => ("shear", list(&shears)),
        (true, false) | (false, true) => {
            ("stretch, shear", format!("{}, {}", list(&diagonal), list(&shears)))
        }
        _ if n == 2 && (m[(0, 1)] - m[(1, 0)]).abs() > ZERO => ellipse_words(m),
        _ => ("stretch", list(&stretches(m))),
    }
}

/// A map of the plane in homogeneous coordinates.
fn affine_words(m: &Matrix) -> (&'static str, String) {
    let (a, t) = (linear(m), translation(m));
    if t == [0.0; 2] {
        return describe(&a);
    }
    if a.max_difference(&Matrix::identity(2)) < ZERO {
        return ("move", list(&t));
    }
    ("map, move", format!("{}, {}", list(&stretches(&a)), list(&t)))
}

fn list(values: &[f64]) -> String {
    values.iter().map(|v| fixed(*v, 2)).collect::<Vec<_>>().join(" · ")
}

fn rigid_words(m: &Matrix) -> (&'static str, String) {
    let turned = m.rows() == 2;
    let cosine = if turned { m.trace() / 2.0 } else { (m.trace() - 1.0) / 2.0 };
    let angle = if turned { m[(1, 0)].atan2(m[(0, 0)]) } else { cosine.clamp(-1.0, 1.0).acos() };
    if m.determinant() < 0.0 { ("mirror", degrees(angle / 2.0, 0)) } else { ("rotate", degrees(angle, 0)) }
}

/// A plane map that is neither triangular nor symmetric: with complex eigenvalues it turns along an ellipse, by the
/// angle of the eigenvalues.
fn ellipse_words(m: &Matrix) -> (&'static str, String) {
    let (half, det) = (m.trace() / 2.0, m.determinant());
    if half * half > det {
        return ("stretch, shear", list(&stretches(m)));
    }
    let angle = (half / det.sqrt()).clamp(-1.0, 1.0).acos() * m[(1, 0)].signum();
    ("turn on an ellipse", degrees(angle, 0))
}

/// Singular values of a plane map, the larger first.
fn stretches(m: &Matrix) -> Vec<f64> {
    let largest = m.operator_norm();
    vec![largest, m.determinant() / largest]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::group::rotation2;

    #[test]
    fn every_shape_has_its_words() {
        let shear = Matrix::from_rows(&[[1.0, 0.42], [0.0, 1.0]]);
        let stretch = Matrix::diagonal(&[1.72, 1.0 / 1.72]);
        let symmetric = &(&rotation2(0.4) * &stretch) * &rotation2(-0.4);
        for (m, words) in [
            (rotation2(-25f64.to_radians()), ("rotate", "−25°")),
            (Matrix::identity(2), ("rotate", "0°")),
            (Matrix::diagonal(&[1.0, -1.0]), ("mirror", "0°")),
            (stretch, ("stretch", "1.72 · 0.58")),
            (symmetric, ("stretch", "1.72 · 0.58")),
            (shear.clone(), ("shear", "0.42")),
            (shear.transpose(), ("shear", "0.42")),
            (Matrix::from_rows(&[[0.0, -2.0], [0.5, 0.0]]), ("turn on an ellipse", "90°")),
            (Matrix::from_rows(&[[2.0, 0.5], [0.0, 0.5]]), ("stretch, shear", "2.00 · 0.50, 0.50")),
            (
                Matrix::from_rows(&[[1.0, 0.0, 0.5], [0.0, 1.0, -0.2], [0.0, 0.0, 1.0]]),
                ("move", "0.50 · −0.20"),
            ),
            (Matrix::direct_sum(&[&rotation2(0.5), &Matrix::identity(1)]), ("rotate", "29°")),
        ] {
            let (verb, amount) = describe(&m);
            assert_eq!((verb, amount.as_str()), words);
        }
    }
}
