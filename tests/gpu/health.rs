//! Trouble with the device ends in health, not in a panic.

use std::sync::Arc;

use equiscope::engine::exec::gpu::{headless, watch};
use equiscope::engine::exec::{Executor, GpuExecutor, Health};
use equiscope::engine::graph::Optimiser;
use equiscope::engine::plan::Plan;

use crate::bench::gpu;
use crate::support::{mlp, mlp_start};

#[test]
fn a_destroyed_device_is_a_loss() {
    if gpu().is_none() {
        return;
    }
    let (device, queue, name, software) = headless().unwrap();
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Adam)).unwrap());
    let mut exec = GpuExecutor::new(&device, &queue, &name, software, Arc::clone(&plan));
    mlp_start(&mut exec, &plan, 0.01);
    exec.run(1).unwrap();
    let ticket = exec.request(&["params"]);
    device.destroy();
    // The loss shows once the work under way has ended.
    for _ in 0..1000 {
        if exec.health() != Health::Ok {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert!(matches!(exec.health(), Health::Lost(_)), "{:?}", exec.health());
    // Whatever is asked of it now is refused, quietly.
    assert!(exec.run(3).is_err());
    exec.set_knob("lr", 0.5).unwrap();
    exec.set_seed(3);
    exec.set_step(0);
    exec.reset_moments();
    let after = exec.request(&["out"]);
    assert!(exec.poll(after).unwrap().is_err());
    assert!(exec.poll(ticket).is_some(), "an answer or an error, but no wait for ever");
    // A new executor on the dead device does not panic either.
    let again = GpuExecutor::new(&device, &queue, &name, software, plan);
    assert!(matches!(again.health(), Health::Lost(_)));
}

#[test]
fn a_validation_error_is_a_failure() {
    if gpu().is_none() {
        return;
    }
    let (device, queue, name, software) = headless().unwrap();
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Sgd)).unwrap());
    let mut exec = GpuExecutor::new(&device, &queue, &name, software, plan);
    assert_eq!(watch(&device).health(), Health::Ok);
    let _refused = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("contradictory"),
        size: 4,
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    });
    assert!(matches!(exec.health(), Health::Failed(_)), "{:?}", exec.health());
    assert!(exec.run(1).is_err());
}

#[test]
fn a_broken_plan_is_a_failure() {
    let Some((gpu, _turn)) = gpu() else { return };
    let mut plan = Plan::compile(&mlp(Optimiser::Sgd)).unwrap();
    plan.buffers.truncate(3);
    let mut exec = GpuExecutor::new(&gpu.device, &gpu.queue, "", true, Arc::new(plan));
    assert!(matches!(exec.health(), Health::Failed(_)));
    exec.reset_moments();
    assert!(exec.run(1).is_err());
}
