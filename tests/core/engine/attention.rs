//! Attention, dense and over edges, against the definition in plain loops, and its gradients.

use std::sync::Arc;

use super::support::{GRADIENT_TOLERANCE, gradient_error};
use equiscope::engine::edges::{len, pack, pack_own};
use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::graph::{Builder, Mask, Var};
use equiscope::engine::kernels::{Domain, Feed};
use equiscope::engine::plan::Plan;
use equiscope::maths::rng::Rng;

fn numbers(stream: u64, n: usize) -> Vec<f64> {
    let mut rng = Rng::new(3, stream);
    (0..n).map(|_| 2.0 * rng.uniform() - 1.0).collect()
}

/// The value of a graph on inputs, in f64.
fn value(inputs: &[(&[usize], Vec<f64>)], build: impl for<'b> Fn(&[Var<'b>]) -> Var<'b>) -> Vec<f64> {
    let b = Builder::new();
    let vars: Vec<Var<'_>> =
        inputs.iter().enumerate().map(|(i, (shape, _))| b.input(&format!("x{i}"), shape)).collect();
    b.output("y", build(&vars));
    let mut exec = CpuExecutor::<f64>::new(Arc::new(Plan::compile(&b.finish().unwrap()).unwrap()));
    for (i, (_, data)) in inputs.iter().enumerate() {
        exec.write_t(&format!("x{i}"), data).unwrap();
    }
    exec.run(1).unwrap();
    exec.read("y").unwrap()
}

