//! Fifty steps of every rule, decay, bound and schedule against the formulas written out in another way.

use std::f64::consts::PI;
use std::sync::Arc;

use super::support::mlp;
use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::graph::{Builder, Clip, Decay, Init, Optimiser, Rule, Shape, Training};
use equiscope::engine::plan::Plan;

const STEPS: u32 = 50;
const RATE: f64 = 0.05;

/// Two parameters, three numbers, and a loss Σ (aᵢ pᵢ⁴/4 + bᵢ pᵢ) + p₀ p₁ p₂ whose gradients change sign and size on the way.
const A: [f64; 3] = [1.0, 0.3, 2.0];
const B: [f64; 3] = [0.5, -3.0, 0.1];
const START: [f64; 3] = [1.0, -1.0, 1.5];

fn gradient(p: [f64; 3]) -> [f64; 3] {
    let others = [p[1] * p[2], p[0] * p[2], p[0] * p[1]];
    std::array::from_fn(|i| A[i] * p[i].powi(3) + B[i] + others[i])
}

/// Parameters after each step, by the engine in f64.
fn engine(training: Training) -> Vec<[f64; 3]> {
    let b = Builder::new();
    let first = b.param("first", &[1], Init::Constant(START[0]));
    let rest = b.param("rest", &[2], Init::Zeros);
    let p = [first, rest.slice(0, 0, 1), rest.slice(0, 1, 1)];
    let terms = (0..3).map(|i| p[i].square().square() * (0.25 * A[i]) + p[i] * B[i]);
    let loss = terms.reduce(|a, c| a + c).unwrap() + p[0] * p[1] * p[2];
    b.train(&[("loss", loss)], training);
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    let at: Vec<usize> = plan.params().entries.iter().map(|e| e.offset).collect();
    let mut exec = CpuExecutor::<f64>::new(Arc::clone(&plan));
    let mut flat = vec![0.0; plan.params().len];
    [flat[at[0]], flat[at[1]], flat[at[1] + 1]] = START;
    exec.write_t("params", &flat).unwrap();
    exec.set_knob("lr", RATE).unwrap();
    let mut step = || {
        exec.run(1).unwrap();
        let all = exec.read("params").unwrap();
        [all[at[0]], all[at[1]], all[at[1] + 1]]
    };
    (0..STEPS).map(|_| step()).collect()
}

/// The share of the rate in step t, from its definition.
fn share(training: &Training, t: u32) -> f64 {
    let (t, warm) = (f64::from(t), f64::from(training.schedule.warm_up));
    if t < warm {
        return (t + 1.0) / warm;
    }
    let s = t - warm;
    match training.schedule.shape {
        Shape::Constant => 1.0,
        Shape::Linear { steps, floor } => {
            let rest = (1.0 - s / f64::from(steps)).max(0.0);
            rest + (1.0 - rest) * floor
        }
        Shape::Cosine { steps, floor } if s < f64::from(steps) => {
            floor + (1.0 - floor) * (0.5 * PI * s / f64::from(steps)).cos().powi(2)
        }
        Shape::Cosine { floor, .. } => floor,
        Shape::Exponential { steps, factor } => factor.powf(s / f64::from(steps)),
        Shape::Stairs { steps, factor } => factor.powi(s as i32 / steps as i32),
    }
}

/// The same by the formulas of the papers, with sums over the whole past in place of running moments.
fn formulas(training: Training) -> Vec<[f64; 3]> {
    let (mut p, mut past, mut all) = (START, Vec::<[f64; 3]>::new(), Vec::new());
    for t in 0..STEPS {
        let lr = RATE * share(&training, t);
        let mut g = gradient(p);
        match training.clip {
            Clip::None => {}
            Clip::Norm(c) => {
                let norm = g.iter().map(|g| g * g).sum::<f64>().sqrt();
                g = g.map(|g| if norm > c { g * c / norm } else { g });
            }
            Clip::Value(c) => g = g.map(|g| g.signum() * g.abs().min(c)),
        }
        if let Decay::Coupled(lambda) = training.decay {
            g = std::array::from_fn(|i| g[i] + lambda * p[i]);
        }
        past.push(g);
        let memory = |beta: f64, i: usize, power: i32| -> f64 {
            let terms = past.iter().rev().enumerate();
            terms.map(|(age, g)| beta.powi(age as i32) * g[i].powi(power)).sum()
        };
        let shrink = if let Decay::Decoupled(lambda) = training.decay { 1.0 - lr * lambda } else { 1.0 };
        p = std::array::from_fn(|i| {
            let step = match training.rule {
                Rule::Sgd => g[i],
                Rule::Momentum(mu) => memory(mu, i, 1),
                Rule::Nesterov(mu) => g[i] + mu * memory(mu, i, 1),
                Rule::Adam { beta1, beta2, epsilon } => {
                    // Weighted means: the weights of the whole past sum to 1 after correction.
                    let mean = |beta: f64, power: i32| {
                        let weight: f64 = (0..=t as i32).map(|age| beta.powi(age)).sum();
                        memory(beta, i, power) / weight
                    };
                    mean(beta1, 1) / (mean(beta2, 2).sqrt() + epsilon)
                }
            };
            shrink * p[i] - lr * step
        });
        all.push(p);
    }
    all
}

