//! Loops in time: the same numbers as the rounds written out, in a plan that does not grow with them.

use std::sync::Arc;

use super::support::mistake;
use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::graph::{Builder, Graph, Init, Optimiser, Var};
use equiscope::engine::kernels::Element;
use equiscope::engine::plan::Plan;

const BODIES: usize = 4;
/// Leapfrog's step in time.
const DT: f64 = 0.01;

/// Accelerations under softened gravity; x: `[N, 3]`, masses: `[1, N, 1]`.
fn pull<'b>(x: Var<'b>, masses: Var<'b>) -> Var<'b> {
    let apart = x.reshape(&[1, BODIES, 3]) - x.reshape(&[BODIES, 1, 3]); // [N, N, 3]
    let distance = apart.square().sum(2).sqrt_eps(1e-2); // [N, N, 1]
    (apart * masses / (distance * distance * distance)).sum(1).reshape(&[BODIES, 3])
}

/// Kick, drift, kick.
fn leapfrog<'b>(state: &[Var<'b>], fixed: &[Var<'b>]) -> Vec<Var<'b>> {
    let v = state[1] + pull(state[0], fixed[0]) * (0.5 * DT);
    let x = state[0] + v * DT;
    vec![x, v + pull(x, fixed[0]) * (0.5 * DT)]
}

/// The simulation over some rounds, as a loop or written out.
fn simulation(times: u32, looped: bool) -> Graph {
    let b = Builder::new();
    let (x, v) = (b.input("x", &[BODIES, 3]), b.input("v", &[BODIES, 3]));
    let masses = b.input("masses", &[1, BODIES, 1]) * 2.0;
    let start = [x.tanh(), v * 0.5];
    let end = if looped {
        b.repeat(times, &start, &[masses], leapfrog)
    } else {
        (0..times).fold(start.to_vec(), |state, _| leapfrog(&state, &[masses]))
    };
    b.output("x end", end[0]);
    b.output("v end", end[1] * 3.0);
    b.output("start", start[0] + masses.sum_all());
    b.finish().unwrap()
}

fn run<T: Element>(plan: Plan) -> Vec<Vec<T>> {
    let mut exec = CpuExecutor::<T>::new(Arc::new(plan));
    let number = |i: usize| T::from_f64((1.7 * i as f64 + 0.3).sin());
    let numbers = |n: usize| (0..n).map(number).collect::<Vec<T>>();
    exec.write_t("x", &numbers(12)).unwrap();
    exec.write_t("v", &numbers(12)).unwrap();
    exec.write_t("masses", &numbers(4)).unwrap();
    // Twice: a step starts anew from the inputs.
    exec.run(1).unwrap();
    let first = exec.read("x end").unwrap();
    exec.run(1).unwrap();
    assert!(first.iter().zip(&exec.read("x end").unwrap()).all(|(a, b)| a.to_f64() == b.to_f64()));
    ["x end", "v end", "start"].map(|name| exec.read(name).unwrap()).to_vec()
}

#[test]
fn a_loop_gives_what_its_rounds_written_out_give() {
    for times in [1, 2, 25] {
        let (looped, plain) = (simulation(times, true), simulation(times, false));
        let expected = run::<f64>(Plan::compile_as_is(&plain).unwrap());
        assert!(expected.iter().flatten().all(|v| v.is_finite() && *v != 0.0));
        assert_eq!(run::<f64>(Plan::compile_as_is(&looped).unwrap()), expected, "{times} as it is");
        let fused = run::<f64>(Plan::compile(&plain).unwrap());
        assert_eq!(run::<f64>(Plan::compile(&looped).unwrap()), fused, "{times} in f64");
        let [a, b] = [&looped, &plain].map(|g| run::<f32>(Plan::compile(g).unwrap()));
        assert_eq!(a, b, "{times} in f32");
    }
}

#[test]
fn a_plan_does_not_grow_with_the_rounds_of_its_loop() {
    let plan = |times: u32| Plan::compile(&simulation(times, true)).unwrap();
    let (short, long) = (plan(2), plan(1000));
    assert_eq!(short.steps, long.steps);
    let inside = long.repeats[0].count;
    assert_eq!(long.cost().dispatches - short.cost().dispatches, 998 * inside);
    assert_eq!(
        long.cost().bytes_read - short.cost().bytes_read,
        998 * {
            let one = plan(3).cost().bytes_read - short.cost().bytes_read;
            assert!(one > 0);
            one
        }
    );
    let table = long.to_string();
    assert!(table.contains("×1000 launches"), "{table}");
    let text = serde_json::to_string(&long).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), long);
    let mut wrong = long.clone();
    wrong.repeats[0].count = usize::MAX;
    assert!(wrong.check().is_err());
}

