//! Which of two executors trains a plan faster, by a trial.

use crate::engine::{EngineError, Executor, Ticket};
use web_time::Instant;

/// Milliseconds that the first one runs, on this thread.
const HOME_MS: f64 = 8.0;
/// Milliseconds of work by the first one's measure that the other is given: several frames, since its answer is seen
/// with a frame only.
const AWAY_MS: f64 = 50.0;
/// Most steps the other is given.
const MOST: u32 = 512;

/// A trial of two executors on a plan. Their numbers are thrown away: a race needs executors of its own.
pub struct Race {
    other: Box<dyn Executor>,
    ticket: Ticket,
    start: Instant,
    /// Milliseconds the first one takes for the same steps.
    to_beat: f64,
}

impl Race {
    /// Times `home`, which computes on this thread, and gives `other` steps that would take it three frames.
    pub fn start(mut home: Box<dyn Executor>, mut other: Box<dyn Executor>) -> Result<Self, EngineError> {
        let start = Instant::now();
        let mut steps = 0;
        let elapsed = || start.elapsed().as_secs_f64() * 1e3;
        while steps == 0 || (elapsed() < HOME_MS && steps < MOST) {
            home.run(1)?;
            steps += 1;
        }
        let each = (elapsed() / f64::from(steps)).max(1e-6);
        let given = (AWAY_MS / each).ceil().clamp(1.0, f64::from(MOST)) as u32;
        let start = Instant::now();
        other.run(given)?;
        let ticket = other.request(&["params"]);
        Ok(Self { other, ticket, start, to_beat: each * f64::from(given) })
    }

    /// Whether the other one was faster, once that is known. One that fails, or is late already, was not.
    pub fn poll(&mut self) -> Option<bool> {
        let answer = self.other.poll(self.ticket);
        let late = self.start.elapsed().as_secs_f64() * 1e3 > self.to_beat;
        match answer {
            Some(answer) => Some(answer.is_ok() && !late),
            None => late.then_some(false),
        }
    }
}
