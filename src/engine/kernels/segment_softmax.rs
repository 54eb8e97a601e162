//! Softmax over the rows of each segment, column by column: `y[e, …]` = exp `x[e, …]` / Σ exp `x[d, …]`, d from
//! `offsets[s]` to `offsets[s + 1]`, formed around the largest term; x: `[E, …]`, offsets: `[N + 1]` in ascending order.
//! Rows before the first and behind the last offset give 0. No attributes.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Ty, grid, rows,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;

/// The kernel.
pub struct SegmentSoftmax;
/// Its registry entry.
pub static KERNEL: SegmentSoftmax = SegmentSoftmax;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (width, count, segments) = (c.size(1), c.size(2), c.size(0) / c.size(1));
    let (x, offsets, y) = (c.reads[0], c.reads[1], &mut *c.writes[0]);
    c.scratch.resize(2 * width, T::ZERO);
    let (top, total) = c.scratch.split_at_mut(width);
    y.fill(T::ZERO);
    for s in 0..segments {
        let rows::Span { x, y } = rows::span(rows::segment(offsets, s, count), width, x, y);
        let Some(first) = x.get(..width) else { continue };
        top.copy_from_slice(first);
        for row in x.chunks_exact(width) {
            top.iter_mut().zip(row).for_each(|(top, &x)| *top = top.max(x));
        }
        total.fill(T::ZERO);
        for (row, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            y.iter_mut().zip(row).zip(&*top).for_each(|((y, &x), &top)| *y = (x - top).exp());
            total.iter_mut().zip(&*y).for_each(|(total, &y)| *total += y);
        }
        for y in y.chunks_exact_mut(width) {
            y.iter_mut().zip(&*total).for_each(|(y, &total)| *y /= total);
        }
    }
}

impl Kernel for SegmentSoftmax {
    fn stem(&self) -> &'static str {
        "segment_softmax"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("width", Ty::U32), ("rows", Ty::U32)],
            overrides: &[],
            bindings: const { &[Binding::read("x"), Binding::read("offsets"), Binding::write("y")] },
        }
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        rows::offsets(reads[1])?;
        Ok(reads[0].to_vec())
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (width, segments) = (rows::width(shapes[0]), shapes[1][0] - 1);
        Launch {
            uniforms: vec![(segments * width) as u32, width as u32, shapes[0][0] as u32],
            overrides: vec![],
            workgroups: grid(segments * width, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Ok(vec![cx.needs[0].then(|| cx.output.segment_softmax_grad(cx.inputs[1], cx.g)), None])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |x: &[usize], n: usize, width: f64| {
            let offsets = Feed::on(&[n + 1], Domain::Sorted(x[0] as u32 + 1));
            Case::new(Attrs::default(), vec![Feed::on(x, Domain::Range(-width, width)), offsets])
        };
        vec![
            case(&[1], 1, 1.0),
            case(&[40, 3], 9, 2.0),
            case(&[90, 2, 3], 30, 2.0),
            case(&[9, 70], 4, 1.0),
            // Where a careless form overflows.
            case(&[12, 2], 3, 200.0),
        ]
    }
}
