//! What the square and the orbit plot show: both networks at the present g, along the orbit, and over a sample.

use super::measure::{Forward, Outputs, mean_square};
use super::model::{ModelError, Pair};
use super::settings::Settings;
use super::task::{Motion, Ruler, act_inputs, act_outputs, act_truth, motions_of};
use crate::data::nbody::{AHEAD, Bodies, Clip};
use crate::data::tasks::pack;
use crate::data::{Samples, Task};
use crate::engine::{Backend, EngineError, Graph, MakeExecutor, ParamLayout, Plan};
use crate::labs::places::Places;
use crate::maths::residual::{median_worst, output_scale};
use crate::maths::rng::Rng;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// Pairs in the sample, and elements on the orbit.
pub const SAMPLES: usize = 96;
/// Largest rapidity in the sample of boosts.
pub const SAMPLE_RAPIDITY: f64 = 1.0;
/// Rows of the batch in which x is evaluated, and of that for g·x: they have different neighbours, which matters to a
/// network that looks at its whole batch.
const COMPANY: usize = 4;
/// While training goes on, pairs and sweeps are measured this far apart at least.
const PAIR_PAUSE: Duration = Duration::from_millis(100);
const SWEEP_PAUSE: Duration = Duration::from_millis(500);
/// The same for the pair in f64, even where something is moved meanwhile: it costs several times as much as in f32 and
/// is read off a standing picture.
const EXACT_PAUSE: Duration = Duration::from_secs(2);
/// Pieces of a true way of a charge.
const WAY: usize = 20;
/// Stream of the seed that draws the elements.
const STREAM_ELEMENTS: u64 = 100;

/// The square at one (g, x): what both roads gave. Arrays are `[model, twin]`.
#[derive(Clone, Debug)]
pub struct Square {
    /// The element.
    pub g: Motion,
    /// f(x).
    pub y: Outputs,
    /// f(g·x).
    pub f_gx: Outputs,
    /// ρ(g) f(x).
    pub rho_y: Outputs,
    /// The true value at g·x.
    pub truth: Vec<f64>,
    /// For charges, the places that each passes through on its true way from x, in R³; else nothing.
    pub ways: Vec<Vec<Vec<f64>>>,
    /// Residuals; `None` where the output vanishes or its scale is not known yet.
    pub residual: [Option<f64>; 2],
    /// The model's residual in f64; while training goes on, with weights of up to two seconds ago.
    pub exact: Option<f64>,
    /// Mean squared errors at g·x.
    pub error: [f64; 2],
}

/// Along the orbit and over the sample, `[model, twin]`.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// Values of the swept coordinate.
    pub values: Vec<f64>,
    /// Mean squared error at each of them.
    pub error: [Vec<f64>; 2],
    /// Residual at each of them.
    pub residual: [Vec<f64>; 2],
    /// Median residual over the sample of pairs (g, x).
    pub median: [f64; 2],
    /// Worst over the sample.
    pub worst: [f64; 2],
}

/// Batches of a sweep: along the orbit, the sample, and the sample moved.
const STAGES: usize = 3;

/// Input and element of a comparison, fixed when it starts.
#[derive(Clone)]
struct Asked {
    scalars: Vec<f64>,
    vectors: Vec<f64>,
    truth: Vec<f64>,
    ways: Vec<Vec<Vec<f64>>>,
    g: Motion,
}

/// A pair on its way: first x among its neighbours, then g·x among others.
struct PairRun {
    asked: Asked,
    /// Whether it is evaluated in f64 as well.
    exact: bool,
    at_x: Option<(Outputs, Option<Outputs>)>,
}

struct SweepRun {
    asked: Asked,
    orbit: Vec<(f64, Motion)>,
    /// How many of its batches are submitted, and the outputs of those that are done.
    sent: usize,
    outputs: Vec<Outputs>,
}

/// Inputs drawn by the data's law and elements to move them by.
#[derive(Default)]
struct Sample {
    elements: Vec<Motion>,
    rulers: Vec<Ruler>,
    scalars: Vec<Vec<f64>>,
    vectors: Vec<Vec<f64>>,
}

