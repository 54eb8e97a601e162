//! The product of matrices behind the fast convolutions.

/// A matrix in a slice, with the distances between its rows and between its columns.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    pub(crate) data: &'a [f32],
    pub(crate) row: usize,
    pub(crate) column: usize,
}

impl<'a> Matrix<'a> {
    /// A row-major matrix.
    pub(crate) fn rows(data: &'a [f32], columns: usize) -> Self {
        Self { data, row: columns, column: 1 }
    }
}

/// Rows of a tile.
const ROWS: usize = 4;
/// Columns of a tile: eight accumulators of four numbers, and what feeds them, fit sixteen registers.
const COLUMNS: usize = 8;

/// How much room [`product`] needs.
pub(crate) fn room(m: usize, k: usize) -> usize {
    (m.next_multiple_of(ROWS) + COLUMNS) * k
}

/// C = A·B, or C += A·B, with A: `[m, k]`, B: `[k, n]`, C: `[m, n]` row-major. Both factors are packed into panels first,
/// so that the inner loop runs over contiguous numbers.
pub(crate) fn product(
    c: &mut [f32],
    a: Matrix<'_>,
    b: Matrix<'_>,
    [m, k, n]: [usize; 3],
    add: bool,
    room: &mut [f32],
) {
    let (left, right) = room.split_at_mut(m.next_multiple_of(ROWS) * k);
    for (i, panel) in left.chunks_exact_mut(ROWS * k).enumerate() {
        let first = i * ROWS;
        pack::<ROWS>(&a.data[first * a.row..], a.row, a.column, ROWS.min(m - first), panel);
    }
    let right = &mut right[..COLUMNS * k];
    for first in (0..n).step_by(COLUMNS) {
        let width = COLUMNS.min(n - first);
        pack::<COLUMNS>(&b.data[first * b.column..], b.column, b.row, width, right);
        let blocks = c.chunks_mut(ROWS * n).zip(left.chunks_exact(ROWS * k));
        for (c, left) in blocks {
            for (row, sums) in c.chunks_exact_mut(n).zip(tile(left, right)) {
                let row = &mut row[first..first + width];
                if add {
                    row.iter_mut().zip(sums).for_each(|(c, s)| *c += s);
                } else {
                    row.copy_from_slice(&sums[..width]);
                }
            }
        }
    }
}

/// Puts `width` lines of numbers side by side, with zeros up to `W`: `panel[l, i]` = `from[i·across + l·along]`.
fn pack<const W: usize>(from: &[f32], across: usize, along: usize, width: usize, panel: &mut [f32]) {
    let (panel, _) = panel.as_chunks_mut::<W>();
    if across == 1 && width == W {
        for (l, to) in panel.iter_mut().enumerate() {
            to.copy_from_slice(&from[l * along..][..W]);
        }
        return;
    }
    if width < W {
        panel.fill([0.0; W]);
    }
    for i in 0..width {
        let line = from[i * across..].iter().step_by(along);
        panel.iter_mut().zip(line).for_each(|(to, &v)| to[i] = v);
    }
}

/// One tile of the product, from a panel of A and a panel of B.
#[inline(always)]
fn tile(left: &[f32], right: &[f32]) -> [[f32; COLUMNS]; ROWS] {
    let mut sums = [[0.0; COLUMNS]; ROWS];
    let (left, right) = (left.as_chunks::<ROWS>().0, right.as_chunks::<COLUMNS>().0);
    for (a, b) in left.iter().zip(right) {
        for (sums, &a) in sums.iter_mut().zip(a) {
            sums.iter_mut().zip(b).for_each(|(s, &b)| *s += a * b);
        }
    }
    sums
}
