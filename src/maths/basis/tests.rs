//! The two ways to a null space against each other, and the edges of the decision about the rank.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::constraints::{between, independent_parts};
use super::null_space::{Reason, of};
use super::{Action, Matrix, MatrixGroup, Rep, norm};
use crate::maths::rng::Rng;
use crate::maths::sparse::Sparse;

fn action(group: &str, rep: &str) -> Action {
    rep.parse::<Rep>().unwrap().on(&group.parse().unwrap()).unwrap()
}

/// A square matrix with the given singular values between random orthogonal ones.
fn with_singular_values(values: &[f64], seed: u64) -> Sparse {
    let n = values.len();
    let mut rng = Rng::new(seed, 0);
    let mut orthogonal = || {
        let normal = Matrix::from_fn(n, n, |_, _| rng.normal());
        crate::maths::linalg::qr(&normal).0
    };
    let (u, v) = (orthogonal(), orthogonal());
    Sparse::from_dense(&(&(&u * &Matrix::diagonal(values)) * &v))
}

/// Σ v vᵀ, which does not depend on the choice of the basis.
fn projector(basis: &[Vec<f64>], n: usize) -> Matrix {
    Matrix::from_fn(n, n, |i, j| basis.iter().map(|v| v[i] * v[j]).sum())
}

#[test]
fn eigenvalues_and_iteration_find_the_same_space() {
    for (group, from, to) in [
        ("O(3)", "T2", "T2"),
        ("SO+(1,3)", "T2", "T2"),
        ("SL(3)", "T2", "T2"),
        ("Sp(4)", "T1", "T(0,1)"),
        ("SE(2)", "T2", "T1"),
        ("D(6)", "T2", "T2"),
        ("S(4)", "T1", "T2"),
        ("SO(3)", "1x2*2", "1x2+1x4"),
    ] {
        let (from, to) = (action(group, from), action(group, to));
        let c = between((&from, &from.rep().terms()[0].1), (&to, &to.rep().terms()[0].1)).unwrap();
        let (dense, iterated) = (of(&c, usize::MAX).unwrap(), of(&c, 0).unwrap());
        assert!(!dense.is_empty(), "{group}");
        let off = projector(&dense, c.cols()).max_difference(&projector(&iterated, c.cols()));
        assert!(dense.len() == iterated.len() && off < 1e-10, "{group}: off by {off:.1e}");
        for v in dense.iter().chain(&iterated) {
            assert!(norm(&c.apply(v)) < 1e-12, "{group}: {:.1e}", norm(&c.apply(v)));
        }
    }
}

#[test]
fn singular_values_decide() {
    let values = |middle: f64| [vec![0.0; 3], vec![middle], vec![0.3; 4], vec![1.0; 4]].concat();
    for (middle, dense, iterated) in [
        (0.0, Ok(4), Ok(4)),
        (1e-8, Ok(4), Err(true)),
        (1e-5, Err(true), Err(true)),
        (1e-3, Ok(3), Ok(3)),
        (0.5, Ok(3), Ok(3)),
    ] {
        let c = with_singular_values(&values(middle), 5);
        let outcome = |limit| of(&c, limit).map(|b| b.len()).map_err(|r| matches!(r, Reason::Ambiguous(_)));
        assert_eq!(outcome(usize::MAX), dense, "{middle}");
        assert_eq!(outcome(0), iterated, "{middle}");
        for v in of(&c, usize::MAX).into_iter().flatten() {
            assert!((norm(&v) - 1.0).abs() < 1e-12 && norm(&c.apply(&v)) < 2e-8, "{middle}");
        }
    }
}

#[test]
fn an_iteration_that_does_not_end_is_an_error() {
    // 4200 different singular values over three decades are too many steps' worth.
    let n = 4200;
    let mut c = Sparse::with_cols(n);
    for i in 0..n {
        c.push_row([(i, 10f64.powf(-3.5 * i as f64 / n as f64))]);
    }
    assert!(matches!(of(&c, 0), Err(Reason::NotConverged { .. })));
}

#[test]
fn parts_share_no_unknown_and_miss_none() {
    let t2 = action("O(5)", "T2");
    let atom = &t2.rep().terms()[0].1;
    let c = between((&t2, atom), (&t2, atom)).unwrap();
    let parts = independent_parts(&c);
    let mut seen: Vec<usize> = parts.iter().flat_map(|p| p.unknowns.clone()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..625).collect::<Vec<_>>());
    assert_eq!(parts.iter().map(|p| p.constraints.rows()).sum::<usize>(), c.rows());
    assert!(parts.len() > 5 && parts.iter().all(|p| p.unknowns.len() < 200));
}

#[test]
fn equations_are_those_of_the_definition() {
    let g: MatrixGroup = "SE(2)".parse().unwrap();
    let (from, to) = (action("SE(2)", "T(0,1)"), action("SE(2)", "T2"));
    let c = between((&from, &from.rep().terms()[0].1), (&to, &to.rep().terms()[0].1)).unwrap();
    let mut rng = Rng::new(1, 0);
    let w = Matrix::from_fn(9, 3, |_, _| rng.normal());
    let mut expected = Vec::new();
    for a in g.lie() {
        let (left, right) = (to.drho(a).unwrap(), from.drho(a).unwrap());
        let sums =
            |m: &Matrix| m.to_rows().iter().map(|r| r.iter().map(|v| v.abs()).sum()).fold(0.0, f64::max);
        let scale = sums(&left).max(sums(&right.transpose()));
        expected.push((&(&left * &w) - &(&w * &right)).scaled(1.0 / scale).frobenius());
    }
    let total = expected.iter().map(|x| x * x).sum::<f64>().sqrt();
    assert!((norm(&c.apply(w.data())) - total).abs() < 1e-12 * total);
}
