//! G-RepsNet: tensor polynomials of ranks up to two.

use super::algebra::{Algebra, gate, over_batch_mean, scale};
use super::scope::{Scope, channels};
use super::{Inputs, Io, Outputs, Part, Spec, Start};
use crate::engine::{Init, Var};
use crate::nn::init::{fan_in, uniform_fan_in};

/// Scalars [B, c₀], vectors [B, D, c₁], tensors [B, D·D, c₂].
struct Features<'b> {
    t0: Option<Var<'b>>,
    t1: Var<'b>,
    t2: Option<Var<'b>>,
}

/// Layers, the later ones residual, and a linear read-out: an affine map of the scalars, channel mixing of vectors and of
/// tensors.
///
/// One layer (Basu, Lohit & Brand, arXiv 2402.15413, tensor conversion and neural processing, with products of
/// different channels), for scalars s, vectors X and tensors T:
///
/// 1. a = X A, b = X B; invariants [s, ⟨a, b⟩_η/√D, ‖a‖/√D, tr_η T/D, ‖T‖/D], those that are wired;
/// 2. h = MLP(invariants) + invariants · K, the scalars that leave;
/// 3. X′ = X D + (g₁ ⊙ a) C with gates g₁ = gate(h G₁);
/// 4. T′ = (g₂ ⊙ (h η⁻¹ M₀ + (a ⊗ b) M₁ + T M₂)) M with gates g₂ = gate(h G₂), where tensors are asked for.
pub(super) fn build<'b>(scope: &Scope<'b>, spec: &Spec, io: &Io, (t0, t1): Inputs<'b>) -> Outputs<'b> {
    let layer =
        Layer { scope, spec, algebra: Algebra::new(scope.b, &io.space, spec.breaks), tensors: io.t2_out > 0 };
    let mut x = Features { t0, t1, t2: None };
    for i in 0..spec.depth {
        let y = layer.build(&format!("{i}"), &x, i == 0);
        let plus = |old: Option<Var<'b>>, new: Option<Var<'b>>| match (old, new) {
            (Some(old), Some(new)) if i > 0 => Some(old + new),
            (_, new) => new,
        };
        let t1 = if i > 0 { x.t1 + y.t1 } else { y.t1 };
        x = Features { t0: plus(x.t0, y.t0), t1, t2: plus(x.t2, y.t2) };
    }
    let mix = |name: &str, v: Var<'b>, out: usize| {
        (out > 0).then(|| v.matmul(scope.mix(name, spec.width, out, uniform_fan_in(spec.width))))
    };
    (
        x.t0.filter(|_| io.t0_out > 0).map(|s| scope.affine("out.t0", s, io.t0_out, Part::Mixing)),
        mix("out.t1", x.t1, io.t1_out),
        x.t2.and_then(|t| mix("out.t2", t, io.t2_out)),
    )
}

struct Layer<'a, 'b> {
    scope: &'a Scope<'b>,
    spec: &'a Spec,
    algebra: Algebra<'b>,
    /// Whether there are tensors of rank two.
    tensors: bool,
}

