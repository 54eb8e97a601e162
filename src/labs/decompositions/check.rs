//! The lab's audit: do the factors make up the matrix, and do they follow it?
//!
//! A decomposition is a map from matrices to factors, and most are equivariant under a subgroup. Under h from the left
//! the first factor follows as h F₁ and the others stay: polar, Cartan, Iwasawa, QR and axis–angle under rotations, Gauss under
//! unit lower triangular h, Euler under turns about z, all of Aff⁺(2) under translations. From the right, Bruhat follows
//! upper triangular h and Lorentz–Cartan rotations. SO⁺(1,1) has no rotations: there its Lorentz factors follow the mirror
//! image h g h⁻¹ of space, the others turns of R² as any matrix does. Where a stretch or a boost stands first, h goes
//! through it: P R becomes (h P h⁻¹)(h R). Jordan–Chevalley has
//! no such row: of almost every g its terms are g and 0.
//! Rows named `… product` measure ‖∏ − g‖ / ∏‖factor‖ (of a sum ‖∑ − g‖ / ∑‖term‖), rows named `… follows` the
//! largest difference between the factors of h g and those foretold, relative to the largest of them. What is less well
//! determined counts less: U and V of Cartan by the relative gap of the singular values, triangular factors by their
//! growth, Euler angles by their distance from gimbal lock. Where nothing is determined there is no row: the singular values
//! of a rotation are equal, and two of those of SO⁺(1,3). A row fails where less than 99 % of the samples have the
//! decomposition. Boosts have rapidities up to that asked for; beyond 1 bounds grow with the squares of the entries.
//!
//! All of it is computed in f64 on the CPU, whatever was asked for: the report says so.

use super::element::with_linear;
use super::factors::factors;
use super::inside::size;
use super::settings::{Family, Picture, Show};
use crate::labs::check::{Backend, CheckError, CheckOptions, Precision, Report, Row, Symmetry};
use crate::maths::group::rotation2;
use crate::maths::lorentz;
use crate::maths::residual::median_worst;
use crate::maths::rng::Rng;
use crate::maths::rotation::{Quaternion, about};
use crate::maths::{Group, Matrix};
use std::f64::consts::TAU;

/// Some tens of roundings of f64 (1.1e-16 each), relative to the factors.
const BOUND: f64 = 1e-13;
/// Share of the samples that must have a decomposition: those that have none are no set of positive measure.
const PRESENT: f64 = 0.99;
/// Factors of h g are compared with factors of g: both were computed, so some digits more are lost.
const BOUND_FOLLOWS: f64 = 1e-12;

/// Audits every decomposition on all groups.
///
/// # Errors
/// The GPU was asked for.
pub fn run(options: &CheckOptions) -> Result<Report, CheckError> {
    if options.backend == Backend::Gpu {
        let reason = "decompositions are computed in f64, which WGSL does not have".to_owned();
        return Err(CheckError::BackendMissing { backend: Backend::Gpu, reason });
    }
    let asked = options.samples.max(1);
    let mut groups = Vec::new();
    for (f, family) in Family::ALL.into_iter().enumerate() {
        let mut rng = Rng::new(options.seed, f as u64);
        let mut pair = || (sample(family, options.rapidity, &mut rng), turn_of_action(family, &mut rng));
        let pairs: Vec<(Matrix, Matrix)> = (0..asked).map(|_| pair()).collect();
        let wide = if family.picture() == Picture::Events { scale(options.rapidity) } else { 1.0 };
        for show in family.shows().iter().copied() {
            let product = pairs.iter().filter_map(|(g, _)| product(family, show, g)).collect();
            groups.push(row(family, format!("{} product", show.slug()), product, asked, wide * BOUND));
            if is_determined(family, show) {
                let follows = pairs.iter().filter_map(|(g, r)| follows(family, show, g, r)).collect();
                let name = format!("{} follows", show.slug());
                groups.push(row(family, name, follows, asked, wide * BOUND_FOLLOWS));
            }
        }
    }
    Ok(Report {
        lab: super::META.slug.to_owned(),
        backend: Backend::Cpu,
        adapter: "f64 on the CPU".to_owned(),
        precision: Precision::F64,
        samples: options.samples.max(1),
        seed: options.seed,
        passed: groups.iter().all(|r| r.passed),
        groups,
    })
}

