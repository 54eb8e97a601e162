//! Matrix product C = op(A)·op(B), C: `[M, N]`, or of a batch, C: `[B, M, N]`, where a factor without a batch serves all.
//! Attributes: ints = [1 if A is stored transposed, `[K, M]`, else `[M, K]`; the same for B, `[N, K]`, else `[K, N]`]. The
//! derivative is two more products, so that all orders exist.
//!
//! Fusion adds to the attributes: 1 if the sums over the rows of B, `[N]`, are wanted as a last result (the gradient of a
//! bias beside that of a weight; B is then stored as it is, and there is no batch), and the program behind the product
//! ([`Program`]): bias, activation, a derivative.

use std::borrow::Cow;

use super::{
    Attrs, Binding, Call, Case, Family, Feed, Kernel, Launch, Ready, Reference, Signature, Smoothness, Tolerance, Ty,
    grid, sizes_fit,
};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::kernels::binary::BinaryOp;
use crate::engine::kernels::unary::UnaryOp;
use crate::engine::program::run::{behind, register_count, room, run as run_program, tape};
use crate::maths::real::Lanes;
use crate::engine::program::{self, Access, Line, MOST_STORES, Program, View};
use lanes::{Fused, Tape};


/// Rows of C that an invocation keeps in registers, and how many invocations make a workgroup then.
const ROWS: usize = 8;
const LANES: usize = 32;
/// From so many tiles of sixteen columns on they keep the device busy; else tiles are narrower.
const MANY: usize = 128;

/// Workgroups that a device of the tiles' family has room for at once, roughly: fewer large tiles are made smaller.
const ROOM: usize = 96;

/// Numbers of B that are kept close on the CPU: 16 KiB in f32.
const CACHED: usize = 4096;

/// Numbers of C between the product and the program behind it: 64 KiB in f32.
const BETWEEN: usize = 16_384;

/// Integers of a product as graphs write it.
pub const PLAIN: usize = 2;

/// Integers before the program.
const HEAD: usize = 3;

/// The same product with what fusion puts behind it.
pub fn fused(attrs: &Attrs, sums: bool, program: &Program) -> Attrs {
    let mut all = Attrs::ints(&[attrs.int(0), attrs.int(1), u32::from(sums)]);
    program.append(&mut all);
    all
}

fn wants_sums(attrs: &Attrs) -> bool {
    attrs.int(2) == 1
}

/// Uniforms before those of the program.
const OWN_UNIFORMS: usize = 8;

static FIELDS: [(&str, Ty); OWN_UNIFORMS + program::NEST_FIELDS.len()] = program::fields([
    ("m", Ty::U32),
    ("k", Ty::U32),
    ("n", Ty::U32),
    ("tiles_n", Ty::U32),
    ("tiles", Ty::U32),
    ("batch", Ty::U32),
    ("step_a", Ty::U32),
    ("step_b", Ty::U32),
]);
static BINDINGS: [[[Binding; 8]; 9]; 8] = program::bindings([Binding::read("a"), Binding::read("b")], "unused");
static BINDINGS_SUMS: [[[Binding; 8]; 9]; 8] = program::bindings([Binding::read("a"), Binding::read("b")], "sums");

/// The kernel.
pub struct Matmul;
/// Its registry entry.
pub static KERNEL: Matmul = Matmul;

fn view(attrs: &Attrs) -> View<'_> {
    View::find(attrs, HEAD).unwrap_or(View::plain())
}

/// c += Σ over four rows of B, each times its element of A: one pass over c for four products.
#[inline(always)]
fn axpy4<T: Lanes>(c: &mut [T], a: [T; 4], b: &[T]) {
    let n = c.len();
    let (b0, b) = b.split_at(n);
    let (b1, b) = b.split_at(n);
    let (b2, b) = b.split_at(n);
    for ((((c, &b0), &b1), &b2), &b3) in c.iter_mut().zip(b0).zip(b1).zip(b2).zip(b) {
        *c += (a[0] * b0 + a[1] * b1) + (a[2] * b2 + a[3] * b3);
    }
}

