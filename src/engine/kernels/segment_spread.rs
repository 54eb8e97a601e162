//! Each segment's row for each of its members, the transpose of the sum of segments: `y[e, …]` = `x[s, …]` for e from
//! `offsets[s]` to `offsets[s + 1]`, over the segment's length for a mean, and 0 for rows of no segment; x: `[N, …]`,
//! offsets: `[N + 1]` in ascending order → `[E, …]`. Attributes: ints = `[E, 1 for a mean]`.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid, rows,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;
use super::segment_reduce::SegmentOp;

/// The kernel.
pub struct SegmentSpread;
/// Its registry entry.
pub static KERNEL: SegmentSpread = SegmentSpread;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (width, count, mean) = (c.size(1), c.size(0) / c.size(1), c.overrides[0] == 1);
    let (x, offsets, y) = (c.reads[0], c.reads[1], &mut *c.writes[0]);
    y.fill(T::ZERO);
    for (s, x) in x.chunks_exact(width).enumerate() {
        let segment = rows::segment(offsets, s, count);
        let divisor = T::from_f64(if mean { segment.len() as f64 } else { 1.0 });
        for y in y[segment.start * width..segment.end * width].chunks_exact_mut(width) {
            y.iter_mut().zip(x).for_each(|(y, &x)| *y = x / divisor);
        }
    }
}

impl Kernel for SegmentSpread {
    fn stem(&self) -> &'static str {
        "segment_spread"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("width", Ty::U32), ("segments", Ty::U32)],
            overrides: &["MEAN"],
            bindings: const { &[Binding::read("x"), Binding::read("offsets"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        rows::vector("offsets", reads[1], Some(reads[0][0] + 1))?;
        Ok(rows::with_rows(reads[0], attrs.int(0) as usize))
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[2]);
        Launch {
            uniforms: vec![count as u32, rows::width(shapes[0]) as u32, shapes[0][0] as u32],
            overrides: vec![attrs.int(1)],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let op = if cx.attrs.int(1) == 1 { SegmentOp::Mean } else { SegmentOp::Sum };
        Ok(vec![cx.needs[0].then(|| cx.g.segment(cx.inputs[1], op)), None])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |e: u32, mean: u32, x: &[usize]| {
            let offsets = Feed::on(&[x[0] + 1], Domain::Sorted(e + 1));
            Case::new(Attrs::ints(&[e, mean]), vec![Feed::of(x), offsets])
        };
        vec![
            case(1, 0, &[1]),
            case(40, 0, &[9, 3]),
            case(90, 1, &[30, 2, 3]),
            case(5, 1, &[4, 70]),
            case(13, 0, &[30, 1]),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
