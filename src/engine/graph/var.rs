//! `Var`: the handle that models compute with. Every method appends nodes; none returns `Result`.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{Builder, NodeId, Op};
use crate::engine::kernels::Attrs;
use crate::engine::kernels::binary::BinaryOp;
use crate::engine::kernels::unary::UnaryOp;
use crate::engine::kernels::window;
use crate::engine::shape;

/// A value of a graph under construction.
#[derive(Clone, Copy)]
pub struct Var<'b> {
    pub(super) builder: &'b Builder,
    pub(super) id: NodeId,
}

/// Elementwise functions of one argument.
macro_rules! unary_methods {
    ($($(#[$doc:meta])* $name:ident => $op:ident;)*) => {
        $($(#[$doc])* #[track_caller] pub fn $name(self) -> Self { self.unary(UnaryOp::$op, 0.0) })*
    };
}

impl<'b> Var<'b> {
    /// The builder this value belongs to.
    pub fn builder(self) -> &'b Builder {
        self.builder
    }

    /// Extents, outermost first.
    pub fn shape(self) -> Vec<usize> {
        self.builder.node_shape(self.id)
    }

    /// Elementwise function, `value` being its constant where it has one.
    #[track_caller]
    pub fn unary(self, op: UnaryOp, value: f64) -> Self {
        self.builder.kernel("unary", Attrs { ints: vec![op as u32], reals: vec![value] }, &[self])
    }

    unary_methods! {
        /// x².
        square => Square;
        /// eˣ.
        exp => Exp;
        /// Natural logarithm, x > 0.
        ln => Ln;
        /// 1/x, x ≠ 0.
        recip => Recip;
        /// Hyperbolic tangent.
        tanh => Tanh;
        /// 1/(1 + e⁻ˣ).
        sigmoid => Sigmoid;
        /// x/(1 + e⁻ˣ).
        silu => Silu;
        /// ln(1 + eˣ).
        softplus => Softplus;
        /// max(x, 0); derivative almost everywhere, 0 at 0.
        relu => Relu;
    }

    /// √(x + eps), x + eps > 0.
    #[track_caller]
    pub fn sqrt_eps(self, eps: f64) -> Self {
        self.unary(UnaryOp::SqrtEps, eps)
    }

    /// Elementwise function of two values; what is known beforehand is computed here: two fixed numbers, and x·1.
    #[track_caller]
    fn binary(self, op: BinaryOp, other: Self) -> Self {
        let fixed = (self.builder.fixed(self.id), self.builder.fixed(other.id));
        match (op, fixed) {
            (_, (Some(a), Some(b))) => self.builder.scalar(op.apply(a, b)),
            (BinaryOp::Mul, (_, Some(1.0))) => self,
            (BinaryOp::Mul, (Some(1.0), _)) => other,
            _ => self.builder.kernel("binary", Attrs::ints(&[op as u32]), &[self, other]),
        }
    }

    /// Matrix product `[M.., K]`·`[K, N]` → `[M.., N]`.
    #[track_caller]
    pub fn matmul(self, w: Var<'b>) -> Self {
        let mut out = self.shape();
        let Some(k) = out.pop() else { return self };
        if w.shape().len() != 2 {
            return self
                .builder
                .fail("matmul", format!("the right factor must have rank 2, not {:?}", w.shape()));
        }
        out.push(w.shape()[1]);
        let rows = shape::numel(&self.shape()) / k.max(1);
        let product = self.reshape(&[rows, k]).matmul_flags(w, false, false);
        product.reshape(&out)
    }

    /// Product of two matrices, each transposed first if its flag says so.
    #[track_caller]
    pub fn matmul_flags(self, other: Var<'b>, transpose_self: bool, transpose_other: bool) -> Self {
        let attrs = Attrs::ints(&[u32::from(transpose_self), u32::from(transpose_other)]);
        self.builder.kernel("matmul", attrs, &[self, other])
    }

    /// Batched product of small matrices, `[B, P, Q]`·`[B, Q, C]` → `[B, P, C]`, each transposed in its last two dimensions
    /// first if its flag says so; a batch of 1 serves all.
    #[track_caller]
    pub fn batch_matmul(self, other: Var<'b>, transpose_self: bool, transpose_other: bool) -> Self {
        let attrs = Attrs::ints(&[u32::from(transpose_self), u32::from(transpose_other)]);
        self.builder.kernel("group_act", attrs, &[self, other])
    }

    /// Action of a matrix per sample: `y[b,i,c]` = Σⱼ `m[b,i,j]` `x[b,j,c]`; m: `[B, D, D]`, x: `[B or 1, D, C]`.
    #[track_caller]
    pub fn act(self, m: Var<'b>) -> Self {
        m.batch_matmul(self, false, false)
    }

    /// Inner products under a diagonal metric: a, b: `[B, D, C]`, eta: `[D]` → Σᵢ ηᵢ aᵢ bᵢ : `[B, C]`.
    #[track_caller]
    pub fn metric_dot(self, other: Var<'b>, eta: Var<'b>) -> Self {
        self.builder.kernel("metric_dot", Attrs::default(), &[self, other, eta])
    }

    /// Sum along an axis, which stays as extent 1.
    #[track_caller]
    pub fn sum(self, axis: usize) -> Self {
        self.builder.kernel("reduce_sum", Attrs::ints(&[axis as u32, 0]), &[self])
    }

    /// Mean along an axis, which stays as extent 1.
    #[track_caller]
    pub fn mean_axis(self, axis: usize) -> Self {
        self.builder.kernel("reduce_sum", Attrs::ints(&[axis as u32, 1]), &[self])
    }

    /// Sum of all elements, shape `[1]`.
    #[track_caller]
    pub fn sum_all(self) -> Self {
        self.reshape(&[shape::numel(&self.shape())]).sum(0)
    }

    /// Mean of all elements, shape `[1]`.
    #[track_caller]
    pub fn mean(self) -> Self {
        self.reshape(&[shape::numel(&self.shape())]).mean_axis(0)
    }

    /// Repeats extents of 1 up to `shape`.
    #[track_caller]
    pub fn expand(self, shape: &[usize]) -> Self {
        if self.shape() == shape {
            return self;
        }
        let ints: Vec<u32> = shape.iter().map(|&d| d as u32).collect();
        self.builder.kernel("expand", Attrs::ints(&ints), &[self])
    }

    /// Sums over what broadcasting from `target` to this shape repeated: the transpose of [`Var::expand`].
    #[track_caller]
    pub fn sum_to(self, target: &[usize]) -> Self {
        let from = self.shape();
        if from == target {
            return self;
        }
        let missing = from.len().saturating_sub(target.len());
        let mut runs: Vec<(bool, usize)> = Vec::new(); // (summed, extent), neighbours merged
        for (i, &extent) in from.iter().enumerate().filter(|&(_, &extent)| extent != 1) {
            let summed = i < missing || target[i - missing] == 1;
            match runs.last_mut() {
                Some((s, e)) if *s == summed => *e *= extent,
                _ => runs.push((summed, extent)),
            }
        }
        if runs.is_empty() {
            return self.reshape(target);
        }
        let merged: Vec<usize> = runs.iter().map(|r| r.1).collect();
        let mut v = self.reshape(&merged);
        for (axis, _) in runs.iter().enumerate().filter(|(_, r)| r.0) {
            v = v.sum(axis);
        }
        v.reshape(target)
    }

    /// Places `start .. start + len` of an axis.
    #[track_caller]
    pub fn slice(self, axis: usize, start: usize, len: usize) -> Self {
        let shape = self.shape();
        match shape.get(axis) {
            Some(&extent) if len > 0 && start + len <= extent => self.window(axis, len, start as i32),
            _ => self
                .builder
                .fail("slice", format!("{start}..{} is outside of axis {axis} of {shape:?}", start + len)),
        }
    }

    /// `len` places along an axis, the first of which shows place `shift`; 0 where there is none.
    #[track_caller]
    pub fn window(self, axis: usize, len: usize, shift: i32) -> Self {
        self.builder.kernel("window", window::attrs(axis, len, shift), &[self])
    }

    /// The same numbers, row-major, under another shape.
    #[track_caller]
    pub fn reshape(self, shape: &[usize]) -> Self {
        let from = self.shape();
        if from == shape {
            return self;
        }
        if shape::numel(&from) != shape::numel(shape) {
            return self.builder.fail("reshape", format!("{from:?} does not reshape to {shape:?}"));
        }
        self.builder.append("reshape", Op::Reshape, &[self.id], shape)
    }

    /// The same value, as a constant to differentiation.
    #[track_caller]
    pub fn detach(self) -> Self {
        self.builder.append("detach", Op::Detach, &[self.id], &self.shape())
    }
}

impl Neg for Var<'_> {
    type Output = Self;
    #[track_caller]
    fn neg(self) -> Self {
        self.unary(UnaryOp::Neg, 0.0)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $op:ident;)*) => {$(
        impl<'b> $trait for Var<'b> {
            type Output = Var<'b>;
            #[track_caller]
            fn $method(self, other: Var<'b>) -> Var<'b> {
                self.binary(BinaryOp::$op, other)
            }
        }
        impl<'b> $trait<f64> for Var<'b> {
            type Output = Var<'b>;
            #[track_caller]
            fn $method(self, other: f64) -> Var<'b> {
                self.binary(BinaryOp::$op, self.builder.scalar(other))
            }
        }
        impl<'b> $trait<Var<'b>> for f64 {
            type Output = Var<'b>;
            #[track_caller]
            fn $method(self, other: Var<'b>) -> Var<'b> {
                other.builder.scalar(self).binary(BinaryOp::$op, other)
            }
        }
    )*};
}

operators! {
    Add add Add;
    Sub sub Sub;
    Mul mul Mul;
    Div div Div;
}
