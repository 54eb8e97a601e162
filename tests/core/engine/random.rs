//! Random kernels: laws, minibatches that visit every row once an epoch, permutations without a bias, dropout.

use std::collections::BTreeSet;
use std::sync::Arc;

use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::graph::{Builder, Var};
use equiscope::engine::kernels::random::Law;
use equiscope::engine::plan::Plan;
use equiscope::maths::rng::{Permutation, below_from_bits, stream_key};

/// The values of a graph without inputs, step after step.
fn draws(steps: u32, build: impl Fn(&Builder) -> Var<'_>) -> Vec<Vec<f32>> {
    let b = Builder::new();
    b.output("y", build(&b));
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    assert!(plan.counts_steps);
    let mut exec = CpuExecutor::<f32>::new(plan);
    exec.set_seed(0x0123_4567_89AB_CDEF);
    let mut step = || {
        exec.run(1).unwrap();
        exec.read("y").unwrap()
    };
    (0..steps).map(|_| step()).collect()
}

fn error(build: impl Fn(&Builder)) -> String {
    let b = Builder::new();
    build(&b);
    b.finish().unwrap_err().to_string()
}

#[test]
fn laws_have_their_ranges_and_means() {
    let of = |law: Law| draws(1, |b| b.random(law, 3, &[40_000])).remove(0);
    let mean = |v: &[f32]| v.iter().map(|&x| f64::from(x)).sum::<f64>() / v.len() as f64;
    let uniform = of(Law::Uniform(-2.0, 3.0));
    assert!(uniform.iter().all(|&x| (-2.0..3.0).contains(&x)));
    // Four standard errors: 5/√(12·40 000), √(0.3·0.7/40 000), 10/√(12·40 000).
    assert!((mean(&uniform) - 0.5).abs() < 0.03, "{}", mean(&uniform));
    let coin = of(Law::Bernoulli(0.3));
    assert!(coin.iter().all(|&x| x == 0.0 || x == 1.0));
    assert!((mean(&coin) - 0.3).abs() < 0.01, "{}", mean(&coin));
    let whole = of(Law::Below(10));
    assert!(whole.iter().all(|&x| x.fract() == 0.0 && (0.0..10.0).contains(&x)));
    assert!((mean(&whole) - 4.5).abs() < 0.06, "{}", mean(&whole));
    // A width that rounds: the upper end stays out.
    assert!(of(Law::Uniform(1000.1, 1000.2)).iter().all(|&x| (1000.1..1000.2).contains(&x)));
    assert!(of(Law::Uniform(16_777_215.0, 16_777_216.0)).iter().all(|&x| x == 16_777_215.0));
}

#[test]
fn whole_numbers_from_words_are_exact() {
    assert_eq!(below_from_bits(u32::MAX, 7), 6);
    assert_eq!(below_from_bits(1 << 31, 10), 5);
    assert_eq!(below_from_bits(0, 1 << 24), 0);
}

#[test]
fn laws_out_of_range_are_errors() {
    assert!(error(|b| _ = b.random(Law::Bernoulli(1.5), 0, &[2])).contains("1.5 is no probability"));
    assert!(error(|b| _ = b.random(Law::Uniform(1.0, 1.0), 0, &[2])).contains("no interval"));
    assert!(error(|b| _ = b.random(Law::Below(0), 0, &[2])).contains("whole numbers below 0"));
    assert!(error(|b| _ = b.random_rows(0, 9, 0)).contains("0 of 9 rows"));
    assert!(error(|b| _ = b.random_rows(0, 16_777_213, 4096)).contains("2^32"));
    assert!(error(|b| _ = b.input("x", &[2]).dropout(0, 1.0)).contains("the rate is 1"));
}

#[test]
fn every_epoch_visits_every_row_once() {
    for (n, count, epochs) in [(12, 4, 5), (10, 3, 6), (7, 7, 3), (5, 13, 26), (1000, 64, 16), (1, 1, 4)] {
        let steps = (epochs * n as u32).div_ceil(count);
        let rows: Vec<f32> = draws(steps, |b| b.random_rows(9, n as u32, count)).concat();
        let orders: Vec<&[f32]> = rows.chunks_exact(n).collect();
        for order in &orders {
            let seen: BTreeSet<u32> = order.iter().map(|&x| x as u32).collect();
            assert!(seen.len() == n && seen.last() == Some(&(n as u32 - 1)), "{n} {count}: {order:?}");
        }
        let different: BTreeSet<Vec<u32>> =
            orders.iter().map(|o| o.iter().map(|&x| x as u32).collect()).collect();
        assert!(n < 10 || different.len() == orders.len(), "{n} {count}: an order came twice");
    }
}

#[test]
fn permutations_are_bijections_and_all_as_likely() {
    let key = stream_key(1, 2);
    for n in [1_u32, 2, 3, 4, 5, 16, 17, 64, 1000, 4097] {
        let order = Permutation::new(key, 7, n);
        let seen: BTreeSet<u32> = (0..n).map(|i| order.at(i)).collect();
        assert_eq!((seen.len(), seen.last()), (n as usize, Some(&(n - 1))));
    }
    // All 120 orders of five rows, 200 times each: χ² has 119 degrees of freedom, deviation 15.4; five of them.
    let mut counts = std::collections::BTreeMap::new();
    for epoch in 0..24_000 {
        let order = Permutation::new(key, epoch, 5);
        let order: [u32; 5] = std::array::from_fn(|i| order.at(i as u32));
        *counts.entry(order).or_insert(0_u32) += 1;
    }
    let chi: f64 = counts.values().map(|&c| (f64::from(c) - 200.0).powi(2) / 200.0).sum();
    assert!(counts.len() == 120 && chi < 119.0 + 77.0, "{} orders, {chi}", counts.len());
    // Where each of 100 rows goes: 9801 degrees of freedom, deviation 140.
    let mut places = vec![0_u32; 10_000];
    for epoch in 0..10_000 {
        let order = Permutation::new(key, epoch, 100);
        (0..100).for_each(|i| places[(100 * i + order.at(i)) as usize] += 1);
    }
    let chi: f64 = places.iter().map(|&c| (f64::from(c) - 100.0).powi(2) / 100.0).sum();
    assert!((chi - 9801.0).abs() < 700.0, "{chi}");
}

#[test]
fn dropout_keeps_the_mean_and_its_gradient_has_the_same_mask() {
    let b = Builder::new();
    let x = b.input("x", &[2000]);
    let y = x.dropout(4, 0.25);
    b.output("y", y);
    b.output("g", b.grad(y.sum_all(), &[x])[0]);
    let mut exec = CpuExecutor::<f32>::new(Arc::new(Plan::compile(&b.finish().unwrap()).unwrap()));
    exec.write("x", &[3.0; 2000]).unwrap();
    exec.run(1).unwrap();
    let (y, g) = (exec.read("y").unwrap(), exec.read("g").unwrap());
    assert!(y.iter().zip(&g).all(|(y, g)| (y - 3.0 * g).abs() < 1e-6));
    let kept = y.iter().filter(|&&v| v != 0.0).count() as f64 / 2000.0;
    // Four standard errors.
    assert!((kept - 0.75).abs() < 0.04, "{kept}");
    assert!(y.iter().all(|&v| v == 0.0 || (v - 4.0).abs() < 1e-6));
}