/// When something has to be measured again.
#[derive(Clone, Copy, Debug, Default)]
struct Due {
    /// Because something was moved: at once.
    moved: bool,
    /// Because the weights changed: while training goes on, after a pause.
    trained: bool,
    last: Option<Instant>,
}

impl Due {
    fn now(&self, playing: bool, pause: Duration) -> bool {
        self.moved || (self.trained && self.rested(playing, pause))
    }

    /// Whether the pause is over, which only training asks for.
    fn rested(&self, playing: bool, pause: Duration) -> bool {
        !playing || self.last.is_none_or(|t| t.elapsed() >= pause)
    }

    fn begin(&mut self) {
        *self = Self { moved: false, trained: false, last: Some(Instant::now()) };
    }

    fn any(&self) -> bool {
        self.moved || self.trained
    }
}

/// Evaluates both networks where the pictures need them, without waiting.
pub struct Prober {
    pair: Forward,
    sweep: Forward,
    sweep_plan: Arc<Plan>,
    /// Where sweeps go on if they run in another thread and that ends.
    here: Rc<MakeExecutor>,
    exact: Forward,
    layout: ParamLayout,
    settings: Settings,
    params: Vec<f32>,
    sample: Sample,
    pair_run: Option<PairRun>,
    sweep_run: Option<SweepRun>,
    scale: Option<[f64; 2]>,
    pair_due: Due,
    exact_due: Due,
    sweep_due: Due,
    square: Option<Square>,
    result: Option<Sweep>,
}

impl Prober {
    /// Compiles the forward plans for the settings.
    pub fn new(model: &Pair, s: &Settings, places: &Places) -> Result<Self, ModelError> {
        let compile = |graph: Graph| Plan::compile(&graph).map(Arc::new);
        let pair_plan = compile(model.forward(COMPANY)?)?;
        let sweep_plan = compile(model.forward(SAMPLES + 1)?)?;
        let layout = pair_plan.params().clone();
        let pair = (places.forward)(pair_plan.clone())?;
        // On the processor a sweep is more than a frame bears: it goes where the training is.
        let aside = if pair.backend() == Backend::Cpu { &places.training } else { &places.forward };
        Ok(Self {
            pair: Forward::single(pair, COMPANY),
            sweep: Forward::single(aside(sweep_plan.clone())?, SAMPLES + 1),
            sweep_plan,
            here: places.here.clone(),
            exact: Forward::double(pair_plan, COMPANY),
            settings: s.clone(),
            params: layout.init(s.init),
            layout,
            sample: Sample::default(),
            pair_run: None,
            sweep_run: None,
            scale: None,
            pair_due: Due { moved: true, ..Due::default() },
            exact_due: Due { moved: true, ..Due::default() },
            sweep_due: Due { moved: true, ..Due::default() },
            square: None,
            result: None,
        })
    }

    /// Parameter layout of the forward plans.
    pub fn layout(&self) -> &ParamLayout {
        &self.layout
    }

    /// Where the forward passes run.
    pub fn backend(&self) -> Backend {
        self.sweep.backend()
    }

    /// The inputs to measure on, by the data's law. Nothing is swept before they are there.
    pub fn set_sample(&mut self, samples: &Samples) {
        let s = &self.settings;
        let count = samples.count.min(SAMPLES);
        let rows = |v: &[f64]| -> Vec<Vec<f64>> {
            let width = v.len() / samples.count.max(1);
            (0..count).map(|i| v[i * width..(i + 1) * width].to_vec()).collect()
        };
        let mut rng = Rng::new(s.seed, STREAM_ELEMENTS);
        let elements = motions_of(s.group(), s.task, count, SAMPLE_RAPIDITY, true, &mut rng);
        self.sample = Sample {
            rulers: elements.iter().map(|g| Ruler::new(s.task, g, true)).collect(),
            elements,
            scalars: rows(&samples.t0),
            vectors: rows(&samples.t1),
        };
        self.sweep_due.moved = true;
    }

