//! How parameters follow their gradients: the rule, the decay of weights, bounds of gradients, the course of the rate.

use serde::{Deserialize, Serialize};

/// The rules under their usual names and constants; [`Training`] has the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Optimiser {
    /// p ← p − lr·g.
    Sgd,
    /// m ← 0.9 m + g, p ← p − lr·m.
    Momentum,
    /// Adam (Kingma & Ba 2015, algorithm 1) with β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    Adam,
}

/// A rule with its constants; g is the gradient, lr the rate of the step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Rule {
    /// p ← p − lr·g.
    Sgd,
    /// m ← μ m + g, p ← p − lr·m, with 0 ≤ μ < 1.
    Momentum(f64),
    /// m ← μ m + g, p ← p − lr·(g + μ m), Nesterov's momentum as Sutskever et al. (2013) write it.
    Nesterov(f64),
    /// Adam (Kingma & Ba 2015, algorithm 1): m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²,
    /// p ← p − lr·m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
    Adam {
        /// Memory of the mean, 0 ≤ β₁ < 1.
        beta1: f64,
        /// Memory of the square, 0 ≤ β₂ < 1.
        beta2: f64,
        /// What keeps the divisor from 0, ε > 0.
        epsilon: f64,
    },
}

/// The decay of weights. Biases decay as well: all parameters are one buffer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Decay {
    /// None.
    None,
    /// g ← g + λ p before the rule: the gradient of λ‖p‖²/2.
    Coupled(f64),
    /// p ← p − lr·λ·p beside the rule: AdamW (Loshchilov & Hutter 2019).
    Decoupled(f64),
}

/// Bounds of the gradients, before decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Clip {
    /// None.
    None,
    /// g ← g · min(1, c/‖g‖₂), the norm over all parameters.
    Norm(f64),
    /// Each component is clamped to [−c, c].
    Value(f64),
}

/// The course of the rate behind the warm-up, s being the steps since then: lr times a factor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// 1.
    Constant,
    /// 1 falls to `floor` on a line over `steps`, and stays.
    Linear {
        /// Length of the fall.
        steps: u32,
        /// Where it ends, 0 … 1.
        floor: f64,
    },
    /// floor + (1 − floor)(1 + cos(π s/steps))/2, then `floor` (Loshchilov & Hutter 2017, without restarts).
    Cosine {
        /// Length of the fall.
        steps: u32,
        /// Where it ends, 0 … 1.
        floor: f64,
    },
    /// factor^(s/steps).
    Exponential {
        /// Steps in which the rate is multiplied by the factor.
        steps: u32,
        /// The factor, > 0.
        factor: f64,
    },
    /// factor^⌊s/steps⌋.
    Stairs {
        /// Length of a stair.
        steps: u32,
        /// The factor, > 0.
        factor: f64,
    },
}

/// The course of the rate, a function of the step counter on the device: no plan changes, nothing is written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// Steps of linear warm-up: step t < `warm_up` has (t + 1)/`warm_up` of the rate.
    pub warm_up: u32,
    /// What follows.
    pub shape: Shape,
}

/// All of it. Made from an [`Optimiser`] or a [`Rule`], then refined: `Training::adam().decoupled_decay(0.01).clip_norm(1.0)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// The rule.
    pub rule: Rule,
    /// The decay of weights.
    pub decay: Decay,
    /// Bounds of the gradients.
    pub clip: Clip,
    /// The course of the rate; the knob `lr` is what it multiplies.
    pub schedule: Schedule,
}

impl From<Rule> for Training {
    fn from(rule: Rule) -> Self {
        let schedule = Schedule { warm_up: 0, shape: Shape::Constant };
        Self { rule, decay: Decay::None, clip: Clip::None, schedule }
    }
}

impl From<Optimiser> for Training {
    fn from(optimiser: Optimiser) -> Self {
        match optimiser {
            Optimiser::Sgd => Rule::Sgd.into(),
            Optimiser::Momentum => Rule::Momentum(0.9).into(),
            Optimiser::Adam => Self::adam(),
        }
    }
}

impl Training {
    /// Adam with its usual constants.
    pub fn adam() -> Self {
        Rule::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }.into()
    }

    /// AdamW with Adam's usual constants.
    pub fn adamw(decay: f64) -> Self {
        Self::adam().decoupled_decay(decay)
    }

    /// With a decay through the gradient.
    pub fn decay(self, lambda: f64) -> Self {
        Self { decay: Decay::Coupled(lambda), ..self }
    }

    /// With a decay beside the gradient.
    pub fn decoupled_decay(self, lambda: f64) -> Self {
        Self { decay: Decay::Decoupled(lambda), ..self }
    }

    /// With a bound on the norm of all gradients together.
    pub fn clip_norm(self, bound: f64) -> Self {
        Self { clip: Clip::Norm(bound), ..self }
    }

    /// With a bound on each component.
    pub fn clip_value(self, bound: f64) -> Self {
        Self { clip: Clip::Value(bound), ..self }
    }

    /// With this many steps of linear warm-up.
    pub fn warm_up(self, steps: u32) -> Self {
        Self { schedule: Schedule { warm_up: steps, ..self.schedule }, ..self }
    }

    /// With this course of the rate behind the warm-up.
    pub fn shape(self, shape: Shape) -> Self {
        Self { schedule: Schedule { shape, ..self.schedule }, ..self }
    }

    /// An error that names the first constant outside of its range.
    pub fn check(&self) -> Result<(), String> {
        let memory = |name: &str, v: f64| within(name, v, (0.0..1.0).contains(&v));
        let positive = |name: &str, v: f64| within(name, v, v > 0.0 && v.is_finite());
        match self.rule {
            Rule::Sgd => {}
            Rule::Momentum(mu) | Rule::Nesterov(mu) => memory("momentum", mu)?,
            Rule::Adam { beta1, beta2, epsilon } => {
                memory("beta1", beta1)?;
                memory("beta2", beta2)?;
                positive("epsilon", epsilon)?;
            }
        }
        match self.decay {
            Decay::None => {}
            Decay::Coupled(v) | Decay::Decoupled(v) => within("decay", v, v >= 0.0 && v.is_finite())?,
        }
        match self.clip {
            Clip::None => {}
            Clip::Norm(v) | Clip::Value(v) => positive("the bound of gradients", v)?,
        }
        match self.schedule.shape {
            Shape::Constant => Ok(()),
            Shape::Linear { steps, floor } | Shape::Cosine { steps, floor } => {
                within("the rate's floor", floor, (0.0..=1.0).contains(&floor))?;
                positive("the rate's steps", f64::from(steps))
            }
            Shape::Exponential { steps, factor } | Shape::Stairs { steps, factor } => {
                positive("the rate's factor", factor)?;
                positive("the rate's steps", f64::from(steps))
            }
        }
    }
}

fn within(name: &str, value: f64, inside: bool) -> Result<(), String> {
    if inside { Ok(()) } else { Err(format!("{name} is {value}, outside of its range")) }
}
