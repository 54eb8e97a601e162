//! Repeats extents of 1: y has the target shape and broadcasts x. Attributes: ints = target shape.

use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::{broadcast, collapse, numel};
use crate::maths::real::Real;

/// The kernel.
pub struct Expand;
/// Its registry entry.
pub static KERNEL: Expand = Expand;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let n: [usize; 4] = std::array::from_fn(|i| c.size(1 + i));
    let s: [usize; 4] = std::array::from_fn(|i| c.size(5 + i));
    let (x, y) = (c.reads[0], &mut *c.writes[0]);
    for (row, y) in y.chunks_exact_mut(n[3]).enumerate() {
        let (i2, i1, i0) = (row % n[2], row / n[2] % n[1], row / (n[2] * n[1]));
        let x = &x[i0 * s[0] + i1 * s[1] + i2 * s[2]..];
        if s[3] == 1 {
            y.copy_from_slice(&x[..n[3]]);
        } else {
            y.fill(x[0]);
        }
    }
}

impl Kernel for Expand {
    fn stem(&self) -> &'static str {
        "expand"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("n0", Ty::U32),
                ("n1", Ty::U32),
                ("n2", Ty::U32),
                ("n3", Ty::U32),
                ("s0", Ty::U32),
                ("s1", Ty::U32),
                ("s2", Ty::U32),
                ("s3", Ty::U32),
            ],
            overrides: &[],
            bindings: const { &[Binding::read("x"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let target: Vec<usize> = attrs.ints.iter().map(|&d| d as usize).collect();
        match broadcast(reads[0], &target) {
            Ok(shape) if shape == target => Ok(target),
            _ => Err(format!("{:?} does not expand to {target:?}", reads[0])),
        }
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[1]);
        let nest = collapse(shapes[1], [shapes[0]]);
        let words = nest.extents.iter().chain(nest.strides.iter().flatten());
        Launch {
            uniforms: std::iter::once(count as u32).chain(words.map(|&w| w as u32)).collect(),
            overrides: vec![],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Ok(vec![Some(cx.g.sum_to(&cx.inputs[0].shape()))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |from: &[usize], to: &[u32]| Case::new(Attrs::ints(to), vec![Feed::of(from)]);
        vec![
            case(&[1], &[1]),
            case(&[1], &[130]),
            case(&[5], &[3, 5]),
            case(&[7, 1], &[7, 11]),
            case(&[2, 1, 3, 1], &[2, 4, 3, 5]),
            case(&[1, 3, 1], &[6, 3, 2]),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
