//! What exp reaches.

use super::gaussian;
use equiscope::maths::Matrix;
use equiscope::maths::exp::reach::{self, Place};
use equiscope::maths::exp::{exp, log};
use equiscope::maths::rng::Rng;
use std::f64::consts::{FRAC_PI_2, PI};

/// P R(p) with P of eigenvalues e^{±t} along the direction q.
fn element(t: f64, p: f64, q: f64) -> Matrix {
    let turn = |a: f64| Matrix::from_rows(&[[a.cos(), -a.sin()], [a.sin(), a.cos()]]);
    let stretch = &(&turn(q) * &Matrix::diagonal(&[t.exp(), (-t).exp()])) * &turn(-q);
    &stretch * &turn(p)
}

#[test]
fn the_wedge_in_coordinates_is_the_wedge_of_matrices() {
    let mut rng = Rng::new(1, 0);
    let mut counts = [0; 2];
    for _ in 0..2000 {
        let (t, p, q) = (3.0 * rng.uniform(), PI * (2.0 * rng.uniform() - 1.0), PI * rng.uniform());
        let g = element(t, p, q);
        let reached = reach::reaches(t, p);
        counts[usize::from(reached)] += 1;
        if reach::margin(t, p).abs() > 1e-12 * t.exp() {
            assert_eq!(reached, reach::place(&g).reachable(), "{t} {p}");
            assert_eq!(reached, g.trace() > -2.0, "{t} {p}");
            assert_eq!(reached, p.abs() < reach::edge(t), "{t} {p}");
        }
        assert!((reach::margin(t, p) - (0.5 * g.trace() + 1.0)).abs() < 1e-13 * t.exp(), "{t} {p}");
        let (t2, p2) = reach::stretch_and_turn(&g.scaled(7.0)).unwrap();
        assert!((t - t2).abs() < 1e-12 && (p - p2).abs() < 1e-12 * t.exp(), "{t} {p}: {t2} {p2}");
    }
    assert!(counts[0] > 200 && counts[1] > 200, "{counts:?}");
}

#[test]
fn the_edge_of_the_wedge_opens_from_a_point_to_half_the_circle() {
    assert_eq!(reach::edge(0.0), PI);
    assert!((reach::edge(40.0) - FRAC_PI_2).abs() < 1e-15);
    for t in [1e-6, 0.1, 1.0, 5.0] {
        let p = reach::edge(t);
        assert!(reach::margin(t, p).abs() < 1e-15 * t.exp(), "{t}");
        assert!(reach::reaches(t, p - 1e-7) && !reach::reaches(t, p + 1e-7) && !reach::reaches(t, -p - 1e-7));
    }
    assert!(reach::reaches(0.0, PI));
}

#[test]
fn each_place_is_told_from_the_others() {
    let of = |rows: [[f64; 2]; 2]| reach::place(&Matrix::from_rows(&rows));
    assert_eq!(of([[1.0, 0.0], [0.0, 1.0]]), Place::Reached);
    assert_eq!(of([[0.0, -1.0], [1.0, 0.0]]), Place::Reached);
    assert_eq!(of([[-1.0, 0.0], [0.0, -1.0]]), Place::Centre);
    assert_eq!(of([[-3.0, 0.0], [0.0, -3.0]]), Place::Centre);
    assert_eq!(of([[-1.0, 1.0], [0.0, -1.0]]), Place::Edge);
    assert_eq!(of([[-1.0, 1e-30], [0.0, -1.0]]), Place::Edge);
    assert_eq!(of([[-2.0, 0.0], [0.0, -0.5]]), Place::Wedge);
    assert_eq!(of([[1.0, 0.0], [0.0, -1.0]]), Place::Reflection);
    assert_eq!(of([[1.0, 2.0], [2.0, 4.0]]), Place::Singular);
    // The same far away in scale.
    assert_eq!(of([[-1e300, 1e300], [0.0, -1e300]]), Place::Edge);
    assert_eq!(of([[-1e-300, 1e-290], [-1e-310, -1e-300]]), Place::Reached);
    // Entries whose products leave the range of f64.
    assert_eq!(of([[1.0, 1e200], [0.0, 1.0]]), Place::Reached);
    assert_eq!(of([[1e-170, 0.0], [0.0, 1e170]]), Place::Reached);
    assert_eq!(of([[1e-300, 0.0], [0.0, 1e300]]), Place::Reached);
    assert_eq!(of([[1e-300, 0.0], [0.0, 1e-300]]), Place::Reached);
    assert_eq!(of([[5e-324, 0.0], [0.0, 5e-324]]), Place::Reached);
    assert_eq!(of([[f64::MAX, f64::MAX], [-f64::MAX, -f64::MAX]]), Place::Singular);
    assert_eq!(of([[-1e-170, 0.0], [0.0, 1e170]]), Place::Reflection);
    assert_eq!(of([[-1e-170, 0.0], [0.0, -1e170]]), Place::Wedge);
    assert_eq!(of([[-1.0, 1e-300], [-1e-300, -1.0]]), Place::Reached);
    assert_eq!(of([[-1.0, 1e-300], [1e-300, -1.0]]), Place::Wedge);
    assert_eq!(of([[-1.0, 1e-300], [0.0, -1.0]]), Place::Edge);
    assert_eq!(of([[0.0, -1e-300], [1e300, 0.0]]), Place::Reached);
    for place in [Place::Edge, Place::Wedge, Place::Reflection, Place::Singular] {
        assert!(!place.reachable() && place.reason().is_some());
    }
}

