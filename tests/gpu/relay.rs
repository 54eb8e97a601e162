//! Steps begin on the CPU while the device compiles, and go on there: nobody waits, and the numbers are those of one run.

use std::sync::Arc;

use equiscope::engine::exec::gpu::{Gpu, wait};
use equiscope::engine::exec::{Backend, CpuExecutor, Executor, GpuExecutor, Health, Relay};
use equiscope::engine::graph::Optimiser;
use equiscope::engine::plan::Plan;

use crate::bench::gpu;
use crate::support::{mlp, mlp_start};
use crate::train::relative;

/// Steps in all, and what 20 steps on the device may be apart from those on the CPU.
const STEPS: u32 = 20;
const TOLERANCE: f64 = 1e-4;

#[test]
fn the_first_steps_wait_for_no_pipeline() {
    if gpu().is_none() {
        return;
    }
    let plan = Arc::new(Plan::compile(&mlp(Optimiser::Adam)).unwrap());
    let mut straight = CpuExecutor::<f32>::new(Arc::clone(&plan));
    mlp_start(&mut straight, &plan, 0.01);
    straight.run(STEPS).unwrap();
    let names = ["params", "moments", "history:fit", "history:decay"];
    for make in [GpuExecutor::in_pieces, GpuExecutor::in_background] {
        // A device of its own: nothing is compiled yet.
        let gpu = Gpu::headless().unwrap();
        let mut exec = Relay::to(Arc::clone(&plan), Box::new(make(&gpu, Arc::clone(&plan))));
        mlp_start(&mut exec, &plan, 0.01);
        exec.run(1).unwrap();
        assert_eq!(exec.backend(), Backend::Cpu);
        let ticket = exec.request(&["params"]);
        assert_eq!(exec.poll(ticket).unwrap().unwrap().step, 1, "there before anything is compiled");
        assert_eq!(gpu.objects().bind_groups, 0);

        let (mut taken, mut looks) = (1, 0);
        while !exec.warm().is_ready() {
            // A frame: steps go on as long as some are left for the device.
            if taken < STEPS / 2 {
                exec.run(1).unwrap();
                taken += 1;
            }
            looks += 1;
            assert!(looks < 60_000, "not ready after a minute");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        assert!(matches!(exec.backend(), Backend::Gpu { .. }));
        exec.run(STEPS - taken).unwrap();
        let ticket = exec.request(&names);
        let answer = wait(&mut exec, ticket).unwrap();
        assert_eq!((answer.step, exec.health()), (STEPS, Health::Ok));
        for name in names {
            let apart = relative(&answer.arrays[name], &straight.read(name).unwrap());
            assert!(apart <= TOLERANCE, "{name}: {apart:e} apart after {taken} of {STEPS} steps on the CPU");
        }
    }
}
