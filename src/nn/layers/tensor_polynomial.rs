//! The G-RepsNet layer on scalars and vectors, with switches that break it on purpose.

use crate::engine::{Builder, Init, Var};
use crate::maths::Group;
use crate::nn::field::{Field, FieldType};
use crate::nn::init::{fan_in, silu_power};
use crate::nn::layer::{Layer, Symmetry};
use serde::{Deserialize, Serialize};

/// Ways to break the layer, each of which a visitor can switch on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Breaks {
    /// Adds a constant vector to every channel.
    pub bias: bool,
    /// Applies ReLU to each vector component.
    pub relu: bool,
    /// Gives every vector component weights of its own.
    pub component: bool,
    /// Flips the sign of the last diagonal entry of the metric.
    pub metric: bool,
}

impl Breaks {
    /// Whether any switch is on.
    pub fn any(self) -> bool {
        self.bias || self.relu || self.component || self.metric
    }
}

/// One tensor-polynomial layer (Basu, Lohit and Brand, *G-RepsNet*, arXiv 2402.15413, sections on tensor conversion
/// and neural processing).
///
/// With input scalars s [B, c₀] and vectors X [B, D, c₁], and A, B, S, C channel-mixing matrices without bias:
///
/// 1. conversion T1 → T0: iₖ = ⟨(XA)ₖ, (XB)ₖ⟩_η / D, the invariants, bounded as 10 tanh(i/10) so that one large
///    boost or one long vector cannot blow the network up;
/// 2. neural processing: h = silu(s W₀ + i W₁ + b), new scalars s' = h W₂ + b₂, gates q = h W₃ + b₃;
/// 3. scaling: X' = X S + (q ⊙ XA) C.
///
/// Every step commutes with X ↦ gX for all g that keep the form η; scalars stay as they are.
pub struct TensorPolynomial {
    group: Group,
    from: FieldType,
    to: FieldType,
    hidden: usize,
    breaks: Breaks,
}

/// Bound of the invariants that enter the scalar network, after Basu et al.'s bounded gate for Lorentz inputs.
const INVARIANT_BOUND: f64 = 10.0;

/// Gain of the weights of the invariants at initialisation, where the form is indefinite.
///
/// A boost of rapidity η leaves E² − p² an absolute error of about e^{2η} ε. With gates that start gentle, a fresh
/// network passes a quarter of it on: 1000 pairs (g, x) up to rapidity 3 stay below a residual of 1e-4 in f32.
const INDEFINITE_GAIN: f64 = 0.25;

/// Gains at initialisation that keep unit variance: of the invariants, of the scalars that leave the layer, and of the two
/// roads of the vectors.
struct Gains {
    invariants: f64,
    scalars: f64,
    vectors: f64,
}

impl Gains {
    /// With inputs of unit variance, C channels of them, the invariants have variance 1/D + (D + 1)/(D C) over inputs
    /// and weights, and the hidden layer 1 more. SiLU leaves its power m, which the gates keep. So scalars need 1/√m,
    /// and vectors, one share from each road, 1/√(1 + m).
    ///
    /// Where the form is indefinite the invariants enter with [`INDEFINITE_GAIN`], and scalars, which carry the rounding
    /// of boosted invariants on to the next gates, are not made larger: they begin with the power m.
    fn new(group: Group, channels: usize) -> Self {
        let (d, c) = (group.dim() as f64, channels.max(1) as f64);
        let indefinite = is_indefinite(group);
        let gain: f64 = if indefinite { INDEFINITE_GAIN } else { 1.0 };
        let power = silu_power(1.0 + gain.powi(2) * (1.0 / d + (d + 1.0) / (d * c)));
        let scalars = if indefinite { 1.0 } else { power.powf(-0.5) };
        Self { invariants: gain, scalars, vectors: (1.0 + power).powf(-0.5) }
    }
}

/// Whether the form of the group has both signs.
fn is_indefinite(group: Group) -> bool {
    group.metric().contains(&-1.0)
}

