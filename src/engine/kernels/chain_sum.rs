//! Sums (or means) along an axis of what an elementwise program computes, and a program behind each sum:
//! y = q(Σₙ p(`x[o, n, i]`)). Attributes: ints = `[outer, n, inner, 1 for a mean]`, then the program of the terms, whose one
//! store is the term, then that of the sums ([`Program`]). Made by fusion; it has no derivative of its own.

use std::borrow::Cow;

use super::reduce_sum::tree;
use super::{Attrs, Binding, Call, Case, Family, Feed, Kernel, Launch, Ready, Reference, Signature, Smoothness, Tolerance, Ty, grid, sizes_fit};
use crate::engine::graph::{Cotangents, Vjp};
use crate::engine::kernels::binary::BinaryOp;
use crate::engine::kernels::unary::UnaryOp;
use crate::engine::program::run::{register_count, room, run as run_program, tape};
use crate::maths::real::Lanes;
use lanes::Tape;
use crate::engine::shape::{check, numel};
use crate::engine::program::{self, Access, Line, MOST_STORES, Program, View};

/// The kernel.
pub struct ChainSum;
/// Its registry entry.
pub static KERNEL: ChainSum = ChainSum;

/// Integers before the programs.
const HEAD: usize = 4;
/// Uniforms before those of the programs.
const OWN_UNIFORMS: usize = 3;
/// Terms that are computed before they are summed: 16 KiB in f32.
const TERMS: usize = 4096;

static FIELDS: [(&str, Ty); OWN_UNIFORMS + program::NEST_FIELDS.len()] =
    program::fields([("sums", Ty::U32), ("n", Ty::U32), ("inner", Ty::U32)]);
static BINDINGS: [[[Binding; 8]; 9]; 8] = program::bindings([], "unused");

/// Attributes for sums over the middle of `[outer, n, inner]`.
pub fn attrs(space: (usize, usize, usize), mean: bool, terms: &Program, behind: &Program) -> Attrs {
    let mut attrs = Attrs::ints(&[space.0 as u32, space.1 as u32, space.2 as u32, u32::from(mean)]);
    terms.append(&mut attrs);
    behind.append(&mut attrs);
    attrs
}

/// The program of the terms and that of the sums, in attributes that were looked at before.
fn trusted(attrs: &Attrs) -> Option<(View<'_>, View<'_>)> {
    let terms = View::trusted(attrs, HEAD)?;
    let behind = View::trusted(attrs, HEAD + terms.int_count())?;
    Some((terms, behind))
}

/// The same, if they are sound.
fn views(attrs: &Attrs) -> Option<(View<'_>, View<'_>)> {
    let terms = View::find(attrs, HEAD)?;
    let behind = View::find(attrs, HEAD + terms.int_count())?;
    let reads = terms.read_count() + behind.read_count();
    let sound = terms.store_count() == 1 && terms.starts_from_tensors() && reads + behind.store_count() <= 8 && reads <= program::MOST_READS;
    sound.then_some((terms, behind))
}

/// Sums for outer indices `first .. first + outer` into `sums`, `[outer, inner]`.
struct Sums<'a, T> {
    terms: &'a Tape<T>,
    reads: &'a [&'a [T]],
    n: usize,
    inner: usize,
}

impl<T: Lanes> Sums<'_, T> {
    fn run(&self, first: usize, sums: &mut [T], room: &mut [T], registers: &mut [T]) {
        let whole = self.n * self.inner;
        if whole <= room.len() && sums.len() == self.inner {
            let part = &mut room[..whole];
            self.terms(first * whole, part, registers);
            return T::sum_rows(sums, part, true);
        }
        if whole <= room.len() {
            // Several outer indices at a time.
            let at_once = room.len() / whole;
            for (c, sums) in sums.chunks_mut(at_once * self.inner).enumerate() {
                let part = &mut room[..sums.len() / self.inner * whole];
                self.terms((first + c * at_once) * whole, part, registers);
                for (terms, sums) in part.chunks_exact(whole).zip(sums.chunks_exact_mut(self.inner)) {
                    T::sum_rows(sums, terms, true);
                }
            }
            return;
        }
        // One outer index, so many rows of `inner` at a time.
        let rows = (room.len() / self.inner).max(1);
        for (o, sums) in sums.chunks_exact_mut(self.inner).enumerate() {
            for row in (0..self.n).step_by(rows) {
                let part = &mut room[..rows.min(self.n - row) * self.inner];
                self.terms((first + o) * whole + row * self.inner, part, registers);
                T::sum_rows(sums, part, row == 0);
            }
        }
    }

    fn terms(&self, at: usize, part: &mut [T], registers: &mut [T]) {
        run_program(self.terms, at, part.len(), &[], self.reads, &mut [part], registers);
    }
}

