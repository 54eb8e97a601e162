//! The lab without its pictures: settings in, numbers out.

use super::exam::{Examiner, marks};
use super::measure::Forward;
use super::model::{ModelError, Pair, names};
use super::probe::Prober;
use super::run::Run;
use super::settings::{Change, Settings};
use crate::engine::Plan;
use crate::labs::places::Places;
use crate::session::Command;
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// What drawing samples and measuring errors may take of a frame.
const SLICE: Duration = Duration::from_millis(4);
/// Once this much of a frame is used, nothing more is begun in it.
const ENOUGH: Duration = Duration::from_millis(2);

/// How far to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Paused,
    Endless,
    Step(u32),
}

/// A run that came to numbers that are none.
#[derive(Clone, Debug, PartialEq)]
pub struct Diverged {
    /// The first bad step.
    pub step: u32,
    /// Where the run was put back to.
    pub back_to: u32,
    /// The network.
    pub net: String,
}

/// The errors as they were before a break-it switch was turned on.
#[derive(Clone, Debug)]
pub struct Before {
    /// Along the orbit.
    pub error: Vec<f64>,
    /// The step at which the switch went on.
    pub step: u32,
}

/// All runs, the exams and the probe.
pub struct Exhibit {
    settings: Settings,
    places: Places,
    model: Pair,
    runs: Vec<Run>,
    examiner: Examiner,
    prober: Prober,
    goal: Goal,
    /// Steps at which the runs are examined.
    marks: Vec<u32>,
    /// Whether they have been asked about as they were at first.
    begun: bool,
    sampled: bool,
    diverged: Option<Diverged>,
    before: Option<Before>,
    /// Seconds of training, and when the present stretch began.
    wall: f64,
    since: Option<Instant>,
}

impl Exhibit {
    /// Builds the plans and the first weights.
    pub fn new(settings: Settings, places: Places) -> Result<Self, ModelError> {
        let model = Pair::new(&settings)?;
        let runs = runs(&model, &settings, &places, Vec::new())?;
        let examiner = Examiner::new(&model, &settings, &places, None)?;
        let prober = Prober::new(&model, &settings, &places)?;
        let mut e = Self {
            settings,
            places,
            model,
            runs,
            examiner,
            prober,
            goal: Goal::Paused,
            marks: marks(),
            begun: false,
            sampled: false,
            diverged: None,
            before: None,
            wall: 0.0,
            since: None,
        };
        e.push_params();
        Ok(e)
    }

    /// The present settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The networks.
    pub fn model(&self) -> &Pair {
        &self.model
    }

    /// The runs.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The errors on unseen samples.
    pub fn examiner(&self) -> &Examiner {
        &self.examiner
    }

    /// The measurements at the present (g, x).
    pub fn prober(&self) -> &Prober {
        &self.prober
    }

    /// The orbit before the switch, while a switch is on.
    pub fn before(&self) -> Option<&Before> {
        self.before.as_ref()
    }

    /// The last divergence, until training goes on.
    pub fn diverged(&self) -> Option<&Diverged> {
        self.diverged.as_ref()
    }

    /// The step that every run has reached.
    pub fn step(&self) -> u32 {
        self.runs.iter().map(|r| r.trainer().step()).min().unwrap_or(0)
    }

    /// Steps per second of one run.
    pub fn steps_per_second(&self) -> f64 {
        self.runs.first().map_or(0.0, |r| r.trainer().steps_per_second())
    }

    /// Seconds of training so far.
    pub fn wall(&self) -> f64 {
        self.wall + self.since.map_or(0.0, |t| t.elapsed().as_secs_f64())
    }

    /// Whether training goes on until paused.
    pub fn playing(&self) -> bool {
        self.goal == Goal::Endless
    }

    /// Samples drawn and wanted, of all runs and of the exams, while any is missing.
    pub fn drawing(&self) -> Option<(usize, usize)> {
        let all = self.runs.iter().map(Run::data).chain([self.examiner.test()]);
        let (have, want) = all.map(|d| d.progress()).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        (have < want).then_some((have, want))
    }

