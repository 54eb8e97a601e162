//! Speeds, printed: `cargo test --features gpu --test gpu -- --ignored --nocapture speed`.

use std::sync::Arc;
use std::time::Instant;

use equiscope::bench::WORKLOADS;
use equiscope::engine::exec::GpuExecutor;
use equiscope::engine::exec::gpu::{Loaded, profile_steps};
use equiscope::engine::kernels::{Attrs, Case, Family, Feed, Kernel, Launch, find};
use equiscope::engine::plan::Plan;
use equiscope::engine::shader::{Linked, link_kernel};

use crate::bench::{Gpu, gpu, launch_in};
use crate::support::filled;

/// A shader with everything bound, to be run again and again.
struct Ready {
    pipeline: wgpu::ComputePipeline,
    group: wgpu::BindGroup,
    workgroups: [u32; 3],
    best: f64,
}

fn ready(gpu: &Gpu, kernel: &dyn Kernel, case: &Case, linked: &Linked, launch: &Launch) -> Ready {
    let (device, signature) = (&gpu.gpu.device, kernel.signature(&case.attrs));
    let loaded = Loaded::new(device, "speed", linked, &signature);
    let make = |size: usize, usage: wgpu::BufferUsages| {
        device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 4 * size.max(64) as u64,
            usage: usage | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    };
    let uniforms = make(64, wgpu::BufferUsages::UNIFORM);
    gpu.gpu.queue.write_buffer(&uniforms, 0, bytemuck::cast_slice(&launch.uniforms));
    let tensors = filled(kernel, case).shapes;
    let tensors = tensors.iter().map(|s| make(s.iter().product(), wgpu::BufferUsages::STORAGE));
    let buffers: Vec<wgpu::Buffer> = std::iter::once(uniforms).chain(tensors).collect();
    let entries: Vec<wgpu::BindGroupEntry<'_>> = buffers
        .iter()
        .enumerate()
        .map(|(i, b)| wgpu::BindGroupEntry { binding: i as u32, resource: b.as_entire_binding() })
        .collect();
    let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: loaded.group(),
        entries: &entries,
    });
    let pipeline = loaded.pipeline(device, "speed", &signature, &launch.overrides);
    Ready { pipeline, group, workgroups: launch.workgroups, best: f64::INFINITY }
}

/// Runs it `times` over in one pass and notes the shortest time of one, in seconds.
fn time(gpu: &Gpu, ready: &mut Ready, times: usize) {
    let device = &gpu.gpu.device;
    let mut encoder = device.create_command_encoder(&Default::default());
    {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&ready.pipeline);
        pass.set_bind_group(0, &ready.group, &[]);
        let [x, y, z] = ready.workgroups;
        (0..times).for_each(|_| pass.dispatch_workgroups(x, y, z));
    }
    let start = Instant::now();
    gpu.gpu.queue.submit([encoder.finish()]);
    device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
    ready.best = ready.best.min(start.elapsed().as_secs_f64() / times as f64);
}

/// GFLOP/s of the families on products as the workloads have them, interleaved.
#[test]
#[ignore = "a measurement, not a test"]
#[allow(clippy::print_stdout)]
fn speed_of_products_by_family() {
    let Some((gpu, _turn)) = gpu() else { return };
    let kernel = find("matmul").unwrap();
    // Batch, m, k, n, transposed.
    let sizes = [
        (1, 500, 384, 384, [0, 0]),
        (1, 384, 500, 384, [1, 0]),
        (1, 4096, 64, 64, [0, 1]),
        (1, 1024, 64, 1, [0, 0]),
        (64, 32, 32, 32, [0, 0]),
    ];
    for (batch, m, k, n, [ta, tb]) in sizes {
        let a = if ta == 1 { [batch, k, m] } else { [batch, m, k] };
        let b = if tb == 1 { [batch, n, k] } else { [batch, k, n] };
        let case = Case::new(Attrs::ints(&[ta, tb]), vec![Feed::of(&a), Feed::of(&b)]);
        let mut all: Vec<(String, Ready)> = Vec::new();
        for family in Family::ALL {
            let launch = launch_in(kernel, &case, family);
            let linked = link_kernel(kernel, &case.attrs, family).unwrap();
            all.push((format!("{family:?}"), ready(gpu, kernel, &case, &linked, &launch)));
        }
        let flops = 2.0 * [batch, m, k, n].iter().map(|&d| d as f64).product::<f64>();
        let times = ((2e8 / flops) as usize).clamp(1, 200);
        for _ in 0..5 {
            all.iter_mut().for_each(|(_, ready)| time(gpu, ready, times));
        }
        print!("{batch:>3} x [{m}, {k}]·[{k}, {n}] {ta}{tb}:");
        for (name, ready) in &all {
            print!("  {name} {:.2} GFLOP/s ({:.3} ms)", flops / ready.best * 1e-9, ready.best * 1e3);
        }
        println!();
    }
}

/// Milliseconds of every launch of a workload's step, the longest first.
#[test]
#[ignore = "a measurement, not a test"]
#[allow(clippy::print_stdout)]
fn profiles_of_the_workloads() {
    let Some((gpu, _turn)) = gpu() else { return };
    for workload in WORKLOADS {
        let prepared = workload.prepare().unwrap();
        let plan = Arc::new(Plan::compile(&prepared.graph).unwrap());
        let mut exec = GpuExecutor::new(&gpu.gpu, Arc::clone(&plan));
        prepared.start(&plan, &mut exec).unwrap();
        let mut spans = profile_steps(&mut exec, 3).unwrap();
        spans.sort_by(|a, b| b.ms.total_cmp(&a.ms));
        let total: f64 = spans.iter().map(|span| span.ms).sum();
        println!("{}: {total:.3} ms in {} launches", workload.id, spans.len());
        for span in spans.iter().take(8) {
            let d = plan.steps.iter().find(|d| d.label == span.label).unwrap();
            let shapes: Vec<_> = d.args.iter().map(|a| a.shape.as_slice()).collect();
            println!("  {:>9.3} ms  {:>4.1} %  {:<32} {shapes:?}", span.ms, 100.0 * span.ms / total, d.label);
        }
    }
}
