//! From outputs of a network to residuals.

use super::model::{NETS, TRUTH};
use crate::engine::{Backend, CpuExecutor, EngineError, Executor, Health, Plan, Ticket};
use crate::maths::Matrix;
use crate::maths::residual::residual;
use crate::nn::models::NetShape;
use std::sync::Arc;

/// Outputs on a batch, `[equivariant, twin, truth]`, each row after row; the single type of the target.
pub type Outputs = [Vec<f64>; 3];

/// The output type of the target: its name and its number of components.
pub fn output_type(shape: &NetShape) -> (&'static str, usize) {
    if shape.to.1 > 0 { ("t1", shape.to.1 * shape.group.dim()) } else { ("t0", shape.to.0) }
}

/// Names of the outputs in the forward plan.
pub fn output_names(shape: &NetShape) -> [String; 3] {
    [NETS[0], NETS[1], TRUTH].map(|n| format!("{n}.{}", output_type(shape).0))
}

/// ρ(g) applied to one row of outputs: scalars stay, vectors [D, n] are multiplied by g.
pub fn rho(shape: &NetShape, g: &Matrix, row: &[f64]) -> Vec<f64> {
    if shape.to.1 == 0 { row.to_vec() } else { act(g, row) }
}

/// ‖ρ(g)‖₂ on the target's type.
pub fn rho_norm(shape: &NetShape, g: &Matrix) -> f64 {
    if shape.to.1 == 0 { 1.0 } else { g.operator_norm() }
}

/// g applied to vectors packed as [D, n].
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

/// The residual of one pair (g, x), with s the scale of the outputs. ρ(g) is rounded to f32 first where `single`, as
/// the precision under test asks.
pub fn pair_residual(
    shape: &NetShape,
    g: &Matrix,
    f_gx: &[f64],
    f_x: &[f64],
    s: f64,
    single: bool,
) -> Option<f64> {
    let rounded;
    let g = if single {
        rounded = round_to_f32(g);
        &rounded
    } else {
        g
    };
    residual(f_gx, &rho(shape, g, f_x), rho_norm(shape, g), s)
}

/// Every entry rounded to f32.
pub fn round_to_f32(g: &Matrix) -> Matrix {
    let mut r = g.clone();
    for i in 0..g.rows() {
        for j in 0..g.cols() {
            r[(i, j)] = f64::from(g[(i, j)] as f32);
        }
    }
    r
}

/// The executor of a forward plan: any in f32, or the CPU's reference in f64.
enum Precision {
    Single(Box<dyn Executor>),
    Double(Box<CpuExecutor<f64>>),
}

/// A forward plan on an executor, asked without waiting.
pub struct Forward {
    executor: Precision,
    names: [String; 3],
    batch: usize,
    pending: Option<Pending>,
}

enum Pending {
    Ticket(Ticket),
    Ready,
}

impl Forward {
    /// In f32, on an executor that has loaded the forward plan of `shape` for `batch` rows.
    pub fn single(executor: Box<dyn Executor>, shape: &NetShape, batch: usize) -> Self {
        Self { executor: Precision::Single(executor), names: output_names(shape), batch, pending: None }
    }

    /// In f64, on the CPU.
    pub fn double(plan: Arc<Plan>, shape: &NetShape, batch: usize) -> Self {
        let executor = Precision::Double(Box::new(CpuExecutor::new(plan)));
        Self { executor, names: output_names(shape), batch, pending: None }
    }

    fn executor(&self) -> &dyn Executor {
        match &self.executor {
            Precision::Single(e) => &**e,
            Precision::Double(e) => &**e,
        }
    }

    /// Where it runs.
    pub fn backend(&self) -> Backend {
        self.executor().backend()
    }

    /// State of the executor.
    pub fn health(&self) -> Health {
        self.executor().health()
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
        self.pending.is_some()
    }

    /// Submits rows of scalars and of packed vectors, rounded to the precision. Rows that are missing repeat the
    /// last one.
    pub fn submit(&mut self, t0: &[Vec<f64>], t1: &[Vec<f64>]) -> Result<(), EngineError> {
        let (t0, t1) = (fill_rows(t0, self.batch), fill_rows(t1, self.batch));
        let single = |v: &[f64]| v.iter().map(|v| *v as f32).collect::<Vec<f32>>();
        self.pending = Some(match &mut self.executor {
            Precision::Single(e) => {
                e.write("t0", &single(&t0))?;
                e.write("t1", &single(&t1))?;
                e.run(1)?;
                Pending::Ticket(e.request(&self.names.each_ref().map(String::as_str)))
            }
            Precision::Double(e) => {
                e.write_t("t0", &t0)?;
                e.write_t("t1", &t1)?;
                e.run(1)?;
                Pending::Ready
            }
        });
        Ok(())
    }

    /// The outputs, once they have arrived.
    pub fn poll(&mut self) -> Option<Result<Outputs, EngineError>> {
        let answer = match (&mut self.executor, self.pending.as_ref()?) {
            (Precision::Single(e), Pending::Ticket(t)) => e.poll(*t)?.map(|r| {
                let read =
                    |name: &String| r.arrays.get(name).map(|a| a.iter().map(|v| f64::from(*v)).collect());
                self.names.each_ref().map(|name| read(name).unwrap_or_default())
            }),
            (Precision::Double(e), _) => {
                let [f, twin, truth] = self.names.each_ref().map(|name| e.read(name));
                f.and_then(|f| Ok([f, twin?, truth?]))
            }
            (Precision::Single(_), Pending::Ready) => return None,
        };
        self.pending = None;
        Some(answer)
    }
}

/// Rows one after another, the last one repeated up to `batch`.
fn fill_rows(rows: &[Vec<f64>], batch: usize) -> Vec<f64> {
    let Some(last) = rows.last() else { return Vec::new() };
    (0..batch).flat_map(|k| rows.get(k).unwrap_or(last)).copied().collect()
}
