//! Rewriting keeps every number: fused plans against plans as they are, on models and on random graphs.

use std::sync::Arc;

use super::support::{mlp, mlp_start};
use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::graph::{Builder, Graph, Init, Optimiser, Var};
use equiscope::engine::plan::Plan;
use equiscope::engine::rewrite::rewrite;
use equiscope::maths::rng::Rng;

/// Rounding of f64 in another order, over a few hundred operations.
const SAME: f64 = 1e-11;

/// Inputs by name.
type Feeds = Vec<(String, Vec<f64>)>;

fn outputs(plan: Plan, names: &[String], inputs: &[(String, Vec<f64>)]) -> Vec<Vec<f64>> {
    let mut exec = CpuExecutor::<f64>::new(Arc::new(plan));
    inputs.iter().for_each(|(name, data)| exec.write_t(name, data).unwrap());
    exec.run(1).unwrap();
    names.iter().map(|n| exec.read(n).unwrap()).collect()
}

/// A graph of random elementwise functions, products, sums and views over a few shapes that broadcast.
fn random_graph(seed: u64) -> (Graph, Vec<String>, Feeds) {
    let mut rng = Rng::new(seed, 1);
    let mut pick = |n: usize| (rng.uniform() * n as f64) as usize;
    let b = Builder::new();
    let shapes: [&[usize]; 5] = [&[6, 4], &[4], &[6, 1], &[1], &[2, 3, 4]];
    let mut values: Vec<Var<'_>> =
        shapes.iter().enumerate().map(|(i, s)| b.input(&format!("x{i}"), s)).collect();
    for _ in 0..pick(25) + 5 {
        let (p, q) = (values[pick(values.len())], values[pick(values.len())]);
        let full = p.shape().iter().product::<usize>() == 24;
        values.push(match pick(8) {
            0 => p.tanh(),
            1 => p.sigmoid() * 0.7,
            2 if full => p.reshape(&[6, 4]) + q_like(q),
            3 if full => p.reshape(&[6, 4]).matmul(b.constant(&[4, 4], &[0.3; 16])) * 0.5,
            4 if full => p.reshape(&[2, 3, 4]).square().sum(1) * 0.1,
            5 if p.shape().len() == 1 => p.expand(&[6, p.shape()[0]]),
            6 if p.shape() == q.shape() => p * q,
            _ => -p,
        });
    }
    let mut names = Vec::new();
    for (i, v) in values.iter().enumerate().skip(5).filter(|(i, _)| i % 3 == 0 || i + 1 == values.len()) {
        names.push(format!("y{i}"));
        b.output(&names[names.len() - 1], *v);
    }
    let last = values[values.len() - 1].sum_all();
    for (i, g) in b.grad(last, &values[..5]).into_iter().enumerate() {
        names.push(format!("g{i}"));
        b.output(&format!("g{i}"), g);
    }
    let inputs = shapes.iter().enumerate().map(|(i, s)| {
        let mut rng = Rng::new(seed, 2 + i as u64);
        let data = (0..s.iter().product()).map(|_| f64::from(rng.normal() as f32)).collect();
        (format!("x{i}"), data)
    });
    let inputs = inputs.collect();
    (b.finish().unwrap(), names, inputs)
}

