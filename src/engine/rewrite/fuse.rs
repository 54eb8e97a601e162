//! Fusion: elementwise functions join the launch that computes what they work on: a chain of their own, or the end of a
//! product. A group runs as a whole, so that no value may leave it and come back through another launch.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::group::{Fused, Group};
use super::relations::Relations;
use super::with_nodes;
use crate::engine::graph::{Graph, Node, NodeId, Op};
use crate::engine::kernels::{chain, chain_sum, matmul};
use crate::engine::program::Access;
use crate::engine::shape::{around_axis, numel};

/// The same graph in fewer launches.
pub fn fuse(graph: &Graph) -> Graph {
    let mut fusion =
        Fusion { relations: Relations::new(graph), groups: Vec::new(), owner: vec![None; graph.nodes.len()] };
    for id in 0..graph.nodes.len() {
        if fusion.relations.live[id] {
            fusion.place(id);
        }
    }
    for id in 0..graph.nodes.len() {
        if fusion.relations.live[id] {
            fusion.join_row_sums(id);
        }
    }
    fusion.emit()
}

struct Fusion<'g> {
    relations: Relations<'g>,
    groups: Vec<Group>,
    /// The group of a node.
    owner: Vec<Option<usize>>,
}

impl Fusion<'_> {
    /// Puts a live node into a group: an elementwise function joins one or starts one, products and sums start one.
    fn place(&mut self, id: NodeId) {
        let graph = self.relations.graph;
        let group = match &graph.nodes[id].op {
            Op::Kernel { stem: "matmul", attrs } if attrs.ints.len() == matmul::PLAIN => {
                Group { anchor: Some(id), ..Group::default() }
            }
            Op::Kernel { stem: "reduce_sum", .. } => self.sum(id),
            _ if self.relations.is_elementwise(id) => match self.host(id) {
                Some(host) => {
                    self.groups[host].members.push(id);
                    self.owner[id] = Some(host);
                    return;
                }
                None => Group { members: vec![id], ..Group::default() },
            },
            _ => return,
        };
        let number = self.groups.len();
        group.nodes().for_each(|node| self.owner[node] = Some(number));
        self.groups.push(group);
    }

    /// The group of a sum, with the chain that computes its terms and nothing else.
    fn sum(&mut self, id: NodeId) -> Group {
        let bare = Group { anchor: Some(id), ..Group::default() };
        let chain = self.relations.operands(id).and_then(|operands| {
            let first = operands.first().filter(|o| o.access == Access::Full)?;
            self.owner[first.source].filter(|&chain| self.groups[chain].anchor.is_none())
        });
        let Some(chain) = chain else { return bare };
        let members = self.groups[chain].members.clone();
        let inside = |reader: NodeId| reader == id || members.contains(&reader);
        let leaves = members.iter().any(|&m| self.relations.escapes(m, inside));
        let grown = Group { terms: members.clone(), ..bare.clone() };
        if leaves || grown.fuse(&self.relations).is_none() {
            return bare;
        }
        self.groups[chain].members.clear();
        grown
    }

    /// Lets the product that reads the rows of a matrix anyway sum them: a bias's gradient beside the weight's.
    fn join_row_sums(&mut self, id: NodeId) {
        let graph = self.relations.graph;
        let node = &graph.nodes[id];
        let Op::Kernel { stem: "reduce_sum", attrs } = &node.op else { return };
        let (outer, rows, columns) = around_axis(&graph.nodes[node.inputs[0]].shape, attrs.int(0) as usize);
        let bare = self.owner[id].is_some_and(|own| self.groups[own].is_bare(&self.relations));
        if outer != 1 || attrs.int(1) == 1 || !bare {
            return;
        }
        let summed = self.relations.holder(node.inputs[0]);
        let reads_rows = |group: &Group| {
            let anchor = &graph.nodes[group.anchor?];
            let Op::Kernel { stem: "matmul", attrs } = &anchor.op else { return None };
            let factor = anchor.inputs[1];
            let same =
                self.relations.holder(factor) == summed && graph.nodes[factor].shape == [rows, columns];
            (same && attrs.ints == [1, 0] && group.row_sums.is_none() && anchor.shape.len() == 2)
                .then_some(())
        };
        let host = (0..self.groups.len()).find(|&host| {
            let mut grown = self.groups[host].clone();
            grown.row_sums = Some(id);
            let sources = self.groups[host].nodes().flat_map(|n| self.relations.sources(n)).collect();
            reads_rows(&self.groups[host]).is_some()
                && grown.fuse(&self.relations).is_some()
                && !self.depends(sources, &|source| source == id)
        });
        if let (Some(host), Some(own)) = (host, self.owner[id]) {
            self.groups[own] = Group::default();
            self.groups[host].row_sums = Some(id);
            self.owner[id] = Some(host);
        }
    }

    /// The group that a function can join: one that computes an operand element by element, the latest that fits.
    fn host(&self, id: NodeId) -> Option<usize> {
        let operands = self.relations.operands(id)?;
        let size = |id: NodeId| numel(&self.relations.graph.nodes[id].shape);
        let hosts: BTreeSet<usize> = operands
            .iter()
            .filter(|o| o.access == Access::Full && size(o.source) == size(id))
            .filter_map(|o| self.owner[o.source])
            .collect();
        hosts.into_iter().rev().find(|&host| {
            let mut grown = self.groups[host].clone();
            grown.members.push(id);
            let outside = operands.iter().map(|o| o.source).filter(|&s| self.owner[s] != Some(host));
            !self.waits_for(outside.collect(), host) && grown.fuse(&self.relations).is_some()
        })
    }

    /// Whether any of some values can only be had after a group has run.
    fn waits_for(&self, open: Vec<NodeId>, group: usize) -> bool {
        self.depends(open, &|id| self.owner[id] == Some(group))
    }

    /// Whether any of some values is computed from a node that is looked for, or is one.
    fn depends(&self, mut open: Vec<NodeId>, wanted: &dyn Fn(NodeId) -> bool) -> bool {
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if wanted(id) {
                return true;
            }
            match self.owner[id] {
                Some(other) if seen.insert((true, other)) => {
                    for node in self.groups[other].nodes() {
                        let outside = self.relations.sources(node).into_iter();
                        open.extend(outside.filter(|&s| self.owner[s] != Some(other)));
                    }
                }
                None if seen.insert((false, id)) => open.extend(self.relations.sources(id)),
                _ => {}
            }
        }
        false
    }

    /// The new graph: units (groups, and nodes of no group) in an order in which everything is there in time, close to the
    /// old one.
    fn emit(&self) -> Graph {
        let graph = self.relations.graph;
        let mut emitter =
            Emitter { fusion: self, nodes: Vec::new(), places: BTreeMap::new(), views: BTreeMap::new() };
        for unit in self.order() {
            emitter.unit(unit);
        }
        let mut wanted: Vec<NodeId> = super::roots(graph).collect();
        wanted.extend(graph.params.iter().map(|p| p.node));
        let map: BTreeMap<NodeId, NodeId> = wanted.into_iter().map(|id| (id, emitter.value(id))).collect();
        with_nodes(graph, emitter.nodes, &|id| map.get(&id).copied().unwrap_or_default())
    }

    /// A unit is named by its first node.
    fn unit_of(&self, id: NodeId) -> NodeId {
        self.owner[id].and_then(|g| self.groups[g].nodes().next()).unwrap_or(id)
    }

    fn unit_nodes(&self, unit: NodeId) -> Vec<NodeId> {
        self.owner[unit].map_or_else(|| vec![unit], |g| self.groups[g].nodes().collect())
    }

    /// Units in order of execution; among those that can run, the one whose last node comes first in the old graph.
    fn order(&self) -> Vec<NodeId> {
        let graph = self.relations.graph;
        let runs = |id: &NodeId| self.relations.live[*id] && !matches!(graph.nodes[*id].op, Op::Reshape);
        let mut waiting: BTreeMap<NodeId, usize> = BTreeMap::new();
        let mut followers: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        for unit in (0..graph.nodes.len()).filter(runs).filter(|&id| self.unit_of(id) == id) {
            let sources: BTreeSet<NodeId> = self
                .unit_nodes(unit)
                .into_iter()
                .flat_map(|id| self.relations.sources(id))
                .map(|source| self.unit_of(source))
                .filter(|&source| source != unit)
                .collect();
            waiting.insert(unit, sources.len());
            sources.into_iter().for_each(|s| followers.entry(s).or_default().push(unit));
        }
        let last = |unit: NodeId| self.unit_nodes(unit).into_iter().max().unwrap_or(unit);
        let mut ready: BinaryHeap<_> =
            waiting.iter().filter(|w| *w.1 == 0).map(|w| std::cmp::Reverse((last(*w.0), *w.0))).collect();
        let mut order = Vec::new();
        while let Some(std::cmp::Reverse((_, unit))) = ready.pop() {
            order.push(unit);
            for &follower in followers.get(&unit).into_iter().flatten() {
                if let Some(left) = waiting.get_mut(&follower) {
                    *left -= 1;
                    if *left == 0 {
                        ready.push(std::cmp::Reverse((last(follower), follower)));
                    }
                }
            }
        }
        order
    }
}