impl TensorPolynomial {
    /// `from` and `to` are (scalars, vectors); `hidden` is the width of the scalar network.
    pub fn new(
        group: Group,
        from: (usize, usize),
        to: (usize, usize),
        hidden: usize,
        breaks: Breaks,
    ) -> Self {
        Self {
            group,
            from: FieldType::point(group, from.0, from.1),
            to: FieldType::point(group, to.0, to.1),
            hidden,
            breaks,
        }
    }

    /// The diagonal of the form used by the inner products, [D].
    fn metric<'b>(&self, b: &'b Builder) -> Var<'b> {
        let mut eta = self.group.metric();
        if let (true, Some(last)) = (self.breaks.metric, eta.last_mut()) {
            *last = -*last;
        }
        b.constant(&[eta.len()], &eta)
    }

    /// The switches that act on vectors; V is [B, D, C].
    fn break_vectors<'b>(&self, b: &'b Builder, path: &str, v: Var<'b>) -> Var<'b> {
        let shape = [self.to.dim(), self.to.t1];
        let mut v = v;
        if self.breaks.component {
            let s = b.param(&format!("{path}.break.component"), &shape, Init::Normal { std: 0.5 });
            v = v + v * s; // [B, D, C]
        }
        if self.breaks.bias {
            v = v + b.param(&format!("{path}.break.bias"), &shape, Init::Normal { std: 0.5 }); // [B, D, C]
        }
        if self.breaks.relu {
            v = v.relu(); // [B, D, C]
        }
        v
    }
}

impl Layer for TensorPolynomial {
    fn in_type(&self) -> FieldType {
        self.from.clone()
    }

    fn out_type(&self) -> FieldType {
        self.to.clone()
    }

    fn symmetry(&self) -> Symmetry {
        if self.breaks.any() || !self.group.keeps_metric() { Symmetry::None } else { Symmetry::Exact }
    }

    fn build<'b>(&self, b: &'b Builder, path: &str, x: Field<'b>) -> Field<'b> {
        let (Some(s), Some(v)) = (x.t0, x.t1) else { return Field::new(self.to.clone(), None, None) };
        let weight = |name: &str, rows: usize, cols: usize, gain: f64| {
            b.param(&format!("{path}.{name}"), &[rows, cols], fan_in(gain, rows))
        };
        let p = |name: &str, rows: usize, cols: usize| weight(name, rows, cols, 1.0);
        let bias = |name: &str, n: usize| b.param(&format!("{path}.{name}"), &[n], Init::Zeros);
        let (c0, c1) = (self.from.t0, self.from.t1);
        let (o0, o1, h) = (self.to.t0, self.to.t1, self.hidden);
        let gains = Gains::new(self.group, c1);

        let left = v.matmul(p("mix.left", c1, o1)); // [B, D, C]
        let right = v.matmul(p("mix.right", c1, o1)); // [B, D, C]
        let invariants = left.metric_dot(right, self.metric(b)) * (1.0 / self.from.dim() as f64); // [B, C]
        let bounded = (invariants * (1.0 / INVARIANT_BOUND)).tanh() * INVARIANT_BOUND; // [B, C]

        let from_invariants = weight("scalar.invariant", o1, h, gains.invariants);
        let hidden = s.matmul(p("scalar.t0", c0, h)) + bounded.matmul(from_invariants); // [B, H]
        let hidden = (hidden + bias("scalar.bias", h)).silu(); // [B, H]
        let t0 = hidden.matmul(weight("scalar.out", h, o0, gains.scalars)) + bias("scalar.out.bias", o0); // [B, c₀']
        let gate = hidden.matmul(p("gate", h, o1)) + bias("gate.bias", o1); // [B, C]

        let batch = gate.shape().first().copied().unwrap_or(1);
        let gated = (left * gate.reshape(&[batch, 1, o1])).matmul(weight("mix.gated", o1, o1, gains.vectors)); // [B, D, C]
        let t1 = v.matmul(weight("mix.skip", c1, o1, gains.vectors)) + gated; // [B, D, C]
        Field::new(self.to.clone(), Some(t0), Some(self.break_vectors(b, path, t1)))
    }
}
