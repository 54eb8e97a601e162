//! The CPU executor: interprets a plan with the reference kernels, in f32 or f64. Nothing is allocated per step.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Backend, Executor, Health, Pace, Readback, Ticket, check_len};
use crate::engine::EngineError;
use crate::engine::kernels::{self, Access, Call, Element, Ready, Ty};
use crate::engine::plan::{CONSTANTS, Dispatch, KNOBS, MOMENTS, PARAMS, Plan, Slice};
use crate::maths::real::Real;
use crate::maths::rng::seed_words;
use lanes::Team;
use lanes::places::{Place, Places};

/// What a launch costs beside its [`Prepared::work`], in the same unit.
const LAUNCH: f64 = 1e3;
/// The clock is looked at after so much work: less than half a millisecond of the slowest kernels.
const LOOK: f64 = 1e5;

/// Runs a plan on this thread. `T` is `f32` in the app, `f64` where a reference is wanted.
pub struct CpuExecutor<T: Element> {
    plan: Arc<Plan>,
    prepared: Vec<Prepared<T>>,
    /// The launches of one step in order, by number.
    order: Vec<u32>,
    /// One per buffer of the plan; the state words are apart.
    buffers: Places<T>,
    state: [u32; 4],
    scratch: Vec<T>,
    registers: Vec<T>,
    team: Team,
    /// Where in that order a step which was cut goes on; 0 between steps.
    next: usize,
    checked: bool,
    failure: Option<EngineError>,
    tickets: u64,
    answers: BTreeMap<Ticket, Result<Readback, EngineError>>,
}

/// A launch, looked up.
struct Prepared<T: Element> {
    /// About how much there is to do: bytes moved and operations of products.
    work: f64,
    function: Ready<T>,
    /// What it reads and writes.
    reads: Vec<Place>,
    writes: Vec<Place>,
}

impl<T: Element> CpuExecutor<T> {
    /// An executor with the parameters of seed 0. A plan that is not sound shows as [`Health::Failed`].
    pub fn new(plan: Arc<Plan>) -> Self {
        let failure = plan.check().err();
        let plan = if failure.is_none() { plan } else { Arc::new(Plan::empty()) };
        let prepared: Vec<Prepared<T>> = plan.steps.iter().filter_map(|d| prepare(&plan, d)).collect();
        let mut buffers = Places::new(plan.buffers.iter().map(|b| vec![T::ZERO; b.len]));
        prepared.iter().for_each(|p| buffers.add(p.reads.clone(), p.writes.clone()));
        buffers[CONSTANTS].iter_mut().zip(&plan.constants).for_each(|(c, &v)| *c = T::from_f64(v));
        plan.knobs.iter().for_each(|k| buffers[KNOBS][k.offset] = T::from_f64(k.default));
        buffers[PARAMS].iter_mut().zip(plan.params().init(0)).for_each(|(p, v)| *p = T::from_f32(v));
        let (state, scratch, registers, answers) = ([0; 4], Vec::new(), Vec::new(), BTreeMap::new());
        let order = order(&plan);
        Self {
            plan,
            prepared,
            order,
            buffers,
            state,
            scratch,
            registers,
            team: Team::alone(),
            next: 0,
            checked: false,
            failure,
            tickets: 0,
            answers,
        }
    }

    /// Lets so many threads work on each launch that is worth it, 1 to [`lanes::team::MOST`]: in WASM there is one. The
    /// results are the same to the last bit.
    pub fn set_threads(&mut self, threads: usize) {
        self.team = Team::new(threads);
    }

    /// How many threads work on a launch.
    pub fn threads(&self) -> usize {
        self.team.size()
    }

    /// The plan it runs.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Makes runs stop at the first value that is not finite and say which node wrote it (slower).
    pub fn set_checked(&mut self, checked: bool) {
        self.checked = checked;
    }

    /// How many numbers it has room for: those of the plan's buffers, what kernels set aside for themselves, and answers that
    /// were not collected. Stays the same from the first step on.
    pub fn room(&self) -> usize {
        let buffers: usize = self.plan.buffers.iter().map(|b| b.len).sum();
        let answers = self.answers.values().flatten().flat_map(|a| a.arrays.values());
        buffers
            + self.scratch.capacity()
            + self.registers.capacity()
            + answers.map(Vec::capacity).sum::<usize>()
    }

