//! The factors of g, as the lab shows them.

use super::element::{homogeneous, linear};
use super::families::{Family, Picture};
use super::shows::Show;
use crate::maths::Matrix;
use crate::maths::decompose::{Decomposition, Kind, decompose};

/// Factors in order of multiplication (or terms of a sum), none where they do not exist; and why they do not, or what
/// is to be said of them.
pub type Found = (Option<Vec<Matrix>>, Vec<String>);

/// The factors of g. Of an affine map: its translation, then the factors of its linear part. Of a map of space by
/// Euler angles or by axis and angle: those of its rotation factor, then its stretch.
pub fn factors(family: Family, show: Show, g: &Matrix) -> Found {
    match show {
        Show::Jordan => linear_factors(show, g),
        _ if family.moves() => affine_factors(show, g),
        Show::Euler | Show::AxisAngle
            if family.picture() == Picture::Space && family != Family::Rotation3 =>
        {
            rotation_factors(show, g)
        }
        _ => linear_factors(show, g),
    }
}

fn affine_factors(show: Show, g: &Matrix) -> Found {
    let (parts, warnings) = linear_factors(Show::Affine, g);
    let Some(translation) = parts.as_ref().and_then(|p| p.first().cloned()).filter(|_| show != Show::Affine)
    else {
        // That L is no similarity is no flaw here.
        let warnings = if parts.is_some() { Vec::new() } else { warnings };
        return (parts, warnings);
    };
    let (factors, warnings) = linear_factors(show, &linear(g));
    let lifted = factors.map(|f| std::iter::once(translation).chain(f.iter().map(homogeneous)).collect());
    (lifted, warnings)
}

fn rotation_factors(show: Show, g: &Matrix) -> Found {
    let (polar, mut warnings) = linear_factors(Show::Polar, g);
    let Some([rotation, stretch]) = polar.as_deref() else { return (None, warnings) };
    let (turns, more) = linear_factors(show, rotation);
    warnings.extend(more);
    (turns.map(|t| t.into_iter().chain([stretch.clone()]).collect()), warnings)
}

/// The factors of one matrix by the kind of that name.
pub fn linear_factors(show: Show, g: &Matrix) -> Found {
    let found = show.slug().parse::<Kind>().map_err(|e| e.to_string());
    match found.and_then(|kind| decompose(kind, g).map_err(|e| e.to_string())) {
        Ok(Decomposition { factors, warnings, .. }) => {
            let matrices = factors.map(|f| f.into_iter().map(|f| f.matrix).collect());
            (if show == Show::Schur { matrices.map(turned) } else { matrices }, warnings)
        }
        Err(why) => (None, vec![why]),
    }
}

/// Q T Qᵀ with det Q = 1, so that Q can be shown as a turn: where it is a reflection, its last column changes sign.
fn turned(schur: Vec<Matrix>) -> Vec<Matrix> {
    let [q, t, qt] = schur.as_slice() else { return schur };
    if q.determinant() > 0.0 {
        return schur;
    }
    let mut signs = vec![1.0; q.cols()];
    signs.iter_mut().rev().take(1).for_each(|sign| *sign = -1.0);
    let d = Matrix::diagonal(&signs);
    vec![q * &d, &(&d * t) * &d, &d * qt]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_axes_of_schur_are_turned_and_not_mirrored() {
        let mut rng = crate::maths::rng::Rng::new(3, 0);
        let mut mirrored = 0;
        for _ in 0..100 {
            let g = Matrix::from_fn(2, 2, |_, _| rng.normal());
            let f = linear_factors(Show::Schur, &g).0.unwrap();
            let made = &(&f[0] * &f[1]) * &f[2];
            assert!(made.max_difference(&g) < 1e-14, "{g:?}");
            assert!((f[0].determinant() - 1.0).abs() < 1e-14);
            assert!(f[0].transpose().max_difference(&f[2]) < 1e-15);
            let plain = decompose("schur".parse().unwrap(), &g).unwrap().factors.unwrap();
            mirrored += usize::from(plain[0].matrix.determinant() < 0.0);
        }
        assert!(mirrored > 20, "the sign was of no use: {mirrored}");
    }

    #[test]
    fn every_first_element_has_all_its_decompositions_with_a_letter_for_each_factor() {
        for family in Family::ALL {
            let g = super::super::inside::first(family);
            for show in family.shows().iter().copied() {
                let found = factors(family, show, &g).0.unwrap();
                assert_eq!(found.len(), show.symbols(family).len(), "{family:?} {show:?}");
                let made = found
                    .iter()
                    .cloned()
                    .reduce(|made, f| if show.is_sum() { &made + &f } else { &made * &f });
                assert!(made.unwrap().max_difference(&g) < 1e-12, "{family:?} {show:?}");
            }
        }
    }

    #[test]
    fn what_does_not_exist_says_why() {
        let swap = Matrix::from_rows(&[[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
        let (found, why) = factors(Family::General3, Show::Gauss, &swap);
        assert!(found.is_none() && !why[0].is_empty());
        assert!(factors(Family::General3, Show::Bruhat, &swap).0.is_some());
    }
}
