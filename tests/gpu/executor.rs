//! The wgpu executor itself: what it makes and when, its ring of answers, its profiles.

use std::sync::Arc;
use std::time::Duration;

use equiscope::engine::exec::gpu::{Gpu, Watch, wait};
use equiscope::engine::exec::{CpuExecutor, Executor, GpuExecutor, Health, Warmth};
use equiscope::engine::graph::{Builder, Optimiser};
use equiscope::engine::kernels::Family;
use equiscope::engine::plan::Plan;

use crate::bench::gpu;
use crate::support::{mlp, mlp_start};
use crate::train::{read, relative};

fn plan() -> Arc<Plan> {
    Arc::new(Plan::compile(&mlp(Optimiser::Adam)).unwrap())
}

/// Bits of the parameters.
fn params(exec: &mut GpuExecutor) -> Vec<u32> {
    read(exec, &["params"]).remove(0).into_iter().map(f32::to_bits).collect()
}

#[test]
fn nothing_is_made_while_a_plan_runs() {
    let Some((gpu, _turn)) = gpu() else { return };
    let plan = plan();
    let mut exec = GpuExecutor::new(&gpu.gpu, Arc::clone(&plan));
    mlp_start(&mut exec, &plan, 0.01);
    let step = |exec: &mut GpuExecutor, k: u32| {
        exec.run(1).unwrap();
        // Requests of two sizes, as a session has them.
        let large: &[&str] =
            if k.is_multiple_of(7) { &["params", "history:fit", "out"] } else { &["history:fit"] };
        let ticket = exec.request(large);
        wait(exec, ticket).unwrap();
    };
    (0..8).for_each(|k| step(&mut exec, k));
    let before = gpu.gpu.objects();
    (0..1000).for_each(|k| step(&mut exec, k));
    assert_eq!(gpu.gpu.objects(), before);
    assert!(before.buffers > 0 && before.bind_groups > 0 && before.pipelines > 0, "{before:?}");
}

#[test]
fn what_is_made_is_counted() {
    // All other files of the executor make what they need through these two.
    let files = [
        ("mod", include_str!("../../src/engine/exec/gpu/mod.rs")),
        ("readback", include_str!("../../src/engine/exec/gpu/readback.rs")),
        ("profile", include_str!("../../src/engine/exec/gpu/profile.rs")),
    ];
    for (file, text) in files {
        for call in ["create_buffer(", "create_bind_group(", "create_compute_pipeline("] {
            assert!(!text.contains(call), "{file}.rs: {call} goes past the count");
        }
    }
}

#[test]
fn the_newest_requests_win() {
    let Some((gpu, _turn)) = gpu() else { return };
    let plan = plan();
    let mut exec = GpuExecutor::new(&gpu.gpu, Arc::clone(&plan));
    mlp_start(&mut exec, &plan, 0.01);
    let mut rounds = Vec::new();
    for _ in 0..3 {
        let tickets: Vec<_> = (0..6)
            .map(|_| {
                exec.run(1).unwrap();
                exec.request(&["params"])
            })
            .collect();
        rounds.push((tickets, gpu.gpu.objects()));
    }
    // The ring was filled in the first round; nobody has asked for an answer so far.
    assert_eq!(rounds[0].1, rounds[2].1);
    let (newest, _) = rounds.pop().unwrap();
    for (i, ticket) in newest.iter().enumerate() {
        match wait(&mut exec, *ticket) {
            Ok(answer) => assert_eq!(answer.step, 13 + i as u32),
            Err(error) => assert!(i < 2 && error.to_string().contains("newer requests"), "{i}: {error}"),
        }
    }
    let (oldest, _) = rounds.swap_remove(0);
    assert!(wait(&mut exec, oldest[0]).is_err());
    assert_eq!(exec.health(), Health::Ok);
}

