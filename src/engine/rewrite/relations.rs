//! What fusion knows about a graph: where functions take their numbers from, and who reads them.

use super::{roots, stays};
use crate::engine::graph::{Graph, NodeId, Op};
use crate::engine::kernels::Attrs;
use crate::engine::kernels::binary::BinaryOp;
use crate::engine::kernels::unary::UnaryOp;
use crate::engine::program::Access;
use crate::engine::shape::numel;

/// Longest run of functions that is computed again at each reader rather than stored.
const MOST_INLINED: usize = 3;

/// Where an operand comes from, how it is read, and what is done to it on the way, last function first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operand {
    pub(super) source: NodeId,
    pub(super) access: Access,
    pub(super) via: Vec<NodeId>,
}

/// A graph with the relations that fusion goes by.
pub(super) struct Relations<'g> {
    pub(super) graph: &'g Graph,
    /// Operands of live elementwise nodes and sums; `None` for others.
    operands: Vec<Option<Vec<Operand>>>,
    /// Live nodes that read a value, views followed to where the value is.
    pub(super) readers: Vec<Vec<NodeId>>,
    /// Values that the host or the optimiser reads.
    wanted: Vec<bool>,
    /// Nodes that something needs.
    pub(super) live: Vec<bool>,
    /// Functions that each reader computes for itself.
    inlined: Vec<bool>,
}

impl<'g> Relations<'g> {
    pub(super) fn new(graph: &'g Graph) -> Self {
        let count = graph.nodes.len();
        let mut relations = Self {
            graph,
            operands: Vec::new(),
            readers: Vec::new(),
            wanted: vec![false; count],
            live: Vec::new(),
            inlined: vec![false; count],
        };
        for root in roots(graph) {
            let holder = relations.holder(root);
            relations.wanted[holder] = true;
        }
        relations.relate();
        relations.choose_inlined();
        relations.relate();
        relations
    }

    /// Finds what is live, its operands and its readers.
    fn relate(&mut self) {
        let count = self.graph.nodes.len();
        self.operands = vec![None; count];
        self.readers = vec![Vec::new(); count];
        self.live = self.graph.nodes.iter().zip(&self.wanted).map(|(n, &w)| w || stays(&n.op)).collect();
        for id in (0..count).rev().filter(|&id| !matches!(self.graph.nodes[id].op, Op::Reshape)) {
            if self.live[id] {
                self.operands[id] = self.find_operands(id);
                for source in self.sources(id) {
                    self.live[source] = true;
                    self.readers[source].push(id);
                }
            }
        }
    }

    /// Functions so cheap that reading their source is as good as reading them: x + x, x², −x, a multiple.
    fn choose_inlined(&mut self) {
        let mut depth = vec![0; self.graph.nodes.len()];
        for id in 0..self.graph.nodes.len() {
            let Some(source) = self.cheap(id) else { continue };
            let by_programs = self.readers[id].iter().all(|&r| self.operands[r].is_some());
            if self.live[id] && !self.wanted[id] && by_programs && depth[source] < MOST_INLINED {
                depth[id] = depth[source] + 1;
                self.inlined[id] = true;
            }
        }
    }

    /// The one tensor that a cheap function works on.
    fn cheap(&self, id: NodeId) -> Option<NodeId> {
        let Op::Kernel { stem, attrs } = &self.graph.nodes[id].op else { return None };
        let cheap = match *stem {
            "unary" => matches!(
                UnaryOp::of(attrs.int(0)),
                Some(UnaryOp::Neg | UnaryOp::Square | UnaryOp::Relu | UnaryOp::Step)
            ),
            "binary" => {
                matches!(BinaryOp::of(attrs.int(0)), Some(BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul))
            }
            _ => false,
        };
        let mut tensors = self.operands[id].as_ref()?.iter().filter(|o| !self.is_number(o.source));
        let first = tensors.next()?;
        (cheap && first.access == Access::Full && tensors.all(|o| o == first)).then_some(first.source)
    }

    /// Whether a node is one fixed number.
    fn is_number(&self, id: NodeId) -> bool {
        matches!(&self.graph.nodes[id].op, Op::Constant(data) if data.len() == 1)
    }

    /// The node that holds the numbers of a node: itself, unless it is a view.
    pub(super) fn holder(&self, mut id: NodeId) -> NodeId {
        while matches!(self.graph.nodes[id].op, Op::Reshape | Op::Detach) {
            id = self.graph.nodes[id].inputs[0];
        }
        id
    }

