//! Affine maps of plain numbers.

use crate::engine::{Builder, Init, Var};
use crate::nn::init::fan_in;

/// x W + b: x [B, I], W [I, O], b [O] → [B, O].
pub fn dense<'b>(b: &'b Builder, path: &str, x: Var<'b>, out: usize, gain: f64) -> Var<'b> {
    let inputs = x.shape().last().copied().unwrap_or(1);
    let w = b.param(&format!("{path}.weight"), &[inputs, out], fan_in(gain, inputs));
    let bias = b.param(&format!("{path}.bias"), &[out], Init::Zeros);
    x.matmul(w) + bias // [B, O]
}
