//! The rows of a minibatch, drawn without replacement: epoch after epoch a new order of 0 … n − 1, cut into pieces of
//! `count`, one a step, so that every epoch visits every row once, also where a piece spans two epochs.
//! Attributes: ints = [stream, n, count]; out: `[count]`, whole numbers. The same on every device.
//!
//! The order is [`rng::Permutation`]; nothing is stored between steps. Draws with replacement are
//! [`super::random::Law::Below`].

use super::{
    Access, Attrs, Binding, Call, Case, Kernel, Launch, Reference, Signature, Smoothness, Tolerance, Ty, grid,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;
use crate::maths::rng::{self, Permutation};

/// The kernel.
pub struct RandomRows;
/// Its registry entry.
pub static KERNEL: RandomRows = RandomRows;

/// Steps after which pieces and epochs begin together again, and the epochs in them.
fn cycle(n: u32, count: u32) -> (u32, u32) {
    let (mut a, mut b) = (n, count);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    (n / a, count / a)
}

fn run<T: Real>(c: &mut Call<'_, T>) {
    let [step, low, high, _] = *c.state;
    let [count, n, stream, steps, epochs, _] = *c.uniforms else { return };
    let key = rng::stream_key(u64::from(low) | u64::from(high) << 32, u64::from(stream));
    let (first, start) = ((step / steps).wrapping_mul(epochs), step % steps * count);
    let (mut current, mut order) = (first, Permutation::new(key, first, n));
    for (i, y) in c.writes[0].iter_mut().enumerate() {
        let position = start + i as u32;
        let epoch = first.wrapping_add(position / n);
        if epoch != current {
            (current, order) = (epoch, Permutation::new(key, epoch, n));
        }
        let row = order.at(position % n);
        *y = T::from_f32(row as f32);
    }
}

impl Kernel for RandomRows {
    fn stem(&self) -> &'static str {
        "random_rows"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("n", Ty::U32),
                ("stream", Ty::U32),
                ("cycle_steps", Ty::U32),
                ("cycle_epochs", Ty::U32),
                ("half_bits", Ty::U32),
            ],
            overrides: &[],
            bindings: const { &[Binding::state(Access::Read), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, _reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (n, count) = (attrs.int(1), attrs.int(2));
        if n == 0 || n > 1 << 24 || count == 0 {
            return Err(format!("{count} of {n} rows: there must be 1 to 2^24 rows, and one to draw"));
        }
        // Positions within a cycle must fit a word.
        let positions = u64::from(cycle(n, count).0) * u64::from(count) + u64::from(count);
        if positions > u64::from(u32::MAX) {
            return Err(format!("pieces of {count} of {n} rows begin together again after more than 2^32 rows"));
        }
        Ok(vec![count as usize])
    }

    fn launch(&self, attrs: &Attrs, _shapes: &[&[usize]]) -> Launch {
        let (n, count) = (attrs.int(1), attrs.int(2));
        let (steps, epochs) = cycle(n, count);
        Launch {
            uniforms: vec![count, n, attrs.int(0), steps, epochs, Permutation::half_bits(n)],
            overrides: vec![],
            workgroups: grid(count as usize, 64),
        }
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
        let case = |n: u32, count: u32, step: u32| {
            let mut case = Case::new(Attrs::ints(&[5, n, count]), vec![]);
            case.state[0] = step;
            case
        };
        vec![
            case(1, 1, 9),
            case(5, 13, 3),
            case(10, 4, u32::MAX),
            case(1000, 130, 15),
            case(60_000, 256, 234),
            case(9_999_991, 100, 77),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
