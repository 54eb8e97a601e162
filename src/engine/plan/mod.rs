//! Plans: a graph made into plain data (buffers, slices, launches), which the CPU interprets and the GPU replays.

mod check;
mod compile;
mod cost;
mod launches;
mod params;
mod slots;

pub use cost::{Cost, Speed};
pub use params::{ParamEntry, ParamLayout};

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use crate::engine::EngineError;
use crate::engine::graph::Graph;
use crate::engine::kernels::{self, Attrs, Family, Kernel, Launch};
use crate::engine::rewrite;
use crate::engine::shape::numel;
use serde::{Deserialize, Serialize};

/// Floats between places that can be bound by offset: 256 bytes, the guaranteed offset alignment of storage buffers.
pub const ALIGN: usize = 64;

/// Rounds up to a multiple of [`ALIGN`].
pub fn aligned(len: usize) -> usize {
    len.div_ceil(ALIGN) * ALIGN
}

/// What a buffer is for. The first seven are in every plan, in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BufferKind {
    /// All parameters.
    Params,
    /// Their gradients, at the same offsets.
    Grads,
    /// Their two moments, one after the other, at the same offsets.
    Moments,
    /// Knobs.
    Knobs,
    /// Fixed numbers.
    Constants,
    /// Four words: step, low and high word of the seed, steps since the moments were cleared.
    State,
    /// A ring of 1024 numbers per loss.
    History,
    /// Written by the host.
    Input(String),
    /// Intermediate values whose lifetimes do not overlap.
    Slot,
}

/// Index of the parameter buffer in every plan.
pub const PARAMS: usize = 0;
/// Index of the gradient buffer.
pub const GRADS: usize = 1;
/// Index of the moment buffer.
pub const MOMENTS: usize = 2;
/// Index of the knob buffer.
pub const KNOBS: usize = 3;
/// Index of the constant buffer.
pub const CONSTANTS: usize = 4;
/// Index of the state words.
pub const STATE: usize = 5;
/// Index of the history rings.
pub const HISTORY: usize = 6;

/// A buffer of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BufferSpec {
    /// Its use.
    pub kind: BufferKind,
    /// Its length in 4-byte elements.
    pub len: usize,
}

/// A tensor: part of a buffer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// Index into [`Plan::buffers`].
    pub buffer: usize,
    /// First element, a multiple of [`ALIGN`].
    pub offset: usize,
    /// Its shape.
    pub shape: Vec<usize>,
}

impl Slice {
    /// Number of elements.
    pub fn len(&self) -> usize {
        numel(&self.shape)
    }

    /// Never: extents are at least 1.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One run of a kernel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dispatch {
    /// Kernel.
    pub stem: String,
    /// Node it computes, for messages.
    pub label: String,
    /// Attributes of the kernel.
    pub attrs: Attrs,
    /// A tensor per binding of the kernel, in binding order.
    pub args: Vec<Slice>,
    /// Uniforms, overrides, workgroups.
    pub launch: Launch,
}

impl Dispatch {
    /// Its launch in a family of devices.
    pub fn launch_in(&self, family: Family, kernel: &dyn Kernel) -> Launch {
        if family == Family::Registers {
            return self.launch.clone();
        }
        let shapes: Vec<&[usize]> = self.args.iter().map(|s| s.shape.as_slice()).collect();
        kernel.launch_in(family, &self.attrs, &shapes)
    }
}

/// A knob of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnobEntry {
    /// Its name.
    pub name: String,
    /// Where it lies in the knob buffer.
    pub offset: usize,
    /// Its first value.
    pub default: f64,
}

/// An input of several frames, one after the other in its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frames {
    /// The input's buffer.
    pub buffer: usize,
    /// How many there are; step t sees frame t mod `count`.
    pub count: usize,
    /// Elements from one to the next, a multiple of [`ALIGN`].
    pub stride: usize,
}

/// Launches that run several times in a row before those behind them; before them stand those that copy the first state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// The first launch.
    pub first: usize,
    /// How many launches a round has.
    pub count: usize,
    /// How many rounds there are.
    pub times: u32,
}

