//! The training protocol: seeds, scales, and the samples of each epoch, the same for every model.

use super::task::{Motion, act_inputs, act_outputs, motions};
use crate::data::tasks::{Part, Samples, Task};
use crate::engine::Var;
use crate::maths::rng::{Rng, bits};
use serde::Serialize;

/// Validation samples, by which the reported epoch is chosen.
pub const VALIDATION: usize = 1000;
/// Test samples.
pub const TEST: usize = 5000;
/// Rows of the forward plan.
pub const ROWS: usize = 1000;
/// Stream of [`Seeds::split`].
const SPLIT: u32 = 0x5EED;

/// The four seeds of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Seeds {
    /// Of the samples.
    pub data: u64,
    /// Of the first parameters.
    pub init: u64,
    /// Of the order of the samples.
    pub order: u64,
    /// Of whatever else is random: the elements that augmented samples are moved by.
    pub noise: u64,
}

impl Seeds {
    /// Four seeds from one: words 0 … 3 of its stream 0x5EED.
    pub fn split(seed: u64) -> Self {
        let word = |k| u64::from(bits(seed, SPLIT, 0, k));
        Self { data: word(0), init: word(1), order: word(2), noise: word(3) }
    }
}

/// How samples are presented to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presentation {
    /// As they are.
    Raw,
    /// Divided by one scale for each type of tensor ([`Scaler::fit`]); targets as well.
    Scaled,
}

/// Shift and scale of a type: x ↦ (x − shift)/scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Affine {
    /// Taken away first.
    pub shift: f64,
    /// Divided by.
    pub scale: f64,
}

impl Affine {
    const NONE: Self = Self { shift: 0.0, scale: 1.0 };

    /// Mean and standard deviation, which scalars allow.
    fn moments(v: &[f64]) -> Self {
        let n = v.len().max(1) as f64;
        let shift = v.iter().sum::<f64>() / n;
        let scale = (v.iter().map(|x| (x - shift) * (x - shift)).sum::<f64>() / n).sqrt();
        Self { shift, scale }.guarded()
    }

    /// The root mean square alone: a vector or a tensor that were shifted would not turn with the others.
    fn size(v: &[f64]) -> Self {
        let scale = (v.iter().map(|x| x * x).sum::<f64>() / v.len().max(1) as f64).sqrt();
        Self { shift: 0.0, scale }.guarded()
    }

    /// Data without spread are left as large as they are.
    fn guarded(self) -> Self {
        if self.scale > 1e-12 { self } else { Self { scale: 1.0, ..self } }
    }

    /// (x − shift)/scale.
    pub fn apply(&self, x: f64) -> f64 {
        (x - self.shift) / self.scale
    }

    /// The inverse.
    pub fn undo(&self, x: f64) -> f64 {
        x * self.scale + self.shift
    }

    /// [`Affine::apply`] in a graph.
    pub fn apply_var<'b>(&self, x: Var<'b>) -> Var<'b> {
        (if self.shift == 0.0 { x } else { x - self.shift }) * (1.0 / self.scale)
    }

    /// [`Affine::undo`] in a graph.
    pub fn undo_var<'b>(&self, x: Var<'b>) -> Var<'b> {
        let x = x * self.scale;
        if self.shift == 0.0 { x } else { x + self.shift }
    }
}

/// From samples in their own units to what a network sees, and back. One scale for each type of tensor, never one for each
/// component, which would break the symmetry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scaler {
    /// The presentation.
    pub presentation: Presentation,
    /// Of scalars.
    pub t0: Affine,
    /// Of vectors.
    pub t1: Affine,
    /// Of targets.
    pub y: Affine,
}

/// Rows in single precision, as a network sees them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Scalars, `[n, c₀]`.
    pub t0: Vec<f32>,
    /// Vectors, `[n, D, c₁]`.
    pub t1: Vec<f32>,
    /// Targets, `[n, k]`.
    pub y: Vec<f32>,
}

