//! A network asked for predictions, without waiting.

use super::protocol::{Rows, Scaler};
use super::task::own_io;
use crate::data::tasks::Task;
use crate::engine::{Backend, Builder, CpuExecutor, EngineError, Executor, Health, Plan, Ticket, Var};
use crate::nn::field::Field;
use crate::nn::tensors::{Built, Network, NetworkError, Spec};
use std::sync::Arc;

/// Path of the network's parameters.
pub const PATH: &str = "net";
/// Name of the prediction among the outputs.
const OUTPUT: &str = "y";

/// Inputs of a batch: scalars `[B, c₀]`, absent where there are none, and vectors `[B, D, c₁]`.
pub(super) type Inputs<'b> = (Option<Var<'b>>, Option<Var<'b>>);

/// The network in a graph and its prediction as rows `[B, k]`.
pub(super) fn predict<'b>(
    network: &Network,
    b: &'b Builder,
    task: Task,
    (t0, t1): Inputs<'b>,
) -> Result<(Built<'b>, Var<'b>), NetworkError> {
    let batch = t1.map_or(1, |v| v.shape()[0]);
    let built = network.assemble(b, PATH, t0, t1)?;
    let Field { t0, t1, t2, .. } = &built.out;
    let y = match t0.or(*t1).or(*t2) {
        Some(y) => y.reshape(&[batch, task.shapes().outputs()]),
        None => b.fail("predict", "the network gives nothing".to_owned()),
    };
    Ok((built, y))
}

/// The forward plan of a network on so many rows.
///
/// # Errors
/// Those of the network and of the plan.
pub fn forward_plan(task: Task, spec: Spec, rows: usize) -> Result<Arc<Plan>, NetworkError> {
    let network = Network::new(spec, own_io(task)?)?;
    let b = Builder::new();
    let s = task.shapes();
    let t0 = (s.t0 > 0).then(|| b.input("t0", &[rows, s.t0]));
    let t1 = b.input("t1", &[rows, s.dim, s.t1]);
    let (_, y) = predict(&network, &b, task, (t0, Some(t1)))?;
    b.output(OUTPUT, y);
    Ok(Arc::new(Plan::compile(&b.finish()?)?))
}

/// Any executor in f32, or the CPU's reference in f64.
enum Place {
    Single(Box<dyn Executor>),
    Double(Box<CpuExecutor<f64>>, Option<Vec<f64>>),
}

/// A forward plan on an executor.
pub struct Forward {
    task: Task,
    rows: usize,
    place: Place,
    pending: Option<(Ticket, usize)>,
}

impl Forward {
    /// In f32, on an executor that has loaded [`forward_plan`] for so many rows.
    pub fn single(task: Task, rows: usize, executor: Box<dyn Executor>) -> Self {
        Self { task, rows, place: Place::Single(executor), pending: None }
    }

    /// In f64, on the CPU.
    pub fn double(task: Task, rows: usize, plan: Arc<Plan>) -> Self {
        Self { task, rows, place: Place::Double(Box::new(CpuExecutor::new(plan)), None), pending: None }
    }

    /// Rows of the plan.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Where it computes.
    pub fn backend(&self) -> Backend {
        match &self.place {
            Place::Single(e) => e.backend(),
            Place::Double(e, _) => e.backend(),
        }
    }

    /// Takes the network's parameters.
    ///
    /// # Errors
    /// Those of the executor.
    pub fn set_params(&mut self, params: &[f32]) -> Result<(), EngineError> {
        match &mut self.place {
            Place::Single(e) => e.set_params(params),
            Place::Double(e, _) => e.set_params(params),
        }
    }

    /// Asks for predictions on up to as many rows of inputs as the plan has; fewer are filled up with zeros.
    ///
    /// # Errors
    /// Those of the executor; more rows than that.
    pub fn submit(&mut self, t0: &[f64], t1: &[f64]) -> Result<(), EngineError> {
        let s = self.task.shapes();
        let rows = t1.len() / (s.dim * s.t1);
        let fill = |v: &[f64], each: usize| -> Vec<f64> {
            let mut all = v.to_vec();
            all.resize((self.rows * each).max(v.len()), 0.0);
            all
        };
        let mut inputs = vec![("t1", fill(t1, s.dim * s.t1))];
        if s.t0 > 0 {
            inputs.push(("t0", fill(t0, s.t0)));
        }
        match &mut self.place {
            Place::Single(e) => {
                for (name, data) in inputs {
                    e.write(name, &data.iter().map(|&v| v as f32).collect::<Vec<_>>())?;
                }
                e.run(1)?;
                self.pending = Some((e.request(&[OUTPUT]), rows));
            }
            Place::Double(e, answer) => {
                for (name, data) in inputs {
                    e.write_t(name, &data)?;
                }
                e.run(1)?;
                *answer = Some(e.read(OUTPUT)?);
                self.pending = Some((Ticket(0), rows));
            }
        }
        Ok(())
    }

    /// Whether an answer is on its way.
    pub fn waiting(&self) -> bool {
        self.pending.is_some()
    }

    /// The predictions, `[rows, k]`, as the network gives them.
    pub fn poll(&mut self) -> Option<Result<Vec<f64>, EngineError>> {
        let (ticket, rows) = self.pending?;
        let count = rows * self.task.shapes().outputs();
        let answer = match &mut self.place {
            Place::Single(e) => match (e.poll(ticket), e.health()) {
                (Some(answer), _) => answer.map(|mut r| {
                    let y = r.arrays.remove(OUTPUT).unwrap_or_default();
                    y.into_iter().map(f64::from).collect::<Vec<_>>()
                }),
                (None, Health::Lost(why) | Health::Failed(why)) => Err(EngineError::Plan(why)),
                (None, Health::Ok) => return None,
            },
            Place::Double(_, answer) => Ok(answer.take()?),
        };
        self.pending = None;
        Some(answer.map(|mut y| {
            y.truncate(count);
            y
        }))
    }
}

/// Rows of inputs in f64, scaled as the network sees them.
pub fn scaled(scaler: &Scaler, t0: &[f64], t1: &[f64]) -> (Vec<f64>, Vec<f64>) {
    (t0.iter().map(|&v| scaler.t0.apply(v)).collect(), t1.iter().map(|&v| scaler.t1.apply(v)).collect())
}

/// Mean squared error of each sample in the target's own units, over the components of the target.
pub fn squared_errors(scaler: &Scaler, predictions: &[f64], targets: &[f64], width: usize) -> Vec<f64> {
    let error = |(p, y): (&f64, &f64)| (scaler.prediction(*p) - y).powi(2);
    let row = |(p, y): (&[f64], &[f64])| p.iter().zip(y).map(error).sum::<f64>() / width as f64;
    predictions.chunks(width).zip(targets.chunks(width)).map(row).collect()
}

/// The names and contents of a training plan's inputs.
pub(super) fn named(rows: &Rows) -> [(&'static str, &[f32]); 3] {
    [("t0", &rows.t0), ("t1", &rows.t1), ("y", &rows.y)]
}
