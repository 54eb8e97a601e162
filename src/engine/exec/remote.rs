//! An executor somewhere else: orders go out, answers come back, as plain data over any channel. The other end, [`Server`],
//! runs them on CPU executors. On the web a Worker holds it; on the desktop and in tests a [`Thread`].
//!
//! A parcel is a head of a few bytes, written by `postcard`, and the numbers beside it, which a channel may hand over
//! without looking at them. Every parcel names the executor it is about, so that answers to one that is gone are dropped.

mod server;
mod thread;

pub use server::Server;
pub use thread::Thread;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Backend, Executor, Health, Pace, Readback, Ticket, check_len};
use crate::engine::EngineError;
use crate::engine::plan::{MOMENTS, Plan};

/// What travels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parcel {
    /// An order or an answer.
    pub head: Vec<u8>,
    /// Tensors that belong to it.
    pub data: Vec<Vec<f32>>,
}

impl Parcel {
    fn pack(executor: u32, head: &impl Serialize, data: Vec<Vec<f32>>) -> Self {
        // Writing to memory cannot fail for these types; an empty head is refused by whoever opens it.
        Self { head: postcard::to_allocvec(&(executor, head)).unwrap_or_default(), data }
    }

    fn open<'a, T: Deserialize<'a>>(&'a self) -> Result<(u32, T), EngineError> {
        postcard::from_bytes(&self.head)
            .map_err(|error| EngineError::Remote(format!("a message that cannot be read: {error}")))
    }
}

/// What an executor is told; tensors come with the parcel, in the order of the names.
#[derive(Debug, Serialize, Deserialize)]
enum Order {
    Open(Box<Plan>),
    Write(String),
    Params,
    Moments {
        age: u32,
    },
    ResetMoments,
    Knob(String, f64),
    Seed(u64),
    Step(u32),
    Run(u32),
    /// Steps for so many milliseconds. Where a rest is wanted, a step that does not fit is done in such slices with rests
    /// between them.
    Advance {
        steps: u32,
        ms: f64,
        rest: f64,
    },
    Marks(Vec<u32>),
    Request {
        ticket: u64,
        outputs: Vec<String>,
    },
    Close,
}

/// What it says; tensors likewise.
#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Read { ticket: u64, step: u32, outputs: Vec<String> },
    Failed(String),
}

/// An answer with its tensors.
type Said = (Answer, Vec<Vec<f32>>);

impl Answer {
    fn failure(&self) -> Option<&str> {
        if let Self::Failed(why) = self { Some(why) } else { None }
    }
}

/// A way to a server and back, which never blocks.
pub trait Port {
    /// Sends a parcel, after those before it.
    fn send(&mut self, parcel: Parcel);
    /// The next parcel that has arrived.
    ///
    /// # Errors
    /// Why none will come any more.
    fn receive(&mut self) -> Result<Option<Parcel>, String>;
}

/// The near end of a port, which any number of executors share.
#[derive(Clone)]
pub struct Remote {
    shared: Rc<RefCell<Shared>>,
}

struct Shared {
    port: Box<dyn Port>,
    share: f64,
    last: u32,
    /// Answers that their executor has not seen, by its number.
    arrived: BTreeMap<u32, Vec<Said>>,
    fault: Option<String>,
}

impl Remote {
    /// Over a port.
    pub fn new(port: Box<dyn Port>) -> Self {
        let shared = Shared { port, share: 1.0, last: 0, arrived: BTreeMap::new(), fault: None };
        Self { shared: Rc::new(RefCell::new(shared)) }
    }

    /// Of the milliseconds that executors are given from now on the other end works this part, in (0, 1], and rests for what
    /// is left, in the middle of a step too where that takes longer.
    pub fn set_share(&self, share: f64) {
        self.shared.borrow_mut().share = share;
    }

    /// Why the other end is not heard of any more.
    pub fn fault(&self) -> Option<String> {
        let mut shared = self.shared.borrow_mut();
        shared.pump();
        shared.fault.clone()
    }

    /// An executor at the other end.
    ///
    /// # Errors
    /// The plan is not sound, or the other end is gone.
    pub fn executor(&self, plan: Arc<Plan>) -> Result<RemoteExecutor, EngineError> {
        plan.check()?;
        if let Some(fault) = self.fault() {
            return Err(EngineError::Remote(fault));
        }
        let mut shared = self.shared.borrow_mut();
        shared.last += 1;
        let number = shared.last;
        shared.arrived.insert(number, Vec::new());
        shared.port.send(Parcel::pack(number, &Order::Open(Box::new((*plan).clone())), Vec::new()));
        Ok(RemoteExecutor {
            remote: self.clone(),
            number,
            plan,
            tickets: 0,
            wanted: 0,
            answers: BTreeMap::new(),
            failure: None,
        })
    }
}

impl Shared {
    /// Takes in what has arrived.
    fn pump(&mut self) {
        while self.fault.is_none() {
            match self.port.receive() {
                Ok(Some(parcel)) => self.sort(parcel),
                Ok(None) => return,
                Err(why) => self.fault = Some(why),
            }
        }
    }

    /// Puts an answer where its executor finds it. Of one that was dropped none is kept.
    fn sort(&mut self, mut parcel: Parcel) {
        let data = std::mem::take(&mut parcel.data);
        match parcel.open::<Answer>() {
            Ok((number, answer)) => {
                if let Some(kept) = self.arrived.get_mut(&number) {
                    kept.push((answer, data));
                } else if let (0, Answer::Failed(why)) = (number, answer) {
                    self.fault = Some(why);
                }
            }
            Err(error) => self.fault = Some(error.to_string()),
        }
    }
}

