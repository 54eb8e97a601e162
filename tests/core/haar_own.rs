//! Haar measure of groups that were given by generators: moments, components, invariance, and what is refused.

use equiscope::maths::haar::{HaarError, HaarLaw, Truncation, integrate};
use equiscope::maths::rng::Rng;
use equiscope::maths::{Matrix, MatrixGroup};

/// Standard errors that a mean may be off; seeds are fixed, so this is no lottery.
const SIGMAS: f64 = 5.0;
const SAMPLES: usize = 4000;

/// so(2) and so(3) by two elements, su(2) as real matrices by two elements.
const SO2: &str = r#"{"lie": [[[0,-1],[1,0]]]}"#;
const SO3: &str = r#"{"lie": [[[0,-1,0],[1,0,0],[0,0,0]], [[0,0,0],[0,0,-3],[0,3,0]]]}"#;
const SU2: &str =
    r#"{"lie": [[[0,0,-1,0],[0,0,0,1],[1,0,0,0],[0,-1,0,0]], [[0,0,0,-1],[0,0,-1,0],[0,1,0,0],[1,0,0,0]]]}"#;
const O2: &str = r#"{"lie": [[[0,-1],[1,0]]], "discrete": [[[1,0],[0,-1]]]}"#;
/// SO(2) in oblique coordinates: it keeps 4x² + y².
const OBLIQUE: &str = r#"{"lie": [[[0,-0.5],[2,0]]]}"#;
/// A circle that turns one plane once where it turns the other twice.
const WINDING: &str = r#"{"lie": [[[0,-1,0,0],[1,0,0,0],[0,0,0,-2],[0,0,2,0]]]}"#;

fn own(json: &str) -> MatrixGroup {
    MatrixGroup::from_json(json).unwrap()
}

fn law(json: &str) -> HaarLaw {
    HaarLaw::new(&own(json), Truncation::default()).unwrap()
}

#[test]
fn finite_groups_are_listed_and_unbounded_or_open_ones_refused() {
    let dihedral = law(r#"{"discrete": [[[0,-1],[1,0]], [[1,0],[0,-1]]]}"#);
    assert_eq!(dihedral.measure(), "uniform on the 8 elements");
    let mut counts = std::collections::HashMap::<String, u32>::new();
    let mut rng = Rng::new(13, 0);
    for _ in 0..8000 {
        let g = dihedral.draw(&mut rng).element;
        let key = format!("{:.0?}", g.data().iter().map(|v| v + 0.0).collect::<Vec<_>>());
        *counts.entry(key).or_default() += 1;
    }
    assert_eq!(counts.len(), 8);
    assert!(counts.values().all(|&c| (f64::from(c) - 1000.0).abs() < SIGMAS * 30.0), "{counts:?}");
    for (json, reason) in [
        (r#"{"name": "own", "lie": [[[0,1],[1,0]]]}"#, "not compact"),
        (r#"{"name": "own", "lie": [[[0,1],[0,0]]]}"#, "not compact"),
        (r#"{"name": "own", "lie": [[[0,-1],[1,0]]], "discrete": [[[2,0],[0,2]]]}"#, "not compact"),
        (r#"{"name": "own", "discrete": [[[2]]]}"#, "more than"),
        // A line winding densely around a torus.
        (
            r#"{"name": "own", "lie": [[[0,-1,0,0],[1,0,0,0],[0,0,0,-1.4142135623730951],[0,0,1.4142135623730951,0]]]}"#,
            "not found to be closed",
        ),
    ] {
        let error = HaarLaw::new(&own(json), Truncation::default()).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, HaarError::NoLaw { .. }) && text.contains("for own"), "{text}");
        assert!(text.contains(reason), "{text}");
    }
}

#[test]
fn moments_of_compact_groups_by_generators_are_those_of_haar_measure() {
    type Of = fn(&Matrix) -> f64;
    let trace: Of = Matrix::trace;
    let half: Of = |g| 0.5 * g.trace();
    // Of the trace the moments count invariants: ∫ χᵏ is the dimension of those in the k-th power.
    let cases: [(&str, Of, &[f64]); 7] = [
        (SO2, trace, &[0.0, 2.0, 0.0, 6.0, 0.0, 20.0]),
        (O2, trace, &[0.0, 1.0, 0.0, 3.0, 0.0, 10.0]),
        (SO3, trace, &[0.0, 1.0, 1.0, 3.0, 6.0, 15.0]),
        (SU2, half, &[0.0, 1.0, 0.0, 2.0, 0.0, 5.0]),
        (O2, Matrix::determinant, &[0.0, 1.0]),
        (OBLIQUE, trace, &[0.0, 2.0, 0.0, 6.0]),
        // (2 cos t + 2 cos 2t)ᵏ has the constant terms 0, 4, 6.
        (WINDING, trace, &[0.0, 4.0, 6.0]),
    ];
    for (case, (json, of, moments)) in cases.into_iter().enumerate() {
        let haar = law(json);
        assert!(haar.measure().starts_with("uniform: Haar measure of total mass 1, by products of 32"));
        assert!(!haar.weighted());
        for (power, due) in (1..).zip(moments) {
            let mut rng = Rng::new(case as u64, 5);
            let found = integrate(&haar, SAMPLES, &mut rng, |g| of(g).powi(power));
            let off = (found.mean - due).abs();
            assert!(off <= SIGMAS * found.error + 1e-12, "{json}, power {power}: {found:?}, due {due}");
            assert!(found.error < 0.1 * (3.0 + due), "{json}, power {power} says nothing: {found:?}");
        }
    }
}

#[test]
fn draws_lie_in_the_group_and_the_law_is_invariant() {
    let one = |n: usize| Matrix::identity(n);
    let mut rng = Rng::new(3, 5);
    for (json, form) in [
        (SO2, one(2)),
        (O2, one(2)),
        (SO3, one(3)),
        (SU2, one(4)),
        (WINDING, one(4)),
        (OBLIQUE, Matrix::diagonal(&[4.0, 1.0])),
    ] {
        let haar = law(json);
        for _ in 0..50 {
            let g = haar.draw(&mut rng).element;
            assert!((&(&g.transpose() * &form) * &g).max_difference(&form) < 1e-12, "{json}: {g:?}");
        }
        let (n, h) = (form.rows(), haar.draw(&mut rng).element);
        let f = |g: &Matrix| g[(0, 0)] + g[(0, n - 1)] * g[(n - 1, n - 1)] + g[(1, 0)].powi(3);
        for (seed, shifted) in [(7, true), (8, false)] {
            let found = integrate(&haar, SAMPLES, &mut Rng::new(seed, 5), |g| {
                f(&if shifted { &h * g } else { g * &h }) - f(g)
            });
            assert!(found.mean.abs() < SIGMAS * found.error, "{json}: {found:?}");
        }
    }
    // On the winding circle the second angle is twice the first.
    let circle = law(WINDING);
    for _ in 0..50 {
        let g = circle.draw(&mut rng).element;
        let doubled = g[(0, 0)] * g[(0, 0)] - g[(1, 0)] * g[(1, 0)];
        assert!((doubled - g[(2, 2)]).abs() < 1e-11, "{g:?}");
    }
}
