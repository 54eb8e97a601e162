//! The workloads that the engine is measured by: seven training steps, from a network of three layers that a page draws
//! neuron by neuron to a message-passing network over particles.
//!
//! Each is defined by formulas and a linear congruential generator, so that any library can train the very same thing:
//! parameters first, then batches, drawn in the order in which they are declared.
//!
//! The command line and the page time them with the same code: [`clock`] times laps of an executor in slices, [`timed`]
//! adds warm-up and rounds, [`calibrate`] measures what [`Speed`](crate::engine::plan::Speed) predicts from, and [`run`]
//! has the row that is reported.

pub mod calibrate;
pub mod clock;
mod draft;
mod images;
mod mlp;
mod particles;
pub mod run;
mod text;
pub mod timed;
mod vectors;

use crate::engine::plan::ParamLayout;
use crate::engine::{EngineError, Executor, Graph, Plan};
use draft::Draft;

/// A training step to measure.
pub struct Workload {
    /// Short name.
    pub id: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Multiplications and additions of the products in one step: forward once, backward twice less the gradient of the
    /// first layer's input.
    pub flops: f64,
    /// Learning rate.
    pub rate: f64,
    write: fn(&mut Draft<'_>),
}

/// All workloads.
pub static WORKLOADS: &[Workload] =
    &[mlp::W1A, mlp::W1B, mlp::W2, vectors::W3, images::W4, text::W5, particles::W6];

/// A workload ready to run.
pub struct Prepared {
    /// The training step; its loss is called `loss`.
    pub graph: Graph,
    params: Vec<(String, Vec<f32>)>,
    inputs: Vec<(String, Vec<f32>)>,
    rate: f64,
}

/// The workload of a name, in any case.
pub fn find(id: &str) -> Option<&'static Workload> {
    WORKLOADS.iter().find(|w| w.id.eq_ignore_ascii_case(id))
}

impl Workload {
    /// Its graph, first parameters and batches.
    pub fn prepare(&self) -> Result<Prepared, EngineError> {
        Draft::of(self.write, self.rate)
    }
}

impl Prepared {
    /// Writes batches, first parameters and rate into an executor for the plan of the graph.
    pub fn start(&self, plan: &Plan, exec: &mut dyn Executor) -> Result<(), EngineError> {
        self.inputs.iter().try_for_each(|(name, data)| exec.write(name, data))?;
        exec.set_params(&self.params(plan.params()))?;
        exec.reset_moments();
        exec.set_step(0);
        exec.set_knob("lr", self.rate)
    }

    /// First parameters, where a layout has them.
    pub fn params(&self, layout: &ParamLayout) -> Vec<f32> {
        let mut flat = vec![0.0; layout.len];
        for (path, values) in &self.params {
            if let Some(e) = layout.find(path) {
                flat[e.offset..e.offset + e.len].copy_from_slice(values);
            }
        }
        flat
    }

    /// Parameters in order of declaration, by path.
    pub fn first_params(&self) -> &[(String, Vec<f32>)] {
        &self.params
    }

    /// Batches by input, all frames one after the other.
    pub fn inputs(&self) -> &[(String, Vec<f32>)] {
        &self.inputs
    }
}
