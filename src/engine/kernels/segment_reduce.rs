//! Sum, mean or largest element of each segment of rows: `y[s, …]` over `x[e, …]`, e from `offsets[s]` to
//! `offsets[s + 1]`; x: `[E, …]`, offsets: `[N + 1]` in ascending order → `[N, …]`. An empty segment gives 0, as place −1;
//! rows before the first and behind the last offset are left out. Attributes: ints = `[SegmentOp]`.
//!
//! The derivative of the largest element goes to the first row that has it.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance, Ty, grid,
    rows,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// What is taken of a segment; the numbers are those of the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentOp {
    /// Sum.
    Sum = 0,
    /// Mean.
    Mean = 1,
    /// Largest element.
    Max = 2,
    /// Row of the largest element, 0 … E − 1.
    ArgMax = 3,
}

impl SegmentOp {
    /// All, by number.
    pub const ALL: [Self; 4] = [Self::Sum, Self::Mean, Self::Max, Self::ArgMax];

    fn of(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }
}

/// The kernel.
pub struct SegmentReduce;
/// Its registry entry.
pub static KERNEL: SegmentReduce = SegmentReduce;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (width, count, op) = (c.size(1), c.size(2), SegmentOp::of(c.overrides[0]));
    let (x, offsets) = (c.reads[0], c.reads[1]);
    for (s, y) in c.writes[0].chunks_exact_mut(width).enumerate() {
        let segment = rows::segment(offsets, s, count);
        let len = T::from_f64(segment.len().max(1) as f64);
        let x_rows = segment.clone().zip(x[segment.start * width..].chunks_exact(width));
        match op {
            Some(SegmentOp::Max) => {
                y.fill(if segment.is_empty() { T::ZERO } else { T::from_f64(f64::NEG_INFINITY) });
                x_rows.for_each(|(_, x)| y.iter_mut().zip(x).for_each(|(y, &x)| *y = y.max(x)));
            }
            Some(SegmentOp::ArgMax) => {
                y.fill(T::from_f64(if segment.is_empty() { -1.0 } else { segment.start as f64 }));
                for (e, row) in x_rows {
                    for (column, y) in y.iter_mut().enumerate() {
                        if row[column] > x[y.to_f64() as usize * width + column] {
                            *y = T::from_f64(e as f64);
                        }
                    }
                }
            }
            _ => {
                y.fill(T::ZERO);
                x_rows.for_each(|(_, x)| y.iter_mut().zip(x).for_each(|(y, &x)| *y += x));
                if op == Some(SegmentOp::Mean) {
                    y.iter_mut().for_each(|y| *y /= len);
                }
            }
        }
    }
}

impl Kernel for SegmentReduce {
    fn stem(&self) -> &'static str {
        "segment_reduce"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("width", Ty::U32), ("rows", Ty::U32)],
            overrides: &["OP"],
            bindings: const { &[Binding::read("x"), Binding::read("offsets"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        SegmentOp::of(attrs.int(0)).ok_or_else(|| format!("there is no operation {}", attrs.int(0)))?;
        rows::offsets(reads[1])?;
        Ok(rows::with_rows(reads[0], reads[1][0] - 1))
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[2]);
        Launch {
            uniforms: vec![count as u32, rows::width(shapes[0]) as u32, shapes[0][0] as u32],
            overrides: vec![attrs.int(0)],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (x, offsets, g) = (cx.inputs[0], cx.inputs[1], cx.g);
        let count = x.shape()[0];
        Ok(vec![
            match SegmentOp::of(cx.attrs.int(0)) {
                Some(SegmentOp::Sum) => Some(g.segment_spread(offsets, count, false)),
                Some(SegmentOp::Mean) => Some(g.segment_spread(offsets, count, true)),
                Some(SegmentOp::Max) => {
                    let place = x.segment(offsets, SegmentOp::ArgMax).segment_spread(offsets, count, false);
                    let mine = place.equals(x.builder().ramp(0, x.shape().len(), count));
                    Some(g.segment_spread(offsets, count, false) * mine)
                }
                _ => None,
            },
            None,
        ])
    }

    fn smoothness(&self, attrs: &Attrs) -> Smoothness {
        match SegmentOp::of(attrs.int(0)) {
            Some(SegmentOp::Sum | SegmentOp::Mean) => Smoothness::Smooth,
            _ => Smoothness::AlmostEverywhere,
        }
    }

    fn cases(&self) -> Vec<Case> {
        let case = |op: SegmentOp, x: &[usize], n: usize| {
            // Offsets that leave some rows out, with empty segments among them.
            let offsets = Feed::on(&[n + 1], Domain::Sorted(x[0] as u32 + 1));
            Case::new(Attrs::ints(&[op as u32]), vec![Feed::of(x), offsets])
        };
        let of = |op| [case(op, &[1], 1), case(op, &[40, 3], 9), case(op, &[90, 2, 3], 30), case(op, &[5, 70], 4)];
        SegmentOp::ALL.into_iter().flat_map(of).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
