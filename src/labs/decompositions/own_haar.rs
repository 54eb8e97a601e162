//! Random elements of own groups, and the exact laws of what is read off them.
//!
//! A compact group of 2 × 2 or 3 × 3 matrices is, in coordinates in which it is orthogonal, a group in O(2) or O(3): a finite
//! one, a circle, or SO(3), times the finite group Γ of its discrete generators. So the law of every coordinate is exact:
//! elements that are counted; h exp(tA) with h uniform in Γ and t uniform on a full turn; and ± R, with the angle θ of R of
//! density (1 − cos θ)/π (Weyl) and each entry of R uniform on [−1, 1] (Archimedes).
//!
//! The means of χ = tr g and χ² are whole numbers, since χ is the character of Rⁿ: how often the trivial representation is
//! in it, dim Hom(R, Rⁿ), and dim Hom(Rⁿ, Rⁿ). They are found as [`crate::maths::basis`] finds every space of maps.

use super::density::{self, BARS, Density};
use super::haar::{Coordinate, Law, Marginal, Sample, marginal};
use crate::maths::basis::Solver;
use crate::maths::haar::{HaarError, HaarLaw, Truncation};
use crate::maths::linalg::rotation_angle;
use crate::maths::matrix_group::LieAlgebra;
use crate::maths::rep::Rep;
use crate::maths::rotation::about;
use crate::maths::{Matrix, MatrixGroup};
use std::f64::consts::{PI, TAU};

/// How many elements a circle and its finite group stand for, at least; a multiple of [`BARS`] for each of the latter.
const FINE: usize = 600;
/// Angles this near to −π are π.
const ROUNDING: f64 = 1e-9;

/// What is read off an element in coordinates in which the group is orthogonal.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Read {
    /// The angle of g e₁ in the plane; in space that of the rotation g / det g.
    turn: f64,
    /// The first entry.
    entry: f64,
    /// tr g.
    trace: f64,
}

impl Read {
    fn of(k: &Matrix) -> Self {
        let angle = if k.rows() == 2 {
            let angle = k[(1, 0)].atan2(k[(0, 0)]);
            if angle < ROUNDING - PI { angle + TAU } else { angle }
        } else {
            let turn = if k.determinant() < 0.0 { k.scaled(-1.0) } else { k.clone() };
            rotation_angle(&turn).unwrap_or(0.0)
        };
        Self { turn: angle, entry: k[(0, 0)], trace: k.trace() }
    }
}

/// The law of the random elements of a group with that Lie algebra, or why there is none, as a sentence.
pub(super) fn law(group: &MatrixGroup, algebra: &LieAlgebra) -> Result<Law, String> {
    let law = HaarLaw::new(group, Truncation::default()).map_err(|why| match why {
        HaarError::NoLaw { order, .. } if order.starts_with("compact") => {
            format!("None to draw: the group is {order}.")
        }
        HaarError::NoLaw { order, .. } => format!(
            "None to draw: the group is {order}; no finite Haar measure is known, nor factors to cut it off by."
        ),
        HaarError::Truncation { .. } => "None to draw.".to_owned(),
    })?;
    let unclear = || "None to draw: its coordinates were not found.".to_owned();
    let (_, (to, back)) = group.antisymmetric_algebra().ok_or_else(unclear)?;
    let finite = match group.elements() {
        Some(all) => all,
        None => group.discrete_elements().ok_or_else(unclear)?,
    };
    let finite: Vec<Matrix> = finite.iter().map(|h| &(&to * h) * &back).collect();
    let n = group.dim();
    let orbit = match algebra.dim() {
        0 => finite.iter().map(|h| (Read::of(h), 1.0)).collect(),
        1 => circle(&(&(&to * &algebra.basis()[0]) * &back), &finite),
        3 if n == 3 => turns(&finite),
        _ => return Err(unclear()),
    };
    let moments = moments(group);
    let cut = match (algebra.dim(), finite.len()) {
        (0, all) => format!("each one of {all} elements"),
        (_, 1) => "each a product of 32 random exponentials".to_owned(),
        (_, all) => format!("each a product of 32 random exponentials and one of {all} discrete elements"),
    };
    let small = algebra.dim() == 0;
    let marginals = marginals(n, algebra.dim(), &orbit);
    Ok(Law::of_own(law, [to, back], marginals, moments, cut, if small { 300 } else { 30 }))
}

