//! Batches of small products, `y[b]` = `m[b]`·`x[b]`.

use super::{Matrix, Product};

/// A batch of matrices in a slice: element (i, j) of number b is `data[b · batch + i · row + j · col]`.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Its numbers.
    pub data: &'a [f32],
    /// Distance from one matrix to the next; 0 where one serves all.
    pub batch: usize,
    /// Distance from one row to the next.
    pub row: usize,
    /// Distance from one column to the next.
    pub col: usize,
}

impl<'a> Batch<'a> {
    fn matrix(&self, b: usize) -> Matrix<'a> {
        Matrix { data: &self.data[b * self.batch..], row: self.row, col: self.col }
    }
}

/// From how many multiplications on a product is worth packing for.
const LARGE: usize = 512;

/// m: `[B, p, q]`, x: `[B, q, c]`, y: `[B, p, c]`, contiguous. `scratch` grows to what packing takes.
#[inline(never)]
pub fn run(size: [usize; 3], m: Batch<'_>, x: Batch<'_>, y: &mut [f32], scratch: &mut Vec<f32>) {
    let [p, q, c] = size;
    if p * q * c >= LARGE {
        for (b, y) in y.chunks_exact_mut(p * c).enumerate() {
            Product::new((p, q, c), m.matrix(b), x.matrix(b)).run(y, c, scratch, &mut |_, _| {});
        }
        return;
    }
    #[cfg(target_arch = "x86_64")]
    if super::has_wide() {
        #[target_feature(enable = "avx2,fma")]
        fn wide(size: [usize; 3], m: Batch<'_>, x: Batch<'_>, y: &mut [f32]) {
            small(size, m, x, y);
        }
        #[allow(unsafe_code)]
        // SAFETY: the processor has the instructions.
        return unsafe { wide(size, m, x, y) };
    }
    small(size, m, x, y);
}

/// Row by row, as sums of rows of x.
#[inline(always)]
fn small([p, q, c]: [usize; 3], m: Batch<'_>, x: Batch<'_>, y: &mut [f32]) {
    for (b, y) in y.chunks_exact_mut(p * c).enumerate() {
        let (m, x) = (m.matrix(b), x.matrix(b));
        for (i, y) in y.chunks_exact_mut(c).enumerate() {
            let weight = |j: usize| m.data[i * m.row + j * m.col];
            y.fill(0.0);
            if x.col != 1 {
                for j in 0..q {
                    let (weight, row) = (weight(j), x.data[j * x.row..].iter().step_by(x.col));
                    for (y, &x) in y.iter_mut().zip(row) {
                        *y += weight * x;
                    }
                }
                continue;
            }
            let mut j = 0;
            while j < q {
                let rows = &x.data[j * x.row..];
                match q - j {
                    1 => add_rows(y, [weight(j)], rows, x.row),
                    2 => add_rows(y, [0, 1].map(|n| weight(j + n)), rows, x.row),
                    3 => add_rows(y, [0, 1, 2].map(|n| weight(j + n)), rows, x.row),
                    _ => add_rows(y, [0, 1, 2, 3].map(|n| weight(j + n)), rows, x.row),
                }
                j += 4;
            }
        }
    }
}

/// y += Σ wₙ·xₙ over N rows that are `distance` apart: one pass over y for all of them.
#[inline(always)]
fn add_rows<const N: usize>(y: &mut [f32], weights: [f32; N], x: &[f32], distance: usize) {
    let rows: [&[f32]; N] = std::array::from_fn(|n| &x[n * distance..][..y.len()]);
    for l in 0..y.len() {
        let mut sum = y[l];
        for n in 0..N {
            sum += weights[n] * rows[n][l];
        }
        y[l] = sum;
    }
}
