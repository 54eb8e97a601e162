//! Steps that are taken at once, on this thread, while another executor gets ready; that one goes on with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Backend, CpuExecutor, Executor, Health, Pace, Readback, Ticket, Warmth};
use crate::engine::{EngineError, Plan};

/// Runs a plan on the processor until another executor is [ready](Executor::warm), and there from then on. Parameters,
/// moments with their age, and step go over, also in the middle of a step, which is finished first; inputs, knobs and
/// seed both have. So the numbers are those of one run, up to what the two places differ by in rounding, and
/// [`Executor::backend`] and [`Executor::pace`] say which of them has the run.
///
/// It runs at once whatever its warmth, which is the other one's. Outputs other than parameters, moments and losses are
/// those of the last step in the same place: after the change there are none before the next step.
pub struct Relay {
    plan: Arc<Plan>,
    /// Has the run, until the other one is ready.
    first: Option<CpuExecutor<f32>>,
    then: Box<dyn Executor>,
    /// Answers of the first one, which may be gone when they are asked for.
    answers: BTreeMap<Ticket, Result<Readback, EngineError>>,
    /// Losses as the first one left them, and at which step.
    before: Readback,
    failure: Option<EngineError>,
}

/// Tickets of the first one have even numbers, those of the other one odd ones.
fn marked(ticket: Ticket, late: bool) -> Ticket {
    Ticket(2 * ticket.0 + u64::from(late))
}

impl Relay {
    /// A relay to an executor of the same plan.
    pub fn to(plan: Arc<Plan>, then: Box<dyn Executor>) -> Self {
        let first = Some(CpuExecutor::new(Arc::clone(&plan)));
        let before = Readback { arrays: BTreeMap::new(), step: 0 };
        Self { plan, first, then, answers: BTreeMap::new(), before, failure: None }
    }

    /// The one that has the run.
    fn runner(&mut self) -> &mut dyn Executor {
        match &mut self.first {
            Some(first) => first,
            None => &mut *self.then,
        }
    }

    fn hand_over(&mut self, mut first: CpuExecutor<f32>) -> Result<(), EngineError> {
        self.then.set_params(&first.read_settled("params")?)?;
        if let Ok(moments) = first.read("moments") {
            self.then.set_moments(&moments, first.age())?;
        }
        self.then.set_step(first.step());
        let rings = self.plan.losses.iter().map(|loss| format!("history:{loss}"));
        let rings = rings.map(|ring| first.read(&ring).map(|values| (ring, values)));
        self.before = Readback { arrays: rings.collect::<Result<_, _>>()?, step: first.step() };
        Ok(())
    }

    /// An answer of the other one, with the losses of steps before it came.
    fn complete(&self, mut answer: Readback) -> Readback {
        for (name, ring) in &mut answer.arrays {
            let Some(before) = self.before.arrays.get(name) else { continue };
            let oldest = answer.step.saturating_sub(ring.len() as u32);
            for step in oldest..self.before.step {
                let at = step as usize % ring.len();
                ring[at] = before[at];
            }
        }
        answer
    }
}

impl Executor for Relay {
    fn backend(&self) -> Backend {
        self.first.as_ref().map_or_else(|| self.then.backend(), Executor::backend)
    }

    fn write(&mut self, name: &str, data: &[f32]) -> Result<(), EngineError> {
        self.first.as_mut().map_or(Ok(()), |first| first.write(name, data))?;
        self.then.write(name, data)
    }

    fn set_params(&mut self, flat: &[f32]) -> Result<(), EngineError> {
        self.runner().set_params(flat)
    }

    fn set_knob(&mut self, name: &str, value: f64) -> Result<(), EngineError> {
        self.first.as_mut().map_or(Ok(()), |first| first.set_knob(name, value))?;
        self.then.set_knob(name, value)
    }

    fn set_seed(&mut self, seed: u64) {
        self.then.set_seed(seed);
        self.runner().set_seed(seed);
    }

    fn set_step(&mut self, step: u32) {
        // Steps from here on are taken anew.
        self.before.step = self.before.step.min(step);
        self.runner().set_step(step);
    }

    fn reset_moments(&mut self) {
        self.runner().reset_moments();
    }

    fn set_moments(&mut self, flat: &[f32], age: u32) -> Result<(), EngineError> {
        self.runner().set_moments(flat, age)
    }

    fn warm(&mut self) -> Warmth {
        let warmth = self.then.warm();
        if warmth.is_ready()
            && self.then.health() == Health::Ok
            && let Some(first) = self.first.take()
        {
            self.failure = self.hand_over(first).err();
        }
        warmth
    }

    fn run(&mut self, steps: u32) -> Result<(), EngineError> {
        self.runner().run(steps)
    }

    fn pace(&self) -> Pace {
        self.first.as_ref().map_or_else(|| self.then.pace(), Executor::pace)
    }

    fn advance(&mut self, steps: u32, ms: f64) -> Result<bool, EngineError> {
        self.runner().advance(steps, ms)
    }

    fn set_marks(&mut self, marks: &[u32]) {
        if let Some(first) = &mut self.first {
            first.set_marks(marks);
        }
        self.then.set_marks(marks);
    }

    fn request(&mut self, outputs: &[&str]) -> Ticket {
        let Some(first) = &mut self.first else { return marked(self.then.request(outputs), true) };
        let inner = first.request(outputs);
        let ticket = marked(inner, false);
        self.answers.extend(first.poll(inner).map(|answer| (ticket, answer)));
        ticket
    }

    fn poll(&mut self, ticket: Ticket) -> Option<Result<Readback, EngineError>> {
        if ticket.0.is_multiple_of(2) {
            return self.answers.remove(&ticket);
        }
        Some(self.then.poll(Ticket(ticket.0 / 2))?.map(|answer| self.complete(answer)))
    }

    fn in_flight(&self) -> usize {
        self.then.in_flight()
    }

    fn health(&self) -> Health {
        match (self.then.health(), &self.failure) {
            (Health::Ok, Some(failure)) => Health::Failed(failure.to_string()),
            (Health::Ok, None) => self.first.as_ref().map_or(Health::Ok, Executor::health),
            (trouble, _) => trouble,
        }
    }
}
