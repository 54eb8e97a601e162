//! Cross-entropy of logits x: `[…, C]` per row, as `[…, 1]`. Attributes: ints = `[1 if t has class indices]`.
//!
//! With weights t of x's shape: Σₖ tₖ (ln Σⱼ exp xⱼ − xₖ); they need not sum to 1. With one class index per row (any shape
//! with as many elements as there are rows): ln Σⱼ exp xⱼ − xₜ, and 0 where t is none of 0 … C − 1.

use super::{Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, rows};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Lanes;

/// The kernel.
pub struct CrossEntropy;
/// Its registry entry.
pub static KERNEL: CrossEntropy = CrossEntropy;

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let (n, classes) = (c.size(1), c.overrides[1] == 1);
    let (x, t) = (c.reads[0], c.reads[1]);
    for (i, (x, y)) in x.chunks_exact(n).zip(c.writes[0].iter_mut()).enumerate() {
        let total = T::log_sum(x);
        *y = match (classes, rows::place(t[if classes { i } else { 0 }], n)) {
            (false, _) => rows::sum2(x, &t[i * n..(i + 1) * n], |x, t| t * (total - x)),
            (true, Some(class)) => total - x[class],
            (true, None) => T::ZERO,
        };
    }
}

/// (Rows, classes) if the shapes fit each other.
pub(crate) fn sizes(attrs: &Attrs, x: &[usize], t: &[usize]) -> Result<(usize, usize), String> {
    let n = x.last().copied().unwrap_or(1);
    let count = numel(x) / n;
    let fits = if attrs.int(0) == 1 { numel(t) == count } else { x == t };
    if fits { Ok((count, n)) } else { Err(format!("targets {t:?} do not fit logits {x:?}")) }
}

/// Logits and targets of cases of both kinds.
pub(crate) fn feeds() -> Vec<(Attrs, Vec<Feed>)> {
    let of = |shape: &[usize], target: Feed| {
        let classes = u32::from(!target.domain.is_continuous());
        (Attrs::ints(&[classes]), vec![Feed::on(shape, Domain::Range(-2.0, 2.0)), target])
    };
    let weights = |shape: &[usize]| of(shape, Feed::on(shape, Domain::Range(0.0, 1.0)));
    // One class more than there are: rows without.
    let classes = |shape: &[usize], t: &[usize]| {
        of(shape, Feed::on(t, Domain::Index(shape[shape.len() - 1] as u32 + 1)))
    };
    vec![
        weights(&[1]),
        weights(&[5, 7]),
        weights(&[70, 3]),
        weights(&[2, 3, 300]),
        classes(&[1], &[1]),
        classes(&[5, 7], &[5]),
        classes(&[6, 13, 3], &[6, 13]),
        classes(&[2, 300], &[2, 1]),
    ]
}

impl Kernel for CrossEntropy {
    fn stem(&self) -> &'static str {
        "cross_entropy"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("rows", Ty::U32), ("n", Ty::U32)],
            overrides: &["TREE", "CLASSES"],
            bindings: const { &[Binding::read("x"), Binding::read("t"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        sizes(attrs, reads[0], reads[1])?;
        let mut out = reads[0].to_vec();
        out.iter_mut().last().into_iter().for_each(|extent| *extent = 1);
        Ok(out)
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (count, n) = sizes(attrs, shapes[0], shapes[1]).unwrap_or_default();
        rows::launch(count, n, &[count as u32, n as u32], &[attrs.int(0)])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (x, t) = (cx.inputs[0], cx.inputs[1]);
        let last = x.shape().len() - 1;
        let dx = cx.needs[0].then(|| x.cross_entropy_grad(t, cx.g, cx.attrs.int(0) == 1));
        let dt = (cx.needs[1] && cx.attrs.int(0) == 0).then(|| cx.g * (x.log_sum_exp(last) - x));
        Ok(vec![dx, dt])
    }

    fn cases(&self) -> Vec<Case> {
        feeds().into_iter().map(|(attrs, feeds)| Case::new(attrs, feeds)).collect()
    }

    fn tolerance(&self) -> Tolerance {
        // With weights of 0 to 1 the sums go up to a thousand.
        Tolerance::SUM
    }
}
