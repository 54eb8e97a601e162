//! Nodes that run together, and the programs they become.

use super::relations::{Operand, Relations};
use crate::engine::graph::{NodeId, Op};
use crate::engine::kernels::binary::BinaryOp;
use crate::engine::kernels::unary::UnaryOp;
use crate::engine::program::{Access, Line, MOST_LINES, MOST_READS, Program};

/// Storage buffers that every device offers to a shader.
const MOST_TENSORS: usize = 8;

/// Nodes that run in one launch.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// The product or sum whose results the functions start from, if there is one.
    pub(super) anchor: Option<NodeId>,
    /// Elementwise functions, in order.
    pub(super) members: Vec<NodeId>,
    /// Functions of the terms, if the anchor is a sum.
    pub(super) terms: Vec<NodeId>,
    /// The sums over the rows of the second factor, if the anchor is a product.
    pub(super) row_sums: Option<NodeId>,
}

/// A program and the tensors it reads.
#[derive(Default)]
pub(super) struct Part {
    pub(super) program: Program,
    pub(super) reads: Vec<NodeId>,
    /// Nodes whose values are lines.
    lines: Vec<(NodeId, usize)>,
}

/// What a group becomes.
pub(super) struct Fused {
    /// The terms of a sum.
    pub(super) terms: Part,
    /// What is behind the anchor, or the whole.
    pub(super) behind: Part,
    /// The nodes whose values are stored.
    pub(super) stores: Vec<NodeId>,
}

impl Group {
    pub(super) fn contains(&self, id: NodeId) -> bool {
        self.nodes().any(|n| n == id)
    }

    /// All nodes.
    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeId> {
        let members = self.terms.iter().chain(&self.members).copied();
        self.anchor.into_iter().chain(members).chain(self.row_sums)
    }

    /// The group as programs, or `None` if it is too large for one launch.
    pub(super) fn fuse(&self, relations: &Relations<'_>) -> Option<Fused> {
        let (mut terms, mut behind) = (Part::default(), Part::default());
        let mut own = 0;
        if let Some(anchor) = self.anchor {
            behind.line(anchor, Line::Carried);
            match relations.operands(anchor) {
                Some(operands) => {
                    self.terms.iter().try_for_each(|&id| terms.function(relations, id))?;
                    let term = terms.operand(relations, operands.first()?)?;
                    terms.program.stores.push(term);
                }
                None => own = relations.graph.nodes[anchor].inputs.len(),
            }
        }
        self.members.iter().try_for_each(|&id| behind.function(relations, id))?;
        let mut stores = Vec::new();
        for &(id, line) in &behind.lines {
            if relations.escapes(id, |reader| self.contains(reader)) {
                behind.program.stores.push(line);
                stores.push(id);
            }
        }
        let reads = terms.reads.len() + behind.reads.len();
        let tensors = own + reads + stores.len() + usize::from(self.row_sums.is_some());
        let fits = tensors <= MOST_TENSORS
            && reads <= MOST_READS
            && [&terms, &behind].iter().all(|p| p.program.lines.len() <= MOST_LINES)
            && !stores.is_empty();
        fits.then_some(Fused { terms, behind, stores })
    }

    /// Whether the anchor runs as it is.
    pub(super) fn is_bare(&self, relations: &Relations<'_>) -> bool {
        let lone = self.anchor.or(self.members.first().copied());
        self.nodes().count() == 1
            && lone.is_some_and(|id| relations.operands(id).is_none() || relations.reads_as_stated(id))
    }
}

impl Part {
    fn line(&mut self, id: NodeId, line: Line) {
        self.program.lines.push(line);
        self.lines.push((id, self.program.lines.len() - 1));
    }

    /// Appends a function with its operands.
    fn function(&mut self, relations: &Relations<'_>, id: NodeId) -> Option<()> {
        let operands = relations.operands(id)?;
        let at = operands.iter().map(|o| self.operand(relations, o)).collect::<Option<Vec<usize>>>()?;
        let line = self.call(relations, id, &at)?;
        self.line(id, line);
        Some(())
    }

    /// The line of an operand: a member's or a load, which is shared, and what is done to it on the way.
    fn operand(&mut self, relations: &Relations<'_>, operand: &Operand) -> Option<usize> {
        let Operand { source, access, via } = operand;
        let member = self.lines.iter().find(|&&(id, _)| id == *source && *access == Access::Full);
        let mut at = match member {
            Some(&(_, line)) => line,
            None => {
                let line = match &relations.graph.nodes[*source].op {
                    Op::Constant(data) if data.len() == 1 => Line::Constant(data[0]),
                    _ => Line::Load(self.read(*source, *access)),
                };
                self.shared(line)
            }
        };
        for &id in via.iter().rev() {
            let arguments = relations.arguments(id).into_iter();
            let arguments: Vec<usize> =
                arguments.map(|a| a.map_or(at, |value| self.shared(Line::Constant(value)))).collect();
            let line = self.call(relations, id, &arguments)?;
            at = self.shared(line);
        }
        Some(at)
    }

    /// A line that may be there already.
    fn shared(&mut self, line: Line) -> usize {
        let known = self.program.lines.iter().position(|&l| l == line);
        known.unwrap_or_else(|| {
            self.program.lines.push(line);
            self.program.lines.len() - 1
        })
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

    /// A function of earlier lines. Silu and its derivative are made of the sigmoid, which they share.
    fn call(&mut self, relations: &Relations<'_>, id: NodeId, at: &[usize]) -> Option<Line> {
        let (add, sub, mul) = (BinaryOp::Add as u32, BinaryOp::Sub as u32, BinaryOp::Mul as u32);
        let sigmoid = |x| Line::Unary(UnaryOp::Sigmoid as u32, 0.0, x);
        match (relations.function(id)?, at) {
            ((false, op, _), &[x]) if op == UnaryOp::Silu as u32 => {
                let s = self.shared(sigmoid(x));
                Some(Line::Binary(mul, x, s))
            }
            ((false, op, _), &[x]) if op == UnaryOp::SiluD1 as u32 => {
                // s (1 + x (1 − s)).
                let (one, s) = (self.shared(Line::Constant(1.0)), self.shared(sigmoid(x)));
                let rest = self.shared(Line::Binary(sub, one, s));
                let slope = self.shared(Line::Binary(mul, x, rest));
                let slope = self.shared(Line::Binary(add, one, slope));
                Some(Line::Binary(mul, s, slope))
            }
            ((false, op, value), &[a]) => Some(Line::Unary(op, value, a)),
            ((true, op, _), &[a, b]) => Some(Line::Binary(op, a, b)),
            _ => None,
        }
    }
}