    /// Takes new settings and does what the change costs, and no more.
    pub fn apply(&mut self, new: Settings) -> Result<Change, ModelError> {
        let change = self.settings.change(&new);
        let old = std::mem::replace(&mut self.settings, new);
        match change {
            Change::Redraw => self.prober.set(&self.settings),
            Change::Probe => {
                self.prober.set(&self.settings);
                if old.proper != self.settings.proper {
                    self.sampled = false;
                }
            }
            Change::Knob => {
                self.prober.set(&self.settings);
                let rate = self.settings.learning_rate;
                self.runs.iter_mut().try_for_each(|r| r.set_rate(rate))?;
            }
            Change::Rebuild => {
                self.remember(&old);
                self.rebuild(true)?;
            }
            Change::Reinit => self.rebuild(false)?,
        }
        Ok(change)
    }

    /// Keeps the orbit's errors when the first switch goes on, forgets them when the last goes off.
    fn remember(&mut self, old: &Settings) {
        if !self.settings.breaks.any() {
            self.before = None;
        } else if !old.breaks.any() {
            let step = self.step();
            self.before = self.prober.sweep().map(|s| Before { error: s.error[0].clone(), step });
        }
    }

    fn rebuild(&mut self, keep: bool) -> Result<(), ModelError> {
        let (s, model) = (&self.settings, Pair::new(&self.settings)?);
        let old = std::mem::take(&mut self.runs);
        self.runs = runs(&model, s, &self.places, if keep { old } else { Vec::new() })?;
        self.prober = Prober::new(&model, s, &self.places)?;
        let fresh = Examiner::new(&model, s, &self.places, None)?;
        let old = std::mem::replace(&mut self.examiner, fresh);
        if keep {
            self.examiner = Examiner::new(&model, s, &self.places, Some(old))?;
        } else {
            (self.goal, self.before, self.wall, self.since) = (Goal::Paused, None, 0.0, None);
        }
        self.model = model;
        self.sampled = false;
        self.diverged = None;
        self.begun = false;
        self.push_params();
        Ok(())
    }

    /// The first run's weights to the probe, by path.
    fn push_params(&mut self) {
        let Some(run) = self.runs.first() else { return };
        let layout = self.prober.layout();
        let mut values = vec![0.0; layout.len];
        layout.transfer(run.trainer().layout(), run.trainer().params(), &mut values);
        self.prober.set_params(values);
    }

    /// Plays, pauses, steps, resets. A new seed is a change of settings: the seed of the initialisation grows.
    pub fn command(&mut self, command: Command) -> Result<(), ModelError> {
        self.diverged = None;
        match command {
            Command::Play => self.set_goal(Goal::Endless),
            Command::Pause => self.set_goal(Goal::Paused),
            Command::Step(n) => self.set_goal(Goal::Step(self.step() + n)),
            Command::Reset => self.rebuild(false)?,
            Command::NewSeed => {
                let mut s = self.settings.clone();
                s.init = s.init.wrapping_add(s.seeds as u64);
                self.apply(s)?;
            }
        }
        Ok(())
    }

    fn set_goal(&mut self, goal: Goal) {
        if let Some(since) = self.since.take() {
            self.wall += since.elapsed().as_secs_f64();
        }
        self.runs.iter_mut().for_each(Run::pause);
        self.since = (goal != Goal::Paused).then(Instant::now);
        self.goal = goal;
    }

    /// Advances drawing, training, exams and the probe by one frame's worth. True when something new can be drawn.
    pub fn advance(&mut self, hidden: bool) -> Result<bool, ModelError> {
        let start = Instant::now();
        let playing = self.goal != Goal::Paused;
        let mut fresh = self.prober.advance_pair(playing)?;
        if !self.prepare(start + SLICE)? {
            return Ok(true);
        }
        fresh |= self.examiner.advance(start + SLICE)?;
        // Each of these may take a frame's share: while training goes on they take turns.
        if !playing || start.elapsed() < ENOUGH {
            fresh |= self.prober.advance_sweep(playing)?;
        }
        fresh |= self.train(start, hidden);
        self.mend()?;
        Ok(fresh)
    }

    /// Draws what samples are missing. True when none is.
    fn prepare(&mut self, until: Instant) -> Result<bool, ModelError> {
        let mut done = self.examiner.prepare(until);
        if done && !self.sampled {
            self.prober.set_sample(self.examiner.test().samples());
            self.sampled = true;
        }
        for run in &mut self.runs {
            done &= run.prepare(&self.model, until)?;
        }
        if done && !self.begun {
            self.begun = true;
            for (k, run) in self.runs.iter().enumerate() {
                let t = run.trainer();
                self.examiner.ask(k, t.step(), t.layout(), t.params());
            }
        }
        Ok(done)
    }

