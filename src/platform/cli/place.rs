//! Where a command computes: `--backend cpu|gpu|auto`, and executors for it.

use std::sync::Arc;

use clap::ValueEnum;

use crate::engine::exec::gpu::{Gpu, GpuExecutor};
use crate::engine::{CpuExecutor, EngineError, Executor, MakeExecutor, Plan};
use crate::session::Race;

/// Where to compute, as an argument.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Cpu,
    Gpu,
    Auto,
}

/// A way to a graphics device.
pub type Device<'a> = &'a dyn Fn() -> Result<Gpu, EngineError>;

/// An executor on this processor.
pub fn on_cpu(plan: Arc<Plan>) -> Result<Box<dyn Executor>, EngineError> {
    Ok(Box::new(CpuExecutor::<f32>::new(plan)))
}

/// The same with so many threads for each launch that is worth it.
pub fn on_threads(plan: Arc<Plan>, threads: usize) -> Result<Box<dyn Executor>, EngineError> {
    let mut executor = CpuExecutor::<f32>::new(plan);
    executor.set_threads(threads);
    Ok(Box::new(executor))
}

/// Executors for plans. With `auto` a plan that trains goes where a trial of a few steps was faster, if there is
/// a device other than the processor itself.
///
/// # Errors
/// `gpu` without a device.
pub fn executors(place: Place, device: Device<'_>) -> Result<Box<MakeExecutor>, EngineError> {
    let gpu = match place {
        Place::Cpu => None,
        Place::Gpu => Some(device()?),
        // A software adapter is the same processor by a detour.
        Place::Auto => device().ok().filter(|gpu| !gpu.software),
    };
    let Some(gpu) = gpu else { return Ok(Box::new(on_cpu)) };
    let there = move |plan| Ok(Box::new(GpuExecutor::new(&gpu, plan)) as Box<dyn Executor>);
    if place == Place::Gpu {
        return Ok(Box::new(there));
    }
    Ok(Box::new(move |plan: Arc<Plan>| {
        // Only training is long enough for a trial.
        if plan.losses.is_empty() {
            return on_cpu(plan);
        }
        let mut race = Race::new(on_cpu(Arc::clone(&plan))?, there(Arc::clone(&plan))?);
        loop {
            match race.poll() {
                Some(true) => return there(plan),
                Some(false) => return on_cpu(plan),
                None => std::thread::yield_now(),
            }
        }
    }))
}
