//! What the square and the orbit plot show: both networks at the present g, along the orbit, and over a sample.

use super::measure::{Forward, Outputs, act, output_type, pair_residual, rho};
use super::model::{Model, ModelError, pack};
use super::settings::Settings;
use crate::engine::{Backend, EngineError, Graph, Health, MakeExecutor, ParamLayout, Plan};
use crate::maths::residual::{median_worst, output_scale};
use crate::maths::rng::Rng;
use crate::maths::{Group, Matrix, Orbit};
use crate::nn::models::NetShape;
use std::sync::Arc;

/// Group elements on the orbit, and pairs in the sample.
pub const SAMPLES: usize = 256;

/// Largest rapidity in the sample of boosts.
pub const SAMPLE_RAPIDITY: f64 = 1.0;

/// Streams of the seed that draw the sample: its elements and its inputs.
const STREAM_ELEMENTS: u64 = 100;
const STREAM_INPUTS: u64 = 101;

/// The square at one (g, x): what both roads gave.
#[derive(Clone, Debug)]
pub struct Square {
    /// The element.
    pub g: Matrix,
    /// f(x), packed.
    pub y: Vec<f64>,
    /// f(g·x), packed.
    pub f_gx: Vec<f64>,
    /// ρ(g) f(x), packed.
    pub rho_y: Vec<f64>,
    /// Residuals of the equivariant network and of the twin; `None` where the output vanishes.
    pub residual: [Option<f64>; 2],
    /// The equivariant network's residual in f64.
    pub exact: Option<f64>,
}

/// Residuals over the orbit and over the sample, `[equivariant, twin]`.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The orbit.
    pub orbit: Orbit,
    /// Residual at each of its elements.
    pub along: [Vec<f64>; 2],
    /// Median over the sample of pairs (g, x).
    pub median: [f64; 2],
    /// Worst over the sample.
    pub worst: [f64; 2],
    /// Mean squared error over the inputs of the sample, which follow the law of the training data.
    pub loss: [f64; 2],
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Orbit,
    SampleX,
    SampleGx,
}

/// The pairs (g, x) of the sample, the inputs as scalars and packed vectors.
#[derive(Clone, Debug, Default)]
struct Sample {
    elements: Vec<Matrix>,
    scalars: Vec<Vec<f64>>,
    vectors: Vec<Vec<f64>>,
}

impl Sample {
    /// The present x with the first element; others from the data law, present x + spread · N(0, 1).
    fn draw(s: &Settings) -> Self {
        let mut rng = Rng::new(s.seed, STREAM_INPUTS);
        let packed = pack(&s.x);
        let mut sample = Self {
            elements: s.group.samples(SAMPLES, &mut Rng::new(s.seed, STREAM_ELEMENTS), SAMPLE_RAPIDITY),
            ..Self::default()
        };
        for k in 0..SAMPLES {
            let (spread, scalar) = if k == 0 { (0.0, 0.0) } else { (s.spread, super::model::SCALAR_SPREAD) };
            sample.scalars.push(s.scalars.iter().map(|m| m + scalar * rng.normal()).collect());
            sample.vectors.push(packed.iter().map(|v| v + spread * rng.normal()).collect());
        }
        sample
    }

    /// g·x for every pair.
    fn carried(&self) -> Vec<Vec<f64>> {
        self.elements.iter().zip(&self.vectors).map(|(g, x)| act(g, x)).collect()
    }
}

/// One sweep from its first batch to its last: what it compares is fixed when it starts. The weights are those that
/// the executor was given then; the settings may move on meanwhile.
struct Run {
    stage: Stage,
    scalars: Vec<f64>,
    vectors: Vec<f64>,
    orbit: Orbit,
    orbit_outputs: Outputs,
    sample_outputs: Outputs,
}

/// Input and element of the pair on its way.
struct Asked {
    scalars: Vec<f64>,
    vectors: Vec<f64>,
    g: Matrix,
}

/// Evaluates both networks where the pictures need them, without waiting.
pub struct Prober {
    model: Model,
    pair: Forward,
    sweep: Forward,
    exact: Forward,
    layout: ParamLayout,
    settings: Settings,
    /// The latest weights; an executor takes them when its next comparison starts, never within one.
    params: Vec<f32>,
    /// Changes only between two sweeps.
    sample: Sample,
    sample_stale: bool,
    asked: Option<Asked>,
    run: Option<Run>,
    scale: Option<[f64; 2]>,
    pair_dirty: bool,
    sweep_dirty: bool,
    square: Option<Square>,
    result: Option<Sweep>,
}

