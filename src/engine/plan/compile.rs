//! From graph to plan: what is needed, where it lies, in which order it runs.

use std::collections::BTreeMap;

use super::{
    ALIGN, BufferKind, BufferSpec, CONSTANTS, Dispatch, Frames, GRADS, HISTORY, KNOBS, KnobEntry, MOMENTS,
    PARAMS, ParamLayout, Plan, Repeat, STATE, Slice, aligned, launches, slots,
};
use crate::engine::EngineError;
use crate::engine::graph::{Clip, Graph, NodeId, Op, Training, place_name};
use crate::engine::kernels::{self, Access, Attrs, Ty, optimise, square_sum, tick};
use crate::engine::shape::{around_axis, numel};

/// Compiles a graph as it is; steps that do not wait for each other share launches if they are to be joined.
pub(super) fn compile(graph: &Graph, joined: bool) -> Result<Plan, EngineError> {
    let mut compiler = Compiler::new(graph);
    for id in 0..graph.nodes.len() {
        if compiler.live[id] {
            compiler.node(id)?;
        }
    }
    compiler.train()?;
    Ok(compiler.finish(joined))
}

struct Compiler<'g> {
    graph: &'g Graph,
    /// Nodes that something needs.
    live: Vec<bool>,
    /// How often a node is used: by live nodes, outputs, losses, gradients.
    uses: Vec<usize>,
    /// Where nodes lie that are written straight into the gradient buffer.
    in_grads: BTreeMap<NodeId, usize>,
    /// Gradients that are copied: node and offset.
    copied: Vec<(NodeId, usize)>,
    place: Vec<Option<(usize, usize)>>,
    /// Further results of kernels, in order.
    parts: BTreeMap<NodeId, Vec<NodeId>>,
    /// Where the arguments of a loop's body lie, by name.
    arguments: BTreeMap<String, (usize, usize)>,
    /// What stands before the numbers of nodes in labels: the loop.
    prefix: String,
    plan: Plan,
}

impl<'g> Compiler<'g> {
    fn new(graph: &'g Graph) -> Self {
        let (live, _) = needed(graph);
        let trained = |i: usize| match &graph.train {
            Some(train) => train.grads.iter().any(|&(p, _)| p == i),
            None => live[graph.params[i].node],
        };
        Self::into_plan(graph, empty_plan(graph, ParamLayout::new(&graph.params, trained)))
    }

    /// A compiler that adds to a plan.
    fn into_plan(graph: &'g Graph, plan: Plan) -> Self {
        let count = graph.nodes.len();
        let (live, uses) = needed(graph);
        let mut compiler = Self {
            graph,
            live,
            uses,
            in_grads: BTreeMap::new(),
            copied: Vec::new(),
            place: vec![None; count],
            parts: parts(graph),
            arguments: BTreeMap::new(),
            prefix: String::new(),
            plan,
        };
        compiler.place_grads();
        compiler
    }

    /// The node that holds the numbers of a node: itself, unless it is a view.
    fn holder(&self, mut id: NodeId) -> NodeId {
        while matches!(self.graph.nodes[id].op, Op::Reshape | Op::Detach) {
            id = self.graph.nodes[id].inputs[0];
        }
        id
    }

    /// A gradient that nothing else reads is written where it belongs; the others are copied there.
    fn place_grads(&mut self) {
        for &(param, grad) in self.graph.train.iter().flat_map(|t| &t.grads) {
            let offset = self.plan.params.entries[param].offset;
            let mut id = grad;
            while self.uses[id] == 1 && matches!(self.graph.nodes[id].op, Op::Reshape | Op::Detach) {
                id = self.graph.nodes[id].inputs[0];
            }
            if self.uses[id] == 1 && self.is_of_kernel(id) {
                self.in_grads.insert(id, offset);
            } else {
                let holder = self.holder(grad);
                self.copied.push((holder, offset));
            }
        }
    }

    /// Whether a node is a result of a kernel.
    fn is_of_kernel(&self, id: NodeId) -> bool {
        let node = &self.graph.nodes[id];
        match node.op {
            Op::Kernel { .. } => true,
            Op::Part(_) => matches!(self.graph.nodes[node.inputs[0]].op, Op::Kernel { .. }),
            _ => false,
        }
    }

