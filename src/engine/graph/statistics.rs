//! Reductions and normalisations on graphs: extremes, softmax, cross-entropy, norms, and their forms over segments.

use super::Var;
use crate::engine::kernels::extreme::Extreme;
use crate::engine::kernels::segment_reduce::SegmentOp;
use crate::engine::kernels::{Attrs, norm};
use crate::engine::shape::numel;

impl<'b> Var<'b> {
    /// Largest or smallest element along an axis, which stays as extent 1, or its place; the first of equal ones, which
    /// alone has the derivative.
    #[track_caller]
    pub fn extreme(self, axis: usize, what: Extreme) -> Self {
        self.builder.kernel("extreme", Attrs::ints(&[axis as u32, what as u32]), &[self])
    }

    /// Largest element along an axis, which stays as extent 1; the derivative goes to the first.
    #[track_caller]
    pub fn max_axis(self, axis: usize) -> Self {
        self.extreme(axis, Extreme::Max)
    }

    /// Smallest element along an axis, which stays as extent 1; the derivative goes to the first.
    #[track_caller]
    pub fn min_axis(self, axis: usize) -> Self {
        self.extreme(axis, Extreme::Min)
    }

    /// Variance along an axis, which stays as extent 1: mean of (x − mean x)².
    #[track_caller]
    pub fn variance(self, axis: usize) -> Self {
        (self - self.mean_axis(axis)).square().mean_axis(axis)
    }

    /// Σ a b along an axis, which stays as extent 1; both of one shape.
    #[track_caller]
    pub fn dot(self, other: Var<'b>, axis: usize) -> Self {
        self.builder.kernel("dot", Attrs::ints(&[axis as u32]), &[self, other])
    }

    /// ln Σ eˣ along an axis, which stays as extent 1.
    #[track_caller]
    pub fn log_sum_exp(self, axis: usize) -> Self {
        self.builder.kernel("log_sum_exp", Attrs::ints(&[axis as u32]), &[self])
    }

    /// eˣ/Σ eˣ along an axis.
    #[track_caller]
    pub fn softmax(self, axis: usize) -> Self {
        self.builder.kernel("softmax", Attrs::ints(&[axis as u32]), &[self])
    }

    /// Cotangent of x where self is the softmax of scale·x along an axis, `g` being the cotangent of that:
    /// scale · y∘(g − Σ g y).
    #[track_caller]
    pub fn softmax_grad(self, axis: usize, g: Var<'b>, scale: f64) -> Self {
        let attrs = Attrs { ints: vec![axis as u32], reals: vec![scale] };
        self.builder.kernel("softmax_grad", attrs, &[self, g])
    }

    /// Cross-entropy of logits `[…, C]` with weights of the same shape, per row: Σ t (ln Σ eˣ − x), `[…, 1]`.
    #[track_caller]
    pub fn cross_entropy(self, weights: Var<'b>) -> Self {
        self.builder.kernel("cross_entropy", Attrs::ints(&[0]), &[self, weights])
    }

    /// Cross-entropy of logits `[…, C]` with one class index per row, `[…, 1]`; a row whose index is none of 0 … C − 1
    /// does not count.
    #[track_caller]
    pub fn cross_entropy_of_classes(self, classes: Var<'b>) -> Self {
        self.builder.kernel("cross_entropy", Attrs::ints(&[1]), &[self, classes])
    }

    /// Cotangent of the logits, `g` being that of the cross-entropy.
    #[track_caller]
    pub fn cross_entropy_grad(self, targets: Var<'b>, g: Var<'b>, classes: bool) -> Self {
        let attrs = Attrs::ints(&[u32::from(classes)]);
        self.builder.kernel("cross_entropy_grad", attrs, &[self, targets, g])
    }

    /// Rows normalised, with a weight and a bias per channel; [`norm`] says how attributes choose them.
    #[track_caller]
    pub fn norm(self, weight: Var<'b>, bias: Var<'b>, attrs: &Attrs) -> Self {
        self.builder.kernel("norm", attrs.clone(), &[self, weight, bias])
    }

