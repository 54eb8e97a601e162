//! The CPU executor: interprets a plan with the reference kernels, in f32 or f64. Nothing is allocated per step.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Backend, Executor, Health, Readback, Ticket, check_len};
use crate::engine::EngineError;
use crate::engine::kernels::{self, Access, Call, Element, Ty};
use crate::engine::plan::{CONSTANTS, KNOBS, MOMENTS, PARAMS, Plan, Slice};
use crate::maths::real::Real;
use crate::maths::rng::seed_words;

/// Most tensors a kernel reads or writes: the guaranteed number of storage buffers.
const MOST: usize = 8;

/// Runs a plan on this thread. `T` is `f32` in the app, `f64` where a reference is wanted.
pub struct CpuExecutor<T: Element> {
    plan: Arc<Plan>,
    prepared: Vec<Prepared<T>>,
    /// One per buffer of the plan; the state words are apart.
    buffers: Vec<Vec<T>>,
    state: [u32; 4],
    scratch: Vec<T>,
    checked: bool,
    failure: Option<EngineError>,
    tickets: u64,
    answers: BTreeMap<Ticket, Result<Readback, EngineError>>,
}

/// A launch, looked up.
struct Prepared<T: Element> {
    function: fn(&mut Call<'_, T>),
    reads: Vec<(usize, Range<usize>)>,
    /// How many tensors it writes.
    written: usize,
    /// Buffers that are written, with the tensors in each: number among the writes and place, in ascending order.
    writes: Vec<(usize, Vec<(usize, Range<usize>)>)>,
}

impl<T: Element> CpuExecutor<T> {
    /// An executor with the parameters of seed 0. A plan that is not sound shows as [`Health::Failed`].
    pub fn new(plan: Arc<Plan>) -> Self {
        let failure = plan.check().err();
        let plan = if failure.is_none() { plan } else { Arc::new(Plan::empty()) };
        let prepared = plan.steps.iter().filter_map(prepare).collect();
        let mut buffers: Vec<Vec<T>> = plan.buffers.iter().map(|b| vec![T::ZERO; b.len]).collect();
        buffers[CONSTANTS] = plan.constants.iter().map(|&v| T::from_f64(v)).collect();
        plan.knobs.iter().for_each(|k| buffers[KNOBS][k.offset] = T::from_f64(k.default));
        buffers[PARAMS] = plan.params().init(0).into_iter().map(T::from_f32).collect();
        let (state, scratch, answers) = ([0; 4], Vec::new(), BTreeMap::new());
        Self { plan, prepared, buffers, state, scratch, checked: false, failure, tickets: 0, answers }
    }

    /// The plan it runs.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Makes runs stop at the first value that is not finite and say which node wrote it (slower).
    pub fn set_checked(&mut self, checked: bool) {
        self.checked = checked;
    }

    /// Steps counted so far.
    pub fn step(&self) -> u32 {
        self.state[0]
    }

    /// Numbers of an output, of `params` or of `history:<loss>`, now.
    pub fn read(&self, name: &str) -> Result<Vec<T>, EngineError> {
        let slice = self.plan.readable(name)?;
        Ok(self.tensor(&slice).to_vec())
    }

    /// Writes an input, or `params`, at full precision.
    pub fn write_t(&mut self, name: &str, data: &[T]) -> Result<(), EngineError> {
        let slice = match name {
            "params" => self.plan.readable(name)?,
            _ => self.plan.input(name)?.clone(),
        };
        check_len(name, slice.len(), data.len())?;
        self.buffers[slice.buffer][range(&slice)].copy_from_slice(data);
        Ok(())
    }

    fn tensor(&self, slice: &Slice) -> &[T] {
        &self.buffers[slice.buffer][range(slice)]
    }

    fn dispatch(&mut self, plan: &Plan, index: usize) {
        let (step, prepared) = (&plan.steps[index], &self.prepared[index]);
        // Written buffers are taken out, so that the others can be borrowed beside them.
        let mut taken: [Vec<T>; MOST] = Default::default();
        for (t, (buffer, _)) in taken.iter_mut().zip(&prepared.writes) {
            *t = std::mem::take(&mut self.buffers[*buffer]);
        }
        let mut reads: [&[T]; MOST] = [&[]; MOST];
        for (r, (buffer, range)) in reads.iter_mut().zip(&prepared.reads) {
            *r = &self.buffers[*buffer][range.clone()];
        }
        let mut writes: [&mut [T]; MOST] = Default::default();
        for (whole, (_, parts)) in taken.iter_mut().zip(&prepared.writes) {
            let (mut rest, mut done) = (whole.as_mut_slice(), 0);
            for (number, range) in parts {
                let (part, behind) = rest.split_at_mut(range.end - done);
                writes[*number] = &mut part[range.start - done..];
                (rest, done) = (behind, range.end);
            }
        }
        (prepared.function)(&mut Call {
            attrs: &step.attrs,
            uniforms: &step.launch.uniforms,
            overrides: &step.launch.overrides,
            reads: &reads[..prepared.reads.len()],
            writes: &mut writes[..prepared.written],
            state: &mut self.state,
            scratch: &mut self.scratch,
        });
        for (t, (buffer, _)) in taken.into_iter().zip(&prepared.writes) {
            self.buffers[*buffer] = t;
        }
    }

