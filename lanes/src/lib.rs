//! The innermost loops of the CPU executor: matrix products ([`gemm`]), functions over slices ([`Lanes`]), the numbers
//! they are generic over ([`real::Real`]), and what lets a plain loop run on vectors.
//!
//! They are a crate of their own for one reason. The browser bundle is compiled for size, these loops for speed
//! (`opt-level = 3`): at "s", "z" or 2 the tiles are left in memory, and products are ten times slower. What is generic
//! is compiled where it is used; so that loops are compiled here, [`Lanes`] has them as methods of `f32`.
//!
//! A loop without a branch vectorises by itself, with the vectors that every processor of the target has: 128 bits in
//! WASM and on x86-64. The macro `widest!` adds a copy of it for AVX2.

pub mod binary;
pub mod gemm;
mod matvec;
mod pack;
pub mod real;
mod single;
#[cfg(test)]
mod tests;
mod tile;
pub mod unary;

use binary::BinaryOp;
use real::Real;
use unary::UnaryOp;

pub use gemm::{Matrix, Product};

/// Whether this processor has the instructions of the wide copies: AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[inline]
pub fn has_wide() -> bool {
    std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma")
}

/// `widest!(run: fn(&mut Call<'_, f32>))`: a function that does what `run` does, in a copy compiled for AVX2 where the
/// processor has that. `run` and what it calls in its loops must be `#[inline(always)]`, and the bodies of loops not be
/// closures but for small ones: what stays a call is compiled for the narrow vectors. Products and sums are not
/// contracted, so that both copies agree to the last bit.
#[macro_export]
macro_rules! widest {
    ($run:path: fn($argument:ty)) => {{
        fn widest(argument: $argument) {
            #[cfg(target_arch = "x86_64")]
            if $crate::has_wide() {
                #[target_feature(enable = "avx2,fma")]
                fn wide(argument: $argument) {
                    $run(argument);
                }
                #[allow(unsafe_code)]
                // SAFETY: the processor has the instructions.
                return unsafe { wide(argument) };
            }
            $run(argument);
        }
        widest
    }};
}

/// Σ aᵢ·bᵢ in sixteen interleaved parts, always in the same order. Where one slice is longer, its rest is left out.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a, b) = (&a[..a.len().min(b.len())], &b[..a.len().min(b.len())]);
    let (a16, a_rest) = a.as_chunks::<16>();
    let (b16, b_rest) = b.as_chunks::<16>();
    let mut parts = [0.0; 16];
    for (a, b) in a16.iter().zip(b16) {
        for l in 0..16 {
            parts[l] += a[l] * b[l];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    parts.iter().sum::<f32>() + rest
}

/// A number whose functions run over slices as fast as the processor can.
pub trait Lanes: Real {
    /// yᵢ = f(xᵢ).
    fn map(op: UnaryOp, value: Self, x: &[Self], y: &mut [Self]);
    /// yᵢ = aᵢ ∘ bᵢ.
    fn zip(op: BinaryOp, a: &[Self], b: &[Self], y: &mut [Self]);
    /// yᵢ = aᵢ ∘ b.
    fn with_right(op: BinaryOp, a: &[Self], b: Self, y: &mut [Self]);
    /// yᵢ = a ∘ bᵢ.
    fn with_left(op: BinaryOp, a: Self, b: &[Self], y: &mut [Self]);
    /// Sum in eight interleaved parts: rounds less than one running sum, always in the same order.
    fn total(x: &[Self]) -> Self;
    /// yᵢ += xᵢ.
    fn accumulate(y: &mut [Self], x: &[Self]);
}

/// Sum in eight interleaved parts.
#[inline(always)]
fn sum_in_parts<T: Real>(x: &[T]) -> T {
    let (chunks, rest) = x.as_chunks::<8>();
    let mut parts = [T::ZERO; 8];
    for chunk in chunks {
        for l in 0..8 {
            parts[l] += chunk[l];
        }
    }
    parts.iter().copied().sum::<T>() + rest.iter().copied().sum()
}

macro_rules! lanes {
    ($t:ident: $run:ident) => {
        impl Lanes for $t {
            fn map(op: UnaryOp, value: $t, x: &[$t], y: &mut [$t]) {
                $run!(
                    |(op, value, x, y): (UnaryOp, $t, &[$t], &mut [$t])| op.map(value, x, y),
                    (op, value, x, y)
                )
            }

            fn zip(op: BinaryOp, a: &[$t], b: &[$t], y: &mut [$t]) {
                $run!(|(op, a, b, y): (BinaryOp, &[$t], &[$t], &mut [$t])| op.zip(a, b, y), (op, a, b, y))
            }

            fn with_right(op: BinaryOp, a: &[$t], b: $t, y: &mut [$t]) {
                $run!(|(op, a, b, y): (BinaryOp, &[$t], $t, &mut [$t])| op.with_right(a, b, y), (op, a, b, y))
            }

            fn with_left(op: BinaryOp, a: $t, b: &[$t], y: &mut [$t]) {
                $run!(|(op, a, b, y): (BinaryOp, $t, &[$t], &mut [$t])| op.with_left(a, b, y), (op, a, b, y))
            }

            fn total(x: &[$t]) -> $t {
                sum_in_parts(x)
            }

            fn accumulate(y: &mut [$t], x: &[$t]) {
                y.iter_mut().zip(x).for_each(|(y, &x)| *y += x);
            }
        }
    };
}

/// As it is.
macro_rules! plain {
    (|$pattern:tt: $type:ty| $body:expr, $argument:expr) => {{
        let $pattern: $type = $argument;
        $body;
    }};
}

/// Also in a copy for wider vectors.
macro_rules! wide {
    (|$pattern:tt: $type:ty| $body:expr, $argument:expr) => {{
        #[inline(always)]
        fn run($pattern: $type) {
            $body;
        }
        widest!(run: fn($type))($argument);
    }};
}

lanes!(f32: wide);
lanes!(f64: plain);
