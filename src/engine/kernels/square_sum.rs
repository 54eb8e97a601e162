//! Sums of squares in parts, the first of two launches that form a norm: `y[k]` = Σᵢ `x[i + k]²` over i = 0, P, 2P, …, with
//! P = [`parts`] of the length. x: `[N]`, y: `[P]`; always added in the same order. No attributes.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct SquareSum;
/// Its registry entry.
pub static KERNEL: SquareSum = SquareSum;

/// Parts that a tensor of `n` numbers is summed in: enough to keep a device busy, few enough for one workgroup to add.
pub fn parts(n: usize) -> usize {
    n.clamp(1, 1024)
}

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (x, y) = (c.reads[0], &mut *c.writes[0]);
    y.fill(T::ZERO);
    for row in x.chunks(y.len()) {
        y.iter_mut().zip(row).for_each(|(y, &x)| *y += x * x);
    }
}

impl Kernel for SquareSum {
    fn stem(&self) -> &'static str {
        "square_sum"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("parts", Ty::U32)],
            overrides: &[],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(vec![parts(numel(reads[0]))])
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[0]);
        let parts = parts(count);
        Launch { uniforms: vec![count as u32, parts as u32], overrides: vec![], workgroups: grid(parts, 64) }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Err("it is placed by the plan; in a graph, sum the square".to_owned())
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let case = |n: usize| Case::new(Attrs::default(), vec![Feed::of(&[n])]);
        vec![case(1), case(7), case(1024), case(1025), case(5000)]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
