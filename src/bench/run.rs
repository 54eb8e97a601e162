//! A workload being measured, and the row that is reported of it.

use std::sync::Arc;

use serde::Serialize;

use super::Workload;
use super::clock::{Clock, Lap};
use super::timed::{Length, Timed};
use crate::engine::kernels::tick::HISTORY;
use crate::engine::plan::{Cost, Speed};
use crate::engine::{Backend, EngineError, MakeExecutor, Plan};

/// Rounds of which the median is reported.
pub const ROUNDS: usize = 5;

/// What is read back after each lap.
const OUTPUT: &str = "history:loss";

/// One line of `equiscope bench`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The workload.
    pub workload: &'static str,
    /// `cpu` or `gpu`.
    pub backend: &'static str,
    /// Name of the graphics adapter, or `cpu`.
    pub adapter: String,
    /// Milliseconds a training step takes, the median over the rounds.
    pub ms_per_step: f64,
    /// Launches in a step.
    pub dispatches_per_step: usize,
    /// Bytes that they read and write ([`Cost`]).
    pub bytes_per_step: u64,
    /// The workload's operations ([`Workload::flops`]) in a nanosecond.
    pub gflops: f64,
    /// The time that [`Speed`] predicts, divided by the time measured.
    pub model_fraction: f64,
    /// The fastest round.
    pub min_ms_per_step: f64,
    /// The slowest round.
    pub max_ms_per_step: f64,
    /// Rounds measured.
    pub rounds: usize,
    /// Training steps in each.
    pub steps_per_round: u32,
    /// Loss of the first step of all.
    pub first_loss: f32,
}

/// A workload on an executor, ready to run: a clock that reads the losses.
///
/// # Errors
/// Those of the graph, the plan and the executor.
pub fn prepare(workload: &Workload, make: &MakeExecutor, slice: f64) -> Result<(Clock, Cost), EngineError> {
    let prepared = workload.prepare()?;
    let plan = Arc::new(Plan::compile(&prepared.graph)?);
    let mut exec = make(Arc::clone(&plan))?;
    prepared.start(&plan, exec.as_mut())?;
    Ok((Clock::new(exec, plan.cost().dispatches, OUTPUT, slice), plan.cost()))
}

/// Loss of the last step of a lap; NaN where there is none.
pub fn loss(lap: &Lap) -> f32 {
    let place = lap.step.wrapping_sub(1) as usize % HISTORY;
    lap.values.get(place).copied().unwrap_or(f32::NAN)
}

/// A workload being measured.
pub struct Run {
    workload: &'static Workload,
    cost: Cost,
    timed: Timed,
}

impl Run {
    /// A workload on an executor that `make` makes, timed in rounds of this length, worked in slices of so many seconds.
    ///
    /// # Errors
    /// Those of the graph, the plan and the executor.
    pub fn new(
        workload: &'static Workload,
        make: &MakeExecutor,
        length: Length,
        slice: f64,
    ) -> Result<Self, EngineError> {
        let (clock, cost) = prepare(workload, make, slice)?;
        Ok(Self { workload, cost, timed: Timed::new(clock, length) })
    }

    /// Goes on by a slice; true when a round has just ended.
    ///
    /// # Errors
    /// Those of the executor.
    pub fn advance(&mut self) -> Result<bool, EngineError> {
        self.timed.advance()
    }

    /// Whether all is submitted and a device's answer is awaited.
    pub fn is_waiting(&self) -> bool {
        self.timed.clock().is_waiting()
    }

    /// How many rounds are measured.
    pub fn rounds(&self) -> usize {
        self.timed.rounds()
    }

    /// What was measured; none before the first round has ended.
    pub fn row(&self, speed: &Speed) -> Option<Row> {
        let [low, median, high] = self.timed.summary()?;
        let (backend, adapter) = match self.timed.clock().backend() {
            Backend::Cpu => ("cpu", "cpu".to_owned()),
            Backend::Gpu { adapter, .. } => ("gpu", adapter),
        };
        Some(Row {
            workload: self.workload.id,
            backend,
            adapter,
            ms_per_step: 1e3 * median,
            dispatches_per_step: self.cost.dispatches,
            bytes_per_step: self.cost.bytes(),
            gflops: 1e-9 * self.workload.flops / median,
            model_fraction: speed.seconds(&self.cost) / median,
            min_ms_per_step: 1e3 * low,
            max_ms_per_step: 1e3 * high,
            rounds: self.timed.rounds(),
            steps_per_round: self.timed.steps(),
            first_loss: self.timed.first().map_or(f32::NAN, loss),
        })
    }
}
