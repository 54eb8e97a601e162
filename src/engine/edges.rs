//! Edges of a graph as one tensor of whole numbers, sorted both ways, so that sums over the edges of a target and over
//! those of a source are both taken in a fixed order, without atomics.
//!
//! Layout for E places, N targets and M sources, [`len`] numbers in all: target `[E]`, ascending; source `[E]`;
//! by-source order `[E]`, the places of the edges by ascending source; where each target's edges begin `[N + 1]`; where
//! each source's begin in that order `[M + 1]`. Places behind the last edge are free: they hold zeros, and kernels give
//! them the value 0. Indices are f32, exact up to 2²⁴.

/// Largest number that an index may be.
const MOST: usize = 1 << 24;

/// Numbers that the packed edges take.
pub fn len(targets: usize, sources: usize, capacity: usize) -> usize {
    3 * capacity + targets + sources + 2
}

/// Packs edges, given as (target, source) in any order; edges of one target keep their order. An error names an edge that
/// leads nowhere, or more edges than places.
pub fn pack(
    edges: &[(usize, usize)],
    targets: usize,
    sources: usize,
    capacity: usize,
) -> Result<Vec<f32>, String> {
    if edges.len() > capacity || capacity == 0 || capacity.max(targets).max(sources) > MOST {
        return Err(format!(
            "{} edges do not fit {capacity} places, of which there may be 1 to 2^24",
            edges.len()
        ));
    }
    if let Some(e) = edges.iter().find(|e| e.0 >= targets || e.1 >= sources) {
        return Err(format!("there is no edge {e:?} between {targets} targets and {sources} sources"));
    }
    let mut sorted = edges.to_vec();
    sorted.sort_by_key(|e| e.0);
    let mut order: Vec<usize> = (0..sorted.len()).collect();
    order.sort_by_key(|&i| sorted[i].1);
    let begins = |keys: &mut dyn Iterator<Item = usize>, count: usize| {
        let mut begins = vec![0.0; count + 1];
        keys.for_each(|k| begins[k + 1] += 1.0);
        (0..count).for_each(|i| begins[i + 1] += begins[i]);
        begins
    };
    let column = |values: &mut dyn Iterator<Item = usize>| {
        let mut column: Vec<f32> = values.map(|v| v as f32).collect();
        column.resize(capacity, 0.0);
        column
    };
    Ok([
        column(&mut sorted.iter().map(|e| e.0)),
        column(&mut sorted.iter().map(|e| e.1)),
        column(&mut order.iter().copied()),
        begins(&mut sorted.iter().map(|e| e.0), targets),
        begins(&mut sorted.iter().map(|e| e.1), sources),
    ]
    .concat())
}

/// Edges whose sources are the edges themselves, one after the other: for keys and values that belong to edges.
pub fn pack_own(targets_of: &[usize], targets: usize) -> Result<Vec<f32>, String> {
    let mut sorted = targets_of.to_vec();
    sorted.sort_unstable();
    let edges: Vec<(usize, usize)> = sorted.into_iter().enumerate().map(|(e, t)| (t, e)).collect();
    pack(&edges, targets, edges.len(), edges.len())
}

/// An index of rows 0 … `n` − 1 as edges, one for each place of it, with the row as source: by that end
/// [`gather_along`](crate::engine::Var::gather_along) takes the rows that the index names, and
/// [`scatter_along`](crate::engine::Var::scatter_along) adds up what names each. Sorted once when it is written, so that
/// both are quick on a graphics device, whatever the order of the index.
pub fn pack_index(index: &[usize], n: usize) -> Result<Vec<f32>, String> {
    let edges: Vec<(usize, usize)> = index.iter().copied().enumerate().collect();
    pack(&edges, index.len(), n, index.len())
}
