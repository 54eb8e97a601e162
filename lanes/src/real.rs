//! The scalar that references are generic over: one text serves as f32 twin and as f64 oracle.

use super::single;
use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// `f32` or `f64`, with the functions that kernels need.
pub trait Real:
    Copy
    + Default
    + PartialEq
    + PartialOrd
    + Debug
    + Display
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Sum
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Distance from 1 to the next larger value.
    const EPSILON: Self;
    /// The nearest value of this type.
    fn from_f64(x: f64) -> Self;
    /// The same value; exact.
    fn to_f64(self) -> f64;
    /// The nearest value of this type; exact from `f32`.
    fn from_f32(x: f32) -> Self;
    /// The nearest single-precision value.
    fn to_f32(self) -> f32;
    /// eˣ.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// 1/(1 + e⁻ˣ).
    fn sigmoid(self) -> Self;
    /// Cosine of an angle in radians.
    fn cos(self) -> Self;
    /// Sine of an angle in radians.
    fn sin(self) -> Self;
    /// Angle of the point (other, self) in (−π, π].
    fn atan2(self, other: Self) -> Self;
    /// Power of a positive number.
    fn pow(self, exponent: Self) -> Self;
    /// Absolute value.
    fn abs(self) -> Self;
    /// The larger of two; NaN where this one is NaN. One instruction, unlike the function of the standard library.
    fn max(self, other: Self) -> Self;
    /// The smaller of two; NaN where this one is NaN.
    fn min(self, other: Self) -> Self;
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;
}

macro_rules! real {
    ($t:ident, $($f:ident = $path:path),*) => {
        impl Real for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const EPSILON: Self = $t::EPSILON;
            fn from_f64(x: f64) -> Self {
                x as $t
            }
            fn to_f64(self) -> f64 {
                self as f64
            }
            fn from_f32(x: f32) -> Self {
                x as $t
            }
            fn to_f32(self) -> f32 {
                self as f32
            }
            // Always: a call that is left in a loop keeps it from being vectorised.
            $(#[inline(always)]
            fn $f(self) -> Self {
                $path(self)
            })*
            #[inline]
            fn sqrt(self) -> Self {
                $t::sqrt(self)
            }
            #[inline]
            fn abs(self) -> Self {
                $t::abs(self)
            }
            #[inline]
            fn atan2(self, other: Self) -> Self {
                $t::atan2(self, other)
            }
            #[inline]
            fn pow(self, exponent: Self) -> Self {
                $t::powf(self, exponent)
            }
            #[inline]
            fn max(self, other: Self) -> Self {
                if self < other { other } else { self }
            }
            #[inline]
            fn min(self, other: Self) -> Self {
                if self > other { other } else { self }
            }
            #[inline]
            fn is_finite(self) -> bool {
                $t::is_finite(self)
            }
        }
    };
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

real!(
    f32,
    exp = single::exp,
    ln = single::ln,
    tanh = single::tanh,
    sigmoid = single::sigmoid,
    cos = single::cos,
    sin = single::sin
);
real!(f64, exp = f64::exp, ln = f64::ln, tanh = f64::tanh, sigmoid = sigmoid, cos = f64::cos, sin = f64::sin);
