//! Tensors of rank two: what the compositions are, that they commute with a change of basis, inverses, determinants.

use std::sync::Arc;

use super::support::{GRADIENT_TOLERANCE, gradient_error};
use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::graph::{Builder, Var};
use equiscope::engine::kernels::{Domain, Feed};
use equiscope::engine::plan::Plan;
use equiscope::maths::rng::Rng;

const ETA: [f64; 4] = [1.0, -1.0, -1.0, -1.0];

fn numbers(stream: u64, n: usize) -> Vec<f64> {
    let mut rng = Rng::new(8, stream);
    (0..n).map(|_| 2.0 * rng.uniform() - 1.0).collect()
}

/// Values of graphs on constants, in f64.
fn values<const N: usize>(build: impl for<'b> Fn(&'b Builder) -> [Var<'b>; N]) -> [Vec<f64>; N] {
    let b = Builder::new();
    for (i, v) in build(&b).into_iter().enumerate() {
        b.output(&format!("y{i}"), v);
    }
    let mut exec = CpuExecutor::<f64>::new(Arc::new(Plan::compile(&b.finish().unwrap()).unwrap()));
    exec.run(1).unwrap();
    std::array::from_fn(|i| exec.read(&format!("y{i}")).unwrap())
}

fn close(got: &[f64], want: &[f64]) {
    assert_eq!(got.len(), want.len());
    got.iter().zip(want).for_each(|(g, w)| assert!((g - w).abs() < 1e-12, "{g}, not {w}"));
}

#[test]
fn products_and_parts_are_what_their_formulas_say() {
    let (d, c) = (4, 3);
    let (t, s, x) = (numbers(0, d * d * c), numbers(1, d * d * c), numbers(2, d * c));
    let [outer, all, second, first, composed, trace, even, odd, swapped] = values(|b| {
        let [t, s] = [&t, &s].map(|v| b.constant(&[1, d * d, c], v));
        let (x, eta) = (b.constant(&[1, d, c], &x), b.constant(&[d], &ETA));
        [
            x.outer(x),
            x.outer_all(x),
            t.contract(x, eta, false),
            t.contract(x, eta, true),
            t.compose(s, eta),
            t.trace(&ETA),
            t.symmetric_part(d, 1.0),
            t.symmetric_part(d, -1.0),
            t.swap_indices(d),
        ]
    });
    let at = |t: &[f64], i: usize, j: usize, k: usize| t[(i * d + j) * c + k];
    for k in 0..c {
        for i in 0..d {
            let sum = |f: &dyn Fn(usize) -> f64| (0..d).map(|j| ETA[j] * f(j)).sum::<f64>();
            let vector = |v: &[f64], j: usize| v[j * c + k];
            close(&[vector(&second, i)], &[sum(&|j| at(&t, i, j, k) * vector(&x, j))]);
            close(&[vector(&first, i)], &[sum(&|j| at(&t, j, i, k) * vector(&x, j))]);
            for j in 0..d {
                close(&[at(&outer, i, j, k)], &[vector(&x, i) * vector(&x, j)]);
                close(&[at(&composed, i, j, k)], &[sum(&|l| at(&t, i, l, k) * at(&s, l, j, k))]);
                close(&[at(&even, i, j, k)], &[0.5 * (at(&t, i, j, k) + at(&t, j, i, k))]);
                close(&[at(&odd, i, j, k)], &[0.5 * (at(&t, i, j, k) - at(&t, j, i, k))]);
                close(&[at(&swapped, i, j, k)], &[at(&t, j, i, k)]);
                for l in 0..c {
                    close(&[all[((i * d + j) * c + k) * c + l]], &[vector(&x, i) * x[j * c + l]]);
                }
            }
        }
        close(&[trace[k]], &[(0..d).map(|i| ETA[i] * at(&t, i, i, k)).sum()]);
    }
}

#[test]
fn contractions_have_their_derivatives() {
    let eta = Feed::on(&[3], Domain::Away(0.5, 1.0));
    let feeds = [Feed::of(&[2, 9, 2]), Feed::of(&[2, 3, 2]), eta];
    let error = gradient_error(&feeds, 2, &|_, x| {
        let t = x[0].compose(x[1].outer(x[1]), x[2]).symmetric_part(3, -1.0);
        t.contract(x[1], x[2], true) * x[0].trace(&[1.0, -1.0, 1.0])
    });
    assert!(error < GRADIENT_TOLERANCE, "{error:e}");
}

