//! Initial distributions of weights.

use crate::engine::Init;

/// Normal with standard deviation gain/√fan_in, so that a sum of fan_in unit inputs has the gain as its deviation.
pub fn fan_in(gain: f64, fan_in: usize) -> Init {
    Init::Normal { std: gain / (fan_in.max(1) as f64).sqrt() }
}
