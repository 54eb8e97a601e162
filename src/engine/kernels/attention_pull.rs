//! The derivative of a softmax pulled back, z = y∘(g − ⟨y, g⟩), along the last dimension. y, g: any one shape; out: the same.
//! No attributes. For y a softmax this is its symmetric Jacobian matrix diag(y) − y yᵀ applied to g.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid, lanes};
use crate::engine::graph::{Cotangents, Var, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct AttentionPull;
/// Its registry entry.
pub static KERNEL: AttentionPull = AttentionPull;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let n = c.size(1);
    let rows = c.reads[0].chunks_exact(n).zip(c.reads[1].chunks_exact(n));
    for ((y, g), z) in rows.zip(c.writes[0].chunks_exact_mut(n)) {
        let mean = lanes::dot(y, g);
        z.iter_mut().zip(y.iter().zip(g)).for_each(|(z, (&y, &g))| *z = y * (g - mean));
    }
}

impl Kernel for AttentionPull {
    fn stem(&self) -> &'static str {
        "attention_pull"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("rows", Ty::U32), ("n", Ty::U32)],
            overrides: &[],
            bindings: const { &[Binding::read("y"), Binding::read("g"), Binding::write("z")] },
        }
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        if reads[0] == reads[1] {
            Ok(reads[0].to_vec())
        } else {
            Err(format!("shapes {:?} and {:?} differ", reads[0], reads[1]))
        }
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let n = shapes[0].last().copied().unwrap_or(1);
        let rows = numel(shapes[0]) / n;
        Launch { uniforms: vec![rows as u32, n as u32], overrides: vec![], workgroups: grid(rows, 64) }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (y, g, h) = (cx.inputs[0], cx.inputs[1], cx.g);
        let last = y.shape().len() - 1;
        let dot = |a: Var<'b>, b: Var<'b>| (a * b).sum(last);
        let dy = cx.needs[0].then(|| h * (g - dot(y, g)) - g * dot(y, h));
        Ok(vec![dy, cx.needs[1].then(|| y.softmax_pull(h))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |shape: &[usize]| Case::new(Attrs::default(), vec![Feed::of(shape); 2]);
        vec![case(&[1]), case(&[3, 5]), case(&[2, 70, 9]), case(&[2, 3, 2, 33])]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
