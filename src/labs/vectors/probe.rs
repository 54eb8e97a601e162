//! What the square and the orbit plot show: both networks at the present g, along the orbit, and over a sample.

use super::measure::{Forward, Outputs, act, output_type, pair_residual, rho};
use super::model::{Model, ModelError, pack};
use super::settings::Settings;
use crate::engine::{Backend, EngineError, Graph, Health, MakeExecutor, ParamLayout, Plan};
use crate::maths::residual::{median_worst, output_scale};
use crate::maths::rng::Rng;
use crate::maths::{Group, Matrix, Orbit};
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

/// Evaluates both networks where the pictures need them, without waiting.
pub struct Prober {
    model: Model,
    pair: Forward,
    sweep: Forward,
    exact: Forward,
    layout: ParamLayout,
    settings: Settings,
    /// Elements of the sample and the inputs that go with them: scalars, packed vectors.
    elements: Vec<Matrix>,
    inputs: (Vec<Vec<f64>>, Vec<Vec<f64>>),
    /// Input and element of the pair on its way.
    asked: (Vec<f64>, Vec<f64>, Matrix),
    asked_orbit: Option<Orbit>,
    stage: Stage,
    orbit_outputs: Outputs,
    sample_outputs: Outputs,
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
        let mut prober = Self {
            model,
            pair: Forward::single(make(pair_plan.clone())?, &model.shape, 2),
            sweep: Forward::single(make(sweep_plan)?, &model.shape, SAMPLES + 1),
            layout: pair_plan.params().clone(),
            exact: Forward::double(pair_plan, &model.shape, 2),
            settings: s.clone(),
            elements: Vec::new(),
            inputs: (Vec::new(), Vec::new()),
            asked: (Vec::new(), Vec::new(), Matrix::identity(s.group.dim())),
            asked_orbit: None,
            stage: Stage::Orbit,
            orbit_outputs: Outputs::default(),
            sample_outputs: Outputs::default(),
            scale: None,
            pair_dirty: true,
            sweep_dirty: true,
            square: None,
            result: None,
        };
        prober.draw_sample();
        Ok(prober)
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

    /// New weights, in the layout of [`Prober::layout`].
    pub fn set_params(&mut self, params: &[f32]) -> Result<(), EngineError> {
        self.pair.set_params(params)?;
        self.sweep.set_params(params)?;
        self.exact.set_params(params)?;
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
        self.sweep_dirty |= resample || along != s.coords;
        self.pair_dirty |= resample || old.coords != s.coords;
        if resample {
            self.draw_sample();
        }
    }

    /// The present x with the first element; others from the data law, present x + spread · N(0, 1).
    fn draw_sample(&mut self) {
        let s = &self.settings;
        let mut elements = Rng::new(s.seed, STREAM_ELEMENTS);
        let mut inputs = Rng::new(s.seed, STREAM_INPUTS);
        let (vectors, packed) = (&s.scalars, pack(&s.x));
        self.elements = (0..SAMPLES).map(|_| s.group.sample(&mut elements, SAMPLE_RAPIDITY)).collect();
        self.inputs = (Vec::new(), Vec::new());
        for k in 0..SAMPLES {
            let spread = if k == 0 { 0.0 } else { s.spread };
            let scalar = if k == 0 { 0.0 } else { super::model::SCALAR_SPREAD };
            self.inputs.0.push(vectors.iter().map(|m| m + scalar * inputs.normal()).collect());
            self.inputs.1.push(packed.iter().map(|v| v + spread * inputs.normal()).collect());
        }
    }

    /// Collects what has arrived and submits what is stale. True when something new can be drawn.
    pub fn advance(&mut self) -> Result<bool, EngineError> {
        let mut fresh = self.advance_pair()?;
        fresh |= self.advance_sweep()?;
        Ok(fresh)
    }

    fn advance_pair(&mut self) -> Result<bool, EngineError> {
        if self.pair_dirty && !self.pair.waiting() {
            let packed = pack(&self.settings.x);
            let g = self.settings.group.element(&self.settings.coords);
            let t0 = vec![self.settings.scalars.clone(); 2];
            let t1 = vec![packed.clone(), act(&g, &packed)];
            self.pair.submit(&t0, &t1)?;
            self.asked = (self.settings.scalars.clone(), packed, g);
            self.pair_dirty = false;
        }
        let (Some(outputs), Some(scale)) = (self.pair.poll().transpose()?, self.scale) else {
            // Without a scale there is no residual yet: ask again once the sample has come.
            self.pair_dirty |= self.scale.is_none();
            return Ok(false);
        };
        let (_, width) = output_type(&self.model.shape);
        let g = self.asked.2.clone();
        let residual = [0, 1].map(|k| {
            let (x, gx) = outputs[k].split_at(width);
            pair_residual(&self.model.shape, &g, gx, x, scale[k], true)
        });
        let (y, f_gx) = outputs[0].split_at(width);
        let exact = self.exact_residual(&g, scale[0])?;
        let rho_y = rho(&self.model.shape, &g, y);
        self.square = Some(Square { g, y: y.to_vec(), f_gx: f_gx.to_vec(), rho_y, residual, exact });
        Ok(true)
    }