/// Both programs, made ready.
struct Made<T> {
    terms: Tape<T>,
    /// None where the sums are what is stored.
    behind: Option<Tape<T>>,
    /// How many tensors the first one reads, and the second one writes.
    reads: usize,
    stores: usize,
    registers: usize,
}

impl<T: Lanes> Made<T> {
    fn of(attrs: &Attrs) -> Option<Self> {
        let (terms, behind) = trusted(attrs)?;
        Some(Self {
            terms: tape(&terms, false),
            behind: (!behind.is_plain()).then(|| tape(&behind, false)),
            reads: terms.read_count(),
            stores: behind.store_count(),
            registers: register_count(&terms).max(register_count(&behind)),
        })
    }
}

fn run<T: Lanes>(c: &mut Call<'_, T>) {
    if let Some(made) = Made::of(c.attrs) {
        go(&made, c);
    }
}

fn go<T: Lanes>(made: &Made<T>, c: &mut Call<'_, T>) {
    let (n, inner) = (c.size(1), c.size(2));
    let outer = c.size(0) / inner;
    // Outer indices that are summed and then run through the program behind while they are close.
    let block = (TERMS / inner).clamp(1, outer);
    let space = TERMS.max(inner);
    room(c.scratch, block * inner + space + made.registers);
    let (sums, rest) = c.scratch.split_at_mut(block * inner);
    let (space, registers) = rest.split_at_mut(space);
    let (first_reads, last_reads) = c.reads.split_at(made.reads);
    let work = Sums { terms: &made.terms, reads: first_reads, n, inner };
    let mean = c.overrides[1] == 1;
    let mut sum = |first: usize, sums: &mut [T], registers: &mut [T]| {
        work.run(first, sums, space, registers);
        if mean {
            sums.iter_mut().for_each(|s| *s /= T::from_f64(n as f64));
        }
    };
    for first in (0..outer).step_by(block) {
        let count = block.min(outer - first) * inner;
        let Some(behind) = &made.behind else {
            sum(first, &mut c.writes[0][first * inner..][..count], registers);
            continue;
        };
        let sums = &mut sums[..count];
        sum(first, sums, registers);
        let mut parts: [&mut [T]; MOST_STORES] = Default::default();
        for (part, whole) in parts.iter_mut().zip(c.writes.iter_mut()) {
            *part = &mut whole[first * inner..][..sums.len()];
        }
        let stores = &mut parts[..made.stores];
        run_program(behind, first * inner, sums.len(), sums, last_reads, stores, registers);
    }
}

