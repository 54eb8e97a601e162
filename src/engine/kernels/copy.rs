//! Copies a tensor: y = x. Puts a gradient that has other readers into the gradient buffer. No attributes.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct Copy;
/// Its registry entry.
pub static KERNEL: Copy = Copy;

fn run<T: Real>(c: &mut Call<'_, T>) {
    c.writes[0].copy_from_slice(c.reads[0]);
}

impl Kernel for Copy {
    fn stem(&self) -> &'static str {
        "copy"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32)],
            overrides: &[],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(reads[0].to_vec())
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[0]);
        Launch { uniforms: vec![count as u32], overrides: vec![], workgroups: grid(count, 64) }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Ok(vec![Some(cx.g)])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |shape: &[usize]| Case::new(Attrs::default(), vec![Feed::of(shape)]);
        vec![case(&[1]), case(&[63]), case(&[5, 41])]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