#[test]
fn parts_of_a_state_change_places() {
    let b = Builder::new();
    let state = [0.0, 1.0, 2.0, 3.0].map(|v| b.constant(&[2], &[v, 10.0 + v]));
    let end = b.repeat(3, &state, &[], |s, _| vec![s[1], s[0], s[2], s[0] + s[3]]);
    end.iter().enumerate().for_each(|(i, &v)| b.output(&i.to_string(), v));
    let mut exec = CpuExecutor::<f64>::new(Arc::new(Plan::compile(&b.finish().unwrap()).unwrap()));
    exec.run(1).unwrap();
    let read = |i: usize| exec.read(&i.to_string()).unwrap();
    // Sums of what stood in the first place: 0, 1, 0.
    assert_eq!([read(0), read(1), read(2), read(3)], [[1.0, 11.0], [0.0, 10.0], [2.0, 12.0], [4.0, 44.0]]);
}

#[test]
fn two_loops_and_a_training_step_share_a_plan() {
    let b = Builder::new();
    let p = b.param("p", &[3], Init::Constant(0.5));
    let x = b.input("x", &[3]);
    let data = b.repeat(4, &[x], &[], |s, _| vec![s[0] * 0.5])[0].detach();
    let b2 = b.repeat(2, &[data + 1.0], &[data], |s, f| vec![s[0] + f[0]])[0].detach();
    b.output("data", b2);
    b.train(&[("fit", (p - b2).square().sum_all())], Optimiser::Sgd);
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    assert_eq!(plan.repeats.len(), 2);
    let mut exec = CpuExecutor::<f64>::new(Arc::clone(&plan));
    exec.set_knob("lr", 0.25).unwrap();
    exec.write_t("x", &[16.0, 32.0, 0.0]).unwrap();
    exec.run(1).unwrap();
    assert_eq!(exec.read("data").unwrap(), [4.0, 7.0, 1.0]);
    // p − ¼·2 (p − data).
    assert_eq!(exec.read("params").unwrap()[..3], [2.25, 3.75, 0.75]);
}

#[test]
fn mistakes_in_loops_are_named() {
    let next = |f: for<'c> fn(&[Var<'c>]) -> Vec<Var<'c>>, times: u32| {
        mistake(move |b| {
            let x = b.input("x", &[2]);
            b.repeat(times, &[x], &[], |s, _| f(s));
        })
    };
    assert!(next(|s| vec![s[0].sum_all()], 2).contains("makes [[1]] of a state of [[2]]"));
    assert!(next(|s| vec![s[0]], 0).contains("a loop has a state and a round"));
    assert!(next(|s| vec![s[0] + s[0].builder().knob("k", 1.0)], 2).contains("takes parameters, knobs"));
    assert!(next(|s| vec![s[0] + s[0].builder().random_normal(1, &[2])], 2).contains("random numbers"));
    assert!(next(|s| vec![s[0].matmul(s[0])], 2).contains("in the body of a loop: matmul"));
    let through = mistake(|b| {
        let p = b.param("p", &[2], Init::Constant(1.0));
        let y = b.repeat(2, &[p], &[], |s, _| vec![s[0] * 2.0])[0];
        b.train(&[("sum", y.sum_all())], Optimiser::Sgd);
    });
    assert!(through.contains("no derivative through a loop"), "{through}");
}