    /// An error if the launch wrote a value that is not finite.
    fn check_finite(&self, plan: &Plan, index: usize) -> Result<(), EngineError> {
        let parts = |(buffer, parts): &(usize, Vec<(usize, Range<usize>)>)| {
            let buffer = *buffer;
            parts.iter().map(move |(_, range)| (buffer, range.clone())).collect::<Vec<_>>()
        };
        for (buffer, range) in self.prepared[index].writes.iter().flat_map(parts) {
            let written = &self.buffers[buffer][range];
            if let Some(at) = written.iter().position(|v| !v.is_finite()) {
                let inputs = self.prepared[index]
                    .reads
                    .iter()
                    .map(|(b, r)| describe(*b, &self.buffers[*b][r.clone()]));
                return Err(EngineError::NotFinite {
                    step: self.state[0],
                    node: plan.steps[index].label.clone(),
                    index: at,
                    value: written[at].to_string(),
                    inputs: inputs.collect::<Vec<_>>().join("; "),
                });
            }
        }
        Ok(())
    }

    fn answer(&self, outputs: &[&str]) -> Result<Readback, EngineError> {
        let mut arrays = BTreeMap::new();
        for &name in outputs {
            let values = self.read(name)?.into_iter().map(Real::to_f32).collect();
            arrays.insert(name.to_owned(), values);
        }
        Ok(Readback { arrays, step: self.state[0] })
    }
}

impl<T: Element> Executor for CpuExecutor<T> {
    fn backend(&self) -> Backend {
        Backend::Cpu
    }

    fn write(&mut self, name: &str, data: &[f32]) -> Result<(), EngineError> {
        let slice = self.plan.input(name)?;
        check_len(name, slice.len(), data.len())?;
        let target = &mut self.buffers[slice.buffer][range(slice)];
        target.iter_mut().zip(data).for_each(|(t, &v)| *t = T::from_f32(v));
        Ok(())
    }

    fn set_params(&mut self, flat: &[f32]) -> Result<(), EngineError> {
        check_len("params", self.plan.params().len, flat.len())?;
        self.buffers[PARAMS].iter_mut().zip(flat).for_each(|(p, &v)| *p = T::from_f32(v));
        Ok(())
    }

    fn set_knob(&mut self, name: &str, value: f64) -> Result<(), EngineError> {
        let offset = self.plan.knob(name)?;
        self.buffers[KNOBS][offset] = T::from_f64(value);
        Ok(())
    }

    fn set_seed(&mut self, seed: u64) {
        [self.state[1], self.state[2]] = seed_words(seed);
    }

    fn set_step(&mut self, step: u32) {
        self.state[0] = step;
    }

    fn reset_moments(&mut self) {
        self.buffers[MOMENTS].fill(T::ZERO);
        self.state[3] = 0;
    }

    fn run(&mut self, steps: u32) -> Result<(), EngineError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let plan = Arc::clone(&self.plan);
        for _ in 0..steps {
            for index in 0..plan.steps.len() {
                self.dispatch(&plan, index);
                if self.checked {
                    self.check_finite(&plan, index)?;
                }
            }
        }
        Ok(())
    }

    fn request(&mut self, outputs: &[&str]) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let answer = self.answer(outputs);
        self.answers.insert(ticket, answer);
        ticket
    }

    fn poll(&mut self, ticket: Ticket) -> Option<Result<Readback, EngineError>> {
        self.answers.remove(&ticket)
    }

    fn in_flight(&self) -> usize {
        0
    }

    fn health(&self) -> Health {
        match &self.failure {
            Some(failure) => Health::Failed(failure.to_string()),
            None => Health::Ok,
        }
    }
}

fn range(slice: &Slice) -> Range<usize> {
    slice.offset..slice.offset + slice.len()
}

fn prepare<T: Element>(d: &crate::engine::plan::Dispatch) -> Option<Prepared<T>> {
    let kernel = kernels::find(&d.stem)?;
    let bindings = kernel.signature(&d.attrs).bindings;
    let pick = |reads: bool| -> Vec<(usize, Range<usize>)> {
        let args = d.args.iter().zip(bindings);
        let args = args.filter(|(_, b)| b.ty == Ty::F32 && (b.access == Access::Read) == reads);
        args.map(|(s, _)| (s.buffer, range(s))).collect()
    };
    let (reads, all) = (pick(true), pick(false));
    let mut writes: Vec<(usize, Vec<(usize, Range<usize>)>)> = Vec::new();
    for (number, (buffer, range)) in all.iter().cloned().enumerate() {
        match writes.iter_mut().find(|(b, _)| *b == buffer) {
            Some((_, parts)) => parts.push((number, range)),
            None => writes.push((buffer, vec![(number, range)])),
        }
    }
    writes.iter_mut().for_each(|(_, parts)| parts.sort_by_key(|(_, r)| r.start));
    Some(Prepared { function: T::path(kernel), reads, written: all.len(), writes })
}

/// "buffer 9: -1.5 to 3, 0 of 12 not finite".
fn describe<T: Real>(buffer: usize, values: &[T]) -> String {
    let finite = values.iter().copied().filter(|v| v.is_finite());
    let (mut low, mut high, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0);
    for v in finite.map(Real::to_f64) {
        (low, high, count) = (low.min(v), high.max(v), count + 1);
    }
    format!("buffer {buffer}: {low} to {high}, {} of {} not finite", values.len() - count, values.len())
}
