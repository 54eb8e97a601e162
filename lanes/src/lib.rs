//! The innermost loops of the CPU executor: matrix products ([`gemm`]), functions over slices ([`Lanes`]), the numbers
//! they are generic over ([`real::Real`]), and what lets a plain loop run on vectors.
//!
//! They are a crate of their own for one reason. The browser bundle is compiled for size, these loops for speed
//! (`opt-level = 3`): at "s", "z" or 2 the tiles are left in memory, and products are ten times slower. What is generic
//! is compiled where it is used; so that loops are compiled here, [`Lanes`] has them as methods of `f32`.
//!
//! What is called from outside is never written into its caller (`inline(never)`): there it would be compiled for size
//! again. And the browser bundle's link-time optimisation has to run at level 3, by which loops become vectors.
//!
//! A loop without a branch vectorises by itself, with the vectors that every processor of the target has: 128 bits in
//! WASM and on x86-64. The macro `widest!` adds a copy of it for AVX2.

pub mod act;
mod behind;
pub mod binary;
mod fused;
pub mod gemm;
mod little;
#[cfg(test)]
mod loops_tests;
mod matvec;
mod pack;
pub mod places;
pub mod pool;
pub mod program;
pub mod real;
mod rows;
mod single;
pub mod sweep;
mod tape;
#[cfg_attr(target_arch = "wasm32", path = "alone.rs")]
pub mod team;
#[cfg(test)]
mod tests;
mod tile;
pub mod unary;
pub mod windows;

use binary::BinaryOp;
use program::Space;
use real::Real;
use sweep::Sweep;
use unary::UnaryOp;

pub use behind::Behind;
pub use fused::Fused;
pub use gemm::{Matrix, Onto, Product};
pub use tape::{Pair, Tape};
pub use team::Team;

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

/// Σ aᵢ·bᵢ in sixteen interleaved parts that are added up in pairs, always in the same order. Where one slice is longer,
/// its rest is left out.
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
    let mut parts: [f32; 8] = std::array::from_fn(|l| parts[l] + parts[l + 8]);
    // Eight more at once: rows of small matrices have no more.
    let ((a8, a_rest), (b8, b_rest)) = (a_rest.as_chunks::<8>(), b_rest.as_chunks::<8>());
    for (a, b) in a8.iter().zip(b8) {
        for l in 0..8 {
            parts[l] += a[l] * b[l];
        }
    }
    let parts: [f32; 4] = std::array::from_fn(|l| parts[l] + parts[l + 4]);
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    (parts[0] + parts[2]) + (parts[1] + parts[3]) + rest
}

