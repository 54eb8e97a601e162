//! More elementwise functions on graphs: waves, powers, GELU, comparisons, choices.

use super::{Builder, Var};
use crate::engine::kernels::Attrs;
use crate::engine::kernels::binary::BinaryOp;
use crate::engine::kernels::unary::UnaryOp;

impl Builder {
    /// The numbers 0 … n − 1 along one of `rank` dimensions, the others of extent 1.
    #[track_caller]
    pub fn ramp(&self, axis: usize, rank: usize, n: usize) -> Var<'_> {
        let mut shape = vec![1; rank];
        match shape.get_mut(axis) {
            Some(extent) => *extent = n,
            None => return self.fail("ramp", format!("rank {rank} has no axis {axis}")),
        }
        let numbers: Vec<f64> = (0..n).map(|i| i as f64).collect();
        self.constant(&shape, &numbers)
    }
}

impl<'b> Var<'b> {
    /// Sine of an angle in radians; the shader's reduction is good to |x| = 1e4.
    #[track_caller]
    pub fn sin(self) -> Self {
        self.unary(UnaryOp::Sin, 0.0)
    }

    /// Cosine of an angle in radians; the shader's reduction is good to |x| = 1e4.
    #[track_caller]
    pub fn cos(self) -> Self {
        self.unary(UnaryOp::Cos, 0.0)
    }

    /// |x|; derivative almost everywhere, 0 at 0.
    #[track_caller]
    pub fn abs(self) -> Self {
        self.unary(UnaryOp::Abs, 0.0)
    }

    /// 1 for x > 0, −1 for x < 0, 0 at 0; no derivative.
    #[track_caller]
    pub fn sign(self) -> Self {
        self.unary(UnaryOp::Sign, 0.0)
    }

    /// x to a fixed power, x > 0.
    #[track_caller]
    pub fn powf(self, exponent: f64) -> Self {
        self.unary(UnaryOp::Pow, exponent)
    }

    /// 1/√(x + eps), x + eps > 0.
    #[track_caller]
    pub fn rsqrt_eps(self, eps: f64) -> Self {
        self.unary(UnaryOp::RsqrtEps, eps)
    }

    /// Gaussian error linear unit x Φ(x), by its tanh form ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks & Gimpel
    /// 2016, section 2).
    #[track_caller]
    pub fn gelu(self) -> Self {
        self.unary(UnaryOp::Gelu, 0.0)
    }

    /// x σ(slope·x); 1.702 is the sigmoid form of [`Var::gelu`], 1 is [`Var::silu`].
    #[track_caller]
    pub fn swish(self, slope: f64) -> Self {
        self.unary(UnaryOp::Swish, slope)
    }

    #[track_caller]
    fn with(self, op: BinaryOp, other: Self) -> Self {
        self.builder.kernel("binary", Attrs::ints(&[op as u32]), &[self, other])
    }

    /// The larger of two values; where they are equal, the derivative goes to `self`.
    #[track_caller]
    pub fn max(self, other: Self) -> Self {
        self.with(BinaryOp::Max, other)
    }

    /// The smaller of two values; where they are equal, the derivative goes to `self`.
    #[track_caller]
    pub fn min(self, other: Self) -> Self {
        self.with(BinaryOp::Min, other)
    }

    /// The nearest number of an interval; derivative 0 outside.
    #[track_caller]
    pub fn clamp(self, low: f64, high: f64) -> Self {
        self.max(self.builder.scalar(low)).min(self.builder.scalar(high))
    }

    /// x to the power of another value, x > 0.
    #[track_caller]
    pub fn pow(self, exponent: Self) -> Self {
        self.with(BinaryOp::Pow, exponent)
    }

    /// Angle of the point (x, self) in (−π, π], not at the origin.
    #[track_caller]
    pub fn atan2(self, x: Self) -> Self {
        self.with(BinaryOp::Atan2, x)
    }

    /// 1 where it is less than another value, else 0; no derivative.
    #[track_caller]
    pub fn less(self, other: Self) -> Self {
        self.with(BinaryOp::Less, other)
    }

    /// 1 where it is equal to another value, else 0; no derivative.
    #[track_caller]
    pub fn equals(self, other: Self) -> Self {
        self.with(BinaryOp::Equal, other)
    }

    /// `yes` where this value is not 0, else `no`, all three broadcast; the other may be infinite.
    #[track_caller]
    pub fn select(self, yes: Self, no: Self) -> Self {
        self.builder.kernel("select", Attrs::default(), &[self, yes, no])
    }

    /// Indices 0 … n − 1, of extent 1 along an axis, as rows of n with a 1 at the index; other numbers give zeros.
    #[track_caller]
    pub fn one_hot(self, axis: usize, n: usize) -> Self {
        let shape = self.shape();
        if shape.get(axis) != Some(&1) {
            return self.builder.fail("one_hot", format!("{shape:?} is not of extent 1 along axis {axis}"));
        }
        self.equals(self.builder.ramp(axis, shape.len(), n))
    }
}
