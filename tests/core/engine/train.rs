//! Training on the CPU: the loss falls, optimisers do what their formulas say, state is kept and reset.

use std::sync::Arc;

use super::support::{mlp, mlp_start};
use equiscope::engine::EngineError;
use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::graph::{Builder, Graph, Init, Optimiser};
use equiscope::engine::plan::Plan;

fn exec(graph: &Graph) -> (Arc<Plan>, CpuExecutor<f32>) {
    let plan = Arc::new(Plan::compile(graph).unwrap());
    let exec = CpuExecutor::new(Arc::clone(&plan));
    (plan, exec)
}

#[test]
fn a_small_network_learns() {
    for (optimiser, rate) in [(Optimiser::Sgd, 0.2), (Optimiser::Momentum, 0.05), (Optimiser::Adam, 0.02)] {
        let (plan, mut exec) = exec(&mlp(optimiser));
        mlp_start(&mut exec, &plan, rate);
        exec.run(400).unwrap();
        let curve = exec.read("history:fit").unwrap();
        assert!(curve[399] < 0.05 * curve[0], "{optimiser:?}: {} to {}", curve[0], curve[399]);
        assert_eq!(exec.step(), 400);
        let unused = plan.params().find("unused").unwrap();
        assert!(!unused.used);
        assert_eq!(exec.read("params").unwrap()[unused.offset], 2.0);
    }
}

/// p after two steps on the loss p²/2 + 3p, from 1, at rate 0.1.
fn two_steps(optimiser: Optimiser) -> f64 {
    let b = Builder::new();
    let p = b.param("p", &[1], Init::Constant(1.0));
    b.train(&[("l", p.square() * 0.5 + p * 3.0)], optimiser);
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    let mut exec = CpuExecutor::<f64>::new(plan);
    exec.set_knob("lr", 0.1).unwrap();
    exec.run(2).unwrap();
    exec.read("params").unwrap()[0]
}

#[test]
fn optimisers_follow_their_formulas() {
    // Constants of rules are single-precision numbers in every plan.
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
    // Gradients p + 3: 4, then 3.6 at p = 0.6.
    near(two_steps(Optimiser::Sgd), 0.6 - 0.36);
    near(two_steps(Optimiser::Momentum), 0.6 - 0.1 * (0.9 * 4.0 + 3.6));
    // Adam: the first step is the rate (against the sign); then gradient 3.9.
    let (m, v) = (0.9 * 0.4 + 0.1 * 3.9, 0.999 * 0.016 + 0.001 * 3.9 * 3.9);
    let second = (m / (1.0 - 0.81)) / ((v / (1.0 - 0.999 * 0.999_f64)).sqrt() + 1e-8);
    near(two_steps(Optimiser::Adam), 0.9 - 0.1 * second);
}

#[test]
fn steps_in_one_run_or_in_many_are_the_same_and_reset_goes_back() {
    let (plan, mut once) = exec(&mlp(Optimiser::Adam));
    mlp_start(&mut once, &plan, 0.01);
    once.run(7).unwrap();
    let (_, mut often) = exec(&mlp(Optimiser::Adam));
    mlp_start(&mut often, &plan, 0.01);
    (0..7).for_each(|_| often.run(1).unwrap());
    assert_eq!(once.read("params").unwrap(), often.read("params").unwrap());
    // Back to the start: parameters, moments, step.
    mlp_start(&mut once, &plan, 0.01);
    once.reset_moments();
    once.set_step(0);
    once.run(7).unwrap();
    assert_eq!(once.read("params").unwrap(), often.read("params").unwrap());
}

#[test]
fn noise_is_fresh_every_step_and_follows_seed_and_step() {
    let b = Builder::new();
    b.output("z", b.random_normal(1, &[5]));
    let (_, mut exec) = exec(&b.finish().unwrap());
    let mut draw = |seed: u64, step: u32| {
        exec.set_seed(seed);
        exec.set_step(step);
        exec.run(1).unwrap();
        let first = exec.read("z").unwrap();
        exec.run(1).unwrap();
        (first, exec.read("z").unwrap())
    };
    let (a, b) = draw(1, 0);
    assert_ne!(a, b);
    assert_eq!(draw(1, 1).0, b);
    assert_ne!(draw(2, 0).0, a);
}

#[test]
fn losses_beyond_four_and_the_ring() {
    let b = Builder::new();
    let p = b.param("p", &[1], Init::Constant(1.0));
    let names: Vec<String> = (0..6).map(|i| format!("l{i}")).collect();
    let losses: Vec<_> = names.iter().enumerate().map(|(i, n)| (n.as_str(), p * (i as f64 + 1.0))).collect();
    b.train(&losses, Optimiser::Sgd);
    let (_, mut exec) = exec(&b.finish().unwrap());
    exec.set_knob("lr", 0.0).unwrap();
    exec.set_step(1023);
    exec.run(2).unwrap();
    for (i, name) in names.iter().enumerate() {
        let ring = exec.read(&format!("history:{name}")).unwrap();
        assert_eq!((ring[1023], ring[0], ring[1]), (i as f32 + 1.0, i as f32 + 1.0, 0.0), "{name}");
    }
    assert_eq!(exec.step(), 1025);
}

#[test]
fn a_checked_run_names_the_node_that_first_went_wrong() {
    let b = Builder::new();
    let x = b.input("x", &[3]);
    b.output("y", (x.ln() * 2.0).exp());
    let graph = b.finish().unwrap();
    let plans = [Plan::compile_as_is(&graph), Plan::compile(&graph)];
    for (plan, name) in plans.into_iter().zip(["%1 unary", "%1 chain: ln mul exp"]) {
        let mut exec = CpuExecutor::<f32>::new(Arc::new(plan.unwrap()));
        exec.write("x", &[1.0, -1.0, 2.0]).unwrap();
        exec.run(1).unwrap();
        exec.set_checked(true);
        match exec.run(1).unwrap_err() {
            EngineError::NotFinite { node, index, inputs, .. } => {
                assert_eq!((node.as_str(), index), (name, 1));
                assert!(inputs.contains("-1 to 2"), "{inputs}");
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn frames_take_turns_with_the_steps() {
    let b = Builder::new();
    let x = b.frames("x", 3, &[2, 1]);
    let p = b.param("p", &[1], Init::Constant(0.0));
    b.output("seen", x * 1.0);
    b.train(&[("sum", (x * p).sum_all())], Optimiser::Sgd);
    let (_, mut exec) = exec(&b.finish().unwrap());
    exec.set_knob("lr", 1.0).unwrap();
    exec.write("x", &[1.0, 2.0, 10.0, 20.0, 100.0, 200.0]).unwrap();
    assert!(matches!(exec.write("x", &[1.0; 5]), Err(EngineError::Length { expected: 6, got: 5, .. })));
    exec.run(2).unwrap();
    assert_eq!(exec.read("params").unwrap()[0], -33.0);
    exec.run(3).unwrap();
    assert_eq!(exec.read("params").unwrap()[0], -33.0 - 333.0);
    exec.set_step(2);
    exec.run(1).unwrap();
    assert_eq!(exec.read("params").unwrap()[0], -33.0 - 333.0 - 300.0);
}
