//! A run to a file and back.

use super::{RunState, Trainer};
use crate::engine::{EngineError, Readback};
use crate::session::{Checkpoint, CheckpointError};

impl Trainer {
    /// Asks for the run as a file; [`Trainer::take_checkpoint`] has it in a later frame.
    pub fn save(&mut self) {
        let ticket = self.executor.request(&["params", "moments"]);
        self.saving = Some((ticket, self.run));
    }

    pub(super) fn collect_checkpoint(&mut self) {
        let Some((ticket, run)) = self.saving else { return };
        let Some(answer) = self.executor.poll(ticket) else { return };
        self.saving = None;
        if run != self.run {
            // Of a run that is over: the present one is meant.
            return self.save();
        }
        self.saved = Some(answer.map(|Readback { mut arrays, step }| {
            let [params, moments] = ["params", "moments"].map(|name| arrays.remove(name).unwrap_or_default());
            let made = Checkpoint::of(self.plan.params(), &params, &moments);
            let age = step.wrapping_sub(self.cleared);
            Checkpoint { step, age, seed: self.written.seed, ..made }
        }));
    }

    /// The checkpoint that was asked for, once it is there; taken once.
    pub fn take_checkpoint(&mut self) -> Option<Result<Checkpoint, EngineError>> {
        self.saved.take()
    }

    /// Goes on from a checkpoint, paused, with curves that begin there.
    ///
    /// # Errors
    /// It is of another network: then nothing has changed.
    pub fn load(&mut self, from: &Checkpoint) -> Result<(), CheckpointError> {
        let (params, moments) = from.laid_out(self.plan.params())?;
        self.forget_pending();
        self.executor.set_params(&params)?;
        self.executor.set_moments(&moments, from.age)?;
        self.executor.set_seed(from.seed);
        self.executor.set_step(from.step);
        self.written.seed = from.seed;
        (self.step, self.cleared) = (from.step, from.step.wrapping_sub(from.age));
        self.good = from.step;
        self.params = params;
        self.curves.clear();
        self.version += 1;
        self.state = RunState::Paused;
        Ok(())
    }
}
