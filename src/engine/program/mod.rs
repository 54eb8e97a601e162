//! Elementwise programs: straight lines of unary and binary functions that one launch computes for each element of an
//! iteration space. Fusion writes them; the kernels that carry one run it block by block on the CPU ([`run`]) and have it
//! written into their shader on the GPU ([`wgsl`]).

pub mod run;
pub mod wgsl;

use super::kernels::binary::BinaryOp;
use super::kernels::unary::UnaryOp;
use super::kernels::{Attrs, Binding, Ty};
use super::shape::{collapse, numel};
use lanes::program::{BINARY, CARRIED, CONSTANT, LOAD, UNARY};

/// Most tensors a program reads beside those of its kernel, and most it writes: eight storage buffers are guaranteed.
pub const MOST_READS: usize = 7;
/// Most tensors a program writes.
pub const MOST_STORES: usize = 8;
/// Most lines: the registers of a block stay in the first-level cache.
pub const MOST_LINES: usize = lanes::program::MOST_LINES;

/// How a tensor is read along the iteration space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Access {
    /// Element i at place i.
    Full,
    /// One number for all.
    Scalar,
    /// A loop nest of four extents, outermost first, and the strides the tensor is read with.
    Nest([u32; 8]),
}

impl Access {
    /// How a tensor of shape `from` is read when it is broadcast to `to`.
    pub fn broadcast(from: &[usize], to: &[usize]) -> Self {
        if numel(from) == 1 {
            return Self::Scalar;
        }
        if numel(from) == numel(to) {
            return Self::Full;
        }
        let nest = collapse(to, [from]);
        let words = nest.extents.iter().chain(&nest.strides[0]);
        let mut all = [0; 8];
        all.iter_mut().zip(words).for_each(|(a, &w)| *a = w as u32);
        Self::Nest(all)
    }
}

/// One line of a program; operands are earlier lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line {
    /// The element of a tensor.
    Load(usize),
    /// A fixed number.
    Constant(f64),
    /// What the kernel that carries the program has computed for the element.
    Carried,
    /// A function of one argument, by number, with its constant.
    Unary(u32, f64, usize),
    /// A function of two arguments, by number.
    Binary(u32, usize, usize),
}

/// A program under construction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// How each tensor is read.
    pub reads: Vec<Access>,
    /// The lines.
    pub lines: Vec<Line>,
    /// The lines whose values are stored, one for each tensor written.
    pub stores: Vec<usize>,
}

impl Program {
    /// Appends the program to a kernel's attributes.
    pub fn append(&self, attrs: &mut Attrs) {
        let sizes = [self.reads.len(), self.lines.len(), self.stores.len(), attrs.reals.len()];
        attrs.ints.extend(sizes.map(|n| n as u32));
        for access in &self.reads {
            match access {
                Access::Full => attrs.ints.extend([0; 9]),
                Access::Scalar => attrs.ints.extend([1, 0, 0, 0, 0, 0, 0, 0, 0]),
                Access::Nest(words) => {
                    attrs.ints.push(2);
                    attrs.ints.extend(words);
                }
            }
        }
        for line in &self.lines {
            let (words, real) = match *line {
                Line::Load(read) => ([LOAD, read as u32, 0], 0.0),
                Line::Constant(value) => ([CONSTANT, 0, 0], value),
                Line::Carried => ([CARRIED, 0, 0], 0.0),
                Line::Unary(op, value, a) => ([UNARY + op, a as u32, 0], value),
                Line::Binary(op, a, b) => ([BINARY + op, a as u32, b as u32], 0.0),
            };
            attrs.ints.extend(words);
            attrs.reals.push(real);
        }
        attrs.ints.extend(self.stores.iter().map(|&s| s as u32));
    }
}

/// A program where it lies in a kernel's attributes.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    reads: &'a [[u32; 9]],
    lines: &'a [[u32; 3]],
    reals: &'a [f64],
    stores: &'a [u32],
}

impl<'a> View<'a> {
    /// The program behind the first `at` integers of the attributes, if there is a sound one.
    pub fn find(attrs: &'a Attrs, at: usize) -> Option<Self> {
        Self::trusted(attrs, at).filter(Self::is_sound)
    }

