//! Products with an extent of 1: a tile has nothing to reuse there, so that they run along contiguous memory.

use super::gemm::{Matrix, Onto, Product};

/// C = α·a·bᵀ for K = 1 and a contiguous b; says whether it applied.
pub(super) fn outer(p: &Product<'_>, c: &mut [f32], stride: usize) -> bool {
    if p.k != 1 || p.b.col != 1 {
        return false;
    }
    let b = &p.b.data[..p.n];
    for (c, &a) in c.chunks_mut(stride).zip(p.a.data.iter().step_by(p.a.row)).take(p.m) {
        let a = p.alpha * a;
        let pairs = c.iter_mut().zip(b);
        match p.onto {
            Onto::Nothing => pairs.for_each(|(c, b)| *c = a * b),
            Onto::Row(row) => pairs.zip(row).for_each(|((c, b), row)| *c = row + a * b),
            Onto::Itself => pairs.for_each(|(c, b)| *c += a * b),
        }
    }
    true
}

/// The product with a vector on one side, if the matrix is contiguous in one direction; says whether it is.
pub(super) fn run(p: &Product<'_>, c: &mut [f32], stride: usize, scratch: &mut Vec<f32>) -> bool {
    // y = A·x, where a row times a matrix is the transposed matrix times a column.
    let (matrix, (x, x_step), (rows, y_step)) = match (p.m, p.n) {
        (_, 1) => (p.a, (p.b.data, p.b.row), (p.m, stride)),
        (1, _) => (p.b.transposed(), (p.a.data, p.a.col), (p.n, 1)),
        _ => return false,
    };
    if matrix.col != 1 && matrix.row != 1 {
        return false;
    }
    if scratch.len() < p.k + rows {
        scratch.resize(p.k + rows, 0.0);
    }
    let (packed, y) = scratch[..p.k + rows].split_at_mut(p.k);
    packed.iter_mut().zip(x.iter().step_by(x_step)).for_each(|(packed, x)| *packed = p.alpha * x);
    y.fill(0.0);
    product(matrix, packed, y);
    let pairs = c.iter_mut().step_by(y_step).zip(&*y);
    match p.onto {
        Onto::Nothing => pairs.for_each(|(c, y)| *c = *y),
        // One row has a number for each element, one column one for all.
        Onto::Row(row) => pairs.zip(row.iter().cycle()).for_each(|((c, y), row)| *c = row + y),
        Onto::Itself => pairs.for_each(|(c, y)| *c += y),
    }
    true
}

fn product(a: Matrix<'_>, x: &[f32], y: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if super::has_wide() {
        #[target_feature(enable = "avx2,fma")]
        fn wide(a: Matrix<'_>, x: &[f32], y: &mut [f32]) {
            inner(a, x, y);
        }
        #[allow(unsafe_code)]
        // SAFETY: the processor has the instructions.
        return unsafe { wide(a, x, y) };
    }
    inner(a, x, y);
}

/// y = A·x for y = 0.
#[inline(always)]
fn inner(a: Matrix<'_>, x: &[f32], y: &mut [f32]) {
    if a.col == 1 {
        for (i, y) in y.iter_mut().enumerate() {
            *y = super::dot(&a.data[i * a.row..][..x.len()], x);
        }
        return;
    }
    // Four columns in one pass over y.
    let rows = y.len();
    let column = |k: usize| &a.data[k * a.col..][..rows];
    let quads = x.as_chunks::<4>().0;
    for (q, x) in quads.iter().enumerate() {
        let [a0, a1, a2, a3] = std::array::from_fn(|l| column(4 * q + l));
        for ((((y, a0), a1), a2), a3) in y.iter_mut().zip(a0).zip(a1).zip(a2).zip(a3) {
            *y += (x[0] * a0 + x[1] * a1) + (x[2] * a2 + x[3] * a3);
        }
    }
    for k in 4 * quads.len()..x.len() {
        y.iter_mut().zip(column(k)).for_each(|(y, a)| *y += x[k] * a);
    }
}