/// A compiled graph: everything an executor needs, as plain data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Buffers.
    pub buffers: Vec<BufferSpec>,
    /// Runs of kernels, in order.
    pub steps: Vec<Dispatch>,
    /// How many of them each launch does the work of: steps of one launch do not wait for each other.
    pub launches: Vec<usize>,
    /// Loops, in order and apart from each other.
    pub repeats: Vec<Repeat>,
    /// Content of the constant buffer.
    pub constants: Vec<f64>,
    /// Knobs in order of declaration.
    pub knobs: Vec<KnobEntry>,
    /// Tensors that the host writes.
    pub inputs: BTreeMap<String, Slice>,
    /// Inputs that change with the step.
    pub frames: Vec<Frames>,
    /// Tensors that the host may read.
    pub outputs: BTreeMap<String, Slice>,
    /// Names of the losses; each has a row of the history.
    pub losses: Vec<String>,
    /// Whether a run counts its steps: it trains or draws random numbers.
    pub counts_steps: bool,
    params: ParamLayout,
}

impl Plan {
    /// Compiles a graph: it is rewritten for few launches, nodes that no output or gradient needs are dropped, the others
    /// get buffers and launches.
    pub fn compile(graph: &Graph) -> Result<Self, EngineError> {
        let plan = compile::compile(&rewrite::rewrite(graph), true)?;
        plan.check()?;
        Ok(plan)
    }

    /// Compiles a graph without rewriting it, a launch for each kernel but slices that can be read where
    /// they lie: an oracle for the rewriting, and easier to read.
    pub fn compile_as_is(graph: &Graph) -> Result<Self, EngineError> {
        let plan = compile::compile(graph, false)?;
        plan.check()?;
        Ok(plan)
    }

    /// A plan that does nothing.
    pub fn empty() -> Self {
        compile::empty_plan(&Graph::default(), ParamLayout::new(&[], |_| false))
    }

    /// The steps, each with the number of its launch.
    pub fn by_launch(&self) -> impl Iterator<Item = (usize, &Dispatch)> {
        let numbers = self.launches.iter().enumerate().flat_map(|(l, &n)| std::iter::repeat_n(l, n));
        numbers.zip(&self.steps)
    }

    /// Launches in runs of one loop or of none, in order, and how often each run is done.
    pub fn passages(&self) -> Vec<(Range<usize>, u32)> {
        let mut passages = Vec::with_capacity(2 * self.repeats.len() + 1);
        let mut done = 0;
        for r in &self.repeats {
            passages.push((done..r.first, 1));
            done = r.first + r.count;
            passages.push((r.first..done, r.times));
        }
        passages.push((done..self.launches.len(), 1));
        passages.retain(|(launches, _)| !launches.is_empty());
        passages
    }

    /// The steps of each launch.
    pub fn launch_steps(&self) -> impl Iterator<Item = &[Dispatch]> {
        let mut rest = self.steps.as_slice();
        self.launches.iter().map(move |&n| {
            let (steps, behind) = rest.split_at(n.min(rest.len()));
            rest = behind;
            steps
        })
    }

    /// Where each parameter lies.
    pub fn params(&self) -> &ParamLayout {
        &self.params
    }

    /// Offset of a knob in the knob buffer.
    pub fn knob(&self, name: &str) -> Result<usize, EngineError> {
        self.knobs.iter().find(|k| k.name == name).map(|k| k.offset).ok_or_else(|| EngineError::Unknown {
            kind: "knob",
            name: name.to_owned(),
            known: names(self.knobs.iter().map(|k| &k.name)),
        })
    }

    /// How many frames a buffer has, and how far they are apart: 1 and 0 for all but inputs of several frames.
    pub fn frames(&self, buffer: usize) -> (usize, usize) {
        self.frames.iter().find(|f| f.buffer == buffer).map_or((1, 0), |f| (f.count, f.stride))
    }

