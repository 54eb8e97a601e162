//! The lab's audit: do the factors make up the matrix, and do they follow it?
//!
//! A decomposition is a map from matrices to factors, and most are equivariant under a subgroup that acts from the
//! left: polar, Cartan and Iwasawa under rotations h, Gauss under unit lower triangular h. The first factor of h g is h
//! times that of g, the others stay. All of Aff⁺(2) follow translations h. Rows named `… product` measure ‖∏ − g‖ / ∏‖factor‖, rows named `… follows` the
//! largest difference between the factors of h g and those foretold, relative to the largest of them (for Cartan times
//! the relative gap of the singular values, which is what U and V are determined to).
//!
//! All of it is computed in f64 on the CPU, whatever was asked for: the report says so.

use super::element::{factors, with_linear};
use super::settings::{Family, Show};
use crate::labs::check::{Backend, CheckError, CheckOptions, Precision, Report, Row, Symmetry};
use crate::maths::group::rotation2;
use crate::maths::residual::median_worst;
use crate::maths::rng::Rng;
use crate::maths::{Group, Matrix};
use std::f64::consts::TAU;

/// Some tens of roundings of f64 (1.1e-16 each), relative to the factors.
const BOUND: f64 = 1e-13;
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
    let mut groups = Vec::new();
    for (f, family) in Family::ALL.into_iter().enumerate() {
        let mut rng = Rng::new(options.seed, f as u64);
        let pairs: Vec<(Matrix, Matrix)> = (0..options.samples.max(1))
            .map(|_| (sample(family, &mut rng), rotation2(TAU * rng.uniform())))
            .collect();
        for show in family.shows().iter().copied() {
            let product = pairs.iter().filter_map(|(g, _)| product(family, show, g)).collect();
            groups.push(row(family, format!("{} product", show.slug()), product, BOUND));
            if show != Show::Schur || family.moves() {
                let follows = pairs.iter().filter_map(|(g, h)| follows(family, show, g, h)).collect();
                groups.push(row(family, format!("{} follows", show.slug()), follows, BOUND_FOLLOWS));
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

/// Normal translation, if any, after K A K with singular values log-uniform on [½, 2], scaled to determinant 1 where the group asks for it.
fn sample(family: Family, rng: &mut Rng) -> Matrix {
    let g = Group::GeneralLinear2.sample(rng, 1.0);
    if family.moves() {
        return with_linear(&translation(rng.normal(), rng.normal()), &g);
    }
    if family.keeps_det() { g.scaled(g.determinant().powf(-0.5)) } else { g }
}

/// ‖∏ − g‖ / ∏‖factor‖; none where the decomposition does not exist, as Gauss where g₁₁ = 0.
fn product(family: Family, show: Show, g: &Matrix) -> Option<f64> {
    let factors = factors(family, show, g).0?;
    let made = factors.iter().fold(Matrix::identity(g.rows()), |made, f| &made * f);
    let size: f64 = factors.iter().map(Matrix::frobenius).product();
    Some((&made - g).frobenius() / size)
}

/// How far the factors of h g are from those that h and the factors of g foretell; none for Schur, which follows
/// changes of basis and nothing that acts from one side.
fn follows(family: Family, show: Show, g: &Matrix, turn: &Matrix) -> Option<f64> {
    let h = match show {
        _ if family.moves() => translation(turn[(0, 0)], turn[(1, 0)]),
        Show::Schur => return None,
        Show::Gauss => Matrix::from_rows(&[[1.0, 0.0], [turn[(0, 0)], 1.0]]),
        _ => turn.clone(),
    };
    let (mut foretold, found) = (factors(family, show, g).0?, factors(family, show, &(&h * g)).0?);
    foretold[0] = &h * &foretold[0];
    let size = foretold.iter().map(Matrix::frobenius).fold(1.0, f64::max);
    let far = foretold.iter().zip(&found).map(|(a, b)| (a - b).frobenius()).fold(0.0, f64::max);
    // U and V are determined only to rounding over the relative gap of the singular values.
    let gap =
        if show == Show::Cartan && !family.moves() { 1.0 - found[1][(1, 1)] / found[1][(0, 0)] } else { 1.0 };
    Some(far * gap / size)
}

fn translation(x: f64, y: f64) -> Matrix {
    Matrix::from_rows(&[[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
}

fn row(family: Family, model: String, residuals: Vec<f64>, bound: f64) -> Row {
    let (median, worst) = median_worst(&residuals);
    let passed = !residuals.is_empty() && worst <= bound;
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
        // Polar, Cartan, Iwasawa and Gauss twice, Schur once, on two groups; all six twice on Aff⁺(2).
        assert_eq!(report.groups.len(), 30);
        let gpu = run(&CheckOptions { backend: Backend::Gpu, ..options });
        assert!(matches!(gpu, Err(CheckError::BackendMissing { .. })));
        // Polar does not follow a shear as it follows a turn.
        let g = Settings::default().g;
        let shear = Matrix::from_rows(&[[1.0, 0.5], [0.0, 1.0]]);
        assert!(follows(Family::General2, Show::Polar, &g, &shear).unwrap() > 1e-2);
    }
}
