//! How the graphics device is asked for, and what it is called: the same on the desktop and on the web.

use std::sync::Arc;

use eframe::egui_wgpu::{self, RenderState, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew, wgpu};

use crate::app::health::{Inbox, Level};
use crate::labs::Device;

/// Asks for an adapter of `backends`, and for the limits of the standard; more only where kernels gain from it and
/// the adapter offers it.
pub fn configuration(backends: wgpu::Backends) -> WgpuConfiguration {
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    setup.instance_descriptor.backends = backends;
    setup.device_descriptor = Arc::new(|adapter| wgpu::DeviceDescriptor {
        label: Some("equiscope"),
        required_limits: limits(&adapter.get_info(), &adapter.limits()),
        ..Default::default()
    });
    WgpuConfiguration { wgpu_setup: WgpuSetup::CreateNew(setup), ..Default::default() }
}

/// Limits to ask for, from those an adapter offers.
fn limits(info: &wgpu::AdapterInfo, offered: &wgpu::Limits) -> wgpu::Limits {
    let base = match info.backend {
        wgpu::Backend::Gl => wgpu::Limits::downlevel_webgl2_defaults(),
        _ => wgpu::Limits::default(),
    };
    wgpu::Limits {
        // Large windows; the guaranteed 2048 of WebGL would not hold them.
        max_texture_dimension_2d: offered.max_texture_dimension_2d.min(8192),
        max_buffer_size: offered.max_buffer_size.max(base.max_buffer_size),
        max_storage_buffer_binding_size: offered
            .max_storage_buffer_binding_size
            .max(base.max_storage_buffer_binding_size),
        max_storage_buffers_per_shader_stage: offered
            .max_storage_buffers_per_shader_stage
            .max(base.max_storage_buffers_per_shader_stage),
        ..base
    }
}

/// Name of the interface that draws.
pub fn drawing(state: Option<&RenderState>) -> String {
    let name = match state.map(|state| state.adapter.get_info().backend) {
        Some(wgpu::Backend::BrowserWebGpu) => "WebGPU",
        Some(wgpu::Backend::Gl) if cfg!(target_arch = "wasm32") => "WebGL2",
        Some(wgpu::Backend::Gl) => "OpenGL",
        Some(wgpu::Backend::Vulkan) => "Vulkan",
        Some(wgpu::Backend::Metal) => "Metal",
        Some(wgpu::Backend::Dx12) => "Direct3D 12",
        Some(wgpu::Backend::Noop) | None => "nothing",
    };
    name.to_owned()
}

/// The device that labs compute on: egui's own, where it can compute at all.
pub fn device(state: &RenderState) -> Option<Device> {
    let info = state.adapter.get_info();
    let flags = state.adapter.get_downlevel_capabilities().flags;
    let computes = flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
        && state.device.limits().max_compute_invocations_per_workgroup > 0;
    if info.backend == wgpu::Backend::Gl || !computes {
        return None;
    }
    let software = info.device_type == wgpu::DeviceType::Cpu;
    let adapter = match info.name.trim() {
        "" if software => "software adapter".to_owned(),
        "" => "unnamed adapter".to_owned(),
        name => name.to_owned(),
    };
    Some(Device { device: state.device.clone(), queue: state.queue.clone(), adapter, software })
}

/// Sends errors of the device to the letter box and to the log, where the default would be a panic.
pub fn watch(device: &wgpu::Device, inbox: Inbox, ctx: eframe::egui::Context) {
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        log::error!("graphics device: {error}");
        let text = match error {
            wgpu::Error::OutOfMemory { .. } => {
                "The graphics device is out of memory; a smaller network or batch may fit.".to_owned()
            }
            _ => format!("The graphics device refused a command: {}", first_line(&error.to_string())),
        };
        inbox.put(Level::Fault, text);
        ctx.request_repaint();
    }));
}

/// Device errors carry a page of context; the first line names the matter.
fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The render state of an app under construction.
pub fn state<'a>(cc: &'a eframe::CreationContext<'_>) -> Option<&'a egui_wgpu::RenderState> {
    cc.wgpu_render_state.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_stay_within_what_is_offered() {
        let info = wgpu::AdapterInfo::new(wgpu::DeviceType::Cpu, wgpu::Backend::Vulkan);
        let offered = wgpu::Limits {
            max_texture_dimension_2d: 16_384,
            max_storage_buffers_per_shader_stage: 32,
            max_buffer_size: 1 << 40,
            ..wgpu::Limits::default()
        };
        let asked = limits(&info, &offered);
        assert!(asked.check_limits(&offered));
        assert_eq!((asked.max_texture_dimension_2d, asked.max_storage_buffers_per_shader_stage), (8192, 32));
        let guaranteed = limits(&info, &wgpu::Limits::default());
        assert!(guaranteed.check_limits(&wgpu::Limits::default()));
    }
}