    /// The same for attributes that were looked at before: those of a plan that has been checked.
    pub fn trusted(attrs: &'a Attrs, at: usize) -> Option<Self> {
        let (sizes, rest) = attrs.ints.get(at..)?.split_first_chunk::<4>()?;
        let [reads, lines, stores, first_real] = sizes.map(|n| n as usize);
        let (reads, rest) = rest.split_at_checked(reads.checked_mul(9)?)?;
        let (lines, rest) = rest.split_at_checked(lines.checked_mul(3)?)?;
        let (reads, lines) = (reads.as_chunks::<9>().0, lines.as_chunks::<3>().0);
        let reals = attrs.reals.get(first_real..first_real.checked_add(lines.len())?)?;
        Some(Self { reads, lines, reals, stores: rest.get(..stores)? })
    }

    /// The program that stores what the kernel computed, and no more.
    pub const fn plain() -> View<'static> {
        View { reads: &[], lines: &[[CARRIED, 0, 0]], reals: &[0.0], stores: &[0] }
    }

    /// Whether it is [`View::plain`].
    pub fn is_plain(&self) -> bool {
        self.lines == [[CARRIED, 0, 0]] && self.stores == [0]
    }

    /// Whether every line uses only earlier lines and tensors there are, and every store a line there is.
    fn is_sound(&self) -> bool {
        let sound = |(i, words): (usize, &[u32; 3])| {
            let [op, a, b] = words.map(|w| w as usize);
            match op as u32 {
                LOAD => a < self.reads.len(),
                CONSTANT | CARRIED => true,
                op if op >= BINARY => a < i && b < i,
                _ => a < i,
            }
        };
        self.reads.len() <= MOST_READS
            && self.lines.len() <= MOST_LINES
            && self.stores.len() <= MOST_STORES
            && self.lines.iter().enumerate().all(sound)
            && self.stores.iter().all(|&s| (s as usize) < self.lines.len())
            && self.reads.iter().all(|r| r[0] != 2 || r[1..5].iter().all(|&extent| extent > 0))
    }

    /// Whether no line asks for what the kernel has computed: there is nothing.
    pub fn starts_from_tensors(&self) -> bool {
        self.lines.iter().all(|words| words[0] != CARRIED)
    }

    /// Whether tensors of these shapes can be read over so many elements.
    pub fn can_read(&self, count: usize, shapes: &[&[usize]]) -> bool {
        let fits = |(read, shape): (usize, &&[usize])| match self.access(read) {
            Access::Full => numel(shape) == count,
            Access::Scalar => !shape.is_empty(),
            Access::Nest(words) => {
                let [n, s]: [[u64; 4]; 2] =
                    [0, 4].map(|at| std::array::from_fn(|i| u64::from(words[at + i])));
                let mut steps = n.iter().zip(&s);
                let last =
                    steps.try_fold(0_u64, |at, (n, s)| at.checked_add(n.checked_sub(1)?.checked_mul(*s)?));
                let elements = n.iter().try_fold(1_u64, |all, n| all.checked_mul(*n));
                elements == Some(count as u64) && last.is_some_and(|last| last < numel(shape) as u64)
            }
        };
        shapes.len() == self.reads.len() && shapes.iter().enumerate().all(fits)
    }

    /// How many integers of the attributes it takes.
    pub fn int_count(&self) -> usize {
        4 + 9 * self.reads.len() + 3 * self.lines.len() + self.stores.len()
    }

    /// How many tensors it reads.
    pub fn read_count(&self) -> usize {
        self.reads.len()
    }

    /// How many tensors it writes.
    pub fn store_count(&self) -> usize {
        self.stores.len()
    }

    fn line(&self, i: usize) -> Line {
        let [op, a, b] = self.lines[i];
        let (a, b) = (a as usize, b as usize);
        match op {
            LOAD => Line::Load(a),
            CONSTANT => Line::Constant(self.reals[i]),
            CARRIED => Line::Carried,
            op if op >= BINARY => Line::Binary(op - BINARY, a, b),
            op => Line::Unary(op.saturating_sub(UNARY), self.reals[i], a),
        }
    }

    fn access(&self, read: usize) -> Access {
        match self.reads[read] {
            [0, ..] => Access::Full,
            [1, ..] => Access::Scalar,
            [_, words @ ..] => Access::Nest(words),
        }
    }

    /// The nests among the accesses, in order: their words are uniforms.
    fn nests(&self) -> impl Iterator<Item = [u32; 8]> {
        (0..self.reads.len()).filter_map(|r| match self.access(r) {
            Access::Nest(words) => Some(words),
            _ => None,
        })
    }

    /// Words of the uniforms that follow those of the kernel: of each nest the last three extents and the strides.
    pub fn uniforms(&self) -> impl Iterator<Item = u32> {
        self.nests().flat_map(|words| words.into_iter().skip(1))
    }

    /// Names of its functions, in order: " add silu".
    pub fn functions(&self) -> String {
        let name = |i: usize| match self.line(i) {
            Line::Unary(op, ..) => UnaryOp::of(op).map(|op| format!(" {op:?}").to_lowercase()),
            Line::Binary(op, ..) => BinaryOp::of(op).map(|op| format!(" {op:?}").to_lowercase()),
            _ => None,
        };
        (0..self.lines.len()).filter_map(name).collect()
    }

    /// How many uniforms those are.
    pub fn uniform_count(&self) -> usize {
        UNIFORMS_PER_NEST * self.nests().count()
    }
}

