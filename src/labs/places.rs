//! Where a lab computes.

use crate::engine::exec::remote::Remote;
use crate::engine::{CpuExecutor, Executor, MakeExecutor, Plan};
use crate::session::Challenger;
use std::rc::Rc;
use std::sync::Arc;

/// Makes the executors of a lab.
#[derive(Clone)]
pub struct Places {
    /// Forward passes and sweeps.
    pub forward: Rc<MakeExecutor>,
    /// Training steps.
    pub training: Rc<MakeExecutor>,
    /// The same on this thread: what others are measured by, and where computing goes on if a thread of its own ends.
    pub here: Rc<MakeExecutor>,
    /// Takes the training over where a trial shows that it is faster.
    pub challenger: Option<Challenger>,
}

impl Places {
    /// Everything on the CPU.
    pub fn cpu() -> Self {
        let make: Rc<MakeExecutor> =
            Rc::new(|plan| Ok(Box::new(CpuExecutor::<f32>::new(plan)) as Box<dyn Executor>));
        Self { forward: make.clone(), training: make.clone(), here: make, challenger: None }
    }

    /// Everything on the processor, training in another thread as long as that lives.
    pub fn with_worker(worker: Remote) -> Self {
        let cpu = Self::cpu();
        let here = cpu.here.clone();
        let training: Rc<MakeExecutor> =
            Rc::new(move |plan: Arc<Plan>| match worker.executor(plan.clone()) {
                Ok(executor) => Ok(Box::new(executor) as Box<dyn Executor>),
                Err(_) => here(plan),
            });
        Self { training, ..cpu }
    }

    /// The same where a lab is given another thread, or none.
    pub fn on_processor(worker: Option<&Remote>) -> Self {
        worker.cloned().map_or_else(Self::cpu, Self::with_worker)
    }
}