/// The report for the page; none where it cannot be made.
#[cfg(feature = "app")]
pub(super) fn page(samples: usize) -> Option<serde_json::Value> {
    let (backend, precision) = (Backend::Cpu, Precision::F64);
    let report = run(&CheckOptions { samples, seed: 0, backend, precision, rapidity: 1.0 }).ok()?;
    serde_json::to_value(report).ok()
}

/// What boosts of this rapidity make of rounding errors, where those up to 1 have the plain bounds.
fn scale(rapidity: f64) -> f64 {
    (2.0 * (rapidity - 1.0)).exp().max(1.0)
}

/// Whether it means something that the factors follow: that they are determined by g, as Schur is up to signs alone, and
/// that they are more than g itself, which the first term of Jordan–Chevalley is for almost every g.
fn is_determined(family: Family, show: Show) -> bool {
    match show {
        Show::Schur => family.moves(),
        Show::Jordan => false,
        Show::Cartan => !matches!(family, Family::Rotation3 | Family::Lorentz4),
        _ => true,
    }
}

/// A well-conditioned random element: K A K with singular values log-uniform on [½, 2], scaled to determinant 1 where the
/// group asks for it; a boost of at most the given rapidity after a random turn; a normal translation where there is one.
fn sample(family: Family, rapidity: f64, rng: &mut Rng) -> Matrix {
    let stretches = |rng: &mut Rng| [0; 3].map(|_| (2.0 * rng.uniform() - 1.0).exp2());
    match family.picture() {
        Picture::Events => {
            let n = family.size() - 1;
            let direction = [0; 3].map(|_| rng.normal());
            let speed = rapidity * rng.uniform() / size(&direction[..n]).max(1e-9);
            let rapidity: Vec<f64> = direction[..n].iter().map(|v| v * speed).collect();
            &lorentz::boost(&rapidity) * &turn(family, rng)
        }
        Picture::Space if family == Family::Rotation3 => turn(family, rng),
        Picture::Space => {
            let a = Matrix::diagonal(&stretches(rng));
            let g = &(&turn(family, rng) * &a) * &turn(family, rng);
            if family.keeps_det() { g.scaled(g.determinant().cbrt().recip()) } else { g }
        }
        Picture::Plane => {
            let g = Group::GeneralLinear2.sample(rng, 1.0);
            if family.moves() {
                return with_linear(&translation(rng.normal(), rng.normal()), &g);
            }
            if family.keeps_det() { g.scaled(g.determinant().powf(-0.5)) } else { g }
        }
    }
}

/// A uniform rotation: of the plane, of space, or of the space of events.
fn turn(family: Family, rng: &mut Rng) -> Matrix {
    let mut plane = || rotation2(TAU * rng.uniform());
    match (family.picture(), family.size()) {
        (Picture::Plane, _) => plane(),
        (Picture::Events, 2) => Matrix::identity(2),
        (Picture::Events, 3) => lorentz::rotation(&plane()),
        (picture, _) => {
            let [x, y, z, w] = [0; 4].map(|_| rng.normal());
            let r = Quaternion { x, y, z, w }.normalised().to_matrix();
            if picture == Picture::Events { lorentz::rotation(&r) } else { r }
        }
    }
}

/// The rotation that acts, or from which what acts is made: in SO⁺(1,1), which has none, one of R².
fn turn_of_action(family: Family, rng: &mut Rng) -> Matrix {
    if family == Family::Lorentz2 { rotation2(TAU * rng.uniform()) } else { turn(family, rng) }
}

