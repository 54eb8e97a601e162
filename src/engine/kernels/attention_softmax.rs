//! Weights of dense attention from the products of queries and keys: the softmax over s of scale·`x[b, t, s]` + `mask[t, s]`,
//! with weight 0 where s looks ahead if it is causal. x: `[B, T, S]`, mask: `[T or 1, S or 1]`, out: `[B, T, S]`.
//! Attributes: ints = [1 if causal: t sees s ≤ t + S − T, T ≤ S], reals = [scale].
//!
//! A mask forbids with a large negative number, −1e9, not with −∞: shaders need not know infinities.
//!
//! The weights are kept, T × S numbers a head, rather than formed again from a stored normalisation: up to some hundred
//! tokens that is less memory than the activations, all products are plain batched products at full speed on either
//! device, none is formed twice, and every derivative exists.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::kernels::binary::BinaryOp;
use crate::maths::real::Lanes;

/// The kernel.
pub struct AttentionSoftmax;
/// Its registry entry.
pub static KERNEL: AttentionSoftmax = AttentionSoftmax;

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let (t, s, causal) = (c.size(1), c.size(2), c.overrides[0] == 1);
    let (mask_row, mask_col, scale) = (c.size(3), c.size(4), T::from_f32(c.real(5)));
    let (x, mask, y) = (c.reads[0], c.reads[1], &mut *c.writes[0]);
    for (row, (x, y)) in x.chunks_exact(s).zip(y.chunks_exact_mut(s)).enumerate() {
        let i = row % t;
        let seen = if causal { s - t + i + 1 } else { s };
        let mask = &mask[i * mask_row..];
        let (y, unseen) = y.split_at_mut(seen);
        unseen.fill(T::ZERO);
        T::with_right(BinaryOp::Mul, &x[..seen], scale, y);
        if mask_col == 1 {
            T::accumulate(y, &mask[..seen]);
        } else if mask[0] != T::ZERO {
            y.iter_mut().for_each(|y| *y += mask[0]);
        }
        T::soften(y);
    }
}

impl Kernel for AttentionSoftmax {
    fn stem(&self) -> &'static str {
        "attention_softmax"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("rows", Ty::U32),
                ("t", Ty::U32),
                ("s", Ty::U32),
                ("mask_row", Ty::U32),
                ("mask_col", Ty::U32),
                ("scale", Ty::F32),
            ],
            overrides: &["CAUSAL"],
            bindings: const { &[Binding::read("x"), Binding::read("mask"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (&[_, t, s], &[mt, ms]) = (reads[0], reads[1]) else {
            return Err(format!("takes [B, T, S] and a mask [T, S], not {:?} and {:?}", reads[0], reads[1]));
        };
        if (mt != t && mt != 1) || (ms != s && ms != 1) {
            return Err(format!("the mask {:?} does not fit {:?}", reads[1], reads[0]));
        }
        if attrs.int(0) == 1 && t > s {
            return Err(format!("{t} queries look back on {s} keys only: the first would see none"));
        }
        Ok(reads[0].to_vec())
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (x, mask) = (shapes[0], shapes[1]);
        let rows = x[0] * x[1];
        let mask_row = if mask[0] == 1 { 0 } else { mask[1] };
        let mask_col = usize::from(mask[1] > 1);
        let mut uniforms: Vec<u32> =
            [rows, x[1], x[2], mask_row, mask_col].into_iter().map(|w| w as u32).collect();
        uniforms.push((attrs.real(0) as f32).to_bits());
        Launch { uniforms, overrides: vec![attrs.int(0)], workgroups: grid(rows, 64) }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let pulled = |scale: f64| cx.output.softmax_grad(2, cx.g, scale);
        let dx = cx.needs[0].then(|| pulled(cx.attrs.real(0)));
        Ok(vec![dx, cx.needs[1].then(|| pulled(1.0).sum_to(&cx.inputs[1].shape()))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |causal: u32, scale: f64, x: &[usize], mask: &[usize]| {
            let scores = Feed::on(x, Domain::Range(-3.0, 3.0));
            Case::new(Attrs { ints: vec![causal], reals: vec![scale] }, vec![scores, Feed::of(mask)])
        };
        vec![
            case(0, 1.0, &[1, 1, 1], &[1, 1]),
            case(0, 0.25, &[3, 5, 7], &[5, 7]),
            case(1, 0.5, &[2, 6, 6], &[1, 1]),
            case(1, 2.0, &[2, 3, 9], &[1, 9]),
            case(0, -1.0, &[5, 17, 19], &[17, 1]),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
