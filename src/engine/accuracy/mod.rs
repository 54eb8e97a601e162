//! How accurate the kernels of small matrices are on a device: random samples through an executor, against the f64
//! reference, with the error in units of ε times the condition number. Runs in tests and on the page.

mod draw;
mod measure;
mod trials;

pub use trials::TRIALS;

use std::sync::Arc;

use serde::Serialize;

use super::exec::{CpuExecutor, Executor, Ticket};
use super::graph::Builder;
use super::kernels::Attrs;
use super::{EngineError, Plan};
use crate::maths::rng::Rng;

/// Unit roundoff of single precision, 2⁻²⁴.
pub const EPSILON: f64 = 1.0 / 16_777_216.0;
/// Samples in one submission: judging them, which the page waits for, takes about two frames in a browser.
pub const BATCH: usize = 2500;
/// Seed of all samples.
const SEED: u64 = 24;

/// One kernel under one choice of its attributes, with what it is tried on.
pub struct Trial {
    /// Kernel and choice, in words.
    pub name: &'static str,
    /// Kernel.
    pub stem: &'static str,
    /// Its integer attributes.
    pub ints: &'static [u32],
    /// Shape of one sample.
    pub shape: &'static [usize],
    /// Draws sample number i.
    draw: fn(&mut Rng, usize) -> Vec<f64>,
    /// Error of a result, given input, result and f64 result, in units of ε times the condition number.
    measure: fn(&[f64], &[f64], &[f64]) -> f64,
    /// The condition number and the norm that the error is divided by, in words.
    pub condition: &'static str,
    /// What the error stays below, in these units.
    pub bound: f64,
}

/// The largest error of one trial.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Kernel and choice.
    pub kernel: &'static str,
    /// How many samples.
    pub samples: usize,
    /// Largest error in units of ε times the condition number; infinite where a number was not finite.
    pub worst: f64,
    /// What is allowed.
    pub bound: f64,
    /// What the errors were divided by, besides ε.
    pub condition: &'static str,
    /// Whether the worst is within the bound.
    pub passed: bool,
}

impl Trial {
    /// The kernel alone, from `x` to `y`, for a batch.
    fn plan(&self) -> Result<Plan, EngineError> {
        let b = Builder::new();
        let shape: Vec<usize> = std::iter::once(BATCH).chain(self.shape.iter().copied()).collect();
        let x = b.input("x", &shape);
        b.output("y", b.kernel(self.stem, Attrs::ints(self.ints), &[x]));
        Plan::compile(&b.finish()?)
    }

    /// The samples of a batch, rounded to single precision.
    fn samples(&self, batch: usize) -> Vec<f32> {
        let mut rng = Rng::new(SEED, batch as u64);
        (0..BATCH).flat_map(|i| (self.draw)(&mut rng, i)).map(|v| v as f32).collect()
    }

    /// The largest error in a batch; infinite if any number is missing or not finite.
    fn worst(&self, x: &[f64], got: &[f32], want: &[f64]) -> f64 {
        if got.len() != want.len() {
            return f64::INFINITY;
        }
        let got: Vec<f64> = got.iter().map(|&v| f64::from(v)).collect();
        let (wide, long) = (x.len() / BATCH, want.len() / BATCH);
        let samples = x.chunks_exact(wide).zip(got.chunks_exact(long).zip(want.chunks_exact(long)));
        let errors = samples.map(|(x, (got, want))| (self.measure)(x, got, want));
        errors.fold(0.0, |worst, e| if e.is_finite() { e.max(worst) } else { f64::INFINITY })
    }
}

/// A trial under way.
struct Running {
    device: Box<dyn Executor>,
    oracle: CpuExecutor<f64>,
    batch: usize,
    worst: f64,
    x: Vec<f32>,
    ticket: Ticket,
}

impl Running {
    fn submit(&mut self, trial: &Trial) -> Result<(), EngineError> {
        self.x = trial.samples(self.batch);
        self.device.write("x", &self.x)?;
        self.device.run(1)?;
        self.ticket = self.device.request(&["y"]);
        Ok(())
    }

    fn judge(&mut self, trial: &Trial, x: &[f32], got: &[f32]) -> Result<(), EngineError> {
        let x: Vec<f64> = x.iter().map(|&v| f64::from(v)).collect();
        self.oracle.write_t("x", &x)?;
        self.oracle.run(1)?;
        self.worst = self.worst.max(trial.worst(&x, got, &self.oracle.read("y")?));
        Ok(())
    }
}

/// All trials, one after the other; nothing waits.
pub struct Survey {
    batches: usize,
    rows: Vec<Row>,
    running: Option<Running>,
}

impl Survey {
    /// Of so many samples for each trial, rounded up to a multiple of [`BATCH`].
    pub fn new(samples: usize) -> Self {
        Self { batches: samples.div_ceil(BATCH).max(1), rows: Vec::new(), running: None }
    }

    /// Goes on as far as it can without waiting; true when there is a row for each trial. `device` makes an executor.
    ///
    /// # Errors
    /// Those of the executor.
    pub fn advance(&mut self, device: &dyn Fn(Arc<Plan>) -> Box<dyn Executor>) -> Result<bool, EngineError> {
        let Some(trial) = TRIALS.get(self.rows.len()) else { return Ok(true) };
        let Some(running) = &mut self.running else {
            let plan = Arc::new(trial.plan()?);
            let oracle = CpuExecutor::new(Arc::clone(&plan));
            let (device, x, ticket) = (device(plan), Vec::new(), Ticket(0));
            let mut running = Running { device, oracle, batch: 0, worst: 0.0, x, ticket };
            running.submit(trial)?;
            self.running = Some(running);
            return Ok(false);
        };
        let Some(answer) = running.device.poll(running.ticket) else { return Ok(false) };
        let answer = answer?;
        let x = std::mem::take(&mut running.x);
        running.batch += 1;
        let more = running.batch < self.batches;
        if more {
            // The device works on while this batch is judged.
            running.submit(trial)?;
        }
        running.judge(trial, &x, answer.arrays.get("y").map_or(&[], Vec::as_slice))?;
        if more {
            return Ok(false);
        }
        let (worst, bound, condition) = (running.worst, trial.bound, trial.condition);
        let samples = self.batches * BATCH;
        self.rows.push(Row { kernel: trial.name, samples, worst, bound, condition, passed: worst <= bound });
        self.running = None;
        Ok(self.rows.len() == TRIALS.len())
    }

    /// The rows so far.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}
