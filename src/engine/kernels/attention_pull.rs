//! The derivative of a scaled softmax pulled back, z = s y∘(g − ⟨y, g⟩), along the last dimension. y, g: any one shape; out:
//! the same. Attributes: reals = `[s]`. For y a softmax this is its symmetric Jacobian matrix diag(y) − y yᵀ applied to s g.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Var, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Lanes;

/// The kernel.
pub struct AttentionPull;
/// Its registry entry.
pub static KERNEL: AttentionPull = AttentionPull;

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let (n, scale) = (c.size(1), T::from_f32(c.real(2)));
    let rows = c.reads[0].chunks_exact(n).zip(c.reads[1].chunks_exact(n));
    for ((y, g), z) in rows.zip(c.writes[0].chunks_exact_mut(n)) {
        T::soften_back(y, g, scale, z);
    }
}

impl Kernel for AttentionPull {
    fn stem(&self) -> &'static str {
        "attention_pull"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("rows", Ty::U32), ("n", Ty::U32), ("scale", Ty::F32)],
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

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let n = shapes[0].last().copied().unwrap_or(1);
        let rows = numel(shapes[0]) / n;
        let scale = (attrs.real(0) as f32).to_bits();
        Launch { uniforms: vec![rows as u32, n as u32, scale], overrides: vec![], workgroups: grid(rows, 64) }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (y, g, h) = (cx.inputs[0], cx.inputs[1], cx.g);
        let scale = cx.attrs.real(0);
        let last = y.shape().len() - 1;
        let dot = |a: Var<'b>, b: Var<'b>| (a * b).sum(last);
        let dy = cx.needs[0].then(|| (h * (g - dot(y, g)) - g * dot(y, h)) * f64::from(scale as f32));
        Ok(vec![dy, cx.needs[1].then(|| y.softmax_pull(h, scale))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |scale: f64, shape: &[usize]| {
            Case::new(Attrs { ints: vec![], reals: vec![scale] }, vec![Feed::of(shape); 2])
        };
        vec![case(1.0, &[1]), case(0.25, &[3, 5]), case(-1.5, &[2, 70, 9]), case(1.0, &[2, 3, 2, 33])]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
