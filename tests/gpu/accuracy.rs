//! Accuracy of the kernels of small matrices, over 10⁵ samples each, against the bounds they state.

use std::sync::Arc;

use equiscope::engine::accuracy::{Survey, TRIALS};
use equiscope::engine::{Executor, exec::GpuExecutor, plan::Plan};

use crate::bench::gpu;

#[test]
fn kernels_keep_to_their_bounds() {
    let Some((gpu, _turn)) = gpu() else { return };
    let device = |plan: Arc<Plan>| Box::new(GpuExecutor::new(&gpu.gpu, plan)) as Box<dyn Executor>;
    let mut survey = Survey::new(100_000);
    while !survey.advance(&device).unwrap() {
        std::thread::yield_now();
    }
    assert_eq!(survey.rows().len(), TRIALS.len());
    for row in survey.rows() {
        println!("{:<24} {:>9.3} of {:>6}  ε · ({})", row.kernel, row.worst, row.bound, row.condition);
    }
    for row in survey.rows() {
        assert!(row.passed, "{row:?} on {}", gpu.gpu.adapter);
        assert!(row.worst > 0.0, "{row:?}: nothing was measured");
    }
}