/// Σⱼ exp(sⱼ) vⱼ / Σⱼ exp(sⱼ) for one query, over (score, row of v).
fn weighted(terms: &[(f64, &[f64])], d: usize) -> Vec<f64> {
    let total: f64 = terms.iter().map(|t| t.0.exp()).sum();
    (0..d).map(|i| terms.iter().map(|t| t.0.exp() * t.1[i]).sum::<f64>() / total).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn close(got: &[f64], want: &[f64]) {
    assert_eq!(got.len(), want.len());
    got.iter().zip(want).for_each(|(g, w)| assert!((g - w).abs() < 1e-7, "{g}, not {w}"));
}

#[test]
fn dense_attention_is_its_definition() {
    let (b, t, s, d, e) = (3, 4, 6, 5, 2);
    let (q, k, v) = (numbers(0, b * t * d), numbers(1, b * s * d), numbers(2, b * s * e));
    let mask = numbers(3, t * s);
    let inputs = [
        (&[b, t, d][..], q.clone()),
        (&[b, s, d][..], k.clone()),
        (&[b, s, e][..], v.clone()),
        (&[t, s][..], mask.clone()),
    ];
    for kind in 0..3 {
        let got = value(&inputs, |x| {
            let mask = [Mask::None, Mask::Causal, Mask::Add(x[3])][kind];
            x[0].attention(x[1], x[2], 0.7, mask)
        });
        let mut want = Vec::new();
        for (i, q) in q.chunks(d).enumerate() {
            let (batch, row) = (i / t, i % t);
            let seen = (0..s).filter(|&j| kind != 1 || j <= row + s - t);
            let terms: Vec<(f64, &[f64])> = seen
                .map(|j| {
                    let at = batch * s + j;
                    let added = if kind == 2 { mask[row * s + j] } else { 0.0 };
                    (0.7 * dot(q, &k[at * d..(at + 1) * d]) + added, &v[at * e..(at + 1) * e])
                })
                .collect();
            want.extend(weighted(&terms, e));
        }
        close(&got, &want);
    }
}

#[test]
fn dense_attention_has_its_derivatives() {
    let feeds = [Feed::of(&[2, 3, 4]), Feed::of(&[2, 5, 4]), Feed::of(&[2, 5, 2]), Feed::of(&[3, 5])];
    for kind in 0..2 {
        let error = gradient_error(&feeds, 2, &|_, x| {
            x[0].attention(x[1], x[2], 0.5, [Mask::Add(x[3]), Mask::Causal][kind])
        });
        assert!(error < GRADIENT_TOLERANCE, "{error:e}");
    }
}

#[test]
fn a_later_token_changes_nothing_before_it() {
    let (t, d) = (6, 3);
    let run = |x: Vec<f64>| value(&[(&[1, t, d], x)], |x| x[0].attention(x[0], x[0], 1.0, Mask::Causal));
    let before = numbers(5, t * d);
    let mut after = before.clone();
    after[4 * d] += 1.0;
    let (before, after) = (run(before), run(after));
    assert_eq!(before[..4 * d], after[..4 * d]);
    assert_ne!(before[4 * d..], after[4 * d..]);
}

const PAIRS: [(usize, usize); 8] = [(3, 0), (0, 2), (1, 1), (3, 4), (0, 0), (3, 2), (1, 1), (4, 3)];

#[test]
fn edge_attention_is_its_definition_and_ignores_free_places() {
    let (n, m, h, d, e) = (5, 5, 2, 3, 4);
    let (q, k, v) = (numbers(0, n * h * d), numbers(1, m * h * d), numbers(2, m * h * e));
    let mut want = vec![0.0; n * h * e];
    for target in 0..n {
        for head in 0..h {
            let sources = PAIRS.iter().filter(|p| p.0 == target).map(|p| p.1 * h + head);
            let q = &q[(target * h + head) * d..][..d];
            let terms: Vec<(f64, &[f64])> =
                sources.map(|at| (0.6 * dot(q, &k[at * d..][..d]), &v[at * e..][..e])).collect();
            if !terms.is_empty() {
                want[(target * h + head) * e..][..e].copy_from_slice(&weighted(&terms, e));
            }
        }
    }
    for capacity in [8, 11] {
        let packed = pack(&PAIRS, n, m, capacity).unwrap();
        let edges = packed.into_iter().map(f64::from).collect();
        let inputs = [
            (&[n, h, d][..], q.clone()),
            (&[m, h, d][..], k.clone()),
            (&[m, h, e][..], v.clone()),
            (&[len(n, m, capacity)][..], edges),
        ];
        close(&value(&inputs, |x| x[0].edge_attention(x[1], x[2], x[3], 0.6)), &want);
    }
}

#[test]
fn edge_attention_has_its_derivatives() {
    let edges = Feed::on(&[len(5, 4, 13)], Domain::Edges(5, 4));
    let feeds = [Feed::of(&[5, 2, 3]), Feed::of(&[4, 2, 3]), Feed::of(&[4, 2, 2]), edges];
    let error = gradient_error(&feeds, 2, &|_, x| x[0].edge_attention(x[1], x[2], x[3], 0.6));
    assert!(error < GRADIENT_TOLERANCE, "{error:e}");
}

#[test]
fn keys_and_values_may_belong_to_edges() {
    let (n, places) = (3, 4);
    let edges: Vec<f64> = pack_own(&[2, 0, 2, 0], n).unwrap().into_iter().map(f64::from).collect();
    let (q, k, v) = (numbers(0, n * 2), numbers(1, places * 2), numbers(2, places));
    let inputs = [
        (&[n, 1, 2][..], q.clone()),
        (&[places, 1, 2][..], k.clone()),
        (&[places, 1, 1][..], v.clone()),
        (&[len(n, places, places)][..], edges),
    ];
    let got = value(&inputs, |x| x[0].edge_attention(x[1], x[2], x[3], 1.0));
    // Edges are sorted by target: two lead to 0, then two to 2.
    let of = |target: usize, first: usize| {
        let score = |e: usize| dot(&q[2 * target..][..2], &k[2 * e..][..2]);
        weighted(&[(score(first), &v[first..]), (score(first + 1), &v[first + 1..])], 1)[0]
    };
    close(&got, &[of(0, 0), 0.0, of(2, 2)]);
}

#[test]
fn packed_edges_are_sorted_both_ways() {
    let p = pack(&[(1, 0), (0, 2), (1, 1), (0, 0)], 2, 3, 5).unwrap();
    let want: [&[f32]; 5] = [
        &[0.0, 0.0, 1.0, 1.0, 0.0],
        &[2.0, 0.0, 0.0, 1.0, 0.0],
        &[1.0, 2.0, 3.0, 0.0, 0.0],
        &[0.0, 2.0, 4.0],
        &[0.0, 2.0, 3.0, 4.0],
    ];
    assert_eq!(p, want.concat());
    assert_eq!(p.len(), len(2, 3, 5));
    assert!(pack(&[(2, 0)], 2, 3, 5).unwrap_err().contains("(2, 0)"));
    assert!(pack(&[(0, 0); 6], 2, 3, 5).unwrap_err().contains("6 edges do not fit 5 places"));
}
