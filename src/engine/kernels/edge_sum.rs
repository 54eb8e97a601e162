//! Weighted sums over edges: `y[n, h, d]` = Σ over the edges e of target n of `w[e, h]`·`x[source e, h, d]`, or, reversed, over
//! the edges of each source with the rows of the targets. Sums without an edge are 0.
//! w: `[E, H]`, x: `[M, H, D]`, edges: [`crate::engine::edges`], y: `[N, H, D]`. Attributes: ints = [1 if reversed].

use super::edge_dot::places;
use super::{Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::edges;
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;

/// The kernel.
pub struct EdgeSum;
/// Its registry entry.
pub static KERNEL: EdgeSum = EdgeSum;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (places, rows, begins, h, d) = (c.size(0), c.size(1), c.size(2), c.size(3), c.size(4));
    let reverse = c.overrides[0] == 1;
    let (w, x, edges, y) = (c.reads[0], c.reads[1], c.reads[2], &mut *c.writes[0]);
    let at = |i: usize| edges[i].to_f64() as usize;
    y.fill(T::ZERO);
    for (n, y) in y.chunks_exact_mut(h * d).enumerate().take(rows) {
        for j in at(begins + n)..at(begins + n + 1) {
            let e = if reverse { at(2 * places + j) } else { j };
            let x = &x[at(if reverse { e } else { places + e }) * h * d..];
            let w = &w[e * h..(e + 1) * h];
            for ((y, x), &w) in y.chunks_exact_mut(d).zip(x.chunks_exact(d)).zip(w) {
                y.iter_mut().zip(x).for_each(|(y, &x)| *y += w * x);
            }
        }
    }
}

impl Kernel for EdgeSum {
    fn stem(&self) -> &'static str {
        "edge_sum"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[
                ("places", Ty::U32),
                ("rows", Ty::U32),
                ("begins", Ty::U32),
                ("h", Ty::U32),
                ("d", Ty::U32),
            ],
            overrides: &["REVERSE"],
            bindings: const {
                &[Binding::read("w"), Binding::read("x"), Binding::read("edges"), Binding::write("y")]
            },
        }
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (&[e, h], &[m, hx, d], &[len]) = (reads[0], reads[1], reads[2]) else {
            return Err(format!("takes [E, H], [M, H, D] and packed edges, not {reads:?}"));
        };
        match len.checked_sub(3 * e + m + 2) {
            Some(n) if n > 0 && h == hx => places(len, n, m).map(|_| vec![n, h, d]),
            _ => Err(format!("weights {:?}, rows {:?} and {len} numbers of edges do not fit", reads[0], reads[1])),
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (w, x, y) = (shapes[0], shapes[1], shapes[3]);
        // The begins of targets come first; those of sources behind them.
        let begins = 3 * w[0] + if attrs.int(0) == 1 { x[0] + 1 } else { 0 };
        let uniforms = [w[0], y[0], begins, y[1], y[2]].map(|w| w as u32).to_vec();
        Launch { uniforms, overrides: vec![attrs.int(0)], workgroups: grid(y[0] * y[1] * y[2], 64) }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (w, x, edges, reverse) = (cx.inputs[0], cx.inputs[1], cx.inputs[2], cx.attrs.int(0) == 1);
        let dw = cx.needs[0].then(|| if reverse { x.edge_dot(cx.g, edges) } else { cx.g.edge_dot(x, edges) });
        let dx = cx.needs[1].then(|| w.edge_sum(cx.g, edges, !reverse));
        Ok(vec![dw, dx, None])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |reverse: u32, n: usize, m: usize, places: usize, h: usize, d: usize| {
            let rows = if reverse == 1 { n } else { m };
            let edges = Feed::on(&[edges::len(n, m, places)], Domain::Edges(n, m));
            Case::new(Attrs::ints(&[reverse]), vec![Feed::of(&[places, h]), Feed::of(&[rows, h, d]), edges])
        };
        vec![
            case(0, 1, 1, 1, 1, 1),
            case(0, 5, 7, 13, 2, 3),
            case(1, 5, 7, 13, 2, 3),
            case(0, 40, 3, 50, 1, 5),
            case(1, 9, 4, 70, 3, 17),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
