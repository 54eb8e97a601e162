//! Softmax along one axis: `y[o, n, i]` = exp `x[o, n, i]` / Σₘ exp `x[o, m, i]`, formed around the largest term.
//! Attributes: ints = `[axis]`.

use super::{Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Ty, rows};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::around_axis;
use crate::maths::real::Lanes;

/// The kernel.
pub struct Softmax;
/// Its registry entry.
pub static KERNEL: Softmax = Softmax;

/// One row.
pub(crate) fn row<T: Lanes>(x: &[T], y: &mut [T]) {
    y.copy_from_slice(x);
    T::soften(y);
}

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let (n, inner) = (c.size(1), c.size(2));
    rows::each([c.reads[0]], c.writes[0], [n, n, inner], c.scratch, |[x], y| row(x, y));
}

impl Kernel for Softmax {
    fn stem(&self) -> &'static str {
        "softmax"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("rows", Ty::U32), ("n", Ty::U32), ("inner", Ty::U32)],
            overrides: &["TREE"],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        rows::axis(attrs, reads[0]).map(|_| reads[0].to_vec())
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (outer, n, inner) = around_axis(shapes[0], attrs.int(0) as usize);
        rows::launch(outer * inner, n, &[(outer * inner) as u32, n as u32, inner as u32], &[])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Ok(vec![Some(cx.output.softmax_grad(cx.attrs.int(0) as usize, cx.g, 1.0))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |shape: &[usize], axis: u32, width: f64| {
            Case::new(Attrs::ints(&[axis]), vec![Feed::on(shape, Domain::Range(-width, width))])
        };
        vec![
            case(&[1], 0, 1.0),
            case(&[3, 5], 1, 3.0),
            case(&[70, 9], 1, 2.0),
            case(&[9, 70], 0, 2.0),
            case(&[2, 3, 4, 5], 1, 1.0),
            case(&[2, 515], 1, 2.0),
            // Where a careless form overflows.
            case(&[4, 6], 1, 200.0),
        ]
    }
}
