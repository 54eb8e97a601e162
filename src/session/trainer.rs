//! A training run on either executor.

mod reading;
mod saving;

use super::budget::FRAME_MS;
use super::{Budget, Checkpoint, Command, Curve};
use crate::engine::exec::steps_to_mark;
use crate::engine::{EngineError, Executor, Health, MakeExecutor, Pace, Plan, Readback, Ticket};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use web_time::Instant;

/// Steps per submission at most: the loss ring in the plan holds 1024, and two submissions may be on their way.
const MAX_STEPS: u32 = 512;
/// Milliseconds that a thread of its own is given at a time: what passes between two looks at it, within these bounds. A
/// picture that the processor draws takes a fifth of a second, on a busy machine more.
const APART_MS: (f64, f64) = (8.0, 500.0);

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
    /// The run that asked: answers to one that is over are dropped.
    run: u32,
    start: Instant,
    /// Most steps that it may be.
    steps: u32,
    /// Whether they count among the steps that were asked for.
    counted: bool,
    /// Milliseconds that the submission took on this thread.
    encoding: f64,
    /// Whether a look for the answer was in vain: then it comes in a later frame, and the time is not that of
    /// computing alone.
    missed: bool,
}

/// What the owner wrote, for the case that training has to go on elsewhere.
#[derive(Default)]
struct Written {
    seed: u64,
    knobs: BTreeMap<String, f64>,
    inputs: BTreeMap<String, Vec<f32>>,
}

