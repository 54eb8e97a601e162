//! Training plans of the lab Tensors, on the device against the CPU and against itself.

use std::sync::Arc;

use equiscope::data::{Part, Task};
use equiscope::engine::exec::{CpuExecutor, Executor, GpuExecutor, Health};
use equiscope::engine::plan::Plan;
use equiscope::labs::tensors::model::{NETS, Pair};
use equiscope::labs::tensors::settings::Settings;

use crate::bench::gpu;
use crate::train::read;

const STEPS: u32 = 20;

/// The losses of both networks in each step, the last one's parameters behind them, of a run from its start.
fn run(pair: &Pair, s: &Settings, plan: &Plan, exec: &mut dyn Executor) -> Vec<Vec<f32>> {
    let samples = s.task.draw(s.seed, Part::Train, s.n);
    for (name, values) in pair.data(&samples).iter().filter(|(_, values)| !values.is_empty()) {
        exec.write(name, values).unwrap();
    }
    exec.set_params(&plan.params().init(s.init)).unwrap();
    exec.set_seed(s.seed);
    exec.set_step(0);
    exec.reset_moments();
    exec.run(STEPS).unwrap();
    let losses = NETS.map(|net| format!("history:{net}"));
    let mut numbers = read(exec, &[&losses[0], &losses[1], "params"]);
    numbers[..2].iter_mut().for_each(|ring| ring.truncate(STEPS as usize));
    assert_eq!(exec.health(), Health::Ok);
    numbers
}

fn agrees(task: Task, width: usize) {
    let Some((gpu, _turn)) = gpu() else { return };
    let mut s = Settings { width, n: 200, ..Settings::default() };
    s.set_task(task);
    let pair = Pair::new(&s).unwrap();
    let plan = Arc::new(Plan::compile(&pair.training(s.n).unwrap()).unwrap());
    let cpu = run(&pair, &s, &plan, &mut CpuExecutor::<f32>::new(plan.clone()));
    let mut device = GpuExecutor::new(&gpu.gpu, plan.clone());
    let first = run(&pair, &s, &plan, &mut device);
    for (k, net) in NETS.iter().enumerate() {
        for (step, (a, b)) in cpu[k].iter().zip(&first[k]).enumerate() {
            assert!((a - b).abs() <= 1e-4 * a.abs(), "{task:?} {net}, step {step}: losses {a} and {b}");
        }
    }
    let bits = |run: &[Vec<f32>]| run.concat().iter().map(|v| v.to_bits()).collect::<Vec<u32>>();
    let second = run(&pair, &s, &plan, &mut device);
    assert_eq!(bits(&first), bits(&second), "{task:?}: two runs of the device");
}

#[test]
fn training_of_inertia_agrees_with_the_cpu_and_with_itself() {
    agrees(Task::Inertia, 16);
}

#[test]
fn training_under_boosts_agrees_with_the_cpu_and_with_itself() {
    agrees(Task::Lorentz, 8);
}
