//! Random numbers of three laws, with the same bits on every device: element i of step t is a function of (seed, stream,
//! t, i). Attributes: ints = [stream, [`Law`] as a number, n, shape…], reals = [lo, hi] or [p]; see [`Law::attrs`].
//!
//! The interval keeps its bits because lo + (hi − lo)·u is rounded twice everywhere, never contracted into one rounding.

use super::{
    Access, Attrs, Binding, Call, Case, Kernel, Launch, Reference, Signature, Smoothness, Tolerance, Ty, grid,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::{check, numel};
use crate::maths::real::Real;
use crate::maths::rng;

/// The kernel.
pub struct Random;
/// Its registry entry.
pub static KERNEL: Random = Random;

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// Uniform on `[lo, hi)`, ends that single precision tells apart: lo + (hi − lo)·u, u a multiple of 2⁻²⁴.
    Uniform(f64, f64),
    /// 1 with probability p, to the nearest 2⁻²⁴, else 0; 0 ≤ p ≤ 1.
    Bernoulli(f64),
    /// A whole number below n, 1 ≤ n ≤ 2²⁴, each as likely as the others to within n/2³².
    Below(u32),
}

/// Steps of the uniform numbers that laws are made of.
const STEPS: f64 = 16_777_216.0;

impl Law {
    /// The attributes of a draw.
    pub fn attrs(self, stream: u32, shape: &[usize]) -> Attrs {
        let (number, n, reals) = match self {
            Self::Uniform(lo, hi) => (0, 0, vec![lo, hi]),
            Self::Bernoulli(p) => (1, 0, vec![p]),
            Self::Below(n) => (2, n, vec![]),
        };
        let ints = [stream, number, n].into_iter().chain(shape.iter().map(|&d| d as u32));
        Attrs { ints: ints.collect(), reals }
    }

    fn of(attrs: &Attrs) -> Self {
        match attrs.int(1) {
            0 => Self::Uniform(attrs.real(0), attrs.real(1)),
            1 => Self::Bernoulli(attrs.real(0)),
            _ => Self::Below(attrs.int(2)),
        }
    }

    fn check(self) -> Result<(), String> {
        match self {
            Self::Uniform(lo, hi) => {
                let (lo, hi) = (lo as f32, hi as f32);
                let sound = lo < hi && (hi - lo).is_finite();
                if sound { Ok(()) } else { Err(format!("there is no interval from {lo} to {hi}")) }
            }
            Self::Bernoulli(p) if (0.0..=1.0).contains(&p) => Ok(()),
            Self::Bernoulli(p) => Err(format!("{p} is no probability")),
            Self::Below(n) if n >= 1 && f64::from(n) <= STEPS => Ok(()),
            Self::Below(n) => Err(format!("whole numbers below {n} are not those of 1 to 2^24 values")),
        }
    }

    /// The words that the draw needs: a bound, and the interval's start, width and last number.
    fn words(self) -> [u32; 4] {
        match self {
            Self::Uniform(lo, hi) => {
                let (lo, hi) = (lo as f32, hi as f32);
                [0, lo.to_bits(), (hi - lo).to_bits(), hi.next_down().to_bits()]
            }
            Self::Bernoulli(p) => [(p * STEPS).round() as u32, 0, 0, 0],
            Self::Below(n) => [n, 0, 0, 0],
        }
    }
}

fn run<T: Real>(c: &mut Call<'_, T>) {
    let [step, low, high, _] = *c.state;
    let key = rng::stream_key(u64::from(low) | u64::from(high) << 32, u64::from(c.uniforms[1]));
    let (law, bound) = (c.overrides[0], c.uniforms[2]);
    let (start, width, last) = (c.real(3), c.real(4), c.real(5));
    for (i, y) in c.writes[0].iter_mut().enumerate() {
        let word = rng::threefry2x32(key, [step, i as u32])[0];
        *y = T::from_f32(match law {
            0 => (start + width * rng::uniform_from_bits(word) as f32).min(last),
            1 => f32::from(word >> 8 < bound),
            _ => rng::below_from_bits(word, bound) as f32,
        });
    }
}

impl Kernel for Random {
    fn stem(&self) -> &'static str {
        "random"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("stream", Ty::U32),
                ("bound", Ty::U32),
                ("low", Ty::F32),
                ("width", Ty::F32),
                ("last", Ty::F32),
            ],
            overrides: &["LAW"],
            bindings: const { &[Binding::state(Access::Read), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, _reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let shape: Vec<usize> = attrs.ints.iter().skip(3).map(|&d| d as usize).collect();
        Law::of(attrs).check().and_then(|()| check(&shape)).map(|()| shape)
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[1]);
        let mut uniforms = vec![count as u32, attrs.int(0)];
        uniforms.extend(Law::of(attrs).words());
        Launch { uniforms, overrides: vec![attrs.int(1)], workgroups: grid(count, 64) }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Ok(vec![])
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let case = |law: Law, stream: u32, shape: &[usize]| Case::new(law.attrs(stream, shape), vec![]);
        vec![
            case(Law::Uniform(0.0, 1.0), 0, &[1]),
            case(Law::Uniform(-0.3, 0.7), 3, &[5, 13, 77]),
            case(Law::Uniform(1000.1, 1000.2), 0x8000_0001, &[4000]),
            case(Law::Bernoulli(0.3), 1, &[1000]),
            case(Law::Bernoulli(0.0), 1, &[7]),
            case(Law::Bernoulli(1.0), 1, &[3, 5]),
            case(Law::Below(1), 2, &[3]),
            case(Law::Below(10), 2, &[130]),
            case(Law::Below(1 << 24), 2, &[1000]),
            case(Law::Below(9_999_991), 2, &[1000]),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
