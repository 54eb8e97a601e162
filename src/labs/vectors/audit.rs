//! The equivariance audit: every group, every model, a thousand pairs.

use super::measure::{Forward, Outputs, act, output_type, pair_residual};
use super::model::{Model, ModelError, SCALAR_SPREAD, pack};
use super::settings::{Settings, default_input};
use crate::engine::{Backend as Place, EngineError, MakeExecutor, Plan};
use crate::labs::check::{Backend, CheckOptions, Precision, Report, Row, Symmetry};
use crate::maths::group::MENU;
use crate::maths::residual::{median_worst, output_scale};
use crate::maths::rng::Rng;
use crate::maths::{Group, Matrix};
use crate::nn::layers::Breaks;
use std::sync::Arc;

/// Pairs (g, x) per batch; a batch holds x and g·x.
const CHUNK: usize = 250;

/// Bounds on the worst residual of an equivariant network, by precision and kind of group.
///
/// f32 keeps 24 bits; a compact group changes no length, so some tens of roundings stay below 5e-6. A boost of
/// rapidity 3 makes components 20 times as large, their squares 400 times, and E² − p² gives the digits back only in
/// part: 1e-4. In f64 the same reasoning gives 1e-12 and 1e-11.
pub fn bound(group: Group, double: bool) -> f64 {
    match (group.compact(), double) {
        (true, false) => 5e-6,
        (false, false) => 1e-4,
        (true, true) => 1e-12,
        (false, true) => 1e-11,
    }
}

/// The groups of the audit: those of the menu that the network is built for.
fn groups() -> impl Iterator<Item = Group> {
    MENU.into_iter().filter(|g| g.keeps_metric())
}

/// The unbroken network, and each way to break it.
const VARIANTS: [(&str, Breaks); 5] = [
    ("grepsnet", Breaks { bias: false, relu: false, component: false, metric: false }),
    ("grepsnet-broken-bias", Breaks { bias: true, relu: false, component: false, metric: false }),
    ("grepsnet-broken-relu", Breaks { bias: false, relu: true, component: false, metric: false }),
    ("grepsnet-broken-component", Breaks { bias: false, relu: false, component: true, metric: false }),
    ("grepsnet-broken-metric", Breaks { bias: false, relu: false, component: false, metric: true }),
];

/// An audit in progress: one batch at a time, so that it runs in a page as well as on the command line.
pub struct Audit {
    options: CheckOptions,
    jobs: Vec<(Group, usize)>,
    current: Option<Job>,
    rows: Vec<Row>,
    place: Option<Place>,
}

struct Job {
    group: Group,
    variant: usize,
    model: Model,
    forward: Forward,
    elements: Vec<Matrix>,
    inputs: (Vec<Vec<f64>>, Vec<Vec<f64>>),
    done: usize,
    f_x: Outputs,
    f_gx: Outputs,
}

impl Audit {
    /// Prepares the audit of all groups.
    pub fn new(options: CheckOptions) -> Self {
        let mut jobs: Vec<(Group, usize)> =
            groups().flat_map(|g| (0..VARIANTS.len()).map(move |v| (g, v))).collect();
        jobs.reverse();
        Self { options, jobs, current: None, rows: Vec::new(), place: None }
    }

    /// Pairs for each row.
    pub fn samples(&self) -> usize {
        self.options.samples
    }

    /// The report so far; complete once [`Audit::advance`] has returned true.
    pub fn report(&self) -> Report {
        let (backend, adapter) = match &self.place {
            Some(Place::Gpu { adapter, .. }) => (Backend::Gpu, adapter.clone()),
            _ => (Backend::Cpu, "CPU executor".to_owned()),
        };
        Report {
            lab: super::META.slug.to_owned(),
            backend,
            adapter,
            precision: self.options.precision,
            samples: self.options.samples,
            seed: self.options.seed,
            groups: self.rows.clone(),
            passed: self.rows.iter().all(|r| r.passed),
        }
    }

    /// Does what can be done without waiting. True when all rows are there.
    pub fn advance(&mut self, make: &MakeExecutor) -> Result<bool, ModelError> {
        let Some(mut job) = self.current.take() else {
            let Some((group, variant)) = self.jobs.pop() else { return Ok(true) };
            let job = Job::new(group, variant, &self.options, make)?;
            self.place = Some(job.forward.backend());
            self.current = Some(job);
            return Ok(false);
        };
        if job.advance()? {
            self.rows.extend(job.rows(&self.options));
        } else {
            self.current = Some(job);
        }
        Ok(false)
    }
}

