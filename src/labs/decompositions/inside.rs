//! What belongs to a group: its first element, the nearest element, and elements with one entry given.

use super::element::{linear, with_linear};
use super::factors::linear_factors;
use super::families::{Family, Picture};
use super::shows::Show;
use crate::maths::Matrix;
use crate::maths::group::{rotation2, rotation3};
use crate::maths::lorentz::{self, BoostRotation, boost};
use crate::maths::rotation;

/// Largest entry of g.
pub const REACH: f64 = 20.0;
/// Largest entry of a translation: the sheets have radius 1.
pub const FARTHEST: f64 = 4.0;
/// Smallest determinant of an element of GL⁺(n).
pub const SMALLEST_DET: f64 = 0.01;
/// Largest rapidity of a boost, and of an element of SO⁺(1,n).
pub const MOST_RAPIDITY: f64 = 2.5;
/// The translation of the first element of Aff⁺(2).
const MOVED: [f64; 2] = [0.9, 0.5];
/// Determinants of SL(n, R) this near to 1 are taken as they are; so are last rows this near to 0 0 1.
const DET_SLACK: f64 = 1e-9;
/// Matrices that keep the metric of their group to this are taken as they are: products of a few of them do.
const METRIC_SLACK: f64 = 1e-12;
/// From here on a matrix is not taken for a rotation or a Lorentz transformation with rounded entries.
const METRIC_DEFECT: f64 = 0.05;
/// A cofactor below this does not let its entry make up for another one.
const LEAST_COFACTOR: f64 = 0.05;

/// The element a group opens with, of an own group 1 (see [`super::own::Own::first`]); in the plane R(110°) diag(1.72, 1/1.72) R(−25°), moved by (0.9, 0.5) where the
/// group has it.
pub fn first(family: Family) -> Matrix {
    let turned = |axis: [f64; 3], degrees: f64| rotation3(axis, degrees.to_radians());
    match family {
        Family::Own2 | Family::Own3 => Matrix::identity(family.size()),
        Family::Special2 | Family::General2 | Family::Affine2 => {
            let (u, v) = (110f64.to_radians(), -25f64.to_radians());
            let stretch = Matrix::diagonal(&[1.72, 1.0 / 1.72]);
            of_plane(family, &(&(&rotation2(u) * &stretch) * &rotation2(v)))
        }
        Family::Special3 | Family::General3 => {
            let stretch = Matrix::diagonal(&[1.6, 1.0, 0.625]);
            &(&turned([0.0, 0.28, 0.96], 60.0) * &stretch) * &turned([0.48, 0.6, 0.64], -35.0)
        }
        Family::Rotation3 => turned([0.8, -0.36, 0.48], 65.0),
        Family::Lorentz2 => boost(&[0.7]),
        Family::Lorentz3 => &boost(&[0.75, 0.3]) * &lorentz::rotation(&rotation2(50f64.to_radians())),
        Family::Lorentz4 => &boost(&[0.7, 0.3, 0.25]) * &lorentz::rotation(&turned([0.36, 0.48, 0.8], 50.0)),
    }
}

/// A linear map of the plane as an element, with the first translation where the group has it.
pub fn of_plane(family: Family, a: &Matrix) -> Matrix {
    if !family.moves() {
        return a.clone();
    }
    let [x, y] = MOVED;
    with_linear(&Matrix::from_rows(&[[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]]), a)
}

/// g, or the element it stands for: scaled to determinant 1, or without the rounding of its entries. None where it is
/// not in the group, or further out than the pictures go.
pub fn fit(family: Family, g: Matrix) -> Option<Matrix> {
    let n = family.size();
    if g.rows() != n || g.cols() != n || !g.is_finite() {
        return None;
    }
    match family {
        Family::Rotation3 => rotation(g),
        Family::Lorentz2 | Family::Lorentz3 | Family::Lorentz4 => of_lorentz(g),
        Family::Affine2 => affine(&g),
        // Of a matrix alone it cannot be said whether it is inside.
        Family::Own2 | Family::Own3 => None,
        _ => linear_map(family, g),
    }
}