/// The product of the factors, or their sum.
fn made(show: Show, factors: &[Matrix]) -> Option<Matrix> {
    factors.iter().cloned().reduce(|made, f| if show.is_sum() { &made + &f } else { &made * &f })
}

/// ‖∏ − g‖ / ∏‖factor‖, or ‖∑ − g‖ / ∑‖term‖; none where the decomposition does not exist, as Gauss where g₁₁ = 0.
fn product(family: Family, show: Show, g: &Matrix) -> Option<f64> {
    let factors = factors(family, show, g).0?;
    let sizes = factors.iter().map(Matrix::frobenius);
    let size: f64 = if show.is_sum() { sizes.sum() } else { sizes.product() };
    Some((&made(show, &factors)? - g).frobenius() / size)
}

/// How h acts, and what becomes of the factors.
enum Acts {
    /// h g: the first factor becomes h F₁.
    First(Matrix),
    /// h g: the first factor becomes h F₁ h⁻¹, the second h F₂.
    Through(Matrix),
    /// g h: the last factor becomes F h.
    Last(Matrix),
    /// h g h⁻¹: all factors do the same.
    Basis(Matrix),
}

/// The h under which a decomposition is equivariant, made from a rotation; none for Jordan–Chevalley, and
/// for Schur without translations.
fn action(family: Family, show: Show, r: &Matrix) -> Option<Acts> {
    let triangle = |upper: bool| {
        Matrix::from_fn(r.rows(), r.cols(), |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Equal => 1.0,
            std::cmp::Ordering::Less if upper => r[(i, j)],
            std::cmp::Ordering::Greater if !upper => r[(i, j)],
            _ => 0.0,
        })
    };
    Some(match show {
        Show::Jordan => return None,
        _ if family.moves() => Acts::First(translation(r[(0, 0)], r[(1, 0)])),
        Show::Schur => return None,
        _ if family == Family::Lorentz2 && show.is_lorentz() => Acts::Basis(Matrix::diagonal(&[1.0, -1.0])),
        Show::Gauss => Acts::First(triangle(false)),
        Show::Bruhat => Acts::Last(triangle(true)),
        Show::Euler => Acts::First(about(2, r[(1, 0)].atan2(r[(0, 0)]))),
        Show::PolarLeft | Show::BoostRotation => Acts::Through(r.clone()),
        Show::LorentzKak => Acts::Last(r.clone()),
        _ => Acts::First(r.clone()),
    })
}

/// How far the factors after h has acted are from those that h and the factors of g foretell.
fn follows(family: Family, show: Show, g: &Matrix, r: &Matrix) -> Option<f64> {
    distance(family, show, g, &action(family, show, r)?)
}

fn distance(family: Family, show: Show, g: &Matrix, acts: &Acts) -> Option<f64> {
    let mut foretold = factors(family, show, g).0?;
    let last = foretold.len() - 1;
    let acted = match acts {
        Acts::First(h) => {
            foretold[0] = h * &foretold[0];
            h * g
        }
        Acts::Through(h) => {
            foretold[0] = &(h * &foretold[0]) * &h.inverse()?;
            foretold[1] = h * &foretold[1];
            h * g
        }
        Acts::Last(h) => {
            foretold[last] = &foretold[last] * h;
            g * h
        }
        Acts::Basis(h) => {
            let back = h.inverse()?;
            foretold = foretold.iter().map(|f| &(h * f) * &back).collect();
            &(h * g) * &back
        }
    };
    let found = factors(family, show, &acted).0?;
    let size = foretold.iter().map(Matrix::frobenius).fold(1.0, f64::max);
    let far = foretold.iter().zip(&found).map(|(a, b)| (a - b).frobenius()).fold(0.0, f64::max);
    Some(far / size * determined(family, show, g, &found))
}

