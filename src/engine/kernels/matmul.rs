//! Matrix product C = op(A)·op(B), C: `[M, N]`. Attributes: ints = [1 if A is stored transposed, `[K, M]`, else `[M, K]`;
//! the same for B, `[N, K]`, else `[K, N]`]. The derivative is two more products, so that all orders exist.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::simd::{Matrix, Product};
use crate::maths::real::Real;

/// Rows and columns of C that one workgroup of 8 × 8 invocations computes, 4 × 4 each.
const TILE: usize = 32;

/// Numbers of B that are kept close on the CPU: 16 KiB in f32.
const CACHED: usize = 4096;

/// The kernel.
pub struct Matmul;
/// Its registry entry.
pub static KERNEL: Matmul = Matmul;

/// c += Σ over four rows of B, each times its element of A: one pass over c for four products.
#[inline(always)]
fn axpy4<T: Real>(c: &mut [T], a: [T; 4], b: &[T]) {
    let n = c.len();
    let (b0, b) = b.split_at(n);
    let (b1, b) = b.split_at(n);
    let (b2, b) = b.split_at(n);
    for ((((c, &b0), &b1), &b2), &b3) in c.iter_mut().zip(b0).zip(b1).zip(b2).zip(b) {
        *c += (a[0] * b0 + a[1] * b1) + (a[2] * b2 + a[3] * b3);
    }
}

/// C = op(A)·B in the order i, k, j: the inner loop runs along contiguous rows. The rows of B are taken in blocks that
/// stay in the first-level cache while all rows of C pass by.
fn rows<T: Real>(a: &[T], b: &[T], c: &mut [T], k: usize, n: usize, a_strides: (usize, usize)) {
    let (di, dk) = a_strides;
    let block = (CACHED / n / 4 * 4).max(4);
    c.fill(T::ZERO);
    for first in (0..k).step_by(block) {
        let last = (first + block).min(k);
        for (i, c) in c.chunks_exact_mut(n).enumerate() {
            let at = |l: usize| a[i * di + l * dk];
            let mut l = first;
            while l + 4 <= last {
                axpy4(c, [at(l), at(l + 1), at(l + 2), at(l + 3)], &b[l * n..(l + 4) * n]);
                l += 4;
            }
            for l in l..last {
                let a = at(l);
                c.iter_mut().zip(&b[l * n..(l + 1) * n]).for_each(|(c, &b)| *c += a * b);
            }
        }
    }
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (m, k, n) = (call.size(0), call.size(1), call.size(2));
    let (a, b, c) = (call.reads[0], call.reads[1], &mut *call.writes[0]);
    let a_strides = if call.overrides[0] == 1 { (1, m) } else { (k, 1) };
    if call.overrides[1] == 0 {
        return rows(a, b, c, k, n, a_strides);
    }
    // Turning B costs k·n moves, the product m·k·n multiplications.
    call.scratch.resize(k * n, T::ZERO);
    for (j, row) in b.chunks_exact(k).enumerate() {
        call.scratch[j..].iter_mut().step_by(n).zip(row).for_each(|(t, &b)| *t = b);
    }
    rows(a, call.scratch, c, k, n, a_strides);
}

fn fast(call: &mut Call<'_, f32>) {
    let (m, k, n) = (call.size(0), call.size(1), call.size(2));
    let a = match call.overrides[0] {
        1 => Matrix::columns(call.reads[0], m),
        _ => Matrix::rows(call.reads[0], k),
    };
    let b = match call.overrides[1] {
        1 => Matrix::columns(call.reads[1], k),
        _ => Matrix::rows(call.reads[1], n),
    };
    Product::new((m, k, n), a, b).run(call.writes[0], n, call.scratch, &mut |_, _| {});
}

/// (M, K, N), or what does not fit.
fn sizes(attrs: &Attrs, a: &[usize], b: &[usize]) -> Result<(usize, usize, usize), String> {
    let (&[a0, a1], &[b0, b1]) = (a, b) else {
        return Err(format!("factors must have rank 2, not {a:?} and {b:?}"));
    };
    let (m, k) = if attrs.int(0) == 1 { (a1, a0) } else { (a0, a1) };
    let (kb, n) = if attrs.int(1) == 1 { (b1, b0) } else { (b0, b1) };
    if k == kb { Ok((m, k, n)) } else { Err(format!("inner extents differ: [{m}, {k}]·[{kb}, {n}]")) }
}

impl Kernel for Matmul {
    fn stem(&self) -> &'static str {
        "matmul"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("m", Ty::U32), ("k", Ty::U32), ("n", Ty::U32), ("tiles_n", Ty::U32)],
            overrides: &["TA", "TB"],
            bindings: const { &[Binding::read("a"), Binding::read("b"), Binding::write("c")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        sizes(attrs, reads[0], reads[1]).map(|(m, _, n)| vec![m, n])
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (m, k, n) = sizes(attrs, shapes[0], shapes[1]).unwrap_or_default();
        let tiles_n = n.div_ceil(TILE);
        Launch {
            uniforms: vec![m as u32, k as u32, n as u32, tiles_n as u32],
            overrides: vec![attrs.int(0), attrs.int(1)],
            workgroups: grid(m.div_ceil(TILE) * tiles_n, 1),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        Some(fast)
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (a, b, g) = (cx.inputs[0], cx.inputs[1], cx.g);
        let (ta, tb) = (cx.attrs.int(0) == 1, cx.attrs.int(1) == 1);
        let da = cx.needs[0].then(|| if ta { b.matmul_flags(g, tb, true) } else { g.matmul_flags(b, false, !tb) });
        let db = cx.needs[1].then(|| if tb { g.matmul_flags(a, true, ta) } else { a.matmul_flags(g, !ta, false) });
        Ok(vec![da, db])
    }

    fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for (m, k, n) in [(1, 1, 1), (3, 5, 2), (37, 17, 41), (70, 9, 1), (1, 64, 33), (5, 70, 150)] {
            for (ta, tb) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let a = if ta == 1 { [k, m] } else { [m, k] };
                let b = if tb == 1 { [n, k] } else { [k, n] };
                cases.push(Case::new(Attrs::ints(&[ta, tb]), vec![Feed::of(&a), Feed::of(&b)]));
            }
        }
        cases
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
