//! The device that plans run on: a watch over its health, the pipelines made for it, and one without a window.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::super::Health;
use super::Pipelines;
use crate::engine::EngineError;
use crate::engine::kernels::Family;

/// Told of each trouble as it comes.
type Listener = Box<dyn Fn(&Health) + Send + Sync>;

/// What is known of a device's health. It takes the device's two handlers, for uncaptured errors and for loss:
/// whoever wants to hear of them asks or listens to the watch.
pub struct Watch {
    state: Mutex<Health>,
    listener: Listener,
}

impl Watch {
    /// A watch over a device; there is to be one for each. `listener` is told of every trouble.
    pub fn over(device: &wgpu::Device, listener: impl Fn(&Health) + Send + Sync + 'static) -> Arc<Self> {
        let watch = Arc::new(Self { state: Mutex::new(Health::Ok), listener: Box::new(listener) });
        let errors = Arc::clone(&watch);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            log::error!("graphics device: {error}");
            errors.report(Health::Failed(sentence(&error)));
        }));
        let losses = Arc::clone(&watch);
        device.set_device_lost_callback(move |reason, message| {
            let (reason, message) = (loss(reason), in_a_line(&message));
            losses.report(Health::Lost(format!("the graphics device is gone: {reason} ({message})")));
        });
        watch
    }

    /// The first trouble the device reported, a loss before all else.
    pub fn health(&self) -> Health {
        locked(&self.state).clone()
    }

    fn report(&self, news: Health) {
        (self.listener)(&news);
        let mut state = locked(&self.state);
        if *state == Health::Ok || matches!((&*state, &news), (Health::Failed(_), Health::Lost(_))) {
            *state = news;
        }
    }
}

/// What a device has against a command, in one sentence; the log has all of it.
pub fn sentence(error: &wgpu::Error) -> String {
    let (what, detail) = match error {
        wgpu::Error::OutOfMemory { source } => {
            ("the graphics device has no memory left for this", source.to_string())
        }
        wgpu::Error::Validation { description, .. } => {
            ("the graphics device refused a command as invalid", description.clone())
        }
        wgpu::Error::Internal { description, .. } => ("the graphics device failed", description.clone()),
    };
    format!("{what} ({})", in_a_line(&detail))
}

fn loss(reason: wgpu::DeviceLostReason) -> &'static str {
    match reason {
        wgpu::DeviceLostReason::Destroyed => "it was destroyed",
        wgpu::DeviceLostReason::Unknown => "its driver gave no reason",
    }
}

/// A message of several lines as one, without the last stop.
fn in_a_line(message: &str) -> String {
    let words: Vec<&str> = message.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').to_owned()
}

/// A lock that outlives a panic of another holder: the values are plain.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A device to compute on, with what all its executors share. It may be the one that the interface draws with.
#[derive(Clone)]
pub struct Gpu {
    /// The device.
    pub device: wgpu::Device,
    /// Its queue.
    pub queue: wgpu::Queue,
    /// Name of the adapter.
    pub adapter: String,
    /// Whether the adapter is itself a program on the CPU.
    pub software: bool,
    /// The family of shaders that suits it.
    pub family: Family,
    /// Its health.
    pub watch: Arc<Watch>,
    /// Pipelines made so far: a plan that changes compiles nothing twice.
    pub(super) pipelines: Arc<Pipelines>,
    made: Arc<Made>,
}

/// Counts what executors have made on a device.
#[derive(Default)]
struct Made {
    buffers: AtomicUsize,
    groups: AtomicUsize,
}

/// How many objects executors have made on a device, ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objects {
    /// Buffers.
    pub buffers: usize,
    /// Bind groups.
    pub bind_groups: usize,
    /// Pipelines.
    pub pipelines: usize,
}

impl Gpu {
    /// Over a device that is watched already.
    pub fn new(
        device: wgpu::Device,
        queue: wgpu::Queue,
        adapter: String,
        software: bool,
        watch: Arc<Watch>,
    ) -> Self {
        let family = if software { Family::Registers } else { Family::Tiles };
        let pipelines = Arc::new(Pipelines::new(device.clone()));
        Self { device, queue, adapter, software, family, watch, pipelines, made: Arc::default() }
    }

    /// What executors have made on it so far: constant while a plan runs.
    pub fn objects(&self) -> Objects {
        Objects {
            buffers: self.made.buffers.load(Ordering::Relaxed),
            bind_groups: self.made.groups.load(Ordering::Relaxed),
            pipelines: self.pipelines.count(),
        }
    }

    /// A new buffer, counted: executors make all of theirs here.
    pub(super) fn buffer(&self, descriptor: &wgpu::BufferDescriptor<'_>) -> wgpu::Buffer {
        self.made.buffers.fetch_add(1, Ordering::Relaxed);
        self.device.create_buffer(descriptor)
    }

    /// A new bind group, counted.
    pub(super) fn bind_group(&self, descriptor: &wgpu::BindGroupDescriptor<'_>) -> wgpu::BindGroup {
        self.made.groups.fetch_add(1, Ordering::Relaxed);
        self.device.create_bind_group(descriptor)
    }

    /// A device without a window, with the limits every WebGPU device has.
    ///
    /// # Errors
    /// There is none, or it refuses.
    pub async fn without_window() -> Result<Self, EngineError> {
        let (device, queue, adapter, software) = request().await?;
        let watch = Watch::over(&device, |_| {});
        Ok(Self::new(device, queue, adapter, software, watch))
    }

    /// The same, waited for.
    ///
    /// # Errors
    /// There is none, or it refuses.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn headless() -> Result<Self, EngineError> {
        pollster::block_on(Self::without_window())
    }
}

async fn request() -> Result<(wgpu::Device, wgpu::Queue, String, bool), EngineError> {
    let error = |e: &dyn std::fmt::Display| EngineError::Device(e.to_string());
    static INSTANCE: OnceLock<wgpu::Instance> = OnceLock::new();
    let instance = INSTANCE
        .get_or_init(|| wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env()));
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::HighPerformance,
        ..Default::default()
    };
    let adapter = instance.request_adapter(&options).await.map_err(|e| error(&e))?;
    let info = adapter.get_info();
    let descriptor = wgpu::DeviceDescriptor {
        label: Some("headless"),
        required_limits: wgpu::Limits::default(),
        // For profiles, where there are any.
        required_features: adapter.features() & wgpu::Features::TIMESTAMP_QUERY,
        ..Default::default()
    };
    let (device, queue) = adapter.request_device(&descriptor).await.map_err(|e| error(&e))?;
    Ok((device, queue, info.name, info.device_type == wgpu::DeviceType::Cpu))
}
