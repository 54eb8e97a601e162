//! The survey of accuracy on the CPU: single precision keeps to the bounds of the shaders, and a coarse result does not.

use std::sync::Arc;

use equiscope::engine::accuracy::{BATCH, Survey, TRIALS};
use equiscope::engine::{CpuExecutor, Executor, Plan};

fn survey(samples: usize, device: &dyn Fn(Arc<Plan>) -> Box<dyn Executor>) -> Survey {
    let mut survey = Survey::new(samples);
    while !survey.advance(device).unwrap() {}
    survey
}

#[test]
fn references_in_single_precision_keep_to_the_bounds() {
    let survey = survey(5 * BATCH, &|plan| Box::new(CpuExecutor::<f32>::new(plan)));
    assert_eq!(survey.rows().len(), TRIALS.len());
    for row in survey.rows() {
        assert!(row.passed && row.worst > 0.0 && row.samples == 5 * BATCH, "{row:?}");
    }
}
