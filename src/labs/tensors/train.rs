//! A training run by the protocol: epochs, looks at the validation samples, and in the end the test.
//!
//! Nothing waits: [`Run::advance`] does a bounded amount of work and returns, on either executor, so that a page trains with
//! the same code as the command line.

use super::forward::{Forward, forward_plan, named, predict, squared_errors};
use super::protocol::{Feed, ROWS, Seeds, TEST, VALIDATION};
use super::recipe::{LOOK_EVERY, Recipe};
use super::score::{Score, Scores};
use super::task::own_io;
use crate::data::tasks::{Part, Samples, Task};
use crate::engine::kernels::tick::HISTORY;
use crate::engine::{Backend, Builder, EngineError, Executor, Health, MakeExecutor, Plan, Ticket, Var};
use crate::nn::tensors::{Kind, Network, NetworkError, Spec};
use std::sync::Arc;
use web_time::Instant;

/// Names of the losses in the training plan.
const LOSS: &str = "loss";
const PENALTY: &str = "penalty";
/// A loss that has grown by so much does not come back.
const LOST: f64 = 1e12;
/// Submissions that a device may have before it.
const MOST_IN_FLIGHT: usize = 2;

/// What is trained, on what, and how.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The task.
    pub task: Task,
    /// The model.
    pub kind: Kind,
    /// Training samples.
    pub n: usize,
    /// The recipe.
    pub recipe: Recipe,
    /// What the network is made of.
    pub spec: Spec,
    /// The seeds.
    pub seeds: Seeds,
    /// Validation samples, by which the reported parameters are chosen.
    pub validation: usize,
    /// Test samples.
    pub test: usize,
}

impl Setup {
    /// A model on a task with the recipe and the sizes that go with them.
    ///
    /// # Errors
    /// A model that does not take the task.
    pub fn new(task: Task, kind: Kind, n: usize, seed: u64) -> Result<Self, NetworkError> {
        Self::with(task, kind, n, Recipe::of(kind, task, n), Seeds::split(seed))
    }

    /// The same with another recipe and seeds of one's own.
    ///
    /// # Errors
    /// As [`Setup::new`].
    pub fn with(
        task: Task,
        kind: Kind,
        n: usize,
        recipe: Recipe,
        seeds: Seeds,
    ) -> Result<Self, NetworkError> {
        let spec = recipe.spec(kind, &own_io(task)?);
        Network::new(spec, own_io(task)?)?;
        Ok(Self { task, kind, n, recipe, spec, seeds, validation: VALIDATION, test: TEST })
    }

    /// The batches of the training samples.
    pub fn feed(&self) -> Feed {
        let augmented = self.kind == Kind::MlpAug;
        Feed::new(self.task, self.recipe.presentation, self.n, self.recipe.batch, self.seeds, augmented)
    }

    /// The training plan: frames `t0`, `t1` and `y`, one for each batch of an epoch; knobs `lr` and `penalty`; losses `loss`,
    /// the mean squared error in the network's units, and `penalty` where the recipe has one.
    ///
    /// # Errors
    /// Those of the network and of the plan.
    pub fn training_plan(&self, feed: &Feed) -> Result<Arc<Plan>, NetworkError> {
        let network = Network::new(self.spec, own_io(self.task)?)?;
        let (b, s) = (Builder::new(), self.task.shapes());
        let frames = |name: &str, shape: &[usize]| b.frames(name, feed.batches, shape);
        let t0 = (s.t0 > 0).then(|| frames("t0", &[feed.batch, s.t0]));
        let t1 = frames("t1", &[feed.batch, s.dim, s.t1]);
        let y = frames("y", &[feed.batch, s.outputs()]);
        let (built, out) = predict(&network, &b, self.task, (t0, Some(t1)))?;
        let mut losses: Vec<(&str, Var<'_>)> = vec![(LOSS, (out - y).square().mean())];
        if let Some(p) = built.penalty(self.recipe.scalar_penalty).filter(|_| self.recipe.penalty > 0.0) {
            losses.push((PENALTY, p * b.knob(PENALTY, 0.0)));
        }
        b.train(&losses, self.recipe.training(self.steps(feed)));
        Ok(Arc::new(Plan::compile(&b.finish()?)?))
    }

    /// Epochs of the whole run.
    pub fn epochs(&self, feed: &Feed) -> u32 {
        self.recipe.length.epochs(self.n, feed.batches)
    }

    fn steps(&self, feed: &Feed) -> u32 {
        self.epochs(feed) * feed.batches as u32
    }
}

/// A run that cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No such network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The executor failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// A look at the validation samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Steps taken.
    pub step: u32,
    /// Epochs taken.
    pub epoch: u32,
    /// Mean of the loss since the last look, in the network's units.
    pub loss: f64,
    /// Mean squared error on the validation samples, in the target's units.
    pub validation: f64,
}

