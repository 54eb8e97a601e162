//! Tensor polynomials over bodies.

use super::super::algebra::{Algebra, bounded, gate, over_batch_mean};
use super::super::scope::{Scope, channels};
use super::super::{Part, Spec};
use super::Cast;
use crate::engine::{Init, Var};
use crate::nn::init::{fan_in, uniform_fan_in};

/// Size of the read-out at the start, against its usual one: bodies begin by staying where they are.
const GENTLE: f64 = 0.1;
/// Most that an invariant tells the scalars. Without a bound the output of a layer grows as the square of how far out a body
/// is, that of the next as the square of that, and roundings with it: three layers reach residuals of 5e-5.
const MOST: f64 = 10.0;

/// Every body has scalars sᵢ, at first its charge, and vectors Xᵢ, at first its place from the mean and its velocity.
/// A layer is one of [`super::super::Kind::Grepsnet`] with messages:
///
/// 1. a = X A, b = X B for each body, and their differences between the two of a pair, Δa, Δb;
/// 2. m_ij = φ(sᵢ, sⱼ, β(⟨Δa, Δb⟩/√D), β(‖Δa‖/√D), qᵢ qⱼ) with β(v) = 10 tanh(v/10);
/// 3. sᵢ ← sᵢ + ψ(sᵢ, β(⟨aᵢ, bᵢ⟩/√D), β(‖aᵢ‖/√D), Σⱼ m_ij);
/// 4. Xᵢ ← Xᵢ + (gate(sᵢ) ⊙ aᵢ) C + meanⱼ (gate(m_ij) ⊙ Δa_ij) C′.
///
/// The new places are the old ones plus X W. Differences and places from the mean do not notice translations.
pub(super) fn build<'b>(scope: &Scope<'b>, spec: &Spec, g: &Algebra<'b>, cast: &Cast<'b>) -> Var<'b> {
    let (n, d, rows, c) = (cast.n, cast.d, cast.batch, spec.width);
    let column = |v: Var<'b>| v.reshape(&[rows, d, n, 1]);
    let placed = column(cast.x - cast.x.mean_axis(2)).concat(3, &[column(cast.v)]); // [B, D, N, 2]
    let mut v = placed.matmul(scope.mix("vectors", 2, c, fan_in(1.0, 2))); // [B, D, N, C]
    let mut s = scope.affine("scalars", cast.charge, c, Part::Scalar); // [B, N, C]
    for i in 0..spec.depth {
        (s, v) = Layer { scope, spec, g, cast, path: i.to_string() }.build(s, v);
    }
    let way = Init::Normal { std: GENTLE / (c as f64).sqrt() };
    cast.x + v.matmul(scope.mix("out", c, 1, way)).reshape(&[rows, d, n])
}

struct Layer<'a, 'b> {
    scope: &'a Scope<'b>,
    spec: &'a Spec,
    g: &'a Algebra<'b>,
    cast: &'a Cast<'b>,
    path: String,
}

impl<'b> Layer<'_, 'b> {
    fn build(&self, s: Var<'b>, v: Var<'b>) -> (Var<'b>, Var<'b>) {
        let (cast, c, wires) = (self.cast, self.spec.width, self.spec.wiring);
        let mix = |part: &str, v: Var<'b>, init: Init| v.matmul(self.scope.mix(&self.name(part), c, c, init));
        let mut a = mix("left", v, fan_in(1.0, c)); // [B, D, N, C]
        if self.spec.breaks.bias {
            let init = Init::Normal { std: 0.5 };
            a = a + self.scope.param(&self.name("break.bias"), &[cast.d, 1, c], init, Part::Mixing);
        }
        let b = if wires.cross { mix("right", v, fan_in(1.0, c)) } else { a };
        let (near, far) = (self.apart(a), if wires.cross { self.apart(b) } else { self.apart(a) }); // [B, D, E, C]

        let mut pair = self.invariants(near, far); // [B, E, C] each
        pair.push(cast.charges);
        let m = cast.meet(self.scope, &self.name("message.0"), s, &pair, self.spec.hidden).silu();
        let m = self.affine("message.1", m, self.spec.hidden).silu(); // [B, E, H]

        let mut own = self.invariants(a, b); // [B, N, C] each
        own.push(cast.gather(m));
        let z = s.concat(2, &own);
        let s = s + self.affine("scalar.1", self.affine("scalar.0", z, self.spec.hidden).silu(), c); // [B, N, C]

        let gated = if wires.gate_t1 { self.gated("gate.own", a, s) } else { a };
        let pulled = if wires.gate_t1 { self.gated("gate.pair", near, m) } else { near };
        let force = self.received(pulled) * (1.0 / (cast.n - 1) as f64); // [B, D, N, C]
        let force = if self.spec.breaks.whole_batch { over_batch_mean(force) } else { force };
        (s, v + mix("own", gated, uniform_fan_in(c)) + mix("pull", force, uniform_fan_in(c)))
    }

    fn name(&self, part: &str) -> String {
        format!("{}.{part}", self.path)
    }

    fn affine(&self, part: &str, x: Var<'b>, out: usize) -> Var<'b> {
        self.scope.affine(&self.name(part), x, out, Part::Scalar)
    }

    /// Differences between the two of a pair, [B, D, N, C] → [B, D, E, C].
    fn apart(&self, v: Var<'b>) -> Var<'b> {
        let (cast, c) = (self.cast, channels(v));
        let difference = cast.receives - cast.sends; // [1, E, N]
        let rows = v.reshape(&[cast.batch * cast.d, cast.n, c]);
        difference.batch_matmul(rows, false, false).reshape(&[cast.batch, cast.d, cast.e, c])
    }

    /// Sums of what bodies receive, [B, D, E, C] → [B, D, N, C].
    fn received(&self, f: Var<'b>) -> Var<'b> {
        let (cast, c) = (self.cast, channels(f));
        let sums = cast.receives.batch_matmul(f.reshape(&[cast.batch * cast.d, cast.e, c]), true, false);
        sums.reshape(&[cast.batch, cast.d, cast.n, c])
    }

    /// Those that are wired of inner products and norms, bounded, [B, D, M, C] → [B, M, C].
    fn invariants(&self, a: Var<'b>, b: Var<'b>) -> Vec<Var<'b>> {
        let (batch, d, c) = (self.cast.batch, self.cast.d, channels(a));
        let m = a.shape()[2];
        let (flat, root) = (|v: Var<'b>| v.reshape(&[batch, d, m * c]), 1.0 / (d as f64).sqrt());
        let product = self.spec.wiring.t1_to_t0.then(|| self.g.inner(flat(a), flat(b)));
        let norm = (self.spec.wiring.t1_norm && self.g.definite).then(|| self.g.norm(flat(a)));
        product.into_iter().chain(norm).map(|v| bounded((v * root).reshape(&[batch, m, c]), MOST)).collect()
    }

    /// Vectors [B, D, M, C] scaled by gates from numbers [B, M, ·].
    fn gated(&self, part: &str, v: Var<'b>, s: Var<'b>) -> Var<'b> {
        let (c, m) = (channels(v), v.shape()[2]);
        let gate = gate(self.spec.gate, self.affine(part, s, c));
        v * gate.reshape(&[self.cast.batch, 1, m, c])
    }
}
