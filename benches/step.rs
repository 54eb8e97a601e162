//! The lab's default training step and its sweep over the orbit, on both executors, interleaved in one process.
//!
//! Prints medians over the rounds with minimum and maximum, and the ratio of the executors round by round: what the
//! choice of the device rests on. `cargo xtask bench`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use equiscope::engine::exec::gpu::{Gpu, GpuExecutor, wait};
use equiscope::engine::{CpuExecutor, Executor, Plan};
use equiscope::labs::vectors::model::Model;
use equiscope::labs::vectors::settings::Settings;
use std::sync::Arc;
use std::time::Instant;

/// Interleaved rounds.
const ROUNDS: usize = 7;
/// Shortest time measured, in seconds.
const WINDOW: f64 = 0.25;

/// Seconds for one run of a plan, with many in one submission and one read-back at the end.
fn seconds(executor: &mut dyn Executor, output: &str) -> f64 {
    let mut steps = 1;
    loop {
        let start = Instant::now();
        executor.run(steps).unwrap();
        let ticket = executor.request(&[output]);
        wait(executor, ticket).unwrap();
        let elapsed = start.elapsed().as_secs_f64();
        if elapsed > WINDOW || steps >= 1 << 20 {
            return elapsed / f64::from(steps);
        }
        steps *= 2;
    }
}

fn summary(values: &mut [f64]) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[0], values[values.len() - 1])
}

fn compare(name: &str, plan: &Arc<Plan>, gpu: Option<&Gpu>, output: &str) {
    let mut cpu = CpuExecutor::<f32>::new(Arc::clone(plan));
    let params = plan.params().init(1);
    cpu.set_params(&params).unwrap();
    let mut device = gpu.map(|g| {
        let mut e = GpuExecutor::new(g, Arc::clone(plan));
        e.set_params(&params).unwrap();
        e
    });
    let (mut a, mut b, mut ratio) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let on_cpu = seconds(&mut cpu, output) * 1e3;
        a.push(on_cpu);
        if let Some(e) = &mut device {
            let on_gpu = seconds(e, output) * 1e3;
            b.push(on_gpu);
            ratio.push(on_gpu / on_cpu);
        }
    }
    let line = |what: &str, v: &mut Vec<f64>, unit: &str| {
        let (median, min, max) = summary(v);
        println!("{name:<10} {what:<10} {median:>9.4} {unit} ({min:.4} to {max:.4})");
    };
    line("CPU", &mut a, "ms");
    if device.is_some() {
        line("GPU", &mut b, "ms");
        line("GPU ÷ CPU", &mut ratio, "×");
    }
}

fn main() {
    let settings = Settings::default();
    let model = Model::new(&settings, settings.group).unwrap();
    let gpu = Gpu::headless();
    match &gpu {
        Ok(g) => println!("GPU: {}{}", g.adapter, if g.software { ", a software adapter" } else { "" }),
        Err(e) => println!("no GPU: {e}"),
    }
    let gpu = gpu.ok();
    let plan = |graph| Arc::new(Plan::compile(&graph).unwrap());
    compare("step", &plan(model.training(&settings).unwrap()), gpu.as_ref(), "params");
    let sweep = plan(model.forward(settings.target, settings.breaks, 257).unwrap());
    compare("sweep 257", &sweep, gpu.as_ref(), "equivariant.t1");
}
