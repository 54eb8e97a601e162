//! The lab's audit on the command line: every task, every model that takes it, and each way to break one.

use super::forward::{Forward, forward_plan};
use super::protocol::ROWS;
use super::score::residuals;
use super::task::{Motion, act_inputs, linear_group, motions, own_io, symmetry};
use crate::data::tasks::{Part, Samples, Task};
use crate::engine::{CpuExecutor, Executor, MakeExecutor};
use crate::labs::check::{Backend, CheckError, CheckOptions, Precision, Report, Row, Symmetry};
use crate::maths::residual::median_worst;
use crate::maths::rng::Rng;
use crate::nn::layer::Symmetry as Claim;
use crate::nn::tensors::{Breaks, Kind, Network, Spec};

/// Seed of the untrained parameters under audit.
const INIT: u64 = 0;
/// Stream of the elements.
const STREAM: u64 = 0xE1E;
/// Rapidity that the bound on boosts is for.
const MODERATE: f64 = 2.0;

/// A row of the audit before it is measured.
#[derive(Clone, Copy, Debug)]
struct Subject {
    task: Task,
    kind: Kind,
    breaks: Breaks,
    /// Whether particles are shifted as well.
    shifted: bool,
}

/// Bound on the worst residual of an equivariant network.
///
/// f32 keeps 24 bits, and a compact group makes nothing longer: a hundred roundings in a row stay below 1e-5. A boost of
/// rapidity η makes components e^η times as large; invariants of degree four are left over from e^4η times as much, which
/// is 3000 at η = 2: 1e-3, and beyond that it grows as they do. In f64 the same with 53 bits and some room.
pub fn bound(task: Task, double: bool, rapidity: f64) -> f64 {
    let boost = task == Task::Lorentz;
    let grown = if boost { (4.0 * (rapidity - MODERATE)).max(0.0).exp() } else { 1.0 };
    let least = match (boost, double) {
        (false, false) => 1e-5,
        (true, false) => 1e-3,
        (false, true) => 1e-12,
        (true, true) => 1e-10,
    };
    least * grown
}

/// Audits every row.
///
/// # Errors
/// A backend that is not there, a network that cannot be built, an executor that fails.
pub fn run(options: &CheckOptions) -> Result<Report, CheckError> {
    if options.backend == Backend::Gpu && options.precision == Precision::F64 {
        return Err(CheckError::BackendMissing {
            backend: Backend::Gpu,
            reason: "f64 runs on the CPU; WGSL has no f64".to_owned(),
        });
    }
    let (make, adapter) = executors(options.backend)?;
    let rows: Result<Vec<Row>, CheckError> =
        subjects().into_iter().map(|subject| audit(subject, options, &*make)).collect();
    let groups = rows?;
    Ok(Report {
        lab: super::META.slug.to_owned(),
        backend: options.backend,
        adapter,
        precision: options.precision,
        samples: options.samples,
        seed: options.seed,
        passed: groups.iter().all(|r| r.passed),
        groups,
    })
}

fn subjects() -> Vec<Subject> {
    let intact = Breaks::default();
    let bias = Breaks { bias: true, ..intact };
    let euclidean = Breaks { euclidean: true, ..intact };
    let mut list = Vec::new();
    for task in Task::MAIN {
        let takes = |kind: Kind| own_io(task).is_ok_and(|io| kind.takes(&io));
        let of = |kind, breaks, shifted| Subject { task, kind, breaks, shifted };
        // What augmentation changes is training.
        for kind in Kind::ALL.into_iter().filter(|k| *k != Kind::MlpAug && takes(*k)) {
            list.push(of(kind, intact, false));
            if task.is_nbody() {
                list.push(of(kind, intact, true));
            }
        }
        list.push(of(Kind::Grepsnet, bias, false));
        if task == Task::Lorentz {
            list.push(of(Kind::Grepsnet, euclidean, false));
        }
    }
    list
}

impl Subject {
    fn group(self) -> &'static str {
        if self.shifted { symmetry(self.task) } else { linear_group(self.task) }
    }

    fn model(self) -> String {
        let broken = [("bias", self.breaks.bias), ("metric", self.breaks.euclidean)];
        let broken = broken.iter().filter(|(_, on)| *on).map(|(name, _)| format!("-broken-{name}"));
        std::iter::once(self.kind.slug().to_owned()).chain(broken).collect()
    }
}

