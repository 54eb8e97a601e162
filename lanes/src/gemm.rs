//! Matrix products C = α·A·B (+ a row, or C) in single precision on one thread.

use super::tile::tile;
use super::{little, matvec, pack};
use std::ops::Range;

/// A matrix in a slice: element (i, j) is `data[i · row + j · col]`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    /// Its numbers.
    pub data: &'a [f32],
    /// Distance from one row to the next.
    pub row: usize,
    /// Distance from one column to the next.
    pub col: usize,
}

impl<'a> Matrix<'a> {
    /// The matrix whose rows follow each other, `[rows, cols]`.
    pub fn rows(data: &'a [f32], cols: usize) -> Self {
        Self { data, row: cols, col: 1 }
    }

    /// The matrix whose columns follow each other: a transposed one, stored as `[cols, rows]`.
    pub fn columns(data: &'a [f32], rows: usize) -> Self {
        Self { data, row: 1, col: rows }
    }

    /// Rows and columns exchanged; nothing moves.
    pub fn transposed(self) -> Self {
        Self { data: self.data, row: self.col, col: self.row }
    }
}

/// What a product is added to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Onto<'a> {
    /// To nothing: C may hold anything before.
    Nothing,
    /// To a row, in every row of C: a bias.
    Row(&'a [f32]),
    /// To what C holds.
    Itself,
}

/// What is done with finished rows of C while they are in the cache: their numbers and the block of C that starts with
/// the first of them (rows keep their distance).
pub type Finish<'a> = &'a mut dyn FnMut(Range<usize>, &mut [f32]);

/// A product C = α·A·B (+ a row, or C), A: `[m, k]`, B: `[k, n]`, C: `[m, n]`, every extent at least 1. Where a slice is shorter
/// than its extents say, [`Product::run`] panics.
///
/// Each element of C is a sum in an order that depends on the extents and the processor alone.
#[derive(Clone, Copy, Debug)]
pub struct Product<'a> {
    /// Rows of A and C.
    pub m: usize,
    /// Columns of A, rows of B.
    pub k: usize,
    /// Columns of B and C.
    pub n: usize,
    /// Left factor.
    pub a: Matrix<'a>,
    /// Right factor.
    pub b: Matrix<'a>,
    /// Scalar factor.
    pub alpha: f32,
    /// What it is added to.
    pub onto: Onto<'a>,
}

/// Longest part of a sum that is formed at once: 12 KiB of a panel of eight columns, so that it stays in the first cache.
const DEPTH: usize = 384;
/// Rows of A that pass by a panel of B before the next panel comes; a multiple of the tiles' heights. More of them where
/// they are short, up to so many numbers: what follows a product then works on long stretches too.
const BLOCK: usize = 48;
const CLOSE: usize = 5000;

impl<'a> Product<'a> {
    /// A·B.
    pub fn new((m, k, n): (usize, usize, usize), a: Matrix<'a>, b: Matrix<'a>) -> Self {
        Self { m, k, n, a, b, alpha: 1.0, onto: Onto::Nothing }
    }

    /// Computes C, whose rows are `stride` apart. `scratch` grows to what packing takes and keeps its room. `finish`
    /// is called once for each block of rows, from top to bottom, when the block is complete.
    #[inline(never)]
    pub fn run(&self, c: &mut [f32], stride: usize, scratch: &mut Vec<f32>, finish: Finish<'_>) {
        self.go(c, stride, scratch, finish);
    }

    /// The same for those that are compiled for speed themselves.
    #[inline(always)]
    pub(super) fn go(&self, c: &mut [f32], stride: usize, scratch: &mut Vec<f32>, finish: Finish<'_>) {
        if little::run(self, c, stride, scratch) {
            return finish(0..self.m, &mut c[..(self.m - 1) * stride + self.n]);
        }
        self.large(c, stride, scratch, finish);
    }

