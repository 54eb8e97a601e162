//! Rows along the edges of a graph, in both directions. Gather: `y[e, …]` = `x[index[e], …]`, `[N, …]` → `[E, …]`.
//! Scatter: `y[n, …]` = Σ `x[order[k], …]` for k from `offsets[n]` to `offsets[n + 1]`, `[E, …]` → `[N, …]`.
//! Attributes: ints = `[0 gather or 1 scatter]`.
//!
//! index: `[E]` names the node of each edge; order: `[E]` lists the edges by node, those of node n from `offsets[n]` on;
//! offsets: `[N + 1]`. Where the three agree, each direction is the other's transpose. An index, or a place of `order`, that
//! is out of range counts as 0.

use super::{
    Attrs, Binding, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance, Ty, grid, rows,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::shape::numel;
use crate::maths::real::Real;

/// The kernel.
pub struct Route;
/// Its registry entry.
pub static KERNEL: Route = Route;

fn run<T: Real>(c: &mut Call<'_, T>) {
    let (width, from) = (c.size(1), c.size(2));
    let [x, index, order, offsets] = *c.reads else { return };
    let y = c.writes[0].chunks_exact_mut(width);
    if c.overrides[0] == 0 {
        for (y, &index) in y.zip(index) {
            match rows::place(index, from) {
                Some(row) => y.copy_from_slice(&x[row * width..(row + 1) * width]),
                None => y.fill(T::ZERO),
            }
        }
        return;
    }
    for (n, y) in y.enumerate() {
        y.fill(T::ZERO);
        for &e in &order[rows::segment(offsets, n, from)] {
            if let Some(row) = rows::place(e, from) {
                y.iter_mut().zip(&x[row * width..(row + 1) * width]).for_each(|(y, &x)| *y += x);
            }
        }
    }
}

impl Kernel for Route {
    fn stem(&self) -> &'static str {
        "route"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        Signature {
            uniforms: &[("count", Ty::U32), ("width", Ty::U32), ("rows", Ty::U32)],
            overrides: &["SCATTER"],
            bindings: const {
                &[
                    Binding::read("x"),
                    Binding::read("index"),
                    Binding::read("order"),
                    Binding::read("offsets"),
                    Binding::write("y"),
                ]
            },
        }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        rows::vector("index", reads[1], None)?;
        let edges = reads[1][0];
        rows::vector("order", reads[2], Some(edges))?;
        rows::offsets(reads[3])?;
        let nodes = reads[3][0] - 1;
        let (from, to) = if attrs.int(0) == 1 { (edges, nodes) } else { (nodes, edges) };
        if reads[0][0] == from {
            Ok(rows::with_rows(reads[0], to))
        } else {
            Err(format!("{:?} has not {from} rows ({nodes} nodes, {edges} edges)", reads[0]))
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let count = numel(shapes[4]);
        Launch {
            uniforms: vec![count as u32, rows::width(shapes[0]) as u32, shapes[0][0] as u32],
            overrides: vec![attrs.int(0)],
            workgroups: grid(count, 64),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let attrs = Attrs::ints(&[1 - cx.attrs.int(0).min(1)]);
        let inputs = [cx.g, cx.inputs[1], cx.inputs[2], cx.inputs[3]];
        Ok(vec![cx.needs[0].then(|| cx.g.builder().kernel("route", attrs, &inputs)), None, None, None])
    }

    fn cases(&self) -> Vec<Case> {
        static INDEX: [u32; 70] = spread();
        static SORTED: ([u32; 70], [u32; 12]) = by_node(&INDEX);
        let table = |numbers: &'static [u32]| Feed::on(&[numbers.len()], Domain::Given(numbers));
        let case = |scatter: u32, x: &[usize], tables: [&'static [u32]; 3]| {
            let [index, order, offsets] = tables.map(table);
            Case::new(Attrs::ints(&[scatter]), vec![Feed::of(x), index, order, offsets])
        };
        // Four nodes, the second without edges.
        let small: [&'static [u32]; 3] = [&[2, 0, 3, 2, 0], &[1, 4, 0, 3, 2], &[0, 2, 2, 4, 5]];
        let large: [&'static [u32]; 3] = [&INDEX, &SORTED.0, &SORTED.1];
        vec![
            case(0, &[1], [&[0], &[0], &[0, 1]]),
            case(0, &[4, 3], small),
            case(1, &[5, 3], small),
            case(0, &[11, 2, 3], large),
            case(1, &[70, 2, 3], large),
            case(1, &[70, 7], large),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}

/// Seventy edges at eleven nodes, without pattern.
const fn spread() -> [u32; 70] {
    let mut index = [0; 70];
    let mut e = 0;
    while e < 70 {
        index[e] = (e * e * 3 + e / 7) as u32 % 11;
        e += 1;
    }
    index
}

/// The edges by node, and where each node's begin.
const fn by_node(index: &[u32; 70]) -> ([u32; 70], [u32; 12]) {
    let (mut order, mut offsets) = ([0; 70], [0; 12]);
    let (mut n, mut filled) = (0, 0);
    while n < 11 {
        let mut e = 0;
        while e < 70 {
            if index[e] == n as u32 {
                order[filled] = e as u32;
                filled += 1;
            }
            e += 1;
        }
        n += 1;
        offsets[n] = filled as u32;
    }
    (order, offsets)
}
