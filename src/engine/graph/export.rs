//! Graphs as data for an interface that draws them.

use super::{Graph, Op};
use crate::engine::kernels;
use serde::{Deserialize, Serialize};

/// A node as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// `input`, `param`, `constant`, `knob`, `view`, `part`, `repeat` or `kernel`.
    pub kind: String,
    /// What stands on it: a name or path, the kernel with its functions, how often a loop runs.
    pub label: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Names under which the host reads it: outputs, losses, and `gradient of` a parameter.
    pub names: Vec<String>,
}

/// An edge: a value, and a node that takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// Index of the node that is read.
    pub from: usize,
    /// Index of the node that reads it.
    pub to: usize,
    /// As which of its arguments, from 0.
    pub argument: usize,
}

/// Nodes and edges. Edges lead from lower indices to higher ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    /// Nodes in the order of the graph.
    pub nodes: Vec<Drawn>,
    /// Edges by the node that reads.
    pub edges: Vec<Edge>,
}

impl Graph {
    /// The graph as nodes and edges, to be drawn or written as JSON: a model as it was stated, or what
    /// [`crate::engine::rewrite::rewrite`] made of it.
    pub fn drawing(&self) -> Drawing {
        let mut nodes: Vec<Drawn> = Vec::with_capacity(self.nodes.len());
        let mut edges = Vec::new();
        for (to, node) in self.nodes.iter().enumerate() {
            let (kind, label) = self.word(&node.op);
            nodes.push(Drawn { kind: kind.to_owned(), label, shape: node.shape.clone(), names: Vec::new() });
            edges.extend(node.inputs.iter().enumerate().map(|(argument, &from)| Edge { from, to, argument }));
        }
        let train = self.train.iter();
        let losses = train.clone().flat_map(|t| &t.losses).map(|(name, id)| (name.clone(), *id));
        let grads = train.flat_map(|t| &t.grads);
        let grads = grads.map(|&(p, id)| (format!("gradient of {}", self.params[p].path), id));
        for (name, id) in self.outputs.iter().cloned().chain(losses).chain(grads) {
            nodes[id].names.push(name);
        }
        Drawing { nodes, edges }
    }

    fn word(&self, op: &Op) -> (&'static str, String) {
        match op {
            Op::Input(name) => ("input", name.clone()),
            Op::Param(index) => {
                ("param", self.params.get(*index).map_or_else(String::new, |p| p.path.clone()))
            }
            Op::Constant(data) => match data.as_slice() {
                [value] => ("constant", value.to_string()),
                _ => ("constant", String::new()),
            },
            Op::Knob(name) => ("knob", name.clone()),
            Op::Reshape => ("view", "reshape".to_owned()),
            Op::Detach => ("view", "detach".to_owned()),
            Op::Part(number) => ("part", number.to_string()),
            Op::Repeat { times, .. } => ("repeat", format!("×{times}")),
            Op::Kernel { stem, attrs } => {
                ("kernel", kernels::find(stem).map_or_else(|| (*stem).to_owned(), |k| k.label(attrs)))
            }
        }
    }
}
