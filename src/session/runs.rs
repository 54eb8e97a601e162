//! The same training from several seeds, side by side.

use std::sync::Arc;

use super::budget::FRAME_MS;
use super::{Command, RunState, Trainer};
use crate::engine::{EngineError, MakeExecutor, Plan};

/// Seeds of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeds {
    /// Of the first parameters.
    pub init: u64,
    /// Of the batches and the noise.
    pub noise: u64,
}

/// What several runs lost at one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// The step.
    pub step: u32,
    /// A quarter of the runs lies below.
    pub low: f32,
    /// Half of them does.
    pub median: f32,
    /// Three quarters do.
    pub high: f32,
}

/// One plan, trained from several seeds. They share the frame's time.
pub struct Runs {
    runs: Vec<Trainer>,
}

impl Runs {
    /// Paused runs at step 0, each on an executor of its own.
    ///
    /// # Errors
    /// An executor cannot be made, or refuses the parameters.
    pub fn new(
        plan: &Arc<Plan>,
        make: &MakeExecutor,
        losses: &[&str],
        seeds: &[Seeds],
    ) -> Result<Self, EngineError> {
        let run = |s: &Seeds| {
            Trainer::new(plan.clone(), make(plan.clone())?, losses, plan.params().init(s.init), s.noise)
        };
        Ok(Self { runs: seeds.iter().map(run).collect::<Result<_, _>>()? })
    }

    /// Each of them.
    pub fn each(&self) -> &[Trainer] {
        &self.runs
    }

    /// Plays, pauses or steps all of them.
    pub fn command(&mut self, command: Command) {
        self.runs.iter_mut().for_each(|run| run.command(command));
    }

    /// Writes a scalar of the plan for all of them.
    ///
    /// # Errors
    /// The plan has no such knob.
    pub fn set_knob(&mut self, name: &str, value: f64) -> Result<(), EngineError> {
        self.runs.iter_mut().try_for_each(|run| run.set_knob(name, value))
    }

    /// Writes an input of the plan for all of them.
    ///
    /// # Errors
    /// The plan has no such input, or it has another length.
    pub fn write(&mut self, name: &str, data: &[f32]) -> Result<(), EngineError> {
        self.runs.iter_mut().try_for_each(|run| run.write(name, data))
    }

    /// Advances all by one frame's worth together. True when parameters changed.
    pub fn advance(&mut self, hidden: bool) -> bool {
        let share = FRAME_MS / self.runs.len().max(1) as f64;
        // All of them, not only up to the first that has changed.
        self.runs.iter_mut().fold(false, |changed, run| run.advance_within(hidden, share) | changed)
    }

    /// Steps that all of them have taken.
    pub fn step(&self) -> u32 {
        self.runs.iter().map(Trainer::step).min().unwrap_or(0)
    }

    /// Whether steps are still to be taken or results are on their way.
    pub fn busy(&self) -> bool {
        self.runs.iter().any(Trainer::busy)
    }

    /// How many stopped because something was not finite, or because their executor failed.
    pub fn stopped(&self) -> usize {
        let stopped = |run: &&Trainer| matches!(run.state(), RunState::Diverged { .. } | RunState::Failed(_));
        self.runs.iter().filter(stopped).count()
    }

    /// Median and quartiles of a loss over the runs, at the steps that all of them have reached: where the curve with the
    /// fewest points has one.
    pub fn band(&self, loss: &str) -> Vec<Band> {
        let curves: Option<Vec<_>> = self.runs.iter().map(|run| Some(run.curve(loss)?.points())).collect();
        let Some(curves) = curves else { return Vec::new() };
        let Some(coarsest) = curves.iter().min_by_key(|points| points.len()) else { return Vec::new() };
        let at = |points: &[(u32, f32)], step: u32| {
            let behind = points.partition_point(|p| p.0 <= step);
            let reached = points.last().is_some_and(|p| p.0 >= step);
            points.get(behind.saturating_sub(1)).filter(|_| reached).map(|p| p.1)
        };
        let band = |&(step, _): &(u32, f32)| {
            let mut values = curves.iter().map(|points| at(points, step)).collect::<Option<Vec<f32>>>()?;
            values.sort_by(f32::total_cmp);
            let [low, median, high] = [0.25, 0.5, 0.75].map(|q| quantile(&values, q));
            Some(Band { step, low, median, high })
        };
        coarsest.iter().filter_map(band).collect()
    }
}

/// Between the two nearest of sorted values, of which there is at least one.
fn quantile(sorted: &[f32], q: f32) -> f32 {
    let place = q * (sorted.len() - 1) as f32;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}
