//! Every shader against its reference, on every case.

use equiscope::engine::kernels::{Access, Binding, Launch, REGISTRY, Signature, Ty, families};
use equiscope::engine::shader::{library, link, link_kernel};
use equiscope::maths::rng;

use crate::bench::{faults, gpu, run};

#[test]
fn every_shader_agrees_with_its_reference() {
    let Some((gpu, _turn)) = gpu() else { return };
    let mut wrong = Vec::new();
    for kernel in REGISTRY {
        assert!(!kernel.cases().is_empty());
        for (number, case) in kernel.cases().iter().enumerate() {
            for &family in families(kernel.stem()) {
                let linked = link_kernel(*kernel, &case.attrs, family).unwrap();
                let faults = faults(gpu, *kernel, &linked, case, family);
                if !faults.is_empty() {
                    wrong.push(format!("{} {family:?} case {number}: {faults:?}\n{case:?}", kernel.stem()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "on {}:\n{}", gpu.gpu.adapter, wrong.join("\n"));
}

const WORDS: &str = "import package::rng::{rng_bits, rng_uniform};
struct Params { low: u32, high: u32, stream: u32, step: u32 }
@group(0) @binding(0) var<uniform> u: Params;
@group(0) @binding(1) var<storage, read_write> words: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let word = rng_bits(vec2u(u.low, u.high), u.stream, u.step, id.x);
    words[2u * id.x] = word;
    words[2u * id.x + 1u] = bitcast<u32>(rng_uniform(word));
}";

#[test]
fn random_words_and_uniform_numbers_agree_in_every_bit() {
    let Some((gpu, _turn)) = gpu() else { return };
    let linked = link("words.wgsl", WORDS, &library).unwrap();
    let signature = Signature {
        uniforms: &[("low", Ty::U32), ("high", Ty::U32), ("stream", Ty::U32), ("step", Ty::U32)],
        overrides: &[],
        bindings: const { &[Binding::state(Access::ReadWrite)] },
    };
    for (seed, stream, step) in
        [(0_u64, 0, 0), (u64::MAX, u32::MAX, u32::MAX), (0x0123_4567_89AB_CDEF, 77, 12_345)]
    {
        let uniforms = vec![seed as u32, (seed >> 32) as u32, stream, step];
        let launch = Launch { uniforms, overrides: vec![], workgroups: [2, 1, 1] };
        let words = run(gpu, &linked, &signature, &launch, &[vec![0; 256]]).remove(0);
        for (i, pair) in words.chunks(2).enumerate() {
            let word = rng::bits(seed, stream, step, i as u32);
            let uniform = rng::uniform_from_bits(word) as f32;
            assert_eq!(
                pair,
                [word, uniform.to_bits()],
                "seed {seed:x} stream {stream} step {step} index {i}"
            );
        }
    }
}
