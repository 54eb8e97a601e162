//! Derivative of a softmax of s x, from its value y and the cotangent g: dx = s y ∘ (g − Σₙ gₙ yₙ) along one axis. That is
//! the symmetric Jacobian matrix diag(y) − y yᵀ, applied to s g. Attributes: ints = `[axis]`, reals = `[s]`.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, rows};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::around_axis;
use crate::maths::real::Lanes;

/// The kernel.
pub struct SoftmaxGrad;
/// Its registry entry.
pub static KERNEL: SoftmaxGrad = SoftmaxGrad;

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let (n, inner, scale) = (c.size(1), c.size(2), T::from_f32(c.real(3)));
    rows::each([c.reads[0], c.reads[1]], c.writes[0], [n, n, inner], c.scratch, |[y, g], dx| {
        T::soften_back(y, g, scale, dx);
    });
}

impl Kernel for SoftmaxGrad {
    fn stem(&self) -> &'static str {
        "softmax_grad"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("rows", Ty::U32), ("n", Ty::U32), ("inner", Ty::U32), ("scale", Ty::F32)],
            overrides: &["TREE"],
            bindings: const { &[Binding::read("y"), Binding::read("g"), Binding::write("dx")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        rows::axis(attrs, reads[0])?;
        if reads[0] == reads[1] { Ok(reads[0].to_vec()) } else { Err(format!("shapes {reads:?} differ")) }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (outer, n, inner) = around_axis(shapes[0], attrs.int(0) as usize);
        let scale = (attrs.real(0) as f32).to_bits();
        rows::launch(outer * inner, n, &[(outer * inner) as u32, n as u32, inner as u32, scale], &[])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (axis, y, g, h) = (cx.attrs.int(0) as usize, cx.inputs[0], cx.inputs[1], cx.g);
        let scale = cx.attrs.real(0);
        let dy = || (h * (g - g.dot(y, axis)) - g * h.dot(y, axis)) * f64::from(scale as f32);
        Ok(vec![cx.needs[0].then(dy), cx.needs[1].then(|| y.softmax_grad(axis, h, scale))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |shape: &[usize], axis: u32, scale: f64| {
            Case::new(Attrs { ints: vec![axis], reals: vec![scale] }, vec![Feed::of(shape); 2])
        };
        vec![
            case(&[1], 0, 1.0),
            case(&[3, 5], 1, 0.25),
            case(&[70, 9], 1, 1.0),
            case(&[9, 70], 0, -1.5),
            case(&[2, 3, 4, 5], 1, 1.0),
            case(&[2, 300], 1, 0.5),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
