//! What a network of the lab Tensors is made of: kind, sizes, wires, switches.

use super::Io;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Tensor polynomials (Basu, Lohit & Brand, arXiv 2402.15413), with products of different channels.
    #[default]
    Grepsnet,
    /// The designs that were released with the paper.
    GrepsnetReleased,
    /// Equivariant linear maps by their bases, gates, a bilinear map (Finzi, Welling & Wilson 2021).
    Emlp,
    /// A plain network on all coordinates.
    Mlp,
    /// The same network; whoever makes the batches turns every sample by a random element.
    MlpAug,
    /// Messages along distances (Satorras, Hoogeboom & Welling 2021), for bodies.
    Egnn,
    /// Messages between raw coordinates, for bodies.
    Gnn,
}

impl Kind {
    /// All, in the order of tables.
    pub const ALL: [Self; 7] =
        [Self::Grepsnet, Self::GrepsnetReleased, Self::Emlp, Self::Mlp, Self::MlpAug, Self::Egnn, Self::Gnn];

    /// Name in the command line and the URL.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Grepsnet => "grepsnet",
            Self::GrepsnetReleased => "grepsnet-released",
            Self::Emlp => "emlp",
            Self::Mlp => "mlp",
            Self::MlpAug => "mlp-aug",
            Self::Egnn => "egnn",
            Self::Gnn => "gnn",
        }
    }

    /// Whether there is such a network from this input to this output.
    pub fn takes(self, io: &Io) -> bool {
        match self {
            Self::Egnn | Self::Gnn => io.bodies > 0,
            Self::GrepsnetReleased => io.bodies == 0 && io.t1_out == 0 && (io.t0_out > 0) != (io.t2_out > 0),
            Self::Grepsnet | Self::Emlp | Self::Mlp | Self::MlpAug => true,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// A name that is no network's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("‘{0}’ is not a model; known are grepsnet, grepsnet-released, emlp, mlp, mlp-aug, egnn, gnn")]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let name = text.trim();
        Self::ALL.into_iter().find(|k| k.slug() == name).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// The conversions of a layer of [`Kind::Grepsnet`], each a wire that can be cut. The released designs have their own
/// wires, and other kinds have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wiring {
    /// T1 → T0 by inner products of two mixtures of channels, ⟨a, b⟩_η/√D.
    pub t1_to_t0: bool,
    /// T1 → T0 by the norms ‖a‖/√D; nothing where the form is not definite.
    pub t1_norm: bool,
    /// T2 → T0 by ‖T‖_F/D where the form is definite, else by its square Σ η_ik η_jl T_ij T_kl/D².
    pub t2_norm: bool,
    /// T2 → T0 by the trace Σ η_ij T_ij/D.
    pub t2_trace: bool,
    /// T1 → T2 by outer products a ⊗ b.
    pub t1_to_t2: bool,
    /// Products of different mixtures, b ≠ a. Without it all outer products are symmetric.
    pub cross: bool,
    /// T0 → T2 by h η⁻¹, the invariant tensor.
    pub t0_to_t2: bool,
    /// Scalars that scale the vectors.
    pub gate_t1: bool,
    /// Scalars that scale the tensors of rank two.
    pub gate_t2: bool,
}

impl Default for Wiring {
    fn default() -> Self {
        Self {
            t1_to_t0: true,
            t1_norm: false,
            t2_norm: false,
            t2_trace: true,
            t1_to_t2: true,
            cross: true,
            t0_to_t2: true,
            gate_t1: true,
            gate_t2: true,
        }
    }
}

/// A wire's name and place.
type Wire = (&'static str, fn(&mut Wiring) -> &mut bool);

impl Wiring {
    /// The wires by name, in the order of the diagram.
    pub const WIRES: [Wire; 9] = [
        ("t1-t0", |w| &mut w.t1_to_t0),
        ("t1-norm", |w| &mut w.t1_norm),
        ("t2-norm", |w| &mut w.t2_norm),
        ("t2-trace", |w| &mut w.t2_trace),
        ("t1-t2", |w| &mut w.t1_to_t2),
        ("cross", |w| &mut w.cross),
        ("t0-t2", |w| &mut w.t0_to_t2),
        ("gate-t1", |w| &mut w.gate_t1),
        ("gate-t2", |w| &mut w.gate_t2),
    ];
}

/// Ways to break a network, each of which a visitor can switch on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Breaks {
    /// Adds a constant vector to every channel of vectors.
    pub bias: bool,
    /// Takes the Euclidean form, and EMLP the group O(D), where the group keeps another; nothing where it is that one.
    pub euclidean: bool,
    /// Divides vectors and tensors by their size over the whole batch. A turn of the whole batch is not noticed, but what
    /// a sample gives depends on the others of its batch. The released designs do so, by the Frobenius norm; other
    /// networks divide by the root mean square.
    pub whole_batch: bool,
}

impl Breaks {
    /// Whether any switch is on.
    pub fn any(self) -> bool {
        self.bias || self.euclidean || self.whole_batch
    }
}

/// How scalars v become the gates that scale vectors and tensors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// v.
    #[default]
    Linear,
    /// 2σ(v), about 1 at the start.
    Sigmoid,
    /// 10 tanh(v/10): v as long as it is small, and never more than 10, for long vectors and large boosts.
    Bounded,
}

/// How weights start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// All at their usual size.
    #[default]
    Full,
    /// Zero: last map of the scalar network, the gated road of the vectors, tensors of rank two behind the first layer.
    /// What is left is nearly a linear map, which helps where samples are few.
    Zeros,
    /// The same zeros, and linear maps at a tenth of their size, for some thirty samples.
    Tiny,
}

/// A network of the lab, but for what enters and leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// Which.
    pub kind: Kind,
    /// Channels of each type in the hidden layers; dimension of the hidden representation of [`Kind::Emlp`].
    pub width: usize,
    /// Width of the scalar network of [`Kind::Grepsnet`].
    pub hidden: usize,
    /// Hidden layers.
    pub depth: usize,
    /// Conversions of [`Kind::Grepsnet`].
    pub wiring: Wiring,
    /// What is broken on purpose.
    pub breaks: Breaks,
    /// Gates of [`Kind::Grepsnet`].
    pub gate: Gate,
    /// Start of [`Kind::Grepsnet`].
    pub start: Start,
}

impl Spec {
    /// The sizes and wires that published figures go with: two layers of 48 channels with scalar networks of 96 for
    /// [`Kind::Grepsnet`] (norms on O(5) alone), 100 channels for the released designs, 3 layers of 384 for EMLP and MLP, 4
    /// of 64 for EGNN and GNN.
    pub fn published(kind: Kind, io: &Io) -> Self {
        let bodies = io.bodies > 0;
        let (width, hidden, depth) = match kind {
            Kind::Grepsnet if bodies => (32, 64, 3),
            Kind::Grepsnet => (48, 96, 2),
            Kind::GrepsnetReleased => (100, 100, 3),
            Kind::Emlp | Kind::Mlp | Kind::MlpAug => (384, 384, 3),
            Kind::Egnn | Kind::Gnn => (64, 64, 4),
        };
        let norms = bodies || (io.t2_out == 0 && io.space.is_definite());
        let wiring = Wiring { t1_norm: norms, ..Wiring::default() };
        // Over bodies every layer would multiply the degree of a polynomial of distances by three.
        let gate = if bodies { Gate::Bounded } else { Gate::Linear };
        let (breaks, start) = (Breaks::default(), Start::default());
        Self { kind, width, hidden, depth, wiring, breaks, gate, start }
    }
}