/// A run: a plan on an executor, its curves and its latest parameters.
pub struct Trainer {
    plan: Arc<Plan>,
    executor: Box<dyn Executor>,
    /// Where to go on if the executor fails.
    refuge: Option<Rc<MakeExecutor>>,
    /// Why the first executor was left.
    left: Option<String>,
    written: Written,
    losses: Vec<String>,
    state: RunState,
    budget: Budget,
    step: u32,
    /// Parameters of the last snapshot whose losses were all finite.
    params: Vec<f32>,
    /// The step of that snapshot.
    good: u32,
    /// Steps at which parameters are kept, ascending, and those that nobody has taken yet.
    marks: Vec<u32>,
    kept: VecDeque<(u32, Vec<f32>)>,
    /// How many runs share the executor's thread, where it is one of its own.
    sharers: u32,
    curves: BTreeMap<String, Curve>,
    pending: VecDeque<Pending>,
    /// A checkpoint under way, and of which run; a finished one.
    saving: Option<(Ticket, u32)>,
    saved: Option<Result<Checkpoint, EngineError>>,
    /// The step at which the moments were cleared.
    cleared: u32,
    /// Grows when what was asked for so far is of no interest any more.
    run: u32,
    rate: f64,
    /// Milliseconds of this thread that the steps since the last answer took.
    spent: f64,
    /// When the last answer came, while more are on their way.
    answered: Option<Instant>,
    /// When the run was last advanced.
    looked: Option<Instant>,
    /// Whether the executor is still getting ready.
    warming: bool,
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
    ) -> Result<Self, EngineError> {
        executor.set_params(&params)?;
        executor.set_seed(seed);
        executor.set_step(0);
        Ok(Self {
            plan,
            executor,
            refuge: None,
            left: None,
            written: Written { seed, ..Written::default() },
            losses: losses.iter().map(|l| (*l).to_owned()).collect(),
            state: RunState::Paused,
            budget: Budget::new(MAX_STEPS),
            step: 0,
            params,
            good: 0,
            marks: Vec::new(),
            kept: VecDeque::new(),
            sharers: 1,
            curves: BTreeMap::new(),
            pending: VecDeque::new(),
            saving: None,
            saved: None,
            cleared: 0,
            run: 0,
            rate: 0.0,
            spent: 0.0,
            answered: None,
            looked: None,
            warming: false,
            version: 0,
        })
    }

    /// Where training goes on from the last snapshot, with fresh moments, if the executor is lost or fails.
    pub fn set_refuge(&mut self, make: Rc<MakeExecutor>) {
        self.refuge = Some(make);
    }

    /// Why the executor was left for the refuge, where it was.
    pub fn left(&self) -> Option<&str> {
        self.left.as_deref()
    }

    /// Steps, ascending, whose parameters are kept for [`Trainer::take_marked`]. No submission passes one of them.
    pub fn set_marks(&mut self, marks: Vec<u32>) {
        self.executor.set_marks(&marks);
        self.marks = marks;
    }

    /// The next step of [`Trainer::set_marks`] that was reached, with its parameters; each is given once.
    pub fn take_marked(&mut self) -> Option<(u32, Vec<f32>)> {
        self.kept.pop_front()
    }

    /// So many runs take turns in the executor's thread: each gets its part of the time.
    pub fn set_sharers(&mut self, runs: usize) {
        self.sharers = runs.max(1) as u32;
    }

    /// Goes on from another run: step, curves and state.
    pub fn continue_from(&mut self, old: &Self) {
        // The parameters taken over are the last good ones.
        self.step = old.good;
        self.executor.set_step(self.step);
        self.curves = old.curves.clone();
        self.cut_curves(self.step);
        self.good = self.step;
        self.cleared = self.step;
        self.state = match &old.state {
            RunState::Diverged { .. } | RunState::Failed(_) => RunState::Paused,
            s => s.clone(),
        };
    }

    /// What is on its way is of no interest any more.
    fn forget_pending(&mut self) {
        self.run = self.run.wrapping_add(1);
        self.spent = 0.0;
    }

    /// Plays, pauses or steps. Reset and a new seed need new parameters: the owner builds a new run.
    pub fn command(&mut self, command: Command) {
        // What is on its way was not asked for by this command.
        self.pending.iter_mut().for_each(|pending| pending.counted = false);
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
    pub fn restore_last_good(&mut self) -> Result<(), EngineError> {
        let step = self.good;
        self.forget_pending();
        self.executor.set_params(&self.params)?;
        self.executor.reset_moments();
        self.executor.set_step(step);
        (self.step, self.cleared) = (step, step);
        self.cut_curves(step);
        self.version += 1;
        self.state = RunState::Paused;
        Ok(())
    }

    fn cut_curves(&mut self, step: u32) {
        self.curves.values_mut().for_each(|curve| curve.truncate(step));
    }

    /// Writes a scalar of the running plan.
    pub fn set_knob(&mut self, name: &str, value: f64) -> Result<(), EngineError> {
        self.executor.set_knob(name, value)?;
        self.written.knobs.insert(name.to_owned(), value);
        Ok(())
    }

    /// Writes an input of the running plan.
    pub fn write(&mut self, name: &str, data: &[f32]) -> Result<(), EngineError> {
        self.executor.write(name, data)?;
        self.written.inputs.insert(name.to_owned(), data.to_vec());
        Ok(())
    }

    /// Collects what has arrived and submits what fits. Returns true when parameters changed.
    pub fn advance(&mut self, hidden: bool) -> bool {
        self.advance_within(hidden, FRAME_MS)
    }

    /// The same, where training on this thread may take so many milliseconds of it.
    pub fn advance_within(&mut self, hidden: bool, ms: f64) -> bool {
        let before = self.version;
        let since = self.looked.replace(Instant::now()).map_or(0.0, |at| at.elapsed().as_secs_f64() * 1e3);
        self.warm();
        self.collect();
        let apart = since.clamp(APART_MS.0, APART_MS.1) / f64::from(self.sharers);
        if !hidden && self.submit(ms, apart) {
            // The CPU answers at once: no frame is lost waiting for it.
            self.collect();
        }
        self.version != before
    }

    /// Lets the executor get ready. One that moves with that has another speed from now on.
    fn warm(&mut self) {
        let pace = self.executor.pace();
        self.warming = !self.executor.warm().is_ready();
        if self.executor.pace() != pace {
            (self.rate, self.spent, self.answered) = (0.0, 0.0, None);
        }
    }

    /// Steps to ask for now, and whether they count among those that were asked for.
    fn wanted(&self) -> Option<(u32, bool)> {
        let most = if self.executor.pace() == Pace::Shared { self.budget.steps() } else { MAX_STEPS };
        // A thread of its own has work in hand while an answer waits to be seen.
        let ahead = if self.executor.pace() == Pace::Apart { 2 } else { 1 };
        if self.pending.len() >= ahead {
            return None;
        }
        let asked = self.pending.iter().filter(|p| p.counted && p.run == self.run).map(|p| p.steps).sum();
        let (steps, counted) = match self.state {
            RunState::Playing => (most, false),
            RunState::Stepping(n) if n > asked => (most.min(n - asked), true),
            _ => return None,
        };
        // Where more may be under way than is known here the executor itself ends at the marks.
        let to_mark = if ahead == 1 { steps_to_mark(&self.marks, self.step, steps) } else { steps };
        Some((to_mark, counted))
    }

    /// Asks for steps: how long they may take on this thread, and on one of their own. True where an answer may be had at
    /// once.
    fn submit(&mut self, here: f64, apart: f64) -> bool {
        let Some((steps, counted)) = self.wanted() else { return false };
        let pace = self.executor.pace();
        let start = Instant::now();
        let done = match pace {
            Pace::Shared => self.executor.run(steps).map(|()| true),
            Pace::Here => self.executor.advance(steps, here),
            Pace::Apart => self.executor.advance(steps, apart),
        };
        self.spent += start.elapsed().as_secs_f64() * 1e3;
        match done {
            Ok(true) => {}
            // A step that takes longer than a frame goes on in the next one.
            Ok(false) => return false,
            Err(error) => {
                self.fail(&error.to_string());
                return false;
            }
        }
        let mut names = vec!["params".to_owned()];
        names.extend(self.losses.iter().map(|l| format!("history:{l}")));
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let ticket = self.executor.request(&names);
        let encoding = start.elapsed().as_secs_f64() * 1e3;
        let run = self.run;
        self.pending.push_back(Pending { ticket, run, start, steps, counted, encoding, missed: false });
        pace != Pace::Apart
    }

    fn collect(&mut self) {
        if let Health::Lost(why) | Health::Failed(why) = self.executor.health() {
            self.fail(&why);
            return;
        }
        self.collect_checkpoint();
        // Several answers may have come since the last look.
        let (mut steps, mut since) = (0, self.answered);
        while let Some(pending) = self.pending.front_mut() {
            let Some(answer) = self.executor.poll(pending.ticket) else {
                pending.missed = true;
                break;
            };
            let pending = *pending;
            self.pending.pop_front();
            if pending.run != self.run {
                continue;
            }
            match answer {
                Ok(readback) => {
                    steps += readback.step.saturating_sub(self.step);
                    since.get_or_insert(pending.start);
                    self.note_answer(&pending);
                    self.take(readback, pending.counted);
                }
                Err(error) => {
                    self.fail(&error.to_string());
                    return;
                }
            }
        }
        if let (Some(since), 1..) = (since, steps) {
            self.note_rate(since, steps);
        }
        if self.pending.is_empty() {
            self.answered = None;
        }
    }

    /// Lets the budget learn from an answer.
    fn note_answer(&mut self, pending: &Pending) {
        let ms = pending.start.elapsed().as_secs_f64() * 1e3;
        match (self.executor.pace(), pending.missed) {
            (Pace::Shared, true) => self.budget.arrived(pending.steps, pending.encoding, ms),
            (Pace::Shared, false) => self.budget.took(pending.steps, ms),
            _ => {}
        }
    }

    /// Takes note of steps that were done since a moment; on this thread, of the time they took of it.
    fn note_rate(&mut self, since: Instant, steps: u32) {
        let here = self.executor.pace() == Pace::Here;
        let seconds = if here { self.spent / 1e3 } else { since.elapsed().as_secs_f64() };
        (self.spent, self.answered) = (0.0, (!here).then(Instant::now));
        let rate = f64::from(steps) / seconds.max(1e-9);
        self.rate = if self.rate == 0.0 { rate } else { 0.9 * self.rate + 0.1 * rate };
    }

    /// The executor cannot go on: the refuge does, or nobody.
    fn fail(&mut self, why: &str) {
        self.pending.clear();
        let Some(make) = self.refuge.take() else {
            self.state = RunState::Failed(why.to_owned());
            return;
        };
        match self.move_to(&*make) {
            Ok(()) => {
                log::warn!("training goes on elsewhere: {why}");
                self.left = Some(why.to_owned());
            }
            Err(error) => self.state = RunState::Failed(error.to_string()),
        }
    }

    /// Goes on elsewhere from the last snapshot, with fresh moments.
    fn move_to(&mut self, make: &MakeExecutor) -> Result<(), EngineError> {
        let mut executor = make(self.plan.clone())?;
        let step = self.good;
        executor.set_params(&self.params)?;
        executor.set_seed(self.written.seed);
        executor.set_step(step);
        executor.set_marks(&self.marks);
        self.written.knobs.iter().try_for_each(|(name, &value)| executor.set_knob(name, value))?;
        self.written.inputs.iter().try_for_each(|(name, data)| executor.write(name, data))?;
        (self.executor, self.step, self.cleared) = (executor, step, step);
        (self.budget, self.rate) = (Budget::new(MAX_STEPS), 0.0);
        self.cut_curves(self.step);
        self.forget_pending();
        Ok(())
    }

    fn take(&mut self, mut readback: Readback, counted: bool) {
        let from = self.step;
        let params = readback.arrays.remove("params").unwrap_or_default();
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
        if let (RunState::Stepping(n), true) = (&self.state, counted) {
            let left = n.saturating_sub(readback.step.saturating_sub(from));
            self.state = if left == 0 { RunState::Paused } else { RunState::Stepping(left) };
        }
        self.step = readback.step;
        let finite = lanes::all_finite(&params);
        if let Some((step, loss)) = bad {
            self.state = RunState::Diverged { step, loss };
            self.forget_pending();
        } else if !finite {
            self.state = RunState::Diverged { step: readback.step, loss: "parameters".to_owned() };
            self.forget_pending();
        } else {
            if self.step > from && self.marks.binary_search(&self.step).is_ok() {
                self.kept.push_back((self.step, params.clone()));
            }
            self.good = self.step;
            self.params = params;
            self.version += 1;
        }
    }
}
