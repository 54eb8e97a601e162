//! Executors: they run a plan, take numbers from the host and give numbers back, and never block.

pub mod cpu;
#[cfg(feature = "gpu")]
pub mod gpu;
pub mod remote;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::{EngineError, Plan};

pub use cpu::CpuExecutor;
#[cfg(feature = "gpu")]
pub use gpu::GpuExecutor;

/// Where a plan runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The processor.
    Cpu,
    /// A graphics device.
    Gpu {
        /// Name of the adapter.
        adapter: String,
        /// Whether the adapter is itself a program on the CPU.
        software: bool,
    },
}

/// Whether an executor can go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It can.
    Ok,
    /// The device is gone; a new one may do.
    Lost(String),
    /// The device or the executor refused something; trying again will not help.
    Failed(String),
}

/// A read-back that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Numbers read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Readback {
    /// Tensors by the names asked for, row-major.
    pub arrays: BTreeMap<String, Vec<f32>>,
    /// The step they were read at.
    pub step: u32,
}

/// How far an executor is with getting ready to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warmth {
    /// Launches that can be made.
    pub ready: usize,
    /// Launches of the plan.
    pub of: usize,
}

impl Warmth {
    /// Ready from the start, as an executor is that compiles nothing.
    pub const READY: Self = Self { ready: 0, of: 0 };

    /// Whether a run would begin at once.
    pub fn is_ready(self) -> bool {
        self.ready == self.of
    }
}

/// Whose time training steps take, and so how many of them may be asked for at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// That of the calling thread: [`Executor::advance`] computes here and now, in slices.
    Here,
    /// That of a device that others use as well, the picture for one.
    Shared,
    /// That of a thread of its own, which may work all the time.
    Apart,
}

/// Runs a plan.
pub trait Executor {
    /// Where it runs.
    fn backend(&self) -> Backend;
    /// Writes an input.
    fn write(&mut self, name: &str, data: &[f32]) -> Result<(), EngineError>;
    /// Writes the whole parameter buffer.
    fn set_params(&mut self, flat: &[f32]) -> Result<(), EngineError>;
    /// Changes a knob.
    fn set_knob(&mut self, name: &str, value: f64) -> Result<(), EngineError>;
    /// Changes the seed of the noise.
    fn set_seed(&mut self, seed: u64);
    /// Sets the step counter: where losses are filed and which random numbers come. Moments are kept.
    fn set_step(&mut self, step: u32);
    /// Clears the optimiser's moments and their age.
    fn reset_moments(&mut self);
    /// Writes the optimiser's moments and their age: the steps since they were cleared.
    ///
    /// # Errors
    /// Their number is not that of the plan, or the executor does not take any.
    fn set_moments(&mut self, flat: &[f32], age: u32) -> Result<(), EngineError> {
        let _ = (flat, age);
        Err(EngineError::Device("it does not take moments".to_owned()))
    }
    /// Goes on getting ready, for no longer than a frame bears, and says how far it is. One that fails on the way is as
    /// ready as it will be: its health says why it will not run.
    fn warm(&mut self) -> Warmth {
        Warmth::READY
    }
    /// Runs the plan so many times, in one submission. One that is not ready gets ready first, which takes its time.
    fn run(&mut self, steps: u32) -> Result<(), EngineError>;
    /// Whose time it takes.
    fn pace(&self) -> Pace {
        Pace::Shared
    }
    /// Runs at most `steps` steps, and no more than fit into about `ms` milliseconds where that can be seen to. True when
    /// whole steps are done; false when not even one is: it was cut between two launches, and the next call goes on with
    /// it. Whatever else is asked for meanwhile finishes it first.
    fn advance(&mut self, steps: u32, ms: f64) -> Result<bool, EngineError> {
        let _ = ms;
        self.run(steps).map(|()| true)
    }
    /// Steps, ascending, at each of which [`Executor::advance`] ends though more would fit: what is asked for next is then of
    /// that step. It is for those whose caller does not know how far they are, at [`Pace::Apart`].
    fn set_marks(&mut self, marks: &[u32]) {
        let _ = marks;
    }
    /// Asks for outputs, `params`, `moments` or `history:<loss>` (a ring of 1024, step t at t mod 1024), as they are after
    /// everything asked for so far.
    fn request(&mut self, outputs: &[&str]) -> Ticket;
    /// The answer to a request, once; `None` while it is under way, or if it was given already.
    fn poll(&mut self, ticket: Ticket) -> Option<Result<Readback, EngineError>>;
    /// Submissions that the device has not finished.
    fn in_flight(&self) -> usize;
    /// Whether it can go on.
    fn health(&self) -> Health;
}

/// Makes an executor for a plan, in one place or another.
pub type MakeExecutor = dyn Fn(Arc<Plan>) -> Result<Box<dyn Executor>, EngineError>;

/// How many of `steps` lead from `step` no further than to the next of some marks, which ascend.
pub fn steps_to_mark(marks: &[u32], step: u32, steps: u32) -> u32 {
    let passed = marks.partition_point(|&mark| mark <= step);
    marks.get(passed).map_or(steps, |mark| steps.min(mark - step))
}

/// Checks the length of data for a tensor.
fn check_len(name: &str, expected: usize, got: usize) -> Result<(), EngineError> {
    if expected == got { Ok(()) } else { Err(EngineError::Length { name: name.to_owned(), expected, got }) }
}