    /// New weights, in the layout of [`Prober::layout`]. A comparison under way is finished with those it began with.
    pub fn set_params(&mut self, params: Vec<f32>) {
        self.params = params;
        for due in [&mut self.pair_due, &mut self.exact_due, &mut self.sweep_due] {
            due.trained = true;
        }
    }

    /// New settings of the kind that need no other plan: the element and the input.
    pub fn set(&mut self, s: &Settings) {
        let old = std::mem::replace(&mut self.settings, s.clone());
        let moved = old.x != s.x || old.scalars != s.scalars;
        // Along the orbit only the swept coordinate changes: turning g further leaves the sweep as it is.
        let along = old.g.with_value(s.task, s.g.value(s.task));
        let same = along.handle(s.task) == s.g.handle(s.task) && along.plane == s.g.plane;
        let same = same && along.shift == s.g.shift;
        self.sweep_due.moved |= moved || !same || along.turns != s.g.turns;
        let turned = moved || old.g != s.g;
        self.pair_due.moved |= turned;
        self.exact_due.moved |= turned;
    }

    fn asked(&self) -> Asked {
        let s = &self.settings;
        Asked {
            scalars: s.scalars.clone(),
            vectors: pack(&s.x),
            truth: s.task.target(&s.scalars, &s.x),
            ways: if s.task.is_nbody() { ways(s) } else { Vec::new() },
            g: s.g.motion(s.task),
        }
    }