    /// Steps counted so far.
    pub fn step(&self) -> u32 {
        self.state[0]
    }

    /// Steps since the moments were cleared.
    pub(super) fn age(&self) -> u32 {
        self.state[3]
    }

    /// Numbers of an output, of `params` or of `history:<loss>`, now: of a step that was cut, as far as it has come.
    pub fn read(&self, name: &str) -> Result<Vec<T>, EngineError> {
        let slice = self.plan.readable(name)?;
        Ok(self.tensor(&slice).to_vec())
    }

    /// The same, once a step that was cut is finished.
    pub(super) fn read_settled(&mut self, name: &str) -> Result<Vec<T>, EngineError> {
        self.finish()?;
        self.read(name)
    }

    /// Writes an input, or `params`, at full precision.
    pub fn write_t(&mut self, name: &str, data: &[T]) -> Result<(), EngineError> {
        self.settle();
        if name == "params" {
            check_len(name, self.plan.params().len, data.len())?;
            self.buffers[PARAMS].copy_from_slice(data);
            return Ok(());
        }
        self.write_input(name, &mut data.iter().copied())
    }

    /// Writes all frames of an input.
    fn write_input(
        &mut self,
        name: &str,
        data: &mut dyn ExactSizeIterator<Item = T>,
    ) -> Result<(), EngineError> {
        let (buffer, offsets) = self.plan.frame_offsets(name, data.len())?;
        let len = self.plan.input(name)?.len();
        for offset in offsets {
            self.buffers[buffer][offset..offset + len].iter_mut().zip(&mut *data).for_each(|(t, v)| *t = v);
        }
        Ok(())
    }

    /// Seconds that each launch of the plan takes, as the least of so many steps, in the order of the plan.
    pub fn profile(&mut self, steps: u32) -> Result<Vec<f64>, EngineError> {
        self.finish()?;
        let plan = Arc::clone(&self.plan);
        let mut least = vec![f64::INFINITY; plan.steps.len()];
        for _ in 0..steps {
            for (index, least) in least.iter_mut().enumerate() {
                let start = web_time::Instant::now();
                self.dispatch(&plan, index);
                *least = least.min(start.elapsed().as_secs_f64());
            }
        }
        self.failure.clone().map_or(Ok(least), Err)
    }

    fn tensor(&self, slice: &Slice) -> &[T] {
        &self.buffers[slice.buffer][range(slice)]
    }

    /// Launches what comes next.
    fn launch(&mut self, plan: &Plan) -> Result<(), EngineError> {
        let index = self.order[self.next] as usize;
        self.dispatch(plan, index);
        self.next += 1;
        if self.next == self.order.len() {
            self.next = 0;
        }
        if self.checked {
            self.check_finite(plan, index).inspect_err(|_| self.next = 0)?;
        }
        Ok(())
    }

    /// Finishes a step that was cut.
    fn finish(&mut self) -> Result<(), EngineError> {
        let plan = Arc::clone(&self.plan);
        while self.next != 0 {
            self.launch(&plan)?;
        }
        Ok(())
    }

    /// The same, before something changes: an error ends the run.
    fn settle(&mut self) {
        if let Err(error) = self.finish() {
            self.failure = Some(error);
        }
    }

    fn dispatch(&mut self, plan: &Plan, index: usize) {
        let (step, prepared) = (&plan.steps[index], &self.prepared[index]);
        let (reads, writes) = self.buffers.lend(index, self.state[0]);
        (prepared.function)(&mut Call {
            attrs: &step.attrs,
            uniforms: &step.launch.uniforms,
            overrides: &step.launch.overrides,
            reads,
            writes,
            state: &mut self.state,
            scratch: &mut self.scratch,
            registers: &mut self.registers,
            team: &self.team,
        });
    }

