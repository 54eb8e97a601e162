//! Choices of the lab with names of their own: models, switches that break the symmetry, conversions of the layer.

use crate::data::Task;

/// A model to train.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Model {
    /// Tensor polynomials, our best network of that kind.
    #[default]
    GRepsNet,
    /// Tensor polynomials as released with the paper.
    Released,
    /// Layers from bases of equivariant maps.
    Emlp,
    /// A plain network on all coordinates.
    Mlp,
    /// The same, trained on samples moved by random elements.
    MlpAug,
    /// A graph network that moves positions along differences.
    Egnn,
    /// A plain graph network.
    Gnn,
}

impl Model {
    /// All models, in the order of the menu.
    pub const ALL: [Self; 7] = [
        Self::GRepsNet,
        Self::Released,
        Self::Emlp,
        Self::Egnn,
        Self::Mlp,
        Self::MlpAug,
        Self::Gnn,
    ];

    /// Name on the command line and in the URL.
    pub fn slug(self) -> &'static str {
        match self {
            Self::GRepsNet => "grepsnet",
            Self::Released => "grepsnet-released",
            Self::Emlp => "emlp",
            Self::Mlp => "mlp",
            Self::MlpAug => "mlp-aug",
            Self::Egnn => "egnn",
            Self::Gnn => "gnn",
        }
    }

    /// Name on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::GRepsNet => "G-RepsNet",
            Self::Released => "G-RepsNet, released",
            Self::Emlp => "EMLP",
            Self::Mlp => "plain MLP",
            Self::MlpAug => "augmented MLP",
            Self::Egnn => "EGNN",
            Self::Gnn => "plain GNN",
        }
    }

    /// Whether it is equivariant by its construction.
    pub fn exact(self) -> bool {
        matches!(self, Self::GRepsNet | Self::Released | Self::Emlp | Self::Egnn)
    }

    /// Whether it takes the task: graph networks take particles only.
    pub fn serves(self, task: Task) -> bool {
        match self {
            Self::Egnn | Self::Gnn => task.is_nbody(),
            Self::Released | Self::Emlp | Self::MlpAug => !task.is_nbody(),
            Self::GRepsNet | Self::Mlp => true,
        }
    }

    /// The model under test that a task opens with.
    pub fn equivariant(task: Task) -> Self {
        if task.is_nbody() { Self::Egnn } else { Self::GRepsNet }
    }

    /// What it is compared with.
    pub fn plain(task: Task) -> Self {
        if task.is_nbody() { Self::Gnn } else { Self::Mlp }
    }
}

/// Switches that break the symmetry of the model under test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaks {
    /// A constant vector is added to every channel of T1, a constant tensor to those of T2.
    pub bias: bool,
    /// Features are divided by their norm over the whole batch: a prediction depends on its neighbours.
    pub batch_norm: bool,
    /// Inner products without the minus signs of the metric.
    pub euclidean: bool,
}

/// A name in the URL and the place of its flag.
type Flag<T> = (&'static str, fn(&mut T) -> &mut bool);

const BREAKS: [Flag<Breaks>; 3] =
    [("bias", |b| &mut b.bias), ("batch", |b| &mut b.batch_norm), ("metric", |b| &mut b.euclidean)];

impl Breaks {
    /// Whether any switch is on.
    pub fn any(&self) -> bool {
        *self != Self::default()
    }

    /// Names in the URL.
    pub fn names() -> Vec<&'static str> {
        BREAKS.iter().map(|b| b.0).collect()
    }

    /// Names of those that are on.
    pub fn to_text(self) -> String {
        let mut s = self;
        let on: Vec<&str> = BREAKS.iter().filter(|b| *b.1(&mut s)).map(|b| b.0).collect();
        on.join(",")
    }

    /// Turns one on; false where the name is not known.
    pub fn turn_on(&mut self, name: &str) -> bool {
        let found = BREAKS.iter().find(|b| b.0 == name);
        found.map(|b| *b.1(self) = true).is_some()
    }
}

/// Conversions of the layer that are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wiring {
    /// Scalars from inner products of vectors.
    pub t1_t0: bool,
    /// Scalars from traces of tensors.
    pub t2_t0: bool,
    /// Tensors from outer products of vectors.
    pub t1_t2: bool,
    /// Tensors from scalars times the invariant tensor.
    pub t0_t2: bool,
    /// The scalar network scales vectors and tensors.
    pub gates: bool,
}

impl Default for Wiring {
    fn default() -> Self {
        Self { t1_t0: true, t2_t0: true, t1_t2: true, t0_t2: true, gates: true }
    }
}

const WIRES: [Flag<Wiring>; 5] = [
    ("t1-t0", |w| &mut w.t1_t0),
    ("t2-t0", |w| &mut w.t2_t0),
    ("t1-t2", |w| &mut w.t1_t2),
    ("t0-t2", |w| &mut w.t0_t2),
    ("gates", |w| &mut w.gates),
];

impl Wiring {
    /// Names in the URL.
    pub fn names() -> Vec<&'static str> {
        WIRES.iter().map(|w| w.0).collect()
    }

    /// Names of those that are cut.
    pub fn cut_text(self) -> String {
        let mut s = self;
        let off: Vec<&str> = WIRES.iter().filter(|w| !*w.1(&mut s)).map(|w| w.0).collect();
        off.join(",")
    }

    /// Cuts one; false where the name is not known.
    pub fn cut(&mut self, name: &str) -> bool {
        let found = WIRES.iter().find(|w| w.0 == name);
        found.map(|w| *w.1(self) = false).is_some()
    }
}
