//! Loops in time on the device.

use std::sync::Arc;

use equiscope::engine::exec::{CpuExecutor, Executor, GpuExecutor, Health};
use equiscope::engine::graph::Builder;
use equiscope::engine::plan::Plan;

use crate::bench::gpu;
use crate::train::{read, relative};

#[test]
fn a_loop_agrees_with_the_cpu() {
    let Some((gpu, _turn)) = gpu() else { return };
    let b = Builder::new();
    let x = b.input("x", &[70]);
    // A driven pendulum for each number.
    let end = b.repeat(50, &[x.tanh(), x * 0.5], &[x], |state, drive| {
        let v = state[1] - state[0] * 0.1 + drive[0] * 0.01;
        vec![state[0] + v * 0.1, v]
    });
    b.output("place", end[0]);
    b.output("speed", end[1] + 1.0);
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    assert_eq!(plan.repeats.len(), 1, "{plan}");
    let mut cpu = CpuExecutor::<f32>::new(Arc::clone(&plan));
    let mut device = GpuExecutor::new(&gpu.gpu, plan);
    let data: Vec<f32> = (0..70).map(|i| (i as f32 * 0.37).sin()).collect();
    let mut results = [&mut cpu as &mut dyn Executor, &mut device].map(|exec| {
        exec.write("x", &data).unwrap();
        exec.run(2).unwrap();
        read(exec, &["place", "speed"])
    });
    for (a, b) in results[0].iter().zip(&results[1]) {
        assert!(relative(b, a) < 1e-5, "{a:?} {b:?}");
    }
    results[1][0][3] += 0.1;
    assert!(relative(&results[1][0], &results[0][0]) > 1e-5);
    assert_eq!(device.health(), Health::Ok);
}
