//! Sums of tensors that were padded to lie side by side, as the derivatives of a tensor's slices come, are one
//! concatenation.

use super::roots;
use crate::engine::graph::{Graph, Node, NodeId, Op};
use crate::engine::kernels::binary::BinaryOp;
use crate::engine::kernels::{Attrs, concat};

/// The same graph with such sums as concatenations; what they were made of is left to be dropped.
pub(super) fn join(mut graph: Graph) -> Graph {
    let mut uses = vec![0; graph.nodes.len()];
    graph.nodes.iter().flat_map(|n| &n.inputs).for_each(|&i| uses[i] += 1);
    roots(&graph).for_each(|root| uses[root] += 1);
    // Whole sums come before their parts.
    for id in (0..graph.nodes.len()).rev() {
        let mut terms = Vec::new();
        if is_sum(&graph, id)
            && collect(&graph, id, &uses, &mut terms)
            && let Some((op, inputs)) = side_by_side(&graph, id, &terms)
        {
            graph.nodes[id] = Node { op, inputs, shape: graph.nodes[id].shape.clone() };
        }
    }
    graph
}

/// Whether a node adds two tensors of its own shape.
fn is_sum(graph: &Graph, id: NodeId) -> bool {
    let node = &graph.nodes[id];
    let adds =
        matches!(&node.op, Op::Kernel { stem: "binary", attrs } if attrs.int(0) == BinaryOp::Add as u32);
    adds && node.inputs.iter().all(|&i| graph.nodes[i].shape == node.shape)
}

/// Finds the terms of a sum; false if one of them is no window.
fn collect(graph: &Graph, sum: NodeId, uses: &[usize], terms: &mut Vec<NodeId>) -> bool {
    graph.nodes[sum].inputs.iter().all(|&i| match &graph.nodes[i].op {
        Op::Kernel { stem: "window", .. } => {
            terms.push(i);
            true
        }
        _ => uses[i] == 1 && is_sum(graph, i) && collect(graph, i, uses, terms),
    })
}

/// The concatenation that a sum of windows is, if each shows a whole tensor, one where the other ends.
fn side_by_side(graph: &Graph, sum: NodeId, terms: &[NodeId]) -> Option<(Op, Vec<NodeId>)> {
    let mut axis = None;
    let mut parts = Vec::new(); // (first place, behind the last, tensor)
    for &term in terms {
        let Op::Kernel { attrs, .. } = &graph.nodes[term].op else { return None };
        let along = attrs.int(0) as usize;
        let source = graph.nodes[term].inputs[0];
        let start = (attrs.int(2) as i32).wrapping_neg();
        parts.push((start, start + graph.nodes[source].shape[along] as i32, source));
        if *axis.get_or_insert(along) != along {
            return None;
        }
    }
    parts.sort_unstable();
    let (axis, extent) = (axis?, graph.nodes[sum].shape[axis?] as i32);
    let ends = std::iter::once(0).chain(parts.iter().map(|p| p.1));
    let starts = parts.iter().map(|p| p.0).chain([extent]);
    if parts.len() > concat::MOST || !ends.eq(starts) {
        return None;
    }
    let attrs = Attrs::ints(&[axis as u32, parts.len() as u32]);
    let mut inputs: Vec<NodeId> = parts.iter().map(|p| p.2).collect();
    // Bindings that are not read.
    inputs.resize(concat::MOST, inputs[0]);
    Some((Op::Kernel { stem: "concat", attrs }, inputs))
}
