//! The tasks that networks of tensors are measured by: laws of the data and targets, in f64 on the host.
//!
//! Scalars are `[n, c₀]`, vectors `[n, D, c₁]` with components before channels, targets `[n, k]`; a target of rank two is
//! row-major. Everything is a function of (seed, [`Part`], number of the sample): the first 100 training samples of a seed
//! are the same whether 100 or 3 000 are drawn.

mod laws;

pub use laws::{
    inertia, matrix_element, matrix_element_by_contraction, minkowski, signed_volume, two_vectors,
};

use super::nbody::{self, Clip};
use crate::maths::rng::Rng;

/// What samples are for. Their random streams are disjoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// To learn from.
    Train,
    /// To choose an epoch by.
    Validation,
    /// To report.
    Test,
}

/// A task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Task {
    /// O(5): x₁, x₂ ~ N(0, 1)⁵ → sin‖x₁‖ − ½‖x₂‖³ + cos∠(x₁, x₂), the target of EMLP (Finzi et al. 2021, section 7.1).
    O5,
    /// The same with +½‖x₂‖³, as the script released with G-RepsNet has it.
    O5Plus,
    /// O(3): masses mᵢ = ln(1 + e^z), z ~ N(0, 1), at rᵢ ~ N(0, 1)³, i = 1 … 5 → Σ mᵢ(‖rᵢ‖² 1 − rᵢ rᵢᵀ).
    #[default]
    Inertia,
    /// O(1,3): p₁ … p₄ ~ N(0, 1/16)⁴, on no mass shell → the squared matrix element of electron–muon scattering,
    /// [`matrix_element`].
    Lorentz,
    /// E(3): five charges in motion, positions after one unit of time ([`nbody`]).
    NBody,
    /// The same with forces clipped component by component, as the simulator of the benchmark has it, which turns the
    /// symmetry of the data into an approximate one.
    NBodyComponents,
    /// SO(3) and not O(3): x₁, x₂, x₃ ~ N(0, 1)³ → det[x₁, x₂, x₃], mean 0 and variance 3! = 6. A reflection changes its
    /// sign. So of a function that is invariant under O(3) the squared errors at x and at the mirror image of x,
    /// (f − y)² + (f + y)², are 2f² + 2y² together: no such function has a mean squared error below that variance, which
    /// f = 0 has.
    Chirality,
}

/// What goes in and comes out: numbers of scalars and vectors, dimension of the vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shapes {
    /// Dimension of a vector, D.
    pub dim: usize,
    /// Scalars that enter, c₀.
    pub t0: usize,
    /// Vectors that enter, c₁.
    pub t1: usize,
    /// Rank of the target: 0 scalars, 1 vectors, 2 tensors.
    pub rank: u32,
    /// Tensors of that rank in the target.
    pub out: usize,
}

impl Shapes {
    /// Numbers in a target, k.
    pub fn outputs(&self) -> usize {
        self.out * self.dim.pow(self.rank)
    }
}

/// Samples of a task.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// How many.
    pub count: usize,
    /// Scalars, `[n, c₀]`.
    pub t0: Vec<f64>,
    /// Vectors, `[n, D, c₁]`.
    pub t1: Vec<f64>,
    /// Targets, `[n, k]`; vectors as `[n, D, out]`.
    pub y: Vec<f64>,
}

impl Task {
    /// All tasks, in the order of the menu.
    pub const ALL: [Self; 7] = [
        Self::Inertia,
        Self::O5,
        Self::Lorentz,
        Self::NBody,
        Self::Chirality,
        Self::O5Plus,
        Self::NBodyComponents,
    ];

    /// The four tasks of the published comparisons.
    pub const MAIN: [Self; 4] = [Self::O5, Self::Inertia, Self::Lorentz, Self::NBody];

