//! What a factor does, in words.

use crate::labs::decompositions::element::{linear, translation};
use crate::labs::decompositions::factors::linear_factors;
use crate::labs::decompositions::inside::size;
use crate::labs::decompositions::settings::{Picture, Show};
use crate::maths::Matrix;
use crate::maths::linalg::rotation_angle;
use crate::maths::lorentz::{self, BoostRotation};
use crate::maths::rotation::Quaternion;
use crate::ui::numbers::{degrees, fixed};

/// Entries smaller than this count as zero where a matrix is put into words.
const ZERO: f64 = 1e-9;

/// A verb and an amount, read off the entries: `rotate`, `−25°`. Commas part the lines of long amounts.
pub(super) fn describe(m: &Matrix, picture: Picture) -> (&'static str, String) {
    let n = m.rows();
    if picture == Picture::Plane && n == 3 {
        return affine_words(m);
    }
    let lorentz = picture == Picture::Events && lorentz::metric_defect(m) < ZERO;
    match nilpotent_words(m).or_else(|| exchange_words(m, picture)) {
        Some(words) => words,
        None if lorentz => lorentz_words(m).unwrap_or_else(|| linear_words(m)),
        None => linear_words(m),
    }
}

/// An amount without the breaks of its lines where they part what belongs together.
pub(super) fn in_one_line(amount: &str) -> String {
    amount.replace("about, ", "about ")
}

fn linear_words(m: &Matrix) -> (&'static str, String) {
    let n = m.rows();
    let entries = || (0..n * n).map(|k| (k / n, k % n));
    let (upper, lower) = (
        entries().filter(|(i, j)| i > j).all(|e| m[e].abs() < ZERO),
        entries().filter(|(i, j)| i < j).all(|e| m[e].abs() < ZERO),
    );
    let diagonal: Vec<f64> = (0..n).map(|i| m[(i, i)]).collect();
    let shears: Vec<f64> =
        entries().filter(|(i, j)| if upper { i < j } else { i > j }).map(|e| m[e]).collect();
    // More than three would not fit: the largest stands for them.
    let sheared = if shears.len() > 3 { list(&[largest(&shears)]) } else { list(&shears) };
    let ones = diagonal.iter().all(|d| (d - 1.0).abs() < ZERO);
    let rigid = (&m.transpose() * m).max_difference(&Matrix::identity(n)) < ZERO;
    match (upper, lower) {
        _ if rigid => rigid_words(m),
        (true, true) => ("stretch", list(&diagonal)),
        (true, false) | (false, true) if ones => ("shear", sheared),
        (true, false) | (false, true) => ("stretch, shear", format!("{}, {sheared}", list(&diagonal))),
        _ if n == 2 && (m[(0, 1)] - m[(1, 0)]).abs() > ZERO => ellipse_words(m),
        _ => ("stretch", list(&stretches(m))),
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |far: f64, v| if v.abs() > far.abs() { *v } else { far })
}

/// What vanishes when it is applied often enough.
fn nilpotent_words(m: &Matrix) -> Option<(&'static str, String)> {
    let size = m.frobenius();
    if size == 0.0 {
        return Some(("nothing", "N = 0".to_owned()));
    }
    let square = m * m;
    let (twice, thrice) = (square.frobenius(), (&square * m).frobenius());
    let power = [(2, twice, size * size), (3, thrice, size * size * size)];
    let found = power.into_iter().find(|(_, made, scale)| *made < ZERO * scale)?;
    Some(("nilpotent", format!("N{} = 0", if found.0 == 2 { '²' } else { '³' })))
}

/// A permutation of the axes other than 1: the cycles, by the axes' names.
fn exchange_words(m: &Matrix, picture: Picture) -> Option<(&'static str, String)> {
    let n = m.rows();
    let image: Vec<usize> = (0..n).map(|j| (0..n).position(|i| m[(i, j)] == 1.0)).collect::<Option<_>>()?;
    let permutes = m.data().iter().filter(|v| **v != 0.0).count() == n && (0..n).any(|j| image[j] != j);
    let names = if picture == Picture::Events { ["t", "x", "y", "z"] } else { ["x", "y", "z", ""] };
    let mut cycles = Vec::new();
    let mut seen = vec![false; n];
    for from in 0..n {
        let (mut cycle, mut k) = (Vec::new(), from);
        while !std::mem::replace(&mut seen[k], true) {
            cycle.push(names[k.min(3)]);
            k = image[k];
        }
        match cycle.len() {
            0 | 1 => {}
            2 => cycles.push(cycle.join(" ↔ ")),
            _ => cycles.push(format!("{} → {}", cycle.join(" → "), names[from])),
        }
    }
    permutes.then(|| ("exchange axes", cycles.join(", ")))
}

/// A boost, a rotation of space, or both.
fn lorentz_words(m: &Matrix) -> Option<(&'static str, String)> {
    let parts = BoostRotation::left(m).ok()?;
    let angle = rotation_angle(&parts.turn).unwrap_or(0.0);
    let (fast, turned) = (parts.size() > ZERO, angle.abs() > ZERO);
    Some(match (fast, turned) {
        (true, false) => {
            ("boost", format!("rapidity {}, {}", fixed(parts.size(), 2), along(&parts.rapidity)))
        }
        (true, true) => ("turn, boost", format!("{}, {}", degrees(angle, 0), fixed(parts.size(), 2))),
        _ => ("rotate", rotation_amount(&parts.turn)),
    })
}

