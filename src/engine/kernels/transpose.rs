//! Dimensions in another order: dimension d of y is dimension `order[d]` of x. Attributes: ints = order.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::{MAX_RANK, broadcast_strides, numel};
use crate::maths::real::Real;

/// Side of the squares that the fast path moves: two of them stay in the first-level cache.
const BLOCK: usize = 32;

/// The kernel.
pub struct Transpose;
/// Its registry entry.
pub static KERNEL: Transpose = Transpose;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let n: [usize; 4] = std::array::from_fn(|i| c.size(1 + i));
    let s: [usize; 4] = std::array::from_fn(|i| c.size(5 + i));
    let (x, y) = (c.reads[0], &mut *c.writes[0]);
    for (row, y) in y.chunks_exact_mut(n[3]).enumerate() {
        let (i2, i1, i0) = (row % n[2], row / n[2] % n[1], row / (n[2] * n[1]));
        let x = &x[i0 * s[0] + i1 * s[1] + i2 * s[2]..];
        if s[3] == 1 {
            y.copy_from_slice(&x[..n[3]]);
        } else {
            y.iter_mut().zip(x.iter().step_by(s[3])).for_each(|(y, &x)| *y = x);
        }
    }
}

/// The same in squares over y's last dimension and the one that runs along x, so that both are read and written close by.
fn fast(c: &mut Call<'_, f32>) {
    let n: [usize; 4] = std::array::from_fn(|i| c.size(1 + i));
    let s: [usize; 4] = std::array::from_fn(|i| c.size(5 + i));
    let Some(along) = (0..3).find(|&d| s[d] == 1 && n[d] > 1 && s[3] > 1) else { return run(c) };
    let step = n[along + 1..].iter().product::<usize>();
    let others: Vec<usize> = (0..3).filter(|&d| d != along).collect();
    let stride = |d: usize| n[d + 1..].iter().product::<usize>();
    let (x, y) = (c.reads[0], &mut *c.writes[0]);
    for outer in 0..n[others[0]] * n[others[1]] {
        let (p, q) = (outer / n[others[1]], outer % n[others[1]]);
        let from = p * s[others[0]] + q * s[others[1]];
        let to = p * stride(others[0]) + q * stride(others[1]);
        for first in (0..n[along]).step_by(BLOCK) {
            for k in (0..n[3]).step_by(BLOCK) {
                let end = (k + BLOCK).min(n[3]);
                for i in first..(first + BLOCK).min(n[along]) {
                    let y = &mut y[to + i * step + k..to + i * step + end];
                    let x = x[from + i + k * s[3]..].iter().step_by(s[3]);
                    y.iter_mut().zip(x).for_each(|(y, &x)| *y = x);
                }
            }
        }
    }
}

/// Extents of y and the strides with which x is read, as four dimensions.
fn nest(order: &[u32], x: &[usize]) -> [[usize; MAX_RANK]; 2] {
    let strides = broadcast_strides(x, x);
    let missing = MAX_RANK - order.len();
    let mut nest = [[1; MAX_RANK], [0; MAX_RANK]];
    for (d, &from) in order.iter().enumerate() {
        nest[0][missing + d] = x[from as usize];
        nest[1][missing + d] = strides[from as usize].max(1);
    }
    nest
}

impl Kernel for Transpose {
    fn stem(&self) -> &'static str {
        "transpose"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("n0", Ty::U32),
                ("n1", Ty::U32),
                ("n2", Ty::U32),
                ("n3", Ty::U32),
                ("s0", Ty::U32),
                ("s1", Ty::U32),
                ("s2", Ty::U32),
                ("s3", Ty::U32),
            ],
            overrides: &[],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let mut sorted = attrs.ints.clone();
        sorted.sort_unstable();
        if sorted.iter().map(|&d| d as usize).eq(0..reads[0].len()) {
            Ok(attrs.ints.iter().map(|&d| reads[0][d as usize]).collect())
        } else {
            Err(format!("{:?} is no order of the dimensions of {:?}", attrs.ints, reads[0]))
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[0]);
        let words = nest(&attrs.ints, shapes[0]);
        Launch {
            uniforms: std::iter::once(count as u32).chain(words.iter().flatten().map(|&w| w as u32)).collect(),
            overrides: vec![],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        Some(fast)
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let mut back = vec![0; cx.attrs.ints.len()];
        cx.attrs.ints.iter().enumerate().for_each(|(d, &from)| back[from as usize] = d);
        Ok(vec![Some(cx.g.transpose(&back))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |shape: &[usize], order: &[u32]| Case::new(Attrs::ints(order), vec![Feed::of(shape)]);
        vec![
            case(&[1], &[0]),
            case(&[9, 70], &[1, 0]),
            case(&[1, 5], &[1, 0]),
            case(&[3, 4, 5], &[2, 0, 1]),
            case(&[3, 1, 5], &[1, 2, 0]),
            case(&[3, 40, 35], &[0, 2, 1]),
            case(&[2, 3, 4, 5], &[0, 2, 1, 3]),
            case(&[2, 3, 4, 5], &[3, 2, 1, 0]),
            case(&[2, 3, 4, 5], &[2, 3, 0, 1]),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