impl Scaler {
    /// Scales of a training set: scalars by mean and standard deviation, vectors and tensors by their root mean square.
    pub fn fit(task: Task, presentation: Presentation, train: &Samples) -> Self {
        let mut s = Self { presentation, t0: Affine::NONE, t1: Affine::NONE, y: Affine::NONE };
        if presentation == Presentation::Raw {
            return s;
        }
        if task.is_nbody() {
            // Charges are ±1 already; a target is a place as the inputs are.
            s.t1 = Affine::size(&train.t1);
            s.y = s.t1;
            return s;
        }
        s.t0 = Affine::moments(&train.t0);
        s.t1 = Affine::size(&train.t1);
        s.y = if task.shapes().rank == 0 { Affine::moments(&train.y) } else { Affine::size(&train.y) };
        s
    }

    /// Appends a sample as the network sees it.
    pub fn push(&self, rows: &mut Rows, t0: &[f64], t1: &[f64], y: &[f64]) {
        rows.t0.extend(t0.iter().map(|&v| self.t0.apply(v) as f32));
        rows.t1.extend(t1.iter().map(|&v| self.t1.apply(v) as f32));
        rows.y.extend(y.iter().map(|&v| self.y.apply(v) as f32));
    }

    /// What a network said, in the target's own units.
    pub fn prediction(&self, out: f64) -> f64 {
        self.y.undo(out)
    }
}

/// A training set in its own units, cut into batches anew for each epoch.
#[derive(Clone, Debug)]
pub struct Feed {
    task: Task,
    scaler: Scaler,
    samples: Samples,
    seeds: Seeds,
    augmented: bool,
    /// Rows of a batch.
    pub batch: usize,
    /// Batches of an epoch.
    pub batches: usize,
}

impl Feed {
    /// A training set of `n` samples in batches of about `batch`: as many batches as it takes, all of the same length, so
    /// that up to one sample less than there are batches is left out of an epoch. If `augmented`, every sample is moved
    /// by a random element of the symmetry in every epoch.
    pub fn new(
        task: Task,
        presentation: Presentation,
        n: usize,
        batch: usize,
        seeds: Seeds,
        augmented: bool,
    ) -> Self {
        let samples = task.draw(seeds.data, Part::Train, n);
        let scaler = Scaler::fit(task, presentation, &samples);
        let batches = n.div_ceil(batch.max(1)).max(1);
        Self { task, scaler, samples, seeds, augmented, batch: (n / batches).max(1), batches }
    }

    /// The scales.
    pub fn scaler(&self) -> &Scaler {
        &self.scaler
    }

    /// All batches of an epoch, one after another: a function of the seeds and the number of the epoch.
    pub fn epoch(&self, epoch: u32) -> Rows {
        let mut order: Vec<usize> = (0..self.samples.count).collect();
        let mut rng = Rng::new(self.seeds.order, u64::from(epoch));
        for i in (1..order.len()).rev() {
            let j = (rng.uniform() * (i + 1) as f64) as usize;
            order.swap(i, j);
        }
        order.truncate(self.batch * self.batches);
        let moves = if self.augmented {
            let mut rng = Rng::new(self.seeds.noise, u64::from(epoch));
            motions(self.task, order.len(), AUGMENTED_RAPIDITY, true, &mut rng)
        } else {
            Vec::new()
        };
        let mut rows = Rows::default();
        order.iter().enumerate().for_each(|(k, &i)| self.push(&mut rows, i, moves.get(k)));
        rows
    }

    fn push(&self, rows: &mut Rows, i: usize, g: Option<&Motion>) {
        let (t0, t1, y) = row(self.task, &self.samples, i);
        match g {
            Some(g) => {
                let (t1, y) = (act_inputs(self.task, g, t1), act_outputs(self.task, g, y));
                self.scaler.push(rows, t0, &t1, &y);
            }
            None => self.scaler.push(rows, t0, t1, y),
        }
    }
}

/// Boosts up to here augment samples: larger ones move them far out of the data.
const AUGMENTED_RAPIDITY: f64 = 0.5;

/// Scalars, vectors and target of a sample.
pub fn row(task: Task, s: &Samples, i: usize) -> (&[f64], &[f64], &[f64]) {
    let shapes = task.shapes();
    let part = |v: &'_ [f64], w: usize| -> std::ops::Range<usize> {
        (i * w).min(v.len())..((i + 1) * w).min(v.len())
    };
    let (w1, k) = (shapes.dim * shapes.t1, shapes.outputs());
    (&s.t0[part(&s.t0, shapes.t0)], &s.t1[part(&s.t1, w1)], &s.y[part(&s.y, k)])
}