/// C = op(A)·B in the order i, k, j: the inner loop runs along contiguous rows. The rows of B are taken in blocks that
/// stay in the first-level cache while all rows of C pass by.
fn rows<T: Lanes>(a: &[T], b: &[T], c: &mut [T], k: usize, n: usize, a_strides: (usize, usize)) {
    let (di, dk) = a_strides;
    let block = (CACHED / n / 4 * 4).max(4);
    c.fill(T::ZERO);
    for first in (0..k).step_by(block) {
        let last = (first + block).min(k);
        for (i, c) in c.chunks_exact_mut(n).enumerate() {
            let at = |l: usize| a[i * di + l * dk];
            let mut l = first;
            while l + 4 <= last {
                axpy4(c, [at(l), at(l + 1), at(l + 2), at(l + 3)], &b[l * n..(l + 4) * n]);
                l += 4;
            }
            for l in l..last {
                let a = at(l);
                c.iter_mut().zip(&b[l * n..(l + 1) * n]).for_each(|(c, &b)| *c += a * b);
            }
        }
    }
}

/// One product of the batch, with what becomes of it.
fn product<T: Lanes>(c: &mut Call<'_, T>, batch: usize, view: &View<'_>, tape: &Tape<T>) {
    let (m, k, n) = (c.size(0), c.size(1), c.size(2));
    let (a, b) = (&c.reads[0][batch * c.size(6)..], &c.reads[1][batch * c.size(7)..]);
    let (di, dk) = if c.overrides[0] == 1 { (1, m) } else { (k, 1) };
    let turned = if c.overrides[1] == 1 { k * n } else { 0 };
    // Rows of C that are computed and then run through the program while they are close.
    let block = (BETWEEN / n).clamp(1, m);
    let between = if view.is_plain() { 0 } else { block * n };
    room(c.scratch, turned + between + register_count(view));
    let (b_turned, rest) = c.scratch.split_at_mut(turned);
    let (between, registers) = rest.split_at_mut(between);
    let b = if turned > 0 {
        // Turning B costs k·n moves, the product m·k·n multiplications.
        for (j, row) in b[..turned].chunks_exact(k).enumerate() {
            b_turned[j..].iter_mut().step_by(n).zip(row).for_each(|(t, &b)| *t = b);
        }
        &*b_turned
    } else {
        &b[..k * n]
    };
    let first = batch * m * n;
    if view.is_plain() {
        return rows(a, b, &mut c.writes[0][first..first + m * n], k, n, (di, dk));
    }
    for row in (0..m).step_by(block) {
        let count = block.min(m - row) * n;
        rows(&a[row * di..], b, &mut between[..count], k, n, (di, dk));
        let at = first + row * n;
        let mut parts: [&mut [T]; MOST_STORES] = Default::default();
        for (part, whole) in parts.iter_mut().zip(c.writes.iter_mut()).take(view.store_count()) {
            *part = &mut whole[at..at + count];
        }
        let stores = &mut parts[..view.store_count()];
        run_program(tape, at, count, &between[..count], &c.reads[2..], stores, registers);
    }
}

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    let attrs = c.attrs;
    let view = view(attrs);
    let tape = tape(&view, false);
    for batch in 0..c.size(5) {
        product(c, batch, &view, &tape);
    }
    if wants_sums(attrs) {
        row_sums(c);
    }
}

/// The sums over the rows of B into the last result.
fn row_sums<T: Lanes>(c: &mut Call<'_, T>) {
    let Some(sums) = c.writes.last_mut() else { return };
    T::sum_rows(sums, c.reads[1], true);
}

/// The same with packed tiles; C is formed where the first result goes, and run through the program block by block.
fn fused_product(attrs: &Attrs, uniforms: &[u32], overrides: &[u32]) -> Fused {
    let view = View::trusted(attrs, HEAD).unwrap_or(View::plain());
    let size = |i: usize| uniforms[i] as usize;
    Fused {
        size: (size(0), size(1), size(2)),
        turned: (overrides[0] == 1, overrides[1] == 1),
        batch: size(5),
        steps: (size(6), size(7)),
        behind: behind(&view, (size(0), size(2))),
        stores: view.store_count(),
        sums: wants_sums(attrs),
    }
}

fn fast(c: &mut Call<'_, f32>) {
    let product = fused_product(c.attrs, c.uniforms, c.overrides);
    product.run(c.team, c.reads, c.writes, (c.scratch, c.registers));
}

/// (batch of A, batch of B, M, K, N), or what does not fit.
fn sizes(attrs: &Attrs, a: &[usize], b: &[usize]) -> Result<[usize; 5], String> {
    let (ba, a0, a1) = split(a)?;
    let (bb, b0, b1) = split(b)?;
    let (m, k) = if attrs.int(0) == 1 { (a1, a0) } else { (a0, a1) };
    let (kb, n) = if attrs.int(1) == 1 { (b1, b0) } else { (b0, b1) };
    if k != kb {
        return Err(format!("inner extents differ: [{m}, {k}]·[{kb}, {n}]"));
    }
    if ba != bb && ba != 1 && bb != 1 {
        return Err(format!("batches {ba} and {bb} differ"));
    }
    Ok([ba, bb, m, k, n])
}

