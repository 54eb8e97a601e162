//! From graph to graph, after differentiation and before the plan: what is computed twice is computed once
//! ([`simplify`]), and chains of elementwise functions become one launch with what they hang on ([`fuse`]).

mod fuse;
mod group;
mod join;
mod relations;
mod simplify;

pub use fuse::fuse;
pub use simplify::simplify;

use super::graph::{Graph, Node, NodeId, Op};
use super::shape::numel;

/// The graph that is best to run: the same inputs, parameters, outputs and gradients from fewer launches.
pub fn rewrite(graph: &Graph) -> Graph {
    let mut graph = fold(fuse(&join::join(simplify(graph))));
    for node in &mut graph.nodes {
        if let Op::Repeat { body, .. } = &mut node.op {
            **body = rewrite(body);
        }
    }
    graph
}

/// Most numbers of a constant that is made of one number: plans stay small.
const MOST: usize = 1 << 14;

/// Makes constants of numbers spread over a shape, where no launch took them in: cotangents of means, mostly.
fn fold(mut graph: Graph) -> Graph {
    for id in 0..graph.nodes.len() {
        let node = &graph.nodes[id];
        let Op::Kernel { stem: "expand", .. } = node.op else { continue };
        if let Op::Constant(data) = &graph.nodes[node.inputs[0]].op
            && let ([value], n @ ..=MOST) = (data.as_slice(), numel(&node.shape))
        {
            let op = Op::Constant(vec![*value; n]);
            graph.nodes[id] = Node { op, inputs: Vec::new(), shape: node.shape.clone() };
        }
    }
    graph
}

/// A graph with other nodes; `map` says where each node went.
fn with_nodes(graph: &Graph, nodes: Vec<Node>, map: &dyn Fn(NodeId) -> NodeId) -> Graph {
    let mut new = Graph { nodes, ..graph.clone() };
    new.params.iter_mut().for_each(|p| p.node = map(p.node));
    new.outputs.iter_mut().for_each(|(_, id)| *id = map(*id));
    if let Some(train) = &mut new.train {
        train.losses.iter_mut().for_each(|(_, id)| *id = map(*id));
        train.grads.iter_mut().for_each(|(_, id)| *id = map(*id));
    }
    new
}

/// Nodes that the host or the optimiser reads.
fn roots(graph: &Graph) -> impl Iterator<Item = NodeId> {
    let outputs = graph.outputs.iter().map(|o| o.1);
    let train = graph.train.iter();
    let trained = train.flat_map(|t| t.losses.iter().map(|l| l.1).chain(t.grads.iter().map(|g| g.1)));
    outputs.chain(trained)
}

/// Whether a node stays even if nothing needs it: the host may write it, or the layout of parameters names it.
fn stays(op: &Op) -> bool {
    matches!(op, Op::Input(_) | Op::Param(_))
}
