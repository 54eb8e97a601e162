//! The lab's audit on the command line: runs to its end, waiting where it must.

use super::audit::Audit;
use crate::engine::MakeExecutor;
use crate::labs::check::{Backend, CheckError, CheckOptions, Precision, Report};
use crate::labs::places::Places;

/// Audits every group of the lab.
pub fn run(options: &CheckOptions) -> Result<Report, CheckError> {
    let failed = |e: &dyn std::fmt::Display| CheckError::Failed(e.to_string());
    if options.backend == Backend::Gpu && options.precision == Precision::F64 {
        return Err(CheckError::BackendMissing {
            backend: Backend::Gpu,
            reason: "f64 runs on the CPU; WGSL has no f64".to_owned(),
        });
    }
    let make = executors(options.backend)?;
    let mut audit = Audit::new(*options);
    while !audit.advance(&*make).map_err(|e| failed(&e))? {
        std::thread::yield_now();
    }
    Ok(audit.report())
}

fn executors(backend: Backend) -> Result<Box<MakeExecutor>, CheckError> {
    match backend {
        Backend::Cpu => {
            let cpu = Places::cpu().forward;
            Ok(Box::new(move |plan| cpu(plan)))
        }
        Backend::Gpu => gpu_executors(),
    }
}

#[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
fn gpu_executors() -> Result<Box<MakeExecutor>, CheckError> {
    use crate::engine::Executor;
    use crate::engine::exec::gpu::{Gpu, GpuExecutor};
    let gpu = Gpu::headless()
        .map_err(|e| CheckError::BackendMissing { backend: Backend::Gpu, reason: e.to_string() })?;
    Ok(Box::new(move |plan| Ok(Box::new(GpuExecutor::new(&gpu, plan)) as Box<dyn Executor>)))
}

#[cfg(not(all(feature = "gpu", not(target_arch = "wasm32"))))]
fn gpu_executors() -> Result<Box<MakeExecutor>, CheckError> {
    Err(CheckError::BackendMissing {
        backend: Backend::Gpu,
        reason: "this build has no command-line GPU".to_owned(),
    })
}
