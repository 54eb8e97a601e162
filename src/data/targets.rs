//! Equivariant targets on a few vectors with a scalar each.

use crate::engine::{Builder, Var};
use serde::{Deserialize, Serialize};

/// What the networks learn. With vectors xᵢ, their scalars mᵢ, and ⟨·,·⟩ the group's form:
///
/// | target | formula | type |
/// |---|---|---|
/// | springs | Fᵢ = Σⱼ mᵢ mⱼ tanh(q_ij − 1) (xⱼ − xᵢ), q_ij = ⟨xⱼ − xᵢ, xⱼ − xᵢ⟩ | n vectors |
/// | radial | y = Σᵢ mᵢ xᵢ / (1 + qᵢ²), qᵢ = ⟨xᵢ, xᵢ⟩ | one vector |
/// | energy | E = Σ_{i<j} mᵢ mⱼ / √(1 + q_ij²) | one scalar |
///
/// All are smooth for a form of any signature, so that the same three stand for rotations and for boosts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// Spring forces between all pairs of tips, at rest at distance one.
    #[default]
    Springs,
    /// One vector, pulled by the short vectors most.
    Radial,
    /// One number, the energy of all pairs.
    Energy,
}

impl Target {
    /// All targets, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Springs, Self::Radial, Self::Energy];

    /// Name in the URL.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Springs => "springs",
            Self::Radial => "radial",
            Self::Energy => "energy",
        }
    }

    /// Name in the menu.
    pub fn title(self) -> &'static str {
        match self {
            Self::Springs => "Springs",
            Self::Radial => "Radial sum",
            Self::Energy => "Energy",
        }
    }

    /// Scalars and vectors that leave, for n vectors that enter.
    pub fn output(self, n: usize) -> (usize, usize) {
        match self {
            Self::Springs => (0, n),
            Self::Radial => (0, 1),
            Self::Energy => (1, 0),
        }
    }

    /// Adds the target to a graph: `t0` [B, n], `t1` [B, D, n], `eta` [D] the diagonal of the form.
    /// Gives (scalars [B, ·], vectors [B, D, ·]), each where [`Target::output`] has some.
    pub fn build<'b>(
        self,
        b: &'b Builder,
        eta: Var<'b>,
        t0: Var<'b>,
        t1: Var<'b>,
    ) -> (Option<Var<'b>>, Option<Var<'b>>) {
        let shape = t1.shape(); // [B, D, n]
        let (batch, n) = (shape.first().copied().unwrap_or(1), shape.last().copied().unwrap_or(1));
        match self {
            Self::Radial => {
                let q = t1.metric_dot(t1, eta); // [B, n]
                let w = t0 * (q * q + 1.0).recip(); // [B, n]
                let y = (t1 * w.reshape(&[batch, 1, n])).sum(2); // [B, D, 1]
                (None, Some(y))
            }
            Self::Springs | Self::Energy => {
                let pairs = Pairs::new(n);
                let e = pairs.len();
                let d = t1.matmul(b.constant(&[n, e], &pairs.difference)); // [B, D, E], xⱼ − xᵢ
                let q = d.metric_dot(d, eta); // [B, E]
                let first = t0.matmul(b.constant(&[n, e], &pairs.first)); // [B, E], mᵢ
                let second = t0.matmul(b.constant(&[n, e], &pairs.second)); // [B, E], mⱼ
                let mass = first * second; // [B, E]
                if self == Self::Energy {
                    return (Some((mass * (q * q).sqrt_eps(1.0).recip()).sum(1)), None); // [B, 1]
                }
                let w = mass * (q - 1.0).tanh(); // [B, E]
                let pull = d * w.reshape(&[batch, 1, e]); // [B, D, E]
                // The pull of a pair acts on its first tip and, reversed, on its second.
                let back: Vec<f64> = pairs.difference_transposed().iter().map(|v| -v).collect();
                (None, Some(pull.matmul(b.constant(&[e, n], &back)))) // [B, D, n]
            }
        }
    }
}

/// Incidence matrices of all pairs i < j, each [n, E] row-major.
struct Pairs {
    n: usize,
    first: Vec<f64>,
    second: Vec<f64>,
    /// second − first
    difference: Vec<f64>,
}

impl Pairs {
    fn new(n: usize) -> Self {
        let list: Vec<(usize, usize)> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
        let e = list.len();
        let (mut first, mut second) = (vec![0.0; n * e], vec![0.0; n * e]);
        for (k, &(i, j)) in list.iter().enumerate() {
            first[i * e + k] = 1.0;
            second[j * e + k] = 1.0;
        }
        let difference = second.iter().zip(&first).map(|(b, a)| b - a).collect();
        Self { n, first, second, difference }
    }

    fn len(&self) -> usize {
        self.first.len() / self.n.max(1)
    }

    fn difference_transposed(&self) -> Vec<f64> {
        let e = self.len();
        (0..e)
            .flat_map(|k| (0..self.n).map(move |i| (i, k)))
            .map(|(i, k)| self.difference[i * e + k])
            .collect()
    }
}
