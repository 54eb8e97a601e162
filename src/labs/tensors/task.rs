//! The symmetry of each task: its group, random elements, and how they act on inputs and targets.

use crate::data::tasks::{Shapes, Task};
use crate::maths::haar::residual::ResidualLaw;
use crate::maths::rng::Rng;
use crate::maths::{Matrix, MatrixGroup};

/// Rapidity up to which boosts are drawn where training is reported, as the bounds of this lab ask.
pub const RAPIDITY: f64 = 2.0;

/// x ↦ A x, and for places of particles x ↦ A x + t.
#[derive(Clone, Debug, PartialEq)]
pub struct Motion {
    /// A, `[D, D]`.
    pub matrix: Matrix,
    /// t; 0 where the task knows no translations.
    pub shift: Vec<f64>,
}

impl Motion {
    /// A matrix alone.
    pub fn linear(matrix: Matrix) -> Self {
        let shift = vec![0.0; matrix.rows()];
        Self { matrix, shift }
    }

    /// With every number rounded to f32.
    pub fn rounded(&self) -> Self {
        let round = |v: f64| f64::from(v as f32);
        let m = &self.matrix;
        let matrix = Matrix::from_fn(m.rows(), m.cols(), |i, j| round(m[(i, j)]));
        Self { matrix, shift: self.shift.iter().map(|&v| round(v)).collect() }
    }
}

/// The matrix group of a task, as it is written on the command line; translations come on top for particles.
pub fn linear_group(task: Task) -> &'static str {
    match task {
        Task::O5 | Task::O5Plus => "O(5)",
        Task::Inertia | Task::NBody | Task::NBodyComponents => "O(3)",
        Task::Lorentz => "O(1,3)",
    }
}

/// The whole symmetry of a task, as it is written on the command line.
pub fn symmetry(task: Task) -> &'static str {
    if task.is_nbody() { "E(3)" } else { linear_group(task) }
}

/// `count` random elements of the task's symmetry by the law of residuals, components of the group in turn: boosts up to
/// `rapidity`, translations uniform on [−1, 1] in each component if asked for.
pub fn motions(task: Task, count: usize, rapidity: f64, shifted: bool, rng: &mut Rng) -> Vec<Motion> {
    let dim = task.shapes().dim;
    // The name is one of the four above, so that it always parses.
    let Ok(group) = linear_group(task).parse::<MatrixGroup>() else { return Vec::new() };
    let law = ResidualLaw::new(&group, rapidity);
    let shift = |rng: &mut Rng| -> Vec<f64> {
        let t = if shifted && task.is_nbody() { 1.0 } else { 0.0 };
        (0..dim).map(|_| t * (2.0 * rng.uniform() - 1.0)).collect()
    };
    (0..count).map(|_| Motion { matrix: law.draw(rng), shift: shift(rng) }).collect()
}

/// g acts on vectors packed as `[D, c₁]`; of particles the first half are places, which are shifted too.
pub fn act_inputs(task: Task, g: &Motion, t1: &[f64]) -> Vec<f64> {
    let n = task.shapes().t1;
    let places = if task.is_nbody() { n / 2 } else { 0 };
    act_vectors(g, t1, n, places)
}

/// ρ(g) on a target or a prediction: scalars stay, places `[D, n]` move as particles do, tensors go to A T Aᵀ.
pub fn act_outputs(task: Task, g: &Motion, y: &[f64]) -> Vec<f64> {
    let Shapes { dim, rank, out, .. } = task.shapes();
    match rank {
        0 => y.to_vec(),
        1 => act_vectors(g, y, out, if task.is_nbody() { out } else { 0 }),
        _ => {
            // A T, whose rows are then acted on.
            let left = act_vectors(g, y, dim, 0);
            left.chunks(dim).flat_map(|row| g.matrix.apply(row)).collect()
        }
    }
}

fn act_vectors(g: &Motion, packed: &[f64], n: usize, places: usize) -> Vec<f64> {
    let dim = g.matrix.rows();
    let mut out = vec![0.0; packed.len()];
    for i in 0..dim {
        for j in 0..dim {
            for c in 0..n {
                out[i * n + c] += g.matrix[(i, j)] * packed[j * n + c];
            }
        }
        out[i * n..i * n + places].iter_mut().for_each(|v| *v += g.shift[i]);
    }
    out
}

/// ‖ρ(g)‖₂ on the type of the target: 1, ‖A‖ or ‖A‖².
pub fn rho_norm(task: Task, g: &Motion) -> f64 {
    g.matrix.operator_norm().powi(task.shapes().rank as i32)
}