    /// Name on the command line and in the URL.
    pub fn slug(self) -> &'static str {
        match self {
            Self::O5 => "o5",
            Self::O5Plus => "o5-plus",
            Self::Inertia => "inertia",
            Self::Lorentz => "lorentz",
            Self::NBody => "nbody",
            Self::NBodyComponents => "nbody-components",
            Self::Chirality => "chirality",
        }
    }

    /// Name in the menu.
    pub fn title(self) -> &'static str {
        match self {
            Self::O5 => "O(5) invariance",
            Self::O5Plus => "O(5) invariance, +½",
            Self::Inertia => "Moment of inertia",
            Self::Lorentz => "Matrix element",
            Self::NBody => "Five charges",
            Self::NBodyComponents => "Five charges, clipped by axis",
            Self::Chirality => "Signed volume",
        }
    }

    /// The task of a name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.slug() == slug)
    }

    /// Whether it is about particles in motion: positions and velocities among its vectors, translations among its symmetries.
    pub fn is_nbody(self) -> bool {
        matches!(self, Self::NBody | Self::NBodyComponents)
    }

    /// Whether the data are symmetric under elements of determinant 1 alone: a reflection changes the target's sign.
    pub fn is_chiral(self) -> bool {
        self == Self::Chirality
    }

    /// What goes in and comes out.
    pub fn shapes(self) -> Shapes {
        match self {
            Self::O5 | Self::O5Plus => Shapes { dim: 5, t0: 0, t1: 2, rank: 0, out: 1 },
            Self::Inertia => Shapes { dim: 3, t0: 5, t1: 5, rank: 2, out: 1 },
            Self::Lorentz => Shapes { dim: 4, t0: 0, t1: 4, rank: 0, out: 1 },
            Self::Chirality => Shapes { dim: 3, t0: 0, t1: 3, rank: 0, out: 1 },
            Self::NBody | Self::NBodyComponents => {
                let n = nbody::BODIES;
                Shapes { dim: 3, t0: n, t1: 2 * n, rank: 1, out: n }
            }
        }
    }

    /// Diagonal of the form that the task's group keeps.
    pub fn metric(self) -> Vec<f64> {
        match self {
            Self::Lorentz => vec![1.0, -1.0, -1.0, -1.0],
            _ => vec![1.0; self.shapes().dim],
        }
    }

    /// The first `count` samples of a part, under a seed of the data.
    pub fn draw(self, seed: u64, part: Part, count: usize) -> Samples {
        let mut s = Samples { count, ..Samples::default() };
        self.draw_into(seed, part, 0..count, |_, sample| {
            s.t0.extend(&sample.t0);
            s.t1.extend(&sample.t1);
            s.y.extend(&sample.y);
        });
        s
    }

    /// Samples of the given numbers, one by one, so that a page can draw a few in each frame.
    pub fn draw_into(
        self,
        seed: u64,
        part: Part,
        numbers: std::ops::Range<usize>,
        mut take: impl FnMut(usize, Samples),
    ) {
        for i in numbers {
            // A stream for each sample: part in the upper half, number in the lower.
            let mut rng = Rng::new(seed, ((part as u64 + 1) << 32) | i as u64);
            take(i, self.sample(&mut rng));
        }
    }

    fn sample(self, rng: &mut Rng) -> Samples {
        let shapes = self.shapes();
        if let Some(clip) = self.clip() {
            return nbody::sample(rng, clip);
        }
        let t0: Vec<f64> = (0..shapes.t0).map(|_| softplus(rng.normal())).collect();
        let scale = if self == Self::Lorentz { 0.25 } else { 1.0 };
        let vectors: Vec<Vec<f64>> =
            (0..shapes.t1).map(|_| (0..shapes.dim).map(|_| scale * rng.normal()).collect()).collect();
        let y = self.target(&t0, &vectors);
        Samples { count: 1, t0, t1: pack(&vectors), y }
    }

    fn clip(self) -> Option<Clip> {
        match self {
            Self::NBody => Some(Clip::Norm),
            Self::NBodyComponents => Some(Clip::Components),
            _ => None,
        }
    }

    /// The target of one input: scalars and vectors, each vector by itself. For charges the vectors are positions, then
    /// velocities, and the target is simulated.
    pub fn target(self, t0: &[f64], vectors: &[Vec<f64>]) -> Vec<f64> {
        match (self, vectors) {
            (Self::O5, [a, b, ..]) => vec![two_vectors(a, b, -0.5)],
            (Self::O5Plus, [a, b, ..]) => vec![two_vectors(a, b, 0.5)],
            (Self::Inertia, _) => inertia(t0, vectors),
            (Self::Lorentz, [a, b, c, d, ..]) => vec![matrix_element([a, b, c, d])],
            (Self::Chirality, [a, b, c, ..]) => vec![signed_volume(a, b, c)],
            (Self::NBody, _) => nbody::later(t0, vectors, Clip::Norm),
            (Self::NBodyComponents, _) => nbody::later(t0, vectors, Clip::Components),
            _ => Vec::new(),
        }
    }
}

/// Vectors as networks take them, `[D, c]` with components before channels.
pub fn pack(vectors: &[Vec<f64>]) -> Vec<f64> {
    let dim = vectors.first().map_or(0, Vec::len);
    (0..dim).flat_map(|i| vectors.iter().map(move |v| v[i])).collect()
}

/// The inverse of [`pack`].
pub fn unpack(packed: &[f64], dim: usize) -> Vec<Vec<f64>> {
    let n = packed.len() / dim.max(1);
    (0..n).map(|c| (0..dim).map(|i| packed[i * n + c]).collect()).collect()
}

/// ln(1 + eˣ) without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
