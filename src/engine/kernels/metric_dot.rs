//! Inner products under a diagonal metric: `y[b, c]` = Σᵢ ηᵢ `a[b, i, c]` `b[b, i, c]`. No attributes.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use lanes::widest;
use crate::maths::real::Real;

/// The kernel.
pub struct MetricDot;
/// Its registry entry.
pub static KERNEL: MetricDot = MetricDot;

#[inline(always)]
fn run<T: Real>(call: &mut Call<'_, T>) {
    let (d, c) = (call.size(1), call.size(2));
    let (a, b, eta, y) = (call.reads[0], call.reads[1], call.reads[2], &mut *call.writes[0]);
    let samples = a.chunks_exact(d * c).zip(b.chunks_exact(d * c));
    for ((a, b), y) in samples.zip(y.chunks_exact_mut(c)) {
        y.fill(T::ZERO);
        for ((a, b), &eta) in a.chunks_exact(c).zip(b.chunks_exact(c)).zip(eta) {
            y.iter_mut().zip(a).zip(b).for_each(|((y, &a), &b)| *y += eta * a * b);
        }
    }
}

impl Kernel for MetricDot {
    fn stem(&self) -> &'static str {
        "metric_dot"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("d", Ty::U32), ("c", Ty::U32)],
            overrides: &[],
            bindings: const { &[Binding::read("a"), Binding::read("b"), Binding::read("eta"), Binding::write("y")] },
        }
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        match (reads[0], reads[1], reads[2]) {
            (&[b, d, c], other, &[e]) if other == reads[0] && e == d => Ok(vec![b, c]),
            (a, b, eta) => Err(format!("takes [B, D, C], [B, D, C] and [D], not {a:?}, {b:?} and {eta:?}")),
        }
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[3]);
        Launch {
            uniforms: vec![count as u32, shapes[0][1] as u32, shapes[0][2] as u32],
            overrides: vec![],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        Some(widest!(run::<f32>: fn(&mut Call<'_, f32>)))
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (a, b, eta) = (cx.inputs[0], cx.inputs[1], cx.inputs[2]);
        let [batch, d, c] = a.shape()[..] else { return Err("rank".to_owned()) };
        let g = cx.g.reshape(&[batch, 1, c]);
        let weighted = g * eta.reshape(&[1, d, 1]); // [B, D, C]
        let eta_bar = cx.needs[2].then(|| (a * b * g).sum_to(&[1, d, 1]).reshape(&[d]));
        Ok(vec![cx.needs[0].then(|| weighted * b), cx.needs[1].then(|| weighted * a), eta_bar])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |b: usize, d: usize, c: usize| {
            let feeds = vec![Feed::of(&[b, d, c]), Feed::of(&[b, d, c]), Feed::of(&[d])];
            Case::new(Attrs::default(), feeds)
        };
        vec![case(1, 1, 1), case(5, 4, 3), case(3, 3, 37), case(70, 4, 1)]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
