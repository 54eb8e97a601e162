//! The lab's graphs: both networks, forward and training.

use super::nets;
use super::protocol::{Presentation, Scaler};
use super::settings::{MORE, Settings};
use crate::data::{Part, Samples, Task};
use crate::engine::graph::Shape;
use crate::engine::kernels::random::Law;
use crate::engine::{Builder, EngineError, Graph, Training, Var};
use crate::maths::MatrixGroup;
use crate::maths::rng::Rng;
use crate::nn::tensors::{Kind, Network, NetworkError};

/// Names of the networks: of their losses, outputs and parameter paths. The first two are those of the square.
const NAMES: [&str; 2 + MORE] = ["model", "twin", "third", "fourth"];
/// Those of the square.
pub const NETS: [&str; 2] = [NAMES[0], NAMES[1]];

/// The names of all networks of the settings.
pub fn names(s: &Settings) -> &'static [&'static str] {
    &NAMES[..s.kinds().count().min(NAMES.len())]
}

/// Stream of the seed that orders the batches.
const STREAM_ROWS: u32 = 0;
/// Stream of the seed that chooses the elements for augmented samples, and that of their table.
const STREAM_MOVES: u32 = 1;
const STREAM_ELEMENTS: u64 = 200;
/// Elements in that table, and the largest rapidity among them: larger ones move samples far out of the data.
const ELEMENTS: usize = 512;
const RAPIDITY: f64 = 0.5;
/// Steps of linear warm-up.
const WARM_UP: u32 = 50;
/// Steps over which the rate falls, and the share of it that stays.
const FALL: (u32, f64) = (2400, 0.05);
/// Samples from which the scales of the data are taken.
const SCALE_SAMPLES: usize = 1000;

/// A model that could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// There is no such network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The graph is not well formed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The model does not take the task or the switches.
    #[error("{0}")]
    Unfit(String),
}

/// The networks of the present settings: the pair of the square, and those that are compared with it in the curves.
#[derive(Clone, Debug)]
pub struct Pair {
    settings: Settings,
    scaler: Scaler,
    networks: Vec<Network>,
}

impl Pair {
    /// The networks for the task and the sizes in the settings; all but the model as wide as brings them closest to its
    /// number of parameters.
    pub fn new(s: &Settings) -> Result<Self, ModelError> {
        let mut networks = vec![nets::model(s)?];
        let wanted = networks[0].parameters();
        for kind in s.kinds().skip(1) {
            // Bases of equivariant maps between wide representations take long.
            let widest = if kind == Kind::Emlp { 96 } else { 512 };
            networks.push(nearest(wanted, widest, |width| nets::twin(s, kind, width))?);
        }
        // A trajectory costs a thousand steps.
        let count = if s.task.is_nbody() { 50 } else { SCALE_SAMPLES };
        let train = s.task.draw(s.seed, Part::Train, count);
        let scaler = Scaler::fit(s.task, Presentation::Scaled, &train);
        Ok(Self { settings: s.clone(), scaler, networks })
    }

    /// Parameters of each network.
    pub fn parameters(&self) -> Vec<usize> {
        self.networks.iter().map(Network::parameters).collect()
    }

    /// The networks.
    pub fn networks(&self) -> &[Network] {
        &self.networks
    }

    /// The pair on a batch: inputs `t0` [B, c₀] where the task has scalars and `t1` [B, D, c₁]; outputs `model`
    /// and `twin`, [B, k], in the target's own units.
    pub fn forward(&self, batch: usize) -> Result<Graph, ModelError> {
        self.outputs(&NETS, batch)
    }

    /// The same for all networks, each under its name.
    pub fn forward_all(&self, batch: usize) -> Result<Graph, ModelError> {
        self.outputs(names(&self.settings), batch)
    }

    fn outputs(&self, names: &[&str], batch: usize) -> Result<Graph, ModelError> {
        let b = Builder::new();
        let (t0, t1) = inputs(&b, self.settings.task, batch);
        for (k, name) in names.iter().enumerate() {
            b.output(name, self.scaler.y.undo_var(self.net(&b, k, t0, t1)?));
        }
        Ok(b.finish()?)
    }