const UNIFORMS_PER_NEST: usize = 7;

/// Names of a nest's uniforms, `p0_n1` … `p6_s3`: the tail of every carrying kernel's uniform struct.
macro_rules! nest_fields {
    ($($p:literal)*) => {
        [$(
            (concat!("p", $p, "_n1"), Ty::U32), (concat!("p", $p, "_n2"), Ty::U32), (concat!("p", $p, "_n3"), Ty::U32),
            (concat!("p", $p, "_s0"), Ty::U32), (concat!("p", $p, "_s1"), Ty::U32), (concat!("p", $p, "_s2"), Ty::U32),
            (concat!("p", $p, "_s3"), Ty::U32),
        )*]
    };
}

/// The fields of all nests.
pub const NEST_FIELDS: [(&str, Ty); UNIFORMS_PER_NEST * MOST_READS] = nest_fields!(0 1 2 3 4 5 6);

/// Uniform fields of a kernel followed by those of seven nests; a signature takes as many as there are.
pub const fn fields<const N: usize, const ALL: usize>(
    own: [(&'static str, Ty); N],
) -> [(&'static str, Ty); ALL] {
    let mut all = [("", Ty::U32); ALL];
    let mut i = 0;
    while i < ALL {
        all[i] = if i < N { own[i] } else { NEST_FIELDS[i - N] };
        i += 1;
    }
    all
}

const READ_NAMES: [&str; MOST_READS] = ["x0", "x1", "x2", "x3", "x4", "x5", "x6"];
const STORE_NAMES: [&str; 8] = ["y0", "y1", "y2", "y3", "y4", "y5", "y6", "y7"];

/// Bindings of a kernel that reads tensors of its own, those of the program, and writes those of the program: a table
/// by the numbers of the program's reads and stores, so that signatures can borrow from it. What the kernel writes behind
/// them is called `last`.
pub const fn bindings<const N: usize>(own: [Binding; N], last: &'static str) -> [[[Binding; 8]; 9]; 8] {
    let mut table = [[[Binding::write(last); 8]; 9]; 8];
    let mut reads = 0;
    while reads <= MOST_READS {
        let mut stores = 0;
        while stores <= 8 {
            let mut i = 0;
            while i < 8 {
                table[reads][stores][i] = if i < N {
                    own[i]
                } else if i < N + reads {
                    Binding::read(READ_NAMES[i - N])
                } else if i < N + reads + stores {
                    Binding::write(STORE_NAMES[i - N - reads])
                } else {
                    Binding::write(last)
                };
                i += 1;
            }
            stores += 1;
        }
        reads += 1;
    }
    table
}
