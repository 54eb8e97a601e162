//! Profiles: how long each launch of a step takes, by timestamps of the device.

use std::sync::{Arc, Mutex};

use super::device::locked;
use super::{Gpu, GpuExecutor};
use crate::engine::EngineError;

/// Timestamps that a set holds at most.
const MOST: usize = 4096;

/// The time of one launch.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// What was launched: the label in the plan, of several steps in one launch that of the first.
    pub label: String,
    /// Milliseconds from its start to its end on the device, in a loop those of all rounds. Browsers round timestamps, to 0.1 ms by default.
    pub ms: f64,
}

/// Where timestamps are written and read.
pub(super) struct Profiler {
    set: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    staging: wgpu::Buffer,
    /// Set when the staging buffer is mapped, or cannot be; `None` where no profile is under way.
    mapped: Option<Mapped>,
}

type Mapped = Arc<Mutex<Option<Result<(), String>>>>;

impl Profiler {
    fn new(gpu: &Gpu, launches: usize) -> Self {
        use wgpu::BufferUsages as Use;
        let size = 16 * launches.max(1) as u64;
        let buffer = |usage: Use| {
            gpu.buffer(&wgpu::BufferDescriptor {
                label: Some("profile"),
                size,
                usage,
                mapped_at_creation: false,
            })
        };
        let set = gpu.device.create_query_set(&wgpu::QuerySetDescriptor {
            label: Some("profile"),
            ty: wgpu::QueryType::Timestamp,
            count: 2 * launches.max(1) as u32,
        });
        let (resolved, staging) =
            (buffer(Use::QUERY_RESOLVE | Use::COPY_SRC), buffer(Use::MAP_READ | Use::COPY_DST));
        Self { set, resolved, staging, mapped: None }
    }
}

impl GpuExecutor {
    /// Runs one step, each launch in a pass of its own between two timestamps: slower than a step of a run. The times
    /// come by [`GpuExecutor::profiled`].
    ///
    /// # Errors
    /// The device has no timestamps, a profile is under way, or it would not run either.
    pub fn profile(&mut self) -> Result<(), EngineError> {
        if !self.gpu.device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
            let why = format!("{} has no timestamps, so launches cannot be timed", self.gpu.adapter);
            return Err(EngineError::Device(why));
        }
        self.finish();
        self.usable()?;
        let launches = self.rounds().count();
        if 2 * launches > MOST {
            return Err(EngineError::Device(format!("{launches} launches are too many to be timed")));
        }
        let mut profiler = self.profiler.take().unwrap_or_else(|| Profiler::new(&self.gpu, launches));
        if profiler.mapped.is_some() {
            self.profiler = Some(profiler);
            return Err(EngineError::Device("a profile is under way already".to_owned()));
        }
        let (mut encoder, frame) = (self.encoder(), self.frame(0));
        for (i, launch) in self.rounds().enumerate() {
            let at = 2 * i as u32;
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some("profile"),
                timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
                    query_set: &profiler.set,
                    beginning_of_pass_write_index: Some(at),
                    end_of_pass_write_index: Some(at + 1),
                }),
            });
            self.launches[launch].encode(&mut pass, frame);
        }
        encoder.resolve_query_set(&profiler.set, 0..2 * launches as u32, &profiler.resolved, 0);
        let size = profiler.staging.size();
        encoder.copy_buffer_to_buffer(&profiler.resolved, 0, &profiler.staging, 0, Some(size));
        self.submit(encoder.finish());
        self.count(1);
        let mapped = Mapped::default();
        profiler.mapped = Some(Arc::clone(&mapped));
        profiler.staging.map_async(wgpu::MapMode::Read, .., move |result| {
            *locked(&mapped) = Some(result.map_err(|e| e.to_string()));
        });
        self.profiler = Some(profiler);
        Ok(())
    }

    /// The times of the last profile's launches in order, once they have come.
    pub fn profiled(&mut self) -> Option<Result<Vec<Span>, EngineError>> {
        self.turn();
        let rounds: Vec<usize> = self.rounds().collect();
        let profiler = self.profiler.as_mut()?;
        let result = locked(profiler.mapped.as_ref()?).take();
        let Some(result) = result else {
            return self.usable().err().map(Err);
        };
        profiler.mapped = None;
        if let Err(why) = result {
            self.profiler = None;
            return Some(Err(EngineError::Device(why)));
        }
        let period = f64::from(self.gpu.queue.get_timestamp_period()) * 1e-6;
        let spans = profiler.staging.get_mapped_range(..).map(|view| {
            let ticks = |i: usize| {
                let mut word = [0; 8];
                word.copy_from_slice(&view[8 * i..8 * i + 8]);
                u64::from_le_bytes(word)
            };
            let mut spans: Vec<Span> =
                self.wanted.iter().map(|w| Span { label: w.label.clone(), ms: 0.0 }).collect();
            for (i, launch) in rounds.into_iter().enumerate() {
                spans[launch].ms += ticks(2 * i + 1).saturating_sub(ticks(2 * i)) as f64 * period;
            }
            spans
        });
        profiler.staging.unmap();
        Some(spans.map_err(|e| EngineError::Device(e.to_string())))
    }
}

/// Profiles so many steps, waiting for each, and takes the median time of every launch: for tests and the command line.
///
/// # Errors
/// Those of [`GpuExecutor::profile`], or the device gives no answer.
#[cfg(not(target_arch = "wasm32"))]
pub fn profile_steps(exec: &mut GpuExecutor, steps: usize) -> Result<Vec<Span>, EngineError> {
    let mut all: Vec<(String, Vec<f64>)> = Vec::new();
    for _ in 0..steps.max(1) {
        exec.profile()?;
        let spans = loop {
            match exec.profiled() {
                Some(answer) => break answer?,
                None => std::thread::sleep(std::time::Duration::from_micros(100)),
            }
        };
        all.resize_with(spans.len(), Default::default);
        for ((label, times), span) in all.iter_mut().zip(spans) {
            *label = span.label;
            times.push(span.ms);
        }
    }
    let median = |(label, mut times): (String, Vec<f64>)| {
        times.sort_by(f64::total_cmp);
        Span { label, ms: times[times.len() / 2] }
    };
    Ok(all.into_iter().map(median).collect())
}
