//! What can be read off a run.

use super::{RunState, Trainer};
use crate::engine::{Backend, Pace, ParamLayout, Plan};
use crate::session::Curve;
use std::sync::Arc;

impl Trainer {
    /// What the run is doing.
    pub fn state(&self) -> &RunState {
        &self.state
    }

    /// Steps taken.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Step of the last snapshot whose losses were all finite.
    pub fn last_good_step(&self) -> u32 {
        self.good
    }

    /// Training steps per second: of the time of this thread, or from submission to answer, or from answer to answer.
    pub fn steps_per_second(&self) -> f64 {
        self.rate
    }

    /// The latest finite parameters, in the plan's layout.
    pub fn params(&self) -> &[f32] {
        &self.params
    }

    /// The plan it trains.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// The plan's parameter layout.
    pub fn layout(&self) -> &ParamLayout {
        self.plan.params()
    }

    /// The curve of a loss.
    pub fn curve(&self, loss: &str) -> Option<&Curve> {
        self.curves.get(loss)
    }

    /// Whose time training takes.
    pub fn pace(&self) -> Pace {
        self.executor.pace()
    }

    /// Name of the executor's backend.
    pub fn backend(&self) -> Backend {
        self.executor.backend()
    }

    /// Whether steps are still to be taken, a result is on its way, or the executor gets ready.
    pub fn busy(&self) -> bool {
        self.warming
            || !self.pending.is_empty()
            || self.saving.is_some()
            || matches!(self.state, RunState::Stepping(_))
    }
}