    fn slice(&self, id: NodeId) -> Result<Slice, EngineError> {
        let missing = || EngineError::Plan(format!("node {id} is used before it is computed"));
        let (buffer, offset) = self.place[id].ok_or_else(missing)?;
        Ok(Slice { buffer, offset, shape: self.graph.nodes[id].shape.clone() })
    }

    /// Where a slice lies in a slot that holds what it is taken from, if it is whole rows and can be bound there.
    fn inside(&self, id: NodeId) -> Option<(usize, usize)> {
        let node = &self.graph.nodes[id];
        let Op::Kernel { stem: "window", attrs } = &node.op else { return None };
        let source = *node.inputs.first()?;
        let (outer, rows, inner) = around_axis(&self.graph.nodes[source].shape, attrs.int(0) as usize);
        let start = usize::try_from(attrs.int(2) as i32).ok()?;
        let (buffer, offset) = self.place[source]?;
        let fits = outer == 1
            && start + attrs.int(1) as usize <= rows
            && (start * inner).is_multiple_of(ALIGN)
            && self.plan.buffers[buffer].kind == BufferKind::Slot
            && !self.in_grads.contains_key(&id);
        fits.then_some((buffer, offset + start * inner))
    }

    fn node(&mut self, id: NodeId) -> Result<(), EngineError> {
        let node = &self.graph.nodes[id];
        if let Some(place) = self.inside(id) {
            self.place[id] = Some(place);
            return self.copy_grads(Some(id));
        }
        let len = numel(&node.shape);
        self.place[id] = Some(match &node.op {
            Op::Input(name) if self.arguments.contains_key(name) => self.arguments[name],
            Op::Input(name) => {
                let frames = self.graph.frames.iter().find(|(n, _)| n == name).map_or(1, |f| f.1);
                let stride = if frames > 1 { aligned(len) } else { 0 };
                let buffer = self.buffer(BufferKind::Input(name.clone()), len + (frames - 1) * stride);
                if frames > 1 {
                    self.plan.frames.push(Frames { buffer, count: frames, stride });
                }
                let slice = Slice { buffer, offset: 0, shape: node.shape.clone() };
                self.plan.inputs.insert(name.clone(), slice);
                (buffer, 0)
            }
            Op::Param(index) => (PARAMS, self.plan.params.entries[*index].offset),
            Op::Constant(data) => {
                let offset = self.plan.constants.len();
                self.plan.constants.extend(data);
                self.plan.constants.resize(offset + aligned(len), 0.0);
                (CONSTANTS, offset)
            }
            Op::Knob(name) => (KNOBS, self.plan.knob(name)?),
            Op::Reshape | Op::Detach => {
                let from = self.slice(node.inputs[0])?;
                (from.buffer, from.offset)
            }
            Op::Kernel { .. } => self.result(id),
            Op::Repeat { times, body } => return self.repeat(id, *times, body),
            // Placed with the kernel or loop that writes it.
            Op::Part(_) => return Ok(()),
        });
        if let Op::Kernel { stem, attrs } = &node.op {
            let results: Vec<NodeId> =
                std::iter::once(id).chain(self.parts.get(&id).into_iter().flatten().copied()).collect();
            for &part in &results[1..] {
                self.place[part] = Some(self.result(part));
            }
            let inputs = node.inputs.iter().map(|&i| self.slice(i)).collect::<Result<Vec<_>, _>>()?;
            let outs = results.iter().map(|&r| self.slice(r)).collect::<Result<Vec<_>, _>>()?;
            let name = kernels::find(stem).map_or_else(|| (*stem).to_owned(), |k| k.label(attrs));
            self.dispatch(stem, format!("%{}{id} {name}", self.prefix), attrs.clone(), &inputs, &outs)?;
            for &result in &results {
                self.copy_grads(Some(result))?;
            }
        }
        Ok(())
    }

