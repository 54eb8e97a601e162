//! Pipelines, one per shader and choice of overrides, made from the linked shader and the kernel's signature.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::engine::EngineError;
use crate::engine::kernels::{self, Access, Attrs, Family, Kernel, Signature};
use crate::engine::shader::{Linked, link_kernel};

/// A shader module with the layouts that follow from its signature.
pub struct Loaded {
    module: wgpu::ShaderModule,
    group: wgpu::BindGroupLayout,
    layout: wgpu::PipelineLayout,
}

/// Pipelines made so far, for one device.
#[derive(Default)]
pub struct Pipelines {
    modules: HashMap<Module, Loaded>,
    pipelines: HashMap<(Module, Vec<u32>), wgpu::ComputePipeline>,
}

/// A shader: the kernel's stem, and the text that was specialised for its attributes if it was.
type Module = (&'static str, Option<String>);

impl Pipelines {
    /// The pipeline of a kernel under attributes and overrides in a family, and the layout of its bind group.
    pub fn get(
        &mut self,
        device: &wgpu::Device,
        kernel: &dyn Kernel,
        attrs: &Attrs,
        family: Family,
        overrides: &[u32],
    ) -> Result<(wgpu::ComputePipeline, wgpu::BindGroupLayout), EngineError> {
        let stem = kernel.stem();
        let signature = kernel.signature(attrs);
        let text = kernels::source_in(stem, family).map_or("", |(_, text)| text);
        let special = match kernel.specialise(attrs, text) {
            Cow::Owned(text) => Some(text),
            Cow::Borrowed(_) => None,
        };
        let module: Module = (stem, special);
        let loaded = match self.modules.entry(module.clone()) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(place) => {
                place.insert(Loaded::new(device, stem, &link_kernel(kernel, attrs, family)?, &signature))
            }
        };
        let make = || loaded.pipeline(device, stem, &signature, overrides);
        let pipeline = self.pipelines.entry((module, overrides.to_vec())).or_insert_with(make);
        Ok((pipeline.clone(), loaded.group.clone()))
    }
}

impl Loaded {
    /// Compiles a linked shader.
    pub fn new(device: &wgpu::Device, label: &str, linked: &Linked, signature: &Signature) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(label),
            source: wgpu::ShaderSource::Wgsl(linked.text.as_str().into()),
        });
        let slot = |binding: u32, ty: wgpu::BufferBindingType| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
            count: None,
        };
        let mut entries = vec![slot(0, wgpu::BufferBindingType::Uniform)];
        for (i, b) in signature.bindings.iter().enumerate() {
            let read_only = b.access == Access::Read;
            entries.push(slot(1 + i as u32, wgpu::BufferBindingType::Storage { read_only }));
        }
        let group = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some(label),
            entries: &entries,
        });
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(label),
            bind_group_layouts: &[Some(&group)],
            immediate_size: 0,
        });
        Self { module, group, layout }
    }

    /// Layout of the bind group: uniforms, then the storage buffers.
    pub fn group(&self) -> &wgpu::BindGroupLayout {
        &self.group
    }

    /// The pipeline under overrides, in signature order.
    pub fn pipeline(
        &self,
        device: &wgpu::Device,
        label: &str,
        signature: &Signature,
        overrides: &[u32],
    ) -> wgpu::ComputePipeline {
        let values = overrides.iter().map(|&v| f64::from(v));
        let constants: Vec<(&str, f64)> = signature.overrides.iter().copied().zip(values).collect();
        device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(label),
            layout: Some(&self.layout),
            module: &self.module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &constants,
                zero_initialize_workgroup_memory: true,
            },
            cache: None,
        })
    }
}