/// Appends the nodes of the new graph.
struct Emitter<'f, 'g> {
    fusion: &'f Fusion<'g>,
    nodes: Vec<Node>,
    /// Where the value of an old node is.
    places: BTreeMap<NodeId, NodeId>,
    /// Views made so far: of which node, under which shape.
    views: BTreeMap<(NodeId, Vec<usize>), NodeId>,
}

impl Emitter<'_, '_> {
    fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// The new node with the numbers and the shape of an old one.
    fn value(&mut self, id: NodeId) -> NodeId {
        let graph = self.fusion.relations.graph;
        let holder = self.places.get(&self.fusion.relations.holder(id)).copied().unwrap_or_default();
        let shape = &graph.nodes[id].shape;
        if self.nodes[holder].shape == *shape {
            return holder;
        }
        if let Some(&view) = self.views.get(&(holder, shape.clone())) {
            return view;
        }
        let view = self.push(Node { op: Op::Reshape, inputs: vec![holder], shape: shape.clone() });
        self.views.insert((holder, shape.clone()), view);
        view
    }

    fn unit(&mut self, unit: NodeId) {
        let fusion = self.fusion;
        let node = &fusion.relations.graph.nodes[unit];
        let fused = fusion.owner[unit].and_then(|g| {
            let group = &fusion.groups[g];
            // A lone kernel is best run as what it is.
            let fused = if group.is_bare(&fusion.relations) { None } else { group.fuse(&fusion.relations) };
            fused.map(|fused| (group, fused))
        });
        match fused {
            Some((group, fused)) => self.fused(group, fused),
            None => {
                let inputs = node.inputs.iter().map(|&i| self.value(i)).collect();
                let id = self.push(Node { op: node.op.clone(), inputs, shape: node.shape.clone() });
                self.places.insert(unit, id);
            }
        }
    }

