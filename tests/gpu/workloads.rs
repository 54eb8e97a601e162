//! Whole steps of the workloads, on the device against the CPU: 20 of each. On a software adapter the longest, W5 and W6, take
//! 100 and 46 seconds of processor time.

use std::sync::Arc;

use equiscope::bench::{Prepared, Workload, find};
use equiscope::engine::exec::{CpuExecutor, Executor, GpuExecutor, Health};
use equiscope::engine::plan::Plan;

use crate::bench::{Gpu, gpu};
use crate::train::{read, relative};

/// Losses as they were filed, and parameters.
fn state(exec: &mut dyn Executor) -> (Vec<f32>, Vec<f32>) {
    let [losses, params] = read(exec, &["history:loss", "params"]).try_into().unwrap();
    (losses, params)
}

/// Steps of the runs that are compared bit by bit.
const REPEATED: u32 = 3;

/// Loss and parameters after one step and after `steps`: CPU and device agree; and the device with itself in every bit,
/// after a first run in three submissions and a second in one.
fn agrees(gpu: &Gpu, workload: &Workload, steps: u32) {
    let prepared: Prepared = workload.prepare().unwrap();
    let plan = Arc::new(Plan::compile(&prepared.graph).unwrap());
    let mut cpu = CpuExecutor::<f32>::new(Arc::clone(&plan));
    let mut device = GpuExecutor::new(&gpu.gpu, Arc::clone(&plan));
    prepared.start(&plan, &mut cpu).unwrap();
    prepared.start(&plan, &mut device).unwrap();
    let mut compare = |device: &mut GpuExecutor, run: u32, tolerance: f64| {
        cpu.run(run).unwrap();
        let at = cpu.step() as usize - 1;
        let ((a, p), (b, q)) = (state(&mut cpu), state(device));
        let error = f64::from((a[at] - b[at]).abs() / a[at].abs());
        let apart = relative(&q, &p);
        assert!(error <= tolerance, "{} step {}: losses {} and {}", workload.id, at + 1, a[at], b[at]);
        assert!(apart <= 1e-3, "{} step {}: parameters are {apart:e} apart", workload.id, at + 1);
    };
    device.run(1).unwrap();
    compare(&mut device, 1, 1e-5);
    device.run(REPEATED - 1).unwrap();
    let first = state(&mut device);
    device.run(steps - REPEATED).unwrap();
    compare(&mut device, steps - 1, 1e-4);
    prepared.start(&plan, &mut device).unwrap();
    device.run(REPEATED).unwrap();
    let again = state(&mut device);
    let bits = |v: &[f32]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    let run = REPEATED as usize;
    assert_eq!(bits(&first.0[..run]), bits(&again.0[..run]), "{}: losses of two runs", workload.id);
    assert_eq!(bits(&first.1), bits(&again.1), "{}: parameters of two runs", workload.id);
    assert_eq!(device.health(), Health::Ok);
}

/// The test of a workload over so many steps.
fn check(id: &str, steps: u32) {
    let Some((gpu, _turn)) = gpu() else { return };
    agrees(gpu, find(id).unwrap(), steps);
}

#[test]
fn w1a_agrees_with_the_cpu_and_with_itself() {
    check("W1a", 20);
}

#[test]
fn w1b_agrees_with_the_cpu_and_with_itself() {
    check("W1b", 20);
}

#[test]
fn w2_agrees_with_the_cpu_and_with_itself() {
    check("W2", 20);
}

#[test]
fn w3_agrees_with_the_cpu_and_with_itself() {
    check("W3", 20);
}

#[test]
fn w4_agrees_with_the_cpu_and_with_itself() {
    check("W4", 20);
}

#[test]
fn w5_agrees_with_the_cpu_and_with_itself() {
    check("W5", 20);
}

#[test]
fn w6_agrees_with_the_cpu_and_with_itself() {
    check("W6", 20);
}