    #[inline(never)]
    fn large(&self, c: &mut [f32], stride: usize, scratch: &mut Vec<f32>, finish: Finish<'_>) {
        if matvec::outer(self, c, stride) || matvec::run(self, c, stride, scratch) {
            return finish(0..self.m, &mut c[..(self.m - 1) * stride + self.n]);
        }
        #[cfg(target_arch = "x86_64")]
        if super::has_wide() {
            #[allow(unsafe_code)]
            // SAFETY: the processor has the instructions.
            return unsafe { wide(self, c, stride, scratch, finish) };
        }
        narrow(self, c, stride, scratch, finish);
    }
}

/// In tiles for vectors of four numbers, which every target has: eight vectors of sums, and room for the operands in
/// sixteen registers. Taller and wider tiles were slower in WASM.
#[inline(never)]
pub(super) fn narrow(
    p: &Product<'_>,
    c: &mut [f32],
    stride: usize,
    scratch: &mut Vec<f32>,
    finish: Finish<'_>,
) {
    /// Whether every processor of the target multiplies and adds in one instruction.
    const FMA: bool = cfg!(target_arch = "aarch64");
    match p.n {
        1..=4 => blocks::<4, 4, FMA>(p, c, stride, scratch, finish),
        _ => blocks::<4, 8, FMA>(p, c, stride, scratch, finish),
    }
}

/// In tiles for vectors of eight numbers: eight or twelve of sums. On a Zen 4 AVX-512 was no faster.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn wide(p: &Product<'_>, c: &mut [f32], stride: usize, scratch: &mut Vec<f32>, finish: Finish<'_>) {
    match (p.m, p.n) {
        (1..=2, 1..=8) => blocks::<2, 8, true>(p, c, stride, scratch, finish),
        (_, 1..=8) => blocks::<8, 8, true>(p, c, stride, scratch, finish),
        _ => blocks::<6, 16, true>(p, c, stride, scratch, finish),
    }
}

/// Part of the sums, block by block of rows. B is packed once for each part; A only where its rows are not contiguous.
#[inline(always)]
fn blocks<const ROWS: usize, const COLS: usize, const FMA: bool>(
    p: &Product<'_>,
    c: &mut [f32],
    stride: usize,
    scratch: &mut Vec<f32>,
    finish: Finish<'_>,
) {
    // Parts of equal length.
    let depth = p.k.div_ceil(p.k.div_ceil(DEPTH));
    let width = p.n.next_multiple_of(COLS);
    let most = BLOCK * (CLOSE / (BLOCK * p.n.max(depth))).max(1);
    let height = most.min(p.m.next_multiple_of(ROWS));
    let room = depth * (width + height);
    if scratch.len() < room {
        scratch.resize(room, 0.0);
    }
    let (b, a) = scratch.split_at_mut(depth * width);
    for start in (0..p.k).step_by(depth) {
        let part = start..(start + depth).min(p.k);
        let onto = if start > 0 { Onto::Itself } else { p.onto };
        // Then B is its own panel.
        let ready = p.b.col == 1 && p.b.row == COLS && p.n == COLS;
        let b = if ready {
            &p.b.data[start * COLS..part.end * COLS]
        } else {
            pack::columns::<COLS>(p.b, part.clone(), p.n, &mut b[..part.len() * width]);
            &b[..part.len() * width]
        };
        for first in (0..p.m).step_by(most) {
            let rows = first..(first + most).min(p.m);
            block::<ROWS, COLS, FMA>(p, rows.clone(), part.clone(), b, a, onto, c, stride);
            if part.end == p.k {
                finish(rows.clone(), &mut c[first * stride..(rows.end - 1) * stride + p.n]);
            }
        }
    }
}

