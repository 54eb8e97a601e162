//! Attention on graphs: dense, and over the edges of a graph. Every derivative exists.

use super::Var;
use crate::engine::kernels::Attrs;
use crate::engine::kernels::edge_segment::SegmentOp;

/// What a query may see in dense attention.
#[derive(Clone, Copy)]
pub enum Mask<'b> {
    /// Every key.
    None,
    /// Query t sees the keys up to t, or up to t + S − T where there are more keys than queries.
    Causal,
    /// A tensor `[T or 1, S or 1]` is added to the scaled products; −1e9 forbids.
    Add(Var<'b>),
}

impl<'b> Var<'b> {
    /// Softmax attention of queries `[B, T, D]` over keys `[B, S, D]` and values `[B, S, E]` → `[B, T, E]`:
    /// softmax over s of (scale ⟨q, k⟩ + mask), applied to v (Vaswani et al. 2017, eq. 1, with scale 1/√D). B is samples
    /// times heads.
    #[track_caller]
    pub fn attention(self, k: Var<'b>, v: Var<'b>, scale: f64, mask: Mask<'b>) -> Self {
        self.batch_matmul(k, false, true).attention_weights(scale, mask).batch_matmul(v, false, false)
    }

    /// Weights of dense attention from products of queries and keys, `[B, T, S]`: the softmax over s.
    #[track_caller]
    pub fn attention_weights(self, scale: f64, mask: Mask<'b>) -> Self {
        let attrs = Attrs { ints: vec![u32::from(matches!(mask, Mask::Causal))], reals: vec![scale] };
        let added = match mask {
            Mask::Add(added) => added,
            Mask::None | Mask::Causal => self.builder.scalar(0.0).reshape(&[1, 1]),
        };
        self.builder.kernel("attention_softmax", attrs, &[self, added])
    }

    /// Softmax attention over neighbours: queries `[N, H, D]` of targets, keys `[M, H, D]` and values `[M, H, E]` of sources,
    /// edges as packed by [`crate::engine::edges`] → `[N, H, E]`; 0 for a target without edges. Keys and values of the
    /// edges themselves are those of sources under [`crate::engine::edges::pack_own`].
    #[track_caller]
    pub fn edge_attention(self, k: Var<'b>, v: Var<'b>, edges: Var<'b>, scale: f64) -> Self {
        let targets = self.shape()[0];
        self.edge_dot(k, edges).edge_softmax(edges, targets, scale).edge_sum(v, edges, false)
    }

    /// Inner products of targets `[N, H, D]` and sources `[M, H, D]` along edges → `[E, H]`.
    #[track_caller]
    pub fn edge_dot(self, sources: Var<'b>, edges: Var<'b>) -> Self {
        self.builder.kernel("edge_dot", Attrs::default(), &[self, sources, edges])
    }

    /// Sums over the edges of each target of weights `[E, H]` times rows `[M, H, D]` of sources → `[N, H, D]`; reversed, over
    /// the edges of each source of weights times rows of targets.
    #[track_caller]
    pub fn edge_sum(self, rows: Var<'b>, edges: Var<'b>, reversed: bool) -> Self {
        self.builder.kernel("edge_sum", Attrs::ints(&[u32::from(reversed)]), &[self, rows, edges])
    }

    /// Softmax of scale·x over the edges of each target, `[E, H]` → `[E, H]`.
    #[track_caller]
    pub fn edge_softmax(self, edges: Var<'b>, targets: usize, scale: f64) -> Self {
        self.edge_segment(SegmentOp::Softmax, edges, targets, scale)
    }

    /// The total over the edges of each target, handed back to every one of them, `[E, H]` → `[E, H]`.
    #[track_caller]
    pub fn edge_total(self, edges: Var<'b>, targets: usize) -> Self {
        self.edge_segment(SegmentOp::Total, edges, targets, 1.0)
    }

    #[track_caller]
    fn edge_segment(self, op: SegmentOp, edges: Var<'b>, targets: usize, scale: f64) -> Self {
        let attrs = Attrs { ints: vec![op as u32, targets as u32], reals: vec![scale] };
        self.builder.kernel("edge_segment", attrs, &[self, edges])
    }
}
