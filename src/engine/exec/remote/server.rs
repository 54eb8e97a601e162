//! The far end of a port.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use web_time::Instant;

use super::{Answer, Order, Parcel};
use crate::engine::EngineError;
use crate::engine::exec::{CpuExecutor, Executor, steps_to_mark};

/// The far end: CPU executors by number.
#[derive(Default)]
pub struct Server {
    executors: BTreeMap<u32, Hosted>,
}

struct Hosted {
    executor: CpuExecutor<f32>,
    marks: Vec<u32>,
    /// The step that was cut and is gone on with after a rest.
    cut: Option<Cut>,
    /// Orders from after that step.
    held: VecDeque<(Order, Vec<Vec<f32>>)>,
}

/// How a step that was cut goes on: milliseconds of work and of rest, and when the work begins again.
struct Cut {
    ms: f64,
    rest: f64,
    due: Instant,
}

impl Cut {
    fn new(ms: f64, rest: f64) -> Self {
        Self { ms, rest, due: Instant::now() + Duration::from_secs_f64(rest.clamp(0.0, 1e3) / 1e3) }
    }
}

impl Server {
    /// Does what a parcel says; the answer, where it asks for one or fails.
    pub fn handle(&mut self, parcel: Parcel) -> Option<Parcel> {
        let (number, order) = match parcel.open::<Order>() {
            Ok(opened) => opened,
            Err(error) => return Some(Parcel::pack(0, &Answer::Failed(error.to_string()), Vec::new())),
        };
        match order {
            Order::Open(plan) => {
                let executor = CpuExecutor::new(Arc::from(plan));
                let hosted = Hosted { executor, marks: Vec::new(), cut: None, held: VecDeque::new() };
                self.executors.insert(number, hosted);
                None
            }
            Order::Close => {
                self.executors.remove(&number);
                None
            }
            // One that is gone needs no orders any more.
            order => self.executors.get_mut(&number)?.take(number, order, parcel.data),
        }
    }

    /// When [`Server::go_on`] is to be called; none where no step was cut.
    pub fn due(&self) -> Option<Instant> {
        self.executors.values().filter_map(|hosted| Some(hosted.cut.as_ref()?.due)).min()
    }

    /// Goes on with the steps whose rest is over, and with what was ordered after them; the answers.
    pub fn go_on(&mut self) -> Vec<Parcel> {
        let now = Instant::now();
        let due = |hosted: &Hosted| hosted.cut.as_ref().is_some_and(|cut| cut.due <= now);
        let due = self.executors.iter_mut().filter(|(_, hosted)| due(hosted));
        due.flat_map(|(number, hosted)| hosted.go_on(*number)).collect()
    }
}

impl Hosted {
    /// Obeys, or keeps the order until the step before it is whole.
    fn take(&mut self, number: u32, order: Order, data: Vec<Vec<f32>>) -> Option<Parcel> {
        if self.cut.is_some() {
            self.held.push_back((order, data));
            return None;
        }
        self.obey(number, order, data).unwrap_or_else(|error| failed(number, &error))
    }

    fn go_on(&mut self, number: u32) -> Vec<Parcel> {
        let Some(Cut { ms, rest, .. }) = self.cut.take() else { return Vec::new() };
        match self.executor.advance(1, ms) {
            Ok(true) => {}
            Ok(false) => {
                self.cut = Some(Cut::new(ms, rest));
                return Vec::new();
            }
            Err(error) => return failed(number, &error).into_iter().collect(),
        }
        let mut answers = Vec::new();
        while self.cut.is_none()
            && let Some((order, data)) = self.held.pop_front()
        {
            answers.extend(self.take(number, order, data));
        }
        answers
    }

    fn obey(
        &mut self,
        number: u32,
        order: Order,
        mut data: Vec<Vec<f32>>,
    ) -> Result<Option<Parcel>, EngineError> {
        let executor = &mut self.executor;
        let first = data.pop().unwrap_or_default();
        match order {
            // The server's own.
            Order::Open(_) | Order::Close => {}
            Order::Write(name) => executor.write(&name, &first)?,
            Order::Params => executor.set_params(&first)?,
            Order::Moments { age } => executor.set_moments(&first, age)?,
            Order::ResetMoments => executor.reset_moments(),
            Order::Knob(name, value) => executor.set_knob(&name, value)?,
            Order::Seed(seed) => executor.set_seed(seed),
            Order::Step(step) => executor.set_step(step),
            Order::Run(steps) => executor.run(steps)?,
            // Without a rest a step that was cut is finished by the request.
            Order::Advance { steps, ms, rest } => {
                let steps = steps_to_mark(&self.marks, executor.step(), steps);
                if !executor.advance(steps, ms)? && rest > 0.0 {
                    self.cut = Some(Cut::new(ms, rest));
                }
            }
            Order::Marks(steps) => self.marks = steps,
            Order::Request { ticket, outputs } => {
                let data = outputs.iter().map(|name| executor.read_settled(name));
                let data = data.collect::<Result<Vec<_>, _>>()?;
                let step = executor.step();
                return Ok(Some(Parcel::pack(number, &Answer::Read { ticket, step, outputs }, data)));
            }
        }
        Ok(None)
    }
}

fn failed(number: u32, error: &EngineError) -> Option<Parcel> {
    Some(Parcel::pack(number, &Answer::Failed(error.to_string()), Vec::new()))
}
