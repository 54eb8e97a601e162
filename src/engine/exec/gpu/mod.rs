//! The wgpu executor: replays a plan on a device that may be shared with the interface. Works in a browser: it waits
//! for nothing, and errors of the device end in [`Health`], never in a panic.

mod device;
mod pipelines;
mod readback;

pub use device::{Gpu, Watch};
pub use pipelines::{Loaded, Pipelines};

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Backend, Executor, Health, Readback, Ticket, check_len};
use crate::engine::EngineError;
use crate::engine::kernels::{self, Family, Kernel, Launch};
use crate::engine::plan::{CONSTANTS, Dispatch, KNOBS, MOMENTS, PARAMS, Plan, STATE};
use crate::maths::rng::seed_words;
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
    launches: Vec<Made>,
    readbacks: Readbacks,
    in_flight: Arc<AtomicUsize>,
    /// Twin of the step counter on the device.
    step: u32,
}

/// A launch, made.
struct Made {
    pipeline: wgpu::ComputePipeline,
    /// One for each frame of the inputs it reads.
    groups: Vec<wgpu::BindGroup>,
    workgroups: [u32; 3],
}

impl GpuExecutor {
    /// An executor with the parameters of seed 0. What fails, at once or later, shows in [`Executor::health`].
    pub fn new(gpu: &Gpu, plan: Arc<Plan>) -> Self {
        let mut exec = Self {
            gpu: gpu.clone(),
            failure: None,
            buffers: Vec::new(),
            launches: Vec::new(),
            readbacks: Readbacks::default(),
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

    /// Buffers, uniforms, pipelines and bind groups; first contents.
    fn prepare(&mut self) -> Result<(), EngineError> {
        let plan = Arc::clone(&self.plan);
        self.buffers = plan.buffers.iter().map(|b| storage(&self.gpu.device, 4 * b.len as u64)).collect();
        let uniforms = self.gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("uniforms"),
            size: UNIFORM_STRIDE * plan.steps.len().max(1) as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let gpu = self.gpu.clone();
        let mut pipelines = device::locked(&gpu.pipelines);
        for (i, d) in plan.steps.iter().enumerate() {
            let offset = UNIFORM_STRIDE * i as u64;
            let unknown = || EngineError::Plan(format!("no kernel {:?}", d.stem));
            let kernel = kernels::find(&d.stem).ok_or_else(unknown)?;
            let family = self.gpu.family;
            let launch = launch_in(family, kernel, d);
            self.gpu.queue.write_buffer(&uniforms, offset, bytemuck::cast_slice(&launch.uniforms));
            let (pipeline, layout) =
                pipelines.get(&self.gpu.device, kernel, &d.attrs, family, &launch.overrides)?;
            let frames = d.args.iter().map(|s| plan.frames(s.buffer).0).max().unwrap_or(1);
            let group = |frame: usize| {
                let mut entries = vec![entry(0, &uniforms, offset, UNIFORM_STRIDE)];
                for (binding, s) in d.args.iter().enumerate() {
                    let (count, stride) = plan.frames(s.buffer);
                    let first = s.offset + frame % count * stride;
                    let (offset, size) = (4 * first as u64, 4 * s.len() as u64);
                    entries.push(entry(1 + binding as u32, &self.buffers[s.buffer], offset, size));
                }
                self.gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
                    label: Some(&d.label),
                    layout: &layout,
                    entries: &entries,
                })
            };
            let groups = (0..frames).map(group).collect();
            self.launches.push(Made { pipeline, groups, workgroups: launch.workgroups });
        }
        let constants: Vec<f32> = plan.constants.iter().map(|&v| v as f32).collect();
        self.upload(CONSTANTS, 0, &constants);
        plan.knobs.iter().for_each(|k| self.upload(KNOBS, k.offset, &[k.default as f32]));
        self.upload(PARAMS, 0, &plan.params().init(0));
        Ok(())
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

    fn run(&mut self, steps: u32) -> Result<(), EngineError> {
        self.usable()?;
        let mut encoder = self.encoder();
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some("engine"),
                timestamp_writes: None,
            });
            for k in 0..steps {
                let frame =
                    if self.plan.counts_steps { self.step.wrapping_add(k) } else { self.step } as usize;
                for launch in &self.launches {
                    let [x, y, z] = launch.workgroups;
                    pass.set_pipeline(&launch.pipeline);
                    pass.set_bind_group(0, &launch.groups[frame % launch.groups.len()], &[]);
                    pass.dispatch_workgroups(x, y, z);
                }
            }
        }
        self.submit(encoder.finish());
        if self.plan.counts_steps {
            self.step = self.step.wrapping_add(steps);
        }
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
            self.readbacks.stage(&self.gpu.device, &mut encoder, &self.buffers, slices, self.step);
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

/// The launch of a dispatch in a family: the plan's own, unless the kernel has another shader there.
fn launch_in(family: Family, kernel: &dyn Kernel, d: &Dispatch) -> Launch {
    if kernels::families(&d.stem).contains(&family) {
        let shapes: Vec<&[usize]> = d.args.iter().map(|s| s.shape.as_slice()).collect();
        return kernel.launch_in(family, &d.attrs, &shapes);
    }
    d.launch.clone()
}

fn storage(device: &wgpu::Device, size: u64) -> wgpu::Buffer {
    use wgpu::BufferUsages as Use;
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("engine"),
        size,
        usage: Use::STORAGE | Use::COPY_SRC | Use::COPY_DST,
        mapped_at_creation: false,
    })
}

fn entry(binding: u32, buffer: &wgpu::Buffer, offset: u64, size: u64) -> wgpu::BindGroupEntry<'_> {
    let size = wgpu::BufferSize::new(size);
    let resource = wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer, offset, size });
    wgpu::BindGroupEntry { binding, resource }
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
