//! The equivariance audit of the networks as they stand: pairs (g, x) by the laws of contracts, a batch a frame.

use super::check;
use super::exhibit::Exhibit;
use super::measure::{Forward, Outputs};
use super::model::ModelError;
use super::options;
use super::settings::Settings;
use super::task::{Motion, Ruler, act_inputs, motions_of};
use crate::data::{Part, Samples, Task};
use crate::engine;
use crate::labs::check::{Backend, Precision, Report, Row, Symmetry};
use crate::maths::residual::{median_worst, output_scale};
use crate::maths::rng::Rng;

/// Pairs in a batch.
const ROWS: usize = 100;
/// Largest rapidity of the boosts.
const RAPIDITY: f64 = 2.0;
/// Stream of the seed that draws the elements.
const STREAM_ELEMENTS: u64 = 300;

/// What the worst residual in f32 must not exceed, for a model that is equivariant by its construction.
pub fn bound(task: Task) -> f64 {
    check::bound(task, false, RAPIDITY)
}

/// An audit under way.
pub struct Audit {
    wanted: usize,
    work: Option<Work>,
    residuals: [Vec<f64>; 2],
}

/// What it compares, fixed when it starts.
struct Work {
    settings: Settings,
    forward: Forward,
    inputs: Samples,
    elements: Vec<Motion>,
    at_x: Vec<Outputs>,
    at_gx: Vec<Outputs>,
}

impl Audit {
    /// Of so many pairs.
    pub fn new(samples: usize) -> Self {
        Self { wanted: samples, work: None, residuals: Default::default() }
    }

    /// One batch on. True when all pairs have been compared.
    pub fn advance(&mut self, exhibit: &Exhibit) -> Result<bool, ModelError> {
        if self.work.is_none() {
            self.work = Some(Work::new(exhibit, self.wanted)?);
        }
        let Some(work) = &mut self.work else { return Ok(false) };
        let done = work.advance()?;
        if done {
            self.residuals = work.residuals();
        }
        Ok(done)
    }

    /// The finished audit.
    pub fn report(&self, exhibit: &Exhibit) -> Report {
        let s = self.work.as_ref().map_or_else(|| exhibit.settings(), |w| &w.settings);
        let kinds = [s.model, s.twin];
        let group = match (s.task.is_nbody(), s.proper) {
            (true, false) => "E(3)",
            (true, true) => "SE(3)",
            _ => s.group(),
        };
        let rows: Vec<Row> = (0..2)
            .map(|k| {
                let (median, worst) = median_worst(&self.residuals[k]);
                let exact = options::exact(kinds[k]) && (k == 1 || !s.breaks.any());
                let bound = exact.then(|| bound(s.task));
                Row {
                    group: group.to_owned(),
                    model: kinds[k].slug().to_owned(),
                    symmetry: if exact { Symmetry::Exact } else { Symmetry::None },
                    samples: self.residuals[k].len(),
                    median,
                    worst,
                    bound,
                    passed: bound.is_none_or(|b| worst <= b),
                }
            })
            .collect();
        let (backend, adapter) = match exhibit.prober().backend() {
            engine::Backend::Cpu => (Backend::Cpu, "cpu".to_owned()),
            engine::Backend::Gpu { adapter, .. } => (Backend::Gpu, adapter),
        };
        Report {
            lab: super::META.slug.to_owned(),
            backend,
            adapter,
            precision: Precision::F32,
            samples: self.wanted,
            seed: s.seed,
            passed: rows.iter().all(|r| r.passed),
            groups: rows,
        }
    }
}

impl Work {
    fn new(exhibit: &Exhibit, count: usize) -> Result<Self, ModelError> {
        let s = exhibit.settings().clone();
        let mut rng = Rng::new(s.seed, STREAM_ELEMENTS);
        // Trajectories take long: the pairs share as many as there are in the exams.
        let drawn = count.min(if s.task.is_nbody() { ROWS } else { count });
        Ok(Self {
            forward: exhibit.forward(ROWS)?,
            inputs: s.task.draw(s.seed, Part::Test, drawn),
            elements: motions_of(s.group(), s.task, count, RAPIDITY, true, &mut rng),
            settings: s,
            at_x: Vec::new(),
            at_gx: Vec::new(),
        })
    }

    fn advance(&mut self) -> Result<bool, ModelError> {
        let moved = self.at_x.len() > self.at_gx.len();
        let first = self.at_gx.len() * ROWS;
        if first >= self.elements.len() {
            return Ok(true);
        }
        if !self.forward.waiting() {
            let numbers: Vec<usize> = (first..(first + ROWS).min(self.elements.len())).collect();
            let input = |v: &[f64], i: usize| {
                let width = v.len() / self.inputs.count.max(1);
                let i = i % self.inputs.count.max(1);
                v[i * width..(i + 1) * width].to_vec()
            };
            let t0: Vec<Vec<f64>> = numbers.iter().map(|&i| input(&self.inputs.t0, i)).collect();
            let t1: Vec<Vec<f64>> = numbers
                .iter()
                .map(|&i| {
                    let x = input(&self.inputs.t1, i);
                    if moved { act_inputs(self.settings.task, &self.elements[i], &x) } else { x }
                })
                .collect();
            self.forward.submit(&t0, &t1)?;
        }
        if let Some(outputs) = self.forward.poll().transpose()? {
            if moved { &mut self.at_gx } else { &mut self.at_x }.push(outputs);
        }
        Ok(self.at_gx.len() * ROWS >= self.elements.len())
    }

    fn residuals(&self) -> [Vec<f64>; 2] {
        let task = self.settings.task;
        let width = task.shapes().outputs();
        [0, 1].map(|k| {
            let count = self.elements.len();
            let all = |v: &[Outputs]| -> Vec<f64> {
                v.iter().flat_map(|o| o[k].iter().copied()).take(count * width).collect()
            };
            let (x, gx) = (all(&self.at_x), all(&self.at_gx));
            let scale = output_scale(&x, width);
            let row = |v: &[f64], i: usize| v.get(i * width..(i + 1) * width).unwrap_or_default().to_vec();
            let pair = |(i, g): (usize, &Motion)| {
                Ruler::new(task, g, true).residual(&row(&gx, i), &row(&x, i), scale).unwrap_or(0.0)
            };
            self.elements.iter().enumerate().map(pair).collect()
        })
    }
}
