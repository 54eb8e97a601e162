//! Rounds of a plan: a warm-up, then laps of equal length.

use super::clock::{Clock, Lap};
use crate::engine::EngineError;

/// Runs in a lap of the warm-up are raised by this factor until they take one part of so many of the window.
const GROWTH: u32 = 4;
/// Most runs of a lap.
const MOST: u32 = 1 << 20;

/// How long a round is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// So many runs.
    Steps(u32),
    /// As many as take so many seconds.
    Seconds(f64),
}

/// A clock with the rounds it has timed.
pub struct Timed {
    clock: Clock,
    length: Length,
    /// Runs of the lap under way, 0 between laps.
    lap: u32,
    /// Runs of a round, once the warm-up has told.
    steps: Option<u32>,
    /// Seconds per run in each round.
    rounds: Vec<f64>,
    /// Of the very first lap, one run.
    first: Option<Lap>,
    last: Option<Lap>,
}

impl Timed {
    /// Nothing timed yet.
    pub fn new(clock: Clock, length: Length) -> Self {
        Self { clock, length, lap: 0, steps: None, rounds: Vec::new(), first: None, last: None }
    }

    /// Goes on by a slice; true when a round has just ended. The warm-up, which comes before the first round, begins with
    /// a single run, and its times are not kept.
    ///
    /// # Errors
    /// Those of the executor.
    pub fn advance(&mut self) -> Result<bool, EngineError> {
        if self.lap == 0 {
            self.lap = match (self.steps, &self.last, self.length) {
                (Some(steps), ..) | (None, Some(_), Length::Steps(steps)) => steps,
                (None, None, _) => 1,
                (None, Some(last), Length::Seconds(window)) => longer(last, window),
            };
            self.clock.start(self.lap);
        }
        let Some(lap) = self.clock.advance()? else { return Ok(false) };
        self.lap = 0;
        let each = lap.seconds / f64::from(lap.steps);
        let measured = self.steps.is_some();
        if measured {
            self.rounds.push(each);
        } else if self.first.is_some() {
            self.steps = match self.length {
                Length::Steps(steps) => Some(steps),
                Length::Seconds(window) => settled(lap.steps, each, window),
            };
        }
        self.first.get_or_insert_with(|| lap.clone());
        self.last = Some(lap);
        Ok(measured)
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// How many rounds are timed.
    pub fn rounds(&self) -> usize {
        self.rounds.len()
    }

    /// Runs in a round; 0 during the warm-up.
    pub fn steps(&self) -> u32 {
        self.steps.unwrap_or(0)
    }

    /// The very first run.
    pub fn first(&self) -> Option<&Lap> {
        self.first.as_ref()
    }

    /// The latest lap.
    pub fn last(&self) -> Option<&Lap> {
        self.last.as_ref()
    }

    /// Smallest, median and largest seconds per run over the rounds.
    pub fn summary(&self) -> Option<[f64; 3]> {
        let mut sorted = self.rounds.clone();
        sorted.sort_by(f64::total_cmp);
        let (&low, &high) = (sorted.first()?, sorted.last()?);
        let (upper, even) = (sorted.len() / 2, sorted.len().is_multiple_of(2));
        let median = if even { f64::midpoint(sorted[upper - 1], sorted[upper]) } else { sorted[upper] };
        Some([low, median, high])
    }
}

/// Runs of the next lap of a warm-up. One that was long enough may have been so by what is done once alone, and is
/// repeated.
fn longer(last: &Lap, window: f64) -> u32 {
    let enough = last.seconds >= window / f64::from(GROWTH);
    if enough { last.steps } else { last.steps.saturating_mul(GROWTH).min(MOST) }
}

/// Runs for a window, if a lap of so many was long enough to tell.
fn settled(steps: u32, each: f64, window: f64) -> Option<u32> {
    let told = f64::from(steps) * each >= window / f64::from(GROWTH) || steps >= MOST;
    told.then(|| (window / each.max(1e-12)).round().clamp(1.0, f64::from(MOST)) as u32)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::bench::find;
    use crate::engine::{CpuExecutor, Plan};
    use std::sync::Arc;

    fn timed(length: Length) -> Timed {
        let prepared = find("W1a").unwrap().prepare().unwrap();
        let plan = Arc::new(Plan::compile(&prepared.graph).unwrap());
        let mut exec = Box::new(CpuExecutor::<f32>::new(Arc::clone(&plan)));
        prepared.start(&plan, exec.as_mut()).unwrap();
        Timed::new(Clock::new(exec, plan.cost().dispatches, "history:loss", 1e-3), length)
    }

    #[test]
    fn a_lap_of_one_is_followed_by_a_warm_up_and_equal_rounds() {
        let mut timed = timed(Length::Steps(7));
        for round in 1..=3 {
            while !timed.advance().unwrap() {}
            assert_eq!((timed.rounds(), timed.steps()), (round, 7));
            assert_eq!(timed.last().unwrap().step, 1 + 7 + 7 * round as u32);
        }
        assert_eq!((timed.first().unwrap().steps, timed.first().unwrap().step), (1, 1));
        let [low, median, high] = timed.summary().unwrap();
        assert!(0.0 < low && low <= median && median <= high);
    }

    #[test]
    fn rounds_of_a_window_are_as_long_as_the_warm_up_says() {
        assert_eq!(settled(16, 1e-3, 0.1), None);
        assert_eq!(settled(64, 1e-3, 0.1), Some(100));
        assert_eq!(settled(1, 3.0, 0.1), Some(1));
        assert_eq!(settled(MOST, 0.0, 0.1), Some(MOST));
    }
}