    /// The step from which on a run waits for the others: the second mark that they have before them.
    fn horizon(&self) -> u32 {
        let passed = self.marks.partition_point(|mark| *mark <= self.step());
        self.marks.get(passed + 1).copied().unwrap_or(u32::MAX)
    }

    /// Trains the runs in the order of their steps: on this thread until the frame's share is used and no exam is open, in
    /// another as much as that can do. What they have come to is examined.
    fn train(&mut self, start: Instant, hidden: bool) -> bool {
        let goal = if let Goal::Step(step) = self.goal { Some(step) } else { None };
        let (horizon, open) = (self.horizon(), self.examiner.open());
        let mut order: Vec<usize> = (0..self.runs.len()).collect();
        order.sort_by_key(|k| self.runs[*k].trainer().step());
        let (mut changed, mut first) = (false, false);
        for k in order {
            let step = self.runs[k].trainer().step();
            let there = goal.is_some_and(|goal| step >= goal);
            let full = if self.runs[k].apart() {
                open > 2 * self.runs.len()
            } else {
                open > 0 || start.elapsed() >= ENOUGH
            };
            let rests = hidden || self.goal == Goal::Paused || there || full || step >= horizon;
            let run = &mut self.runs[k];
            let moved = if rests { run.collect() } else { run.advance(goal) };
            while let Some((step, params)) = run.take_marked() {
                self.examiner.ask(k, step, run.trainer().layout(), &params);
            }
            changed |= moved;
            first |= moved && k == 0;
        }
        if first {
            self.push_params();
        }
        if goal.is_some_and(|goal| self.step() >= goal) {
            self.set_goal(Goal::Paused);
        }
        changed
    }

    /// Puts a run that diverged back to its last finite weights, and pauses.
    fn mend(&mut self) -> Result<(), ModelError> {
        for k in 0..self.runs.len() {
            let Some((step, net)) = self.runs[k].diverged() else { continue };
            let back_to = self.runs[k].restore()?;
            self.set_goal(Goal::Paused);
            // Another run may follow with what was on its way: the first one is told.
            self.diverged.get_or_insert(Diverged { step, back_to, net });
            self.examiner.truncate(k, back_to);
            self.push_params();
        }
        match self.runs.iter().find_map(Run::failed) {
            Some(why) => Err(ModelError::Unfit(why.to_owned())),
            None => Ok(()),
        }
    }

    /// Both networks with the first run's weights, ready to be asked for so many rows at a time.
    pub fn forward(&self, rows: usize) -> Result<Forward, ModelError> {
        let plan = Arc::new(Plan::compile(&self.model.forward(rows)?)?);
        let mut values = vec![0.0; plan.params().len];
        if let Some(run) = self.runs.first() {
            plan.params().transfer(run.trainer().layout(), run.trainer().params(), &mut values);
        }
        let mut forward = Forward::single((self.places.forward)(plan)?, rows);
        forward.set_params(&values)?;
        Ok(forward)
    }

    /// Goes on elsewhere at once, where a device has failed: weights, step and curves as they were, training paused.
    pub fn move_to(&mut self, places: Places) -> Result<(), ModelError> {
        self.places = places;
        self.rebuild(true)?;
        self.set_goal(Goal::Paused);
        Ok(())
    }

    /// Computes elsewhere from the next change on that needs new plans.
    pub fn set_places(&mut self, places: Places) {
        self.places = places;
    }

    /// Whether steps, exams or measurements are under way.
    pub fn busy(&self) -> bool {
        matches!(self.goal, Goal::Step(_))
            || !self.begun
            || self.runs.iter().any(|run| run.trainer().busy())
            || self.examiner.open() > 0
            || self.prober.busy()
    }

    /// The curves as comma-separated values: a line for each run, network and step.
    pub fn curves_csv(&self) -> String {
        let mut out = "run,network,step,test_mse\n".to_owned();
        for (run, curves) in self.examiner.curves().iter().enumerate() {
            for (net, curve) in names(&self.settings).iter().zip(curves) {
                curve.iter().for_each(|(step, value)| out.push_str(&format!("{run},{net},{step},{value}\n")));
            }
        }
        out
    }
}

/// All runs of the settings on one plan, going on from old ones where there are any.
fn runs(model: &Pair, s: &Settings, places: &Places, old: Vec<Run>) -> Result<Vec<Run>, ModelError> {
    let plan = Arc::new(Plan::compile(&model.training(s.n)?)?);
    let mut old = old.into_iter();
    (0..s.seeds as u64).map(|k| Run::new(&plan, s, k, places, old.next())).collect()
}