/// Batch, rows and columns of a factor.
fn split(shape: &[usize]) -> Result<(usize, usize, usize), String> {
    match *shape {
        [rows, columns] => Ok((1, rows, columns)),
        [batch, rows, columns] => Ok((batch, rows, columns)),
        _ => Err(format!("factors must have rank 2 or 3, not {shape:?}")),
    }
}

impl Kernel for Matmul {
    fn stem(&self) -> &'static str {
        "matmul"
    }

    fn signature(&self, attrs: &Attrs) -> Signature {
        if attrs.ints.len() > PLAIN && View::find(attrs, HEAD).is_none() {
            // No arguments fit a program that is not sound, so that no plan with one passes its check.
            return Signature { uniforms: &[], overrides: &[], bindings: &[] };
        }
        let view = view(attrs);
        let (reads, stores) = (view.read_count(), view.store_count());
        Signature {
            uniforms: &FIELDS[..OWN_UNIFORMS + view.uniform_count()],
            overrides: &["TA", "TB", "TILE"],
            bindings: if wants_sums(attrs) {
                &BINDINGS_SUMS[reads][stores][..(3 + reads + stores).min(8)]
            } else {
                &BINDINGS[reads][stores][..(2 + reads + stores).min(8)]
            },
        }
    }

    fn label(&self, attrs: &Attrs) -> String {
        let view = view(attrs);
        let sums = if wants_sums(attrs) { " and sums" } else { "" };
        if view.is_plain() { format!("matmul{sums}") } else { format!("matmul{sums}:{}", view.functions()) }
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let [ba, bb, m, _, n] = sizes(attrs, reads[0], reads[1])?;
        if !view(attrs).can_read(ba.max(bb) * m * n, &reads[2..]) {
            return Err("the program behind it does not fit".to_owned());
        }
        let batched = reads[0].len() == 3 || reads[1].len() == 3;
        if wants_sums(attrs) && (batched || attrs.int(1) == 1) {
            return Err("sums go with one product, its second factor as it is".to_owned());
        }
        Ok(if batched { vec![ba.max(bb), m, n] } else { vec![m, n] })
    }

    fn fits(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Result<(), String> {
        sizes_fit(self, attrs, shapes)
    }

    fn infer_parts(&self, attrs: &Attrs, reads: &[&[usize]]) -> Vec<Vec<usize>> {
        let shape = self.infer(attrs, reads).unwrap_or_default();
        let columns = shape.last().copied().unwrap_or(1);
        let mut parts = vec![shape; view(attrs).store_count().saturating_sub(1)];
        parts.extend(wants_sums(attrs).then(|| vec![columns]));
        parts
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        self.launch_in(Family::Registers, attrs, shapes)
    }

    fn launch_in(&self, family: Family, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        let [ba, bb, m, k, n] = sizes(attrs, shapes[0], shapes[1]).unwrap_or([1; 5]);
        let batch = ba.max(bb);
        // Rows and columns of a tile.
        let (high, wide) = match family {
            Family::Registers => {
                let many = batch * m.div_ceil(ROWS) * n.div_ceil(16) >= MANY;
                (ROWS, if n <= 4 { 4 } else if n <= 8 || !many { 8 } else { 16 })
            }
            Family::Tiles => {
                let many = batch * m.div_ceil(64) * n.div_ceil(64) >= ROOM;
                if many { (64, 64) } else { (32, 32) }
            }
        };
        let tiles_n = n.div_ceil(wide);
        let tiles = m.div_ceil(high) * tiles_n;
        let step = |own: usize, size: usize| if own > 1 { size } else { 0 };
        let own = [m, k, n, tiles_n, tiles, batch, step(ba, m * k), step(bb, k * n)];
        Launch {
            uniforms: own.into_iter().map(|w| w as u32).chain(view(attrs).uniforms()).collect(),
            overrides: vec![attrs.int(0), attrs.int(1), wide as u32],
            workgroups: match family {
                Family::Registers => grid(batch * tiles, LANES),
                Family::Tiles => grid(batch * tiles, 1),
            },
        }
    }

    fn flops(&self, attrs: &Attrs, shapes: &[&[usize]]) -> f64 {
        let [ba, bb, m, k, n] = sizes(attrs, shapes[0], shapes[1]).unwrap_or_default();
        2.0 * [ba.max(bb), m, k, n].iter().map(|&d| d as f64).product::<f64>()
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn specialise<'t>(&self, attrs: &Attrs, text: &'t str) -> Cow<'t, str> {
        let view = view(attrs);
        let text = program::wgsl::insert(&view, text, 2);
        if !wants_sums(attrs) {
            return Cow::Owned(text);
        }
        let binding = 3 + view.read_count() + view.store_count();
        let tensor = format!("@group(0) @binding({binding}) var<storage, read_write> sums: array<f32>;");
        Cow::Owned(text.replace("//@sums-tensor", &tensor).replace("//@sums ", ""))
    }

    fn fast(&self) -> Option<fn(&mut Call<'_, f32>)> {
        Some(fast)
    }

    fn ready(&self, attrs: &Attrs, launch: &Launch) -> Option<Ready<f32>> {
        let product = fused_product(attrs, &launch.uniforms, &launch.overrides);
        Some(Box::new(move |c| product.run(c.team, c.reads, c.writes, (c.scratch, c.registers))))
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (a, b, g) = (cx.inputs[0], cx.inputs[1], cx.g);
        let (ta, tb) = (cx.attrs.int(0) == 1, cx.attrs.int(1) == 1);
        // A factor that serves all products gets the sum over them; its extent of 1, if it has one, stays.
        let da = cx.needs[0].then(|| if ta { b.matmul_flags(g, tb, true) } else { g.matmul_flags(b, false, !tb) });
        let db = cx.needs[1].then(|| if tb { g.matmul_flags(a, true, ta) } else { a.matmul_flags(g, !ta, false) });
        Ok(vec![da.map(|d| d.sum_to(&a.shape())), db.map(|d| d.sum_to(&b.shape()))])
    }

    fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for (m, k, n) in [(1, 1, 1), (3, 5, 2), (37, 17, 41), (70, 9, 1), (1, 64, 33), (5, 70, 150), (130, 3, 130)] {
            for (ta, tb) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let a = if ta == 1 { [k, m] } else { [m, k] };
                let b = if tb == 1 { [n, k] } else { [k, n] };
                cases.push(Case::new(Attrs::ints(&[ta, tb]), vec![Feed::of(&a), Feed::of(&b)]));
            }
        }
        for (a, b, ta, tb) in [
            ([3, 5, 7], vec![3, 7, 2], 0, 0),
            ([3, 40, 5], vec![1, 33, 40], 1, 1),
            ([1, 5, 7], vec![4, 7, 2], 0, 0),
            ([2, 3, 4], vec![4, 6], 0, 0),
        ] {
            cases.push(Case::new(Attrs::ints(&[ta, tb]), vec![Feed::of(&a), Feed::of(&b)]));
        }
        cases.extend([dense(&[3, 4], &[4, 5], &[3, 5]), dense(&[70, 9], &[9, 300], &[70, 300])]);
        cases.push(dense(&[2, 33, 4], &[2, 4, 35], &[2, 33, 35]));
        for (a, b) in [([7, 3], [7, 5]), ([50, 40], [50, 67]), ([50, 200], [50, 97]), ([1, 2], [1, 1])] {
            let program = Program { lines: vec![Line::Carried], stores: vec![0], ..Program::default() };
            let attrs = fused(&Attrs::ints(&[1, 0]), true, &program);
            cases.push(Case::new(attrs, vec![Feed::of(&a), Feed::of(&b)]));
        }
        cases
    }

    fn smoothness(&self, attrs: &Attrs) -> Smoothness {
        // Fusion comes after differentiation.
        if attrs.ints.len() == PLAIN { Smoothness::Smooth } else { Smoothness::None }
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}

/// A product with bias and activation behind it; both sums and activations are kept, a third tensor is multiplied on.
fn dense(a: &[usize], b: &[usize], c: &[usize]) -> Case {
    let bias = &c[c.len() - 1..];
    let program = Program {
        reads: vec![Access::broadcast(bias, c), Access::Full],
        lines: vec![
            Line::Carried,
            Line::Load(0),
            Line::Binary(BinaryOp::Add as u32, 0, 1),
            Line::Unary(UnaryOp::Silu as u32, 0.0, 2),
            Line::Load(1),
            Line::Binary(BinaryOp::Mul as u32, 3, 4),
        ],
        stores: vec![2, 5],
    };
    Case::new(fused(&Attrs::ints(&[0, 0]), false, &program), [a, b, bias, c].map(Feed::of).to_vec())
}