/// A loss that ran away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The first bad step.
    pub step: u32,
    /// The step that the run goes back to.
    pub back_to: u32,
}

/// What has happened since the last call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// Steps were taken, or an answer is awaited.
    Working,
    /// A look at the validation samples is there.
    Looked(Look),
    /// All is done: [`Run::score`] has the result.
    Done,
}

/// Parameters at a step.
#[derive(Clone)]
struct Kept {
    step: u32,
    params: Vec<f32>,
}

enum Phase {
    Training,
    /// Losses and parameters are on their way.
    Reading(Ticket),
    /// Predictions on the validation samples are on their way, of these parameters with this loss.
    Validating(Vec<f32>, f64),
    /// Predictions on the test samples and on pairs.
    Scoring(Box<Scores>),
    Done,
}

/// A training run.
pub struct Run {
    setup: Setup,
    feed: Feed,
    executor: Box<dyn Executor>,
    forward: Forward,
    validation: Samples,
    phase: Phase,
    step: u32,
    epochs: u32,
    /// Steps from one look to the next, a whole number of epochs.
    every: u32,
    looked: u32,
    parameters: usize,
    first_loss: Option<f64>,
    good: Kept,
    best: Kept,
    best_validation: f64,
    divergence: Option<Divergence>,
    since: Option<Instant>,
    seconds: f64,
    score: Option<Score>,
}

impl Run {
    /// A run before its first step.
    ///
    /// # Errors
    /// Those of the networks, the plans and the executors.
    pub fn new(setup: Setup, make: &MakeExecutor) -> Result<Self, RunError> {
        let feed = setup.feed();
        let plan = setup.training_plan(&feed)?;
        let params = plan.params().init(setup.seeds.init);
        let mut executor = make(Arc::clone(&plan))?;
        executor.set_params(&params)?;
        executor.set_seed(setup.seeds.noise);
        executor.set_knob("lr", setup.recipe.rate)?;
        let rows = setup.validation.clamp(1, ROWS);
        let forward = Forward::single(setup.task, rows, make(forward_plan(setup.task, setup.spec, rows)?)?);
        let validation = setup.task.draw(setup.seeds.data, Part::Validation, rows);
        let batches = feed.batches as u32;
        let kept = Kept { step: 0, params };
        Ok(Self {
            epochs: setup.epochs(&feed),
            every: LOOK_EVERY.div_ceil(batches) * batches,
            parameters: Network::new(setup.spec, own_io(setup.task)?)?.parameters(),
            setup,
            feed,
            executor,
            forward,
            validation,
            phase: Phase::Training,
            step: 0,
            looked: 0,
            first_loss: None,
            good: kept.clone(),
            best: kept,
            best_validation: f64::INFINITY,
            divergence: None,
            since: None,
            seconds: 0.0,
            score: None,
        })
    }

    /// Takes up to `most` steps, or collects what has arrived.
    ///
    /// # Errors
    /// Those of the executors.
    pub fn advance(&mut self, most: u32) -> Result<Event, RunError> {
        match &self.phase {
            Phase::Training => self.train(most)?,
            Phase::Reading(ticket) => {
                let ticket = *ticket;
                self.read(ticket)?;
            }
            Phase::Validating(..) => return self.validate(),
            Phase::Scoring(_) => self.score_on()?,
            Phase::Done => return Ok(Event::Done),
        }
        Ok(Event::Working)
    }

    fn train(&mut self, most: u32) -> Result<(), RunError> {
        if let Health::Lost(why) | Health::Failed(why) = self.executor.health() {
            return Err(EngineError::Device(why).into());
        }
        self.since.get_or_insert_with(Instant::now);
        let batches = self.feed.batches as u32;
        let look = (self.looked + self.every).min(self.epochs * batches);
        let end = look.min(self.step.saturating_add(most.max(1)));
        while self.step < end && self.executor.in_flight() < MOST_IN_FLIGHT {
            let within = self.step % batches;
            if within == 0 {
                self.start_epoch(self.step / batches)?;
            }
            let steps = (batches - within).min(end - self.step);
            self.executor.run(steps)?;
            self.step += steps;
        }
        if self.step == look {
            self.phase = Phase::Reading(self.executor.request(&["params", "history:loss"]));
        }
        Ok(())
    }

    fn start_epoch(&mut self, epoch: u32) -> Result<(), EngineError> {
        let rows = self.feed.epoch(epoch);
        for (name, data) in named(&rows).into_iter().filter(|(_, data)| !data.is_empty()) {
            self.executor.write(name, data)?;
        }
        let recipe = &self.setup.recipe;
        if recipe.penalty > 0.0 {
            let total = self.epochs * self.feed.batches as u32;
            let weight = recipe.penalty / self.setup.n as f64 * recipe.course(self.step, total);
            self.executor.set_knob(PENALTY, weight)?;
        }
        Ok(())
    }

