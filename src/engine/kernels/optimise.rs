//! One optimiser step over the whole parameter buffer, by a [`Training`]: rule, decay, bounds of the gradients, course of
//! the rate. g: `[N]` gradients, rate: `[1]`, total: `[1]` the sum of squares of g (read where the norm is bounded);
//! p: `[N]` and moments: `[2, N]` change in place. Attributes: [`attrs`].
//!
//! Adam's bias corrections 1 − βᵗ are built up by qₐ₊ᵦ = qₐ + qᵦ − qₐqᵦ, q₁ = 1 − β, which loses no digits in f32; t
//! counts the steps since the moments were cleared, the course of the rate those since the run began.

use super::{
    Access, Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance,
    Ty, grid,
};
use crate::engine::graph::{Clip, Cotangents, Decay, Rule, Shape, Training, Vjp};
use crate::engine::shape::numel;
use lanes::widest;
use crate::maths::real::Real;

/// The kernel.
pub struct Optimise;
/// Its registry entry.
pub static KERNEL: Optimise = Optimise;

/// Parameters that one invocation takes: what depends on the step alone is computed once for them.
const EACH: usize = 4;

/// Attributes for a training: ints = [rule, clip, shape, warm-up, steps], reals = the seven constants of the shader.
pub fn attrs(training: &Training) -> Attrs {
    let (rule, first, second, epsilon) = match training.rule {
        Rule::Sgd => (0, 0.0, 0.0, 0.0),
        Rule::Momentum(mu) => (1, mu, 0.0, 0.0),
        Rule::Nesterov(mu) => (2, mu, 0.0, 0.0),
        Rule::Adam { beta1, beta2, epsilon } => (3, 1.0 - beta1, 1.0 - beta2, epsilon),
    };
    let (coupled, decoupled) = match training.decay {
        Decay::None => (0.0, 0.0),
        Decay::Coupled(lambda) => (lambda, 0.0),
        Decay::Decoupled(lambda) => (0.0, lambda),
    };
    let (clip, bound) = match training.clip {
        Clip::None => (0, 0.0),
        Clip::Norm(bound) => (1, bound),
        Clip::Value(bound) => (2, bound),
    };
    let (shape, steps, factor) = match training.schedule.shape {
        Shape::Constant => (0, 0, 0.0),
        Shape::Linear { steps, floor } => (1, steps, floor),
        Shape::Cosine { steps, floor } => (2, steps, floor),
        Shape::Exponential { steps, factor } => (3, steps, factor.ln()),
        Shape::Stairs { steps, factor } => (4, steps, factor.ln()),
    };
    Attrs {
        ints: vec![rule, clip, shape, training.schedule.warm_up, steps],
        reals: vec![first, second, epsilon, coupled, decoupled, bound, factor],
    }
}

/// 1 − (1 − gain)ᵗ by repeated doubling.
fn correction<T: Real>(gain: T, mut t: u32) -> T {
    let (mut q, mut power) = (T::ZERO, gain);
    while t > 0 {
        if t & 1 == 1 {
            q = q + power - q * power;
        }
        power = power + power - power * power;
        t >>= 1;
    }
    q
}

/// What the rate is multiplied by in a step.
fn course<T: Real>(c: &Call<'_, T>) -> T {
    let (step, warm_up, steps) = (c.state[0], c.uniforms[8], c.uniforms[9]);
    let real = |n: u32| T::from_f64(f64::from(n));
    if step < warm_up {
        return real(step.wrapping_add(1)) / real(warm_up);
    }
    let (s, factor) = (step - warm_up, T::from_f32(c.real(10)));
    let fall = real(s.min(steps)) / real(steps.max(1));
    match c.overrides[2] {
        0 => T::ONE,
        1 => T::ONE + (factor - T::ONE) * fall,
        2 => {
            let wave = (T::from_f64(std::f64::consts::PI) * fall).cos();
            factor + (T::ONE - factor) * T::from_f64(0.5) * (T::ONE + wave)
        }
        3 => (real(s) / real(steps.max(1)) * factor).exp(),
        _ => (real(s / steps.max(1)) * factor).exp(),
    }
}

/// The step, with the bound on each gradient as a function, so that loops have no branch.
#[inline(always)]
fn sweep<T: Real>(c: &mut Call<'_, T>, clip: impl Fn(T) -> T) {
    let lr = c.reads[1][0] * course(c);
    let [first, second, epsilon, coupled, decoupled] = [2, 3, 4, 5, 6].map(|i| T::from_f32(c.real(i)));
    let (g, rule, t) = (c.reads[0], c.overrides[0], c.state[3].wrapping_add(1));
    let [p, moments] = &mut *c.writes else { return };
    let (m, v) = moments.split_at_mut(g.len());
    match rule {
        0 => p.iter_mut().zip(g).for_each(|(p, &g)| *p -= lr * (clip(g) + coupled * *p + decoupled * *p)),
        1 | 2 => {
            let (keep, now) = if rule == 1 { (T::ONE, T::ZERO) } else { (first, T::ONE) };
            for ((p, m), &g) in p.iter_mut().zip(m).zip(g) {
                let slope = clip(g) + coupled * *p;
                *m = first * *m + slope;
                *p -= lr * (now * slope + keep * *m + decoupled * *p);
            }
        }
        _ => {
            let step = T::ONE / correction(first, t);
            let scale = T::ONE / correction(second, t);
            for (((p, m), v), &g) in p.iter_mut().zip(m).zip(v).zip(g) {
                let slope = clip(g) + coupled * *p;
                *m += first * (slope - *m);
                *v += second * (slope * slope - *v);
                *p -= lr * (step * *m / ((*v * scale).sqrt() + epsilon) + decoupled * *p);
            }
        }
    }
}

