//! Derivative of a softmax over segments, from its value y and the cotangent g: dx = y ∘ (g − Σ g y), the sum over the
//! segment, column by column; 0 for rows of no segment. y and g: `[E, …]`, offsets: `[N + 1]`. No attributes.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid, rows,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;
use super::segment_reduce::SegmentOp;

/// The kernel.
pub struct SegmentSoftmaxGrad;
/// Its registry entry.
pub static KERNEL: SegmentSoftmaxGrad = SegmentSoftmaxGrad;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (width, count, segments) = (c.size(1), c.size(2), c.size(0) / c.size(1));
    let (y, g, offsets, dx) = (c.reads[0], c.reads[1], c.reads[2], &mut *c.writes[0]);
    c.scratch.resize(width, T::ZERO);
    let mean = &mut c.scratch[..];
    dx.fill(T::ZERO);
    for s in 0..segments {
        let segment = rows::segment(offsets, s, count);
        let g = &g[segment.start * width..segment.end * width];
        let rows::Span { x: y, y: dx } = rows::span(segment, width, y, dx);
        mean.fill(T::ZERO);
        for (y, g) in y.chunks_exact(width).zip(g.chunks_exact(width)) {
            mean.iter_mut().zip(y).zip(g).for_each(|((mean, &y), &g)| *mean += y * g);
        }
        for ((y, g), dx) in y.chunks_exact(width).zip(g.chunks_exact(width)).zip(dx.chunks_exact_mut(width)) {
            let terms = dx.iter_mut().zip(y).zip(g).zip(&*mean);
            terms.for_each(|(((dx, &y), &g), &mean)| *dx = y * (g - mean));
        }
    }
}

impl Kernel for SegmentSoftmaxGrad {
    fn stem(&self) -> &'static str {
        "segment_softmax_grad"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("width", Ty::U32), ("rows", Ty::U32)],
            overrides: &[],
            bindings: const {
                &[Binding::read("y"), Binding::read("g"), Binding::read("offsets"), Binding::write("dx")]
            },
        }
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        rows::offsets(reads[2])?;
        if reads[0] == reads[1] { Ok(reads[0].to_vec()) } else { Err(format!("shapes {reads:?} do not fit")) }
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (width, segments) = (rows::width(shapes[0]), shapes[2][0] - 1);
        Launch {
            uniforms: vec![(segments * width) as u32, width as u32, numel(shapes[0]) as u32 / width as u32],
            overrides: vec![],
            workgroups: grid(segments * width, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (y, g, offsets, h) = (cx.inputs[0], cx.inputs[1], cx.inputs[2], cx.g);
        let mean = |v: crate::engine::graph::Var<'b>| {
            v.segment(offsets, SegmentOp::Sum).segment_spread(offsets, y.shape()[0], false)
        };
        let dy = cx.needs[0].then(|| {
            let segments = offsets.shape()[0] - 1;
            let mut ones = vec![1; y.shape().len()];
            ones[0] = segments;
            // 1 for rows of a segment, 0 for the others.
            let members = y.builder().scalar(1.0).expand(&ones).segment_spread(offsets, y.shape()[0], false);
            members * (h * (g - mean(g * y)) - g * mean(h * y))
        });
        Ok(vec![dy, cx.needs[1].then(|| y.segment_softmax_grad(offsets, h)), None])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |x: &[usize], n: usize| {
            let offsets = Feed::on(&[n + 1], Domain::Sorted(x[0] as u32 + 1));
            Case::new(Attrs::default(), vec![Feed::of(x), Feed::of(x), offsets])
        };
        vec![case(&[1], 1), case(&[40, 3], 9), case(&[90, 2, 3], 30), case(&[9, 70], 4)]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