impl<'b> Layer<'_, 'b> {
    fn build(&self, path: &str, x: &Features<'b>, first: bool) -> Features<'b> {
        let (c, wires) = (self.spec.width, self.spec.wiring);
        let from = channels(x.t1);
        let (zero, size) = match self.spec.start {
            Start::Full => (false, 1.0),
            Start::Zeros => (true, 1.0),
            Start::Tiny => (true, 0.1),
        };
        let name = |part: &str| format!("{path}.{part}");
        let mix =
            |part: &str, rows: usize, init: Init| self.scope.mix(&name(part), rows, c, scaled(init, size));
        let mut a = x.t1.matmul(mix("left", from, fan_in(1.0, from))); // [B, D, C]
        if self.spec.breaks.bias {
            let d = a.shape()[1];
            a = a + self.scope.param(&name("break.bias"), &[d, c], Init::Normal { std: 0.5 }, Part::Mixing);
        }
        let b = if wires.cross { x.t1.matmul(mix("right", from, fan_in(1.0, from))) } else { a }; // [B, D, C]
        let h = self.scalars(path, self.invariants(x, a, b), zero, size); // [B, C]

        let gated = if wires.gate_t1 { scale(a, self.gate(&name("gate.t1"), h)) } else { a };
        let gated = if self.spec.breaks.whole_batch { over_batch_mean(gated) } else { gated };
        let back = if zero { Init::Zeros } else { uniform_fan_in(c) };
        let t1 =
            x.t1.matmul(mix("t1.skip", from, uniform_fan_in(from))) + gated.matmul(mix("t1.gated", c, back)); // [B, D, C]
        let t2 = self.tensors.then(|| self.tensor(path, x.t2, (h, a, b), zero && !first));
        Features { t0: Some(h), t1, t2 }
    }

    /// What the network of scalars sees, [B, F].
    fn invariants(&self, x: &Features<'b>, a: Var<'b>, b: Var<'b>) -> Var<'b> {
        let (wires, g, [n, d, _]) = (self.spec.wiring, &self.algebra, extents(a));
        let (root, d) = (1.0 / (d as f64).sqrt(), d as f64);
        let mut list: Vec<Var<'b>> = x.t0.into_iter().collect();
        if wires.t1_to_t0 {
            list.push(g.inner(a, b) * root);
        }
        if wires.t1_norm && g.definite {
            list.push(g.norm(a) * root);
        }
        if let Some(t) = x.t2 {
            if wires.t2_trace {
                list.push(g.trace(t) * (1.0 / d));
            }
            if wires.t2_norm {
                list.push(g.tensor_norm(t) * (1.0 / if g.definite { d } else { d * d }));
            }
        }
        match list.split_first() {
            Some((first, rest)) => first.concat(1, rest),
            // With every wire cut a constant is all there is.
            None => self.scope.b.constant(&[n, 1], &vec![1.0; n]),
        }
    }

    /// h = silu(silu(z U + u) V + v) O + o + z K, [B, F] → [B, C].
    fn scalars(&self, path: &str, z: Var<'b>, zero: bool, size: f64) -> Var<'b> {
        let (s, c, wide) = (self.scope, self.spec.width, self.spec.hidden);
        let h = s.affine(&format!("{path}.scalar.0"), z, wide, Part::Scalar).silu(); // [B, H]
        let h = s.affine(&format!("{path}.scalar.1"), h, wide, Part::Scalar).silu(); // [B, H]
        let init = if zero { Init::Zeros } else { uniform_fan_in(wide) };
        let h = s.affine_from(&format!("{path}.scalar.2"), h, c, Part::Scalar, (init, init)); // [B, C]
        let f = channels(z);
        h + z.matmul(s.mix(&format!("{path}.scalar.skip"), f, c, scaled(uniform_fan_in(f), size)))
    }

    fn gate(&self, name: &str, h: Var<'b>) -> Var<'b> {
        gate(self.spec.gate, self.scope.affine(name, h, self.spec.width, Part::Mixing))
    }

    /// T′, [B, D·D, C].
    fn tensor(
        &self,
        path: &str,
        t: Option<Var<'b>>,
        (h, a, b): (Var<'b>, Var<'b>, Var<'b>),
        zero: bool,
    ) -> Var<'b> {
        let (c, wires) = (self.spec.width, self.spec.wiring);
        let size = if self.spec.start == Start::Tiny { 0.1 } else { 1.0 };
        let ways = usize::from(wires.t0_to_t2) + usize::from(wires.t1_to_t2);
        let init = scaled(uniform_fan_in(ways * c + t.map_or(0, channels)), size);
        let mix = |part: &str, v: Var<'b>| {
            v.matmul(self.scope.mix(&format!("{path}.t2.{part}"), channels(v), c, init))
        };
        let isotropic = wires.t0_to_t2.then(|| self.algebra.isotropic(mix("from_t0", h)));
        let outer = wires.t1_to_t2.then(|| mix("from_t1", self.algebra.outer(a, b)));
        let own = t.map(|t| mix("from_t2", t));
        // With every wire cut there is nothing but zeros.
        let nothing = || self.algebra.isotropic(h) * 0.0;
        let y = isotropic.into_iter().chain(outer).chain(own).reduce(|a, b| a + b).unwrap_or_else(nothing); // [B, D·D, C]
        let y = if wires.gate_t2 { scale(y, self.gate(&format!("{path}.gate.t2"), h)) } else { y };
        let y = if self.spec.breaks.whole_batch { over_batch_mean(y) } else { y };
        let back = if zero { Init::Zeros } else { scaled(uniform_fan_in(c), size) };
        y.matmul(self.scope.mix(&format!("{path}.t2.out"), c, c, back))
    }
}

/// The extents of vectors.
fn extents(v: Var<'_>) -> [usize; 3] {
    <[usize; 3]>::try_from(v.shape()).unwrap_or([1; 3])
}

/// The start so many times as large.
fn scaled(init: Init, size: f64) -> Init {
    match init {
        Init::Normal { std } => Init::Normal { std: std * size },
        Init::Uniform { low, high } => Init::Uniform { low: low * size, high: high * size },
        Init::Constant(v) => Init::Constant(v * size),
        Init::Zeros => Init::Zeros,
    }
}
