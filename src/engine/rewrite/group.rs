//! What fusion knows about a graph: where elementwise functions take their numbers from, who reads them, and which of
//! them run together.

use super::{roots, stays};
use crate::engine::graph::{Graph, NodeId, Op};
use crate::engine::kernels::Attrs;
use crate::engine::program::{Access, Line, MOST_LINES, MOST_READS, Program};
use crate::engine::shape::numel;

/// Storage buffers that every device offers to a shader.
const MOST_TENSORS: usize = 8;

/// Where an operand comes from and how it is read.
pub(super) type Operand = (NodeId, Access);

/// A graph with the relations that fusion goes by.
pub(super) struct Relations<'g> {
    pub(super) graph: &'g Graph,
    /// Operands of live elementwise nodes; `None` for others.
    operands: Vec<Option<Vec<Operand>>>,
    /// Live nodes that read a value, views followed to where the value is.
    readers: Vec<Vec<NodeId>>,
    /// Values that the host or the optimiser reads.
    wanted: Vec<bool>,
    /// Nodes that something needs.
    pub(super) live: Vec<bool>,
}

impl<'g> Relations<'g> {
    pub(super) fn new(graph: &'g Graph) -> Self {
        let count = graph.nodes.len();
        let mut relations = Self {
            graph,
            operands: vec![None; count],
            readers: vec![Vec::new(); count],
            wanted: vec![false; count],
            live: graph.nodes.iter().map(|n| stays(&n.op)).collect(),
        };
        for root in roots(graph) {
            let holder = relations.holder(root);
            relations.wanted[holder] = true;
            relations.live[holder] = true;
        }
        for id in (0..count).rev().filter(|&id| !matches!(graph.nodes[id].op, Op::Reshape)) {
            if relations.live[id] {
                relations.read(id);
            }
        }
        relations
    }

    /// Notes what a live node reads.
    fn read(&mut self, id: NodeId) {
        self.operands[id] = self.elementwise(id);
        let sources: Vec<NodeId> = match &self.operands[id] {
            Some(operands) => operands.iter().map(|o| o.0).collect(),
            None => self.graph.nodes[id].inputs.iter().map(|&i| self.holder(i)).collect(),
        };
        for source in sources {
            self.live[source] = true;
            self.readers[source].push(id);
        }
    }

    /// The node that holds the numbers of a node: itself, unless it is a view.
    pub(super) fn holder(&self, mut id: NodeId) -> NodeId {
        while matches!(self.graph.nodes[id].op, Op::Reshape | Op::Detach) {
            id = self.graph.nodes[id].inputs[0];
        }
        id
    }

    /// Operands of a node if it is an elementwise function.
    fn elementwise(&self, id: NodeId) -> Option<Vec<Operand>> {
        let node = &self.graph.nodes[id];
        match &node.op {
            Op::Kernel { stem: "unary" | "binary", .. } => {
                Some(node.inputs.iter().map(|&i| self.operand(i, &node.shape)).collect())
            }
            _ => None,
        }
    }

    /// How the function over `space` reads a value; repetitions are read where they repeat from.
    fn operand(&self, value: NodeId, space: &[usize]) -> Operand {
        let shape = &self.graph.nodes[value].shape;
        let holder = self.holder(value);
        let node = &self.graph.nodes[holder];
        let whole = numel(shape) == numel(space);
        match &node.op {
            Op::Kernel { stem: "expand", .. } if whole => {
                let from = node.inputs[0];
                (self.holder(from), Access::broadcast(&self.graph.nodes[from].shape, &node.shape))
            }
            _ => (holder, Access::broadcast(shape, space)),
        }
    }

    pub(super) fn operands(&self, id: NodeId) -> Option<&[Operand]> {
        self.operands[id].as_deref()
    }

    /// What a node has to wait for.
    pub(super) fn sources(&self, id: NodeId) -> Vec<NodeId> {
        match &self.operands[id] {
            Some(operands) => operands.iter().map(|o| o.0).collect(),
            None => self.graph.nodes[id].inputs.iter().map(|&i| self.holder(i)).collect(),
        }
    }

