//! Shapes: row-major, rank 1 to 4, every extent at least 1; broadcasting aligns the last dimensions.

/// Largest rank of a tensor.
pub const MAX_RANK: usize = 4;

/// Number of elements of a shape.
pub fn numel(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// Checks rank, extents and size (at most 2³¹ elements, so that indices fit `u32` and `i32`).
pub fn check(shape: &[usize]) -> Result<(), String> {
    if shape.is_empty() || shape.len() > MAX_RANK {
        return Err(format!("shape {shape:?} has rank {}, allowed are 1 to {MAX_RANK}", shape.len()));
    }
    if shape.contains(&0) {
        return Err(format!("shape {shape:?} has an empty dimension"));
    }
    let total = shape.iter().try_fold(1_usize, |n, &d| n.checked_mul(d));
    match total {
        Some(n) if n <= 1 << 31 => Ok(()),
        _ => Err(format!("shape {shape:?} has more than 2^31 elements")),
    }
}

/// The shape two operands are broadcast to: per dimension, counted from the last, equal extents or 1.
pub fn broadcast(a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
    let rank = a.len().max(b.len());
    let at = |s: &[usize], i: usize| if i + s.len() < rank { 1 } else { s[i + s.len() - rank] };
    let mut out = Vec::with_capacity(rank);
    for i in 0..rank {
        match (at(a, i), at(b, i)) {
            (x, y) if x == y || y == 1 => out.push(x),
            (1, y) => out.push(y),
            _ => return Err(format!("shapes {a:?} and {b:?} do not broadcast")),
        }
    }
    Ok(out)
}

/// Strides, in elements, with which an operand is read when it is broadcast to `out`; 0 along repeated dimensions.
pub fn broadcast_strides(operand: &[usize], out: &[usize]) -> Vec<usize> {
    let missing = out.len() - operand.len();
    let mut strides = vec![0; out.len()];
    let mut stride = 1;
    for i in (0..operand.len()).rev() {
        if operand[i] != 1 {
            strides[i + missing] = stride;
        }
        stride *= operand[i];
    }
    strides
}

/// A loop nest of four extents, outermost first, and one row of strides per operand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nest<const K: usize> {
    /// Extents; leading ones are 1.
    pub extents: [usize; 4],
    /// Strides of each operand.
    pub strides: [[usize; 4]; K],
}

/// Merges neighbouring dimensions that every operand walks through evenly, so that inner loops are long.
pub fn collapse<const K: usize>(out: &[usize], operands: [&[usize]; K]) -> Nest<K> {
    let strides: [Vec<usize>; K] = operands.map(|s| broadcast_strides(s, out));
    let mut merged: Vec<(usize, [usize; K])> = Vec::new(); // innermost first
    for i in (0..out.len()).rev() {
        if out[i] == 1 {
            continue;
        }
        let here: [usize; K] = std::array::from_fn(|k| strides[k][i]);
        match merged.last_mut() {
            Some((extent, inner)) if (0..K).all(|k| here[k] == inner[k] * *extent) => *extent *= out[i],
            _ => merged.push((out[i], here)),
        }
    }
    let mut nest = Nest { extents: [1; 4], strides: [[0; 4]; K] };
    for (slot, (extent, s)) in merged.into_iter().enumerate() {
        nest.extents[3 - slot] = extent;
        for k in 0..K {
            nest.strides[k][3 - slot] = s[k];
        }
    }
    nest
}

/// Splits a shape at an axis into (product before, extent, product after).
pub fn around_axis(shape: &[usize], axis: usize) -> (usize, usize, usize) {
    (numel(&shape[..axis]), shape[axis], numel(&shape[axis + 1..]))
}
