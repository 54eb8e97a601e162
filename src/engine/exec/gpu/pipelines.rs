//! Pipelines, one per shader and choice of overrides, made from the linked shader and the kernel's signature: at once,
//! or on a thread of their own.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::device::locked;
use crate::engine::EngineError;
use crate::engine::joint::Joint;
use crate::engine::kernels::{self, Access, Attrs, Family, Kernel, Signature};
use crate::engine::shader::{Linked, link_kernel};

/// A shader module with the layouts that follow from its signature.
#[derive(Clone)]
pub struct Loaded {
    module: wgpu::ShaderModule,
    group: wgpu::BindGroupLayout,
    layout: wgpu::PipelineLayout,
}

/// A pipeline with the layout of its bind group.
#[derive(Clone)]
pub struct Compiled {
    /// The pipeline.
    pub pipeline: wgpu::ComputePipeline,
    /// Uniforms, then the storage buffers.
    pub group: wgpu::BindGroupLayout,
}

/// A pipeline that is wanted.
#[derive(Clone)]
pub struct Order {
    work: Work,
    shader: Shader,
    overrides: Vec<u32>,
}

/// What a pipeline is to do.
#[derive(Clone)]
enum Work {
    /// The work of one kernel.
    Kernel(&'static dyn Kernel, Attrs),
    /// That of several.
    Joint(Arc<Joint>),
}

/// What distinguishes shaders: the kernel's stem, the family, and the text that was specialised for attributes, if it was.
type Shader = (&'static str, Family, Option<String>);

/// What distinguishes pipelines: the shader and its overrides.
type Key = (Shader, Vec<u32>);

impl Order {
    /// A kernel's shader in a family, specialised for attributes, under overrides.
    pub fn new(kernel: &'static dyn Kernel, attrs: &Attrs, family: Family, overrides: &[u32]) -> Self {
        let stem = kernel.stem();
        let text = kernels::source_in(stem, family).map_or("", |(_, text)| text);
        let special = match kernel.specialise(attrs, text) {
            Cow::Owned(text) => Some(text),
            Cow::Borrowed(_) => None,
        };
        let work = Work::Kernel(kernel, attrs.clone());
        Self { work, shader: (stem, family, special), overrides: overrides.to_vec() }
    }

    /// Several kernels in one.
    pub fn joint(joint: Joint) -> Self {
        let shader = ("joint", Family::Registers, Some(joint.text.clone()));
        Self { work: Work::Joint(Arc::new(joint)), shader, overrides: Vec::new() }
    }

    /// Its shader, loaded.
    fn load(&self, device: &wgpu::Device) -> Result<Loaded, EngineError> {
        let (stem, family, _) = self.shader;
        match &self.work {
            Work::Kernel(kernel, attrs) => {
                let linked = link_kernel(*kernel, attrs, family)?;
                Ok(Loaded::new(device, stem, &linked, &kernel.signature(attrs)))
            }
            Work::Joint(joint) => {
                Ok(Loaded::bound(device, stem, &joint.text, joint.bindings.iter().map(|b| b.2)))
            }
        }
    }

    /// Where the names of its overrides are; a joint shader has none.
    fn signature(&self) -> Signature {
        match &self.work {
            Work::Kernel(kernel, attrs) => kernel.signature(attrs),
            Work::Joint(_) => Signature { uniforms: &[], overrides: &[], bindings: &[] },
        }
    }
}

/// Pipelines made so far for one device, shared by all its executors and by the threads that compile for them. No lock
/// is held while a shader is compiled, so that asking never waits for that.
pub struct Pipelines {
    device: wgpu::Device,
    shaders: Mutex<HashMap<Shader, Loaded>>,
    made: Mutex<HashMap<Key, Result<Compiled, EngineError>>>,
    count: AtomicUsize,
    /// Held by the thread that compiles: what two executors wait for is then compiled once.
    #[cfg(not(target_arch = "wasm32"))]
    bench: Mutex<()>,
}

impl Pipelines {
    /// None yet.
    pub fn new(device: wgpu::Device) -> Self {
        Self {
            device,
            shaders: Mutex::default(),
            made: Mutex::default(),
            count: AtomicUsize::new(0),
            #[cfg(not(target_arch = "wasm32"))]
            bench: Mutex::default(),
        }
    }

    /// How many were compiled.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// A pipeline if there is one already, or why there is none.
    pub fn find(&self, order: &Order) -> Option<Result<Compiled, EngineError>> {
        locked(&self.made).get(&(order.shader.clone(), order.overrides.clone())).cloned()
    }

    /// The same, compiled now where need be.
    ///
    /// # Errors
    /// The shader cannot be linked. What the device has against it, its watch learns.
    pub fn get(&self, order: &Order) -> Result<Compiled, EngineError> {
        self.find(order).unwrap_or_else(|| {
            let made = self.compile(order);
            locked(&self.made).insert((order.shader.clone(), order.overrides.clone()), made.clone());
            made
        })
    }

    fn compile(&self, order: &Order) -> Result<Compiled, EngineError> {
        let there = locked(&self.shaders).get(&order.shader).cloned();
        let loaded = match there {
            Some(loaded) => loaded,
            None => {
                let loaded = order.load(&self.device)?;
                locked(&self.shaders).insert(order.shader.clone(), loaded.clone());
                loaded
            }
        };
        let pipeline = loaded.pipeline(&self.device, order.shader.0, &order.signature(), &order.overrides);
        self.count.fetch_add(1, Ordering::Relaxed);
        Ok(Compiled { pipeline, group: loaded.group })
    }

    /// Compiles on a thread of its own for as long as `wanted` is held elsewhere; false where there are no threads.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn get_later(self: &Arc<Self>, orders: Vec<Order>, wanted: &Arc<()>) -> bool {
        let (pipelines, wanted) = (Arc::clone(self), Arc::downgrade(wanted));
        let work = move || {
            for order in orders {
                let _turn = locked(&pipelines.bench);
                if wanted.strong_count() == 0 {
                    return;
                }
                // An error is found by whoever looks for the pipeline.
                let _ = pipelines.get(&order);
            }
        };
        std::thread::Builder::new().name("pipelines".to_owned()).spawn(work).is_ok()
    }

    /// The same in a browser: there are no threads.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn get_later(self: &Arc<Self>, _orders: Vec<Order>, _wanted: &Arc<()>) -> bool {
        false
    }
}

impl Loaded {
    /// Compiles a linked shader.
    pub fn new(device: &wgpu::Device, label: &str, linked: &Linked, signature: &Signature) -> Self {
        Self::bound(device, label, &linked.text, signature.bindings.iter().map(|b| b.access))
    }

    /// Compiles a shader with uniforms and storage buffers of these uses.
    fn bound(device: &wgpu::Device, label: &str, text: &str, uses: impl Iterator<Item = Access>) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(label),
            source: wgpu::ShaderSource::Wgsl(text.into()),
        });
        let slot = |binding: u32, ty: wgpu::BufferBindingType| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
            count: None,
        };
        let mut entries = vec![slot(0, wgpu::BufferBindingType::Uniform)];
        for (i, access) in uses.enumerate() {
            let read_only = access == Access::Read;
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