/// The elements R h for rotations R = exp(tA) of a full turn, t in the middle of equal parts of it.
fn circle(a: &Matrix, finite: &[Matrix]) -> Vec<(Read, f64)> {
    let unit = a.scaled(std::f64::consts::SQRT_2 / a.frobenius());
    let square = &unit * &unit;
    let count = BARS * FINE.div_ceil(finite.len()).max(2);
    let part = |i: usize| TAU * (i as f64 + 0.5) / count as f64;
    // Rodrigues: unit is the matrix of a cross product, or a quarter turn.
    let turn = |t: f64| {
        let sum = &unit.scaled(t.sin()) + &square.scaled(1.0 - t.cos());
        &Matrix::identity(a.rows()) + &sum
    };
    let all = (0..count).map(|i| turn(part(i)));
    all.flat_map(|r| finite.iter().map(move |h| (Read::of(&(&r * h)), 1.0))).collect()
}

/// Turns by all angles, weighted by their density, and each with the signs of the finite group.
fn turns(finite: &[Matrix]) -> Vec<(Read, f64)> {
    let count = BARS * FINE;
    let mirrored = finite.iter().any(|h| h.determinant() < 0.0);
    let signs: &[f64] = if mirrored { &[1.0, -1.0] } else { &[1.0] };
    let part = |i: usize| PI * (i as f64 + 0.5) / count as f64;
    let all = (0..count).map(part).flat_map(|t| signs.iter().map(move |s| (t, s)));
    all.map(|(t, s)| (Read { turn: t, entry: 0.0, trace: s * about(2, t).trace() }, 1.0 - t.cos())).collect()
}

fn marginals(n: usize, dim: usize, orbit: &[(Read, f64)]) -> Vec<Marginal> {
    let exact = |range, read: fn(&Read) -> f64| -> Density {
        density::steps(range, orbit.iter().map(|(r, weight)| (read(r), *weight)))
    };
    let even = r"\uniform";
    let most = n as f64;
    let trace = marginal("Trace", r"χ = \tr g", Coordinate::Scale, exact([-most, most], |r| r.trace));
    if n == 2 {
        let (formula, law) =
            if dim == 1 { (even, density::even(-PI, PI)) } else { ("", exact([-PI, PI], |r| r.turn)) };
        return vec![marginal("Angle of column 1", formula, Coordinate::Turn, law), trace];
    }
    let whole = dim == 3;
    let turn = exact([0.0, PI], |r| r.turn);
    let formula = if whole { r"θ ∼ 1 − \cos θ" } else { "" };
    let (told, entry) =
        if whole { (even, density::even(-1.0, 1.0)) } else { ("", exact([-1.0, 1.0], |r| r.entry)) };
    vec![
        marginal("Turn", formula, Coordinate::Turn, turn),
        marginal("First entry", told, Coordinate::Stretch, entry),
        trace,
    ]
}

/// The exact means of χ and χ².
fn moments(group: &MatrixGroup) -> Option<[f64; 2]> {
    let mut solver = Solver::new(group.clone());
    let mut count = |from: Rep| Some(solver.hom(&from, &Rep::base()).ok()?.dimension() as f64);
    Some([count(Rep::trivial(1))?, count(Rep::base())?])
}

impl Sample {
    /// What is read off an element of an own group, with the coordinates in which it is orthogonal.
    pub(super) fn of_own(g: Matrix, weight: f64, [to, back]: &[Matrix; 2]) -> Self {
        let read = Read::of(&(&(to * &g) * back));
        Self::with(g, weight, [read.turn, read.entry, read.trace])
    }
}