    /// An error if the launch wrote a value that is not finite.
    fn check_finite(&self, plan: &Plan, index: usize) -> Result<(), EngineError> {
        for place in &self.prepared[index].writes {
            let written = &self.buffers[place.buffer][place.range.clone()];
            if let Some(at) = written.iter().position(|v| !v.is_finite()) {
                let inputs = self.prepared[index]
                    .reads
                    .iter()
                    .map(|p| describe(p.buffer, &self.buffers[p.buffer][p.at(self.state[0])]));
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
        self.settle();
        self.write_input(name, &mut data.iter().map(|&v| T::from_f32(v)))
    }

    fn set_params(&mut self, flat: &[f32]) -> Result<(), EngineError> {
        check_len("params", self.plan.params().len, flat.len())?;
        self.settle();
        self.buffers[PARAMS].iter_mut().zip(flat).for_each(|(p, &v)| *p = T::from_f32(v));
        Ok(())
    }

    fn set_knob(&mut self, name: &str, value: f64) -> Result<(), EngineError> {
        let offset = self.plan.knob(name)?;
        self.settle();
        self.buffers[KNOBS][offset] = T::from_f64(value);
        Ok(())
    }

    fn set_seed(&mut self, seed: u64) {
        self.settle();
        [self.state[1], self.state[2]] = seed_words(seed);
    }

    fn set_step(&mut self, step: u32) {
        self.settle();
        self.state[0] = step;
    }

    fn reset_moments(&mut self) {
        self.settle();
        self.buffers[MOMENTS].fill(T::ZERO);
        self.state[3] = 0;
    }

    fn set_moments(&mut self, flat: &[f32], age: u32) -> Result<(), EngineError> {
        check_len("moments", self.plan.buffers[MOMENTS].len, flat.len())?;
        self.settle();
        self.buffers[MOMENTS].iter_mut().zip(flat).for_each(|(m, &v)| *m = T::from_f32(v));
        self.state[3] = age;
        Ok(())
    }

    fn run(&mut self, steps: u32) -> Result<(), EngineError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.finish()?;
        let plan = Arc::clone(&self.plan);
        for _ in 0..steps {
            for _ in 0..self.order.len() {
                self.launch(&plan)?;
            }
        }
        Ok(())
    }

    fn pace(&self) -> Pace {
        Pace::Here
    }

    /// A step is cut only where it does not fit into a slice by itself: one that follows others is finished.
    fn advance(&mut self, steps: u32, ms: f64) -> Result<bool, EngineError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let plan = Arc::clone(&self.plan);
        let start = web_time::Instant::now();
        let carried = self.next != 0;
        let (mut whole, mut work) = (0, 0.0);
        while whole < steps && !plan.steps.is_empty() {
            work += self.prepared[self.order[self.next] as usize].work;
            self.launch(&plan)?;
            let between = self.next == 0;
            whole += u32::from(between);
            if between && carried {
                break;
            }
            // Within a step that follows others there is nothing to decide.
            if work > LOOK && (between || whole == 0) {
                work = 0.0;
                let taken = start.elapsed().as_secs_f64() * 1e3;
                let another = taken / f64::from(whole.max(1));
                if taken + if between { another } else { 0.0 } > ms {
                    break;
                }
            }
        }
        Ok(self.next == 0)
    }

    fn request(&mut self, outputs: &[&str]) -> Ticket {
        self.settle();
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

/// The launches of one step in order, by their numbers in the plan: those of a loop as often as it goes round.
fn order(plan: &Plan) -> Vec<u32> {
    let steps = |launches: usize| plan.launches[..launches].iter().sum::<usize>() as u32;
    let rounds = plan.passages().into_iter();
    let rounds = rounds.map(|(l, times)| (steps(l.start)..steps(l.end), times));
    rounds.flat_map(|(run, times)| (0..times).flat_map(move |_| run.clone())).collect()
}

fn range(slice: &Slice) -> Range<usize> {
    slice.offset..slice.offset + slice.len()
}

fn prepare<T: Element>(plan: &Plan, d: &Dispatch) -> Option<Prepared<T>> {
    let kernel = kernels::find(&d.stem)?;
    let bindings = kernel.signature(&d.attrs).bindings;
    let pick = |reads: bool| {
        let args = d.args.iter().zip(bindings);
        let args = args.filter(move |(_, b)| b.ty == Ty::F32 && (b.access == Access::Read) == reads);
        args.map(|(s, _)| s)
    };
    let place = |s: &Slice| {
        let (frames, stride) = plan.frames(s.buffer);
        Place { buffer: s.buffer, range: range(s), frames, stride }
    };
    let cost = d.cost();
    Some(Prepared {
        work: LAUNCH + cost.bytes() as f64 + cost.flops,
        function: T::path(kernel, &d.attrs, &d.launch),
        reads: pick(true).map(place).collect(),
        writes: pick(false).map(place).collect(),
    })
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