    fn fused(&mut self, group: &Group, fused: Fused) {
        let graph = self.fusion.relations.graph;
        let first = &graph.nodes[fused.stores[0]].shape;
        let behind = &fused.behind.program;
        let (mut inputs, mut stem, mut attrs) = (Vec::new(), "chain", chain::attrs(first, behind));
        if let Some(anchor) = group.anchor {
            let node = &graph.nodes[anchor];
            if let Op::Kernel { stem: "matmul", attrs: own } = &node.op {
                (stem, attrs) = ("matmul", matmul::fused(own, group.row_sums.is_some(), behind));
                inputs = node.inputs.iter().map(|&i| self.value(i)).collect();
            } else if let Op::Kernel { attrs: own, .. } = &node.op {
                let space = around_axis(&graph.nodes[node.inputs[0]].shape, own.int(0) as usize);
                let terms = &fused.terms.program;
                (stem, attrs) = ("chain_sum", chain_sum::attrs(space, own.int(1) == 1, terms, behind));
            }
        }
        for &read in fused.terms.reads.iter().chain(&fused.behind.reads) {
            inputs.push(self.value(read));
        }
        let main = self.push(Node { op: Op::Kernel { stem, attrs }, inputs, shape: first.clone() });
        for (number, &store) in fused.stores.iter().chain(&group.row_sums).enumerate() {
            let shape = graph.nodes[store].shape.clone();
            let place = if number == 0 {
                main
            } else {
                self.push(Node { op: Op::Part(number), inputs: vec![main], shape })
            };
            self.places.insert(store, place);
        }
    }
}
