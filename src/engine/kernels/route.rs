//! Rows along the edges of a graph, between one end of the edges and the edges themselves. Gather: `y[e, …]` =
//! `x[n, …]`, n the node at that end of edge e, `[N, …]` → `[E, …]`, and 0 in free places. Scatter, its transpose:
//! `y[n, …]` = Σ `x[e, …]` over the edges with node n at that end, `[E, …]` → `[N, …]`.
//! edges: [`crate::engine::edges`]. Attributes: ints = `[0 gather or 1 scatter, `[`End`]`, rows of y]`.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid, rows,
};
use crate::engine::edges;
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct Route;
/// Its registry entry.
pub static KERNEL: Route = Route;

/// Which end of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Where it leads to.
    Target,
    /// Where it comes from.
    Source,
}

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (width, places, begins, last) = (c.size(1), c.size(2), c.size(3), c.size(4));
    let (scatter, source) = (c.overrides[0] == 1, c.overrides[1] == 1);
    let (x, edges) = (c.reads[0], c.reads[1]);
    let at = |i: usize| edges[i].to_f64() as usize;
    let row = |i: usize| &x[i * width..(i + 1) * width];
    for (i, y) in c.writes[0].chunks_exact_mut(width).enumerate() {
        if scatter {
            y.fill(T::ZERO);
            for k in at(begins + i)..at(begins + i + 1) {
                let e = if source { at(2 * places + k) } else { k };
                y.iter_mut().zip(row(e)).for_each(|(y, &x)| *y += x);
            }
        } else if i < at(last) {
            y.copy_from_slice(row(at(if source { places + i } else { i })));
        } else {
            y.fill(T::ZERO);
        }
    }
}

/// Places, targets and sources of edges that are packed into `len` numbers, of which two are known by x and y.
fn counts(attrs: &Attrs, x_rows: usize, len: usize) -> Option<(usize, usize, usize)> {
    let y_rows = attrs.int(2) as usize;
    let (places, nodes) = if attrs.int(0) == 1 { (x_rows, y_rows) } else { (y_rows, x_rows) };
    let others = len.checked_sub(3 * places + nodes + 2).filter(|n| *n > 0 && places > 0 && nodes > 0)?;
    let target = attrs.int(1) == End::Target as u32;
    Some(if target { (places, nodes, others) } else { (places, others, nodes) })
}

impl Kernel for Route {
    fn stem(&self) -> &'static str {
        "route"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("count", Ty::U32),
                ("width", Ty::U32),
                ("places", Ty::U32),
                ("begins", Ty::U32),
                ("last", Ty::U32),
            ],
            overrides: &["SCATTER", "SOURCE"],
            bindings: const { &[Binding::read("x"), Binding::read("edges"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        rows::vector("edges", reads[1], None)?;
        let (from, to, len) = (reads[0][0], attrs.int(2), reads[1][0]);
        match counts(attrs, from, len) {
            Some(_) => Ok(rows::with_rows(reads[0], to as usize)),
            None => Err(format!("{len} numbers are not edges between {from} rows and {to}")),
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[2]);
        let (places, targets, _) = counts(attrs, shapes[0][0], shapes[1][0]).unwrap_or_default();
        // Where the edges of targets begin, and where those of sources do; between them the number of edges.
        let last = 3 * places + targets;
        let begins = if attrs.int(1) == End::Target as u32 { 3 * places } else { last + 1 };
        let sizes = [count, rows::width(shapes[0]), places, begins, last];
        Launch {
            uniforms: sizes.map(|n| n as u32).to_vec(),
            overrides: vec![attrs.int(0), attrs.int(1)],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let rows = cx.inputs[0].shape()[0] as u32;
        let attrs = Attrs::ints(&[1 - cx.attrs.int(0).min(1), cx.attrs.int(1), rows]);
        let back = || cx.g.builder().kernel("route", attrs, &[cx.g, cx.inputs[1]]);
        Ok(vec![cx.needs[0].then(back), None])
    }

    fn cases(&self) -> Vec<Case> {
        let both = |end: End, [places, n, m]: [usize; 3], rest: &[usize]| {
            let nodes = if end == End::Target { n } else { m };
            [(0, nodes, places), (1, places, nodes)].map(|(scatter, from, to)| {
                let edges = Feed::on(&[edges::len(n, m, places)], Domain::Edges(n, m));
                let x = Feed::of(&[&[from][..], rest].concat());
                Case::new(Attrs::ints(&[scatter, end as u32, to as u32]), vec![x, edges])
            })
        };
        let of = |end: End| {
            [both(end, [1, 1, 1], &[]), both(end, [13, 5, 4], &[3]), both(end, [90, 11, 40], &[2, 3])].concat()
        };
        [of(End::Target), of(End::Source)].concat()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
