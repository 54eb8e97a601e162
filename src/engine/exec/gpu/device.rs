//! The device: a watch over its health, and one without a window.

#[cfg(not(target_arch = "wasm32"))]
use std::sync::OnceLock;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::super::Health;

/// What is known of a device's health; one per device, shared by all its executors.
#[derive(Debug)]
pub struct Watch {
    state: Mutex<Health>,
}

impl Watch {
    /// The first trouble the device reported, a loss before all else.
    pub fn health(&self) -> Health {
        locked(&self.state).clone()
    }

    fn report(&self, news: Health) {
        let mut state = locked(&self.state);
        if *state == Health::Ok || matches!((&*state, &news), (Health::Failed(_), Health::Lost(_))) {
            *state = news;
        }
    }
}

/// A lock that outlives a panic of another holder: the values are plain.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

static WATCHED: Mutex<Vec<(wgpu::Device, Weak<Watch>)>> = Mutex::new(Vec::new());

/// The watch over a device, shared by all who ask while one of them keeps it. It takes the device's two handlers, for
/// uncaptured errors and for loss: whoever wants to hear of them asks the watch.
///
/// Devices compare by number within their `wgpu::Instance`. Two of different instances in one process may count as
/// one: then both report to one watch, but neither goes unwatched.
pub fn watch(device: &wgpu::Device) -> Arc<Watch> {
    let watch = shared(device);
    let weak = Arc::downgrade(&watch);
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        log::error!("graphics device: {error}");
        if let Some(watch) = weak.upgrade() {
            watch.report(Health::Failed(error.to_string()));
        }
    }));
    let weak = Arc::downgrade(&watch);
    device.set_device_lost_callback(move |reason, message| {
        if let Some(watch) = weak.upgrade() {
            watch.report(Health::Lost(format!("{reason:?}: {message}")));
        }
    });
    watch
}

/// The watch of a device, or a new one.
fn shared(device: &wgpu::Device) -> Arc<Watch> {
    let mut watched = locked(&WATCHED);
    watched.retain(|(_, w)| w.strong_count() > 0);
    if let Some(found) = watched.iter().find(|(d, _)| d == device).and_then(|(_, w)| w.upgrade()) {
        return found;
    }
    let watch = Arc::new(Watch { state: Mutex::new(Health::Ok) });
    watched.push((device.clone(), Arc::downgrade(&watch)));
    watch
}

/// A device without a window, with the limits every WebGPU device has, its adapter's name, and whether the adapter is
/// software.
#[cfg(not(target_arch = "wasm32"))]
pub fn headless() -> Result<(wgpu::Device, wgpu::Queue, String, bool), crate::engine::EngineError> {
    pollster::block_on(request())
}

#[cfg(not(target_arch = "wasm32"))]
async fn request() -> Result<(wgpu::Device, wgpu::Queue, String, bool), crate::engine::EngineError> {
    let error = |e: &dyn std::fmt::Display| crate::engine::EngineError::Device(e.to_string());
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
        ..Default::default()
    };
    let (device, queue) = adapter.request_device(&descriptor).await.map_err(|e| error(&e))?;
    Ok((device, queue, info.name, info.device_type == wgpu::DeviceType::Cpu))
}
