//! Fusion: elementwise functions join the launch that computes what they work on: a chain of their own, or the end of a
//! product. A group runs as a whole, so that no value may leave it and come back through another launch.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::group::{Fused, Group, Relations};
use super::with_nodes;
use crate::engine::graph::{Graph, Node, NodeId, Op};
use crate::engine::kernels::{Attrs, chain, matmul};
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
            fusion.join_sums(id);
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
    /// Puts a live node into a group: an elementwise function joins one or starts one, a product starts one.
    fn place(&mut self, id: NodeId) {
        let graph = self.relations.graph;
        let group = match &graph.nodes[id].op {
            Op::Kernel { stem: "matmul", attrs } if attrs.ints.len() == matmul::PLAIN => {
                Group { anchor: Some(id), ..Group::default() }
            }
            _ if self.relations.operands(id).is_some() => match self.host(id) {
                Some(host) => {
                    self.groups[host].members.push(id);
                    self.owner[id] = Some(host);
                    return;
                }
                None => Group { members: vec![id], ..Group::default() },
            },
            _ => return,
        };
        self.groups.push(group);
        self.owner[id] = Some(self.groups.len() - 1);
    }

    /// Lets the product that reads the rows of a matrix anyway sum them: a bias's gradient beside the weight's.
    fn join_sums(&mut self, id: NodeId) {
        let graph = self.relations.graph;
        let node = &graph.nodes[id];
        let Op::Kernel { stem: "reduce_sum", attrs } = &node.op else { return };
        let (outer, rows, columns) = around_axis(&graph.nodes[node.inputs[0]].shape, attrs.int(0) as usize);
        if outer != 1 || attrs.int(1) == 1 {
            return;
        }
        let summed = self.relations.holder(node.inputs[0]);
        let fits = |group: &Group| {
            let anchor = &graph.nodes[group.anchor?];
            let Op::Kernel { attrs, .. } = &anchor.op else { return None };
            let factor = anchor.inputs[1];
            let same =
                self.relations.holder(factor) == summed && graph.nodes[factor].shape == [rows, columns];
            (same && attrs.ints == [1, 0] && group.sums.is_none() && anchor.shape.len() == 2).then_some(())
        };
        let host = (0..self.groups.len()).find(|&host| {
            let mut grown = self.groups[host].clone();
            grown.sums = Some(id);
            let sources = self.groups[host].nodes().flat_map(|n| self.relations.sources(n)).collect();
            fits(&self.groups[host]).is_some()
                && grown.fuse(&self.relations).is_some()
                && !self.depends(sources, &|source| source == id)
        });
        if let Some(host) = host {
            self.groups[host].sums = Some(id);
            self.owner[id] = Some(host);
        }
    }

    /// The group that a function can join: one that computes an operand element by element, the latest that fits.
    fn host(&self, id: NodeId) -> Option<usize> {
        let operands = self.relations.operands(id)?;
        let size = |id: NodeId| numel(&self.relations.graph.nodes[id].shape);
        let hosts: BTreeSet<usize> = operands
            .iter()
            .filter(|&&(source, access)| access == Access::Full && size(source) == size(id))
            .filter_map(|&(source, _)| self.owner[source])
            .collect();
        hosts.into_iter().rev().find(|&host| {
            let mut grown = self.groups[host].clone();
            grown.members.push(id);
            let outside = operands.iter().map(|o| o.0).filter(|&s| self.owner[s] != Some(host));
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
            let alone = group.nodes().count() == 1 && (group.anchor.is_some() || self.reads_as_stated(unit));
            if alone { None } else { group.fuse(&fusion.relations).map(|fused| (group, fused)) }
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

    /// Whether the operands of a lone function are its inputs, none of them read where it repeats from.
    fn reads_as_stated(&self, id: NodeId) -> bool {
        let relations = &self.fusion.relations;
        let stated = relations.graph.nodes[id].inputs.iter().map(|&i| relations.holder(i));
        relations.operands(id).is_some_and(|operands| operands.iter().map(|o| o.0).eq(stated))
    }

    fn fused(&mut self, group: &Group, fused: Fused) {
        let graph = self.fusion.relations.graph;
        let (stem, mut attrs, mut inputs) = match group.anchor {
            Some(anchor) => {
                let node = &graph.nodes[anchor];
                let attrs = match &node.op {
                    Op::Kernel { attrs, .. } => attrs.clone(),
                    _ => Attrs::default(),
                };
                ("matmul", attrs, node.inputs.iter().map(|&i| self.value(i)).collect())
            }
            None => ("chain", Attrs::default(), Vec::new()),
        };
        let first = &graph.nodes[fused.stores[0]].shape;
        attrs = match group.anchor {
            Some(_) => matmul::fused(&attrs, group.sums.is_some(), &fused.program),
            None => chain::attrs(first, &fused.program),
        };
        for &read in &fused.reads {
            inputs.push(self.value(read));
        }
        let main = self.push(Node { op: Op::Kernel { stem, attrs }, inputs, shape: first.clone() });
        for (number, &store) in fused.stores.iter().chain(&group.sums).enumerate() {
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
