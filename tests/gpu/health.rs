//! Trouble with the device ends in health, not in a panic.

use std::sync::Arc;

use equiscope::engine::exec::gpu::{Gpu, Watch, sentence, wait};
use equiscope::engine::exec::{CpuExecutor, Executor, GpuExecutor, Health};
use equiscope::engine::graph::Optimiser;
use equiscope::engine::plan::{BufferKind, Plan};

use crate::bench::gpu;
use crate::support::{mlp, mlp_start};
use crate::train::{read, relative};

#[test]
fn a_destroyed_device_is_a_loss() {
    if gpu().is_none() {
        return;
    }
    let gpu = Gpu::headless().unwrap();
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Adam)).unwrap());
    let mut exec = GpuExecutor::new(&gpu, Arc::clone(&plan));
    mlp_start(&mut exec, &plan, 0.01);
    exec.run(1).unwrap();
    let ticket = exec.request(&["params"]);
    gpu.device.destroy();
    // The loss shows once the work under way has ended.
    for _ in 0..1000 {
        if exec.health() != Health::Ok {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let Health::Lost(why) = exec.health() else { panic!("{:?}", exec.health()) };
    assert!(why.starts_with("the graphics device is gone: ") && !why.contains('\n'), "{why}");
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
    let again = GpuExecutor::new(&gpu, plan);
    assert!(matches!(again.health(), Health::Lost(_)));
}

#[test]
fn a_validation_error_is_a_failure() {
    if gpu().is_none() {
        return;
    }
    let gpu = Gpu::headless().unwrap();
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Sgd)).unwrap());
    let mut exec = GpuExecutor::new(&gpu, plan);
    assert_eq!(gpu.watch.health(), Health::Ok);
    let _refused = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("contradictory"),
        size: 4,
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    });
    let Health::Failed(why) = exec.health() else { panic!("{:?}", exec.health()) };
    assert!(
        why.starts_with("the graphics device refused a command as invalid (") && !why.contains('\n'),
        "{why}"
    );
    assert!(exec.run(1).is_err());
}

#[test]
fn a_plan_that_is_too_large_is_a_failure() {
    let (device, queue) = wgpu::Device::noop(&wgpu::DeviceDescriptor::default());
    let watch = Watch::over(&device, |_| {});
    let gpu = Gpu::new(device, queue, "small".to_owned(), false, watch);
    let mut plan = Plan::compile(&mlp(Optimiser::Sgd)).unwrap();
    let slot = plan.buffers.iter_mut().find(|b| b.kind == BufferKind::Slot).unwrap();
    slot.len = 1 << 40;
    let mut exec = GpuExecutor::new(&gpu, Arc::new(plan));
    let Health::Failed(why) = exec.health() else { panic!("{:?}", exec.health()) };
    assert!(why.contains("size") && !why.contains('\n'), "{why}");
    assert!(exec.run(1).is_err());
}

#[test]
fn troubles_are_sentences() {
    // A device that has no memory left cannot be had safely; its error can.
    let none = || Box::new(std::io::Error::other("line one\n  line two."));
    let memory = sentence(&wgpu::Error::OutOfMemory { source: none() });
    assert_eq!(memory, "the graphics device has no memory left for this (line one line two)");
    let description = "so\nit is".to_owned();
    let internal = sentence(&wgpu::Error::Internal { source: none(), description });
    assert_eq!(internal, "the graphics device failed (so it is)");
}

#[test]
fn training_goes_on_from_the_last_snapshot() {
    if gpu().is_none() {
        return;
    }
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Sgd)).unwrap());
    let finish = |exec: &mut dyn Executor, from: u32| {
        exec.run(10 - from).unwrap();
        read(exec, &["params"]).remove(0)
    };
    let device = Gpu::headless().unwrap();
    let mut whole = GpuExecutor::new(&device, Arc::clone(&plan));
    mlp_start(&mut whole, &plan, 0.01);
    let undisturbed = finish(&mut whole, 0);
    let mut exec = GpuExecutor::new(&device, Arc::clone(&plan));
    mlp_start(&mut exec, &plan, 0.01);
    exec.run(4).unwrap();
    let ticket = exec.request(&["params"]);
    let snapshot = wait(&mut exec, ticket).unwrap();
    exec.run(3).unwrap();
    device.device.destroy();
    // On a new device, and on the CPU: inputs and knobs as at the start, weights and step of the snapshot.
    let gone_on = |mut exec: Box<dyn Executor>| {
        mlp_start(exec.as_mut(), &plan, 0.01);
        exec.set_params(&snapshot.arrays["params"]).unwrap();
        exec.set_step(snapshot.step);
        finish(exec.as_mut(), snapshot.step)
    };
    let again = Gpu::headless().unwrap();
    let new = gone_on(Box::new(GpuExecutor::new(&again, Arc::clone(&plan))));
    assert_eq!(new, undisturbed, "bit for bit");
    let cpu = gone_on(Box::new(CpuExecutor::<f32>::new(Arc::clone(&plan))));
    assert!(relative(&cpu, &undisturbed) < 1e-5);
}

#[test]
fn a_broken_plan_is_a_failure() {
    let Some((gpu, _turn)) = gpu() else { return };
    let mut plan = Plan::compile(&mlp(Optimiser::Sgd)).unwrap();
    plan.buffers.truncate(3);
    let mut exec = GpuExecutor::new(&gpu.gpu, Arc::new(plan));
    assert!(matches!(exec.health(), Health::Failed(_)));
    exec.reset_moments();
    assert!(exec.run(1).is_err());
}
