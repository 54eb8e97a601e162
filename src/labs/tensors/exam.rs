//! The error on samples that no run has seen, at certain steps, measured where the runs train.

use super::measure::mean_square;
use super::model::{ModelError, Pair, names};
use super::run::Drawing;
use super::settings::Settings;
use crate::data::Part;
use crate::engine::{EngineError, Executor, MakeExecutor, Pace, ParamLayout, Plan, Readback, Ticket};
use crate::labs::places::Places;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use web_time::Instant;

/// Samples that the live error is measured on. The command line takes 5 000.
pub fn test_samples(s: &Settings) -> usize {
    if s.task.is_nbody() { 125 } else { 500 }
}

/// Steps, ascending, at which every run is examined: ten apart at first, later each about a tenth further on.
pub fn marks() -> Vec<u32> {
    let next = |step: &u32| step.checked_add((step / 100).max(1) * 10);
    std::iter::successors(Some(10), next).collect()
}

/// A value at a step.
pub type Point = (u32, f64);

/// What is asked: a run at a step with its weights.
struct Asked {
    run: usize,
    step: u32,
    params: Vec<f32>,
    stage: Stage,
    /// The answer is of no interest any more.
    void: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Waiting,
    /// The executor has the weights; where it is this thread's, it may need several frames.
    Begun,
    Sent(Ticket),
}

/// Measures one run after the other.
pub struct Examiner {
    plan: Arc<Plan>,
    executor: Box<dyn Executor>,
    /// Where to go on if the executor is in another thread and that ends.
    here: Rc<MakeExecutor>,
    test: Drawing,
    /// Whether the executor has the samples.
    written: bool,
    outputs: usize,
    asked: VecDeque<Asked>,
    names: &'static [&'static str],
    /// For each run the curve of each network.
    curves: Vec<Vec<Vec<Point>>>,
}

impl Examiner {
    /// Of as many runs as the settings say; with the curves of an old one where there is one.
    pub fn new(model: &Pair, s: &Settings, places: &Places, old: Option<Self>) -> Result<Self, ModelError> {
        let plan = Arc::new(Plan::compile(&model.forward_all(test_samples(s))?)?);
        let (test, curves) = match old {
            Some(old) => (old.test, old.curves),
            None => {
                let test = Drawing::new(s.task, s.seed, Part::Test, test_samples(s));
                (test, vec![vec![Vec::new(); names(s).len()]; s.seeds])
            }
        };
        Ok(Self {
            executor: (places.training)(plan.clone())?,
            plan,
            here: places.here.clone(),
            test,
            written: false,
            outputs: s.task.shapes().outputs(),
            asked: VecDeque::new(),
            names: names(s),
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
        let mut values = vec![0.0; self.plan.params().len];
        self.plan.params().transfer(layout, params, &mut values);
        self.asked.push_back(Asked { run, step, params: values, stage: Stage::Waiting, void: false });
    }

    /// How many answers are still to come.
    pub fn open(&self) -> usize {
        self.asked.len()
    }

    /// Works until the time has come or an answer has to be waited for. True when a curve has grown.
    pub fn advance(&mut self, until: Instant) -> Result<bool, ModelError> {
        match self.work(until) {
            Err(error) if self.executor.pace() == Pace::Apart => {
                log::warn!("exams go on elsewhere: {error}");
                self.executor = (self.here)(self.plan.clone())?;
                self.written = false;
                self.asked.iter_mut().for_each(|a| a.stage = Stage::Waiting);
                Ok(false)
            }
            other => Ok(other?),
        }
    }

    fn work(&mut self, until: Instant) -> Result<bool, EngineError> {
        if !self.test.done() || self.asked.is_empty() {
            return Ok(false);
        }
        if !self.written {
            let s = self.test.samples();
            for (name, values) in [("t0", &s.t0), ("t1", &s.t1)].into_iter().filter(|(_, v)| !v.is_empty()) {
                self.executor.write(name, &values.iter().map(|v| *v as f32).collect::<Vec<f32>>())?;
            }
            self.written = true;
        }
        let mut grown = false;
        self.submit(until)?;
        while let Some(Stage::Sent(ticket)) = self.asked.front().map(|a| a.stage) {
            let Some(answer) = self.executor.poll(ticket) else { break };
            let answer = answer?;
            if let Some(asked) = self.asked.pop_front().filter(|a| !a.void) {
                self.enter(&asked, &answer);
                grown = true;
            }
            self.submit(until)?;
        }
        Ok(grown)
    }

    /// Hands on what has been asked: to another thread all of it, so that it has work in hand, else one at a time.
    fn submit(&mut self, until: Instant) -> Result<(), EngineError> {
        let most = if self.executor.pace() == Pace::Apart { usize::MAX } else { 1 };
        for asked in self.asked.iter_mut().take(most) {
            if asked.stage == Stage::Waiting {
                self.executor.set_params(&asked.params)?;
                asked.stage = Stage::Begun;
            }
            if asked.stage == Stage::Begun {
                let left = until.saturating_duration_since(Instant::now());
                if !self.executor.advance(1, left.as_secs_f64() * 1e3)? {
                    return Ok(());
                }
                asked.stage = Stage::Sent(self.executor.request(self.names));
            }
        }
        Ok(())
    }

    /// The mean over the samples of the squared error of each network.
    fn enter(&mut self, asked: &Asked, answer: &Readback) {
        let s = self.test.samples();
        for (k, net) in self.names.iter().enumerate() {
            let Some(curve) = self.curves.get_mut(asked.run).map(|c| &mut c[k]) else { return };
            let y: Vec<f64> = answer.arrays.get(*net).into_iter().flatten().map(|v| f64::from(*v)).collect();
            let rows = y.chunks(self.outputs).zip(s.y.chunks(self.outputs));
            let error = rows.map(|(y, truth)| mean_square(y, truth)).sum::<f64>() / s.count.max(1) as f64;
            curve.retain(|p| p.0 < asked.step);
            curve.push((asked.step, error));
        }
    }

    /// For each run the curve of each of [`names`].
    pub fn curves(&self) -> &[Vec<Vec<Point>>] {
        &self.curves
    }

    /// Forgets what was measured of a run after a step, and what is under way.
    pub fn truncate(&mut self, run: usize, step: u32) {
        self.asked.iter_mut().filter(|a| a.run == run).for_each(|a| a.void = true);
        self.curves.get_mut(run).into_iter().flatten().for_each(|c| c.retain(|p| p.0 <= step));
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

#[cfg(test)]
mod tests {
    use super::super::efficiency::STEPS;
    use super::*;

    #[test]
    fn marks_come_further_apart() {
        let marks = marks();
        assert!(marks.windows(2).all(|w| w[1] > w[0] && w[1] - w[0] <= 10 + w[0] / 10), "{marks:?}");
        assert_eq!(marks[..3], [10, 20, 30]);
        assert!(marks.len() < 250 && marks.last().is_some_and(|m| *m > u32::MAX / 2), "{}", marks.len());
        assert!(marks.contains(&STEPS), "a sweep's runs end with an exam");
    }
}
