//! The wgpu executor: replays a plan on a device that may be shared with the interface. Works in a browser: it waits
//! for nothing, and errors of the device end in [`Health`], never in a panic.

mod device;
mod launch;
mod pipelines;
mod profile;
mod readback;

pub use device::{Gpu, Objects, Watch, sentence};
pub use pipelines::{Compiled, Loaded, Order, Pipelines};
pub use profile::Span;
#[cfg(not(target_arch = "wasm32"))]
pub use profile::profile_steps;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::{Backend, Executor, Health, Readback, Ticket, Warmth, check_len};
use crate::engine::EngineError;
use crate::engine::plan::{CONSTANTS, KNOBS, MOMENTS, PARAMS, Plan, STATE};
use crate::maths::rng::seed_words;
use launch::{Made, Wanted};
use profile::Profiler;
use readback::Readbacks;

/// Bytes between uniform slices: the guaranteed offset alignment of uniform buffers.
const UNIFORM_STRIDE: u64 = 256;

/// Runs a plan on a device.
pub struct GpuExecutor {
    gpu: Gpu,
    plan: Arc<Plan>,
    failure: Option<EngineError>,
    /// One per buffer of the plan.
    buffers: Vec<wgpu::Buffer>,
    /// What each launch is to be, until it is made.
    wanted: Vec<Wanted>,
    /// The launches made so far, in order.
    launches: Vec<Made>,
    /// Runs of launches, and how often each is done in a step.
    passages: Vec<(Range<usize>, u32)>,
    warming: Warming,
    readbacks: Readbacks,
    profiler: Option<Profiler>,
    in_flight: Arc<AtomicUsize>,
    /// Twin of the step counter on the device.
    step: u32,
}

/// Who compiles pipelines.
enum Warming {
    /// A thread, for as long as this lives.
    Thread { _wanted: Arc<()> },
    /// This executor, one when it is asked to get ready, the next one once the device has finished that.
    Here { busy: Arc<AtomicBool> },
}

impl GpuExecutor {
    /// An executor with the parameters of seed 0, ready to run: its pipelines are compiled here. What fails, at once or
    /// later, shows in [`Executor::health`].
    pub fn new(gpu: &Gpu, plan: Arc<Plan>) -> Self {
        let mut exec = Self::in_pieces(gpu, plan);
        exec.finish();
        exec
    }

    /// The same without waiting for pipelines: they are compiled on a thread, in a browser one by one as
    /// [`Executor::warm`] is called.
    pub fn in_background(gpu: &Gpu, plan: Arc<Plan>) -> Self {
        let mut exec = Self::in_pieces(gpu, plan);
        let wanted = Arc::new(());
        let orders: Vec<Order> = exec.wanted.iter().map(|w| w.order.clone()).collect();
        if gpu.pipelines.get_later(orders, &wanted) {
            exec.warming = Warming::Thread { _wanted: wanted };
        }
        exec
    }

    /// The same, without a thread wherever it runs.
    pub fn in_pieces(gpu: &Gpu, plan: Arc<Plan>) -> Self {
        let mut exec = Self {
            gpu: gpu.clone(),
            failure: None,
            buffers: Vec::new(),
            wanted: Vec::new(),
            launches: Vec::new(),
            passages: Vec::new(),
            warming: Warming::Here { busy: Arc::default() },
            readbacks: Readbacks::default(),
            profiler: None,
            in_flight: Arc::default(),
            step: 0,
            plan: Arc::new(Plan::empty()),
        };
        let prepared = plan.check().and_then(|()| {
            exec.plan = plan;
            exec.prepare()
        });
        exec.failure = prepared.err();
        exec
    }

