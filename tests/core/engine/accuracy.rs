//! The survey of accuracy on the CPU: single precision keeps to the bounds of the shaders, and a coarse result does not.

use std::sync::Arc;

use equiscope::engine::accuracy::{BATCH, Survey, TRIALS};
use equiscope::engine::{Backend, CpuExecutor, EngineError, Executor, Health, Plan, Readback, Ticket};

fn survey(samples: usize, device: &dyn Fn(Arc<Plan>) -> Box<dyn Executor>) -> Survey {
    let mut survey = Survey::new(samples);
    while !survey.advance(device).unwrap() {}
    survey
}

#[test]
fn references_in_single_precision_keep_to_the_bounds() {
    let survey = survey(BATCH, &|plan| Box::new(CpuExecutor::<f32>::new(plan)));
    assert_eq!(survey.rows().len(), TRIALS.len());
    for row in survey.rows() {
        assert!(row.passed && row.worst > 0.0 && row.samples == BATCH, "{row:?}");
    }
}

/// An executor whose input is rounded to half of the digits.
struct Coarse(CpuExecutor<f32>);

impl Executor for Coarse {
    fn write(&mut self, name: &str, data: &[f32]) -> Result<(), EngineError> {
        let rounded: Vec<f32> = data.iter().map(|v| f32::from_bits(v.to_bits() & 0xFFFF_F000)).collect();
        self.0.write(name, &rounded)
    }
    fn run(&mut self, steps: u32) -> Result<(), EngineError> {
        self.0.run(steps)
    }
    fn request(&mut self, outputs: &[&str]) -> Ticket {
        self.0.request(outputs)
    }
    fn poll(&mut self, ticket: Ticket) -> Option<Result<Readback, EngineError>> {
        self.0.poll(ticket)
    }
    fn backend(&self) -> Backend {
        self.0.backend()
    }
    fn set_params(&mut self, flat: &[f32]) -> Result<(), EngineError> {
        self.0.set_params(flat)
    }
    fn set_knob(&mut self, name: &str, value: f64) -> Result<(), EngineError> {
        self.0.set_knob(name, value)
    }
    fn set_seed(&mut self, seed: u64) {
        self.0.set_seed(seed);
    }
    fn set_step(&mut self, step: u32) {
        self.0.set_step(step);
    }
    fn reset_moments(&mut self) {
        self.0.reset_moments();
    }
    fn in_flight(&self) -> usize {
        self.0.in_flight()
    }
    fn health(&self) -> Health {
        self.0.health()
    }
}

#[test]
fn lost_digits_are_noticed_in_every_row() {
    let survey = survey(1, &|plan| Box::new(Coarse(CpuExecutor::new(plan))));
    assert_eq!(survey.rows().len(), TRIALS.len());
    assert!(survey.rows().iter().all(|row| !row.passed), "{:?}", survey.rows());
}

#[test]
fn a_refusal_of_the_device_is_an_error() {
    let broken = |mut plan: Plan| {
        plan.buffers.clear();
        Arc::new(plan)
    };
    let mut survey = Survey::new(1);
    let mut step = || survey.advance(&|plan| Box::new(CpuExecutor::<f32>::new(broken((*plan).clone()))));
    assert!(step().is_err());
}
