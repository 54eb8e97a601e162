//! The designs that were released with G-RepsNet (Basu, Lohit & Brand, arXiv 2402.15413), with the start of PyTorch.

use super::algebra::{Algebra, scale};
use super::scope::{Scope, channels};
use super::{Inputs, Io, Outputs, Part, Spec};
use crate::engine::{Init, Var};
use crate::nn::init::uniform_fan_in;

/// Norm up to which a vector is switched off.
const THRESHOLD: f64 = 0.3;
/// What a vector that is switched off keeps.
const REST: f64 = 1e-5;
/// The same where the form is indefinite.
const LIGHT_REST: f64 = 1e-4;
/// Below the root of |⟨x, x⟩|: it bounds the slope on the light cone.
const LIGHT_ROOT: f64 = 1e-8;

/// One of two designs. To scalars: mixing layers of vectors with a nonlinearity of their norms, then a small network of
/// norms. To tensors of rank two: mixing layers of scalars, vectors and tensors.
pub(super) fn build<'b>(scope: &Scope<'b>, spec: &Spec, io: &Io, x: Inputs<'b>) -> Outputs<'b> {
    let net = Released { scope, spec, algebra: Algebra::new(scope.b, &io.space, spec.breaks) };
    if io.t2_out > 0 {
        (None, None, Some(net.tensors(io, x)))
    } else {
        (Some(net.scalars(io, x)), None, None)
    }
}

struct Released<'a, 'b> {
    scope: &'a Scope<'b>,
    spec: &'a Spec,
    algebra: Algebra<'b>,
}

impl<'b> Released<'_, 'b> {
    /// Channel mixing without bias.
    fn mix(&self, name: &str, v: Var<'b>, out: usize) -> Var<'b> {
        let from = channels(v);
        v.matmul(self.scope.mix(name, from, out, uniform_fan_in(from)))
    }

    /// X₀ = X L₁; X_{k+1} = f(X_k) L + X_k; then norms s, relu(s L + s) L.
    ///
    /// f(x) = x (relu(‖x‖ − 0.3) + 1e-5), or x (√|⟨x, x⟩_η| + 1e-4) where the form is indefinite; norms at the end are ‖x‖, or
    /// ⟨x, x⟩_η with its sign. No bias anywhere, scalars that enter are not used.
    fn scalars(&self, io: &Io, (_, t1): Inputs<'b>) -> Var<'b> {
        let c = self.spec.width;
        let mut x = self.bias("vectors.0", self.mix("vectors.0", t1, c)); // [B, D, C]
        for i in 1..self.spec.depth {
            x = self.mix(&format!("vectors.{i}"), self.bend(x), c) + x;
        }
        let s = if self.algebra.definite { self.algebra.norm(x) } else { self.algebra.inner(x, x) }; // [B, C]
        let h = (self.mix("scalars.0", s, c) + s).relu();
        self.mix("scalars.1", h, io.t0_out)
    }

    fn bend(&self, x: Var<'b>) -> Var<'b> {
        let factor = if self.algebra.definite {
            (self.algebra.norm(x) - THRESHOLD).relu() + REST
        } else {
            self.algebra.inner(x, x).abs().sqrt_eps(LIGHT_ROOT) + LIGHT_REST
        };
        scale(x, factor)
    }

    /// Layers of all three types, the later ones residual, and a mixing of tensors behind them.
    fn tensors(&self, io: &Io, (t0, t1): Inputs<'b>) -> Var<'b> {
        let (mut s, mut v, mut t) = self.layer("0", t0, t1, None);
        for i in 1..self.spec.depth {
            let (s2, v2, t2) = self.layer(&i.to_string(), Some(s), v, Some(t));
            (s, v, t) = (s + s2, v + v2, t + t2);
        }
        self.mix("out.t2", t, io.t2_out)
    }

    /// h = MLP([s, ‖X‖, ‖T‖]); X′ = (h ⊙ X A) B; T′ = y M′ (+ y behind the first layer), y = h ⊙ [s η⁻¹, X ⊗ X, T] M.
    fn layer(
        &self,
        path: &str,
        s: Option<Var<'b>>,
        v: Var<'b>,
        t: Option<Var<'b>>,
    ) -> (Var<'b>, Var<'b>, Var<'b>) {
        let (g, c) = (&self.algebra, self.spec.width);
        let v = self.bias(path, v);
        let norm = if g.definite { g.norm(v) } else { g.inner(v, v) };
        let scalars: Vec<Var<'b>> = s.into_iter().chain([norm]).chain(t.map(|t| g.tensor_norm(t))).collect();
        let z = scalars[0].concat(1, &scalars[1..]);
        let h = self.scope.affine(&format!("{path}.t0.0"), z, c, Part::Scalar).relu();
        let h = self.scope.affine(&format!("{path}.t0.1"), h, c, Part::Scalar); // [B, C]

        let x = self.over_batch(scale(self.mix(&format!("{path}.t1.0"), v, c), h));
        let x = self.mix(&format!("{path}.t1.1"), x, c); // [B, D, C]

        let parts: Vec<Var<'b>> =
            s.map(|s| g.isotropic(s)).into_iter().chain([g.outer(v, v)]).chain(t).collect();
        let all = parts[0].concat(2, &parts[1..]); // [B, D·D, C₀ + C₁ + C₂]
        let y = self.over_batch(scale(self.mix(&format!("{path}.t2.0"), all, c), h));
        let mixed = self.mix(&format!("{path}.t2.1"), y, c);
        (h, x, if t.is_some() { mixed + y } else { mixed })
    }

    /// The constant vector of the switch.
    fn bias(&self, path: &str, v: Var<'b>) -> Var<'b> {
        if !self.spec.breaks.bias {
            return v;
        }
        let shape = [v.shape()[1], channels(v)];
        v + self.scope.param(&format!("{path}.break.bias"), &shape, Init::Normal { std: 0.5 }, Part::Mixing)
    }

    /// The released normaliser: the Frobenius norm of the tensor of the whole batch.
    fn over_batch(&self, y: Var<'b>) -> Var<'b> {
        if self.spec.breaks.whole_batch { y / y.square().sum_all().sqrt_eps(1e-12) } else { y }
    }
}