    /// A loop: the state is copied to slots of its own; each round computes the next one from there and copies it back.
    fn repeat(&mut self, id: NodeId, times: u32, body: &Graph) -> Result<(), EngineError> {
        let inputs = &self.graph.nodes[id].inputs;
        let (before, fixed) = inputs.split_at(body.outputs.len());
        let mut state = Vec::with_capacity(before.len());
        for &input in before {
            let shape = self.graph.nodes[input].shape.clone();
            let own = Slice { buffer: self.slot(numel(&shape)), offset: 0, shape };
            let from = self.slice(input)?;
            self.dispatch(
                "copy",
                format!("%{id} begin"),
                Attrs::default(),
                &[from],
                std::slice::from_ref(&own),
            )?;
            state.push(own);
        }
        self.place[id] = Some((state[0].buffer, 0));
        for &part in self.parts.get(&id).into_iter().flatten() {
            if let Op::Part(number) = self.graph.nodes[part].op {
                self.place[part] = Some((state[number].buffer, 0));
            }
        }
        let fixed = fixed.iter().map(|&f| self.slice(f)).collect::<Result<Vec<_>, _>>()?;
        let first = self.plan.steps.len();
        let plan = std::mem::replace(&mut self.plan, Plan::empty());
        let mut inner = Compiler::into_plan(body, plan);
        inner.prefix = format!("{id}.");
        let arguments = state.iter().chain(&fixed).enumerate();
        inner.arguments = arguments.map(|(i, s)| (place_name(i), (s.buffer, s.offset))).collect();
        let done = inner.round(&state);
        self.plan = inner.plan;
        done?;
        let count = self.plan.steps.len() - first;
        self.plan.repeats.push(Repeat { first, count, times });
        let results: Vec<NodeId> =
            std::iter::once(id).chain(self.parts.get(&id).into_iter().flatten().copied()).collect();
        results.into_iter().try_for_each(|result| self.copy_grads(Some(result)))
    }

    /// The launches of a round: those of the body, and copies of the next state to where the state is. Parts of the old state
    /// that go to other places are taken aside first.
    fn round(&mut self, state: &[Slice]) -> Result<(), EngineError> {
        for id in (0..self.graph.nodes.len()).filter(|&id| self.live[id]).collect::<Vec<_>>() {
            self.node(id)?;
        }
        let copy = |this: &mut Self, from: &Slice, to: &Slice| {
            let label = format!("%{}next", this.prefix);
            this.dispatch(
                "copy",
                label,
                Attrs::default(),
                std::slice::from_ref(from),
                std::slice::from_ref(to),
            )
        };
        let mut moves = Vec::new();
        for ((_, id), to) in self.graph.outputs.iter().zip(state) {
            let mut from = self.slice(*id)?;
            if from.buffer == to.buffer {
                continue;
            }
            if state.iter().any(|s| s.buffer == from.buffer) {
                let aside = Slice { buffer: self.slot(from.len()), offset: 0, shape: from.shape.clone() };
                copy(self, &from, &aside)?;
                from = aside;
            }
            moves.push((from, to));
        }
        moves.into_iter().try_for_each(|(from, to)| copy(self, &from, to))
    }

    /// Where a kernel writes a result: a gradient to its place, others into a slot.
    fn result(&mut self, id: NodeId) -> (usize, usize) {
        match self.in_grads.get(&id) {
            Some(&offset) => (GRADS, offset),
            None => (self.slot(numel(&self.graph.nodes[id].shape)), 0),
        }
    }

    /// Copies gradients that lie in node `of`, or all that are left, into the gradient buffer.
    fn copy_grads(&mut self, of: Option<NodeId>) -> Result<(), EngineError> {
        let due = |holder: NodeId| of.is_none_or(|id| id == holder);
        let (now, later): (Vec<_>, Vec<_>) = self.copied.drain(..).partition(|&(holder, _)| due(holder));
        self.copied = later;
        for (holder, offset) in now {
            let from = self.slice(holder)?;
            let to = Slice { buffer: GRADS, offset, shape: from.shape.clone() };
            self.dispatch("copy", format!("%{holder} copy"), Attrs::default(), &[from], &[to])?;
        }
        Ok(())
    }

    /// A slot of its own for a value; [`super::slots`] lets values share them in the end.
    fn slot(&mut self, len: usize) -> usize {
        self.buffer(BufferKind::Slot, aligned(len))
    }

