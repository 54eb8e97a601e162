//! Derivative of the cross-entropy by its logits: dx = g (T softmax x − t), T = Σₖ tₖ, with one g per row; a class index
//! stands for its one-hot row, one outside of 0 … C − 1 for a row of zeros. Attributes as for `cross_entropy`.

use super::cross_entropy::{feeds, sizes};
use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, rows, softmax};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Lanes;

/// The kernel.
pub struct CrossEntropyGrad;
/// Its registry entry.
pub static KERNEL: CrossEntropyGrad = CrossEntropyGrad;

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let (n, classes) = (c.size(1), c.overrides[1] == 1);
    let (x, t, g) = (c.reads[0], c.reads[1], c.reads[2]);
    for (i, (x, dx)) in x.chunks_exact(n).zip(c.writes[0].chunks_exact_mut(n)).enumerate() {
        softmax::row(x, dx);
        match (classes, rows::place(t[if classes { i } else { 0 }], n)) {
            (false, _) => {
                let t = &t[i * n..(i + 1) * n];
                let total = rows::sum(t, |t| t);
                dx.iter_mut().zip(t).for_each(|(dx, &t)| *dx = g[i] * (total * *dx - t));
            }
            (true, Some(class)) => {
                dx[class] -= T::ONE;
                dx.iter_mut().for_each(|dx| *dx *= g[i]);
            }
            (true, None) => dx.fill(T::ZERO),
        }
    }
}

impl Kernel for CrossEntropyGrad {
    fn stem(&self) -> &'static str {
        "cross_entropy_grad"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("rows", Ty::U32), ("n", Ty::U32)],
            overrides: &["TREE", "CLASSES"],
            bindings: const {
                &[Binding::read("x"), Binding::read("t"), Binding::read("g"), Binding::write("dx")]
            },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (count, _) = sizes(attrs, reads[0], reads[1])?;
        if numel(reads[2]) == count {
            Ok(reads[0].to_vec())
        } else {
            Err(format!("{count} rows have not the cotangents {:?}", reads[2]))
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (count, n) = sizes(attrs, shapes[0], shapes[1]).unwrap_or_default();
        rows::launch(count, n, &[count as u32, n as u32], &[attrs.int(0)])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (x, t, h) = (cx.inputs[0], cx.inputs[1], cx.g);
        let last = x.shape().len() - 1;
        let mut per_row = x.shape();
        per_row[last] = 1;
        let g = cx.inputs[2].reshape(&per_row);
        let classes = cx.attrs.int(0) == 1;
        // What each row's weights sum to.
        let total = if classes {
            let (t, bound) = (t.reshape(&per_row), |v: f64| x.builder().scalar(v));
            t.less(bound(x.shape()[last] as f64)) * (1.0 - t.less(bound(0.0)))
        } else {
            t.sum(last)
        };
        let p = x.softmax(last);
        let dx = cx.needs[0].then(|| g * total * p.softmax_grad(last, h, 1.0));
        let dt = (cx.needs[1] && !classes).then(|| g * (h.dot(p, last) - h));
        let ones = x.builder().scalar(1.0).expand(&per_row);
        let dg = cx.needs[2].then(|| {
            let slope = x.cross_entropy_grad(t, ones, classes);
            h.dot(slope, last).reshape(&cx.inputs[2].shape())
        });
        Ok(vec![dx, dt, dg])
    }

    fn cases(&self) -> Vec<Case> {
        let with_g = |(attrs, mut feeds): (Attrs, Vec<Feed>)| {
            let count = sizes(&attrs, &feeds[0].shape, &feeds[1].shape).map_or(1, |s| s.0);
            feeds.push(Feed::of(&[count]));
            Case::new(attrs, feeds)
        };
        feeds().into_iter().map(with_g).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
