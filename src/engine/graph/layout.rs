//! Where numbers lie, on graphs: orders of dimensions, joints, rows by index, places along an axis, permutations.

use super::Var;
use crate::engine::kernels::axis_map::{Outside, Places};
use crate::engine::kernels::group_permute::GroupReduce;
use crate::engine::kernels::route::End;
use crate::engine::kernels::{Attrs, concat};

impl<'b> Var<'b> {
    /// Dimensions in another order: dimension d of the result is dimension `order[d]`.
    #[track_caller]
    pub fn transpose(self, order: &[usize]) -> Self {
        if order.iter().copied().eq(0..self.shape().len()) {
            return self;
        }
        let ints: Vec<u32> = order.iter().map(|&d| d as u32).collect();
        self.builder.kernel("transpose", Attrs::ints(&ints), &[self])
    }

    /// Tensors one after the other along an axis; their other extents agree. One launch for every six.
    #[track_caller]
    pub fn concat(self, axis: usize, others: &[Var<'b>]) -> Self {
        let (now, later) = others.split_at(others.len().min(concat::MOST - 1));
        if now.is_empty() {
            return self;
        }
        let mut inputs = vec![self];
        inputs.extend(now);
        let attrs = Attrs::ints(&[axis as u32, inputs.len() as u32]);
        inputs.resize(concat::MOST, self.builder.scalar(0.0));
        self.builder.kernel("concat", attrs, &inputs).concat(axis, later)
    }

    /// Rows by index, `[N, …]` and `[E]` → `[E, …]`; 0 where the index is none of 0 … N − 1. If the index ascends, its
    /// derivative is cheap; else it takes E·N steps on a graphics device, which refuses too many of them: then the index is
    /// to be packed ([`crate::engine::edges::pack_index`]), for [`Var::gather_along`].
    #[track_caller]
    pub fn gather_rows(self, index: Var<'b>, ascends: bool) -> Self {
        self.builder.kernel("gather", Attrs::ints(&[u32::from(ascends)]), &[self, index])
    }

    /// Rows of a table of `[N, C]` by indices of any shape, `[…]` → `[…, C]`.
    #[track_caller]
    pub fn embedding(self, index: Var<'b>) -> Self {
        let mut shape = index.shape();
        let flat = index.reshape(&[shape.iter().product()]);
        shape.extend(self.shape().iter().skip(1));
        self.gather_rows(flat, false).reshape(&shape)
    }

    /// Sums of the rows with each index 0 … n − 1, `[E, …]` and `[E]` → `[n, …]`, in a fixed order; the transpose of
    /// [`Var::gather_rows`].
    #[track_caller]
    pub fn scatter(self, index: Var<'b>, n: usize, ascends: bool) -> Self {
        self.builder.kernel("scatter", Attrs::ints(&[n as u32, u32::from(ascends)]), &[self, index])
    }

    /// What each edge sees at one of its ends, `[N, …]` → `[E, …]`; edges with so many places as packed by
    /// [`crate::engine::edges`], 0 in those that are free.
    #[track_caller]
    pub fn gather_along(self, edges: Var<'b>, end: End, places: usize) -> Self {
        self.builder.kernel("route", Attrs::ints(&[0, end as u32, places as u32]), &[self, edges])
    }

    /// What the edges bring to each of so many nodes at one of their ends, summed, `[E, …]` → `[N, …]`; the transpose of
    /// [`Var::gather_along`].
    #[track_caller]
    pub fn scatter_along(self, edges: Var<'b>, end: End, nodes: usize) -> Self {
        self.builder.kernel("route", Attrs::ints(&[1, end as u32, nodes as u32]), &[self, edges])
    }

    #[track_caller]
    pub(crate) fn axis_map(self, places: &Places) -> Self {
        self.builder.kernel("axis_map", places.attrs(), &[self])
    }

    #[track_caller]
    pub(crate) fn axis_fold(self, places: &Places, extent: usize) -> Self {
        let mut attrs = places.attrs();
        attrs.ints.push(extent as u32);
        self.builder.kernel("axis_fold", attrs, &[self])
    }

    /// `len` places along an axis from `start` on, every `step`-th; a negative step goes back; 0 outside.
    #[track_caller]
    pub fn strided(self, axis: usize, start: usize, step: i32, len: usize) -> Self {
        self.axis_map(&Places { axis, len, shift: start as i32, step, outside: Outside::Zero })
    }

    /// An axis in reverse.
    #[track_caller]
    pub fn flip(self, axis: usize) -> Self {
        let len = self.shape().get(axis).copied().unwrap_or(1);
        self.axis_map(&Places { axis, len, shift: len as i32 - 1, step: -1, outside: Outside::Wrap })
    }

    /// An axis moved around by so many places: place k goes to k + `by`.
    #[track_caller]
    pub fn roll(self, axis: usize, by: i32) -> Self {
        let len = self.shape().get(axis).copied().unwrap_or(1);
        self.axis_map(&Places { axis, len, shift: by.wrapping_neg(), step: 1, outside: Outside::Wrap })
    }

    /// An axis continued by so many places before and after.
    #[track_caller]
    pub fn pad(self, axis: usize, before: usize, after: usize, outside: Outside) -> Self {
        let len = self.shape().get(axis).copied().unwrap_or(1) + before + after;
        self.axis_map(&Places { axis, len, shift: -(before as i32), step: 1, outside })
    }

    /// The axis so many times over.
    #[track_caller]
    pub fn repeat(self, axis: usize, times: usize) -> Self {
        let len = self.shape().get(axis).copied().unwrap_or(1) * times;
        self.axis_map(&Places { axis, len, shift: 0, step: 1, outside: Outside::Wrap })
    }

    /// A finite group acting on places: `[B, N, C]` → `x[b, table[g, n], c]` as `[B, G, N, C]`, or reduced over g to
    /// `[B, N, C]`; table and its inverse: `[G, N]`, a permutation in each row.
    #[track_caller]
    pub fn group_permute(self, table: Var<'b>, inverse: Var<'b>, reduce: GroupReduce) -> Self {
        self.builder.kernel("group_permute", Attrs::ints(&[reduce as u32]), &[self, table, inverse])
    }

    /// The transpose of [`Var::group_permute`] that keeps the group: `[B, G, N, C]` → `[B, N, C]`.
    #[track_caller]
    pub fn group_fold(self, table: Var<'b>, inverse: Var<'b>) -> Self {
        self.builder.kernel("group_fold", Attrs::default(), &[self, table, inverse])
    }
}