impl Prober {
    /// Compiles the forward plans for the settings.
    pub fn new(model: Model, s: &Settings, make: &MakeExecutor) -> Result<Self, ModelError> {
        let compile = |graph: Graph| Plan::compile(&graph).map(Arc::new);
        let pair_plan = compile(model.forward(s.target, s.breaks, 2)?)?;
        let sweep_plan = compile(model.forward(s.target, s.breaks, SAMPLES + 1)?)?;
        let layout = pair_plan.params().clone();
        Ok(Self {
            model,
            pair: Forward::single(make(pair_plan.clone())?, &model.shape, 2),
            sweep: Forward::single(make(sweep_plan)?, &model.shape, SAMPLES + 1),
            exact: Forward::double(pair_plan, &model.shape, 2),
            settings: s.clone(),
            params: layout.init(s.init),
            layout,
            sample: Sample::default(),
            sample_stale: true,
            asked: None,
            run: None,
            scale: None,
            pair_dirty: true,
            sweep_dirty: true,
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

    /// State of the executors.
    pub fn health(&self) -> Health {
        self.sweep.health()
    }

    /// New weights, in the layout of [`Prober::layout`]. A comparison under way is finished with those it began with.
    pub fn set_params(&mut self, params: &[f32]) -> Result<(), EngineError> {
        self.params = params.to_vec();
        self.pair_dirty = true;
        self.sweep_dirty = true;
        Ok(())
    }

    /// New settings of the kind that need no other plan: the element, the input, the spread, the group's name.
    pub fn set(&mut self, s: &Settings) {
        let old = std::mem::replace(&mut self.settings, s.clone());
        let moved = old.x != s.x || old.scalars != s.scalars;
        let resample = moved || old.spread != s.spread || old.group != s.group || old.seed != s.seed;
        // Along the orbit only the first coordinate changes: turning g further leaves the sweep as it is.
        let first = s.group.coordinates()[0];
        let mut along = old.coords;
        first.set(&mut along, first.get(&s.coords));
        self.sample_stale |= resample;
        self.sweep_dirty |= resample || along != s.coords;
        self.pair_dirty |= resample || old.coords != s.coords;
    }

    /// Collects what has arrived and submits what is stale. True when something new can be drawn.
    pub fn advance(&mut self) -> Result<bool, EngineError> {
        let mut fresh = self.advance_pair()?;
        fresh |= self.advance_sweep()?;
        Ok(fresh)
    }

    fn advance_pair(&mut self) -> Result<bool, EngineError> {
        if self.pair_dirty && self.asked.is_none() {
            self.submit_pair()?;
        }
        let Some(outputs) = self.pair.poll().transpose()? else { return Ok(false) };
        let (Some(asked), Some(scale)) = (self.asked.take(), self.scale) else {
            // Without a scale there is no residual yet: ask again once the sample has come.
            self.pair_dirty = true;
            return Ok(false);
        };
        let exact = self.exact.poll().transpose()?;
        self.square = Some(Square::compare(&self.model.shape, asked.g, &outputs, exact.as_ref(), scale));
        Ok(true)
    }

    /// x and g·x in one batch, with the present weights, in both precisions.
    fn submit_pair(&mut self) -> Result<(), EngineError> {
        let s = &self.settings;
        let asked = Asked { scalars: s.scalars.clone(), vectors: pack(&s.x), g: s.group.element(&s.coords) };
        let t0 = std::slice::from_ref(&asked.scalars);
        let t1 = [asked.vectors.clone(), act(&asked.g, &asked.vectors)];
        for forward in [&mut self.pair, &mut self.exact] {
            forward.set_params(&self.params)?;
            forward.submit(t0, &t1)?;
        }
        self.asked = Some(asked);
        self.pair_dirty = false;
        Ok(())
    }

    /// One of three batches a call, so that a slow CPU spreads the sweep over three frames.
    fn advance_sweep(&mut self) -> Result<bool, EngineError> {
        if self.run.is_none() && self.sweep_dirty {
            self.start_sweep()?;
        }
        let Some(mut run) = self.run.take() else { return Ok(false) };
        if !self.sweep.waiting() {
            self.submit_stage(&run)?;
        }
        match self.sweep.poll().transpose()? {
            None => self.run = Some(run),
            Some(outputs) => match run.stage {
                Stage::Orbit => {
                    run.orbit_outputs = outputs;
                    self.run = Some(Run { stage: Stage::SampleX, ..run });
                }
                Stage::SampleX => {
                    run.sample_outputs = outputs;
                    self.run = Some(Run { stage: Stage::SampleGx, ..run });
                }
                Stage::SampleGx => {
                    self.finish(run, &outputs);
                    return Ok(true);
                }
            },
        }
        Ok(false)
    }

    fn start_sweep(&mut self) -> Result<(), EngineError> {
        let s = &self.settings;
        if std::mem::take(&mut self.sample_stale) {
            self.sample = Sample::draw(s);
        }
        self.sweep.set_params(&self.params)?;
        self.sweep_dirty = false;
        self.run = Some(Run {
            stage: Stage::Orbit,
            scalars: s.scalars.clone(),
            vectors: pack(&s.x),
            orbit: Orbit::through(s.group, &s.coords, SAMPLES),
            orbit_outputs: Outputs::default(),
            sample_outputs: Outputs::default(),
        });
        Ok(())
    }

    fn submit_stage(&mut self, run: &Run) -> Result<(), EngineError> {
        match run.stage {
            Stage::Orbit => {
                let along = run.orbit.elements.iter().map(|g| act(g, &run.vectors));
                let t1: Vec<Vec<f64>> = std::iter::once(run.vectors.clone()).chain(along).collect();
                self.sweep.submit(std::slice::from_ref(&run.scalars), &t1)
            }
            Stage::SampleX => self.sweep.submit(&self.sample.scalars, &self.sample.vectors),
            Stage::SampleGx => self.sweep.submit(&self.sample.scalars, &self.sample.carried()),
        }
    }

    fn finish(&mut self, run: Run, gx: &Outputs) {
        let (_, width) = output_type(&self.model.shape);
        let x = &run.sample_outputs;
        let scale = scales(x, width);
        let row =
            |v: &[f64], i: usize| v.get(i * width..(i + 1) * width).map_or_else(Vec::new, <[f64]>::to_vec);
        let shape = &self.model.shape;
        let along = [0, 1].map(|k| {
            let fx = row(&run.orbit_outputs[k], 0);
            let at = |(i, g): (usize, &Matrix)| {
                let f_gx = row(&run.orbit_outputs[k], i + 1);
                pair_residual(shape, g, &f_gx, &fx, scale[k], true).unwrap_or(0.0)
            };
            run.orbit.elements.iter().enumerate().map(at).collect::<Vec<f64>>()
        });
        let sample = [0, 1].map(|k| {
            let at = |(i, g): (usize, &Matrix)| {
                pair_residual(shape, g, &row(&gx[k], i), &row(&x[k], i), scale[k], true).unwrap_or(0.0)
            };
            median_worst(&self.sample.elements.iter().enumerate().map(at).collect::<Vec<f64>>())
        });
        let loss = [0, 1].map(|k| {
            let n = (SAMPLES * width).min(x[k].len());
            let square = |(a, b): (&f64, &f64)| (a - b) * (a - b);
            x[k][..n].iter().zip(&x[2]).map(square).sum::<f64>() / n.max(1) as f64
        });
        self.scale = Some(scale);
        let (median, worst) = (sample.map(|s| s.0), sample.map(|s| s.1));
        self.result = Some(Sweep { orbit: run.orbit, along, median, worst, loss });
        self.pair_dirty = true;
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
        self.pair_dirty || self.sweep_dirty || self.asked.is_some() || self.run.is_some()
    }

    /// The group under test.
    pub fn group(&self) -> Group {
        self.settings.group
    }
}

impl Square {
    /// From the outputs at x and g·x, two rows each, in the precision under test and, where there, in f64.
    fn compare(shape: &NetShape, g: Matrix, f: &Outputs, exact: Option<&Outputs>, scale: [f64; 2]) -> Self {
        let (_, width) = output_type(shape);
        let halves = |v: &[f64]| {
            let (x, gx) = v.split_at(width.min(v.len()));
            (x.to_vec(), gx.to_vec())
        };
        let residual = |outputs: &Outputs, k: usize, single: bool| {
            let (y, f_gx) = halves(&outputs[k]);
            pair_residual(shape, &g, &f_gx, &y, scale[k], single)
        };
        let (y, f_gx) = halves(&f[0]);
        Self {
            rho_y: rho(shape, &g, &y),
            residual: [0, 1].map(|k| residual(f, k, true)),
            exact: exact.and_then(|e| residual(e, 0, false)),
            y,
            f_gx,
            g,
        }
    }
}

/// Root mean square of ‖f(x)‖₂ over the sample, of both networks.
fn scales(f_x: &Outputs, width: usize) -> [f64; 2] {
    [0, 1].map(|k| output_scale(&f_x[k][..(SAMPLES * width).min(f_x[k].len())], width))
}

/// One square on the CPU in f64, computed at once: both roads at the settings' (g, x) with the initial weights, measured
/// against the same sample as in the lab. For pictures of the lab outside the lab.
pub fn once(s: &Settings) -> Result<Option<Square>, ModelError> {
    let model = Model::new(s, s.group)?;
    let plan = Arc::new(Plan::compile(&model.forward(s.target, s.breaks, SAMPLES + 1)?)?);
    let params = plan.params().init(s.init);
    let mut forward = Forward::double(plan, &model.shape, SAMPLES + 1);
    forward.set_params(&params)?;
    // The sample begins with the present x; g·x follows it as the last row.
    let mut sample = Sample::draw(s);
    let g = s.group.element(&s.coords);
    sample.vectors.push(act(&g, &pack(&s.x)));
    sample.scalars.push(s.scalars.clone());
    forward.submit(&sample.scalars, &sample.vectors)?;
    let Some(outputs) = forward.poll().transpose()? else { return Ok(None) };
    let (_, width) = output_type(&model.shape);
    let scale = scales(&outputs, width);
    let pair = outputs.map(|v| {
        let at = |i: usize| v.get(i * width..(i + 1) * width).unwrap_or_default();
        [at(0), at(SAMPLES)].concat()
    });
    Ok(Some(Square::compare(&model.shape, g, &pair, Some(&pair), scale)))
}
