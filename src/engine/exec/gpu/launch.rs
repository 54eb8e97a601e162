//! Launches: what a plan wants of the device, and what is made of that.

use std::ops::Range;

use super::pipelines::{Compiled, Order};
use super::{Gpu, UNIFORM_STRIDE};
use crate::engine::kernels::{self, Family};
use crate::engine::plan::{Dispatch, Plan};
use crate::engine::{EngineError, joint};

/// A launch to be made.
pub(super) struct Wanted {
    pub(super) label: String,
    pub(super) order: Order,
    pub(super) uniforms: Vec<u32>,
    /// Buffers of the plan and the parts of them that are bound, in elements.
    bound: Vec<(usize, Range<usize>)>,
    workgroups: [u32; 3],
    /// Where its uniforms begin, in bytes.
    at: u64,
}

/// A launch, made.
pub(super) struct Made {
    pipeline: wgpu::ComputePipeline,
    /// One for each frame of the inputs it reads.
    groups: Vec<wgpu::BindGroup>,
    workgroups: [u32; 3],
}

impl Wanted {
    /// The steps of a launch of the plan as one, or one by one if their shaders cannot be joined. A step that has a
    /// shader of its own in the family is launched by itself.
    pub(super) fn of(family: Family, steps: &[Dispatch]) -> Result<Vec<Self>, EngineError> {
        steps.iter().try_for_each(bearable)?;
        let alone = |d: &&Dispatch| own_shader(family, &d.stem);
        let others: Vec<Dispatch> = steps.iter().filter(|d| !alone(d)).cloned().collect();
        let joint = if others.len() > 1 { joint::of_steps(family, &others)? } else { None };
        let single = |d: &Dispatch| Self::single(family, d);
        let (Some(joint), Some(first)) = (joint, others.first()) else {
            return steps.iter().map(single).collect();
        };
        let mut all = steps.iter().filter(alone).map(single).collect::<Result<Vec<_>, _>>()?;
        all.push(Self {
            label: first.label.clone(),
            uniforms: joint.uniforms.clone(),
            bound: joint.bindings.iter().map(|(buffer, range, _)| (*buffer, range.clone())).collect(),
            workgroups: joint.workgroups,
            order: Order::joint(joint),
            at: 0,
        });
        Ok(all)
    }

    fn single(family: Family, d: &Dispatch) -> Result<Self, EngineError> {
        let unknown = || EngineError::Plan(format!("no kernel {:?}", d.stem));
        let kernel = kernels::find(&d.stem).ok_or_else(unknown)?;
        let launch = d.launch_in(family, kernel);
        let own = if own_shader(family, &d.stem) { family } else { Family::Registers };
        let workgroups = launch.groups_in(family, kernels::source(&d.stem).unwrap_or_default());
        Ok(Self {
            label: d.label.clone(),
            order: Order::new(kernel, &d.attrs, own, &launch.overrides),
            uniforms: launch.uniforms,
            bound: d.args.iter().map(|s| (s.buffer, s.offset..s.offset + s.len())).collect(),
            workgroups,
            at: 0,
        })
    }

    /// Bytes of its uniforms, with what lies before the next ones.
    pub(super) fn bytes(&self) -> u64 {
        (4 * self.uniforms.len() as u64).next_multiple_of(UNIFORM_STRIDE).max(UNIFORM_STRIDE)
    }

    /// Gives each launch a place for its uniforms, one behind the other, and says how many bytes that takes.
    pub(super) fn place(all: &mut [Self]) -> u64 {
        all.iter_mut().fold(0, |at, wanted| {
            wanted.at = at;
            at + wanted.bytes()
        })
    }

    /// Writes its uniforms.
    pub(super) fn write(&self, gpu: &Gpu, uniforms: &wgpu::Buffer) {
        gpu.queue.write_buffer(uniforms, self.at, bytemuck::cast_slice(&self.uniforms));
    }

    /// Makes it with its pipeline.
    pub(super) fn make(
        &self,
        gpu: &Gpu,
        plan: &Plan,
        buffers: &[wgpu::Buffer],
        uniforms: &wgpu::Buffer,
        compiled: Compiled,
    ) -> Made {
        let frames = self.bound.iter().map(|(b, _)| plan.frames(*b).0).max().unwrap_or(1);
        let group = |frame: usize| {
            let mut entries = vec![entry(0, uniforms, self.at, self.bytes())];
            for (binding, (buffer, range)) in self.bound.iter().enumerate() {
                let (count, stride) = plan.frames(*buffer);
                let first = range.start + frame % count * stride;
                let (offset, size) = (4 * first as u64, 4 * range.len() as u64);
                entries.push(entry(1 + binding as u32, &buffers[*buffer], offset, size));
            }
            gpu.bind_group(&wgpu::BindGroupDescriptor {
                label: Some(&self.label),
                layout: &compiled.group,
                entries: &entries,
            })
        };
        let groups = (0..frames).map(group).collect();
        Made { pipeline: compiled.pipeline, groups, workgroups: self.workgroups }
    }
}

impl Made {
    /// Launches it, with that frame of its inputs.
    pub(super) fn encode(&self, pass: &mut wgpu::ComputePass<'_>, frame: usize) {
        let [x, y, z] = self.workgroups;
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.groups[frame % self.groups.len()], &[]);
        pass.dispatch_workgroups(x, y, z);
    }
}

/// An error where a kernel has something against a step on a device.
fn bearable(d: &Dispatch) -> Result<(), EngineError> {
    let shapes: Vec<&[usize]> = d.args.iter().map(|s| s.shape.as_slice()).collect();
    let burden = kernels::find(&d.stem).and_then(|kernel| kernel.burden(&d.attrs, &shapes));
    burden.map_or(Ok(()), |why| Err(EngineError::Plan(format!("{}: {why}", d.label))))
}

/// Whether a kernel has a shader in the family that others do not run.
fn own_shader(family: Family, stem: &str) -> bool {
    family != Family::Registers && kernels::families(stem).contains(&family)
}

fn entry(binding: u32, buffer: &wgpu::Buffer, offset: u64, size: u64) -> wgpu::BindGroupEntry<'_> {
    let size = wgpu::BufferSize::new(size);
    let resource = wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer, offset, size });
    wgpu::BindGroupEntry { binding, resource }
}