/// Whether none is infinite or NaN. Looks at the exponents of all of them, for a loop without a way out runs on vectors.
#[inline(never)]
pub fn all_finite(x: &[f32]) -> bool {
    x.iter().fold(0, |most: u32, v| most.max(v.abs().to_bits())) < f32::INFINITY.to_bits()
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
    /// Σ aᵢ·bᵢ, of slices of one length.
    fn inner(a: &[Self], b: &[Self]) -> Self;
    /// ln Σ e^xᵢ, formed around the largest term.
    fn log_sum(x: &[Self]) -> Self;
    /// zᵢ = scale·yᵢ·(gᵢ − Σ y g): the Jacobian matrix of a scaled softmax y, applied to g.
    fn soften_back(y: &[Self], g: &[Self], scale: Self, z: &mut [Self]);
    /// yᵢ = a·yᵢ + b.
    fn affine(y: &mut [Self], a: Self, b: Self);
    /// yᵢ *= xᵢ.
    fn multiply(y: &mut [Self], x: &[Self]);
    /// y += Σ of the rows of x, each as long as y, always in the same order; y = that where it is `fresh`.
    fn sum_rows(y: &mut [Self], x: &[Self], fresh: bool);
    /// Runs an elementwise program.
    fn program(tape: &Tape<Self>, space: Space<'_, '_, Self>, registers: &mut [Self]);
    /// yᵢ = the pair's function of aᵢ and bᵢ.
    fn pair(pair: Pair, a: &[Self], b: &[Self], y: &mut [Self]);
    /// yᵢ = e^(yᵢ − max y) / Σ of them.
    fn soften(y: &mut [Self]);
    /// y = (x − m)/√(v + eps), m mean (0 unless it is centred) and v variance about m; gives 1/√(v + eps).
    fn normalise(x: &[Self], y: &mut [Self], centred: bool, eps: Self) -> Self;
    /// The derivative of that: hᵢ = scale·(hᵢ − mean h − x̂ᵢ·mean(h x̂)), x̂ the row normalised; no mean h unless centred.
    fn normalise_back(hat: &[Self], h: &mut [Self], centred: bool, scale: Self);
    /// One step of an optimiser.
    fn sweep(sweep: &Sweep<Self>, g: &[Self], p: &mut [Self], moments: &mut [Self]);
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
            #[inline(never)]
            fn map(op: UnaryOp, value: $t, x: &[$t], y: &mut [$t]) {
                $run!(
                    |(op, value, x, y): (UnaryOp, $t, &[$t], &mut [$t])| op.map(value, x, y),
                    (op, value, x, y)
                )
            }

            #[inline(never)]
            fn zip(op: BinaryOp, a: &[$t], b: &[$t], y: &mut [$t]) {
                $run!(|(op, a, b, y): (BinaryOp, &[$t], &[$t], &mut [$t])| op.zip(a, b, y), (op, a, b, y))
            }

            #[inline(never)]
            fn with_right(op: BinaryOp, a: &[$t], b: $t, y: &mut [$t]) {
                $run!(|(op, a, b, y): (BinaryOp, &[$t], $t, &mut [$t])| op.with_right(a, b, y), (op, a, b, y))
            }

            #[inline(never)]
            fn with_left(op: BinaryOp, a: $t, b: &[$t], y: &mut [$t]) {
                $run!(|(op, a, b, y): (BinaryOp, $t, &[$t], &mut [$t])| op.with_left(a, b, y), (op, a, b, y))
            }

            #[inline(never)]
            fn total(x: &[$t]) -> $t {
                sum_in_parts(x)
            }

            #[inline(never)]
            fn accumulate(y: &mut [$t], x: &[$t]) {
                y.iter_mut().zip(x).for_each(|(y, &x)| *y += x);
            }

            #[inline(never)]
            fn inner(a: &[$t], b: &[$t]) -> $t {
                rows::sum_of(a, b, |a, b| a * b)
            }

            #[inline(never)]
            fn log_sum(x: &[$t]) -> $t {
                rows::log_sum(x)
            }

            #[inline(never)]
            fn soften_back(y: &[$t], g: &[$t], scale: $t, z: &mut [$t]) {
                rows::soften_back(y, g, scale, z)
            }

            #[inline(never)]
            fn affine(y: &mut [$t], a: $t, b: $t) {
                y.iter_mut().for_each(|y| *y = a * *y + b);
            }

            #[inline(never)]
            fn multiply(y: &mut [$t], x: &[$t]) {
                y.iter_mut().zip(x).for_each(|(y, &x)| *y *= x);
            }

            #[inline(never)]
            fn sum_rows(y: &mut [$t], x: &[$t], fresh: bool) {
                $run!(|(y, x, fresh): (&mut [$t], &[$t], bool)| rows::sum(y, x, fresh), (y, x, fresh))
            }

            #[inline(never)]
            fn program(tape: &Tape<$t>, space: Space<'_, '_, $t>, registers: &mut [$t]) {
                tape::run(tape, space, registers);
            }

            #[inline(never)]
            fn pair(pair: Pair, a: &[$t], b: &[$t], y: &mut [$t]) {
                $run!(|(pair, a, b, y): (Pair, &[$t], &[$t], &mut [$t])| pair.zip(a, b, y), (pair, a, b, y))
            }

            #[inline(never)]
            fn soften(y: &mut [$t]) {
                $run!(|y: &mut [$t]| rows::soften(y), y)
            }

            #[inline(never)]
            fn normalise(x: &[$t], y: &mut [$t], centred: bool, eps: $t) -> $t {
                rows::normalise(x, y, centred, eps)
            }

            #[inline(never)]
            fn normalise_back(hat: &[$t], h: &mut [$t], centred: bool, scale: $t) {
                rows::normalise_back(hat, h, centred, scale)
            }

            #[inline(never)]
            fn sweep(sweep: &Sweep<$t>, g: &[$t], p: &mut [$t], moments: &mut [$t]) {
                $run!(
                    |(sweep, g, p, m): (&Sweep<$t>, &[$t], &mut [$t], &mut [$t])| sweep.run(g, p, m),
                    (sweep, g, p, moments)
                )
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