#[inline(always)]
fn run<T: Real>(c: &mut Call<'_, T>) {
    let bound = T::from_f32(c.real(7));
    match c.overrides[1] {
        0 => sweep(c, |g| g),
        1 => {
            let shrink = bound / c.reads[2][0].sqrt().max(bound);
            sweep(c, |g| g * shrink);
        }
        // A NaN passes both comparisons.
        _ => sweep(c, |g| {
            let low = if g < -bound { -bound } else { g };
            if low > bound { bound } else { low }
        }),
    }
}

impl Kernel for Optimise {
    fn stem(&self) -> &'static str {
        "optimise"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("stride", Ty::U32),
                ("first", Ty::F32),
                ("second", Ty::F32),
                ("epsilon", Ty::F32),
                ("coupled", Ty::F32),
                ("decoupled", Ty::F32),
                ("bound", Ty::F32),
                ("warm_up", Ty::U32),
                ("steps", Ty::U32),
                ("factor", Ty::F32),
            ],
            overrides: &["RULE", "CLIP", "SHAPE"],
            bindings: const { &[
                Binding::read("g"),
                Binding::read("rate"),
                Binding::read("total"),
                Binding::state(Access::Read),
                Binding::update("p"),
                Binding::update("moments"),
            ] },
        }
    }

    fn infer(&self, _attrs: &Attrs, _reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        Err("is placed by `Builder::train` alone".to_owned())
    }

    fn fits(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Result<(), String> {
        let n = numel(shapes[0]);
        let expected = [n, 1, 1, 4, n, 2 * n];
        let known = attrs.int(0) <= 3 && attrs.int(1) <= 2 && attrs.int(2) <= 4;
        if known && shapes.iter().map(|s| numel(s)).eq(expected) {
            Ok(())
        } else {
            Err(format!("{shapes:?} are not gradients, rate, norm, state, parameters and moments"))
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[0]);
        let workgroups = grid(count.div_ceil(EACH), 64);
        let mut uniforms = vec![count as u32, 64 * workgroups[0] * workgroups[1]];
        let mut reals = (0..7).map(|i| (attrs.real(i) as f32).to_bits());
        uniforms.extend(reals.by_ref().take(6));
        uniforms.extend([attrs.int(3), attrs.int(4)]);
        uniforms.extend(reals);
        Launch { uniforms, overrides: (0..3).map(|i| attrs.int(i)).collect(), workgroups }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        Some(widest!(run::<f32>: fn(&mut Call<'_, f32>)))
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Err("an optimiser step has no derivative".to_owned())
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let case = |training: Training, n: usize, state: [u32; 2]| {
            let positive = Domain::Range(0.01, 1.0);
            let feeds = vec![
                Feed::of(&[n]),
                Feed::on(&[1], positive),
                Feed::on(&[1], Domain::Range(4.0, 9.0)),
                Feed::of(&[n]),
                Feed::on(&[2, n], positive),
            ];
            let mut case = Case::new(attrs(&training), feeds);
            [case.state[0], case.state[3]] = state;
            case
        };
        let sgd = Training::from(Rule::Sgd);
        let (adam, momentum) = (Training::adam(), Training::from(Rule::Momentum(0.8)));
        let other = Training::from(Rule::Adam { beta1: 0.5, beta2: 0.9, epsilon: 1e-3 });
        let rate = |shape: Shape| sgd.shape(shape).warm_up(5);
        vec![
            case(sgd, 130, [3, 0]),
            case(momentum, 130, [3, 5]),
            case(adam, 1, [0, 0]),
            case(adam, 130, [0, 0]),
            case(adam, 64, [7, 1000]),
            case(adam, 3, [7, 100_000]),
            case(other.decay(0.1).clip_norm(0.7), 777, [9, 9]),
            case(Training::adamw(0.1).clip_norm(100.0), 257, [9, 9]),
            case(Training::from(Rule::Nesterov(0.9)).decay(0.01).clip_value(0.5), 130, [9, 9]),
            case(momentum.decoupled_decay(0.2), 9, [1, 1]),
            case(rate(Shape::Constant), 5, [3, 0]),
            case(rate(Shape::Linear { steps: 10, floor: 0.1 }), 5, [8, 0]),
            case(rate(Shape::Linear { steps: 10, floor: 0.1 }), 5, [99, 0]),
            case(rate(Shape::Cosine { steps: 100, floor: 0.05 }), 5, [40, 0]),
            case(rate(Shape::Cosine { steps: 100, floor: 0.05 }), 5, [95, 0]),
            case(rate(Shape::Exponential { steps: 7, factor: 0.9 }), 5, [61, 0]),
            case(rate(Shape::Stairs { steps: 7, factor: 0.5 }), 5, [32, 0]),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
