//! Sums of rows by index, the transpose of `gather`: `y[n, …]` = Σ `x[e, …]` over the e with `index[e]` = n, in ascending
//! order; x: `[E, …]`, index: `[E]`. Rows whose index is none of 0 … N − 1 go nowhere.
//! Attributes: ints = `[N, 1 if the index ascends]`.
//!
//! On the CPU that is one pass over x. On the GPU, without atomics, each element of y looks for its rows: by bisection where
//! the index ascends; else along the whole index, which is for tables of some hundred rows. More than [`MOST`] looks are
//! refused there: an index that [`crate::engine::edges::pack_index`] has sorted takes one for each row of x (`route`).

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid, rows,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Lanes;

/// The kernel.
pub struct Scatter;
/// Its registry entry.
pub static KERNEL: Scatter = Scatter;

/// Looks at the index that a launch on a graphics device may take: milliseconds on one of today, a tenth of a second
/// on a processor in its place.
const MOST: usize = 1 << 26;

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let (width, n) = (c.size(1), c.size(0) / c.size(1));
    let y = &mut *c.writes[0];
    y.fill(T::ZERO);
    for (x, &index) in c.reads[0].chunks_exact(width).zip(c.reads[1]) {
        if let Some(row) = rows::place(index, n) {
            T::accumulate(&mut y[row * width..(row + 1) * width], x);
        }
    }
}

impl Kernel for Scatter {
    fn stem(&self) -> &'static str {
        "scatter"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("width", Ty::U32), ("rows", Ty::U32)],
            overrides: &["ASCENDS"],
            bindings: const { &[Binding::read("x"), Binding::read("index"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        rows::vector("index", reads[1], Some(reads[0][0]))?;
        Ok(rows::with_rows(reads[0], attrs.int(0) as usize))
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[2]);
        Launch {
            uniforms: vec![count as u32, rows::width(shapes[0]) as u32, shapes[0][0] as u32],
            overrides: vec![attrs.int(1)],
            workgroups: grid(count, 64),
        }
    }

    fn burden(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Option<String> {
        let looks = numel(shapes[2]).saturating_mul(shapes[0][0]);
        (attrs.int(1) == 0 && looks > MOST).then(|| {
            format!(
                "{looks} looks at an index that does not ascend are too many for a graphics device: pack it with                  engine::edges::pack_index, and take rows with gather_along and scatter_along"
            )
        })
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Ok(vec![cx.needs[0].then(|| cx.g.gather_rows(cx.inputs[1], cx.attrs.int(1) == 1)), None])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |n: u32, ascends: u32, x: &[usize], index: Domain| {
            Case::new(Attrs::ints(&[n, ascends]), vec![Feed::of(x), Feed::on(&x[..1], index)])
        };
        vec![
            case(1, 0, &[1], Domain::Index(1)),
            case(5, 0, &[40, 3], Domain::Index(5)),
            // Rows that go nowhere, and rows that nothing goes to.
            case(7, 0, &[11, 2, 3], Domain::Index(9)),
            case(33, 1, &[70, 5], Domain::Sorted(40)),
            case(4, 1, &[9, 2, 1, 3], Domain::Sorted(3)),
            case(1, 1, &[1, 1], Domain::Sorted(1)),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
