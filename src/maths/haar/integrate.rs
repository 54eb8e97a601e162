//! Means of functions over a group, with error bars.

use super::HaarLaw;
use crate::maths::matrix::Matrix;
use crate::maths::rng::Rng;

/// A mean over the group and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Integral {
    /// ∫ f dg / ∫ dg over the part of the group that the law's measure names.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
    /// (Σ w)² / Σ w²: how many samples of equal weight would do as well. A small share of the samples says that few of
    /// them decide, and that the error bar itself is poorly known.
    pub effective_samples: f64,
    /// Number of samples.
    pub samples: usize,
}

/// The mean of f by `samples` draws: Σ wᵢ f(gᵢ) / Σ wᵢ, with the standard error √Σ wᵢ² (f(gᵢ) − mean)² / Σ wᵢ.
///
/// With equal weights this is the plain mean. With others it is self-normalised importance sampling, whose bias is of
/// the order of 1/samples. Differences such as f(g) − f(h g) have far smaller errors than their terms: pass them as
/// one function. For no samples everything is NaN.
pub fn integrate(
    law: &HaarLaw,
    samples: usize,
    rng: &mut Rng,
    mut f: impl FnMut(&Matrix) -> f64,
) -> Integral {
    let draws: Vec<(f64, f64)> = (0..samples)
        .map(|_| {
            let draw = law.draw(rng);
            (draw.log_weight, f(&draw.element))
        })
        .collect();
    // Only ratios of weights matter; the largest becomes 1.
    let most = draws.iter().map(|d| d.0).fold(f64::NEG_INFINITY, f64::max);
    let weighted: Vec<(f64, f64)> = draws.into_iter().map(|(l, v)| ((l - most).exp(), v)).collect();
    let total: f64 = weighted.iter().map(|(w, _)| w).sum();
    let mean = weighted.iter().map(|(w, v)| w * v).sum::<f64>() / total;
    let spread = weighted.iter().map(|(w, v)| (w * (v - mean)).powi(2)).sum::<f64>().sqrt();
    let squares: f64 = weighted.iter().map(|(w, _)| w * w).sum();
    Integral { mean, error: spread / total, effective_samples: total * total / squares, samples }
}
