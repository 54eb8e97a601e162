//! Reverse-mode differentiation, source to source: the adjoint program is appended to the graph as ordinary nodes.

use super::{Builder, NodeId, Op, Var};
use crate::engine::kernels::{self, Attrs};
use crate::engine::shape;

/// What a kernel's derivative rule is given: its inputs, its output, and the cotangent of the output.
pub struct Vjp<'b> {
    /// Attributes of the node.
    pub attrs: Attrs,
    /// Inputs of the node.
    pub inputs: Vec<Var<'b>>,
    /// Value of the node.
    pub output: Var<'b>,
    /// Derivative of the loss by the output; same shape.
    pub g: Var<'b>,
    /// Which inputs need a cotangent; the others may be `None`.
    pub needs: Vec<bool>,
}

/// Cotangents of a node's inputs, `None` where there is none or none was needed.
pub type Cotangents<'b> = Vec<Option<Var<'b>>>;

#[track_caller]
pub(super) fn grad<'b>(b: &'b Builder, loss: NodeId, wrt: &[NodeId]) -> Vec<Var<'b>> {
    let before_loss = b.ancestors(loss);
    let after_wrt = b.descendants(wrt);
    let active = |id: NodeId| before_loss[id] && after_wrt[id];
    let mut cotangents: Vec<Option<Var<'b>>> = vec![None; loss + 1];
    cotangents[loss] = Some(b.scalar(1.0));
    for id in (0..=loss).rev() {
        let Some(g) = cotangents[id] else { continue };
        if !active(id) {
            continue;
        }
        let node = b.node(id);
        let needs: Vec<bool> = node.inputs.iter().map(|&i| active(i)).collect();
        for (&input, c) in node.inputs.iter().zip(pull_back(b, id, g, needs.clone())) {
            if let (Some(c), true) = (c, active(input)) {
                cotangents[input] = Some(match cotangents[input] {
                    Some(sum) => sum + c,
                    None => c,
                });
            }
        }
    }
    let zero = |id: NodeId| {
        let shape = b.node_shape(id);
        b.constant(&shape, &vec![0.0; shape::numel(&shape)])
    };
    wrt.iter().map(|&id| cotangents.get(id).copied().flatten().unwrap_or_else(|| zero(id))).collect()
}

/// Cotangents of the inputs of one node.
#[track_caller]
fn pull_back<'b>(b: &'b Builder, id: NodeId, g: Var<'b>, needs: Vec<bool>) -> Cotangents<'b> {
    let node = b.node(id);
    let none = vec![None; node.inputs.len()];
    match &node.op {
        Op::Reshape => vec![Some(g.reshape(&b.node_shape(node.inputs[0])))],
        Op::Kernel { stem, attrs } if needs.contains(&true) => {
            let inputs = node.inputs.iter().map(|&i| b.var(i)).collect();
            let cx = Vjp { attrs: attrs.clone(), inputs, output: b.var(id), g, needs };
            let Some(kernel) = kernels::find(stem) else { return none };
            match kernel.vjp(&cx) {
                Ok(c) => c,
                Err(message) => {
                    b.fail(&format!("gradient of {stem}"), message);
                    none
                }
            }
        }
        Op::Repeat { .. } | Op::Part(_) if needs.contains(&true) => {
            b.fail("gradient of repeat", "there is no derivative through a loop".to_owned());
            none
        }
        _ => none,
    }
}
