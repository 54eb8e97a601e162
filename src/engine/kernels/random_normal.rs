//! Standard normal numbers: element i of step t is a function of (seed, stream, t, i). Attributes: ints = [stream,
//! shape…]. The bits agree with [`crate::maths::rng`]; the shader's logarithm and cosine keep the numbers within 1e-6.

use super::{
    Access, Attrs, Binding, Call, Case, Kernel, Launch, Reference, Signature, Smoothness, Tolerance, Ty, grid,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::{check, numel};
use crate::maths::real::Real;
use crate::maths::rng;

/// The kernel.
pub struct RandomNormal;
/// Its registry entry.
pub static KERNEL: RandomNormal = RandomNormal;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let [step, low, high, _] = *c.state;
    let key = rng::stream_key(u64::from(low) | u64::from(high) << 32, u64::from(c.uniforms[1]));
    for (i, y) in c.writes[0].iter_mut().enumerate() {
        *y = T::from_f64(rng::normal_at(key, step, i as u32));
    }
}

impl Kernel for RandomNormal {
    fn stem(&self) -> &'static str {
        "random_normal"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("stream", Ty::U32)],
            overrides: &[],
            bindings: const { &[Binding::state(Access::Read), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, _reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let shape: Vec<usize> = attrs.ints.iter().skip(1).map(|&d| d as usize).collect();
        check(&shape).map(|()| shape)
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[1]);
        Launch { uniforms: vec![count as u32, attrs.int(0)], overrides: vec![], workgroups: grid(count, 64) }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Ok(vec![])
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let case = |ints: &[u32]| Case::new(Attrs::ints(ints), vec![]);
        vec![case(&[0, 1]), case(&[3, 5, 13]), case(&[0x8000_0001, 100_000])]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance { absolute: 1e-6, relative: 0.0 }
    }
}