impl Kernel for ChainSum {
    fn stem(&self) -> &'static str {
        "chain_sum"
    }

    fn signature(&self, attrs: &Attrs) -> Signature {
        let (nests, reads, stores) = views(attrs).map_or((0, 0, 0), |(p, q)| {
            (p.uniform_count() + q.uniform_count(), p.read_count() + q.read_count(), q.store_count())
        });
        Signature {
            uniforms: &FIELDS[..OWN_UNIFORMS + nests],
            overrides: &["TREE", "MEAN"],
            bindings: &BINDINGS[reads][stores][..(reads + stores).min(8)],
        }
    }

    fn label(&self, attrs: &Attrs) -> String {
        views(attrs).map_or_else(
            || self.stem().to_owned(),
            |(terms, behind)| format!("sum:{} |{}", terms.functions(), behind.functions()),
        )
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (terms, behind) = views(attrs).ok_or("the programs are not sound")?;
        let space: Vec<usize> = attrs.ints.iter().take(3).map(|&n| n as usize).collect();
        check(&space)?;
        let (first, last) = reads.split_at(terms.read_count().min(reads.len()));
        if terms.can_read(numel(&space), first) && behind.can_read(space[0] * space[2], last) {
            Ok(vec![space[0], 1, space[2]])
        } else {
            Err(format!("{reads:?} do not fit sums over the middle of {space:?}"))
        }
    }

    fn fits(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Result<(), String> {
        sizes_fit(self, attrs, shapes)
    }

    fn infer_parts(&self, attrs: &Attrs, reads: &[&[usize]]) -> Vec<Vec<usize>> {
        let stores = views(attrs).map_or(0, |(_, behind)| behind.store_count());
        vec![self.infer(attrs, reads).unwrap_or_default(); stores.saturating_sub(1)]
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        self.launch_in(Family::Registers, attrs, shapes)
    }

    fn launch_in(&self, family: Family, attrs: &Attrs, _shapes: &[&[usize]]) -> Launch {
        let (sums, n, inner) = (attrs.int(0) * attrs.int(2), attrs.int(1), attrs.int(2));
        let mut uniforms = vec![sums, n, inner];
        if let Some((terms, behind)) = views(attrs) {
            uniforms.extend(terms.uniforms().chain(behind.uniforms()));
        }
        let tree = tree(family, n as usize, sums as usize);
        Launch {
            uniforms,
            overrides: vec![u32::from(tree), attrs.int(3)],
            workgroups: grid(sums as usize, if tree { 1 } else { 64 }),
        }
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn ready(&self, attrs: &Attrs, _launch: &Launch) -> Option<Ready<f32>> {
        let made = Made::of(attrs)?;
        Some(Box::new(move |c| go(&made, c)))
    }

    fn specialise<'t>(&self, attrs: &Attrs, text: &'t str) -> Cow<'t, str> {
        match views(attrs) {
            Some((terms, behind)) => Cow::Owned(program::wgsl::insert_with_terms(&terms, &behind, text)),
            None => Cow::Borrowed(text),
        }
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Err("a fused sum has no derivative; fusion comes after differentiation".to_owned())
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let square = Line::Unary(UnaryOp::Square as u32, 0.0, 0);
        let root = Line::Unary(UnaryOp::SqrtEps as u32, 1e-2, 0);
        let sums = |outer: usize, n: usize, inner: usize| {
            let terms = Program { reads: vec![Access::Full], lines: vec![Line::Load(0), square], stores: vec![1] };
            let behind = Program { lines: vec![Line::Carried, root], stores: vec![0, 1], ..Program::default() };
            Case::new(attrs((outer, n, inner), false, &terms, &behind), vec![Feed::of(&[outer, n, inner])])
        };
        // Means of products with a row that repeats, times a number for each sum.
        let weighted = |outer: usize, n: usize, inner: usize| {
            let (mul, shape) = (BinaryOp::Mul as u32, [outer, n, inner]);
            let lines = vec![Line::Load(0), Line::Load(1), Line::Binary(mul, 0, 1)];
            let reads = vec![Access::Full, Access::broadcast(&[inner], &shape)];
            let terms = Program { reads, lines: lines.clone(), stores: vec![2] };
            let lines = vec![Line::Carried, Line::Load(0), Line::Binary(mul, 0, 1)];
            let reads = vec![Access::broadcast(&[outer, 1, 1], &[outer, 1, inner])];
            let behind = Program { reads, lines, stores: vec![2] };
            let feeds = [&shape[..], &[inner], &[outer, 1, 1]].map(Feed::of);
            Case::new(attrs((outer, n, inner), true, &terms, &behind), feeds.to_vec())
        };
        vec![
            sums(1, 1, 1),
            sums(70, 5, 3),
            sums(1, 5000, 1),
            sums(3, 300, 1),
            weighted(4, 3, 5),
            weighted(2, 400, 67),
            weighted(500, 5, 1),
            weighted(1, 2, 5000),
        ]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
