//! The builder: appends nodes, keeps the first error with the place in the source where it was made.

use std::cell::RefCell;
use std::panic::Location;

use super::{Graph, Init, Node, NodeId, Op, Param, Train, Training, Var};
use crate::engine::EngineError;
use crate::engine::kernels::{self, Attrs};
use crate::engine::shape;

/// Appends nodes to a graph. Operations never return `Result`: the first mistake is kept, later ones are ignored,
/// and [`Builder::finish`] reports it with the file and line of the call.
#[derive(Default)]
pub struct Builder {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    graph: Graph,
    error: Option<EngineError>,
}

impl Builder {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// A tensor that the host writes before a run.
    #[track_caller]
    pub fn input(&self, name: &str, shape: &[usize]) -> Var<'_> {
        let taken = |n: &Node| matches!(&n.op, Op::Input(other) if other == name);
        if self.state.borrow().graph.nodes.iter().any(taken) {
            return self.fail("input", format!("there is already an input named {name:?}"));
        }
        self.append("input", Op::Input(name.to_owned()), &[], shape)
    }

    /// A tensor that the host writes `count` versions of before a run; step t sees version t mod `count`, without a copy. All
    /// such inputs of a graph have as many.
    #[track_caller]
    pub fn frames(&self, name: &str, count: usize, shape: &[usize]) -> Var<'_> {
        let others = self.state.borrow().graph.frames.first().map(|f| f.1);
        if count == 0 || others.is_some_and(|n| n != count) {
            let message = match others {
                Some(n) => format!("input {name:?} has {count} frames, others have {n}"),
                None => format!("input {name:?} must have a frame"),
            };
            return self.fail("frames", message);
        }
        let var = self.input(name, shape);
        self.state.borrow_mut().graph.frames.push((name.to_owned(), count));
        var
    }

    /// A trainable tensor under a stable dotted path; all parameters lie in one buffer.
    #[track_caller]
    pub fn param(&self, path: &str, shape: &[usize], init: Init) -> Var<'_> {
        if self.state.borrow().graph.params.iter().any(|p| p.path == path) {
            return self.fail("param", format!("there is already a parameter at {path:?}"));
        }
        let index = self.state.borrow().graph.params.len();
        let var = self.append("param", Op::Param(index), &[], shape);
        let param = Param { path: path.to_owned(), shape: shape.to_vec(), init, node: var.id };
        self.state.borrow_mut().graph.params.push(param);
        var
    }

    /// Fixed numbers, row-major.
    #[track_caller]
    pub fn constant(&self, shape: &[usize], data: &[f64]) -> Var<'_> {
        if shape::numel(shape) != data.len() {
            return self.fail("constant", format!("shape {shape:?} does not hold {} numbers", data.len()));
        }
        self.append("constant", Op::Constant(data.to_vec()), &[], shape)
    }

    /// One fixed number, shape `[1]`; the same number is stored once.
    #[track_caller]
    pub fn scalar(&self, value: f64) -> Var<'_> {
        let same = |n: &Node| {
            n.shape == [1]
                && matches!(&n.op, Op::Constant(d) if d.len() == 1 && d[0].to_bits() == value.to_bits())
        };
        let found = self.state.borrow().graph.nodes.iter().position(same);
        match found {
            Some(id) => self.var(id),
            None => self.constant(&[1], &[value]),
        }
    }

    /// One number, shape `[1]`, that the host may change between steps without a new plan; asking again for a name
    /// gives the same knob.
    #[track_caller]
    pub fn knob(&self, name: &str, default: f64) -> Var<'_> {
        let same = |n: &Node| matches!(&n.op, Op::Knob(other) if other == name);
        let found = self.state.borrow().graph.nodes.iter().position(same);
        if let Some(id) = found {
            return self.var(id);
        }
        self.state.borrow_mut().graph.knobs.push((name.to_owned(), default));
        self.append("knob", Op::Knob(name.to_owned()), &[], &[1])
    }

    /// Standard normal numbers, fresh every step: element i of step t is a function of (seed, `stream`, t, i).
    #[track_caller]
    pub fn random_normal(&self, stream: u32, shape: &[usize]) -> Var<'_> {
        let mut ints = vec![stream];
        ints.extend(shape.iter().map(|&d| d as u32));
        self.kernel("random_normal", Attrs::ints(&ints), &[])
    }

    /// Any kernel of the registry, by its stem: what the methods of [`Var`] and new kernels are made of.
    #[track_caller]
    pub fn kernel(&self, stem: &str, attrs: Attrs, inputs: &[Var<'_>]) -> Var<'_> {
        let Some(kernel) = kernels::find(stem) else {
            return self.fail(stem, "no kernel of that stem is registered".to_owned());
        };
        if self.failed() {
            return self.poison();
        }
        let shapes: Vec<Vec<usize>> = inputs.iter().map(|v| v.shape()).collect();
        let views: Vec<&[usize]> = shapes.iter().map(Vec::as_slice).collect();
        let expected = kernel.signature(&attrs).graph_inputs();
        if expected != inputs.len() {
            return self.fail(stem, format!("takes {expected} inputs, not {}", inputs.len()));
        }
        match kernel.infer(&attrs, &views) {
            Ok(out) => {
                let ids: Vec<NodeId> = inputs.iter().map(|v| v.id).collect();
                self.append(stem, Op::Kernel { stem: kernel.stem(), attrs }, &ids, &out)
            }
            Err(message) => self.fail(stem, message),
        }
    }

    /// Names a value that the host may read.
    #[track_caller]
    pub fn output(&self, name: &str, v: Var<'_>) {
        if self.state.borrow().graph.outputs.iter().any(|(n, _)| n == name) {
            self.fail("output", format!("there is already an output named {name:?}"));
            return;
        }
        self.state.borrow_mut().graph.outputs.push((name.to_owned(), v.id));
    }

    /// Gradients of a scalar with respect to each of `wrt`, as new nodes that can be differentiated again.
    ///
    /// A kernel without a derivative on the way is an error; a value that the loss does not depend on has gradient 0.
    #[track_caller]
    pub fn grad(&self, loss: Var<'_>, wrt: &[Var<'_>]) -> Vec<Var<'_>> {
        if loss.shape() != [1] {
            let shape = loss.shape();
            let poison = self.fail("grad", format!("the loss must have shape [1], not {shape:?}"));
            return vec![poison; wrt.len()];
        }
        let ids: Vec<NodeId> = wrt.iter().map(|v| v.id).collect();
        super::autodiff::grad(self, loss.id, &ids)
    }

    /// Makes the graph a training step: gradients of the sum of the losses for all parameters, one optimiser dispatch
    /// over the whole parameter buffer (two more for the norm of the gradients where it bounds them), and a tick that
    /// files each loss at the step's place and counts the step.
    #[track_caller]
    pub fn train(&self, losses: &[(&str, Var<'_>)], training: impl Into<Training>) {
        let training = training.into();
        if let Err(message) = training.check() {
            self.fail("train", message);
            return;
        }
        if self.state.borrow().graph.train.is_some() {
            self.fail("train", "the graph has a training step already".to_owned());
            return;
        }
        if let Some((name, v)) = losses.iter().find(|(_, v)| v.shape() != [1]) {
            self.fail("train", format!("loss {name:?} has shape {:?}, not [1]", v.shape()));
            return;
        }
        let Some(total) = losses.iter().map(|&(_, v)| self.var(v.id)).reduce(|a, b| a + b) else {
            self.fail("train", "there are no losses".to_owned());
            return;
        };
        self.knob("lr", 1e-3);
        let used = self.ancestors(total.id);
        let params: Vec<(usize, NodeId)> = {
            let state = self.state.borrow();
            state
                .graph
                .params
                .iter()
                .enumerate()
                .filter(|(_, p)| used[p.node])
                .map(|(i, p)| (i, p.node))
                .collect()
        };
        let wrt: Vec<Var<'_>> = params.iter().map(|&(_, id)| self.var(id)).collect();
        let grads = self.grad(total, &wrt);
        let train = Train {
            losses: losses.iter().map(|(name, v)| ((*name).to_owned(), v.id)).collect(),
            grads: params.iter().zip(&grads).map(|(&(index, _), g)| (index, g.id)).collect(),
            training,
        };
        self.state.borrow_mut().graph.train = Some(train);
    }

    /// The graph, or the first mistake made while building it.
    pub fn finish(self) -> Result<Graph, EngineError> {
        let State { graph, error } = self.state.into_inner();
        match error {
            Some(error) => Err(error),
            None => Ok(graph),
        }
    }

    /// Reports a mistake of a layer or model built on top, as if an operation had failed.
    #[track_caller]
    pub fn fail(&self, op: &str, message: String) -> Var<'_> {
        let location = Location::caller().to_string();
        let mut state = self.state.borrow_mut();
        state.error.get_or_insert_with(|| EngineError::Graph { op: op.to_owned(), message, location });
        drop(state);
        self.poison()
    }

    /// Whether a mistake was recorded already.
    pub fn failed(&self) -> bool {
        self.state.borrow().error.is_some()
    }

    pub(super) fn var(&self, id: NodeId) -> Var<'_> {
        Var { builder: self, id }
    }

    pub(super) fn node(&self, id: NodeId) -> Node {
        self.state.borrow().graph.nodes[id].clone()
    }

    /// The number of a fixed scalar, shape `[1]`.
    pub(super) fn fixed(&self, id: NodeId) -> Option<f64> {
        match &self.state.borrow().graph.nodes[id] {
            Node { op: Op::Constant(data), shape, .. } if *shape == [1] => data.first().copied(),
            _ => None,
        }
    }

    pub(super) fn node_shape(&self, id: NodeId) -> Vec<usize> {
        self.state.borrow().graph.nodes[id].shape.clone()
    }

    /// Which nodes a node is computed from, itself included.
    pub(super) fn ancestors(&self, of: NodeId) -> Vec<bool> {
        let state = self.state.borrow();
        let mut used = vec![false; state.graph.nodes.len()];
        used[of] = true;
        for id in (0..=of).rev().filter(|&id| id < state.graph.nodes.len()) {
            if used[id] {
                state.graph.nodes[id].inputs.iter().for_each(|&i| used[i] = true);
            }
        }
        used
    }

    /// Which nodes depend on any of `sources`, themselves included.
    pub(super) fn descendants(&self, sources: &[NodeId]) -> Vec<bool> {
        let state = self.state.borrow();
        let mut reached = vec![false; state.graph.nodes.len()];
        sources.iter().for_each(|&s| reached[s] = true);
        for (id, node) in state.graph.nodes.iter().enumerate() {
            if node.op != Op::Detach && node.inputs.iter().any(|&i| reached[i]) {
                reached[id] = true;
            }
        }
        reached
    }

    #[track_caller]
    pub(super) fn append(&self, name: &str, op: Op, inputs: &[NodeId], shape: &[usize]) -> Var<'_> {
        if let Err(message) = shape::check(shape) {
            return self.fail(name, message);
        }
        if self.failed() {
            return self.poison();
        }
        let mut state = self.state.borrow_mut();
        let id = state.graph.nodes.len();
        state.graph.nodes.push(Node { op, inputs: inputs.to_vec(), shape: shape.to_vec() });
        Var { builder: self, id }
    }

    /// What operations return once an error is on record: any node will do, the graph is lost.
    fn poison(&self) -> Var<'_> {
        let mut state = self.state.borrow_mut();
        if state.graph.nodes.is_empty() {
            state.graph.nodes.push(Node { op: Op::Constant(vec![0.0]), inputs: vec![], shape: vec![1] });
        }
        Var { builder: self, id: 0 }
    }
}
