//! Choice between two values with broadcasting: y = a where c ≠ 0, else b. The one that is not chosen may be infinite.
//! No attributes.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::{broadcast, collapse, numel};
use crate::maths::real::Real;

/// The kernel.
pub struct Select;
/// Its registry entry.
pub static KERNEL: Select = Select;

fn run<T: Real>(call: &mut Call<'_, T>) {
    let word = |i: usize| call.uniforms[i] as usize;
    let (n1, n2, n3) = (word(2), word(3), word(4));
    for (row, y) in call.writes[0].chunks_exact_mut(n3).enumerate() {
        let (i2, i1, i0) = (row % n2, row / n2 % n1, row / (n2 * n1));
        let [(c, dc), (a, da), (b, db)] = std::array::from_fn(|operand| {
            let s = 5 + 4 * operand;
            let first = i0 * word(s) + i1 * word(s + 1) + i2 * word(s + 2);
            (&call.reads[operand][first..], word(s + 3))
        });
        for (i, y) in y.iter_mut().enumerate() {
            *y = if c[i * dc] != T::ZERO { a[i * da] } else { b[i * db] };
        }
    }
}

impl Kernel for Select {
    fn stem(&self) -> &'static str {
        "select"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("n0", Ty::U32),
                ("n1", Ty::U32),
                ("n2", Ty::U32),
                ("n3", Ty::U32),
                ("c0", Ty::U32),
                ("c1", Ty::U32),
                ("c2", Ty::U32),
                ("c3", Ty::U32),
                ("a0", Ty::U32),
                ("a1", Ty::U32),
                ("a2", Ty::U32),
                ("a3", Ty::U32),
                ("b0", Ty::U32),
                ("b1", Ty::U32),
                ("b2", Ty::U32),
                ("b3", Ty::U32),
            ],
            overrides: &[],
            bindings: const {
                &[Binding::read("c"), Binding::read("a"), Binding::read("b"), Binding::write("y")]
            },
        }
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        broadcast(&broadcast(reads[0], reads[1])?, reads[2])
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[3]);
        let nest = collapse(shapes[3], [shapes[0], shapes[1], shapes[2]]);
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
        let (c, zero) = (cx.inputs[0], cx.g.builder().scalar(0.0));
        let da = cx.needs[1].then(|| c.select(cx.g, zero).sum_to(&cx.inputs[1].shape()));
        let db = cx.needs[2].then(|| c.select(zero, cx.g).sum_to(&cx.inputs[2].shape()));
        Ok(vec![None, da, db])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |c: &[usize], a: &[usize], b: &[usize]| {
            let feeds = vec![Feed::on(c, Domain::Index(2)), Feed::of(a), Feed::of(b)];
            Case::new(Attrs::default(), feeds)
        };
        vec![
            case(&[1], &[1], &[1]),
            case(&[9, 13], &[9, 13], &[9, 13]),
            case(&[5, 1], &[3], &[1]),
            case(&[2, 1, 3, 1], &[1, 4, 1, 5], &[1]),
            case(&[7], &[6, 1], &[4, 1, 1]),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
