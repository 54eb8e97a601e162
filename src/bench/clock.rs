//! A plan under the clock, in slices and without waiting: the same on the command line and in a page.

use web_time::{Duration, Instant};

use crate::engine::{Backend, EngineError, Executor, Ticket};

/// Most launches in one submission, so that no command buffer grows beyond bounds.
const MOST_LAUNCHES: usize = 20_000;

/// Runs of a plan that are timed together.
#[derive(Clone, Debug, PartialEq)]
pub struct Lap {
    /// How many runs.
    pub steps: u32,
    /// Seconds they took. On the CPU those of computing alone, whatever came between the slices; on a device from the
    /// first submission until the numbers were read back.
    pub seconds: f64,
    /// Seconds for which they held this thread.
    pub host_seconds: f64,
    /// The output, as it was after the last run.
    pub values: Vec<f32>,
    /// The executor's step after the last run.
    pub step: u32,
}

/// Times laps of one executor.
pub struct Clock {
    exec: Box<dyn Executor>,
    output: &'static str,
    /// Seconds that a slice is to take.
    slice: f64,
    /// Most runs in a slice.
    most: u32,
    /// Runs in the next slice.
    part: u32,
    /// What is under way.
    running: Option<Running>,
}

struct Running {
    steps: u32,
    left: u32,
    start: Instant,
    host: Duration,
    ticket: Option<Ticket>,
}

impl Clock {
    /// A clock for an executor whose plan has `launches`; a lap ends with the `output` on the host. It is worked in
    /// slices of about `slice` seconds.
    pub fn new(exec: Box<dyn Executor>, launches: usize, output: &'static str, slice: f64) -> Self {
        let most = (MOST_LAUNCHES / launches.max(1)).max(1) as u32;
        Self { exec, output, slice, most, part: 1, running: None }
    }

    /// Where it computes.
    pub fn backend(&self) -> Backend {
        self.exec.backend()
    }

    /// Whether all is submitted and the answer is awaited; never on the CPU.
    pub fn is_waiting(&self) -> bool {
        self.running.as_ref().is_some_and(|running| running.ticket.is_some())
    }

    /// Begins a lap of at least one run; one that is under way is given up.
    pub fn start(&mut self, steps: u32) {
        let steps = steps.max(1);
        let (start, host) = (Instant::now(), Duration::ZERO);
        self.running = Some(Running { steps, left: steps, start, host, ticket: None });
    }

    /// Goes on by a slice; the lap, once it is over. On a device there may be nothing to do but to ask again later.
    ///
    /// # Errors
    /// Those of the executor.
    pub fn advance(&mut self) -> Result<Option<Lap>, EngineError> {
        let Some(running) = &mut self.running else { return Ok(None) };
        if running.ticket.is_none() {
            let (part, start) = (self.part.min(running.left), Instant::now());
            self.exec.run(part)?;
            running.left -= part;
            if running.left == 0 {
                running.ticket = Some(self.exec.request(&[self.output]));
            }
            let took = start.elapsed();
            running.host += took;
            self.part = next_part(part, self.part, took.as_secs_f64(), self.slice).min(self.most);
        }
        let Some(answer) = running.ticket.and_then(|ticket| self.exec.poll(ticket)) else { return Ok(None) };
        let wall = running.start.elapsed().as_secs_f64();
        let (steps, host_seconds) = (running.steps, running.host.as_secs_f64());
        let seconds = if self.exec.backend() == Backend::Cpu { host_seconds } else { wall };
        self.running = None;
        let mut answer = answer?;
        let values = answer.arrays.remove(self.output).unwrap_or_default();
        Ok(Some(Lap { steps, seconds, host_seconds, values, step: answer.step }))
    }
}

/// Runs for the next slice, when `part` of at most `allowed` took so many `seconds`: what fits, but at most twice as many
/// as before, because clocks of browsers are coarse and a first run is not like the others.
fn next_part(part: u32, allowed: u32, seconds: f64, slice: f64) -> u32 {
    let fits = f64::from(part) * slice / seconds.max(1e-9);
    (fits.min(2.0 * f64::from(allowed)) as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::next_part;

    #[test]
    fn slices_grow_to_what_fits_and_shrink_at_once() {
        assert_eq!(next_part(1, 1, 0.0, 6e-3), 2, "a clock that has not moved");
        assert_eq!(next_part(8, 8, 2e-3, 6e-3), 16);
        assert_eq!(next_part(8, 8, 4e-3, 6e-3), 12);
        assert_eq!(next_part(8, 8, 96e-3, 6e-3), 1);
        assert_eq!(next_part(3, 8, 1e-3, 6e-3), 16, "the rest of a lap does not hold the next one back");
    }
}
