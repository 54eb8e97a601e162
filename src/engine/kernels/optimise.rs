//! One optimiser step over the whole parameter buffer. Attributes: ints = [`Optimiser`] as 0 SGD, 1 momentum, 2 Adam.
//! g: `[N]` gradients, rate: `[1]`; p: `[N]` and moments: `[2, N]` change in place.
//!
//! Adam's bias corrections 1 − βᵗ are built up by qₐ₊ᵦ = qₐ + qᵦ − qₐqᵦ, q₁ = 1 − β, which loses no digits in f32.

use super::{
    Access, Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance,
    Ty, grid,
};
use crate::engine::graph::{Cotangents, Optimiser, Vjp};
use crate::engine::shape::numel;
use crate::engine::simd::widest;
use crate::maths::real::Real;

const MOMENTUM: f64 = 0.9;
/// 1 − β₁.
const ADAM_GAIN_1: f64 = 0.1;
/// 1 − β₂.
const ADAM_GAIN_2: f64 = 0.001;
const ADAM_EPSILON: f64 = 1e-8;

/// The kernel.
pub struct Optimise;
/// Its registry entry.
pub static KERNEL: Optimise = Optimise;

/// Attributes for a rule.
pub fn attrs(rule: Optimiser) -> Attrs {
    Attrs::ints(&[match rule {
        Optimiser::Sgd => 0,
        Optimiser::Momentum => 1,
        Optimiser::Adam => 2,
    }])
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

#[inline(always)]
fn run<T: Real>(c: &mut Call<'_, T>) {
    let (g, rate) = (c.reads[0], c.reads[1][0]);
    let t = c.state[3] + 1;
    let [p, moments] = &mut *c.writes else { return };
    let (first, second) = moments.split_at_mut(g.len());
    match c.overrides[0] {
        0 => p.iter_mut().zip(g).for_each(|(p, &g)| *p -= rate * g),
        1 => {
            let momentum = T::from_f64(MOMENTUM);
            for ((p, m), &g) in p.iter_mut().zip(first).zip(g) {
                *m = momentum * *m + g;
                *p -= rate * *m;
            }
        }
        _ => {
            let (k1, k2) = (T::from_f64(ADAM_GAIN_1), T::from_f64(ADAM_GAIN_2));
            let epsilon = T::from_f64(ADAM_EPSILON);
            let step = rate / correction(k1, t);
            let scale = T::ONE / correction(k2, t);
            for (((p, m), v), &g) in p.iter_mut().zip(first).zip(second).zip(g) {
                *m += k1 * (g - *m);
                *v += k2 * (g * g - *v);
                *p -= step * *m / ((*v * scale).sqrt() + epsilon);
            }
        }
    }
}

impl Kernel for Optimise {
    fn stem(&self) -> &'static str {
        "optimise"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32)],
            overrides: &["RULE"],
            bindings: const { &[
                Binding::read("g"),
                Binding::read("rate"),
                Binding::state(Access::Read),
                Binding::update("p"),
                Binding::update("moments"),
            ] },
        }
    }

    fn infer(&self, _attrs: &Attrs, _reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        Err("is placed by `Builder::train` alone".to_owned())
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[0]);
        Launch { uniforms: vec![count as u32], overrides: vec![attrs.int(0)], workgroups: grid(count, 64) }
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
        let case = |rule: u32, n: usize, t: u32| {
            let positive = Domain::Range(0.01, 1.0);
            let feeds = vec![
                Feed::of(&[n]),
                Feed::on(&[1], positive),
                Feed::of(&[n]),
                Feed::on(&[2, n], positive),
            ];
            let mut case = Case::new(Attrs::ints(&[rule]), feeds);
            case.state[3] = t;
            case
        };
        vec![case(0, 130, 0), case(1, 130, 5), case(2, 1, 0), case(2, 130, 0), case(2, 64, 1000), case(2, 3, 100_000)]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
