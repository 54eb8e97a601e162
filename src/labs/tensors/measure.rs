//! Networks evaluated without waiting.

use super::model::NETS;
use crate::engine::{Backend, CpuExecutor, EngineError, Executor, Pace, Plan, Ticket};
use std::collections::VecDeque;
use std::sync::Arc;

/// Outputs on a batch, `[model, twin]`, each row after row.
pub type Outputs = [Vec<f64>; 2];

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
