//! Initial distributions of weights.

use crate::engine::Init;

/// Normal with standard deviation gain/√fan_in, so that a sum of fan_in unit inputs has the gain as its deviation.
pub fn fan_in(gain: f64, fan_in: usize) -> Init {
    Init::Normal { std: gain / (fan_in.max(1) as f64).sqrt() }
}

/// Uniform on ±1/√fan_in, variance 1/(3 fan_in): what PyTorch gives weights and biases of a linear map.
pub fn uniform_fan_in(fan_in: usize) -> Init {
    let bound = 1.0 / (fan_in.max(1) as f64).sqrt();
    Init::Uniform { low: -bound, high: bound }
}

/// Normal with variance 2/(fan_in + fan_out) (Glorot & Bengio 2010, eq. 16).
pub fn glorot(fan_in: usize, fan_out: usize) -> Init {
    Init::Normal { std: (2.0 / (fan_in + fan_out).max(1) as f64).sqrt() }
}

/// E[silu(z)²] for z normal with the given variance, by the trapezoidal rule, which for a smooth function that dies away at
/// both ends is exact to all digits that matter here.
pub fn silu_power(variance: f64) -> f64 {
    const STEPS: i32 = 160;
    let (h, deviation) = (0.1, variance.sqrt());
    let term = |k: i32| {
        let x = h * f64::from(k);
        let z = deviation * x;
        (z / (1.0 + (-z).exp())).powi(2) * (-0.5 * x * x).exp()
    };
    let sum: f64 = (-STEPS / 2..=STEPS / 2).map(term).sum();
    sum * h / (2.0 * std::f64::consts::PI).sqrt()
}
