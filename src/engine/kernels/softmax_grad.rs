//! Derivative of a softmax, from its value y and the cotangent g: dx = y ∘ (g − Σₙ gₙ yₙ) along one axis.
//! Attributes: ints = `[axis]`.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, rows};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::around_axis;
use crate::maths::real::Real;

/// The kernel.
pub struct SoftmaxGrad;
/// Its registry entry.
pub static KERNEL: SoftmaxGrad = SoftmaxGrad;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (n, inner) = (c.size(1), c.size(2));
    rows::each([c.reads[0], c.reads[1]], c.writes[0], [n, n, inner], c.scratch, |[y, g], dx| {
        let mean = rows::sum2(y, g, |y, g| y * g);
        dx.iter_mut().zip(y).zip(g).for_each(|((dx, &y), &g)| *dx = y * (g - mean));
    });
}

impl Kernel for SoftmaxGrad {
    fn stem(&self) -> &'static str {
        "softmax_grad"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("rows", Ty::U32), ("n", Ty::U32), ("inner", Ty::U32)],
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
        rows::launch(outer * inner, n, &[(outer * inner) as u32, n as u32, inner as u32], &[])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (axis, y, g, h) = (cx.attrs.int(0) as usize, cx.inputs[0], cx.inputs[1], cx.g);
        let dy = cx.needs[0].then(|| h * (g - g.dot(y, axis)) - g * h.dot(y, axis));
        Ok(vec![dy, cx.needs[1].then(|| y.softmax_grad(axis, h))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |shape: &[usize], axis: u32| {
            Case::new(Attrs::ints(&[axis]), vec![Feed::of(shape), Feed::of(shape)])
        };
        vec![
            case(&[1], 0),
            case(&[3, 5], 1),
            case(&[70, 9], 1),
            case(&[9, 70], 0),
            case(&[2, 3, 4, 5], 1),
            case(&[2, 300], 1),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
