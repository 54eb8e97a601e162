//! Over the edges of each target: their total, handed back to every one of them, or their softmax,
//! `y[e, h]` = exp(scale·`x[e, h]`) / Σ over the edges e′ of the same target of exp(scale·`x[e′, h]`); 0 in free places.
//! x: `[E, H]`, edges: [`crate::engine::edges`], y: `[E, H]`. Attributes: ints = [[`SegmentOp`], number of targets],
//! reals = [scale].

use super::{Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid};
use crate::engine::edges;
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;

/// The kernel.
pub struct EdgeSegment;
/// Its registry entry.
pub static KERNEL: EdgeSegment = EdgeSegment;

/// What is formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentOp {
    /// The sum, the same for all edges of a target; not scaled.
    Total,
    /// The softmax.
    Softmax,
}

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (places, n, h, scale) = (c.size(0), c.size(1), c.size(2), T::from_f32(c.real(3)));
    let (x, edges, y) = (c.reads[0], c.reads[1], &mut *c.writes[0]);
    let begins: &[T] = &edges[3 * places..=3 * places + n];
    let at = |i: usize| begins[i].to_f64() as usize * h;
    y[at(n)..].fill(T::ZERO);
    for i in 0..n {
        let (x, y) = (&x[at(i)..at(i + 1)], &mut y[at(i)..at(i + 1)]);
        for head in 0..h.min(y.len()) {
            let column = || x.iter().skip(head).step_by(h);
            if c.overrides[0] == 0 {
                let total = column().copied().sum::<T>();
                y.iter_mut().skip(head).step_by(h).for_each(|y| *y = total);
                continue;
            }
            let most = column().fold(scale * x[head], |most, &x| if scale * x > most { scale * x } else { most });
            let mut total = T::ZERO;
            for (y, &x) in y.iter_mut().skip(head).step_by(h).zip(column()) {
                *y = (scale * x - most).exp();
                total += *y;
            }
            y.iter_mut().skip(head).step_by(h).for_each(|y| *y /= total);
        }
    }
}

impl Kernel for EdgeSegment {
    fn stem(&self) -> &'static str {
        "edge_segment"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("places", Ty::U32), ("n", Ty::U32), ("h", Ty::U32), ("scale", Ty::F32)],
            overrides: &["OP"],
            bindings: const { &[Binding::read("x"), Binding::read("edges"), Binding::write("y")] },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (&[e, _], &[len]) = (reads[0], reads[1]) else {
            return Err(format!("takes [E, H] and packed edges, not {reads:?}"));
        };
        let targets = attrs.int(1) as usize;
        if targets == 0 || len <= 3 * e + targets + 2 {
            return Err(format!("{len} numbers are not {e} edges with {targets} targets"));
        }
        Ok(reads[0].to_vec())
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let x = shapes[0];
        let scale = (attrs.real(0) as f32).to_bits();
        let uniforms = vec![x[0] as u32, attrs.int(1), x[1] as u32, scale];
        let workgroups = grid(attrs.int(1) as usize * x[1], 64);
        Launch { uniforms, overrides: vec![attrs.int(0)], workgroups }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (y, edges, targets) = (cx.output, cx.inputs[1], cx.attrs.int(1) as usize);
        if cx.attrs.int(0) == SegmentOp::Total as u32 {
            return Ok(vec![Some(cx.g.edge_total(edges, targets)), None]);
        }
        let pulled = y * (cx.g - (y * cx.g).edge_total(edges, targets));
        Ok(vec![Some(pulled * f64::from(cx.attrs.real(0) as f32)), None])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |op: SegmentOp, scale: f64, n: usize, m: usize, places: usize, h: usize| {
            let edges = Feed::on(&[edges::len(n, m, places)], Domain::Edges(n, m));
            let x = Feed::on(&[places, h], Domain::Range(-2.0, 2.0));
            Case::new(Attrs { ints: vec![op as u32, n as u32], reals: vec![scale] }, vec![x, edges])
        };
        let of = |op: SegmentOp| {
            [case(op, 1.0, 1, 1, 1, 1), case(op, 0.5, 5, 7, 13, 3), case(op, -2.0, 40, 3, 90, 2)]
        };
        [of(SegmentOp::Total), of(SegmentOp::Softmax)].concat()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::ELEMENTWISE
    }
}
