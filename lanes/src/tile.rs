//! The innermost loop of a product: a tile of C that stays in registers. It is written with arrays, which the compiler
//! turns into vectors as wide as the enclosing function may use; that takes `opt-level = 3`.

/// The tile Σₖ aₖ·bₖᵀ, in the order of k.
#[inline(always)]
pub(super) fn tile<const ROWS: usize, const COLS: usize, const FMA: bool>(
    a: impl Iterator<Item = [f32; ROWS]>,
    b: &[[f32; COLS]],
) -> [[f32; COLS]; ROWS] {
    let mut sum = [[0.0; COLS]; ROWS];
    for (a, b) in a.zip(b) {
        // Indices, because iterators over arrays are not unrolled in time to keep the tile in registers.
        for r in 0..ROWS {
            for j in 0..COLS {
                // Without the instruction, `mul_add` is a function call.
                sum[r][j] = if FMA { a[r].mul_add(b[j], sum[r][j]) } else { sum[r][j] + a[r] * b[j] };
            }
        }
    }
    sum
}
