//! A bench to run one shader on: buffers filled, a launch, everything read back.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use equiscope::engine::exec::gpu::{self, Loaded};
use equiscope::engine::kernels::{Access, Case, Family, Kernel, Launch, Signature, Ty, shares};
use equiscope::engine::shader::Linked;

use crate::support::filled;

/// A device for tests.
pub struct Gpu {
    pub gpu: gpu::Gpu,
    /// Held while a test runs: a software adapter gains nothing from two at once.
    turn: Mutex<()>,
}

/// The adapter shared by all tests; without one the test is skipped aloud, or fails if `EQUISCOPE_REQUIRE_GPU` is 1.
pub fn gpu() -> Option<(&'static Gpu, MutexGuard<'static, ()>)> {
    static GPU: OnceLock<Option<Gpu>> = OnceLock::new();
    let gpu = GPU.get_or_init(|| match gpu::Gpu::headless() {
        Ok(gpu) => Some(Gpu { gpu, turn: Mutex::new(()) }),
        Err(error) => {
            let required = std::env::var("EQUISCOPE_REQUIRE_GPU").is_ok_and(|v| v == "1");
            assert!(!required, "EQUISCOPE_REQUIRE_GPU=1, but there is no adapter: {error}");
            // Not `eprintln!`, which the test harness would swallow.
            let line = format!("\nSKIPPED: no graphics adapter ({error}); nothing was compared\n");
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            None
        }
    });
    gpu.as_ref().map(|g| (g, g.turn.lock().unwrap_or_else(PoisonError::into_inner)))
}

/// Bits of a quiet NaN that no kernel computes.
pub const SENTINEL: u32 = 0x7FC0_BEEF;
/// Words behind every tensor that must stay as they are.
pub const TAIL: usize = 64;
/// What they hold in the first tensor; one more in each of the next, so that a copied canary shows.
pub const CANARY: u32 = 0x4996_02D2;

/// What a case starts with: a buffer per binding, with sentinels where the kernel must write, and canaries behind.
pub fn buffers(kernel: &dyn Kernel, case: &Case, family: Family) -> (Vec<Vec<u32>>, Launch) {
    let f = filled(kernel, case);
    let launch = launch_in(kernel, case, family);
    let mut all = Vec::new();
    for ((b, shape), data) in kernel.signature(&case.attrs).bindings.iter().zip(&f.shapes).zip(&f.data) {
        let mut words: Vec<u32> = match (b.ty, data) {
            (Ty::U32, _) => case.state.to_vec(),
            (_, Some(data)) => data.iter().map(|&v| (v as f32).to_bits()).collect(),
            (_, None) => vec![SENTINEL; shape.iter().product()],
        };
        words.extend([CANARY + all.len() as u32; TAIL]);
        all.push(words);
    }
    (all, launch)
}

/// The launch of a case in a family.
pub fn launch_in(kernel: &dyn Kernel, case: &Case, family: Family) -> Launch {
    let shapes = filled(kernel, case).shapes;
    let shapes: Vec<&[usize]> = shapes.iter().map(Vec::as_slice).collect();
    kernel.launch_in(family, &case.attrs, &shapes)
}

/// Runs a shader once and gives all buffers back.
pub fn run(
    gpu: &Gpu,
    linked: &Linked,
    signature: &Signature,
    launch: &Launch,
    buffers: &[Vec<u32>],
) -> Vec<Vec<u32>> {
    let device = &gpu.gpu.device;
    let loaded = Loaded::new(device, "bench", linked, signature);
    let pipeline = loaded.pipeline(device, "bench", signature, &launch.overrides);
    let make = |words: &[u32], usage: wgpu::BufferUsages| {
        let size = 4 * words.len().max(64) as u64;
        let usage = usage | wgpu::BufferUsages::COPY_DST;
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage,
            mapped_at_creation: false,
        });
        gpu.gpu.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(words));
        buffer
    };
    let uniforms = make(&launch.uniforms, wgpu::BufferUsages::UNIFORM);
    let storage: Vec<wgpu::Buffer> =
        buffers.iter().map(|w| make(w, wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC)).collect();
    let entries: Vec<wgpu::BindGroupEntry<'_>> = std::iter::once(&uniforms)
        .chain(&storage)
        .enumerate()
        .map(|(i, b)| wgpu::BindGroupEntry { binding: i as u32, resource: b.as_entire_binding() })
        .collect();
    let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: loaded.group(),
        entries: &entries,
    });
    let mut encoder = device.create_command_encoder(&Default::default());
    {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &group, &[]);
        let [x, y, z] = launch.workgroups;
        pass.dispatch_workgroups(x, y, z);
    }
    let staged: Vec<wgpu::Buffer> = storage
        .iter()
        .map(|b| {
            let staging = make(&vec![0; b.size() as usize / 4], wgpu::BufferUsages::MAP_READ);
            encoder.copy_buffer_to_buffer(b, 0, &staging, 0, Some(b.size()));
            staging
        })
        .collect();
    gpu.gpu.queue.submit([encoder.finish()]);
    staged.iter().for_each(|b| b.map_async(wgpu::MapMode::Read, .., |r| r.unwrap()));
    device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
    let read = |(b, words): (&wgpu::Buffer, &Vec<u32>)| {
        let view = b.get_mapped_range(..).unwrap();
        let all = view.chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]]));
        all.take(words.len()).collect()
    };
    staged.iter().zip(buffers).map(read).collect()
}

/// What is wrong with a shader on a case: differences from the f64 reference, gaps, writes outside, read-only tensors
/// that changed, or two runs that differ.
pub fn faults(gpu: &Gpu, kernel: &dyn Kernel, linked: &Linked, case: &Case, family: Family) -> Vec<String> {
    let signature = kernel.signature(&case.attrs);
    let (before, launch) = buffers(kernel, case, family);
    let after = run(gpu, linked, &signature, &launch, &before);
    let mut faults = Vec::new();
    if run(gpu, linked, &signature, &launch, &before) != after {
        faults.push("two runs differ".to_owned());
    }
    let alone = Launch { workgroups: [1; 3], ..launch };
    if shares(&linked.text) && run(gpu, linked, &signature, &alone, &before) != after {
        faults.push("one workgroup gives something else".to_owned());
    }
    let (expected, state) = crate::support::run_reference::<f64>(kernel, case);
    let mut expected = expected.iter();
    let tolerance = kernel.tolerance();
    for ((b, after), before) in signature.bindings.iter().zip(&after).zip(&before) {
        let (body, tail) = after.split_at(after.len() - TAIL);
        if tail != &before[body.len()..] {
            faults.push(format!("{}: wrote behind its end", b.name));
        }
        if b.access == Access::Read {
            if body != &before[..body.len()] {
                faults.push(format!("{}: changed what it only reads", b.name));
            }
            continue;
        }
        if b.ty == Ty::U32 {
            if body != state {
                faults.push(format!("state {body:?}, not {state:?}"));
            }
            continue;
        }
        for (i, (&word, &want)) in body.iter().zip(expected.next().unwrap()).enumerate() {
            let got = f64::from(f32::from_bits(word));
            let bound = tolerance.absolute + tolerance.relative * want.abs();
            // An exact kernel is compared with the rounded reference.
            let want = if bound == 0.0 { f64::from(want as f32) } else { want };
            if word == SENTINEL || got.is_nan() || (got - want).abs() > bound {
                faults.push(format!("{}[{i}] = {got}, not {want}", b.name));
                break;
            }
        }
    }
    faults
}
