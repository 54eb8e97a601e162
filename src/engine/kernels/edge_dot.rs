//! Inner products along edges: `y[e, h]` = Σ_d `a[target e, h, d]`·`b[source e, h, d]`; 0 in free places.
//! a: `[N, H, D]`, b: `[M, H, D]`, edges: [`crate::engine::edges`], y: `[E, H]`. No attributes.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid,
};
use crate::engine::edges;
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Lanes;

/// The kernel.
pub struct EdgeDot;
/// Its registry entry.
pub static KERNEL: EdgeDot = EdgeDot;

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let (places, n, h, d) = (c.size(0), c.size(1), c.size(2), c.size(3));
    let (a, b, edges, y) = (c.reads[0], c.reads[1], c.reads[2], &mut *c.writes[0]);
    let live = edges[3 * places + n].to_f64() as usize;
    let (used, free) = y.split_at_mut(live * h);
    free.fill(T::ZERO);
    for (e, y) in used.chunks_exact_mut(h).enumerate() {
        let row = |x: usize| edges[x].to_f64() as usize * h * d;
        let (a, b) = (&a[row(e)..], &b[row(places + e)..]);
        for (y, (a, b)) in y.iter_mut().zip(a.chunks_exact(d).zip(b.chunks_exact(d))) {
            *y = T::inner(a, b);
        }
    }
}

impl Kernel for EdgeDot {
    fn stem(&self) -> &'static str {
        "edge_dot"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("places", Ty::U32), ("n", Ty::U32), ("h", Ty::U32), ("d", Ty::U32)],
            overrides: &[],
            bindings: const {
                &[Binding::read("a"), Binding::read("b"), Binding::read("edges"), Binding::write("y")]
            },
        }
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (&[n, h, d], &[m, hb, db], &[len]) = (reads[0], reads[1], reads[2]) else {
            return Err(format!("takes [N, H, D], [M, H, D] and packed edges, not {reads:?}"));
        };
        if (h, d) != (hb, db) {
            return Err(format!("{:?} and {:?} differ in heads or extent", reads[0], reads[1]));
        }
        Ok(vec![places(len, n, m)?, h])
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let (a, y) = (shapes[0], shapes[3]);
        let uniforms = [y[0], a[0], a[1], a[2]].map(|w| w as u32).to_vec();
        Launch { uniforms, overrides: vec![], workgroups: grid(y[0] * y[1], 64) }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (a, b, edges) = (cx.inputs[0], cx.inputs[1], cx.inputs[2]);
        let da = cx.needs[0].then(|| cx.g.edge_sum(b, edges, false));
        let db = cx.needs[1].then(|| cx.g.edge_sum(a, edges, true));
        Ok(vec![da, db, None])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |n: usize, m: usize, places: usize, h: usize, d: usize| {
            let edges = Feed::on(&[edges::len(n, m, places)], Domain::Edges(n, m));
            Case::new(Attrs::default(), vec![Feed::of(&[n, h, d]), Feed::of(&[m, h, d]), edges])
        };
        vec![case(1, 1, 1, 1, 1), case(5, 7, 13, 2, 3), case(9, 4, 50, 3, 17)]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}

/// Places of packed edges of a length between so many targets and sources.
pub(super) fn places(len: usize, targets: usize, sources: usize) -> Result<usize, String> {
    match len.checked_sub(targets + sources + 2) {
        Some(rest) if rest > 0 && rest % 3 == 0 => Ok(rest / 3),
        _ => Err(format!("{len} numbers are not edges between {targets} targets and {sources} sources")),
    }
}