    fn buffer(&mut self, kind: BufferKind, len: usize) -> usize {
        self.plan.buffers.push(BufferSpec { kind, len });
        self.plan.buffers.len() - 1
    }

    /// Appends a launch; `reads` and `writes` are the F32 tensors by use, in binding order.
    fn dispatch(
        &mut self,
        stem: &str,
        label: String,
        attrs: Attrs,
        reads: &[Slice],
        writes: &[Slice],
    ) -> Result<(), EngineError> {
        let kernel = kernels::find(stem).ok_or_else(|| EngineError::Plan(format!("no kernel {stem:?}")))?;
        let (mut reads, mut writes) = (reads.iter(), writes.iter());
        let mut args = Vec::new();
        for binding in kernel.signature(&attrs).bindings {
            let arg = match (binding.ty, binding.access) {
                (Ty::U32, _) => Some(Slice { buffer: STATE, offset: 0, shape: vec![4] }),
                (Ty::F32, Access::Read) => reads.next().cloned(),
                (Ty::F32, _) => writes.next().cloned(),
            };
            args.push(arg.ok_or_else(|| EngineError::Plan(format!("{label} lacks {}", binding.name)))?);
        }
        let shapes: Vec<&[usize]> = args.iter().map(|s| s.shape.as_slice()).collect();
        let launch = kernel.launch(&attrs, &shapes);
        self.plan.steps.push(Dispatch { stem: stem.to_owned(), label, attrs, args, launch });
        Ok(())
    }

    /// Optimiser and tick.
    fn train(&mut self) -> Result<(), EngineError> {
        self.copy_grads(None)?;
        let mut losses = Vec::new();
        if let Some(train) = &self.graph.train {
            self.optimise(&train.training)?;
            for (_, id) in &train.losses {
                losses.push(self.slice(*id)?);
            }
        }
        if self.plan.counts_steps { self.tick(&losses) } else { Ok(()) }
    }

    /// One launch over all parameters; where their norm bounds the gradients, two before it that form the norm.
    fn optimise(&mut self, training: &Training) -> Result<(), EngineError> {
        let n = self.plan.params.len;
        let whole = |buffer: usize, shape: &[usize]| Slice { buffer, offset: 0, shape: shape.to_vec() };
        let rate = Slice { buffer: KNOBS, offset: self.plan.knob("lr")?, shape: vec![1] };
        let grads = whole(GRADS, &[n]);
        let mut total = rate.clone();
        if let Clip::Norm(_) = training.clip {
            let parts = square_sum::parts(n);
            let partial = whole(self.slot(parts), &[parts]);
            total = whole(self.slot(1), &[1]);
            let (from, to) = (std::slice::from_ref(&grads), std::slice::from_ref(&partial));
            self.dispatch("square_sum", "gradient norm".to_owned(), Attrs::default(), from, to)?;
            let to = std::slice::from_ref(&total);
            self.dispatch("reduce_sum", "gradient norm".to_owned(), Attrs::ints(&[0, 0]), &[partial], to)?;
        }
        let writes = [whole(PARAMS, &[n]), whole(MOMENTS, &[2, n])];
        let attrs = optimise::attrs(training);
        self.dispatch("optimise", "optimise".to_owned(), attrs, &[grads, rate, total], &writes)
    }

    /// Files the losses, four a launch; the last launch counts the step.
    fn tick(&mut self, losses: &[Slice]) -> Result<(), EngineError> {
        let rows = losses.len().max(1);
        let history = Slice { buffer: HISTORY, offset: 0, shape: vec![rows, tick::HISTORY] };
        let unused = Slice { buffer: KNOBS, offset: 0, shape: vec![1] };
        let launches = losses.len().div_ceil(tick::LOSSES).max(1);
        for l in 0..launches {
            let first = l * tick::LOSSES;
            let mut reads: Vec<Slice> = losses.iter().skip(first).take(tick::LOSSES).cloned().collect();
            let attrs = Attrs::ints(&[reads.len() as u32, first as u32, u32::from(l + 1 == launches)]);
            reads.resize(tick::LOSSES, unused.clone());
            self.dispatch("tick", "tick".to_owned(), attrs, &reads, std::slice::from_ref(&history))?;
        }
        Ok(())
    }

