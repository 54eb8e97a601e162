//! What kernels over rows share: rows along an axis, launches in which a workgroup may share a row, indices and segments
//! held as numbers.

use std::ops::Range;

use super::{Attrs, Launch, grid};
use crate::maths::real::Real;

/// From this length on, and with few rows, a workgroup shares each row.
const TREE_FROM: usize = 256;
/// With more rows than this, one invocation each keeps the device busy.
const TREE_ROWS: usize = 1024;

/// The launch of a shader that imports `tree`: TREE is its first override. A row has `n` elements.
pub(crate) fn launch(rows: usize, n: usize, uniforms: &[u32], overrides: &[u32]) -> Launch {
    let tree = n >= TREE_FROM && rows <= TREE_ROWS;
    Launch {
        uniforms: uniforms.to_vec(),
        overrides: std::iter::once(u32::from(tree)).chain(overrides.iter().copied()).collect(),
        workgroups: grid(rows, if tree { 1 } else { 64 }),
    }
}

/// The axis that attribute 0 names.
pub(crate) fn axis(attrs: &Attrs, shape: &[usize]) -> Result<usize, String> {
    let axis = attrs.int(0) as usize;
    if axis < shape.len() { Ok(axis) } else { Err(format!("shape {shape:?} has no axis {axis}")) }
}

/// Calls `f` with each row of `n` elements of the tensors that are read, `[outer, n, inner]`, and the row of `m` elements
/// to be written, `[outer, m, inner]`. Rows that are not contiguous pass through the scratch.
pub(crate) fn each<T: Real, const K: usize>(
    reads: [&[T]; K],
    y: &mut [T],
    [n, m, inner]: [usize; 3],
    scratch: &mut Vec<T>,
    f: impl Fn([&[T]; K], &mut [T]),
) {
    if inner == 1 {
        for (i, y) in y.chunks_exact_mut(m).enumerate() {
            f(reads.map(|x| &x[i * n..(i + 1) * n]), y);
        }
        return;
    }
    scratch.resize(K * n + m, T::ZERO);
    let (rows, out) = scratch.split_at_mut(K * n);
    for i in 0..y.len() / m {
        let (outer, at) = (i / inner, i % inner);
        for (x, row) in reads.iter().zip(rows.chunks_exact_mut(n)) {
            let x = &x[outer * n * inner + at..];
            row.iter_mut().zip(x.iter().step_by(inner)).for_each(|(r, &x)| *r = x);
        }
        f(std::array::from_fn(|k| &rows[k * n..(k + 1) * n]), out);
        let y = &mut y[outer * m * inner + at..];
        y.iter_mut().step_by(inner).zip(&*out).for_each(|(y, &v)| *y = v);
    }
}

/// Σ `f(aᵢ, bᵢ)` in eight interleaved parts: vectorises, always in the same order.
#[inline(always)]
pub(crate) fn sum2<T: Real>(a: &[T], b: &[T], f: impl Fn(T, T) -> T) -> T {
    let mut parts = [T::ZERO; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: T = a.remainder().iter().zip(b.remainder()).map(|(&a, &b)| f(a, b)).sum();
    for (a, b) in a.zip(b) {
        for ((p, &a), &b) in parts.iter_mut().zip(a).zip(b) {
            *p += f(a, b);
        }
    }
    parts.iter().copied().sum::<T>() + rest
}

/// Σ `f(xᵢ)`, in the order of [`sum2`].
#[inline(always)]
pub(crate) fn sum<T: Real>(x: &[T], f: impl Fn(T) -> T) -> T {
    sum2(x, x, |x, _| f(x))
}

/// The place 0 … n − 1 that an index names, if it names one.
#[inline]
pub(crate) fn place<T: Real>(index: T, n: usize) -> Option<usize> {
    let index = index.to_f64();
    (index >= 0.0 && index < n as f64).then_some(index as usize)
}

/// Rows of segment `s`, `offsets[s] .. offsets[s + 1]`, no further than row `rows`.
#[inline]
pub(crate) fn segment<T: Real>(offsets: &[T], s: usize, rows: usize) -> Range<usize> {
    let at = |i: usize| (offsets[i].to_f64().max(0.0) as usize).min(rows);
    let first = at(s);
    first..at(s + 1).max(first)
}

/// Number of elements of each row of a tensor `[rows, …]`.
pub(crate) fn width(shape: &[usize]) -> usize {
    shape[1..].iter().product()
}

/// The shape with another number of rows.
pub(crate) fn with_rows(shape: &[usize], rows: usize) -> Vec<usize> {
    let mut out = shape.to_vec();
    out[0] = rows;
    out
}

/// Checks that a tensor of indices or offsets is a vector.
pub(crate) fn vector(what: &str, shape: &[usize], len: Option<usize>) -> Result<(), String> {
    match (shape, len) {
        (&[n], None) if n > 0 => Ok(()),
        (&[n], Some(len)) if n == len => Ok(()),
        (_, Some(len)) => Err(format!("{what} must have shape [{len}], not {shape:?}")),
        (_, None) => Err(format!("{what} must have rank 1, not {shape:?}")),
    }
}

/// Rows of one segment, of a tensor that is read and of one that is written.
pub(crate) struct Span<'a, T> {
    /// What is read.
    pub(crate) x: &'a [T],
    /// What is written.
    pub(crate) y: &'a mut [T],
}

/// The rows of a segment.
pub(crate) fn span<'a, T>(segment: Range<usize>, width: usize, x: &'a [T], y: &'a mut [T]) -> Span<'a, T> {
    let places = segment.start * width..segment.end * width;
    Span { x: &x[places.clone()], y: &mut y[places] }
}

/// Checks the shape of offsets, one more than there are segments.
pub(crate) fn offsets(shape: &[usize]) -> Result<(), String> {
    if shape.len() == 1 && shape[0] > 1 { Ok(()) } else { Err(format!("{shape:?} is no shape of offsets")) }
}
