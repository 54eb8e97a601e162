//! A training run on either executor.

use super::{Budget, Command, Curve};
use crate::engine::{Executor, Health, ParamLayout, Plan, Readback, Ticket};
use std::collections::BTreeMap;
use std::sync::Arc;
use web_time::Instant;

/// Steps per submission at most: the loss ring in the plan holds 1024.
const MAX_STEPS: u32 = 512;

/// What a run is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum RunState {
    /// Waiting for a command.
    Paused,
    /// Training until paused.
    Playing,
    /// Training this many steps more.
    Stepping(u32),
    /// A loss stopped being finite: at which step, of which model.
    Diverged {
        /// The first bad step.
        step: u32,
        /// Name of the loss.
        loss: String,
    },
    /// The executor failed; the sentence says how.
    Failed(String),
}

/// Steps on their way.
#[derive(Clone, Copy)]
struct Pending {
    ticket: Ticket,
    start: Instant,
    steps: u32,
    /// Milliseconds that the submission took on this thread.
    encoding: f64,
    /// Whether a look for the answer was in vain: then it comes in a later frame, and the time is not that of
    /// computing alone.
    missed: bool,
}

/// A run: a plan on an executor, its curves and its latest parameters.
pub struct Trainer {
    plan: Arc<Plan>,
    executor: Box<dyn Executor>,
    losses: Vec<String>,
    state: RunState,
    budget: Budget,
    step: u32,
    params: Vec<f32>,
    /// Parameters of the last snapshot whose losses were all finite, and its step.
    good: (u32, Vec<f32>),
    curves: BTreeMap<String, Curve>,
    pending: Option<Pending>,
    rate: f64,
    /// Grows with every change of parameters, so that others know when to look again.
    version: u64,
}

impl Trainer {
    /// A paused run at step 0 with the given parameters.
    pub fn new(
        plan: Arc<Plan>,
        mut executor: Box<dyn Executor>,
        losses: &[&str],
        params: Vec<f32>,
        seed: u64,
    ) -> Result<Self, crate::engine::EngineError> {
        executor.set_params(&params)?;
        executor.set_seed(seed);
        executor.set_step(0);
        Ok(Self {
            plan,
            executor,
            losses: losses.iter().map(|l| (*l).to_owned()).collect(),
            state: RunState::Paused,
            budget: Budget::new(MAX_STEPS),
            step: 0,
            good: (0, params.clone()),
            params,
            curves: BTreeMap::new(),
            pending: None,
            rate: 0.0,
            version: 0,
        })
    }

    /// Goes on from another run: step, curves and state.
    pub fn continue_from(&mut self, old: &Self) {
        // The parameters taken over are the last good ones.
        self.step = old.good.0;
        self.executor.set_step(self.step);
        self.curves = old.curves.clone();
        self.cut_curves(self.step);
        self.good.0 = self.step;
        self.state = match &old.state {
            RunState::Diverged { .. } | RunState::Failed(_) => RunState::Paused,
            s => s.clone(),
        };
    }

    /// Plays, pauses or steps. Reset and a new seed need new parameters: the owner builds a new run.
    pub fn command(&mut self, command: Command) {
        let ended = matches!(self.state, RunState::Diverged { .. } | RunState::Failed(_));
        match command {
            Command::Play if !ended => self.state = RunState::Playing,
            Command::Step(0) if !ended => self.state = RunState::Paused,
            Command::Step(n) if !ended => self.state = RunState::Stepping(n),
            Command::Pause if !ended => self.state = RunState::Paused,
            _ => {}
        }
    }

    /// After a divergence: back to the last parameters whose losses were finite, paused, with fresh moments.
    pub fn restore_last_good(&mut self) -> Result<(), crate::engine::EngineError> {
        let (step, params) = self.good.clone();
        self.executor.set_params(&params)?;
        self.executor.reset_moments();
        self.executor.set_step(step);
        self.params = params;
        self.step = step;
        self.cut_curves(step);
        self.version += 1;
        self.state = RunState::Paused;
        Ok(())
    }

    fn cut_curves(&mut self, step: u32) {
        self.curves.values_mut().for_each(|curve| curve.truncate(step));
    }

    /// Writes a scalar of the running plan.
    pub fn set_knob(&mut self, name: &str, value: f64) -> Result<(), crate::engine::EngineError> {
        self.executor.set_knob(name, value)
    }