    /// The pair (x, g·x): collects what has arrived and submits what is due; `playing` while weights keep changing. True
    /// when there is something new to be drawn.
    pub fn advance_pair(&mut self, playing: bool) -> Result<bool, EngineError> {
        let exact = self.exact_due.any() && self.exact_due.rested(playing, EXACT_PAUSE);
        if self.pair_run.is_none() && (exact || self.pair_due.now(playing, PAIR_PAUSE)) {
            self.pair.set_params(&self.params)?;
            self.pair_due.begin();
            if exact {
                self.exact.set_params(&self.params)?;
                self.exact_due.begin();
            }
            let run = PairRun { asked: self.asked(), exact, at_x: None };
            self.submit_pair(&run, None)?;
            self.pair_run = Some(run);
        }
        // Where answers come at once both batches are done in one go.
        for _ in 0..2 {
            let Some(mut run) = self.pair_run.take() else { return Ok(false) };
            let Some(outputs) = self.pair.poll().transpose()? else {
                self.pair_run = Some(run);
                return Ok(false);
            };
            let exact = self.exact.poll().transpose()?;
            match run.at_x.take() {
                None => {
                    self.submit_pair(&run, Some(&run.asked.g))?;
                    run.at_x = Some((outputs, exact));
                    self.pair_run = Some(run);
                }
                Some((at_x, exact_at_x)) => {
                    let exact = exact_at_x.zip(exact);
                    let before = self.square.as_ref().and_then(|q| q.exact).filter(|_| !run.exact);
                    let square = self.compare(run.asked, &at_x, &outputs, exact);
                    self.square = Some(Square { exact: square.exact.or(before), ..square });
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// x, or g·x, with its neighbours: the first samples, or those that follow.
    fn submit_pair(&mut self, run: &PairRun, g: Option<&Motion>) -> Result<(), EngineError> {
        let first = if g.is_some() { COMPANY } else { 0 };
        let neighbours = |v: &Vec<Vec<f64>>| -> Vec<Vec<f64>> {
            v.iter().skip(first).take(COMPANY - 1).cloned().collect()
        };
        let vectors = &run.asked.vectors;
        let mut t0 = vec![run.asked.scalars.clone()];
        let task = self.settings.task;
        let mut t1 = vec![g.map_or_else(|| vectors.clone(), |g| act_inputs(task, g, vectors))];
        t0.extend(neighbours(&self.sample.scalars));
        t1.extend(neighbours(&self.sample.vectors));
        if run.exact {
            self.exact.submit(&t0, &t1)?;
        }
        self.pair.submit(&t0, &t1)
    }

    fn compare(&self, asked: Asked, x: &Outputs, gx: &Outputs, exact: Option<(Outputs, Outputs)>) -> Square {
        let task = self.settings.task;
        let width = task.shapes().outputs();
        let first = |o: &Outputs| [0, 1].map(|k| o[k].get(..width).unwrap_or_default().to_vec());
        let (y, f_gx) = (first(x), first(gx));
        let ruler = |single: bool| Ruler::new(task, &asked.g, single);
        let residual = |ruler: &Ruler, y: &Outputs, f_gx: &Outputs, k: usize| {
            ruler.residual(&f_gx[k], &y[k], self.scale?[k])
        };
        let own = ruler(true);
        let truth = act_truth(task, &asked.g, &asked.truth);
        Square {
            residual: [0, 1].map(|k| residual(&own, &y, &f_gx, k)),
            exact: exact.and_then(|(y, f_gx)| residual(&ruler(false), &first(&y), &first(&f_gx), 0)),
            error: [0, 1].map(|k| mean_square(&f_gx[k], &truth)),
            rho_y: [0, 1].map(|k| act_outputs(task, &asked.g, &y[k])),
            truth,
            ways: asked.ways,
            y,
            f_gx,
            g: asked.g,
        }
    }

    /// The sweep over orbit and sample, one of its batches a call where they run on this thread, so that a slow CPU spreads
    /// it over several frames. True when there is something new to be drawn.
    pub fn advance_sweep(&mut self, playing: bool) -> Result<bool, EngineError> {
        match self.work_at_sweep(playing) {
            Err(error) if self.sweep.apart() => {
                log::warn!("sweeps go on elsewhere: {error}");
                self.sweep = Forward::single((self.here)(self.sweep_plan.clone())?, SAMPLES + 1);
                self.sweep_run = None;
                self.sweep_due.moved = true;
                Ok(false)
            }
            other => other,
        }
    }

    fn work_at_sweep(&mut self, playing: bool) -> Result<bool, EngineError> {
        let due = self.sweep_due.now(playing, SWEEP_PAUSE) && !self.sample.vectors.is_empty();
        if self.sweep_run.is_none() && due {
            self.sweep.set_params(&self.params)?;
            self.sweep_due.begin();
            let orbit = self.settings.g.orbit(self.settings.task, SAMPLES);
            self.sweep_run = Some(SweepRun { asked: self.asked(), orbit, sent: 0, outputs: Vec::new() });
        }
        let Some(mut run) = self.sweep_run.take() else { return Ok(false) };
        while run.sent < STAGES && (run.sent == run.outputs.len() || self.sweep.apart()) {
            self.submit_stage(&run)?;
            run.sent += 1;
        }
        while let Some(outputs) = self.sweep.poll().transpose()? {
            run.outputs.push(outputs);
        }
        if run.outputs.len() < STAGES {
            self.sweep_run = Some(run);
            return Ok(false);
        }
        self.finish(&run);
        Ok(true)
    }

    fn submit_stage(&mut self, run: &SweepRun) -> Result<(), EngineError> {
        let (sample, task) = (&self.sample, self.settings.task);
        match run.sent {
            0 => {
                let along = run.orbit.iter().map(|(_, g)| act_inputs(task, g, &run.asked.vectors));
                let t1: Vec<Vec<f64>> = std::iter::once(run.asked.vectors.clone()).chain(along).collect();
                self.sweep.submit(std::slice::from_ref(&run.asked.scalars), &t1)
            }
            1 => self.sweep.submit(&sample.scalars, &sample.vectors),
            _ => {
                let moved = sample.elements.iter().zip(&sample.vectors).map(|(g, x)| act_inputs(task, g, x));
                self.sweep.submit(&sample.scalars, &moved.collect::<Vec<_>>())
            }
        }
    }

    fn finish(&mut self, run: &SweepRun) {
        let [on_orbit, x, gx] = &run.outputs[..] else { return };
        let task = self.settings.task;
        let width = task.shapes().outputs();
        let count = self.sample.vectors.len();
        let row = |v: &[f64], i: usize| v.get(i * width..(i + 1) * width).unwrap_or_default().to_vec();
        let scale = [0, 1].map(|k| output_scale(&x[k][..(count * width).min(x[k].len())], width));
        let pair =
            |g: &Ruler, f_gx: &[f64], f_x: &[f64], k: usize| g.residual(f_gx, f_x, scale[k]).unwrap_or(0.0);
        let (rulers, truths): (Vec<Ruler>, Vec<Vec<f64>>) = run
            .orbit
            .iter()
            .map(|(_, g)| (Ruler::new(task, g, true), act_truth(task, g, &run.asked.truth)))
            .unzip();
        let orbit = |k: usize, i: usize| row(&on_orbit[k], i + 1);
        let error = [0, 1]
            .map(|k| truths.iter().enumerate().map(|(i, truth)| mean_square(&orbit(k, i), truth)).collect());
        let residual = [0, 1].map(|k| {
            let here = row(&on_orbit[k], 0);
            rulers.iter().enumerate().map(|(i, g)| pair(g, &orbit(k, i), &here, k)).collect()
        });
        let sample = [0, 1].map(|k| {
            let at = |(i, g): (usize, &Ruler)| pair(g, &row(&gx[k], i), &row(&x[k], i), k);
            median_worst(&self.sample.rulers.iter().enumerate().map(at).collect::<Vec<f64>>())
        });
        self.scale = Some(scale);
        let values = run.orbit.iter().map(|o| o.0).collect();
        let (median, worst) = (sample.map(|s| s.0), sample.map(|s| s.1));
        self.result = Some(Sweep { values, error, residual, median, worst });
        // Residuals are relative to the scale.
        self.pair_due.moved = true;
        self.exact_due.trained = true;
    }

    /// The latest square.
    pub fn square(&self) -> Option<&Square> {
        self.square.as_ref()
    }

    /// The latest sweep.
    pub fn sweep(&self) -> Option<&Sweep> {
        self.result.as_ref()
    }

    /// Whether something is stale or on its way.
    pub fn busy(&self) -> bool {
        self.pair_due.any()
            || self.exact_due.any()
            || (self.sweep_due.any() && !self.sample.vectors.is_empty())
            || self.pair_run.is_some()
            || self.sweep_run.is_some()
    }
}

/// The true ways of the charges: [bodies, points, 3].
fn ways(s: &Settings) -> Vec<Vec<Vec<f64>>> {
    let clip = if s.task == Task::NBody { Clip::Norm } else { Clip::Components };
    let vector = |v: &Vec<f64>| [0, 1, 2].map(|i| v.get(i).copied().unwrap_or(0.0));
    let (x, v) = s.x.split_at(s.x.len() / 2);
    let mut bodies =
        Bodies { q: s.scalars.clone(), x: x.iter().map(vector).collect(), v: v.iter().map(vector).collect() };
    let mut ways = vec![Vec::new(); x.len()];
    for point in 0..=WAY {
        if point > 0 {
            bodies.advance(AHEAD / WAY, clip);
        }
        ways.iter_mut().zip(&bodies.x).for_each(|(way, x)| way.push(x.to_vec()));
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn training_puts_off_what_was_moved_in_f64_only() {
        let mut due = Due::default();
        assert!(due.rested(true, EXACT_PAUSE), "never measured");
        due.begin();
        assert!(!due.any());
        due.moved = true;
        assert!(due.now(true, PAIR_PAUSE), "f32: at once");
        assert!(!due.rested(true, EXACT_PAUSE), "f64: after the pause");
        assert!(due.rested(false, EXACT_PAUSE), "or when training rests");
        due.last = due.last.and_then(|t| t.checked_sub(EXACT_PAUSE));
        assert!(due.rested(true, EXACT_PAUSE));
    }
}
