//! Fast loops of the CPU executor: matrix products ([`gemm`]), and what lets a plain loop run on vectors.
//!
//! A reference in plain loops vectorises by itself where its body has no branch, with the vectors that every processor
//! of the target has: 128 bits in WASM and on x86-64. The macro `widest!` adds a copy of it for AVX2. All of this takes
//! `opt-level = 3`: at "s" and at 2 the tiles are left in memory, and products are ten times slower.

pub mod gemm;
mod matvec;
mod pack;
#[cfg(test)]
mod tests;
mod tile;

pub use gemm::{Matrix, Product};

/// Whether this processor has the instructions of the wide copies: AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn has_wide() -> bool {
    std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma")
}

/// `widest!(run: fn(&mut Call<'_, f32>))`: a function that does what `run` does, in a copy compiled for AVX2 where the
/// processor has that. `run` and what it calls in its loops must be `#[inline(always)]`, and the bodies of loops not be
/// closures but for small ones: what stays a call is compiled for the narrow vectors. Products and sums are not
/// contracted, so that both copies agree to the last bit.
macro_rules! widest {
    ($run:path: fn($argument:ty)) => {{
        fn widest(argument: $argument) {
            #[cfg(target_arch = "x86_64")]
            if $crate::engine::simd::has_wide() {
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

pub(crate) use widest;

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
