//! One of the runs that go side by side: its samples, drawn a few in each frame, and its training.

use super::exam::marks;
use super::model::{ModelError, Pair, names};
use super::settings::Settings;
use crate::data::{Part, Samples, Task};
use crate::engine::{Pace, Plan};
use crate::labs::places::Places;
use crate::session::{Command, RunState, Trainer};
use std::sync::Arc;
use web_time::Instant;

/// Samples being drawn.
pub struct Drawing {
    task: Task,
    seed: u64,
    part: Part,
    wanted: usize,
    samples: Samples,
}

impl Drawing {
    /// None drawn yet of `wanted`.
    pub fn new(task: Task, seed: u64, part: Part, wanted: usize) -> Self {
        Self { task, seed, part, wanted, samples: Samples::default() }
    }

    /// Draws until all are there or the time has come. True when they are.
    pub fn advance(&mut self, until: Instant) -> bool {
        // Trajectories are simulated: each takes about as long as a thousand of the others.
        let slice = if self.task.is_nbody() { 1 } else { 250 };
        while self.samples.count < self.wanted && Instant::now() < until {
            let from = self.samples.count;
            let s = &mut self.samples;
            self.task.draw_into(self.seed, self.part, from..(from + slice).min(self.wanted), |_, one| {
                s.t0.extend(one.t0);
                s.t1.extend(one.t1);
                s.y.extend(one.y);
                s.count += 1;
            });
        }
        self.done()
    }

    /// Whether all are there.
    pub fn done(&self) -> bool {
        self.samples.count >= self.wanted
    }

    /// Those that are there.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// How many there are, and how many there will be.
    pub fn progress(&self) -> (usize, usize) {
        (self.samples.count, self.wanted)
    }
}

/// A run with seeds of its own.
pub struct Run {
    trainer: Trainer,
    data: Drawing,
    written: bool,
}

impl Run {
    /// Run number k on a plan of [`Pair::training`]; with weights, step and curves of an old one where there is one.
    pub fn new(
        plan: &Arc<Plan>,
        s: &Settings,
        k: u64,
        places: &Places,
        old: Option<Self>,
    ) -> Result<Self, ModelError> {
        let seed = s.seed.wrapping_add(k);
        let mut params = plan.params().init(s.init.wrapping_add(k));
        if let Some(old) = &old {
            plan.params().transfer(old.trainer.layout(), old.trainer.params(), &mut params);
        }
        let mut trainer =
            Trainer::new(plan.clone(), (places.training)(plan.clone())?, names(s), params, seed)?;
        if trainer.pace() == Pace::Apart {
            trainer.set_refuge(places.here.clone());
            trainer.set_sharers(s.seeds);
        }
        trainer.set_marks(marks());
        trainer.set_knob("lr", s.learning_rate)?;
        let data = match old {
            Some(old) => {
                trainer.continue_from(&old.trainer);
                trainer.command(Command::Pause);
                old.data
            }
            None => Drawing::new(s.task, seed, Part::Train, s.n),
        };
        Ok(Self { trainer, data, written: false })
    }

    /// The training.
    pub fn trainer(&self) -> &Trainer {
        &self.trainer
    }

    /// The samples.
    pub fn data(&self) -> &Drawing {
        &self.data
    }

    /// Draws samples and hands them to the plan once all are there. True when they are.
    pub fn prepare(&mut self, model: &Pair, until: Instant) -> Result<bool, ModelError> {
        if self.written {
            return Ok(true);
        }
        if self.data.advance(until) {
            for (name, values) in model.data(self.data.samples()) {
                if !values.is_empty() {
                    self.trainer.write(name, &values)?;
                }
            }
            self.written = true;
        }
        Ok(self.written)
    }

    /// Whether it trains in a thread of its own.
    pub fn apart(&self) -> bool {
        self.trainer.pace() == Pace::Apart
    }

    /// Goes on, toward a step where there is one, by what fits into a frame. True when parameters changed.
    pub fn advance(&mut self, goal: Option<u32>) -> bool {
        let t = &mut self.trainer;
        match goal {
            None if *t.state() == RunState::Paused => t.command(Command::Play),
            // What is on its way may lead there as well.
            Some(step) if *t.state() == RunState::Paused && !t.busy() => {
                t.command(Command::Step(step.saturating_sub(t.step())));
            }
            _ => {}
        }
        t.advance(false)
    }

    /// Takes what has arrived and submits nothing.
    pub fn collect(&mut self) -> bool {
        self.trainer.advance(true)
    }

    /// The next of the [`marks`] that it has come to, with its parameters there; each is given once.
    pub fn take_marked(&mut self) -> Option<(u32, Vec<f32>)> {
        self.trainer.take_marked()
    }

    /// Stops after what has been submitted.
    pub fn pause(&mut self) {
        self.trainer.command(Command::Pause);
    }

    /// Another learning rate.
    pub fn set_rate(&mut self, rate: f64) -> Result<(), ModelError> {
        Ok(self.trainer.set_knob("lr", rate)?)
    }

    /// Where a loss stopped being finite, and of which network.
    pub fn diverged(&self) -> Option<(u32, String)> {
        match self.trainer.state() {
            RunState::Diverged { step, loss } => Some((*step, loss.clone())),
            _ => None,
        }
    }

    /// Why the executor failed.
    pub fn failed(&self) -> Option<&str> {
        match self.trainer.state() {
            RunState::Failed(why) => Some(why),
            _ => None,
        }
    }

    /// Back to the last finite parameters; the step that they were at.
    pub fn restore(&mut self) -> Result<u32, ModelError> {
        self.trainer.restore_last_good()?;
        Ok(self.trainer.step())
    }
}