fn linear_map(family: Family, g: Matrix) -> Option<Matrix> {
    let det = g.determinant();
    if det.is_nan() || det < SMALLEST_DET {
        return None;
    }
    let exact = !family.keeps_det() || (det - 1.0).abs() < DET_SLACK;
    let root = if g.rows() == 2 { det.sqrt() } else { det.cbrt() };
    let g = if exact { g } else { g.scaled(root.recip()) };
    g.data().iter().all(|v| v.abs() <= REACH).then_some(g)
}

fn affine(g: &Matrix) -> Option<Matrix> {
    // Products and inverses of affine maps have the last row up to rounding.
    let a = linear(g);
    let mut exact = with_linear(&Matrix::identity(3), &a);
    (exact[(0, 2)], exact[(1, 2)]) = (g[(0, 2)], g[(1, 2)]);
    let near = (0..2).all(|i| g[(i, 2)].abs() <= FARTHEST);
    let inside = a.determinant() >= SMALLEST_DET && a.data().iter().all(|v| v.abs() <= REACH);
    (inside && near && exact.max_difference(g) < DET_SLACK).then_some(exact)
}

fn rotation(g: Matrix) -> Option<Matrix> {
    let defect = (&g.transpose() * &g).max_difference(&Matrix::identity(3));
    if g.determinant() <= 0.0 || defect > METRIC_DEFECT {
        return None;
    }
    if defect <= METRIC_SLACK { Some(g) } else { nearest_rotation(&g) }
}

/// The rotation factor of g.
pub fn nearest_rotation(g: &Matrix) -> Option<Matrix> {
    let any = || linear_factors(Show::Polar, g).0?.into_iter().next().filter(|r| r.determinant() > 0.0);
    (g.rows() == 3).then(|| rotation::nearest(g)).flatten().or_else(any)
}

fn of_lorentz(g: Matrix) -> Option<Matrix> {
    let defect = lorentz::metric_defect(&g);
    let slow = |rapidity: f64| rapidity <= MOST_RAPIDITY * (1.0 + 1e-9);
    if defect <= METRIC_SLACK {
        return BoostRotation::left(&g).ok().filter(|parts| slow(parts.size())).map(|_| g);
    }
    // The boost of the first column, and the rotation nearest to what is left.
    let n = g.rows() - 1;
    let column: Vec<f64> = (1..=n).map(|i| g[(i, 0)]).collect();
    let eta = lorentz::rapidity(&column);
    let undone = &boost(&eta.iter().map(|v| -v).collect::<Vec<_>>()) * &g;
    let left = undone.block(1, 1, n, n);
    let turn =
        if n == 1 { (left[(0, 0)] > 0.0).then(|| Matrix::identity(1)) } else { nearest_rotation(&left) };
    let known = defect < METRIC_DEFECT && g[(0, 0)] > 0.0 && slow(size(&eta));
    turn.filter(|_| known).map(|r| &boost(&eta) * &lorentz::rotation(&r))
}

/// The Euclidean norm of a vector.
pub fn size(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |all: f64, x| all.hypot(*x))
}

/// A rapidity no larger than the largest here.
pub fn slowed<const N: usize>(rapidity: [f64; N]) -> [f64; N] {
    let k = slowing(&rapidity);
    rapidity.map(|v| v * k)
}

fn slowing(rapidity: &[f64]) -> f64 {
    let size = size(rapidity);
    // A rounding above the limit is no reason to change what was read.
    if size > MOST_RAPIDITY * (1.0 + 1e-9) { MOST_RAPIDITY / size } else { 1.0 }
}

/// The boost of this rapidity, or of the largest here in its direction.
fn slow_boost(rapidity: &[f64]) -> Matrix {
    let k = slowing(rapidity);
    boost(&rapidity.iter().map(|v| v * k).collect::<Vec<_>>())
}