#[test]
fn pipelines_come_in_the_background() {
    if gpu().is_none() {
        return;
    }
    // Devices of their own: nothing is compiled yet.
    let plan = plan();
    let mut bits = Vec::new();
    for pieces in [false, true] {
        let gpu = Gpu::headless().unwrap();
        let make = if pieces { GpuExecutor::in_pieces } else { GpuExecutor::in_background };
        let mut exec = make(&gpu, Arc::clone(&plan));
        assert_eq!(gpu.objects().bind_groups, 0, "nothing was waited for");
        mlp_start(&mut exec, &plan, 0.01);
        let (mut compiled, mut looks) = (gpu.objects().pipelines, 0);
        loop {
            let Warmth { ready, of } = exec.warm();
            assert!(of >= plan.launches.len() && of <= plan.steps.len());
            if pieces {
                let now = gpu.objects().pipelines;
                assert!(now <= compiled + 1, "one at a time, not {}", now - compiled);
                compiled = now;
            }
            if ready == of {
                break;
            }
            looks += 1;
            assert!(looks < 60_000, "{ready} of {of} after a minute");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(looks > 0, "it was ready at once");
        let made = gpu.objects();
        exec.run(5).unwrap();
        assert_eq!(gpu.objects(), made);
        bits.push(params(&mut exec));
        // Another executor finds everything there.
        assert!(make(&gpu, Arc::clone(&plan)).warm().is_ready());
        assert_eq!(gpu.objects().pipelines, made.pipelines);
    }
    // One that is run before it is ready gets ready.
    let gpu = Gpu::headless().unwrap();
    let mut hasty = GpuExecutor::in_background(&gpu, Arc::clone(&plan));
    mlp_start(&mut hasty, &plan, 0.01);
    hasty.run(5).unwrap();
    bits.push(params(&mut hasty));
    assert!(bits.iter().all(|b| *b == bits[0]));
    assert!(CpuExecutor::<f32>::new(plan).warm().is_ready());
}

#[test]
fn what_would_hold_a_device_up_is_refused_with_a_way_out() {
    let Some((gpu, _turn)) = gpu() else { return };
    let plan = |rows: usize| {
        let b = Builder::new();
        b.output("y", b.input("x", &[1 << 13]).scatter(b.input("index", &[1 << 13]), rows, false));
        Arc::new(Plan::compile(&b.finish().unwrap()).unwrap())
    };
    let on_device = |rows| GpuExecutor::new(&gpu.gpu, plan(rows)).health();
    assert_eq!(on_device(1 << 13), Health::Ok);
    let Health::Failed(why) = on_device((1 << 13) + 1) else { panic!("it was taken") };
    assert!(why.contains("67117056 looks") && why.contains("pack_index"), "{why}");
    assert_eq!(CpuExecutor::<f32>::new(plan((1 << 13) + 1)).health(), Health::Ok);
}

#[test]
fn both_families_train_alike() {
    if gpu().is_none() {
        return;
    }
    let (plan, mut device) = (plan(), Gpu::headless().unwrap());
    assert_eq!(device.family == Family::Registers, device.software);
    let results = Family::ALL.map(|family| {
        device.family = family;
        let mut exec = GpuExecutor::new(&device, Arc::clone(&plan));
        mlp_start(&mut exec, &plan, 0.01);
        exec.run(20).unwrap();
        assert_eq!(exec.health(), Health::Ok);
        (read(&mut exec, &["params"]).remove(0), device.objects().pipelines)
    });
    let [(a, few), (b, many)] = results;
    assert!(many > few, "the second family has shaders of its own");
    assert!(relative(&a, &b) < 1e-5);
}

#[test]
#[allow(clippy::print_stdout)] // The table, for --nocapture.
fn a_profile_times_each_launch() {
    let Some((gpu, _turn)) = gpu() else { return };
    let plan = plan();
    let mut exec = GpuExecutor::new(&gpu.gpu, Arc::clone(&plan));
    mlp_start(&mut exec, &plan, 0.01);
    assert!(exec.profiled().is_none());
    if !gpu.gpu.device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
        let why = exec.profile().unwrap_err().to_string();
        assert!(why.contains("no timestamps"), "{why}");
        return;
    }
    for _ in 0..2 {
        exec.profile().unwrap();
        assert!(exec.profile().is_err(), "one at a time");
        let spans = loop {
            if let Some(answer) = exec.profiled() {
                break answer.unwrap();
            }
            std::thread::sleep(Duration::from_micros(100));
        };
        assert_eq!(spans.len(), exec.warm().of);
        let known = |label: &str| plan.steps.iter().any(|d| d.label == label);
        assert!(spans.iter().all(|s| known(&s.label)), "{spans:?}");
        assert!(spans.iter().all(|s| s.ms.is_finite() && s.ms < 10_000.0), "{spans:?}");
        assert!(spans.iter().any(|s| s.ms > 0.0), "{spans:?}");
        spans.iter().for_each(|s| println!("{:<24} {:>9.4} ms", s.label, s.ms));
    }
    // A profiled step is a step.
    let profiled = params(&mut exec);
    let mut plain = GpuExecutor::new(&gpu.gpu, Arc::clone(&plan));
    mlp_start(&mut plain, &plan, 0.01);
    plain.run(2).unwrap();
    assert_eq!(profiled, params(&mut plain));
}

#[test]
fn a_device_without_timestamps_says_so() {
    let (device, queue) = wgpu::Device::noop(&wgpu::DeviceDescriptor::default());
    let watch = Watch::over(&device, |_| {});
    let gpu = Gpu::new(device, queue, "a device without a clock".to_owned(), false, watch);
    let why = GpuExecutor::new(&gpu, plan()).profile().unwrap_err().to_string();
    assert!(why.contains("a device without a clock has no timestamps"), "{why}");
}
