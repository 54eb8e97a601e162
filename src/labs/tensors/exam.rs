//! The error on samples that no run has seen, at certain steps, a slice in each frame.

use super::measure::{Forward, mean_square};
use super::model::{ModelError, Pair};
use super::run::Drawing;
use super::settings::Settings;
use crate::data::Part;
use crate::engine::{MakeExecutor, ParamLayout, Plan};
use std::collections::VecDeque;
use std::sync::Arc;
use web_time::Instant;

/// Rows of a batch.
const ROWS: usize = 125;

/// Samples that the live error is measured on. The command line takes 5 000.
pub fn test_samples(s: &Settings) -> usize {
    if s.task.is_nbody() { 125 } else { 500 }
}

/// A value at a step.
pub type Point = (u32, f64);

/// What is asked: a run at a step with its weights.
struct Asked {
    run: usize,
    step: u32,
    params: Vec<f32>,
}

/// An exam under way.
struct Sitting {
    asked: Asked,
    first: usize,
    sums: [f64; 2],
}

/// Measures one run after the other.
pub struct Examiner {
    forward: Forward,
    layout: ParamLayout,
    test: Drawing,
    outputs: usize,
    waiting: VecDeque<Asked>,
    sitting: Option<Sitting>,
    /// For each run the curves of the model and of the twin.
    curves: Vec<[Vec<Point>; 2]>,
}

impl Examiner {
    /// Of as many runs as the settings say; with the curves of an old one where there is one.
    pub fn new(
        model: &Pair,
        s: &Settings,
        make: &MakeExecutor,
        old: Option<Self>,
    ) -> Result<Self, ModelError> {
        let plan = Arc::new(Plan::compile(&model.forward(ROWS)?)?);
        let layout = plan.params().clone();
        let (test, curves) = match old {
            Some(old) => (old.test, old.curves),
            None => {
                let test = Drawing::new(s.task, s.seed, Part::Test, test_samples(s));
                (test, vec![Default::default(); s.seeds])
            }
        };
        Ok(Self {
            forward: Forward::single(make(plan)?, ROWS),
            layout,
            test,
            outputs: s.task.shapes().outputs(),
            waiting: VecDeque::new(),
            sitting: None,
            curves,
        })
    }

    /// The samples.
    pub fn test(&self) -> &Drawing {
        &self.test
    }

    /// Draws samples. True when all are there.
    pub fn prepare(&mut self, until: Instant) -> bool {
        self.test.advance(until)
    }

    /// Asks for the errors of a run with these weights, given in a layout of their own.
    pub fn ask(&mut self, run: usize, step: u32, layout: &ParamLayout, params: &[f32]) {
        let mut values = vec![0.0; self.layout.len];
        self.layout.transfer(layout, params, &mut values);
        self.waiting.push_back(Asked { run, step, params: values });
    }

    /// Whether something is asked or under way.
    pub fn busy(&self) -> bool {
        self.sitting.is_some() || !self.waiting.is_empty()
    }

    /// Works until the time has come or an answer has to be waited for. True when a curve has grown.
    pub fn advance(&mut self, until: Instant) -> Result<bool, ModelError> {
        let mut grown = false;
        while self.busy() {
            if self.sitting.is_none()
                && let Some(asked) = self.waiting.pop_front()
            {
                self.forward.set_params(&asked.params)?;
                self.sitting = Some(Sitting { asked, first: 0, sums: [0.0; 2] });
            }
            let Some(sitting) = &mut self.sitting else { break };
            if !self.forward.waiting() {
                let rows = rows(&self.test, sitting.first);
                self.forward.submit(&rows.0, &rows.1)?;
            }
            let Some(outputs) = self.forward.poll().transpose()? else { break };
            let s = self.test.samples();
            let last = (sitting.first + ROWS).min(s.count);
            for i in sitting.first..last {
                let truth = &s.y[i * self.outputs..(i + 1) * self.outputs];
                let at = (i - sitting.first) * self.outputs;
                for (sum, y) in sitting.sums.iter_mut().zip(&outputs) {
                    *sum += mean_square(y.get(at..at + self.outputs).unwrap_or_default(), truth);
                }
            }
            sitting.first = last;
            if last == s.count
                && let Some(done) = self.sitting.take()
            {
                self.enter(&done);
                grown = true;
            }
            if Instant::now() >= until {
                break;
            }
        }
        Ok(grown)
    }

    fn enter(&mut self, done: &Sitting) {
        let count = self.test.samples().count.max(1) as f64;
        if let Some(curves) = self.curves.get_mut(done.asked.run) {
            for (curve, sum) in curves.iter_mut().zip(done.sums) {
                curve.retain(|p| p.0 < done.asked.step);
                curve.push((done.asked.step, sum / count));
            }
        }
    }

    /// The curves of every run, `[model, twin]`.
    pub fn curves(&self) -> &[[Vec<Point>; 2]] {
        &self.curves
    }

    /// Forgets what was measured after a step, and what is under way.
    pub fn truncate(&mut self, step: u32) {
        self.waiting.clear();
        self.curves.iter_mut().flatten().for_each(|c| c.retain(|p| p.0 <= step));
    }

    /// Median over the runs with lowest and highest, at every step that all have reached: `[step, median, low, high]`.
    pub fn summary(&self, net: usize) -> Vec<[f64; 4]> {
        let Some(first) = self.curves.first() else { return Vec::new() };
        let at = |step: u32| -> Option<Vec<f64>> {
            self.curves.iter().map(|c| c[net].iter().find(|p| p.0 == step).map(|p| p.1)).collect()
        };
        first[net]
            .iter()
            .filter_map(|p| {
                let mut v = at(p.0)?;
                v.sort_by(f64::total_cmp);
                let middle = v.len() / 2;
                let median =
                    if v.len() % 2 == 1 { v[middle] } else { f64::midpoint(v[middle - 1], v[middle]) };
                Some([f64::from(p.0), median, *v.first()?, *v.last()?])
            })
            .collect()
    }
}

/// Rows of scalars and vectors from the first on, as many as there are in a batch.
fn rows(test: &Drawing, first: usize) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let s = test.samples();
    let take = |v: &[f64]| -> Vec<Vec<f64>> {
        let width = v.len() / s.count.max(1);
        (first..(first + ROWS).min(s.count)).map(|i| v[i * width..(i + 1) * width].to_vec()).collect()
    };
    (take(&s.t0), take(&s.t1))
}