/// The direction of a vector: its sign, its angle in the plane, or its unit vector.
fn along(v: &[f64]) -> String {
    match v {
        [x] => if *x > 0.0 { "along x" } else { "along −x" }.to_owned(),
        [x, y] => format!("along {}", degrees(y.atan2(*x), 0)),
        _ => {
            let size = size(v).max(1e-300);
            format!("along {}", axis_name(&v.iter().map(|c| c / size).collect::<Vec<_>>()))
        }
    }
}

/// `z` for a unit vector along an axis, else its components.
fn axis_name(n: &[f64]) -> String {
    let names = n.iter().zip(["x", "y", "z"]);
    match names.into_iter().find(|(v, _)| (v.abs() - 1.0).abs() < ZERO) {
        Some((v, name)) => format!("{}{name}", if *v < 0.0 { "−" } else { "" }),
        None => n.iter().map(|v| fixed(*v, 1)).collect::<Vec<_>>().join(" · "),
    }
}

/// The angle of a rotation of the plane; the angle and the axis of one of space.
fn rotation_amount(r: &Matrix) -> String {
    if r.rows() != 3 {
        return degrees(rotation_angle(r).unwrap_or(0.0), 0);
    }
    let found = Quaternion::from_matrix(r).axis_angle();
    // A turn about −z is a turn about z the other way.
    let back = (0..3).any(|k| found.axis[k] < -1.0 + ZERO);
    let k = if back { -1.0 } else { 1.0 };
    if found.angle.abs() < ZERO {
        return degrees(0.0, 0);
    }
    let (angle, axis) = (degrees(k * found.angle, 0), axis_name(&found.axis.map(|v| k * v)));
    // A slanted axis has a line of its own.
    format!("{angle} about{} {axis}", if axis.contains('·') { "," } else { "" })
}

/// A map of the plane in homogeneous coordinates.
fn affine_words(m: &Matrix) -> (&'static str, String) {
    let (a, t) = (linear(m), translation(m));
    if m[(2, 2)] == 0.0 {
        return nilpotent_words(m).unwrap_or_else(|| linear_words(m));
    }
    if t == [0.0; 2] {
        return describe(&a, Picture::Plane);
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
    let mirrored = m.determinant() < 0.0;
    match m.rows() {
        2 if mirrored => ("mirror", degrees(m[(1, 0)].atan2(m[(0, 0)]) / 2.0, 0)),
        2 => ("rotate", rotation_amount(m)),
        3 if mirrored => ("mirror, rotate", rotation_amount(&m.scaled(-1.0))),
        3 => ("rotate", rotation_amount(m)),
        _ if mirrored => ("mirror", String::new()),
        _ => ("rotate", four_angles(m)),
    }
}

/// The two angles of a rotation of four dimensions: tr = 2 (cos α + cos β), tr² of its square the same of 2α, 2β.
fn four_angles(m: &Matrix) -> String {
    let (sum, squares) = (m.trace() / 2.0, ((m * m).trace() / 2.0 + 2.0) / 2.0);
    let root = (2.0 * squares - sum * sum).max(0.0).sqrt();
    let angle = |cosine: f64| degrees((cosine / 2.0).clamp(-1.0, 1.0).acos(), 0);
    format!("{} · {}", angle(sum - root), angle(sum + root))
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

/// Singular values, the largest first.
fn stretches(m: &Matrix) -> Vec<f64> {
    let largest = m.operator_norm();
    if m.rows() == 2 {
        return vec![largest, m.determinant() / largest];
    }
    let parts = linear_factors(Show::Cartan, m).0;
    parts.map_or_else(Vec::new, |k| (0..m.rows()).map(|i| k[1][(i, i)]).collect())
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
            let (verb, amount) = describe(&m, Picture::Plane);
            assert_eq!((verb, amount.as_str()), words);
        }
    }

    #[test]
    fn maps_of_space_and_of_events_have_theirs() {
        use crate::maths::group::rotation3;
        use crate::maths::rotation::about;
        let upper = Matrix::from_rows(&[[1.0, 0.5, 0.25], [0.0, 1.0, -1.0], [0.0, 0.0, 1.0]]);
        let cycle = Matrix::from_rows(&[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
        let nilpotent = &upper - &Matrix::identity(3);
        for (m, words) in [
            (about(2, -0.5), ("rotate", "−29° about z")),
            (rotation3([0.6, 0.0, 0.8], 1.0), ("rotate", "57° about, 0.6 · 0.0 · 0.8")),
            (upper, ("shear", "0.50 · 0.25 · −1.00")),
            (cycle, ("exchange axes", "x → y → z → x")),
            (nilpotent, ("nilpotent", "N³ = 0")),
            (Matrix::zeros(3, 3), ("nothing", "N = 0")),
            (Matrix::diagonal(&[2.0, 1.0, 0.5]), ("stretch", "2.00 · 1.00 · 0.50")),
        ] {
            let (verb, amount) = describe(&m, Picture::Space);
            assert_eq!((verb, amount.as_str()), words);
        }
        let turn = lorentz::rotation(&rotation2(0.5));
        let boost = lorentz::boost(&[0.0, 1.1]);
        for (m, words) in [
            (boost.clone(), ("boost", "rapidity 1.10, along 90°")),
            (turn.clone(), ("rotate", "29°")),
            (&boost * &turn, ("turn, boost", "29°, 1.10")),
            (lorentz::boost(&[-0.4]), ("boost", "rapidity 0.40, along −x")),
            (lorentz::boost(&[0.0, 0.0, 0.7]), ("boost", "rapidity 0.70, along z")),
            (Matrix::direct_sum(&[&rotation2(0.5), &rotation2(1.0)]), ("rotate", "57° · 29°")),
        ] {
            let (verb, amount) = describe(&m, Picture::Events);
            assert_eq!((verb, amount.as_str()), words);
        }
    }
}