    /// Operands of a node if it is an elementwise function, or a sum of one.
    fn find_operands(&self, id: NodeId) -> Option<Vec<Operand>> {
        let node = &self.graph.nodes[id];
        match &node.op {
            Op::Kernel { stem: "unary" | "binary", .. } => {
                Some(node.inputs.iter().map(|&i| self.operand(i, &node.shape)).collect())
            }
            Op::Kernel { stem: "reduce_sum", .. } => {
                let summed = node.inputs[0];
                Some(vec![self.operand(summed, &self.graph.nodes[summed].shape)])
            }
            _ => None,
        }
    }

    /// How a function over `space` reads a value; repetitions are read where they repeat from.
    fn resolve(&self, value: NodeId, space: &[usize]) -> (NodeId, Access) {
        let shape = &self.graph.nodes[value].shape;
        let holder = self.holder(value);
        let node = &self.graph.nodes[holder];
        match &node.op {
            Op::Kernel { stem: "expand", .. } if numel(shape) == numel(space) => {
                let from = node.inputs[0];
                (self.holder(from), Access::broadcast(&self.graph.nodes[from].shape, &node.shape))
            }
            _ => (holder, Access::broadcast(shape, space)),
        }
    }

    /// The same, past functions that each reader computes for itself.
    fn operand(&self, value: NodeId, space: &[usize]) -> Operand {
        let (mut source, access) = self.resolve(value, space);
        let mut via = Vec::new();
        // An inlined function reads one tensor element by element, so that the access is that of its source too.
        while self.inlined[source] {
            via.push(source);
            let node = &self.graph.nodes[source];
            let mut inputs = node.inputs.iter().map(|&i| self.resolve(i, &node.shape).0);
            match inputs.find(|&i| !self.is_number(i)) {
                Some(next) => source = next,
                None => break,
            }
        }
        Operand { source, access, via }
    }

    /// The arguments of an inlined function: numbers, and `None` where it takes its tensor.
    pub(super) fn arguments(&self, id: NodeId) -> Vec<Option<f64>> {
        let node = &self.graph.nodes[id];
        let number = |&input: &NodeId| match &self.graph.nodes[self.resolve(input, &node.shape).0].op {
            Op::Constant(data) if data.len() == 1 => data.first().copied(),
            _ => None,
        };
        node.inputs.iter().map(number).collect()
    }

    pub(super) fn operands(&self, id: NodeId) -> Option<&[Operand]> {
        self.operands[id].as_deref()
    }

    /// Whether a node is a function of each element.
    pub(super) fn is_elementwise(&self, id: NodeId) -> bool {
        matches!(self.graph.nodes[id].op, Op::Kernel { stem: "unary" | "binary", .. })
    }

    /// What a node has to wait for.
    pub(super) fn sources(&self, id: NodeId) -> Vec<NodeId> {
        match &self.operands[id] {
            Some(operands) => operands.iter().map(|o| o.source).collect(),
            None => self.graph.nodes[id].inputs.iter().map(|&i| self.holder(i)).collect(),
        }
    }

    /// Whether a value is needed beyond the nodes of a group.
    pub(super) fn escapes(&self, id: NodeId, inside: impl Fn(NodeId) -> bool) -> bool {
        self.wanted[id] || self.readers[id].iter().any(|&reader| !inside(reader))
    }

    /// Whether the operands of a node are its inputs, read as they are.
    pub(super) fn reads_as_stated(&self, id: NodeId) -> bool {
        let stated = self.graph.nodes[id].inputs.iter().map(|&i| self.holder(i));
        self.operands(id).is_some_and(|operands| {
            operands.iter().all(|o| o.via.is_empty()) && operands.iter().map(|o| o.source).eq(stated)
        })
    }

    /// Number and constant of an elementwise function, and whether it takes two arguments.
    pub(super) fn function(&self, id: NodeId) -> Option<(bool, u32, f64)> {
        match &self.graph.nodes[id].op {
            Op::Kernel { stem: "unary", attrs } => Some((false, Attrs::int(attrs, 0), attrs.real(0))),
            Op::Kernel { stem: "binary", attrs } => Some((true, Attrs::int(attrs, 0), 0.0)),
            _ => None,
        }
    }
}
