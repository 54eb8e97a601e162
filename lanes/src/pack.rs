//! Copies of the operands of a product in the order in which its tiles read them.

use super::gemm::Matrix;
use std::ops::Range;

/// Rows `depth` of B as panels of `COLS` columns, each panel contiguous, the last one filled up with zeros.
#[inline(always)]
pub(super) fn columns<const COLS: usize>(b: Matrix<'_>, depth: Range<usize>, cols: usize, out: &mut [f32]) {
    for (panel, first) in out.chunks_exact_mut(depth.len() * COLS).zip((0..cols).step_by(COLS)) {
        let width = COLS.min(cols - first);
        let (rows, _) = panel.as_chunks_mut::<COLS>();
        if b.col == 1 && width == COLS {
            for (row, k) in rows.iter_mut().zip(depth.clone()) {
                row.copy_from_slice(&b.data[k * b.row + first..][..COLS]);
            }
        } else if b.row == 1 && width == COLS {
            let lines: [&[f32]; COLS] =
                std::array::from_fn(|j| &b.data[(first + j) * b.col + depth.start..][..depth.len()]);
            for (k, row) in rows.iter_mut().enumerate() {
                *row = std::array::from_fn(|j| lines[j][k]);
            }
        } else {
            for (row, k) in rows.iter_mut().zip(depth.clone()) {
                for (j, x) in row.iter_mut().enumerate() {
                    *x = if j < width { b.data[k * b.row + (first + j) * b.col] } else { 0.0 };
                }
            }
        }
    }
}

/// Columns `depth` of some rows of A as panels of `ROWS` rows, each panel contiguous column by column. Where rows are
/// missing in the last panel, its last row is repeated.
#[inline(always)]
pub(super) fn rows<const ROWS: usize>(
    a: Matrix<'_>,
    rows: Range<usize>,
    depth: Range<usize>,
    out: &mut [f32],
) {
    for (panel, first) in out.chunks_exact_mut(depth.len() * ROWS).zip(rows.clone().step_by(ROWS)) {
        let columns = panel.as_chunks_mut::<ROWS>().0.iter_mut();
        if a.row == 1 && first + ROWS <= rows.end {
            for (column, line) in columns.zip(a.data[depth.start * a.col..].chunks(a.col)) {
                column.copy_from_slice(&line[first..first + ROWS]);
            }
        } else {
            for (column, k) in columns.zip(depth.clone()) {
                *column = std::array::from_fn(|r| a.data[k * a.col + (first + r).min(rows.end - 1) * a.row]);
            }
        }
    }
}
