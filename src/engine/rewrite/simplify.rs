//! Values that are the same become one node; views of views and functions that change nothing fall away.

use std::collections::BTreeMap;

use super::with_nodes;
use crate::engine::graph::{Graph, Node, NodeId, Op};
use crate::engine::kernels::binary::BinaryOp;
use crate::engine::kernels::unary::UnaryOp;

/// The same graph with every value computed once. Differentiation has to be over: detached values are their inputs.
pub fn simplify(graph: &Graph) -> Graph {
    let mut map: Vec<NodeId> = Vec::with_capacity(graph.nodes.len());
    let mut nodes: Vec<Node> = Vec::new();
    let mut known: BTreeMap<Key, NodeId> = BTreeMap::new();
    for node in &graph.nodes {
        let inputs: Vec<NodeId> = node.inputs.iter().map(|&i| map[i]).collect();
        let node = Node { op: node.op.clone(), inputs, shape: node.shape.clone() };
        let id = match same(&nodes, &node) {
            Some(id) => id,
            None => match key(&node).map(|key| known.entry(key)) {
                Some(std::collections::btree_map::Entry::Occupied(there)) => *there.get(),
                Some(std::collections::btree_map::Entry::Vacant(place)) => {
                    nodes.push(node);
                    *place.insert(nodes.len() - 1)
                }
                None => {
                    nodes.push(node);
                    nodes.len() - 1
                }
            },
        };
        map.push(id);
    }
    with_nodes(graph, nodes, &|id| map[id])
}

/// An earlier node with the same numbers under the same shape, by what the operation is.
fn same(nodes: &[Node], node: &Node) -> Option<NodeId> {
    let input = *node.inputs.first()?;
    let source = &nodes[input];
    match &node.op {
        Op::Detach => Some(input),
        Op::Reshape if source.shape == node.shape => Some(input),
        Op::Reshape if source.op == Op::Reshape && nodes[source.inputs[0]].shape == node.shape => {
            Some(source.inputs[0])
        }
        Op::Kernel { stem: "unary", attrs } if attrs.int(0) == UnaryOp::Neg as u32 => match &source.op {
            Op::Kernel { stem: "unary", attrs } if attrs.int(0) == UnaryOp::Neg as u32 => {
                Some(source.inputs[0])
            }
            _ => None,
        },
        Op::Kernel { stem: "binary", attrs } => neutral(nodes, node, attrs.int(0)),
        Op::Kernel { stem: "expand", .. } if source.shape == node.shape => Some(input),
        _ => None,
    }
}

/// The operand that a sum with 0 or a product with 1 leaves as it is.
fn neutral(nodes: &[Node], node: &Node, op: u32) -> Option<NodeId> {
    let &[a, b] = node.inputs.as_slice() else { return None };
    let is = |id: NodeId, value: f64| matches!(&nodes[id].op, Op::Constant(data) if data.iter().all(|&d| d == value));
    let fits = |id: NodeId| nodes[id].shape == node.shape;
    let (add, sub) = (BinaryOp::Add as u32, BinaryOp::Sub as u32);
    let (mul, div) = (BinaryOp::Mul as u32, BinaryOp::Div as u32);
    let right = if op == add || op == sub {
        Some(0.0)
    } else if op == mul || op == div {
        Some(1.0)
    } else {
        None
    };
    let left = if op == add {
        Some(0.0)
    } else if op == mul {
        Some(1.0)
    } else {
        None
    };
    match (left, right) {
        (_, Some(value)) if fits(a) && is(b, value) => Some(a),
        (Some(value), _) if fits(b) && is(a, value) => Some(b),
        _ => None,
    }
}

/// What two nodes with the same value have in common.
type Key = (&'static str, Vec<u32>, Vec<u64>, Vec<NodeId>, Vec<usize>);

/// The key of a node whose value follows from it; host tensors, parameters and knobs are each their own.
fn key(node: &Node) -> Option<Key> {
    let bits = |reals: &[f64]| reals.iter().map(|r| r.to_bits()).collect();
    let (name, ints, reals) = match &node.op {
        Op::Kernel { stem, attrs } => (*stem, attrs.ints.clone(), bits(&attrs.reals)),
        Op::Constant(data) => ("constant", Vec::new(), bits(data)),
        Op::Reshape => ("reshape", Vec::new(), Vec::new()),
        _ => return None,
    };
    Some((name, ints, reals, node.inputs.clone(), node.shape.clone()))
}
