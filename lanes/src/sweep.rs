//! One step of an optimiser over all parameters.

use super::real::Real;

/// How a gradient becomes a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule<T> {
    /// By the gradient.
    Sgd,
    /// By its running sum m ← keep·m + g; Nesterov's variant takes g + keep·m.
    Momentum {
        /// How much of the sum stays.
        keep: T,
        /// Whether it is Nesterov's.
        nesterov: bool,
    },
    /// By running means of g and g²: step·m/(√(scale·v) + epsilon).
    Adam {
        /// Gain of the mean of g.
        first: T,
        /// Gain of the mean of g².
        second: T,
        /// Correction of the first mean for having started at 0.
        step: T,
        /// Correction of the second.
        scale: T,
        /// What keeps the quotient finite.
        epsilon: T,
    },
}

/// A step, with all that does not depend on the parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sweep<T> {
    /// The rule.
    pub rule: Rule<T>,
    /// Learning rate.
    pub rate: T,
    /// What gradients are multiplied by.
    pub shrink: T,
    /// Largest size of a gradient after that; infinite where there is none.
    pub bound: T,
    /// Decay that is added to the gradient, times the parameter.
    pub coupled: T,
    /// Decay that is added to the step, times the parameter.
    pub decoupled: T,
}

impl<T: Real> Sweep<T> {
    /// The gradient within its bounds, with decay; as it is where it is `PLAIN`. A NaN passes both comparisons.
    #[inline(always)]
    fn slope<const PLAIN: bool>(&self, g: T, p: T) -> T {
        if PLAIN {
            return g;
        }
        let g = g * self.shrink;
        let g = if g < -self.bound { -self.bound } else { g };
        let g = if g > self.bound { self.bound } else { g };
        g + self.coupled * p
    }

    /// g: `[N]`; p: `[N]` and moments: `[2, N]` change in place.
    #[inline(always)]
    pub(super) fn run(&self, g: &[T], p: &mut [T], moments: &mut [T]) {
        let unbounded = self.shrink == T::ONE && !self.bound.is_finite();
        if unbounded && self.coupled == T::ZERO && self.decoupled == T::ZERO {
            self.all::<true>(g, p, moments);
        } else {
            self.all::<false>(g, p, moments);
        }
    }

    /// `PLAIN`: without bounds and without decay, of which nothing is computed then.
    #[inline(always)]
    fn all<const PLAIN: bool>(&self, g: &[T], p: &mut [T], moments: &mut [T]) {
        let decay = |p: T| if PLAIN { T::ZERO } else { self.decoupled * p };
        let (m, v) = moments.split_at_mut(g.len());
        match self.rule {
            Rule::Sgd => {
                for (p, &g) in p.iter_mut().zip(g) {
                    *p -= self.rate * (self.slope::<PLAIN>(g, *p) + decay(*p));
                }
            }
            Rule::Momentum { keep, nesterov } => {
                let (old, now) = if nesterov { (keep, T::ONE) } else { (T::ONE, T::ZERO) };
                for ((p, m), &g) in p.iter_mut().zip(m).zip(g) {
                    let slope = self.slope::<PLAIN>(g, *p);
                    *m = keep * *m + slope;
                    *p -= self.rate * (now * slope + old * *m + decay(*p));
                }
            }
            Rule::Adam { first, second, step, scale, epsilon } => {
                for (((p, m), v), &g) in p.iter_mut().zip(m).zip(v).zip(g) {
                    let slope = self.slope::<PLAIN>(g, *p);
                    *m += first * (slope - *m);
                    *v += second * (slope * slope - *v);
                    *p -= self.rate * (step * *m / ((*v * scale).sqrt() + epsilon) + decay(*p));
                }
            }
        }
    }
}
