//! Whole training steps on the device against the CPU.

use std::sync::Arc;

use equiscope::engine::exec::gpu::wait;
use equiscope::engine::exec::{Backend, CpuExecutor, Executor, GpuExecutor, Health};
use equiscope::engine::graph::{Optimiser, Rule, Shape, Training};
use equiscope::engine::plan::Plan;

use crate::bench::{Gpu, gpu};
use crate::support::{mlp, mlp_start};

fn on(gpu: &Gpu, plan: &Arc<Plan>) -> GpuExecutor {
    GpuExecutor::new(&gpu.gpu, Arc::clone(plan))
}

/// Outputs, now.
pub fn read(exec: &mut dyn Executor, names: &[&str]) -> Vec<Vec<f32>> {
    let ticket = exec.request(names);
    let mut answer = wait(exec, ticket).unwrap();
    names.iter().map(|n| answer.arrays.remove(*n).unwrap()).collect()
}

/// ‖a − b‖/‖b‖.
pub fn relative(a: &[f32], b: &[f32]) -> f64 {
    let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
    let difference = norm(&mut a.iter().zip(b).map(|(&a, &b)| f64::from(a) - f64::from(b)));
    difference / norm(&mut b.iter().map(|&b| f64::from(b)))
}

#[test]
fn training_agrees_with_the_cpu() {
    let Some((gpu, _turn)) = gpu() else { return };
    let bounded =
        Training::adamw(0.1).clip_norm(0.05).warm_up(3).shape(Shape::Cosine { steps: 15, floor: 0.1 });
    let nesterov = Training::from(Rule::Nesterov(0.9)).decay(0.01).clip_value(0.02);
    let named = [Optimiser::Sgd, Optimiser::Momentum, Optimiser::Adam].map(Training::from);
    for optimiser in named.into_iter().chain([bounded, nesterov]) {
        let plan = Arc::new(Plan::compile(&mlp(optimiser)).unwrap());
        let mut execs: [Box<dyn Executor>; 2] =
            [Box::new(CpuExecutor::<f32>::new(Arc::clone(&plan))), Box::new(on(gpu, &plan))];
        let names = ["history:fit", "history:decay", "params", "out"];
        for (steps, at, tolerance) in [(1, 0, 1e-5), (19, 19, 1e-4)] {
            let [cpu, device] = &mut execs;
            let results = [cpu, device].map(|exec| {
                if at == 0 {
                    mlp_start(exec.as_mut(), &plan, 0.01);
                }
                exec.run(steps).unwrap();
                read(exec.as_mut(), &names)
            });
            for loss in 0..2 {
                let [a, b] = [0, 1].map(|i: usize| f64::from(results[i][loss][at]));
                assert!((a - b).abs() <= tolerance * a.abs(), "{optimiser:?} step {at} loss {loss}: {a} {b}");
            }
            for (i, name) in names.iter().enumerate().skip(2) {
                let error = relative(&results[1][i], &results[0][i]);
                assert!(error < 10.0 * tolerance, "{optimiser:?} step {at} {name}: {error:e}");
            }
        }
        assert_eq!(execs[1].health(), Health::Ok);
    }
}

#[test]
fn runs_repeat_bit_for_bit_and_reset_goes_back() {
    let Some((gpu, _turn)) = gpu() else { return };
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Adam)).unwrap());
    let mut exec = on(gpu, &plan);
    let mut results = Vec::new();
    for slices in [&[9][..], &[4, 5], &[1; 9]] {
        mlp_start(&mut exec, &plan, 0.02);
        exec.set_step(0);
        exec.reset_moments();
        slices.iter().for_each(|&k| exec.run(k).unwrap());
        let bits = |v: Vec<f32>| v.into_iter().map(f32::to_bits).collect::<Vec<_>>();
        results.push(bits(read(&mut exec, &["params"]).remove(0)));
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

#[test]
fn answers_carry_their_step_and_are_given_once() {
    let Some((gpu, _turn)) = gpu() else { return };
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Sgd)).unwrap());
    let mut exec = on(gpu, &plan);
    assert_eq!(exec.backend(), Backend::Gpu { adapter: gpu.gpu.adapter.clone(), software: gpu.gpu.software });
    mlp_start(&mut exec, &plan, 0.01);
    exec.run(3).unwrap();
    let early = exec.request(&["params"]);
    exec.run(2).unwrap();
    let late = exec.request(&["params", "history:fit"]);
    let (b, a) = (wait(&mut exec, late).unwrap(), wait(&mut exec, early).unwrap());
    assert_eq!((a.step, b.step), (3, 5));
    assert_ne!(a.arrays["params"], b.arrays["params"]);
    assert_eq!(b.arrays["history:fit"].len(), 1024);
    assert!(exec.poll(early).is_none());
    let unknown = exec.request(&["nothing"]);
    assert!(wait(&mut exec, unknown).unwrap_err().to_string().contains("no output named \"nothing\""));
    gpu.gpu.device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
    assert_eq!(exec.in_flight(), 0);
}
