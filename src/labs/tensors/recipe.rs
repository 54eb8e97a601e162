//! Recipes: how a model is trained, as plain data with a name.

use super::protocol::Presentation;
use crate::data::tasks::Task;
use crate::engine::Training;
use crate::engine::graph::Shape;
use crate::nn::tensors::{Gate, Io, Kind, Spec, Start};
use serde::Serialize;

/// How long training lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Length {
    /// The fewest epochs that make this many steps.
    Steps(u32),
    /// So many epochs.
    Epochs(u32),
    /// So many samples in all, in at most so many epochs.
    Samples(u64, u32),
}

impl Length {
    /// Epochs, with `n` samples in `batches` batches an epoch.
    pub fn epochs(self, n: usize, batches: usize) -> u32 {
        let epochs = match self {
            Self::Steps(steps) => steps.div_ceil(batches.max(1) as u32),
            Self::Epochs(epochs) => epochs,
            Self::Samples(all, most) => (all / n.max(1) as u64).min(u64::from(most)) as u32,
        };
        epochs.max(1)
    }
}

/// How a model is trained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recipe {
    /// Its name.
    pub name: &'static str,
    /// What the network sees.
    pub presentation: Presentation,
    /// Rate of Adam.
    pub rate: f64,
    /// Steps of linear warm-up.
    pub warm_up: u32,
    /// Whether the rate falls to 0 on a cosine behind them.
    pub cosine: bool,
    /// Samples of a batch, at most.
    pub batch: usize,
    /// How long.
    pub length: Length,
    /// λ of the penalty (λ/n) Σ w² in the loss, which falls with the rate; 0 for none.
    pub penalty: f64,
    /// How much more the weights inside the networks of scalars are penalised.
    pub scalar_penalty: f64,
    /// Decay of weights beside the gradient, as AdamW has it.
    pub decay: f64,
    /// How the network starts, where it is a G-RepsNet of ours.
    pub start: Start,
    /// What gates do, there.
    pub gate: Gate,
}

/// Steps between two looks at the validation samples, rounded up to whole epochs; the same for every model.
pub const LOOK_EVERY: u32 = 40;

const BEST: Recipe = Recipe {
    name: "best",
    presentation: Presentation::Scaled,
    rate: 5e-3,
    warm_up: 50,
    cosine: true,
    batch: 250,
    length: Length::Steps(2400),
    penalty: 0.0,
    scalar_penalty: 1.0,
    decay: 0.0,
    start: Start::Full,
    gate: Gate::Linear,
};

const BEST_SMALL: Recipe =
    Recipe { name: "best-small", penalty: 0.1, scalar_penalty: 10.0, start: Start::Zeros, ..BEST };

// The same with less of a penalty, which O(5) bears as well: one recipe for all tasks.
const ONE: Recipe = Recipe { name: "one", penalty: 0.01, ..BEST_SMALL };

const BEST_TINY: Recipe = Recipe {
    name: "best-tiny",
    rate: 2e-3,
    length: Length::Steps(800),
    decay: 1.0,
    start: Start::Tiny,
    gate: Gate::Sigmoid,
    ..BEST
};

const RELEASED: Recipe = Recipe {
    name: "released",
    presentation: Presentation::Raw,
    rate: 1e-3,
    warm_up: 0,
    cosine: false,
    batch: 100,
    length: Length::Epochs(100),
    ..BEST
};

const EMLP: Recipe = Recipe {
    name: "emlp",
    rate: 3e-3,
    warm_up: 0,
    cosine: false,
    batch: 500,
    length: Length::Samples(900_000, 1000),
    ..BEST
};

const BODIES: Recipe = Recipe {
    name: "bodies",
    presentation: Presentation::Raw,
    rate: 1e-3,
    batch: 100,
    length: Length::Steps(3000),
    ..BEST
};

impl Recipe {
    /// Every recipe.
    pub const ALL: [Self; 7] = [BEST, BEST_SMALL, BEST_TINY, ONE, RELEASED, EMLP, BODIES];

    /// The recipe of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name == name)
    }

    /// What a model is trained with on a task, with n samples.
    pub fn of(kind: Kind, task: Task, n: usize) -> Self {
        match kind {
            _ if task.is_nbody() => BODIES,
            Kind::Grepsnet if matches!(task, Task::O5 | Task::O5Plus) => BEST,
            Kind::Grepsnet if n <= 50 => BEST_TINY,
            Kind::Grepsnet => BEST_SMALL,
            Kind::GrepsnetReleased => {
                Self { rate: if task == Task::Lorentz { 3e-3 } else { 1e-3 }, ..RELEASED }
            }
            // Its authors leave this one task in its own units.
            _ if task == Task::Inertia => Self { presentation: Presentation::Raw, ..EMLP },
            _ => EMLP,
        }
    }

    /// The optimiser for so many steps.
    pub fn training(&self, steps: u32) -> Training {
        let training = Training::adam().warm_up(self.warm_up);
        let training = if self.decay > 0.0 { training.decoupled_decay(self.decay) } else { training };
        let left = steps.saturating_sub(self.warm_up).max(1);
        if self.cosine { training.shape(Shape::Cosine { steps: left, floor: 0.0 }) } else { training }
    }

    /// What the rate has fallen to at a step, as a part of its first value: the course of the penalty.
    pub fn course(&self, step: u32, steps: u32) -> f64 {
        if step < self.warm_up {
            return f64::from(step + 1) / f64::from(self.warm_up);
        }
        if !self.cosine {
            return 1.0;
        }
        let left = steps.saturating_sub(self.warm_up).max(1);
        let fall = f64::from((step - self.warm_up).min(left)) / f64::from(left);
        0.5 * (1.0 + (std::f64::consts::PI * fall).cos())
    }

    /// The network that goes with it.
    pub fn spec(&self, kind: Kind, io: &Io) -> Spec {
        Spec { start: self.start, gate: self.gate, ..Spec::published(kind, io) }
    }
}