#[test]
fn inverses_invert_and_determinants_multiply() {
    for n in 1..=5 {
        let batch = 40;
        // Far from the identity, so that rows are exchanged.
        let (a, x) = (numbers(4, batch * n * n), numbers(5, batch * n * n));
        let [one, det_a, det_x, det_ax] = values(|b| {
            let [a, x] = [&a, &x].map(|v| b.constant(&[batch, n, n], v));
            let product = a.batch_matmul(x, false, false);
            [
                a.batch_matmul(a.inverse(), false, false),
                a.determinant(),
                x.determinant(),
                product.determinant(),
            ]
        });
        for (b, m) in one.chunks(n * n).enumerate() {
            for (k, v) in m.iter().enumerate() {
                let want = if k / n == k % n { 1.0 } else { 0.0 };
                // The worst of forty random matrices has a condition of some thousands.
                assert!((v - want).abs() < 1e-10, "n = {n}, matrix {b}: {v}, not {want}");
            }
            assert!((det_ax[b] - det_a[b] * det_x[b]).abs() < 1e-12, "n = {n}, matrix {b}");
        }
    }
}

#[test]
fn a_singular_matrix_has_determinant_zero_and_no_inverse() {
    let [det, inverse] = values(|b| {
        let x = b.constant(&[2, 2, 2], &[1.0, 2.0, 2.0, 4.0, 0.0, 0.0, 0.0, 0.0]);
        [x.determinant(), x.inverse()]
    });
    assert_eq!(det, [0.0, 0.0]);
    assert!(inverse.iter().all(|v| !v.is_finite()));
}

#[test]
fn exponentials_of_any_matrix() {
    for n in 1..=5 {
        let x: Vec<f64> = numbers(6, 3 * n * n).into_iter().map(|v| 1.5 * v).collect();
        let [got, back] = values(|b| {
            let x = b.constant(&[3, n, n], &x);
            let y = x.matrix_exp(8.0);
            [y, y.batch_matmul((-x).matrix_exp(8.0), false, false)]
        });
        for (b, y) in got.chunks(n * n).enumerate() {
            // The series itself, far enough.
            let x = &x[b * n * n..][..n * n];
            let (mut term, mut sum) = (vec![0.0; n * n], vec![0.0; n * n]);
            (0..n).for_each(|i| (term[i * n + i], sum[i * n + i]) = (1.0, 1.0));
            for k in 1..60 {
                let entry = |i: usize| (0..n).map(|j| term[i / n * n + j] * x[j * n + i % n]).sum::<f64>();
                term = (0..n * n).map(|i| entry(i) / f64::from(k)).collect();
                sum.iter_mut().zip(&term).for_each(|(s, t)| *s += t);
            }
            let size = sum.iter().fold(1.0, |m: f64, v| m.max(v.abs()));
            y.iter().zip(&sum).for_each(|(y, s)| assert!((y - s).abs() < 1e-7 * size, "{y}, not {s}"));
        }
        let inverse = |k: usize| if (k % (n * n)).is_multiple_of(n + 1) { 1.0 } else { 0.0 };
        assert!(back.iter().enumerate().all(|(k, v)| (v - inverse(k)).abs() < 1e-4), "{back:?}");
    }
    let feeds = [Feed::of(&[2, 3, 3])];
    let error = gradient_error(&feeds, 2, &|_, x| x[0].matrix_exp(3.0));
    assert!(error < GRADIENT_TOLERANCE, "{error:e}");
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    let error = |build: &dyn Fn(&Builder)| {
        let b = Builder::new();
        build(&b);
        b.finish().unwrap_err().to_string()
    };
    let text = error(&|b| _ = b.input("x", &[2, 6, 6]).inverse());
    assert!(text.contains("n at most 5") && text.contains("[2, 6, 6]"), "{text}");
    let text = error(&|b| _ = b.input("x", &[2, 3]).outer(b.input("y", &[2, 3, 1])));
    assert!(text.contains("takes [B, D, C]"), "{text}");
    let text = error(&|b| {
        let (t, x) = (b.input("t", &[2, 9, 1]), b.input("x", &[2, 4, 1]));
        _ = t.contract(x, b.input("eta", &[4]), false);
    });
    assert!(text.contains("tensors of 9, vectors of 4"), "{text}");
}