    fn finish(mut self, joined: bool) -> Plan {
        for (name, id) in &self.graph.outputs {
            if let Ok(slice) = self.slice(*id) {
                self.plan.outputs.insert(name.clone(), slice);
            }
        }
        self.plan.buffers[CONSTANTS].len = self.plan.constants.len();
        self.plan.launches = vec![1; self.plan.steps.len()];
        if joined {
            launches::join(&mut self.plan);
        }
        slots::share(&mut self.plan);
        self.plan
    }
}

/// Which nodes are needed, and how often each is used.
fn needed(graph: &Graph) -> (Vec<bool>, Vec<usize>) {
    let mut uses = vec![0; graph.nodes.len()];
    graph.outputs.iter().for_each(|&(_, id)| uses[id] += 1);
    if let Some(train) = &graph.train {
        train.losses.iter().for_each(|&(_, id)| uses[id] += 1);
        train.grads.iter().for_each(|&(_, id)| uses[id] += 1);
    }
    // A kernel is needed for its further results, but they are not uses of its first.
    let mut live = vec![false; graph.nodes.len()];
    for (id, node) in graph.nodes.iter().enumerate().rev() {
        if live[id] || uses[id] > 0 {
            live[id] = true;
            match node.op {
                Op::Part(_) => live[node.inputs[0]] = true,
                _ => node.inputs.iter().for_each(|&i| uses[i] += 1),
            }
        }
        // Inputs stay even if nothing reads them, so that the host can always write them.
        live[id] |= matches!(node.op, Op::Input(_));
    }
    (live, uses)
}

/// Further results of each kernel, in order.
fn parts(graph: &Graph) -> BTreeMap<NodeId, Vec<NodeId>> {
    let mut parts: BTreeMap<NodeId, Vec<(usize, NodeId)>> = BTreeMap::new();
    for (id, node) in graph.nodes.iter().enumerate() {
        if let Op::Part(number) = node.op {
            parts.entry(node.inputs[0]).or_default().push((number, id));
        }
    }
    let ordered = parts.into_iter().map(|(kernel, mut all)| {
        all.sort_unstable();
        (kernel, all.into_iter().map(|(_, id)| id).collect())
    });
    ordered.collect()
}

/// A plan without launches: its seven fixed buffers and its knobs.
pub(super) fn empty_plan(graph: &Graph, params: ParamLayout) -> Plan {
    let trains = graph.train.is_some();
    let losses: Vec<String> = graph.train.iter().flat_map(|t| &t.losses).map(|(n, _)| n.clone()).collect();
    let draws = |op: &Op| match op {
        Op::Kernel { stem, attrs } => kernels::find(stem).is_some_and(|k| k.signature(attrs).uses_state()),
        _ => false,
    };
    let counts_steps = trains || !graph.frames.is_empty() || graph.nodes.iter().any(|n| draws(&n.op));
    let knobs = graph.knobs.iter().enumerate();
    let knobs = knobs.map(|(i, (name, default))| KnobEntry {
        name: name.clone(),
        offset: i * ALIGN,
        default: *default,
    });
    let n = params.len;
    let kinds = [
        (BufferKind::Params, n),
        (BufferKind::Grads, if trains { n } else { ALIGN }),
        (BufferKind::Moments, if trains { 2 * n } else { ALIGN }),
        (BufferKind::Knobs, ALIGN * graph.knobs.len().max(1)),
        (BufferKind::Constants, ALIGN),
        (BufferKind::State, 4),
        (BufferKind::History, tick::HISTORY * losses.len().max(1)),
    ];
    Plan {
        buffers: kinds.into_iter().map(|(kind, len)| BufferSpec { kind, len }).collect(),
        steps: Vec::new(),
        launches: Vec::new(),
        repeats: Vec::new(),
        constants: vec![0.0; ALIGN],
        knobs: knobs.collect(),
        inputs: BTreeMap::new(),
        frames: Vec::new(),
        outputs: BTreeMap::new(),
        losses,
        counts_steps,
        params,
    }
}