    /// One training step of all networks on the same batch of `samples` rows: inputs `data.t0` [n, c₀], `data.t1`
    /// [n, D·c₁], `data.y` [n, k]; knob `lr`; a loss for each of [`names`], mean squared errors in standard deviations of
    /// the target.
    pub fn training(&self, samples: usize) -> Result<Graph, ModelError> {
        let (s, shapes) = (&self.settings, self.settings.task.shapes());
        let b = Builder::new();
        let batch = s.batch.min(samples);
        let rows = b.random_rows(STREAM_ROWS, samples as u32, batch as u32); // [B]
        let take = |name: &str, width: usize| b.input(name, &[samples, width]).gather_rows(rows, false);
        let t0 = (shapes.t0 > 0).then(|| take("data.t0", shapes.t0)); // [B, c₀]
        let t1 = take("data.t1", shapes.dim * shapes.t1).reshape(&[batch, shapes.dim, shapes.t1]); // [B, D, c₁]
        let y = self.scaler.y.apply_var(take("data.y", shapes.outputs())); // [B, k]
        let augmented = |k: usize| self.networks[k].spec().kind == Kind::MlpAug;
        let moved = (0..self.networks.len()).any(augmented).then(|| self.moved(&b, t1, y)).transpose()?;
        let mut losses: Vec<(&str, Var<'_>)> = Vec::new();
        for (k, name) in names(s).iter().enumerate() {
            let (t1, y) = moved.filter(|_| augmented(k)).unwrap_or((t1, y));
            losses.push((name, (self.net(&b, k, t0, t1)? - y).square().mean()));
        }
        let _ = b.knob("lr", s.learning_rate);
        b.train(&losses, self.rule());
        Ok(b.finish()?)
    }

    /// Adam with a warm-up and a cosine that ends above zero, so that the run can go on.
    fn rule(&self) -> Training {
        let (steps, floor) = FALL;
        Training::adam().warm_up(WARM_UP).shape(Shape::Cosine { steps, floor })
    }

    /// One of the networks on inputs in their own units; its output in scaled ones, [B, k].
    fn net<'b>(
        &self,
        b: &'b Builder,
        k: usize,
        t0: Option<Var<'b>>,
        t1: Var<'b>,
    ) -> Result<Var<'b>, ModelError> {
        let t0 = t0.map(|t0| self.scaler.t0.apply_var(t0));
        let t1 = self.scaler.t1.apply_var(t1);
        nets::build(b, NAMES[k], &self.settings, &self.networks[k], t0, t1)
    }

    /// Every sample moved by an element of its own, one of [`ELEMENTS`] that are drawn once: g·x and ρ(g) y.
    fn moved<'b>(&self, b: &'b Builder, t1: Var<'b>, y: Var<'b>) -> Result<(Var<'b>, Var<'b>), ModelError> {
        let (s, shapes) = (&self.settings, self.settings.task.shapes());
        let (batch, d) = (t1.shape().first().copied().unwrap_or(1), shapes.dim);
        let group = s.group().parse::<MatrixGroup>();
        let group = group.map_err(|e| ModelError::Unfit(e.to_string()))?;
        let elements = group.sample_for_residual(ELEMENTS, RAPIDITY, &mut Rng::new(s.seed, STREAM_ELEMENTS));
        let table: Vec<f64> = elements.iter().flat_map(|g| g.data().iter().copied()).collect();
        let which = b.random(Law::Below(elements.len() as u32), STREAM_MOVES, &[batch]); // [B]
        let table = b.constant(&[elements.len(), d * d], &table);
        let g = table.gather_rows(which, false).reshape(&[batch, d, d]); // [B, D, D]
        let turned = match shapes.rank {
            0 => y,
            1 => y.reshape(&[batch, d, shapes.out]).act(g).reshape(&[batch, d * shapes.out]),
            // g T gᵀ
            _ => y.reshape(&[batch, d, d]).act(g).batch_matmul(g, false, true).reshape(&[batch, d * d]),
        };
        Ok((t1.act(g), turned))
    }

    /// The samples that a run of this many trains on, in the order of the inputs of [`Pair::training`].
    pub fn data(&self, samples: &Samples) -> [(&'static str, Vec<f32>); 3] {
        let single = |v: &[f64]| v.iter().map(|v| *v as f32).collect();
        [("data.t0", single(&samples.t0)), ("data.t1", single(&samples.t1)), ("data.y", single(&samples.y))]
    }
}

fn inputs(b: &Builder, task: Task, batch: usize) -> (Option<Var<'_>>, Var<'_>) {
    let shapes = task.shapes();
    let t0 = (shapes.t0 > 0).then(|| b.input("t0", &[batch, shapes.t0]));
    (t0, b.input("t1", &[batch, shapes.dim, shapes.t1]))
}

/// The network whose number of parameters is nearest to `wanted`, by bisection over the width: the number grows with it.
fn nearest(
    wanted: usize,
    widest: usize,
    make: impl Fn(usize) -> Result<Network, NetworkError>,
) -> Result<Network, NetworkError> {
    let (mut low, mut high) = (2, widest);
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if make(middle)?.parameters() <= wanted { low = middle } else { high = middle }
    }
    let (below, above) = (make(low)?, make(high)?);
    let closer = below.parameters().abs_diff(wanted) <= above.parameters().abs_diff(wanted);
    Ok(if closer { below } else { above })
}
