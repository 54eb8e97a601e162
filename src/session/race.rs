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

/// A trial of two executors on a plan. Their numbers are thrown away: a race needs executors of its own. It begins once
/// the other one is ready, so that nobody waits while it compiles.
pub struct Race {
    home: Box<dyn Executor>,
    other: Box<dyn Executor>,
    heat: Option<Heat>,
}

/// The other one on its way.
struct Heat {
    ticket: Ticket,
    start: Instant,
    /// Milliseconds the first one takes for the same steps.
    to_beat: f64,
}

impl Race {
    /// A race of `home`, which computes on this thread, against `other`.
    pub fn new(home: Box<dyn Executor>, other: Box<dyn Executor>) -> Self {
        Self { home, other, heat: None }
    }

    /// Whether the other one was faster, once that is known; to be asked frame by frame. One that fails, or is late
    /// already, was not.
    pub fn poll(&mut self) -> Option<bool> {
        let Some(heat) = &self.heat else {
            if self.other.warm().is_ready() {
                match Heat::start(self.home.as_mut(), self.other.as_mut()) {
                    Ok(heat) => self.heat = Some(heat),
                    Err(_) => return Some(false),
                }
            }
            return None;
        };
        let answer = self.other.poll(heat.ticket);
        let late = heat.start.elapsed().as_secs_f64() * 1e3 > heat.to_beat;
        match answer {
            Some(answer) => Some(answer.is_ok() && !late),
            None => late.then_some(false),
        }
    }
}

impl Heat {
    /// Times `home` and gives `other` steps that would take it three frames.
    fn start(home: &mut dyn Executor, other: &mut dyn Executor) -> Result<Self, EngineError> {
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
        Ok(Self { ticket, start, to_beat: each * f64::from(given) })
    }
}