/// The Lorentz transformation with another boost before the same turn; none where g is none.
pub fn with_boost(g: &Matrix, rapidity: &[f64]) -> Option<Matrix> {
    let (_, turn) = BoostRotation::left(g).ok()?.matrices();
    Some(&slow_boost(rapidity) * &turn)
}

/// Whether an entry of g may be typed; none of an own group. Of a Lorentz transformation those beside the first one may: they are boosts.
pub fn typed(family: Family, i: usize, j: usize) -> bool {
    match family.picture() {
        _ if family.is_own() => false,
        Picture::Plane => !family.moves() || i < 2,
        Picture::Space => true,
        Picture::Events => (i == 0) != (j == 0),
    }
}

/// g with one entry given, as far as the group has it: where det g = 1 is kept another entry follows, in SO(3) all of g
/// turns along, and in SO⁺(1,n) the boost before or after the turn is another. None where that does not lead to an
/// element.
pub fn with_entry(family: Family, g: &Matrix, i: usize, j: usize, value: f64) -> Option<Matrix> {
    let mut next = g.clone();
    next[(i, j)] = value;
    match family {
        Family::Special2 => follow(&mut next, i, j),
        Family::Special3 => follow_in_space(&mut next, i, j)?,
        Family::Rotation3 => {
            let column = unit_with([g[(0, j)], g[(1, j)], g[(2, j)]], i, value)?;
            next = with_direction(g, j, column)?;
        }
        Family::Lorentz2 | Family::Lorentz3 | Family::Lorentz4 if i > 0 => {
            let column: Vec<f64> = (1..g.rows()).map(|k| next[(k, 0)]).collect();
            next = with_boost(g, &lorentz::rapidity(&column))?;
        }
        Family::Lorentz2 | Family::Lorentz3 | Family::Lorentz4 => {
            let row: Vec<f64> = (1..g.rows()).map(|k| next[(0, k)]).collect();
            let (_, turn) = BoostRotation::left(g).ok()?.matrices();
            next = &turn * &slow_boost(&lorentz::rapidity(&row));
        }
        _ => {}
    }
    fit(family, next)
}

/// Makes det g = 1 by changing one entry other than (i, j).
fn follow(g: &mut Matrix, i: usize, j: usize) {
    let across = g[(i, j)];
    let (k, l) = (1 - i, 1 - j);
    // det = s (g_ij g_kl − g_il g_kj) with s = +1 on the diagonal.
    let s = if i == j { 1.0 } else { -1.0 };
    let other = g[(i, l)] * g[(k, j)];
    if across.abs() > LEAST_COFACTOR {
        g[(k, l)] = (s + other) / across;
    } else {
        let wanted = across * g[(k, l)] - s;
        let (fixed, moved) =
            if g[(i, l)].abs() > g[(k, j)].abs() { ((i, l), (k, j)) } else { ((k, j), (i, l)) };
        g[moved] = wanted / g[fixed];
    }
}

/// Makes det g = 1 in three dimensions by changing the entry, other than (i, j), that needs to change least.
fn follow_in_space(g: &mut Matrix, i: usize, j: usize) -> Option<()> {
    let cofactor = |g: &Matrix, (r, c): (usize, usize)| {
        let at = |a: usize, b: usize| g[((r + a) % 3, (c + b) % 3)];
        at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1)
    };
    let all = (0..9).map(|k| (k / 3, k % 3)).filter(|e| *e != (i, j));
    let best = all.max_by(|a, b| cofactor(g, *a).abs().total_cmp(&cofactor(g, *b).abs()))?;
    let c = cofactor(g, best);
    let missing = 1.0 - g.determinant();
    (c.abs() > LEAST_COFACTOR).then(|| g[best] += missing / c)
}