    /// Buffers with their first contents, and what is to be launched; the uniforms are the last buffer.
    fn prepare(&mut self) -> Result<(), EngineError> {
        let plan = Arc::clone(&self.plan);
        self.buffers = plan.buffers.iter().map(|b| storage(&self.gpu, 4 * b.len as u64)).collect();
        // Where what is wanted for each launch of the plan begins: some take several.
        let mut begins = vec![0];
        for steps in plan.launch_steps() {
            self.wanted.extend(Wanted::of(self.gpu.family, steps)?);
            begins.push(self.wanted.len());
        }
        let passages = plan.passages().into_iter();
        self.passages = passages.map(|(l, times)| (begins[l.start]..begins[l.end], times)).collect();
        let uniforms = self.gpu.buffer(&wgpu::BufferDescriptor {
            label: Some("uniforms"),
            size: Wanted::place(&mut self.wanted).max(UNIFORM_STRIDE),
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.wanted.iter().for_each(|wanted| wanted.write(&self.gpu, &uniforms));
        self.buffers.push(uniforms);
        let constants: Vec<f32> = plan.constants.iter().map(|&v| v as f32).collect();
        self.upload(CONSTANTS, 0, &constants);
        plan.knobs.iter().for_each(|k| self.upload(KNOBS, k.offset, &[k.default as f32]));
        self.upload(PARAMS, 0, &plan.params().init(0));
        Ok(())
    }

    /// The order of the next launch, unless all are made or something failed.
    fn next(&self) -> Option<&Order> {
        let next = self.wanted.get(self.launches.len()).map(|w| &w.order);
        next.filter(|_| self.failure.is_none())
    }

    /// Makes the next launch, or notes why it cannot be.
    fn take(&mut self, compiled: Result<Compiled, EngineError>) {
        match compiled {
            Ok(compiled) => {
                let wanted = self.wanted.get(self.launches.len());
                if let (Some(wanted), Some((uniforms, buffers))) = (wanted, self.buffers.split_last()) {
                    self.launches.push(wanted.make(&self.gpu, &self.plan, buffers, uniforms, compiled));
                }
            }
            Err(error) => self.failure = Some(error),
        }
    }

    /// Compiles here what is still missing.
    fn finish(&mut self) {
        while let Some(order) = self.next() {
            let compiled = self.gpu.pipelines.get(order);
            self.take(compiled);
        }
    }

    /// The buffer of an output, `params` or `history:<loss>`, its offset and length in floats, for drawing without
    /// read-back.
    pub fn buffer(&self, name: &str) -> Result<(&wgpu::Buffer, usize, usize), EngineError> {
        let slice = self.plan.readable(name)?;
        let gone = || EngineError::Device(format!("{:?}", self.health()));
        Ok((self.buffers.get(slice.buffer).ok_or_else(gone)?, slice.offset, slice.len()))
    }

    fn upload<T: bytemuck::NoUninit>(&self, buffer: usize, offset: usize, data: &[T]) {
        if let Some(buffer) = self.buffers.get(buffer) {
            self.gpu.queue.write_buffer(buffer, 4 * offset as u64, bytemuck::cast_slice(data));
        }
    }

    /// Lets finished work call back; in a browser the event loop does.
    fn turn(&self) {
        // An error here is the loss of the device, which the watch reports.
        let _ = self.gpu.device.poll(wgpu::PollType::Poll);
    }

    fn submit(&self, commands: wgpu::CommandBuffer) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        self.gpu.queue.submit([commands]);
        let count = Arc::clone(&self.in_flight);
        self.gpu.queue.on_submitted_work_done(move || {
            count.fetch_sub(1, Ordering::Relaxed);
        });
    }

    /// Which frame of the inputs the k-th step from now on sees.
    fn frame(&self, k: u32) -> usize {
        let step = if self.plan.counts_steps { self.step.wrapping_add(k) } else { self.step };
        step as usize
    }

    /// The launches of one step in order, those of a loop as often as it goes round.
    fn rounds(&self) -> impl Iterator<Item = usize> {
        self.passages.iter().flat_map(|(run, times)| (0..*times).flat_map(move |_| run.clone()))
    }

    /// Counts steps that were submitted, as the device does.
    fn count(&mut self, steps: u32) {
        if self.plan.counts_steps {
            self.step = self.step.wrapping_add(steps);
        }
    }

    fn encoder(&self) -> wgpu::CommandEncoder {
        self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("engine") })
    }

    fn usable(&self) -> Result<(), EngineError> {
        match self.health() {
            Health::Ok => Ok(()),
            Health::Lost(message) | Health::Failed(message) => Err(EngineError::Device(message)),
        }
    }
}

impl Executor for GpuExecutor {
    fn backend(&self) -> Backend {
        Backend::Gpu { adapter: self.gpu.adapter.clone(), software: self.gpu.software }
    }

    fn write(&mut self, name: &str, data: &[f32]) -> Result<(), EngineError> {
        let (buffer, offsets) = self.plan.frame_offsets(name, data.len())?;
        for (offset, frame) in offsets.iter().zip(data.chunks_exact(data.len() / offsets.len())) {
            self.upload(buffer, *offset, frame);
        }
        Ok(())
    }

    fn set_params(&mut self, flat: &[f32]) -> Result<(), EngineError> {
        check_len("params", self.plan.params().len, flat.len())?;
        self.upload(PARAMS, 0, flat);
        Ok(())
    }

    fn set_knob(&mut self, name: &str, value: f64) -> Result<(), EngineError> {
        let offset = self.plan.knob(name)?;
        self.upload(KNOBS, offset, &[value as f32]);
        Ok(())
    }