impl Job {
    fn new(group: Group, variant: usize, o: &CheckOptions, make: &MakeExecutor) -> Result<Self, ModelError> {
        let mut s = Settings::default();
        s.set_group(group);
        let model = Model::new(&s, group)?;
        let plan = Arc::new(Plan::compile(&model.forward(s.target, VARIANTS[variant].1, 2 * CHUNK)?)?);
        let params = plan.params().init(s.init);
        let mut forward = if o.precision == Precision::F64 {
            Forward::double(plan, &model.shape, 2 * CHUNK)
        } else {
            Forward::single(make(plan)?, &model.shape, 2 * CHUNK)
        };
        forward.set_params(&params)?;
        // The lab's own data law: the input it opens with, scattered by its spread.
        let (x, scalars) = default_input(group, s.x.len());
        let (mut elements, mut inputs) = (Rng::new(o.seed, 0), Rng::new(o.seed, 1));
        let mut around = |centre: &[f64], spread: f64| -> Vec<f64> {
            centre.iter().map(|v| v + spread * inputs.normal()).collect()
        };
        let packed = pack(&x);
        let drawn =
            (0..o.samples).map(|_| (around(&scalars, SCALAR_SPREAD), around(&packed, s.spread))).unzip();
        let elements = group.samples(o.samples, &mut elements, o.rapidity);
        let empty = Outputs::default;
        Ok(Self {
            group,
            variant,
            model,
            forward,
            elements,
            inputs: drawn,
            done: 0,
            f_x: empty(),
            f_gx: empty(),
        })
    }

    /// True when all pairs have been evaluated.
    fn advance(&mut self) -> Result<bool, EngineError> {
        let end = (self.done + CHUNK).min(self.elements.len());
        if !self.forward.waiting() && self.done < self.elements.len() {
            let part = self.done..end;
            let mut t0 = self.inputs.0[part.clone()].to_vec();
            let mut t1 = self.inputs.1[part.clone()].to_vec();
            t0.extend_from_slice(&self.inputs.0[part.clone()]);
            t1.extend(part.clone().map(|i| act(&self.elements[i], &self.inputs.1[i])));
            self.forward.submit(&t0, &t1)?;
        }
        if let Some(outputs) = self.forward.poll().transpose()? {
            let count = end - self.done;
            let (_, width) = output_type(&self.model.shape);
            for k in 0..2 {
                self.f_x[k].extend_from_slice(&outputs[k][..count * width]);
                self.f_gx[k].extend_from_slice(&outputs[k][count * width..2 * count * width]);
            }
            self.done = end;
        }
        Ok(self.done >= self.elements.len())
    }

    /// The row of the network, and beside the unbroken one that of the twin.
    fn rows(&self, o: &CheckOptions) -> Vec<Row> {
        let mut rows = vec![self.row(0, VARIANTS[self.variant].0, self.variant == 0, o)];
        if self.variant == 0 {
            rows.push(self.row(1, "mlp", false, o));
        }
        rows
    }

    /// The row of network `k`; `exact` where it claims equivariance.
    fn row(&self, k: usize, model: &str, exact: bool, o: &CheckOptions) -> Row {
        let (_, width) = output_type(&self.model.shape);
        let double = o.precision == Precision::F64;
        let s = output_scale(&self.f_x[k], width);
        let residuals: Vec<f64> = self
            .elements
            .iter()
            .enumerate()
            .filter_map(|(i, g)| {
                let r = i * width..(i + 1) * width;
                pair_residual(&self.model.shape, g, &self.f_gx[k][r.clone()], &self.f_x[k][r], s, !double)
            })
            .collect();
        let (median, worst) = median_worst(&residuals);
        let bound = exact.then(|| bound(self.group, double));
        Row {
            group: self.group.to_string(),
            model: model.to_owned(),
            symmetry: if exact { Symmetry::Exact } else { Symmetry::None },
            samples: residuals.len(),
            median,
            worst,
            bound,
            // An output that vanishes leaves nothing to compare, which is no proof of equivariance.
            passed: bound.is_none_or(|b| residuals.len() == self.elements.len() && worst < b),
        }
    }
}