    fn exact_residual(&mut self, g: &Matrix, scale: f64) -> Result<Option<f64>, EngineError> {
        let (scalars, packed, _) = &self.asked;
        self.exact.submit(std::slice::from_ref(scalars), &[packed.clone(), act(g, packed)])?;
        let Some(outputs) = self.exact.poll().transpose()? else { return Ok(None) };
        let (_, width) = output_type(&self.model.shape);
        let (x, gx) = outputs[0].split_at(width.min(outputs[0].len()));
        Ok(pair_residual(&self.model.shape, g, gx, x, scale, false))
    }

    /// One of three batches a call, so that a slow CPU spreads the sweep over three frames.
    fn advance_sweep(&mut self) -> Result<bool, EngineError> {
        let start = self.stage == Stage::Orbit && self.sweep_dirty;
        if !self.sweep.waiting() && (start || self.stage != Stage::Orbit) {
            self.submit_stage()?;
        }
        let Some(outputs) = self.sweep.poll().transpose()? else { return Ok(false) };
        match self.stage {
            Stage::Orbit => {
                self.orbit_outputs = outputs;
                self.stage = Stage::SampleX;
                Ok(false)
            }
            Stage::SampleX => {
                self.sample_outputs = outputs;
                self.stage = Stage::SampleGx;
                Ok(false)
            }
            Stage::SampleGx => {
                self.finish(&outputs);
                self.stage = Stage::Orbit;
                Ok(true)
            }
        }
    }

    fn submit_stage(&mut self) -> Result<(), EngineError> {
        let s = &self.settings;
        match self.stage {
            Stage::Orbit => {
                self.sweep_dirty = false;
                let packed = pack(&s.x);
                let orbit = Orbit::through(s.group, &s.coords, SAMPLES);
                let mut t1 = vec![packed.clone()];
                t1.extend(orbit.elements.iter().map(|g| act(g, &packed)));
                self.asked_orbit = Some(orbit);
                self.sweep.submit(std::slice::from_ref(&s.scalars), &t1)
            }
            Stage::SampleX => self.sweep.submit(&self.inputs.0, &self.inputs.1),
            Stage::SampleGx => {
                let t1: Vec<Vec<f64>> =
                    self.elements.iter().zip(&self.inputs.1).map(|(g, x)| act(g, x)).collect();
                self.sweep.submit(&self.inputs.0, &t1)
            }
        }
    }

    fn finish(&mut self, gx: &Outputs) {
        let Some(orbit) = self.asked_orbit.take() else { return };
        let (_, width) = output_type(&self.model.shape);
        let x = &self.sample_outputs;
        let scale = [0, 1].map(|k| output_scale(&x[k][..(SAMPLES * width).min(x[k].len())], width));
        let row =
            |v: &[f64], i: usize| v.get(i * width..(i + 1) * width).map_or_else(Vec::new, <[f64]>::to_vec);
        let shape = &self.model.shape;
        let along = [0, 1].map(|k| {
            let fx = row(&self.orbit_outputs[k], 0);
            let at = |(i, g): (usize, &Matrix)| {
                let f_gx = row(&self.orbit_outputs[k], i + 1);
                pair_residual(shape, g, &f_gx, &fx, scale[k], true).unwrap_or(0.0)
            };
            orbit.elements.iter().enumerate().map(at).collect::<Vec<f64>>()
        });
        let sample = [0, 1].map(|k| {
            let at = |(i, g): (usize, &Matrix)| {
                pair_residual(shape, g, &row(&gx[k], i), &row(&x[k], i), scale[k], true).unwrap_or(0.0)
            };
            median_worst(&self.elements.iter().enumerate().map(at).collect::<Vec<f64>>())
        });
        let loss = [0, 1].map(|k| {
            let n = (SAMPLES * width).min(x[k].len());
            let square = |(a, b): (&f64, &f64)| (a - b) * (a - b);
            x[k][..n].iter().zip(&x[2]).map(square).sum::<f64>() / n.max(1) as f64
        });
        self.scale = Some(scale);
        self.result =
            Some(Sweep { orbit, along, median: sample.map(|s| s.0), worst: sample.map(|s| s.1), loss });
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
        self.pair_dirty
            || self.sweep_dirty
            || self.pair.waiting()
            || self.sweep.waiting()
            || self.stage != Stage::Orbit
    }

    /// The group under test.
    pub fn group(&self) -> Group {
        self.settings.group
    }
}

/// One square on the CPU, computed at once: both roads at the settings' (g, x) with the initial weights. The residual
/// is measured against the present output alone. For pictures of the lab outside the lab.
pub fn once(s: &Settings) -> Result<Option<Square>, ModelError> {
    let model = Model::new(s, s.group)?;
    let plan = Arc::new(Plan::compile(&model.forward(s.target, s.breaks, 2)?)?);
    let params = plan.params().init(s.init);
    let mut forward = Forward::double(plan, &model.shape, 2);
    forward.set_params(&params)?;
    let (g, packed) = (s.group.element(&s.coords), pack(&s.x));
    forward.submit(std::slice::from_ref(&s.scalars), &[packed.clone(), act(&g, &packed)])?;
    let Some(outputs) = forward.poll().transpose()? else { return Ok(None) };
    let (_, width) = output_type(&model.shape);
    let (y, f_gx) = outputs[0].split_at(width);
    let rho_y = rho(&model.shape, &g, y);
    let exact = pair_residual(&model.shape, &g, f_gx, y, output_scale(y, width), false);
    Ok(Some(Square { g, y: y.to_vec(), f_gx: f_gx.to_vec(), rho_y, residual: [exact, None], exact }))
}