/// The means of χ and χ² over samples, and their standard errors.
pub fn seen_moments(samples: &[Sample]) -> [(f64, f64); 2] {
    let count = samples.len().max(1) as f64;
    [1, 2].map(|power| {
        let value = |s: &Sample| s.g.trace().powi(power);
        let mean = samples.iter().map(value).sum::<f64>() / count;
        let spread = samples.iter().map(|s| (value(s) - mean).powi(2)).sum::<f64>();
        (mean, spread.sqrt() / count)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::super::haar::{SAMPLES, histogram};
    use super::super::own_text::parse;
    use super::*;
    use crate::maths::rng::Rng;

    /// Lie and discrete generators of compact groups: circles, mirrors, finite ones, space, and two that are not
    /// orthogonal as they are typed.
    const COMPACT: [(&str, &str); 11] = [
        ("0 -1; 1 0", ""),
        ("0 -1; 1 0", "1 0; 0 -1"),
        ("", "0 -1; 1 0\n1 0; 0 -1"),
        ("", "cos(2pi/5) -sin(2pi/5); sin(2pi/5) cos(2pi/5)"),
        ("0 -4; 1 0", "1 0; 0 -1"),
        ("0 -1 0; 1 0 0; 0 0 0", ""),
        ("0 -1 0; 1 0 0; 0 0 0", "-1 0 0; 0 1 0; 0 0 -1"),
        ("0 -1 0; 1 0 0; 0 0 0\n0 0 0; 0 0 -1; 0 1 0", ""),
        ("0 -1 0; 1 0 0; 0 0 0\n0 0 0; 0 0 -1; 0 1 0", "-1 0 0; 0 -1 0; 0 0 -1"),
        ("", "0 0 1; 1 0 0; 0 1 0\n-1 0 0; 0 -1 0; 0 0 1"),
        ("", "0 1; 1 0\n-1 -1; 0 1"),
    ];

    #[test]
    fn samples_follow_the_exact_laws_and_moments() {
        for (lie, discrete) in COMPACT {
            let group = parse("", lie, discrete).unwrap();
            let law = group.law().unwrap();
            let samples = law.draw(&mut Rng::new(5, 0), SAMPLES);
            // Kolmogorov–Smirnov: 1.95 / √n is passed once in a thousand.
            let bound = 1.95 / (SAMPLES as f64).sqrt();
            for m in &law.marginals {
                let [lo, hi] = m.density.range();
                let width = (hi - lo) / BARS as f64;
                let mut seen = 0.0;
                for (k, bar) in histogram(&samples, m, BARS).iter().enumerate() {
                    seen += bar * width;
                    let exact = m.density.below(lo + width * (k + 1) as f64);
                    assert!((seen - exact).abs() < bound, "{lie} {discrete} {}: {seen} {exact}", m.title);
                }
                assert!((seen - 1.0).abs() < 1e-9 && (m.density.below(hi) - 1.0).abs() < 1e-9);
            }
            let exact = law.moments.unwrap();
            for ((mean, error), exact) in seen_moments(&samples).into_iter().zip(exact) {
                assert!(
                    (mean - exact).abs() <= 4.0 * error + 1e-9,
                    "{lie} {discrete}: {mean} {error} {exact}"
                );
            }
        }
    }

    #[test]
    fn moments_count_the_irreducible_parts() {
        // A turn about z leaves one direction and turns a plane, with the maps a + bJ there.
        for (k, exact) in
            [(0, [0.0, 2.0]), (1, [0.0, 1.0]), (2, [0.0, 1.0]), (5, [1.0, 3.0]), (7, [0.0, 1.0])]
        {
            let (lie, discrete) = COMPACT[k];
            assert_eq!(parse("", lie, discrete).unwrap().law().unwrap().moments, Some(exact), "{lie}");
        }
    }

    #[test]
    fn a_biased_sample_would_be_seen() {
        let group = parse("", COMPACT[1].0, COMPACT[1].1).unwrap();
        let law = group.law().unwrap();
        let samples: Vec<Sample> =
            law.draw(&mut Rng::new(5, 0), SAMPLES).into_iter().filter(|s| s.g.determinant() > 0.0).collect();
        let [_, (square, error)] = seen_moments(&samples);
        assert!((square - law.moments.unwrap()[1]).abs() > 8.0 * error);
    }

    #[test]
    fn what_is_not_compact_says_why() {
        for (lie, discrete, says) in [
            ("0.25 -1; 1 0.25", "", "infinite and not compact"),
            ("0 1; 0 0\n1 0; 0 1", "", "infinite and not compact"),
            ("", "1 1; 0 1", "more than 10000 elements"),
            ("0 1 0; 0 0 0; 0 0 0", "", "infinite and not compact"),
        ] {
            let group = parse("", lie, discrete).unwrap();
            let why = group.law().unwrap_err();
            assert!(why.starts_with("None to draw: ") && why.contains(says), "{why}");
        }
    }
}