    /// The buffer of an input and where its frames begin, if data for all of them has the right length.
    pub fn frame_offsets(&self, name: &str, len: usize) -> Result<(usize, Vec<usize>), EngineError> {
        let slice = self.input(name)?;
        let (count, stride) = self.frames(slice.buffer);
        let expected = count * slice.len();
        if expected != len {
            return Err(EngineError::Length { name: name.to_owned(), expected, got: len });
        }
        Ok((slice.buffer, (0..count).map(|f| slice.offset + f * stride).collect()))
    }

    /// The tensor of an input; of several frames, the first.
    pub fn input(&self, name: &str) -> Result<&Slice, EngineError> {
        self.inputs.get(name).ok_or_else(|| EngineError::Unknown {
            kind: "input",
            name: name.to_owned(),
            known: names(self.inputs.keys()),
        })
    }

    /// The tensor of an output, of `params`, of `grads` (laid out as the parameters are), of `moments` (twice that, one
    /// after the other), or of `history:<loss>`.
    pub fn readable(&self, name: &str) -> Result<Slice, EngineError> {
        if let Some(slice) = self.outputs.get(name) {
            return Ok(slice.clone());
        }
        if name == "params" {
            return Ok(Slice { buffer: PARAMS, offset: 0, shape: vec![self.params.len] });
        }
        if name == "grads" && self.buffers[GRADS].len == self.params.len {
            return Ok(Slice { buffer: GRADS, offset: 0, shape: vec![self.params.len] });
        }
        if name == "moments" && self.buffers[MOMENTS].len == 2 * self.params.len {
            return Ok(Slice { buffer: MOMENTS, offset: 0, shape: vec![self.buffers[MOMENTS].len] });
        }
        let loss = name.strip_prefix("history:").and_then(|l| self.losses.iter().position(|n| n == l));
        match loss {
            Some(row) => {
                let ring = kernels::tick::HISTORY;
                Ok(Slice { buffer: HISTORY, offset: row * ring, shape: vec![ring] })
            }
            None => Err(EngineError::Unknown {
                kind: "output",
                name: name.to_owned(),
                known: names(self.outputs.keys()),
            }),
        }
    }
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let list: Vec<&str> = names.map(String::as_str).collect();
    if list.is_empty() { "none".to_owned() } else { list.join(", ") }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:>6} {:<24} {:<18} {:>10} {:>10} {:>6} {:>12}",
            "launch", "node", "shape", "bytes", "MFLOP", "buffer", "workgroups"
        )?;
        let mut last = usize::MAX;
        for (launch, d) in self.by_launch() {
            // The number stands beside the first step of a launch.
            let number = if launch == last { String::new() } else { launch.to_string() };
            if let Some(r) = self.repeats.iter().find(|r| r.first == launch && launch != last) {
                writeln!(f, "×{} launches {} to {}", r.times, r.first, r.first + r.count - 1)?;
            }
            last = launch;
            let Some(out) = d.args.iter().rev().find(|s| s.buffer != STATE) else { continue };
            let shape = format!("{:?}", out.shape);
            let [x, y, z] = d.launch.workgroups;
            let groups = format!("{x}x{y}x{z}");
            let (cost, buffer) = (d.cost(), out.buffer);
            let flops = if cost.flops > 0.0 { format!("{:.3}", cost.flops * 1e-6) } else { "–".to_owned() };
            let (label, bytes) = (&d.label, cost.bytes());
            writeln!(
                f,
                "{number:>6} {label:<24} {shape:<18} {bytes:>10} {flops:>10} {buffer:>6} {groups:>12}"
            )?;
        }
        let (cost, bytes) = (self.cost(), self.buffers.iter().map(|b| 4 * b.len).sum::<usize>());
        writeln!(
            f,
            "a step: {} dispatches, {} bytes read, {} written, {:.3} MFLOP in products",
            cost.dispatches,
            cost.bytes_read,
            cost.bytes_written,
            cost.flops * 1e-6
        )?;
        write!(f, "{} buffers, {bytes} bytes", self.buffers.len())
    }
}