/// The operand as something that broadcasts to `[6, 4]`.
fn q_like(q: Var<'_>) -> Var<'_> {
    if q.shape().iter().product::<usize>() == 24 { q.reshape(&[6, 4]) } else { q.sum_all() }
}

#[test]
fn random_graphs_give_the_same_numbers_in_fewer_launches() {
    let (mut before, mut after) = (0, 0);
    for seed in 0..300 {
        let (graph, names, inputs) = random_graph(seed);
        let (plain, fused) = (Plan::compile_as_is(&graph).unwrap(), Plan::compile(&graph).unwrap());
        before += plain.steps.len();
        after += fused.steps.len();
        let (expected, got) = (outputs(plain, &names, &inputs), outputs(fused, &names, &inputs));
        for ((name, e), g) in names.iter().zip(&expected).zip(&got) {
            for (e, g) in e.iter().zip(g) {
                assert!((e - g).abs() <= SAME * (1.0 + e.abs()), "seed {seed} {name}: {e} {g}");
            }
        }
    }
    assert!(2 * after < before, "{after} launches after, {before} before");
}

#[test]
fn training_is_the_same() {
    for optimiser in [Optimiser::Sgd, Optimiser::Momentum, Optimiser::Adam] {
        let graph = mlp(optimiser);
        let run = |plan: Plan| {
            let plan = Arc::new(plan);
            let mut exec = CpuExecutor::<f64>::new(Arc::clone(&plan));
            mlp_start(&mut exec, &plan, 0.01);
            exec.run(20).unwrap();
            (exec.read("params").unwrap(), exec.read("history:fit").unwrap(), plan.steps.len())
        };
        let (plain, fused) = (run(Plan::compile_as_is(&graph).unwrap()), run(Plan::compile(&graph).unwrap()));
        let differences =
            plain.0.iter().zip(&fused.0).chain(plain.1.iter().zip(&fused.1)).map(|(a, b)| (a - b).abs());
        assert!(differences.fold(0.0, f64::max) < SAME);
        assert!(fused.2 < plain.2, "{} {}", fused.2, plain.2);
    }
}

#[test]
fn rewriting_twice_changes_nothing() {
    let once = rewrite(&mlp(Optimiser::Adam));
    let plan = |graph: &Graph| Plan::compile_as_is(graph).unwrap().steps.len();
    assert_eq!(plan(&once), plan(&rewrite(&once)));
}

#[test]
fn a_value_that_leaves_a_chain_and_comes_back_is_in_time() {
    // s is computed from a member of the chain by another launch and needed by a later member.
    let b = Builder::new();
    let x = b.input("x", &[4, 3]);
    let h = x.tanh();
    let s = h.sum_all();
    b.output("y", (h * s + x).sigmoid());
    let p = b.param("p", &[1], Init::Constant(1.0));
    b.output("p", p * s);
    let graph = b.finish().unwrap();
    let inputs = [("x".to_owned(), (0..12).map(|i| f64::from(i) * 0.1 - 0.5).collect())];
    let names = ["y".to_owned(), "p".to_owned()];
    let expected = outputs(Plan::compile_as_is(&graph).unwrap(), &names, &inputs);
    let got = outputs(Plan::compile(&graph).unwrap(), &names, &inputs);
    expected.iter().flatten().zip(got.iter().flatten()).for_each(|(e, g)| assert!((e - g).abs() < SAME));
}

#[test]
fn cotangents_of_slices_are_put_together_in_one_launch() {
    let count = |plan: &Plan, stem: &str| plan.steps.iter().filter(|d| d.stem == stem).count();
    for (axis, cuts, joined) in [
        (0, &[(0, 2), (2, 3), (5, 1)][..], true),
        (1, &[(3, 2), (0, 3)], true),
        // Gaps and overlaps are sums as before.
        (0, &[(0, 2), (3, 3)], false),
        (1, &[(0, 3), (2, 3)], false),
    ] {
        let b = Builder::new();
        let x = b.input("x", &[6, 5]);
        let whole = x.tanh();
        let parts: Vec<Var<'_>> = cuts.iter().map(|&(start, len)| whole.slice(axis, start, len)).collect();
        let loss = parts.iter().fold(b.scalar(0.0), |sum, p| sum + p.softmax(axis).square().sum_all());
        b.output("g", b.grad(loss, &[x])[0]);
        let graph = b.finish().unwrap();
        let (fused, plain) = (Plan::compile(&graph).unwrap(), Plan::compile_as_is(&graph).unwrap());
        assert_eq!(count(&fused, "concat"), usize::from(joined), "{cuts:?}\n{fused}");
        let data: Vec<f64> = (0..30).map(|i| (f64::from(i) * 0.7).sin()).collect();
        let names = ["g".to_owned()];
        let inputs = [("x".to_owned(), data)];
        let [a, b] = [fused, plain].map(|plan| outputs(plan, &names, &inputs).remove(0));
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < SAME), "{cuts:?}");
        assert!(a.iter().any(|g| g.abs() > 1e-3), "{cuts:?}");
    }
}
