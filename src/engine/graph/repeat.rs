//! Loops in time: a body that is run so many times in one step of a plan, each time on what it gave the last time. The body
//! is compiled once.

use super::{Builder, Graph, Node, NodeId, Op, Var};
use crate::engine::kernels;

impl Builder {
    /// The state after `times` ≥ 1 rounds of state ← body(state, fixed). The body sees nothing but its arguments; it gives the
    /// next state, of the same shapes. It may not draw random numbers (they change with the step of the plan, not with the
    /// round) nor hold another loop, and there is no derivative through it.
    #[track_caller]
    pub fn repeat<'b>(
        &'b self,
        times: u32,
        state: &[Var<'b>],
        fixed: &[Var<'b>],
        body: impl for<'c> FnOnce(&[Var<'c>], &[Var<'c>]) -> Vec<Var<'c>>,
    ) -> Vec<Var<'b>> {
        let inputs: Vec<Var<'b>> = state.iter().chain(fixed).copied().collect();
        let shapes: Vec<Vec<usize>> = inputs.iter().map(|v| v.shape()).collect();
        let graph = match body_graph(&shapes, state.len(), body) {
            Ok(graph) if times > 0 && !state.is_empty() => graph,
            Ok(_) => {
                return vec![self.fail("repeat", "a loop has a state and a round".to_owned()); state.len()];
            }
            Err(message) => return vec![self.fail("repeat", message); state.len()],
        };
        let ids: Vec<NodeId> = inputs.iter().map(|v| v.id).collect();
        let Some(shape) = shapes.first() else { return Vec::new() };
        let first = self.append("repeat", Op::Repeat { times, body: Box::new(graph) }, &ids, shape);
        let others = shapes[..state.len()].iter().enumerate().skip(1);
        let others = others.map(|(k, shape)| self.append("repeat", Op::Part(k), &[first.id], shape));
        std::iter::once(first).chain(others).collect()
    }
}

/// The name of an argument or result of a body.
pub(crate) fn place_name(place: usize) -> String {
    place.to_string()
}

/// The body as a graph: inputs and outputs are numbered.
fn body_graph(
    shapes: &[Vec<usize>],
    states: usize,
    body: impl for<'c> FnOnce(&[Var<'c>], &[Var<'c>]) -> Vec<Var<'c>>,
) -> Result<Graph, String> {
    let b = Builder::new();
    let inputs: Vec<Var<'_>> = shapes.iter().enumerate().map(|(i, s)| b.input(&place_name(i), s)).collect();
    let (state, fixed) = inputs.split_at(states);
    let next = body(state, fixed);
    let given: Vec<Vec<usize>> = next.iter().map(|v| v.shape()).collect();
    next.iter().enumerate().for_each(|(i, &v)| b.output(&place_name(i), v));
    let graph = b.finish().map_err(|error| format!("in the body of a loop: {error}"))?;
    if given != shapes[..states] {
        return Err(format!("the body makes {given:?} of a state of {:?}", &shapes[..states]));
    }
    let allowed = |node: &Node| match &node.op {
        Op::Kernel { stem, attrs } => kernels::find(stem).is_some_and(|k| !k.signature(attrs).uses_state()),
        Op::Constant(_) | Op::Reshape | Op::Detach | Op::Input(_) => true,
        Op::Param(_) | Op::Knob(_) | Op::Part(_) | Op::Repeat { .. } => false,
    };
    if !graph.nodes.iter().all(allowed)
        || graph.nodes.iter().filter(|n| matches!(n.op, Op::Input(_))).count() != shapes.len()
    {
        let message = "the body of a loop takes parameters, knobs and inputs as arguments, and has neither random numbers \
                       nor another loop in it";
        return Err(message.to_owned());
    }
    Ok(graph)
}
