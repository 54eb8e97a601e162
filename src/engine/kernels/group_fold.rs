//! The transpose of a finite group's action on places: `y[b, n, c]` = Σ_g `x[b, g, inverse[g, n], c]`; x: `[B, G, N, C]`,
//! table and inverse: `[G, N]` as for `group_permute`. An index out of range adds 0. No attributes.

use super::group_permute::{GroupReduce, feeds, tables};
use super::{Attrs, Binding, Call, Case, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid, rows};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct GroupFold;
/// Its registry entry.
pub static KERNEL: GroupFold = GroupFold;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (order, n, width) = (c.size(1), c.size(2), c.size(3));
    let (x, inverse) = (c.reads[0], c.reads[2]);
    for (i, y) in c.writes[0].chunks_exact_mut(width).enumerate() {
        y.fill(T::ZERO);
        for g in 0..order {
            if let Some(place) = rows::place(inverse[g * n + i % n], n) {
                let row = ((i / n * order) + g) * n + place;
                y.iter_mut().zip(&x[row * width..(row + 1) * width]).for_each(|(y, &x)| *y += x);
            }
        }
    }
}

impl Kernel for GroupFold {
    fn stem(&self) -> &'static str {
        "group_fold"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("order", Ty::U32), ("n", Ty::U32), ("width", Ty::U32)],
            overrides: &[],
            bindings: const {
                &[Binding::read("x"), Binding::read("table"), Binding::read("inverse"), Binding::write("y")]
            },
        }
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        match *reads[0] {
            [batch, order, n, width] if tables(n, reads[1], reads[2])? == order => Ok(vec![batch, n, width]),
            _ => Err(format!("{:?} does not fit the tables {:?}", reads[0], reads[1])),
        }
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[3]);
        let sizes = [count, shapes[0][1], shapes[0][2], shapes[0][3]];
        Launch {
            uniforms: sizes.iter().map(|&s| s as u32).collect(),
            overrides: vec![],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let dx = cx.needs[0].then(|| cx.g.group_permute(cx.inputs[1], cx.inputs[2], GroupReduce::Keep));
        Ok(vec![dx, None, None])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |batch: usize, n: usize, width: usize| {
            let [table, inverse] = feeds(n);
            let x = Feed::of(&[batch, table.shape[0], n, width]);
            Case::new(Attrs::default(), vec![x, table, inverse])
        };
        vec![case(1, 1, 1), case(2, 7, 3), case(3, 13, 5)]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
