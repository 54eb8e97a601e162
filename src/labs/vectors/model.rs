//! The lab's graphs: both networks, forward and training.

use super::settings::Settings;
use crate::data::Target;
use crate::engine::{Builder, EngineError, Graph, Plan, Var};
use crate::maths::Group;
use crate::nn::field::{Field, FieldType};
use crate::nn::layer::TypeMismatch;
use crate::nn::layers::Breaks;
use crate::nn::models::NetShape;
use crate::session::CheckpointError;

/// Names of the two networks: of their losses, outputs and parameter paths.
pub const NETS: [&str; 2] = ["equivariant", "twin"];

/// Name of the target among the outputs of the forward plan.
pub const TRUTH: &str = "truth";

/// Standard deviation of the scalars in the data, around the present ones.
pub const SCALAR_SPREAD: f64 = 0.2;

/// Streams of the data seed.
const STREAM_VECTORS: u32 = 0;
const STREAM_SCALARS: u32 = 1;

/// A model that could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A layer was given what it does not take.
    #[error(transparent)]
    Type(#[from] TypeMismatch),
    /// The graph is not well formed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A saved run cannot be loaded.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// The two networks of the present settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Model {
    /// Shape of the equivariant network.
    pub shape: NetShape,
    /// Width of the twin, chosen so that the parameter counts agree.
    pub twin_width: usize,
    /// Parameters of the equivariant network, unbroken, and of the twin.
    pub parameters: (usize, usize),
}

impl Model {
    /// The networks for a group and the sizes in the settings.
    pub fn new(s: &Settings, group: Group) -> Result<Self, ModelError> {
        let n = s.x.len();
        let shape =
            NetShape { group, from: (n, n), to: s.target.output(n), width: s.width, layers: s.layers };
        let b = Builder::new();
        let (t0, t1) = inputs(&b, &shape, 1);
        shape.build_equivariant(&b, Breaks::default(), t0, t1)?.output(&b, NETS[0]);
        let count = Plan::compile(&b.finish()?)?.params().count();
        let twin_width = shape.twin_width(count);
        Ok(Self { shape, twin_width, parameters: (count, shape.twin_parameters(twin_width)) })
    }

    /// Both networks and the target on a batch: inputs `t0` [B, n] and `t1` [B, D, n]; outputs `equivariant.t0`,
    /// `equivariant.t1`, `twin.t0`, `twin.t1`, `truth.t0`, `truth.t1`, those that the target has.
    pub fn forward(&self, target: Target, breaks: Breaks, batch: usize) -> Result<Graph, ModelError> {
        let b = Builder::new();
        let (t0, t1) = inputs(&b, &self.shape, batch);
        let (f, twin) = self.nets(&b, breaks, t0, t1)?;
        f.output(&b, NETS[0]);
        twin.output(&b, NETS[1]);
        self.truth(&b, target, t0, t1).output(&b, TRUTH);
        Ok(b.finish()?)
    }

    /// One training step of both networks on the same fresh batch: inputs `x0` [1, D, n] and `m0` [1, n], knobs
    /// `spread` and `lr`; losses `equivariant` and `twin`, mean squared errors over samples and output components.
    pub fn training(&self, s: &Settings) -> Result<Graph, ModelError> {
        let b = Builder::new();
        let (n, dim) = (self.shape.from.0, self.shape.group.dim());
        let spread = b.knob("spread", s.spread);
        let t1 = b.random_normal(STREAM_VECTORS, &[s.batch, dim, n]) * spread + b.input("x0", &[1, dim, n]);
        let t0 = b.random_normal(STREAM_SCALARS, &[s.batch, n]) * SCALAR_SPREAD + b.input("m0", &[1, n]);
        let truth = self.truth(&b, s.target, t0, t1);
        let (f, twin) = self.nets(&b, s.breaks, t0, t1)?;
        let losses = [(NETS[0], error(f, truth)), (NETS[1], error(twin, truth))];
        let losses: Vec<(&str, Var<'_>)> = losses.iter().filter_map(|(n, l)| l.map(|l| (*n, l))).collect();
        b.train(&losses, s.optimiser);
        Ok(b.finish()?)
    }

    /// The target, on the true metric whatever is broken.
    fn truth<'b>(&self, b: &'b Builder, target: Target, t0: Var<'b>, t1: Var<'b>) -> Field<'b> {
        let metric = self.shape.group.metric();
        let (o0, o1) = self.shape.to;
        let (t0, t1) = target.build(b, b.constant(&[metric.len()], &metric), t0, t1);
        Field { ty: FieldType::point(self.shape.group, o0, o1), t0, t1 }
    }

    fn nets<'b>(
        &self,
        b: &'b Builder,
        breaks: Breaks,
        t0: Var<'b>,
        t1: Var<'b>,
    ) -> Result<(Field<'b>, Field<'b>), ModelError> {
        let f = self.shape.build_equivariant(b, breaks, t0, t1)?;
        Ok((f, self.shape.build_twin(b, self.twin_width, t0, t1)))
    }
}

fn inputs<'b>(b: &'b Builder, shape: &NetShape, batch: usize) -> (Var<'b>, Var<'b>) {
    let (n0, n1) = shape.from;
    (b.input("t0", &[batch, n0]), b.input("t1", &[batch, shape.group.dim(), n1]))
}

/// Mean squared error over the one type that the target has.
fn error<'b>(f: Field<'b>, truth: Field<'b>) -> Option<Var<'b>> {
    let pair = f.t0.zip(truth.t0).or(f.t1.zip(truth.t1));
    pair.map(|(a, b)| (a - b).square().mean())
}

/// Vectors as the networks take them, [D, n] with components before channels.
pub fn pack(x: &[Vec<f64>]) -> Vec<f64> {
    let dim = x.first().map_or(0, Vec::len);
    (0..dim).flat_map(|i| x.iter().map(move |v| v[i])).collect()
}

/// The inverse of [`pack`].
pub fn unpack(packed: &[f64], dim: usize) -> Vec<Vec<f64>> {
    let n = packed.len() / dim.max(1);
    (0..n).map(|c| (0..dim).map(|i| packed[i * n + c]).collect()).collect()
}
