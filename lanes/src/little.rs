//! Products of a few rows and columns. They are over before blocks are laid out and panels packed: tiles are put
//! straight onto the operands, and fewer rows than a tile has are a smaller tile.

use super::gemm::{Matrix, Onto, Product};
use super::pack;
use super::tile::tile;

/// Columns that are computed at once.
const COLS: usize = 8;
/// Most numbers of A.
const FEW: usize = 1024;
/// Longest rows of which several are multiplied with a column at once.
const SHORT: usize = 64;

/// The product, if it is small enough; says whether it is.
#[inline(never)]
pub(super) fn run(p: &Product<'_>, c: &mut [f32], stride: usize, scratch: &mut Vec<f32>) -> bool {
    let column = p.n == 1 && p.a.col == 1 && p.b.row == 1 && p.k <= SHORT;
    let few = p.n <= COLS && p.m * p.k <= FEW && (p.a.row == 1 || p.a.col == 1);
    let few = few && p.alpha == 1.0 && p.onto != Onto::Itself;
    // A column is the row of the transposed product.
    let row = !column && p.n == 1 && p.a.row == 1 && p.m <= COLS && stride == 1 && p.onto == Onto::Nothing;
    let turned = Product { a: p.b.transposed(), b: p.a.transposed(), m: 1, n: p.m, ..*p };
    let p = if few && row { &turned } else { p };
    if !(column || few && p.n > 1) {
        return false;
    }
    #[cfg(target_arch = "x86_64")]
    if super::has_wide() {
        #[target_feature(enable = "avx2,fma")]
        fn wide(p: &Product<'_>, c: &mut [f32], stride: usize, scratch: &mut Vec<f32>, column: bool) {
            if column { dots(p, c, stride) } else { tiles::<true>(p, c, stride, scratch) }
        }
        #[allow(unsafe_code)]
        // SAFETY: the processor has the instructions.
        unsafe {
            wide(p, c, stride, scratch, column);
        }
        return true;
    }
    if column {
        dots(p, c, stride);
    } else {
        tiles::<{ cfg!(target_arch = "aarch64") }>(p, c, stride, scratch);
    }
    true
}

/// The product with a column, four rows at a time.
#[inline(always)]
fn dots(p: &Product<'_>, c: &mut [f32], stride: usize) {
    let b = &p.b.data[..p.k];
    let mut i = 0;
    while i < p.m {
        if i + 4 <= p.m {
            put(p, some_dots::<4>(p, i, b), &mut c[i * stride..], stride);
            i += 4;
        } else {
            put(p, some_dots::<1>(p, i, b), &mut c[i * stride..], stride);
            i += 1;
        }
    }
}

/// Rows of A from `first` on times b, in four interleaved parts.
#[inline(always)]
fn some_dots<const ROWS: usize>(p: &Product<'_>, first: usize, b: &[f32]) -> [f32; ROWS] {
    let (quads, b_rest) = b.as_chunks::<4>();
    let lines: [_; ROWS] =
        std::array::from_fn(|r| p.a.data[(first + r) * p.a.row..][..b.len()].as_chunks::<4>());
    let lines = lines.map(|(line, rest)| (&line[..quads.len()], &rest[..b_rest.len()]));
    let mut parts = [[0.0; 4]; ROWS];
    for q in 0..quads.len() {
        for r in 0..ROWS {
            for l in 0..4 {
                parts[r][l] += lines[r].0[q][l] * quads[q][l];
            }
        }
    }
    let mut sums = parts.map(|p| (p[0] + p[2]) + (p[1] + p[3]));
    for k in 0..b_rest.len() {
        for r in 0..ROWS {
            sums[r] += lines[r].1[k] * b_rest[k];
        }
    }
    sums
}

/// Puts numbers into rows of C, a column.
#[inline(always)]
fn put<const ROWS: usize>(p: &Product<'_>, sums: [f32; ROWS], c: &mut [f32], stride: usize) {
    for r in 0..ROWS {
        let (sum, c) = (p.alpha * sums[r], &mut c[r * stride]);
        *c = match p.onto {
            Onto::Nothing => sum,
            Onto::Row(row) => sum + row[0],
            Onto::Itself => sum + *c,
        };
    }
}

#[inline(always)]
fn tiles<const FMA: bool>(p: &Product<'_>, c: &mut [f32], stride: usize, scratch: &mut Vec<f32>) {
    let room = (p.k + 4) * COLS;
    if scratch.len() < room {
        scratch.resize(room, 0.0);
    }
    let (panel, edge) = scratch[..room].split_at_mut(p.k * COLS);
    let ready = p.b.col == 1 && (p.b.row == COLS || p.k == 1) && p.n == COLS;
    let b = if ready {
        &p.b.data[..p.k * COLS]
    } else {
        pack::columns::<COLS>(p.b, 0..p.k, p.n, panel);
        panel
    };
    let (b, _) = b.as_chunks::<COLS>();
    let mut base = [0.0; COLS];
    if let Onto::Row(row) = p.onto {
        base = std::array::from_fn(|j| if j < p.n { row[j] } else { 0.0 });
    }
    let mut i = 0;
    while i + 4 <= p.m {
        rows::<4, FMA>(p, i, b, base, &mut c[i * stride..], stride, edge);
        i += 4;
    }
    if i + 2 <= p.m {
        rows::<2, FMA>(p, i, b, base, &mut c[i * stride..], stride, edge);
        i += 2;
    }
    if i < p.m {
        rows::<1, FMA>(p, i, b, base, &mut c[i * stride..], stride, edge);
    }
}

/// Rows of C from `first` on. Where they are narrower than a tile, that is put onto `edge` first: a tile of which a part
/// is taken has an address, and would not stay in registers in any case.
#[inline(always)]
fn rows<const ROWS: usize, const FMA: bool>(
    p: &Product<'_>,
    first: usize,
    b: &[[f32; COLS]],
    base: [f32; COLS],
    c: &mut [f32],
    stride: usize,
    edge: &mut [f32],
) {
    let Matrix { data, row, col } = p.a;
    let sum = if col == 1 {
        let lines: [&[f32]; ROWS] = std::array::from_fn(|r| &data[(first + r) * row..][..p.k]);
        tile::<ROWS, COLS, FMA>((0..p.k).map(|k| std::array::from_fn(|r| lines[r][k])), b)
    } else {
        let columns = data[first..].chunks(col);
        tile::<ROWS, COLS, FMA>(columns.map_while(|column| column.first_chunk().copied()), b)
    };
    if p.n == COLS {
        put_tile(sum, base, c, stride);
        return;
    }
    put_tile(sum, base, edge, COLS);
    for (r, line) in edge.chunks_exact(COLS).enumerate().take(ROWS) {
        c[r * stride..][..p.n].iter_mut().zip(line).for_each(|(c, &sum)| *c = sum);
    }
}

#[inline(always)]
fn put_tile<const ROWS: usize>(sum: [[f32; COLS]; ROWS], base: [f32; COLS], c: &mut [f32], stride: usize) {
    for r in 0..ROWS {
        let Some(line) = c[r * stride..].first_chunk_mut::<COLS>() else { return };
        for j in 0..COLS {
            line[j] = sum[r][j] + base[j];
        }
    }
}
