//! The three numbers of [`Speed`], measured on an executor in a fraction of a second.
//!
//! | number | measured on |
//! |---|---|
//! | launch | 64 launches, one after the other, of a function of a single number |
//! | flops | the product of two matrices of 512 × 512 |
//! | bytes | four negations of 160 000 numbers: 640 kB, the size of the larger tensors of the workloads |
//!
//! Each is the median of five rounds, in turn; the time of the launches themselves is taken off the other two.

use std::sync::Arc;

use super::clock::Clock;
use super::timed::{Length, Timed};
use crate::engine::plan::{Cost, Speed};
use crate::engine::{Builder, EngineError, MakeExecutor, Plan, Var};

/// Seconds that a round takes.
const WINDOW: f64 = 0.02;
/// Rounds.
const ROUNDS: usize = 5;
/// Launches of the first probe.
const LAUNCHES: usize = 64;
/// Extent of the matrices.
const EXTENT: usize = 512;
/// Length of the vectors.
const LENGTH: usize = 160_000;
/// How often they are negated.
const PASSES: usize = 4;

/// A measurement of [`Speed`] under way.
pub struct Calibration {
    probes: [(Timed, Cost); 3],
    /// Whose turn it is.
    turn: usize,
}

impl Calibration {
    /// On the executors that `make` makes, in slices of so many seconds.
    ///
    /// # Errors
    /// Those of the executor.
    pub fn new(make: &MakeExecutor, slice: f64) -> Result<Self, EngineError> {
        let launches: fn(Var<'_>) -> Var<'_> = |x| (0..LAUNCHES).fold(x, |x, _| -x);
        let product: fn(Var<'_>) -> Var<'_> = |x| x.matmul(x);
        let bytes: fn(Var<'_>) -> Var<'_> = |x| (0..PASSES).fold(x, |x, _| -x);
        let probes = [
            probe(make, slice, &[1], launches)?,
            probe(make, slice, &[EXTENT, EXTENT], product)?,
            probe(make, slice, &[LENGTH], bytes)?,
        ];
        Ok(Self { probes, turn: 0 })
    }

    /// Goes on by a slice; the numbers, once they are there.
    ///
    /// # Errors
    /// Those of the executor.
    pub fn advance(&mut self) -> Result<Option<Speed>, EngineError> {
        if self.probes[self.turn].0.advance()? {
            self.turn = (self.turn + 1) % self.probes.len();
        }
        let done = self.probes.iter().all(|(timed, _)| timed.rounds() >= ROUNDS);
        Ok(if done { self.speed() } else { None })
    }

    /// Whether all is submitted and a device's answer is awaited.
    pub fn is_waiting(&self) -> bool {
        self.probes[self.turn].0.clock().is_waiting()
    }

    fn speed(&self) -> Option<Speed> {
        let median = |i: usize| self.probes[i].0.summary().map(|[_, median, _]| median);
        Some(speed([median(0)?, median(1)?, median(2)?], [0, 1, 2].map(|i| self.probes[i].1)))
    }
}

/// From the seconds and the cost of the three probes.
fn speed(seconds: [f64; 3], costs: [Cost; 3]) -> Speed {
    let launch = seconds[0] / costs[0].dispatches as f64;
    // A launch that seems to cost more than all of a probe does not make its work free.
    let rest = |i: usize| (seconds[i] - costs[i].dispatches as f64 * launch).max(0.1 * seconds[i]);
    Speed { launch, flops: costs[1].flops / rest(1), bytes: costs[2].bytes() as f64 / rest(2) }
}

/// A plan from one input, and what it costs. It is not rewritten: fusion would leave one launch.
fn probe(
    make: &MakeExecutor,
    slice: f64,
    shape: &[usize],
    build: fn(Var<'_>) -> Var<'_>,
) -> Result<(Timed, Cost), EngineError> {
    let b = Builder::new();
    let y = build(b.input("x", shape));
    b.output("y", y);
    // One number is read back, not all of them.
    let corner = (0..shape.len()).fold(y, |y, axis| y.slice(axis, 0, 1));
    b.output("corner", corner);
    let plan = Arc::new(Plan::compile_as_is(&b.finish()?)?);
    let mut exec = make(Arc::clone(&plan))?;
    exec.write("x", &vec![0.5; shape.iter().product()])?;
    let clock = Clock::new(exec, plan.cost().dispatches, "corner", slice);
    Ok((Timed::new(clock, Length::Seconds(WINDOW)), plan.cost()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::engine::CpuExecutor;

    #[test]
    fn the_numbers_are_found_again() {
        let known = Speed { launch: 2e-6, flops: 3e10, bytes: 4e9 };
        let cost = |dispatches, bytes_read, flops| Cost { dispatches, bytes_read, bytes_written: 0, flops };
        let costs = [cost(64, 0, 0.0), cost(1, 0, 2e8), cost(4, 5_120_000, 0.0)];
        let found = speed(costs.map(|c| known.seconds(&c)), costs);
        for (a, b) in [(found.launch, known.launch), (found.flops, known.flops), (found.bytes, known.bytes)] {
            assert!((a / b - 1.0).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn probes_do_what_the_table_says() {
        let make: &MakeExecutor = &|plan| Ok(Box::new(CpuExecutor::<f32>::new(plan)));
        let costs = Calibration::new(make, 1e-3).unwrap().probes.map(|p| p.1);
        assert!((64..=66).contains(&costs[0].dispatches), "{costs:?}");
        assert_eq!(costs[1].flops, 2.0 * 512_f64.powi(3));
        let bytes = costs[2].bytes() as f64 / (8.0 * 640_000.0);
        assert!((1.0..1.3).contains(&bytes), "{costs:?}");
        assert!(costs[1].dispatches <= 3 && costs[2].dispatches <= 6, "{costs:?}");
    }
}