/// Runs a plan at the other end of a port.
pub struct RemoteExecutor {
    remote: Remote,
    number: u32,
    plan: Arc<Plan>,
    tickets: u64,
    /// Answers under way.
    wanted: usize,
    answers: BTreeMap<Ticket, Result<Readback, EngineError>>,
    failure: Option<String>,
}

impl RemoteExecutor {
    fn send(&self, order: &Order, data: Vec<Vec<f32>>) {
        self.remote.shared.borrow_mut().port.send(Parcel::pack(self.number, order, data));
    }

    fn collect(&mut self) {
        let mut shared = self.remote.shared.borrow_mut();
        shared.pump();
        let arrived = shared.arrived.get_mut(&self.number).map(std::mem::take).unwrap_or_default();
        for (answer, data) in arrived {
            match answer {
                Answer::Read { ticket, step, outputs } => {
                    let arrays = outputs.into_iter().zip(data).collect();
                    self.wanted = self.wanted.saturating_sub(1);
                    self.answers.insert(Ticket(ticket), Ok(Readback { arrays, step }));
                }
                Answer::Failed(why) => self.failure = Some(why),
            }
        }
    }

    fn trouble(&self) -> Health {
        if let Some(why) = &self.failure {
            return Health::Failed(why.clone());
        }
        let shared = self.remote.shared.borrow();
        let said = shared.arrived.get(&self.number).into_iter().flatten();
        if let Some(why) = said.into_iter().find_map(|(answer, _)| answer.failure()) {
            return Health::Failed(why.to_owned());
        }
        shared.fault.clone().map_or(Health::Ok, Health::Lost)
    }

    fn usable(&self) -> Result<(), EngineError> {
        match self.trouble() {
            Health::Ok => Ok(()),
            Health::Lost(why) | Health::Failed(why) => Err(EngineError::Remote(why)),
        }
    }
}

impl Drop for RemoteExecutor {
    fn drop(&mut self) {
        self.send(&Order::Close, Vec::new());
        self.remote.shared.borrow_mut().arrived.remove(&self.number);
    }
}

impl Executor for RemoteExecutor {
    fn backend(&self) -> Backend {
        Backend::Cpu
    }

    fn write(&mut self, name: &str, data: &[f32]) -> Result<(), EngineError> {
        self.plan.frame_offsets(name, data.len())?;
        self.send(&Order::Write(name.to_owned()), vec![data.to_vec()]);
        Ok(())
    }

    fn set_params(&mut self, flat: &[f32]) -> Result<(), EngineError> {
        check_len("params", self.plan.params().len, flat.len())?;
        self.send(&Order::Params, vec![flat.to_vec()]);
        Ok(())
    }

    fn set_knob(&mut self, name: &str, value: f64) -> Result<(), EngineError> {
        self.plan.knob(name)?;
        self.send(&Order::Knob(name.to_owned(), value), Vec::new());
        Ok(())
    }

    fn set_seed(&mut self, seed: u64) {
        self.send(&Order::Seed(seed), Vec::new());
    }

    fn set_step(&mut self, step: u32) {
        self.send(&Order::Step(step), Vec::new());
    }

    fn reset_moments(&mut self) {
        self.send(&Order::ResetMoments, Vec::new());
    }

    fn set_moments(&mut self, flat: &[f32], age: u32) -> Result<(), EngineError> {
        check_len("moments", self.plan.buffers[MOMENTS].len, flat.len())?;
        self.send(&Order::Moments { age }, vec![flat.to_vec()]);
        Ok(())
    }

    fn run(&mut self, steps: u32) -> Result<(), EngineError> {
        self.usable()?;
        self.send(&Order::Run(steps), Vec::new());
        Ok(())
    }

    fn pace(&self) -> Pace {
        Pace::Apart
    }

    fn advance(&mut self, steps: u32, ms: f64) -> Result<bool, EngineError> {
        self.usable()?;
        let share = self.remote.shared.borrow().share;
        self.send(&Order::Advance { steps, ms: ms * share, rest: ms * (1.0 - share) }, Vec::new());
        Ok(true)
    }

    fn set_marks(&mut self, marks: &[u32]) {
        self.send(&Order::Marks(marks.to_vec()), Vec::new());
    }

    fn request(&mut self, outputs: &[&str]) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        match outputs.iter().try_for_each(|name| self.plan.readable(name).map(|_| ())) {
            Ok(()) => {
                let outputs = outputs.iter().map(|&name| name.to_owned()).collect();
                self.send(&Order::Request { ticket: ticket.0, outputs }, Vec::new());
                self.wanted += 1;
            }
            Err(error) => drop(self.answers.insert(ticket, Err(error))),
        }
        ticket
    }

    fn poll(&mut self, ticket: Ticket) -> Option<Result<Readback, EngineError>> {
        self.collect();
        let answer = self.answers.remove(&ticket);
        answer.or_else(|| self.usable().err().map(Err))
    }

    fn in_flight(&self) -> usize {
        self.wanted
    }

    fn health(&self) -> Health {
        self.remote.shared.borrow_mut().pump();
        self.trouble()
    }
}
