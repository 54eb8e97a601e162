//! What a trained network is worth: its error on fresh samples, and how far it commutes with the group.

use super::forward::{Forward, scaled, squared_errors};
use super::protocol::{Scaler, row};
use super::task::{Motion, RAPIDITY, Ruler, act_inputs, motions};
use crate::data::tasks::{Part, Samples, Task};
use crate::engine::EngineError;
use crate::maths::residual::{median_worst, output_scale};
use crate::maths::rng::Rng;

/// Pairs (g, x).
pub const PAIRS: usize = 1000;
/// Samples with the largest errors that the trimmed mean leaves out: one in so many.
const TRIM: usize = 200;
/// Stream of the elements, apart from the samples'.
const STREAM: u64 = 0xE1E;

/// A result, in the target's own units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Mean squared error over samples and components.
    pub test_mse: f64,
    /// The same without the 0.5 % of the samples with the largest errors.
    pub test_mse_trimmed: f64,
    /// Median over samples.
    pub test_median: f64,
    /// Largest residual over [`PAIRS`] pairs.
    pub equivariance_error: f64,
    /// Their median.
    pub equivariance_median: f64,
}

/// A test in progress: the samples, as many at once as the forward plan takes, then the images of the first of them.
pub struct Scores {
    task: Task,
    samples: Samples,
    motions: Vec<Motion>,
    /// Inputs moved by them.
    moved: (Vec<f64>, Vec<f64>),
    /// Predictions so far, samples first.
    out: Vec<f64>,
    next: usize,
}

impl Scores {
    /// A test on `count` fresh samples of a seed of data.
    pub fn new(task: Task, seed: u64, count: usize) -> Self {
        let samples = task.draw(seed, Part::Test, count);
        let pairs = PAIRS.min(count);
        let motions = motions(task, pairs, RAPIDITY, true, &mut Rng::new(seed, STREAM));
        let mut moved = (Vec::new(), Vec::new());
        for (i, g) in motions.iter().enumerate() {
            let (t0, t1, _) = row(task, &samples, i);
            moved.0.extend_from_slice(t0);
            moved.1.extend(act_inputs(task, g, t1));
        }
        Self { task, samples, motions, moved, out: Vec::new(), next: 0 }
    }

    /// Does what can be done without waiting; the score once it is there. The forward plan has the parameters already.
    ///
    /// # Errors
    /// Those of the executor.
    pub fn advance(&mut self, forward: &mut Forward, scaler: &Scaler) -> Result<Option<Score>, EngineError> {
        if forward.waiting() {
            let Some(answer) = forward.poll() else { return Ok(None) };
            self.out.extend(answer?);
            self.next += 1;
        }
        let (s, rows) = (self.task.shapes(), forward.rows());
        let part = |v: &[f64], k: usize, each: usize| -> Vec<f64> {
            v.chunks(rows * each.max(1)).nth(k).unwrap_or_default().to_vec()
        };
        let parts = |n: usize| n.div_ceil(rows);
        let (first, second) = (parts(self.samples.count), parts(self.motions.len()));
        let (t0, t1, k) = match self.next {
            k if k < first => (&self.samples.t0, &self.samples.t1, k),
            k if k < first + second => (&self.moved.0, &self.moved.1, k - first),
            _ => return Ok(Some(self.score(scaler))),
        };
        let (t0, t1) = scaled(scaler, &part(t0, k, s.t0), &part(t1, k, s.dim * s.t1));
        forward.submit(&t0, &t1)?;
        Ok(None)
    }

    fn score(&self, scaler: &Scaler) -> Score {
        let k = self.task.shapes().outputs();
        let (own, images) = self.out.split_at((self.samples.count * k).min(self.out.len()));
        let mut errors = squared_errors(scaler, own, &self.samples.y, k);
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len().max(1) as f64;
        let test_mse = mean(&errors);
        errors.sort_by(f64::total_cmp);
        let kept = errors.len() - errors.len() / TRIM;
        let (test_median, _) = median_worst(&errors);
        let units = |v: &[f64]| v.iter().map(|&v| scaler.prediction(v)).collect::<Vec<f64>>();
        let residuals = residuals(self.task, &self.motions, &units(own), &units(images), true);
        let (equivariance_median, equivariance_error) = median_worst(&residuals);
        let test_mse_trimmed = mean(&errors[..kept]);
        Score { test_mse, test_mse_trimmed, test_median, equivariance_error, equivariance_median }
    }
}

/// Residuals of pairs: f(x) and f(g·x) row after row, in the target's own units. ρ(g) is rounded to f32 first where
/// `single`, as the precision under test asks. Empty where the output vanishes.
pub fn residuals(task: Task, motions: &[Motion], f_x: &[f64], f_gx: &[f64], single: bool) -> Vec<f64> {
    let k = task.shapes().outputs();
    let s = output_scale(&f_x[..(motions.len() * k).min(f_x.len())], k);
    let rows = f_x.chunks(k).zip(f_gx.chunks(k));
    motions
        .iter()
        .zip(rows)
        .filter_map(|(g, (x, gx))| Ruler::new(task, g, single).residual(gx, x, s))
        .collect()
}
