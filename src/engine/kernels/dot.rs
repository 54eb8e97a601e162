//! Inner products along one axis, kept as extent 1: `y[o, i]` = Σₙ `a[o, n, i]` `b[o, n, i]`; a and b of one shape.
//! Attributes: ints = `[axis]`.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, rows};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::around_axis;
use crate::maths::real::Real;

/// The kernel.
pub struct Dot;
/// Its registry entry.
pub static KERNEL: Dot = Dot;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (n, inner) = (c.size(1), c.size(2));
    let whole = c.reads[0].chunks_exact(n * inner).zip(c.reads[1].chunks_exact(n * inner));
    for ((a, b), y) in whole.zip(c.writes[0].chunks_exact_mut(inner)) {
        if inner == 1 {
            y[0] = rows::sum2(a, b, |a, b| a * b);
            continue;
        }
        y.fill(T::ZERO);
        for (a, b) in a.chunks_exact(inner).zip(b.chunks_exact(inner)) {
            y.iter_mut().zip(a).zip(b).for_each(|((y, &a), &b)| *y += a * b);
        }
    }
}

impl Kernel for Dot {
    fn stem(&self) -> &'static str {
        "dot"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("rows", Ty::U32), ("n", Ty::U32), ("inner", Ty::U32)],
            overrides: &["TREE"],
            bindings: const { &[Binding::read("a"), Binding::read("b"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let mut out = reads[0].to_vec();
        out[rows::axis(attrs, reads[0])?] = 1;
        if reads[0] == reads[1] { Ok(out) } else { Err(format!("{:?} and {:?} differ", reads[0], reads[1])) }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (outer, n, inner) = around_axis(shapes[0], attrs.int(0) as usize);
        rows::launch(outer * inner, n, &[(outer * inner) as u32, n as u32, inner as u32], &[])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (a, b, g) = (cx.inputs[0], cx.inputs[1], cx.g);
        Ok(vec![cx.needs[0].then(|| g * b), cx.needs[1].then(|| g * a)])
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
            case(&[300, 3], 0),
            case(&[2, 515], 1),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