    fn read(&mut self, ticket: Ticket) -> Result<(), RunError> {
        let Some(answer) = self.executor.poll(ticket) else {
            if let Health::Lost(why) | Health::Failed(why) = self.executor.health() {
                return Err(EngineError::Device(why).into());
            }
            return Ok(());
        };
        let mut answer = answer?;
        self.seconds += self.since.take().map_or(0.0, |t| t.elapsed().as_secs_f64());
        let params = answer.arrays.remove("params").unwrap_or_default();
        let ring = answer.arrays.remove("history:loss").unwrap_or_default();
        let from = self.looked.max(self.step.saturating_sub(HISTORY as u32));
        let losses: Vec<f64> =
            (from..self.step).filter_map(|s| ring.get(s as usize % HISTORY)).map(|&v| f64::from(v)).collect();
        let first = *self.first_loss.get_or_insert(losses.first().copied().unwrap_or(0.0));
        let bad = losses.iter().position(|l| !l.is_finite() || *l > LOST * (1.0 + first));
        let bad = bad.map(|k| from + k as u32).or((!lanes::all_finite(&params)).then_some(self.step));
        self.looked = self.step;
        if let Some(step) = bad {
            self.divergence = Some(Divergence { step, back_to: self.good.step });
            return self.finish();
        }
        self.good = Kept { step: self.step, params: params.clone() };
        self.forward.set_params(&params)?;
        let (t0, t1) = self.inputs();
        self.forward.submit(&t0, &t1)?;
        let loss = losses.iter().sum::<f64>() / losses.len().max(1) as f64;
        self.phase = Phase::Validating(params, loss);
        Ok(())
    }

    fn inputs(&self) -> (Vec<f64>, Vec<f64>) {
        super::forward::scaled(self.feed.scaler(), &self.validation.t0, &self.validation.t1)
    }

    fn validate(&mut self) -> Result<Event, RunError> {
        let Some(answer) = self.forward.poll() else { return Ok(Event::Working) };
        let y = answer?;
        let width = self.setup.task.shapes().outputs();
        let errors = squared_errors(self.feed.scaler(), &y, &self.validation.y, width);
        let validation = errors.iter().sum::<f64>() / errors.len().max(1) as f64;
        let Phase::Validating(params, loss) = std::mem::replace(&mut self.phase, Phase::Training) else {
            return Ok(Event::Working);
        };
        if validation < self.best_validation {
            self.best_validation = validation;
            self.best = Kept { step: self.step, params };
        }
        let epoch = self.step / self.feed.batches as u32;
        if epoch >= self.epochs {
            self.finish()?;
        }
        Ok(Event::Looked(Look { step: self.step, epoch, loss, validation }))
    }

    /// On to the test, with the parameters of the best look.
    fn finish(&mut self) -> Result<(), RunError> {
        self.forward.set_params(&self.best.params)?;
        let s = &self.setup;
        self.phase = Phase::Scoring(Box::new(Scores::new(s.task, s.seeds.data, s.test)));
        Ok(())
    }

    fn score_on(&mut self) -> Result<(), RunError> {
        let Phase::Scoring(scores) = &mut self.phase else { return Ok(()) };
        if let Some(score) = scores.advance(&mut self.forward, self.feed.scaler())? {
            self.score = Some(score);
            self.phase = Phase::Done;
        }
        Ok(())
    }

    /// What it runs.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Steps taken, and steps in all.
    pub fn steps(&self) -> (u32, u32) {
        (self.step, self.epochs * self.feed.batches as u32)
    }

    /// Epochs in all.
    pub fn epochs(&self) -> u32 {
        self.epochs
    }

    /// Rows of a batch, and batches of an epoch.
    pub fn batches(&self) -> (usize, usize) {
        (self.feed.batch, self.feed.batches)
    }

    /// The scales between samples and network.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Training steps per second, looks and test left out.
    pub fn steps_per_second(&self) -> f64 {
        f64::from(self.looked) / self.seconds.max(1e-9)
    }

    /// Parameters of the network.
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// Where it trains.
    pub fn backend(&self) -> Backend {
        self.executor.backend()
    }

    /// The loss that ran away, if one has.
    pub fn divergence(&self) -> Option<Divergence> {
        self.divergence
    }

    /// The parameters with the lowest validation error so far, the step they were reached at, and that error.
    pub fn best(&self) -> (&[f32], u32, f64) {
        (&self.best.params, self.best.step, self.best_validation)
    }

    /// The parameters of the last look whose losses were finite, and its step.
    pub fn last_good(&self) -> (&[f32], u32) {
        (&self.good.params, self.good.step)
    }

    /// The result, once all is done.
    pub fn score(&self) -> Option<&Score> {
        self.score.as_ref()
    }
}
