//! Batched product of small matrices, `y[b]` = op(`m[b]`)·op(`x[b]`): the action of one matrix per sample, and its adjoints.
//! m: `[B, P, Q]`, x: `[B, Q, C]`, y: `[B, P, C]`; a batch of 1 serves all. Attributes: ints = [1 if m is stored transposed,
//! 1 if x is], in their last two dimensions.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use lanes::act::{self, Batch};
use crate::maths::real::Real;

/// The kernel.
pub struct GroupAct;
/// Its registry entry.
pub static KERNEL: GroupAct = GroupAct;

/// Rows and columns of the result that an invocation computes where both are at least so many, as the shader has them.
const TILE: usize = 8;

/// Shape of the result, or what does not fit.
fn shape(attrs: &Attrs, m: &[usize], x: &[usize]) -> Result<Vec<usize>, String> {
    let (&[bm, m1, m2], &[bx, x1, x2]) = (m, x) else {
        return Err(format!("operands must have rank 3, not {m:?} and {x:?}"));
    };
    let (p, q) = if attrs.int(0) == 1 { (m2, m1) } else { (m1, m2) };
    let (qx, c) = if attrs.int(1) == 1 { (x2, x1) } else { (x1, x2) };
    if q != qx {
        return Err(format!("inner extents differ: [{p}, {q}]·[{qx}, {c}]"));
    }
    if bm != bx && bm != 1 && bx != 1 {
        return Err(format!("batches {bm} and {bx} differ"));
    }
    Ok(vec![bm.max(bx), p, c])
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (p, q, c) = (call.size(1), call.size(2), call.size(3));
    let (m_batch, m_row, m_col) = (call.size(4), call.size(5), call.size(6));
    let (x_batch, x_row, x_col) = (call.size(7), call.size(8), call.size(9));
    let (m, x, y) = (call.reads[0], call.reads[1], &mut *call.writes[0]);
    for (b, y) in y.chunks_exact_mut(p * c).enumerate() {
        let (m, x) = (&m[b * m_batch..], &x[b * x_batch..]);
        for (i, y) in y.chunks_exact_mut(c).enumerate() {
            y.fill(T::ZERO);
            for j in 0..q {
                let (weight, row) = (m[i * m_row + j * m_col], x[j * x_row..].iter().step_by(x_col));
                y.iter_mut().zip(row).for_each(|(y, &x)| *y += weight * x);
            }
        }
    }
}

/// The same by the loops for batches, or by products where matrices are large.
fn fast(call: &mut Call<'_, f32>) {
    let batch = |data, at: usize| {
        Batch { data, batch: call.size(at), row: call.size(at + 1), col: call.size(at + 2) }
    };
    let (m, x) = (batch(call.reads[0], 4), batch(call.reads[1], 7));
    let size = [1, 2, 3].map(|i| call.size(i));
    act::run(size, m, x, call.writes[0], call.scratch);
}

impl Kernel for GroupAct {
    fn stem(&self) -> &'static str {
        "group_act"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("p", Ty::U32),
                ("q", Ty::U32),
                ("c", Ty::U32),
                ("m_batch", Ty::U32),
                ("m_row", Ty::U32),
                ("m_col", Ty::U32),
                ("x_batch", Ty::U32),
                ("x_row", Ty::U32),
                ("x_col", Ty::U32),
            ],
            overrides: &["TILE"],
            bindings: const { &[Binding::read("m"), Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        shape(attrs, reads[0], reads[1])
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (m, x, y) = (shapes[0], shapes[1], shapes[2]);
        let q = if attrs.int(0) == 1 { m[1] } else { m[2] };
        let strides = |s: &[usize], transposed: u32| {
            let batch = if s[0] == 1 { 0 } else { s[1] * s[2] };
            if transposed == 1 { [batch, 1, s[2]] } else { [batch, s[2], 1] }
        };
        let count = numel(y);
        let sizes = [count, y[1], q, y[2]];
        let words = sizes.into_iter().chain(strides(m, attrs.int(0))).chain(strides(x, attrs.int(1)));
        let tile = if y[1].min(y[2]) < TILE { 1 } else { TILE };
        Launch {
            uniforms: words.map(|w| w as u32).collect(),
            overrides: vec![tile as u32],
            workgroups: grid(y[0] * y[1].div_ceil(tile) * y[2].div_ceil(tile), 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        Some(fast)
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (m, x, g) = (cx.inputs[0], cx.inputs[1], cx.g);
        let (tm, tx) = (cx.attrs.int(0) == 1, cx.attrs.int(1) == 1);
        let dm = cx.needs[0].then(|| if tm { x.batch_matmul(g, tx, true) } else { g.batch_matmul(x, false, !tx) });
        let dx = cx.needs[1].then(|| if tx { g.batch_matmul(m, true, tm) } else { m.batch_matmul(g, !tm, false) });
        Ok(vec![dm.map(|v| v.sum_to(&m.shape())), dx.map(|v| v.sum_to(&x.shape()))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |flags: [u32; 2], m: &[usize], x: &[usize]| {
            Case::new(Attrs::ints(&flags), vec![Feed::of(m), Feed::of(x)])
        };
        vec![
            case([0, 0], &[1, 1, 1], &[1, 1, 1]),
            case([0, 0], &[5, 4, 4], &[5, 4, 7]),
            case([0, 0], &[6, 3, 3], &[1, 3, 5]),
            case([1, 0], &[5, 3, 2], &[5, 3, 4]),
            case([0, 1], &[3, 2, 5], &[3, 4, 5]),
            case([1, 1], &[1, 3, 2], &[4, 6, 3]),
            case([0, 1], &[2, 9, 8], &[2, 17, 8]),
            case([1, 0], &[3, 13, 9], &[3, 13, 11]),
            case([1, 1], &[2, 5, 8], &[2, 70, 5]),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
