//! The symmetry of each task: its group, random elements, and how they act on inputs and targets.

use crate::data::tasks::{Shapes, Task};
use crate::maths::haar::residual::ResidualLaw;
use crate::maths::residual::residual;
use crate::maths::rng::Rng;
use crate::maths::{Matrix, MatrixGroup};
use crate::nn::tensors::{Io, NetworkError};

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

    /// A matrix and a shift.
    pub fn new(matrix: Matrix, shift: &[f64]) -> Self {
        Self { matrix, shift: shift.to_vec() }
    }

    /// A v + t for a place, A v for any other vector.
    pub fn apply(&self, v: &[f64], place: bool) -> Vec<f64> {
        let mut out = self.matrix.apply(v);
        out.iter_mut().zip(&self.shift).filter(|_| place).for_each(|(v, t)| *v += t);
        out
    }

    /// x ↦ A⁻¹ (x − t); `None` where A has no inverse.
    pub fn inverse(&self) -> Option<Self> {
        let matrix = self.matrix.inverse()?;
        let shift = matrix.apply(&self.shift).iter().map(|v| -v).collect();
        Some(Self { matrix, shift })
    }

    /// With every number rounded to f32.
    pub fn rounded(&self) -> Self {
        let round = |v: f64| f64::from(v as f32);
        let m = &self.matrix;
        let matrix = Matrix::from_fn(m.rows(), m.cols(), |i, j| round(m[(i, j)]));
        Self { matrix, shift: self.shift.iter().map(|&v| round(v)).collect() }
    }
}

/// The matrix group on a task's vectors, or its part of determinant 1, as it is written on the command line; translations
/// come on top for particles.
pub fn group(task: Task, proper: bool) -> &'static str {
    match (task, proper) {
        (Task::O5 | Task::O5Plus, false) => "O(5)",
        (Task::O5 | Task::O5Plus, true) => "SO(5)",
        (Task::Lorentz, false) => "O(1,3)",
        (Task::Lorentz, true) => "SO+(1,3)",
        (_, false) => "O(3)",
        (_, true) => "SO(3)",
    }
}

/// The matrix group that the data are symmetric under.
pub fn linear_group(task: Task) -> &'static str {
    group(task, task.is_chiral())
}

/// The whole symmetry of a task, as it is written on the command line.
pub fn symmetry(task: Task) -> &'static str {
    if task.is_nbody() { "E(3)" } else { linear_group(task) }
}

/// What enters and leaves a network on a task, under [`group`].
///
/// # Errors
/// None for the tasks there are; it is passed on from the space.
pub fn io(task: Task, proper: bool) -> Result<Io, NetworkError> {
    let io = match task {
        Task::O5 | Task::O5Plus => Io::o5()?,
        Task::Inertia => Io::inertia()?,
        Task::Lorentz => Io::lorentz()?,
        Task::NBody | Task::NBodyComponents => Io::nbody(task.shapes().t0)?,
        Task::Chirality => Io::new("O(3)".parse()?, (0, 3), (1, 0, 0)),
    };
    Ok(if proper { io.under(group(task, true).parse()?) } else { io })
}

/// What enters and leaves a network on a task, under the symmetry of its data.
///
/// # Errors
/// As [`io`].
pub fn own_io(task: Task) -> Result<Io, NetworkError> {
    io(task, task.is_chiral())
}

/// [`motions_of`] the symmetry of the data.
pub fn motions(task: Task, count: usize, rapidity: f64, shifted: bool, rng: &mut Rng) -> Vec<Motion> {
    motions_of(linear_group(task), task, count, rapidity, shifted, rng)
}

/// `count` random elements of a task's [`group`] by the law of residuals, components of the group in turn: boosts up to
/// `rapidity`, translations uniform on [−1, 1] in each component if asked for and if the task knows them.
pub fn motions_of(
    group: &str,
    task: Task,
    count: usize,
    rapidity: f64,
    shifted: bool,
    rng: &mut Rng,
) -> Vec<Motion> {
    let dim = task.shapes().dim;
    // The name is one of the six above, so that it always parses.
    let Ok(group) = group.parse::<MatrixGroup>() else { return Vec::new() };
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

/// The same for vectors by themselves.
pub fn act_vectors_of(task: Task, g: &Motion, x: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let places = if task.is_nbody() { x.len() / 2 } else { 0 };
    x.iter().enumerate().map(|(i, v)| g.apply(v, i < places)).collect()
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

/// The target at g·x, given that at x: [`act_outputs`], and with the sign of det A where reflections are no symmetry of the
/// data.
pub fn act_truth(task: Task, g: &Motion, y: &[f64]) -> Vec<f64> {
    let sign = if task.is_chiral() { g.matrix.determinant().signum() } else { 1.0 };
    act_outputs(task, g, y).iter().map(|v| sign * v).collect()
}

/// One element as residuals take it, for all pairs (g, x) that share it.
pub struct Ruler {
    task: Task,
    g: Motion,
    /// ‖ρ(g)‖₂.
    norm: f64,
}

impl Ruler {
    /// ρ(g) is rounded to f32 first where `single`, as the precision under test asks.
    pub fn new(task: Task, g: &Motion, single: bool) -> Self {
        let g = if single { g.rounded() } else { g.clone() };
        let norm = rho_norm(task, &g);
        Self { task, g, norm }
    }

    /// The residual of one pair, with s the scale of the outputs; `None` where the output vanishes.
    pub fn residual(&self, f_gx: &[f64], f_x: &[f64], s: f64) -> Option<f64> {
        residual(f_gx, &act_outputs(self.task, &self.g, f_x), self.norm, s)
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
fn rho_norm(task: Task, g: &Motion) -> f64 {
    match task.shapes().rank {
        0 => 1.0,
        rank => g.matrix.operator_norm().powi(rank as i32),
    }
}

#[cfg(test)]
mod tests {
    use super::super::element::Element;
    use super::super::settings::default_input;
    use super::*;
    use crate::data::tasks::{pack, unpack};

    #[test]
    fn targets_move_as_they_are_said_to() {
        for task in Task::ALL.into_iter().filter(|t| *t != Task::NBodyComponents) {
            let (t0, x) = default_input(task);
            let mut e = Element::default();
            (e.coords.mirror, e.coords.rapidity, e.turn, e.shift) = (true, 0.7, 1.2, [0.3, -0.8, 0.5]);
            let g = e.motion(task);
            let moved = unpack(&act_inputs(task, &g, &pack(&x)), task.shapes().dim);
            let (there, here) = (task.target(&t0, &moved), act_truth(task, &g, &task.target(&t0, &x)));
            // A trajectory through close encounters loses digits.
            let bound = if task.is_nbody() { 1e-6 } else { 1e-12 };
            let error = there.iter().zip(&here).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(error < bound, "{task:?}: {error}");
        }
    }

    #[test]
    fn an_inverse_brings_back() {
        let e = Element { shift: [0.3, -0.8, 0.5], ..Element::default() };
        let g = e.motion(Task::NBody);
        let back = g.inverse().map(|h| h.apply(&g.apply(&[1.0, 2.0, -3.0], true), true)).unwrap_or_default();
        assert!(back.iter().zip([1.0, 2.0, -3.0]).all(|(a, b)| (a - b).abs() < 1e-12), "{back:?}");
    }
}