fn audit(subject: Subject, o: &CheckOptions, make: &MakeExecutor) -> Result<Row, CheckError> {
    let failed = |e: &dyn std::fmt::Display| CheckError::Failed(format!("{}: {e}", subject.model()));
    let Subject { task, kind, breaks, shifted } = subject;
    let io = own_io(task).map_err(|e| failed(&e))?;
    let spec = Spec { breaks, ..Spec::published(kind, &io) };
    let exact = Network::new(spec, io).map_err(|e| failed(&e))?.symmetry() == Claim::Exact;
    let rows = o.samples.min(ROWS);
    let plan = forward_plan(task, spec, rows).map_err(|e| failed(&e))?;
    let params = plan.params().init(INIT);
    let double = o.precision == Precision::F64;
    let mut forward = if double {
        Forward::double(task, rows, plan)
    } else {
        Forward::single(task, rows, make(plan).map_err(|e| failed(&e))?)
    };
    forward.set_params(&params).map_err(|e| failed(&e))?;
    let samples = task.draw(o.seed, Part::Test, o.samples);
    let elements = motions(task, o.samples, o.rapidity, shifted, &mut Rng::new(o.seed, STREAM));
    let f_x = outputs(&mut forward, task, rows, &samples.t0, &samples.t1).map_err(|e| failed(&e))?;
    let moved = moved(task, &samples, &elements);
    let f_gx = outputs(&mut forward, task, rows, &samples.t0, &moved).map_err(|e| failed(&e))?;
    let found = residuals(task, &elements, &f_x, &f_gx, !double);
    let (median, worst) = median_worst(&found);
    let bound = exact.then(|| bound(task, double, o.rapidity));
    // A network whose output vanishes has shown nothing.
    let passed = bound.is_none_or(|bound| worst <= bound && !found.is_empty());
    Ok(Row {
        group: subject.group().to_owned(),
        model: format!("{}/{}", task.slug(), subject.model()),
        symmetry: if exact { Symmetry::Exact } else { Symmetry::None },
        samples: o.samples,
        median,
        worst,
        bound,
        passed,
    })
}

/// Vectors of all samples, each moved by an element of its own.
fn moved(task: Task, samples: &Samples, elements: &[Motion]) -> Vec<f64> {
    let width = task.shapes().dim * task.shapes().t1;
    samples.t1.chunks(width).zip(elements).flat_map(|(x, g)| act_inputs(task, g, x)).collect()
}

/// Outputs on all samples, part by part, waiting for each.
fn outputs(
    forward: &mut Forward,
    task: Task,
    rows: usize,
    t0: &[f64],
    t1: &[f64],
) -> Result<Vec<f64>, crate::engine::EngineError> {
    let s = task.shapes();
    let mut out = Vec::new();
    for (k, part) in t1.chunks(rows * s.dim * s.t1).enumerate() {
        let scalars = t0.chunks(rows * s.t0.max(1)).nth(k).unwrap_or_default();
        forward.submit(scalars, part)?;
        loop {
            match forward.poll() {
                Some(answer) => break out.extend(answer?),
                None => std::thread::yield_now(),
            }
        }
    }
    Ok(out)
}

fn executors(backend: Backend) -> Result<(Box<MakeExecutor>, String), CheckError> {
    match backend {
        Backend::Cpu => Ok((
            Box::new(|plan| Ok(Box::new(CpuExecutor::<f32>::new(plan)) as Box<dyn Executor>)),
            "CPU executor".to_owned(),
        )),
        Backend::Gpu => gpu_executors(),
    }
}

#[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
fn gpu_executors() -> Result<(Box<MakeExecutor>, String), CheckError> {
    use crate::engine::exec::gpu::{Gpu, GpuExecutor};
    let gpu = Gpu::headless()
        .map_err(|e| CheckError::BackendMissing { backend: Backend::Gpu, reason: e.to_string() })?;
    let name = gpu.adapter.clone();
    Ok((Box::new(move |plan| Ok(Box::new(GpuExecutor::new(&gpu, plan)) as Box<dyn Executor>)), name))
}

#[cfg(not(all(feature = "gpu", not(target_arch = "wasm32"))))]
fn gpu_executors() -> Result<(Box<MakeExecutor>, String), CheckError> {
    Err(CheckError::BackendMissing {
        backend: Backend::Gpu,
        reason: "this build has no command-line GPU".to_owned(),
    })
}
