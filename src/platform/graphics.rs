//! How the graphics device is asked for, and what it is called: the same on the desktop and on the web.

use std::sync::Arc;

use eframe::egui_wgpu::{self, RenderState, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew, wgpu};

use crate::app::health::{Inbox, Level};
use crate::engine::Health;
use crate::engine::exec::gpu::{Gpu, Watch};

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
pub fn device(state: &RenderState, watch: Arc<Watch>) -> Option<Gpu> {
    if !computes(state) {
        return None;
    }
    let info = state.adapter.get_info();
    let software = info.device_type == wgpu::DeviceType::Cpu;
    let adapter = match info.name.trim() {
        "" if software => "software adapter".to_owned(),
        "" => "unnamed adapter".to_owned(),
        name => name.to_owned(),
    };
    Some(Gpu::new(state.device.clone(), state.queue.clone(), adapter, software, watch))
}

/// Whether labs can compute on the device.
fn computes(state: &RenderState) -> bool {
    let flags = state.adapter.get_downlevel_capabilities().flags;
    state.adapter.get_info().backend != wgpu::Backend::Gl
        && flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
        && state.device.limits().max_compute_invocations_per_workgroup > 0
}

/// Watches the device, where the default would be a panic: a loss goes to `lost`. Of a refusal the shell learns from
/// the watch, if it computes on the device, and through the letter box, if the device only draws.
pub fn watch(
    state: &RenderState,
    inbox: Inbox,
    ctx: eframe::egui::Context,
    lost: impl Fn(&str) + Send + Sync + 'static,
) -> Arc<Watch> {
    let computes = computes(state);
    Watch::over(&state.device, move |news| {
        match news {
            Health::Lost(why) => lost(why),
            Health::Failed(why) if !computes => {
                let text = format!("The graphics device refused a command: {}", first_line(why));
                inbox.put(Level::Fault, text);
            }
            Health::Failed(_) | Health::Ok => {}
        }
        ctx.request_repaint();
    })
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
