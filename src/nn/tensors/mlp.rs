//! The plain network on all coordinates.

use super::scope::{Scope, batch};
use super::{Inputs, Io, Outputs, Part, Spec};
use crate::engine::{Init, Var};
use crate::nn::init::glorot;

/// Hidden layers x ↦ silu(x W + b) and a linear one behind them, on scalars and vectors in sequence; W starts normal with
/// variance 2/(I + O), b at zero (the baseline of Finzi, Welling & Wilson 2021, 3 layers of 384).
pub(super) fn build<'b>(scope: &Scope<'b>, spec: &Spec, io: &Io, (t0, t1): Inputs<'b>) -> Outputs<'b> {
    let (n, d) = (batch(t1), io.space.dim());
    let flat = t1.reshape(&[n, d * io.t1_in]); // [B, D·n₁]
    let mut h = t0.map_or(flat, |t0| t0.concat(1, &[flat])); // [B, n₀ + D·n₁]
    let dense = |name: &str, x: Var<'b>, out: usize| {
        let from = x.shape()[1];
        scope.affine_from(name, x, out, Part::Mixing, (glorot(from, out), Init::Zeros))
    };
    for i in 0..spec.depth {
        h = dense(&format!("{i}"), h, spec.width).silu(); // [B, W]
    }
    let out = |name: &str, count: usize, each: usize| {
        (count > 0).then(|| dense(name, h, each * count).reshape(&[n, each, count]))
    };
    let t0 = out("out.t0", io.t0_out, 1).map(|t| t.reshape(&[n, io.t0_out]));
    (t0, out("out.t1", io.t1_out, d), out("out.t2", io.t2_out, d * d))
}