    /// Writes an input of the running plan.
    pub fn write(&mut self, name: &str, data: &[f32]) -> Result<(), crate::engine::EngineError> {
        self.executor.write(name, data)
    }

    /// Collects what has arrived and submits what fits. Returns true when parameters changed.
    pub fn advance(&mut self, hidden: bool) -> bool {
        let before = self.version;
        self.collect();
        if !hidden && self.pending.is_none() {
            self.submit();
            // The CPU answers at once: no frame is lost waiting for it.
            self.collect();
        }
        self.version != before
    }

    fn submit(&mut self) {
        let steps = match self.state {
            RunState::Playing => self.budget.steps(),
            RunState::Stepping(n) if n > 0 => self.budget.steps().min(n),
            _ => return,
        };
        let start = Instant::now();
        if let Err(e) = self.executor.run(steps) {
            self.state = RunState::Failed(e.to_string());
            return;
        }
        let mut names = vec!["params".to_owned()];
        names.extend(self.losses.iter().map(|l| format!("history:{l}")));
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let ticket = self.executor.request(&names);
        let encoding = start.elapsed().as_secs_f64() * 1e3;
        self.pending = Some(Pending { ticket, start, steps, encoding, missed: false });
    }

    fn collect(&mut self) {
        if let Health::Lost(why) | Health::Failed(why) = self.executor.health() {
            self.state = RunState::Failed(why);
            self.pending = None;
            return;
        }
        let Some(pending) = &mut self.pending else { return };
        let Some(answer) = self.executor.poll(pending.ticket) else {
            pending.missed = true;
            return;
        };
        let Pending { start, steps, encoding, missed, .. } = *pending;
        self.pending = None;
        let ms = start.elapsed().as_secs_f64() * 1e3;
        if missed {
            self.budget.arrived(steps, encoding, ms)
        } else {
            self.budget.took(steps, ms)
        }
        let rate = f64::from(steps) / (ms / 1e3).max(1e-9);
        self.rate = if self.rate == 0.0 { rate } else { 0.9 * self.rate + 0.1 * rate };
        match answer {
            Ok(readback) => self.take(readback),
            Err(e) => self.state = RunState::Failed(e.to_string()),
        }
    }

    fn take(&mut self, readback: Readback) {
        let from = self.step;
        let rings: Vec<(&String, &Vec<f32>)> = self
            .losses
            .iter()
            .filter_map(|loss| Some((loss, readback.arrays.get(&format!("history:{loss}"))?)))
            .filter(|(_, ring)| !ring.is_empty())
            .collect();
        let bad = (from..readback.step).find_map(|step| {
            let wrong = rings.iter().find(|(_, ring)| !ring[step as usize % ring.len()].is_finite());
            wrong.map(|(loss, _)| (step, (*loss).clone()))
        });
        // Every curve ends where the first one does.
        let end = bad.as_ref().map_or(readback.step, |(step, _)| *step);
        for (loss, ring) in rings {
            let curve = self.curves.entry(loss.clone()).or_default();
            (from..end).for_each(|step| curve.push(step, ring[step as usize % ring.len()]));
        }
        if let RunState::Stepping(n) = self.state {
            let left = n.saturating_sub(readback.step - from);
            self.state = if left == 0 { RunState::Paused } else { RunState::Stepping(left) };
        }
        self.step = readback.step;
        let params = readback.arrays.get("params").cloned().unwrap_or_default();
        let finite = params.iter().all(|p| p.is_finite());
        if let Some((step, loss)) = bad {
            self.state = RunState::Diverged { step, loss };
        } else if !finite {
            self.state = RunState::Diverged { step: readback.step, loss: "parameters".to_owned() };
        } else {
            self.good = (self.step, params.clone());
            self.params = params;
            self.version += 1;
        }
    }

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
        self.good.0
    }

    /// Training steps per second, from their submission to their answer.
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

    /// Name of the executor's backend.
    pub fn backend(&self) -> crate::engine::Backend {
        self.executor.backend()
    }

    /// Whether steps are still to be taken or a result is on its way.
    pub fn busy(&self) -> bool {
        self.pending.is_some() || matches!(self.state, RunState::Stepping(_))
    }
}