/// A block of rows: panel by panel of B, tile by tile of the block.
#[inline(always)]
fn block<const ROWS: usize, const COLS: usize, const FMA: bool>(
    p: &Product<'_>,
    rows: Range<usize>,
    part: Range<usize>,
    b: &[f32],
    a: &mut [f32],
    onto: Onto<'_>,
    c: &mut [f32],
    stride: usize,
) {
    let depth = part.len();
    let panel = depth * ROWS;
    // Columns that one panel of B takes once are not copied for it.
    let direct = p.a.row == 1 && p.n <= COLS;
    if p.a.col != 1 && !direct {
        let size = rows.len().div_ceil(ROWS) * panel;
        pack::rows::<ROWS>(p.a, rows.clone(), part.clone(), &mut a[..size]);
    }
    for (b, j) in b.chunks_exact(depth * COLS).zip((0..p.n).step_by(COLS)) {
        let (b, _) = b.as_chunks::<COLS>();
        let base = base(onto, j);
        for i in rows.clone().step_by(ROWS) {
            let sum = if p.a.col == 1 {
                // Missing rows are the last one again.
                let lines: [&[f32]; ROWS] = std::array::from_fn(|r| {
                    &p.a.data[(i + r).min(rows.end - 1) * p.a.row + part.start..][..depth]
                });
                let column = |k: usize| std::array::from_fn(|r| lines[r][k]);
                tile::<ROWS, COLS, FMA>((0..depth).map(column), b)
            } else if direct && i + ROWS <= rows.end {
                let columns = p.a.data[part.start * p.a.col + i..].chunks(p.a.col);
                tile::<ROWS, COLS, FMA>(columns.map_while(|column| column.first_chunk().copied()), b)
            } else {
                let mut at = (i - rows.start) * depth;
                if direct {
                    at = 0;
                    pack::rows::<ROWS>(p.a, i..rows.end, part.clone(), &mut a[..panel]);
                }
                let (columns, _) = a[at..][..panel].as_chunks::<ROWS>();
                tile::<ROWS, COLS, FMA>(columns.iter().copied(), b)
            };
            let size = (ROWS.min(rows.end - i), COLS.min(p.n - j));
            store(sum, size, p.alpha, base, &mut c[i * stride + j..], stride);
        }
    }
}

/// What columns from `j` on of every row are added to; none where that is what C holds.
#[inline(always)]
fn base<const COLS: usize>(onto: Onto<'_>, j: usize) -> Option<[f32; COLS]> {
    let Onto::Row(row) = onto else { return (onto == Onto::Nothing).then_some([0.0; COLS]) };
    let mut base = [0.0; COLS];
    if let Some(whole) = row[j..].first_chunk() {
        base = *whole;
    } else {
        base.iter_mut().zip(&row[j..]).for_each(|(base, &row)| *base = row);
    }
    Some(base)
}

/// Writes the part of a tile that is inside of C, added to its base.
#[inline(always)]
fn store<const ROWS: usize, const COLS: usize>(
    sum: [[f32; COLS]; ROWS],
    (height, width): (usize, usize),
    alpha: f32,
    base: Option<[f32; COLS]>,
    c: &mut [f32],
    stride: usize,
) {
    // A copy, so that the tile itself has no address and stays in registers.
    let sum: [[f32; COLS]; ROWS] = std::array::from_fn(|r| std::array::from_fn(|j| alpha * sum[r][j]));
    if (height, width) == (ROWS, COLS) {
        for r in 0..ROWS {
            let Some(line) = c[r * stride..].first_chunk_mut::<COLS>() else { return };
            for j in 0..COLS {
                line[j] = sum[r][j] + if let Some(base) = base { base[j] } else { line[j] };
            }
        }
        return;
    }
    for r in 0..ROWS {
        if r < height {
            store_part(sum[r], width, base, &mut c[r * stride..]);
        }
    }
}

/// A row of a tile at the edge. Rare, and a call keeps the common case short.
#[inline(never)]
fn store_part<const COLS: usize>(sum: [f32; COLS], width: usize, base: Option<[f32; COLS]>, c: &mut [f32]) {
    for (j, (c, sum)) in c[..width].iter_mut().zip(sum).enumerate() {
        *c = sum + if let Some(base) = base { base[j] } else { *c };
    }
}