/// How well the factors are determined, at most 1: errors are expected to be as much larger as this is smaller.
fn determined(family: Family, show: Show, g: &Matrix, found: &[Matrix]) -> f64 {
    if family.moves() {
        return 1.0;
    }
    match show {
        Show::Cartan => {
            let values: Vec<f64> = (0..g.rows()).map(|i| found[1][(i, i)]).collect();
            values.windows(2).map(|v| 1.0 - v[1] / v[0]).fold(1.0, f64::min)
        }
        Show::Gauss | Show::Bruhat => {
            let growth: f64 = found.iter().map(Matrix::frobenius).product();
            g.frobenius() / growth.max(1.0)
        }
        Show::Euler => found[1][(0, 2)].abs(),
        // The direction of a slow boost, which the first factor turns to.
        Show::LorentzKak => found[1].max_difference(&Matrix::identity(g.rows())).min(1.0),
        _ => 1.0,
    }
}

fn translation(x: f64, y: f64) -> Matrix {
    Matrix::from_rows(&[[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
}

fn row(family: Family, model: String, residuals: Vec<f64>, asked: usize, bound: f64) -> Row {
    let (median, worst) = median_worst(&residuals);
    let passed = residuals.len() as f64 >= PRESENT * asked as f64 && worst <= bound;
    Row {
        group: family.slug().to_owned(),
        model,
        symmetry: Symmetry::Exact,
        samples: residuals.len(),
        median,
        worst,
        bound: Some(bound),
        passed,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::super::settings::Settings;
    use super::*;

    #[test]
    fn the_audit_passes_and_a_wrong_factor_would_not() {
        let options = CheckOptions {
            samples: 2000,
            seed: 5,
            backend: Backend::Cpu,
            precision: Precision::F64,
            rapidity: 1.0,
        };
        let report = run(&options).unwrap();
        assert!(report.passed, "{report:#?}");
        // Twice each decomposition of each group, but Jordan–Chevalley once, Schur once on all but Aff⁺(2), and Cartan once on two of them.
        let all: usize = Family::ALL.iter().map(|f| 2 * f.shows().len()).sum();
        assert_eq!(report.groups.len(), all - Family::ALL.len() - (Family::ALL.len() - 1) - 2);
        // What acts is not 1: no row compares factors with themselves.
        let mut rng = Rng::new(6, 0);
        for family in Family::ALL {
            for show in family.shows().iter().copied().filter(|show| is_determined(family, *show)) {
                let (Acts::First(h) | Acts::Through(h) | Acts::Last(h) | Acts::Basis(h)) =
                    action(family, show, &turn_of_action(family, &mut rng)).unwrap();
                assert!(h.max_difference(&Matrix::identity(h.rows())) > 1e-3, "{family:?} {show:?}");
            }
        }
        let gpu = run(&CheckOptions { backend: Backend::Gpu, ..options });
        assert!(matches!(gpu, Err(CheckError::BackendMissing { .. })));
        let fast = run(&CheckOptions { rapidity: 3.0, samples: 500, ..options }).unwrap();
        assert!(fast.passed, "{fast:#?}");
        let median = |r: &Report| r.groups.iter().find(|r| r.group == "SO+(1,3)").map(|r| r.median);
        assert_ne!(median(&fast), median(&run(&CheckOptions { samples: 500, ..options }).unwrap()));
        // One sample of a thousand is not enough.
        assert!(!row(Family::Special2, String::new(), vec![0.0], 1000, BOUND).passed);
        assert!(row(Family::Special2, String::new(), vec![0.0; 990], 1000, BOUND).passed);
        // Polar does not follow a shear as it follows a turn.
        let g = Settings::default().g;
        let shear = Matrix::from_rows(&[[1.0, 0.5], [0.0, 1.0]]);
        assert!(distance(Family::General2, Show::Polar, &g, &Acts::First(shear)).unwrap() > 1e-2);
        // Nor a stretch that stands first a turn from the left alone.
        let h = rotation2(0.3);
        assert!(distance(Family::General2, Show::PolarLeft, &g, &Acts::First(h)).unwrap() > 1e-2);
    }
}