#[test]
fn what_exp_gives_is_reached() {
    let mut rng = Rng::new(2, 0);
    for deviation in [0.5, 2.0] {
        for _ in 0..500 {
            let g = exp(&gaussian(&mut rng, 2, deviation)).unwrap();
            assert!(reach::place(&g).reachable(), "{g:?}");
        }
    }
}

/// ∫ sinh 2t · acos(1/cosh t)/π dt over [0, T], over ∫ sinh 2t dt, by Simpson's rule.
fn share_by_quadrature(most: f64) -> f64 {
    let steps = 2000;
    let h = most / f64::from(steps);
    let f = |t: f64| (2.0 * t).sinh() * (1.0 / t.cosh()).acos() / PI;
    let sum: f64 = (1..steps).map(|k| f(h * f64::from(k)) * if k % 2 == 1 { 4.0 } else { 2.0 }).sum();
    (f(0.0) + sum + f(most)) * h / 3.0 / (0.5 * ((2.0 * most).cosh() - 1.0))
}

#[test]
fn the_share_of_haar_measure_that_is_missed_follows_its_closed_form() {
    for (most, percent) in [(0.25, 5.3), (0.5, 10.5), (1.0, 20.4), (2.0, 35.8), (3.0, 44.1), (5.0, 49.2)] {
        let share = reach::unreached_share(most);
        assert!((100.0 * share - percent).abs() < 0.05, "{most}: {share}");
        assert!((share - share_by_quadrature(most)).abs() < 1e-9, "{most}: {share}");
    }
    assert!((reach::unreached_share(1e-3) / reach::unreached_share(0.999e-3) - 1.0 / 0.999).abs() < 1e-5);
    assert!((reach::unreached_share(800.0) - 0.5).abs() < 1e-15);
}

#[test]
fn the_share_of_haar_samples_without_a_logarithm_is_that_share() {
    // Inverse transform for t (density sinh 2t), uniform turns.
    let (mut rng, most, count) = (Rng::new(3, 0), 1.0_f64, 20_000);
    let missed = (0..count)
        .filter(|_| {
            let t = (1.0 + rng.uniform() * ((2.0 * most).cosh() - 1.0)).acosh() / 2.0;
            let g = element(t, PI * (2.0 * rng.uniform() - 1.0), PI * rng.uniform());
            !log(&g).unwrap().reachable
        })
        .count();
    let share = missed as f64 / f64::from(count);
    assert!(
        (share - reach::unreached_share(most)).abs() < 4.0 * (0.2 * 0.8 / f64::from(count)).sqrt(),
        "{share}"
    );
}

#[test]
fn gaussian_matrices_miss_as_often_as_they_should() {
    let two = reach::gaussian_unreached(2, 40_000, 1);
    assert!((two - reach::GAUSSIAN_UNREACHED_2).abs() < 4.0 * (0.2071 * 0.793 / 40_000_f64).sqrt(), "{two}");
    assert!((reach::GAUSSIAN_UNREACHED_2 - 0.2071).abs() < 1e-4);
    // The share of real matrices of three rows, known to about 0.001 from 200 000 samples of another program.
    let three = reach::gaussian_unreached(3, 20_000, 2);
    assert!((three - 0.338).abs() < 4.0 * (0.338 * 0.662 / 20_000_f64).sqrt() + 0.002, "{three}");
}

#[test]
fn logarithms_of_matrices_with_entries_of_very_different_size_are_found() {
    let rows = |m: [[f64; 2]; 2]| Matrix::from_rows(&m);
    let given = |m: [[f64; 2]; 2]| {
        let found = log(&rows(m)).unwrap();
        assert!(found.reachable && found.warnings.is_empty(), "{m:?}: {:?}", found.warnings);
        found.matrix.unwrap()
    };
    assert_eq!(given([[1.0, 1e200], [0.0, 1.0]]), rows([[0.0, 1e200], [0.0, 0.0]]));
    assert_eq!(given([[1.0, 0.0], [1e-200, 1.0]]), rows([[0.0, 0.0], [1e-200, 0.0]]));
    for small in [1e-170_f64, 1e-300] {
        let large = 1.0 / small;
        assert_eq!(given([[small, 0.0], [0.0, large]]), Matrix::diagonal(&[small.ln(), large.ln()]));
        // A quarter turn in coordinates of very different size: log is π/2 times itself.
        let turn = [[0.0, -small], [large, 0.0]];
        let (found, due) = (given(turn), rows(turn).scaled(FRAC_PI_2));
        for (value, due) in found.data().iter().zip(due.data()) {
            assert!((value - due).abs() <= 1e-13 * due.abs() + 1e-13 * f64::from(*due == 0.0), "{found:?}");
        }
    }
    // One that has a logarithm with entries beyond f64.
    let beyond = log(&rows([[1e-300, 1e300], [0.0, 1e-300]])).unwrap();
    assert!(beyond.reachable && beyond.matrix.is_none(), "{beyond:?}");
    assert!(beyond.warnings[0].contains("beyond the range"), "{beyond:?}");
    // In space: diagonals as they are, triangles with a reason, and what is singular.
    let d = [1e-300_f64, 1.0, 1e300];
    assert_eq!(log(&Matrix::diagonal(&d)).unwrap().matrix, Some(Matrix::diagonal(&d.map(f64::ln))));
    let triangle = |last: f64| Matrix::from_rows(&[[1e-300, 1.0, 0.0], [0.0, 1.0, 2.0], [0.0, 0.0, last]]);
    let found = log(&triangle(1e300)).unwrap();
    assert!(found.reachable && !found.warnings.is_empty(), "{found:?}");
    assert!(reach_of(&triangle(1e300)) && !reach_of(&Matrix::diagonal(&[0.0, 1e-300, 1e300])));
}

fn reach_of(m: &Matrix) -> bool {
    log(m).unwrap().reachable
}
