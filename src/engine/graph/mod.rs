//! Graphs: nodes, the builder that appends them, and reverse-mode differentiation that appends more.

mod attention;
mod autodiff;
mod builder;
mod export;
mod functions;
mod geometry;
mod image;
mod layout;
mod random;
mod repeat;
mod statistics;
mod tensors;
mod training;
mod var;

pub use attention::Mask;
pub use autodiff::{Cotangents, Vjp};
pub use builder::Builder;
pub use export::{Drawing, Drawn, Edge};
pub use image::Conv;
pub(crate) use repeat::place_name;
pub use training::{Clip, Decay, Optimiser, Rule, Schedule, Shape, Training};
pub use var::Var;

use crate::engine::kernels::Attrs;
use serde::{Deserialize, Serialize};

/// Place of a node in its graph; inputs of a node always come before it.
pub type NodeId = usize;

/// How a parameter starts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Init {
    /// All 0.
    Zeros,
    /// All the same.
    Constant(f64),
    /// Independent normal numbers, seeded by the run's seed and the parameter's path.
    Normal {
        /// Standard deviation.
        std: f64,
    },
    /// Independent uniform numbers, seeded as the normal ones.
    Uniform {
        /// Least.
        low: f64,
        /// Most.
        high: f64,
    },
}

/// Where the values of a node come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Written by the host.
    Input(String),
    /// Entry of [`Graph::params`].
    Param(usize),
    /// Fixed numbers.
    Constant(Vec<f64>),
    /// One number that the host may change between steps.
    Knob(String),
    /// The input's numbers under another shape.
    Reshape,
    /// The input's numbers, cut off from differentiation.
    Detach,
    /// A further result of the kernel or loop that is its input: number 1, 2, …; number 0 is that node itself.
    Part(usize),
    /// A loop: inputs are the state before it and what the body reads beside the state.
    Repeat {
        /// How often the body runs.
        times: u32,
        /// Inputs "0", "1", … as those of the node; outputs "0", "1", … the next state.
        body: Box<Graph>,
    },
    /// A kernel of the registry.
    Kernel {
        /// Its stem.
        stem: &'static str,
        /// Its attributes.
        attrs: Attrs,
    },
}

/// One value of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it comes from.
    pub op: Op,
    /// What it is computed from.
    pub inputs: Vec<NodeId>,
    /// Its shape.
    pub shape: Vec<usize>,
}

/// A parameter, as declared.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Stable dotted path, `layers.2.mix`.
    pub path: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// How it starts.
    pub init: Init,
    /// The node that reads it.
    pub node: NodeId,
}

/// A training step: losses, and a gradient for each parameter that matters.
#[derive(Clone, Debug, PartialEq)]
pub struct Train {
    /// Named losses; the total is their sum.
    pub losses: Vec<(String, NodeId)>,
    /// Index into [`Graph::params`] and the node of its gradient.
    pub grads: Vec<(usize, NodeId)>,
    /// How parameters follow their gradients.
    pub training: Training,
}

/// A finished graph, free of errors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// Nodes, inputs first.
    pub nodes: Vec<Node>,
    /// Parameters in order of declaration.
    pub params: Vec<Param>,
    /// Knobs and their first values.
    pub knobs: Vec<(String, f64)>,
    /// Inputs of several frames, and how many each has.
    pub frames: Vec<(String, usize)>,
    /// Named results.
    pub outputs: Vec<(String, NodeId)>,
    /// The training step, if there is one.
    pub train: Option<Train>,
}