/// The unit vector with one component given; the others keep their proportion.
fn unit_with(v: [f64; 3], i: usize, value: f64) -> Option<[f64; 3]> {
    let left = 1.0 - value * value;
    if left.is_nan() || left < 0.0 {
        return None;
    }
    let mut rest = v;
    rest[i] = 0.0;
    if size(&rest) < 1e-9 {
        rest[(i + 1) % 3] = 1.0;
    }
    let k = left.sqrt() / size(&rest);
    let mut out = rest.map(|x| x * k);
    out[i] = value;
    Some(out)
}

/// The rotation g turned the shortest way so that column j points along `to`.
pub fn with_direction(g: &Matrix, j: usize, to: [f64; 3]) -> Option<Matrix> {
    let length = size(&to);
    let from = [g[(0, j)], g[(1, j)], g[(2, j)]];
    (length > 1e-6).then(|| &swing(from, to.map(|v| v / length)) * g)
}

/// The rotation by the smallest angle that takes one unit vector to another.
fn swing(a: [f64; 3], b: [f64; 3]) -> Matrix {
    let cross = [0, 1, 2].map(|k| a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3]);
    let (sin, cos) = (size(&cross), a.iter().zip(&b).map(|(x, y)| x * y).sum::<f64>());
    if sin > 1e-12 {
        return rotation3(cross.map(|v| v / sin), sin.atan2(cos));
    }
    if cos > 0.0 {
        return Matrix::identity(3);
    }
    // Opposite: a half turn about any line across.
    let least = (0..3).min_by(|i, j| a[*i].abs().total_cmp(&a[*j].abs())).unwrap_or(0);
    let mut across = a.map(|v| -v * a[least]);
    across[least] += 1.0;
    let length = size(&across);
    rotation3(across.map(|v| v / length), std::f64::consts::PI)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::maths::rng::Rng;

    #[test]
    fn every_group_has_its_first_element_and_takes_it_as_it_is() {
        for family in Family::ALL {
            let g = first(family);
            assert_eq!(fit(family, g.clone()), Some(g), "{family:?}");
        }
    }

    #[test]
    fn rounded_entries_stand_for_the_nearest_element_which_then_stays() {
        for family in [Family::Rotation3, Family::Lorentz2, Family::Lorentz3, Family::Lorentz4] {
            let g = first(family);
            let n = g.rows();
            let rounded = Matrix::from_fn(n, n, |i, j| (g[(i, j)] * 100.0).round() / 100.0);
            let near = fit(family, rounded.clone()).unwrap();
            assert!(near != rounded && near.max_difference(&g) < 0.02, "{family:?}");
            assert_eq!(fit(family, near.clone()), Some(near));
            assert_eq!(fit(family, g.scaled(1.2)), None, "{family:?}");
        }
        assert_eq!(fit(Family::Lorentz3, boost(&[3.0, 0.0])), None);
    }

    #[test]
    fn a_typed_entry_stays_inside_every_group() {
        let mut rng = Rng::new(4, 0);
        for family in Family::ALL {
            let mut taken = 0;
            for _ in 0..60 {
                let g = first(family);
                let n = family.size();
                let k = (rng.uniform() * (n * n) as f64) as usize;
                let (i, j) = (k / n, k % n);
                let value = 1.8 * rng.uniform() - 0.9;
                if !typed(family, i, j) {
                    continue;
                }
                if let Some(next) = with_entry(family, &g, i, j, value) {
                    taken += 1;
                    assert!((next[(i, j)] - value).abs() < 1e-9, "{family:?} {i} {j} {value}");
                    assert_eq!(fit(family, next.clone()), Some(next));
                }
            }
            assert!(taken > 8, "{family:?}: {taken}");
        }
    }

    #[test]
    fn the_shortest_turn_arrives_also_where_it_is_a_half_turn() {
        for (a, b) in [
            ([1.0, 0.0, 0.0], [0.0, 0.6, 0.8]),
            ([0.0, 0.0, 1.0], [0.0, 0.0, -1.0]),
            ([0.6, 0.8, 0.0], [0.6, 0.8, 0.0]),
        ] {
            let to = swing(a, b).apply(&a);
            assert!(to.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-12), "{a:?} {b:?} {to:?}");
        }
    }
}
