//! Rows by index: `y[e, …]` = `x[index[e], …]`, and 0 where the index is none of 0 … N − 1; x: `[N, …]`, index: `[E]`.
//! An embedding is a gather from a table. Attributes: ints = `[1 if the index ascends]`, which makes the derivative cheap.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid, rows,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct Gather;
/// Its registry entry.
pub static KERNEL: Gather = Gather;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (width, n) = (c.size(1), c.size(2));
    let (x, index) = (c.reads[0], c.reads[1]);
    for (y, &index) in c.writes[0].chunks_exact_mut(width).zip(index) {
        match rows::place(index, n) {
            Some(row) => y.copy_from_slice(&x[row * width..(row + 1) * width]),
            None => y.fill(T::ZERO),
        }
    }
}

impl Kernel for Gather {
    fn stem(&self) -> &'static str {
        "gather"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("width", Ty::U32), ("n", Ty::U32)],
            overrides: &[],
            bindings: const { &[Binding::read("x"), Binding::read("index"), Binding::write("y")] },
        }
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        rows::vector("index", reads[1], None)?;
        Ok(rows::with_rows(reads[0], reads[1][0]))
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[2]);
        Launch {
            uniforms: vec![count as u32, rows::width(shapes[0]) as u32, shapes[0][0] as u32],
            overrides: vec![],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let n = cx.inputs[0].shape()[0];
        Ok(vec![cx.needs[0].then(|| cx.g.scatter(cx.inputs[1], n, cx.attrs.int(0) == 1)), None])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |ascends: u32, x: &[usize], index: Domain, e: usize| {
            Case::new(Attrs::ints(&[ascends]), vec![Feed::of(x), Feed::on(&[e], index)])
        };
        vec![
            case(0, &[1], Domain::Index(1), 1),
            case(0, &[5, 3], Domain::Index(5), 40),
            // Two indices more than there are rows.
            case(0, &[7, 2, 3], Domain::Index(9), 11),
            case(1, &[13, 1], Domain::Sorted(13), 70),
            case(1, &[4, 2, 1, 3], Domain::Sorted(6), 9),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::EXACT
    }
}