    /// The same, with a weight per channel or one for all.
    #[track_caller]
    fn norm_of(self, channels: usize, weight: Var<'b>, bias: Var<'b>, attrs: &Attrs) -> Self {
        if weight.shape() != [channels] && weight.shape() != [1] {
            let shape = weight.shape();
            return self
                .builder
                .fail("norm", format!("weight and bias of {channels} channels cannot be {shape:?}"));
        }
        self.norm(weight, bias, attrs)
    }

    /// Cotangent of the argument of [`Var::norm`], `g` being that of its value.
    #[track_caller]
    pub fn norm_grad(self, weight: Var<'b>, g: Var<'b>, attrs: &Attrs) -> Self {
        self.builder.kernel("norm_grad", attrs.clone(), &[self, weight, g])
    }

    /// Layer norm over the last axis, weight and bias `[C]` (Ba, Kiros & Hinton 2016, equation 4).
    #[track_caller]
    pub fn layer_norm(self, weight: Var<'b>, bias: Var<'b>, eps: f64) -> Self {
        let last = self.shape().last().copied().unwrap_or(1);
        self.norm_of(last, weight, bias, &norm::attrs(true, last, 1, eps))
    }

    /// x/√(mean x² + eps) over the last axis, times a weight `[C]` (Zhang & Sennrich 2019, equation 4).
    #[track_caller]
    pub fn rms_norm(self, weight: Var<'b>, eps: f64) -> Self {
        let last = self.shape().last().copied().unwrap_or(1);
        let shape = weight.shape();
        let zeros = self.builder.constant(&shape, &vec![0.0; numel(&shape)]);
        self.norm_of(last, weight, zeros, &norm::attrs(false, last, 1, eps))
    }

    /// Each channel of each sample of `[B, C, …]` normalised, weight and bias `[C]` (Ulyanov, Vedaldi & Lempitsky 2016).
    #[track_caller]
    pub fn instance_norm(self, weight: Var<'b>, bias: Var<'b>, eps: f64) -> Self {
        self.group_norm(self.shape().get(1).copied().unwrap_or(1), weight, bias, eps)
    }

    /// Groups of neighbouring channels of each sample of `[B, C, …]` normalised together, weight and bias `[C]` (Wu & He
    /// 2018, equations 1 to 7).
    #[track_caller]
    pub fn group_norm(self, groups: usize, weight: Var<'b>, bias: Var<'b>, eps: f64) -> Self {
        let shape = self.shape();
        let channels = shape.get(1).copied().unwrap_or(1);
        if shape.len() < 2 || groups == 0 || !channels.is_multiple_of(groups) {
            return self
                .builder
                .fail("norm", format!("{groups} groups do not divide the channels of {shape:?}"));
        }
        let inner = numel(&shape[2..]);
        self.norm_of(channels, weight, bias, &norm::attrs(true, channels / groups * inner, inner, eps))
    }

    /// Sum, mean or largest of each segment of rows, `[E, …]` → `[N, …]`; offsets: `[N + 1]`, ascending.
    #[track_caller]
    pub fn segment(self, offsets: Var<'b>, op: SegmentOp) -> Self {
        self.builder.kernel("segment_reduce", Attrs::ints(&[op as u32]), &[self, offsets])
    }

    /// Each segment's row for each of its `rows` members, `[N, …]` → `[E, …]`, divided by the segment's length for a mean.
    #[track_caller]
    pub fn segment_spread(self, offsets: Var<'b>, rows: usize, mean: bool) -> Self {
        let attrs = Attrs::ints(&[rows as u32, u32::from(mean)]);
        self.builder.kernel("segment_spread", attrs, &[self, offsets])
    }

    /// Softmax over the rows of each segment, column by column, `[E, …]`; offsets: `[N + 1]`, ascending.
    #[track_caller]
    pub fn segment_softmax(self, offsets: Var<'b>) -> Self {
        self.builder.kernel("segment_softmax", Attrs::default(), &[self, offsets])
    }

    /// Cotangent of a segment softmax's argument, self being its value and `g` the cotangent of that.
    #[track_caller]
    pub fn segment_softmax_grad(self, offsets: Var<'b>, g: Var<'b>) -> Self {
        self.builder.kernel("segment_softmax_grad", Attrs::default(), &[self, g, offsets])
    }
}