    /// Whether a value is needed beyond the nodes of a group.
    fn escapes(&self, id: NodeId, inside: impl Fn(NodeId) -> bool) -> bool {
        self.wanted[id] || self.readers[id].iter().any(|&reader| !inside(reader))
    }
}

/// Nodes that run in one launch.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// The kernel whose results the functions start from, if there is one.
    pub(super) anchor: Option<NodeId>,
    /// Elementwise functions, in order.
    pub(super) members: Vec<NodeId>,
    /// The sums over the rows of the anchor's second factor.
    pub(super) sums: Option<NodeId>,
}

/// What a group becomes.
pub(super) struct Fused {
    pub(super) program: Program,
    /// The tensors the program reads.
    pub(super) reads: Vec<NodeId>,
    /// The nodes whose values it stores.
    pub(super) stores: Vec<NodeId>,
}

impl Group {
    pub(super) fn contains(&self, id: NodeId) -> bool {
        self.anchor == Some(id) || self.members.contains(&id) || self.sums == Some(id)
    }

    /// All nodes.
    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.anchor.into_iter().chain(self.members.iter().copied()).chain(self.sums)
    }

    /// The group as a program, or `None` if it is too large for one launch.
    pub(super) fn fuse(&self, relations: &Relations<'_>) -> Option<Fused> {
        let mut fused = Fused { program: Program::default(), reads: Vec::new(), stores: Vec::new() };
        let mut lines: Vec<(NodeId, usize)> = Vec::new();
        if let Some(anchor) = self.anchor {
            fused.program.lines.push(Line::Carried);
            lines.push((anchor, 0));
        }
        for &id in &self.members {
            let operands = relations.operands(id)?;
            let at: Vec<usize> = operands.iter().map(|&o| fused.operand(relations, o, &lines)).collect();
            let line = function(relations.graph, id, &at)?;
            fused.program.lines.push(line);
            lines.push((id, fused.program.lines.len() - 1));
        }
        for (id, line) in lines {
            if relations.escapes(id, |reader| self.contains(reader)) {
                fused.program.stores.push(line);
                fused.stores.push(id);
            }
        }
        let own = self.anchor.map_or(0, |a| relations.graph.nodes[a].inputs.len());
        let tensors = own + fused.reads.len() + fused.stores.len() + usize::from(self.sums.is_some());
        let fits = tensors <= MOST_TENSORS
            && fused.reads.len() <= MOST_READS
            && fused.program.lines.len() <= MOST_LINES
            && !fused.stores.is_empty();
        fits.then_some(fused)
    }
}

impl Fused {
    /// The line of an operand: a member's, or a load, which is shared.
    fn operand(&mut self, relations: &Relations<'_>, operand: Operand, lines: &[(NodeId, usize)]) -> usize {
        let (source, access) = operand;
        let member = lines.iter().find(|&&(id, _)| id == source && access == Access::Full);
        if let Some(&(_, line)) = member {
            return line;
        }
        let line = match &relations.graph.nodes[source].op {
            Op::Constant(data) if data.len() == 1 => Line::Constant(data[0]),
            _ => Line::Load(self.read(source, access)),
        };
        match self.program.lines.iter().position(|&l| l == line) {
            Some(at) => at,
            None => {
                self.program.lines.push(line);
                self.program.lines.len() - 1
            }
        }
    }

    /// The number of a tensor among those read. One that is read in two ways is bound twice.
    fn read(&mut self, source: NodeId, access: Access) -> usize {
        let known =
            self.reads.iter().zip(&self.program.reads).position(|(&s, &a)| s == source && a == access);
        known.unwrap_or_else(|| {
            self.reads.push(source);
            self.program.reads.push(access);
            self.reads.len() - 1
        })
    }
}

/// A function as a line.
fn function(graph: &Graph, id: NodeId, at: &[usize]) -> Option<Line> {
    let Op::Kernel { stem, attrs } = &graph.nodes[id].op else { return None };
    let op = Attrs::int(attrs, 0);
    match (*stem, at) {
        ("unary", &[a]) => Some(Line::Unary(op, attrs.real(0), a)),
        ("binary", &[a, b]) => Some(Line::Binary(op, a, b)),
        _ => None,
    }
}
