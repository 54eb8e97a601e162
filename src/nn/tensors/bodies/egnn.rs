//! EGNN with velocities.

use super::super::algebra::{Algebra, ROOT, bounded, over_batch_mean};
use super::super::scope::Scope;
use super::super::{Part, Spec};
use super::Cast;
use crate::engine::{Init, Var};

/// Gain of the last map of the forces at the start: larger ones throw the bodies about.
const GENTLE: f64 = 1e-3;

/// Bound of the factors φₓ. None comes near it on bodies like those of the data.
const MOST: f64 = 100.0;

/// hᵢ = ‖vᵢ‖ w + w₀, then layers (Satorras, Hoogeboom & Welling 2021, eqs. 3–7, with velocities)
///
/// 1. m_ij = φₑ(hᵢ, hⱼ, ‖xᵢ − xⱼ‖², qᵢ qⱼ, ‖xᵢ − xⱼ‖² at the input);
/// 2. xᵢ ← xᵢ + meanⱼ (xᵢ − xⱼ) φₓ(m_ij) + φᵥ(hᵢ) vᵢ, with the velocities that entered;
/// 3. hᵢ ← hᵢ + φₕ(hᵢ, Σⱼ m_ij).
///
/// φ are two maps with SiLU between them, φₑ with one behind as well; the last of φₓ has no bias and starts near zero.
/// The original clamps each component of the forces to ±100, which breaks the symmetry if it ever happens; here φₓ is bounded
/// instead, as 100 tanh(φₓ/100).
pub(super) fn build<'b>(scope: &Scope<'b>, spec: &Spec, g: &Algebra<'b>, cast: &Cast<'b>) -> Var<'b> {
    let (n, e, d, rows) = (cast.n, cast.e, cast.d, cast.batch);
    let (width, scalar) = (spec.width, Part::Scalar);
    let speed = g.inner(cast.v, cast.v).sqrt_eps(ROOT).reshape(&[rows, n, 1]);
    let mut h = scope.affine("embed", speed, width, scalar); // [B, N, H]
    let mut x = cast.x; // [B, D, N]
    let mut first = None;
    for i in 0..spec.depth {
        let name = |part: &str| format!("{i}.{part}");
        let affine = |part: &str, x: Var<'b>, out: usize| scope.affine(&name(part), x, out, scalar);
        let apart = cast.apart(x); // [B, D, E]
        let squared = g.inner(apart, apart).reshape(&[rows, e, 1]);
        let pair = [squared, cast.charges, *first.get_or_insert(squared)];
        let m = cast.meet(scope, &name("edge.0"), h, &pair, width).silu();
        let m = affine("edge.1", m, width).silu(); // [B, E, H]

        let bound = GENTLE * (6.0 / (width + 1) as f64).sqrt();
        let gentle = scope.mix(&name("force.1"), width, 1, Init::Uniform { low: -bound, high: bound });
        let weight = affine("force.0", m, width).silu().matmul(gentle); // [B, E, 1]
        let weight = bounded(weight, MOST).reshape(&[rows, 1, e]);
        let force = cast.pull(apart * weight) * (1.0 / (n - 1) as f64); // [B, D, N]
        let force = if spec.breaks.whole_batch { over_batch_mean(force) } else { force };
        let drift = affine("drift.1", affine("drift.0", h, width).silu(), 1).reshape(&[rows, 1, n]);
        x = x + force + cast.v * drift;
        if spec.breaks.bias {
            x = x + scope.param(&name("break.bias"), &[d, 1], Init::Normal { std: 0.5 }, Part::Mixing);
        }
        if i + 1 < spec.depth {
            let both = h.concat(2, &[cast.gather(m)]); // [B, N, 2H]
            h = h + affine("node.1", affine("node.0", both, width).silu(), width);
        }
    }
    x
}
