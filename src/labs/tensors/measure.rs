//! How g acts on what goes in and comes out of a task, and networks evaluated without waiting.

use super::model::NETS;
use crate::data::Task;
use crate::engine::{Backend, CpuExecutor, EngineError, Executor, Pace, Plan, Ticket};
use crate::maths::Matrix;
use crate::maths::residual::residual;
use std::collections::VecDeque;
use std::sync::Arc;

/// Outputs on a batch, `[model, twin]`, each row after row.
pub type Outputs = [Vec<f64>; 2];

/// g applied to vectors packed as [D, c].
pub fn act(g: &Matrix, packed: &[f64]) -> Vec<f64> {
    let dim = g.rows();
    let n = packed.len() / dim.max(1);
    let mut out = vec![0.0; packed.len()];
    for i in 0..dim {
        for j in 0..dim {
            for c in 0..n {
                out[i * n + c] += g[(i, j)] * packed[j * n + c];
            }
        }
    }
    out
}

/// ρ(g) applied to one target: scalars stay, vectors [D, n] are multiplied by g, a tensor becomes g T gᵀ.
pub fn rho(task: Task, g: &Matrix, y: &[f64]) -> Vec<f64> {
    match task.shapes().rank {
        0 => y.to_vec(),
        1 => act(g, y),
        _ => {
            let d = g.rows();
            let left = act(g, y);
            // (g T) gᵀ: the second index is turned as the first was.
            let mut out = vec![0.0; y.len()];
            for (i, row) in left.chunks(d).enumerate() {
                for j in 0..d {
                    out[i * d + j] = (0..d).map(|k| row[k] * g[(j, k)]).sum();
                }
            }
            out
        }
    }
}

/// ‖ρ(g)‖₂ on the task's targets.
pub fn rho_norm(task: Task, g: &Matrix) -> f64 {
    g.operator_norm().powi(task.shapes().rank as i32)
}

/// The residual of one pair (g, x), with s the scale of the outputs. ρ(g) is rounded to f32 first where `single`, as
/// the precision under test asks.
pub fn pair_residual(task: Task, g: &Matrix, f_gx: &[f64], f_x: &[f64], s: f64, single: bool) -> Option<f64> {
    let rounded = single.then(|| Matrix::from_fn(g.rows(), g.cols(), |i, j| f64::from(g[(i, j)] as f32)));
    let g = rounded.as_ref().unwrap_or(g);
    residual(f_gx, &rho(task, g, f_x), rho_norm(task, g), s)
}

/// Mean squared error over the components of one sample.
pub fn mean_square(a: &[f64], b: &[f64]) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
    sum / b.len().max(1) as f64
}

/// The executor of a forward plan: any in f32, or the CPU's in f64.
enum Precision {
    Single(Box<dyn Executor>),
    Double(Box<CpuExecutor<f64>>),
}

enum Pending {
    Ticket(Ticket),
    Ready,
}

/// A forward plan of both networks on an executor, asked without waiting.
pub struct Forward {
    executor: Precision,
    batch: usize,
    /// Answers to come, in the order in which they were asked for.
    pending: VecDeque<Pending>,
}

impl Forward {
    /// In f32, on an executor that has loaded a forward plan for `batch` rows.
    pub fn single(executor: Box<dyn Executor>, batch: usize) -> Self {
        Self { executor: Precision::Single(executor), batch, pending: VecDeque::new() }
    }

    /// In f64, on the CPU.
    pub fn double(plan: Arc<Plan>, batch: usize) -> Self {
        Self {
            executor: Precision::Double(Box::new(CpuExecutor::new(plan))),
            batch,
            pending: VecDeque::new(),
        }
    }

    /// Where it runs.
    pub fn backend(&self) -> Backend {
        match &self.executor {
            Precision::Single(e) => e.backend(),
            Precision::Double(e) => e.backend(),
        }
    }

    /// Rows of a batch.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Takes new weights.
    pub fn set_params(&mut self, params: &[f32]) -> Result<(), EngineError> {
        match &mut self.executor {
            Precision::Single(e) => e.set_params(params),
            Precision::Double(e) => e.set_params(params),
        }
    }

    /// Whether an answer is on its way.
    pub fn waiting(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether it runs in a thread of its own, which may be given several batches at once.
    pub fn apart(&self) -> bool {
        matches!(&self.executor, Precision::Single(e) if e.pace() == Pace::Apart)
    }

    /// Submits rows of scalars and of packed vectors, rounded to the precision. Rows that are missing repeat the last
    /// one.
    pub fn submit<R: AsRef<[f64]>>(&mut self, t0: &[R], t1: &[R]) -> Result<(), EngineError> {
        let (t0, t1) = (fill_rows(t0, self.batch), fill_rows(t1, self.batch));
        let single = |v: &[f64]| v.iter().map(|v| *v as f32).collect::<Vec<f32>>();
        let pending = match &mut self.executor {
            Precision::Single(e) => {
                if !t0.is_empty() {
                    e.write("t0", &single(&t0))?;
                }
                e.write("t1", &single(&t1))?;
                e.run(1)?;
                Pending::Ticket(e.request(&NETS))
            }
            Precision::Double(e) => {
                if !t0.is_empty() {
                    e.write_t("t0", &t0)?;
                }
                e.write_t("t1", &t1)?;
                e.run(1)?;
                Pending::Ready
            }
        };
        self.pending.push_back(pending);
        Ok(())
    }

    /// The outputs that were asked for first, once they have arrived.
    pub fn poll(&mut self) -> Option<Result<Outputs, EngineError>> {
        let answer = match (&mut self.executor, self.pending.front()?) {
            (Precision::Single(e), Pending::Ticket(t)) => e.poll(*t)?.map(|r| {
                let read = |name: &str| r.arrays.get(name).map(|a| a.iter().map(|v| f64::from(*v)).collect());
                NETS.map(|name| read(name).unwrap_or_default())
            }),
            (Precision::Double(e), _) => {
                let [f, twin] = NETS.map(|name| e.read(name));
                f.and_then(|f| Ok([f, twin?]))
            }
            (Precision::Single(_), Pending::Ready) => return None,
        };
        self.pending.pop_front();
        Some(answer)
    }
}

/// Rows one after another, the last one repeated up to `batch`.
fn fill_rows<R: AsRef<[f64]>>(rows: &[R], batch: usize) -> Vec<f64> {
    let Some(last) = rows.last() else { return Vec::new() };
    (0..batch).flat_map(|k| rows.get(k).unwrap_or(last).as_ref()).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::super::element::Element;
    use super::super::settings::default_input;
    use super::*;
    use crate::data::tasks::{pack, unpack};

    #[test]
    fn targets_move_as_they_are_said_to() {
        for task in [Task::Inertia, Task::O5, Task::Lorentz, Task::NBody] {
            let (t0, x) = default_input(task);
            let mut e = Element::default();
            (e.coords.mirror, e.coords.rapidity) = (true, 0.7);
            let g = e.matrix(task);
            let moved = unpack(&act(&g, &pack(&x)), task.shapes().dim);
            let (there, here) = (task.target(&t0, &moved), rho(task, &g, &task.target(&t0, &x)));
            // A trajectory through close encounters loses digits.
            let bound = if task.is_nbody() { 1e-6 } else { 1e-12 };
            let error = there.iter().zip(&here).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(error < bound, "{task:?}: {error}");
            assert_eq!(mean_square(&there, &there), 0.0);
        }
    }
}
