//! Product of small matrices with channels last, `y[b, p, q, c]` = Σ_k `a[b, p, k, c]`·`x[b, k, q, c]`: outer products of vector
//! fields (K = 1), tensors of rank two applied to vectors (Q = 1) or to each other. a: `[B, P, K, C]`, x: `[B, K, Q, C]`,
//! y: `[B, P, Q, C]`; B and C of 1 serve all. Attributes: ints = [1 if a is stored `[B, K, P, C]`, 1 if x is `[B, Q, K, C]`].

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct TensorProduct;
/// Its registry entry.
pub static KERNEL: TensorProduct = TensorProduct;

/// Shape of the result, or what does not fit.
fn shape(attrs: &Attrs, a: &[usize], x: &[usize]) -> Result<Vec<usize>, String> {
    let (&[ba, a1, a2, ca], &[bx, x1, x2, cx]) = (a, x) else {
        return Err(format!("operands must have rank 4, not {a:?} and {x:?}"));
    };
    let (p, k) = if attrs.int(0) == 1 { (a2, a1) } else { (a1, a2) };
    let (kx, q) = if attrs.int(1) == 1 { (x2, x1) } else { (x1, x2) };
    if k != kx {
        return Err(format!("inner extents differ: [{p}, {k}]·[{kx}, {q}]"));
    }
    if (ba != bx && ba != 1 && bx != 1) || (ca != cx && ca != 1 && cx != 1) {
        return Err(format!("{a:?} and {x:?} differ in batch or channels"));
    }
    Ok(vec![ba.max(bx), p, q, ca.max(cx)])
}

/// Strides of batch, row, column and channel.
fn strides(s: &[usize], transposed: bool) -> [usize; 4] {
    let batch = if s[0] == 1 { 0 } else { s[1] * s[2] * s[3] };
    let (row, col) = if transposed { (s[3], s[2] * s[3]) } else { (s[2] * s[3], s[3]) };
    [batch, row, col, usize::from(s[3] > 1)]
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let [p, k, q, c] = [1, 2, 3, 4].map(|i| call.size(i));
    let [a_batch, a_row, a_col, a_step] = [5, 6, 7, 8].map(|i| call.size(i));
    let [x_batch, x_row, x_col, x_step] = [9, 10, 11, 12].map(|i| call.size(i));
    let (a, x, y) = (call.reads[0], call.reads[1], &mut *call.writes[0]);
    for (place, y) in y.chunks_exact_mut(c).enumerate() {
        let (col, row, batch) = (place % q, place / q % p, place / (p * q));
        y.fill(T::ZERO);
        for j in 0..k {
            let a = &a[batch * a_batch + row * a_row + j * a_col..];
            let x = &x[batch * x_batch + j * x_row + col * x_col..];
            match (a_step, x_step) {
                (1, 1) => y.iter_mut().zip(a.iter().zip(x)).for_each(|(y, (&a, &x))| *y += a * x),
                (0, 1) => y.iter_mut().zip(x).for_each(|(y, &x)| *y += a[0] * x),
                (1, _) => y.iter_mut().zip(a).for_each(|(y, &a)| *y += a * x[0]),
                _ => y.iter_mut().for_each(|y| *y += a[0] * x[0]),
            }
        }
    }
}

impl Kernel for TensorProduct {
    fn stem(&self) -> &'static str {
        "tensor_product"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("p", Ty::U32),
                ("k", Ty::U32),
                ("q", Ty::U32),
                ("c", Ty::U32),
                ("a_batch", Ty::U32),
                ("a_row", Ty::U32),
                ("a_col", Ty::U32),
                ("a_step", Ty::U32),
                ("x_batch", Ty::U32),
                ("x_row", Ty::U32),
                ("x_col", Ty::U32),
                ("x_step", Ty::U32),
            ],
            overrides: &[],
            bindings: const { &[Binding::read("a"), Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        shape(attrs, reads[0], reads[1])
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (a, x, y) = (shapes[0], shapes[1], shapes[2]);
        let k = if attrs.int(0) == 1 { a[1] } else { a[2] };
        let sizes = [numel(y), y[1], k, y[2], y[3]].into_iter();
        let words = sizes.chain(strides(a, attrs.int(0) == 1)).chain(strides(x, attrs.int(1) == 1));
        Launch {
            uniforms: words.map(|w| w as u32).collect(),
            overrides: vec![],
            workgroups: grid(numel(y), 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (a, x, g) = (cx.inputs[0], cx.inputs[1], cx.g);
        let (ta, tx) = (cx.attrs.int(0) == 1, cx.attrs.int(1) == 1);
        let da = cx.needs[0].then(|| {
            if ta { x.tensor_product(g, tx, true) } else { g.tensor_product(x, false, !tx) }
        });
        let dx = cx.needs[1].then(|| {
            if tx { g.tensor_product(a, true, ta) } else { a.tensor_product(g, !ta, false) }
        });
        Ok(vec![da.map(|v| v.sum_to(&a.shape())), dx.map(|v| v.sum_to(&x.shape()))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |flags: [u32; 2], a: &[usize], x: &[usize]| {
            Case::new(Attrs::ints(&flags), vec![Feed::of(a), Feed::of(x)])
        };
        vec![
            case([0, 0], &[1, 1, 1, 1], &[1, 1, 1, 1]),
            case([0, 0], &[3, 4, 1, 5], &[3, 1, 4, 5]),
            case([0, 0], &[7, 5, 5, 3], &[7, 5, 1, 3]),
            case([1, 0], &[2, 3, 2, 9], &[1, 3, 4, 9]),
            case([0, 1], &[2, 2, 3, 1], &[2, 4, 3, 5]),
            case([1, 1], &[1, 3, 2, 5], &[4, 2, 3, 1]),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