#[test]
fn trajectories_follow_the_formulas() {
    let adam = Training::adam();
    let other: Training = Rule::Adam { beta1: 0.5, beta2: 0.9, epsilon: 1e-4 }.into();
    let momentum: Training = Rule::Momentum(0.7).into();
    let sgd: Training = Rule::Sgd.into();
    let all = [
        sgd,
        sgd.decay(0.1),
        sgd.decoupled_decay(0.1),
        sgd.clip_norm(0.8).shape(Shape::Linear { steps: 30, floor: 0.2 }),
        momentum,
        momentum.clip_value(0.5).decay(0.02),
        Rule::Nesterov(0.7).into(),
        Training::from(Rule::Nesterov(0.7)).shape(Shape::Stairs { steps: 9, factor: 0.5 }),
        adam,
        adam.decay(0.3),
        Training::adamw(0.3),
        other.clip_norm(1.0),
        other.clip_value(1.0).decoupled_decay(0.1),
        adam.warm_up(10),
        adam.warm_up(5).shape(Shape::Cosine { steps: 30, floor: 0.1 }),
        other.shape(Shape::Exponential { steps: 20, factor: 0.5 }).warm_up(3),
    ];
    for training in all {
        for (t, (got, want)) in engine(training).iter().zip(formulas(training)).enumerate() {
            for i in 0..3 {
                // Constants of rules are single-precision numbers in every plan.
                let near = (got[i] - want[i]).abs() < 2e-6 * (1.0 + want[i].abs());
                assert!(near, "{training:?} step {t}: {got:?}, not {want:?}");
            }
        }
    }
}

#[test]
fn the_named_optimisers_are_what_they_were() {
    assert_eq!(Training::from(Optimiser::Sgd), Rule::Sgd.into());
    assert_eq!(Training::from(Optimiser::Momentum), Rule::Momentum(0.9).into());
    let usual = Rule::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    assert_eq!(Training::from(Optimiser::Adam), usual.into());
}

#[test]
fn a_bound_on_the_norm_costs_two_launches_and_no_buffer_of_the_size_of_the_parameters() {
    let plain = Plan::compile(&mlp(Optimiser::Adam)).unwrap();
    let bound = Plan::compile(&mlp(Training::adam().clip_norm(1.0))).unwrap();
    assert_eq!(bound.steps.len(), plain.steps.len() + 2);
    let words = |p: &Plan| p.buffers.iter().map(|b| b.len).sum::<usize>();
    assert!(words(&bound) <= words(&plain) + 1024 + 64);
}

#[test]
fn constants_out_of_range_are_errors() {
    let error = |training: Training| {
        let b = Builder::new();
        let p = b.param("p", &[1], Init::Zeros);
        b.train(&[("l", p.square())], training);
        b.finish().unwrap_err().to_string()
    };
    assert!(error(Rule::Momentum(1.0).into()).contains("momentum is 1"));
    assert!(error(Rule::Adam { beta1: 0.9, beta2: 1.5, epsilon: 1e-8 }.into()).contains("beta2 is 1.5"));
    assert!(error(Training::adam().clip_norm(0.0)).contains("bound of gradients is 0"));
    assert!(error(Training::adamw(-1.0)).contains("decay is -1"));
    let never = Shape::Cosine { steps: 0, floor: 0.0 };
    assert!(error(Training::adam().shape(never)).contains("steps is 0"));
    let nothing = Shape::Stairs { steps: 3, factor: 0.0 };
    assert!(error(Training::adam().shape(nothing)).contains("factor is 0"));
}