    fn set_seed(&mut self, seed: u64) {
        self.upload(STATE, 1, &seed_words(seed));
    }

    fn set_step(&mut self, step: u32) {
        self.step = step;
        self.upload(STATE, 0, &[step]);
    }

    fn reset_moments(&mut self) {
        self.upload(MOMENTS, 0, &vec![0.0_f32; self.plan.buffers[MOMENTS].len]);
        self.upload(STATE, 3, &[0_u32]);
    }

    fn set_moments(&mut self, flat: &[f32], age: u32) -> Result<(), EngineError> {
        check_len("moments", self.plan.buffers[MOMENTS].len, flat.len())?;
        self.upload(MOMENTS, 0, flat);
        self.upload(STATE, 3, &[age]);
        Ok(())
    }

    fn warm(&mut self) -> Warmth {
        self.turn();
        while let Some(order) = self.next() {
            let compiled = match (self.gpu.pipelines.find(order), &self.warming) {
                (Some(compiled), _) => compiled,
                (None, Warming::Here { busy }) if !busy.swap(true, Ordering::Relaxed) => {
                    let (compiled, busy) = (self.gpu.pipelines.get(order), Arc::clone(busy));
                    // A browser compiles elsewhere: the queue answers after that.
                    self.gpu.queue.on_submitted_work_done(move || busy.store(false, Ordering::Relaxed));
                    self.take(compiled);
                    break;
                }
                (None, _) => break,
            };
            self.take(compiled);
        }
        let of = self.wanted.len();
        Warmth { ready: if self.failure.is_some() { of } else { self.launches.len() }, of }
    }

    fn run(&mut self, steps: u32) -> Result<(), EngineError> {
        self.finish();
        self.usable()?;
        let mut encoder = self.encoder();
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some("engine"),
                timestamp_writes: None,
            });
            for k in 0..steps {
                let frame = self.frame(k);
                self.rounds().for_each(|i| self.launches[i].encode(&mut pass, frame));
            }
        }
        self.submit(encoder.finish());
        self.count(steps);
        Ok(())
    }

    fn request(&mut self, outputs: &[&str]) -> Ticket {
        let slices = outputs.iter().map(|&name| Ok((name.to_owned(), self.plan.readable(name)?)));
        let slices = self.usable().and_then(|()| slices.collect::<Result<Vec<_>, EngineError>>());
        let slices = match slices {
            Ok(slices) => slices,
            Err(error) => return self.readbacks.refuse(error),
        };
        let mut encoder = self.encoder();
        let (ticket, staged) =
            self.readbacks.stage(&self.gpu, &mut encoder, &self.buffers, slices, self.step);
        self.submit(encoder.finish());
        self.readbacks.map(staged);
        ticket
    }

    fn poll(&mut self, ticket: Ticket) -> Option<Result<Readback, EngineError>> {
        self.turn();
        match self.readbacks.poll(ticket) {
            readback::Answer::Done(answer) => Some(answer),
            readback::Answer::Pending => match self.usable() {
                Ok(()) => None,
                Err(error) => {
                    self.readbacks.forget(ticket);
                    Some(Err(error))
                }
            },
            readback::Answer::Unknown => None,
        }
    }

    fn in_flight(&self) -> usize {
        self.turn();
        self.in_flight.load(Ordering::Relaxed)
    }

    fn health(&self) -> Health {
        self.turn();
        match (&self.failure, self.gpu.watch.health()) {
            (Some(failure), Health::Ok) => Health::Failed(failure.to_string()),
            (_, health) => health,
        }
    }
}

fn storage(gpu: &Gpu, size: u64) -> wgpu::Buffer {
    use wgpu::BufferUsages as Use;
    gpu.buffer(&wgpu::BufferDescriptor {
        label: Some("engine"),
        size,
        usage: Use::STORAGE | Use::COPY_SRC | Use::COPY_DST,
        mapped_at_creation: false,
    })
}

/// Waits for the answer to a request: for tests and the command line, which have no frames to poll in.
#[cfg(not(target_arch = "wasm32"))]
pub fn wait(exec: &mut dyn Executor, ticket: Ticket) -> Result<Readback, EngineError> {
    let started = std::time::Instant::now();
    loop {
        if let Some(answer) = exec.poll(ticket) {
            return answer;
        }
        if started.elapsed().as_secs() > 300 {
            return Err(EngineError::Device("no answer within five minutes".to_owned()));
        }
        std::thread::sleep(std::time::Duration::from_micros(100));
    }
}
