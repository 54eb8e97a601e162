//! The interpreter of elementwise programs: straight lines of functions of one and two arguments. Each line is one loop
//! over a block of elements, so that what lines hand on stays in the first-level cache.

use super::Lanes;
use super::binary::BinaryOp;
use super::unary::UnaryOp;

/// Most elements of a block.
pub const BLOCK: usize = 512;
/// Most lines of a program.
pub const MOST_LINES: usize = 40;

/// First word of a line that loads the element of the tensor named by the second word.
pub const LOAD: u32 = 0;
/// … that stands for its real number.
pub const CONSTANT: u32 = 1;
/// … that stands for what was computed before the program.
pub const CARRIED: u32 = 2;
/// … plus the number of a function, that applies it to the line in the second word.
pub const UNARY: u32 = 16;
/// … plus the number of a function of two arguments: lines in the second and third word.
pub const BINARY: u32 = 256;

/// First word of a read at place i for element i.
pub const FULL: u32 = 0;
/// … of one number for all.
pub const SCALAR: u32 = 1;

/// A program as plain words. It must be sound: lines use earlier lines, tensors there are and known functions, stores
/// use lines there are, extents of nests are positive, and there are at most [`MOST_LINES`] lines.
#[derive(Clone, Copy, Debug)]
pub struct Code<'a> {
    /// How tensors are read: [`FULL`], [`SCALAR`], or else a nest of four extents and four strides.
    pub reads: &'a [[u32; 9]],
    /// The lines.
    pub lines: &'a [[u32; 3]],
    /// A real number for each line.
    pub reals: &'a [f64],
    /// The lines that are stored.
    pub stores: &'a [u32],
}

/// What a program runs over: elements `first .. first + n` of its iteration space.
pub struct Space<'a, 'b, T> {
    /// The first element.
    pub first: usize,
    /// How many.
    pub n: usize,
    /// What was computed before for these elements; empty where that lies in the first store.
    pub carried: &'a [T],
    /// Whole tensors.
    pub reads: &'a [&'a [T]],
    /// The parts of the written tensors for these elements.
    pub stores: &'a mut [&'b mut [T]],
}

/// How many numbers of registers a program of so many lines takes at most.
pub const fn register_count(lines: usize) -> usize {
    lines * BLOCK
}

/// Where the values of a line are.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Where they are read.
    None,
    /// In a register.
    Register(u8),
    /// The same for all blocks, in a register: filled once.
    Kept(u8),
    /// Where they are stored.
    Store(u8),
}

/// Values of a line over a block.
#[derive(Clone, Copy)]
enum Values<'a, T> {
    Each(&'a [T]),
    One(T),
}

/// Which line is where.
struct Layout {
    places: [Place; MOST_LINES],
    /// Elements of a block.
    block: usize,
}

impl Layout {
    /// For `n` elements; what is carried lies in the first store if `in_store`. Registers are used again where there is
    /// more than one block; for a single one that would save nothing.
    fn of(code: &Code<'_>, first: usize, n: usize, in_store: bool) -> Self {
        let block = Self::block(code, n);
        let mut last = [u8::MAX; MOST_LINES];
        if n > block {
            for (i, &[op, a, b]) in code.lines.iter().enumerate() {
                if op >= UNARY {
                    last[a as usize] = i as u8;
                }
                if op >= BINARY {
                    last[b as usize] = i as u8;
                }
            }
            code.stores.iter().for_each(|&line| last[line as usize] = u8::MAX);
        }
        // What was carried there has to be taken out of the first store before anything else goes in.
        let carried = code.lines.iter().rposition(|line| line[0] == CARRIED).filter(|_| in_store);
        let aligned = |row: usize| block.is_multiple_of(row) && first.is_multiple_of(row);
        let mut places = [Place::None; MOST_LINES];
        // What is kept lies behind all that comes and goes.
        let (mut free, mut kept) = (u64::MAX, code.lines.len() as u8);
        for (i, &[op, a, b]) in code.lines.iter().enumerate() {
            let register = free.trailing_zeros() as u8;
            places[i] = match op {
                LOAD => match &code.reads[a as usize] {
                    [FULL | SCALAR, ..] => continue,
                    nest if repeated(nest).is_some_and(aligned) => {
                        kept -= 1;
                        places[i] = Place::Kept(kept);
                        continue;
                    }
                    _ => Place::Register(register),
                },
                CONSTANT => continue,
                CARRIED if in_store => Place::Register(register),
                CARRIED => continue,
                _ => match code.stores.iter().position(|&line| line as usize == i) {
                    Some(s) if s > 0 || carried.is_none_or(|last| last < i) => Place::Store(s as u8),
                    _ => Place::Register(register),
                },
            };
            if places[i] == Place::Register(register) {
                free &= !(1 << register);
            }
            for (is_operand, operand) in [(op >= UNARY, a as usize), (op >= BINARY, b as usize)] {
                if is_operand
                    && last[operand] == i as u8
                    && let Place::Register(r) = places[operand]
                {
                    free |= 1 << r;
                }
            }
        }
        Self { places, block }
    }

    /// Elements of a block: whole rows of what repeats, so that it is read once.
    fn block(code: &Code<'_>, n: usize) -> usize {
        if n <= BLOCK {
            return BLOCK;
        }
        let loads = code.lines.iter().filter(|line| line[0] == LOAD);
        let row = loads.filter_map(|line| repeated(&code.reads[line[1] as usize])).find(|&row| row <= BLOCK);
        row.map_or(BLOCK, |row| BLOCK / row * row)
    }
}

/// Length of the row that a nest reads over and over, if that is all it does.
fn repeated(read: &[u32; 9]) -> Option<usize> {
    let row = read[0] > SCALAR && read[5..] == [0, 0, 0, 1];
    row.then_some(read[4] as usize)
}

/// Runs a program. `registers` has [`register_count`] numbers.
#[inline(always)]
pub(crate) fn run<T: Lanes>(code: &Code<'_>, space: Space<'_, '_, T>, registers: &mut [T]) {
    let Space { first, n, carried, reads, stores } = space;
    let layout = Layout::of(code, first, n, carried.is_empty());
    for start in (0..n).step_by(layout.block) {
        let len = layout.block.min(n - start);
        let mut block = Block {
            code,
            places: &layout.places,
            first: first + start,
            start,
            len,
            carried,
            reads,
            stores: &mut *stores,
        };
        for i in 0..code.lines.len() {
            block.line(i, registers);
        }
        for (s, &line) in code.stores.iter().enumerate() {
            block.store(s, line as usize, registers);
        }
    }
}

/// A block on its way through the lines.
struct Block<'a, 'b, 'c, T> {
    code: &'a Code<'a>,
    places: &'a [Place; MOST_LINES],
    /// Its first element, in the iteration space and in the stores.
    first: usize,
    start: usize,
    len: usize,
    carried: &'a [T],
    reads: &'a [&'a [T]],
    stores: &'c mut [&'b mut [T]],
}

impl<T: Lanes> Block<'_, '_, '_, T> {
    /// Computes a line that has a place of its own.
    #[inline(always)]
    fn line(&mut self, i: usize, registers: &mut [T]) {
        match self.places[i] {
            Place::None => {}
            Place::Store(s) => {
                let store = std::mem::take(&mut self.stores[usize::from(s)]);
                self.compute(i, [&*registers, &[]], &mut store[self.start..self.start + self.len]);
                self.stores[usize::from(s)] = store;
            }
            Place::Kept(_) if self.start > 0 => {}
            Place::Register(r) | Place::Kept(r) => {
                let (before, rest) = registers.split_at_mut(usize::from(r) * BLOCK);
                let (target, behind) = rest.split_at_mut(BLOCK);
                self.compute(i, [before, behind], &mut target[..self.len]);
            }
        }
    }

    #[inline(always)]
    fn compute(&self, i: usize, registers: [&[T]; 2], target: &mut [T]) {
        let [op, a, b] = self.code.lines[i];
        let of = |line: u32| self.values(line as usize, registers);
        match op {
            LOAD => gather(&self.code.reads[a as usize], self.reads[a as usize], self.first, target),
            CONSTANT => {}
            CARRIED => target.copy_from_slice(&self.stores[0][self.start..self.start + self.len]),
            op if op >= BINARY => binary(op - BINARY, of(a), of(b), target),
            op => unary(op.saturating_sub(UNARY), T::from_f64(self.code.reals[i]), of(a), target),
        }
    }

    /// Stores a line that was not computed there.
    fn store(&mut self, s: usize, line: usize, registers: &[T]) {
        if self.places[line] == Place::Store(s as u8) {
            return;
        }
        let store = std::mem::take(&mut self.stores[s]);
        let target = &mut store[self.start..self.start + self.len];
        match self.values(line, [registers, &[]]) {
            Values::Each(values) => target.copy_from_slice(values),
            Values::One(value) => target.fill(value),
        }
        self.stores[s] = store;
    }

    /// The values of a line that has been computed, or needs no computing. Registers come as those before one that is being
    /// written and those behind it.
    #[inline(always)]
    fn values<'o>(&'o self, line: usize, [before, behind]: [&'o [T]; 2]) -> Values<'o, T> {
        match self.places[line] {
            Place::Register(r) | Place::Kept(r) => {
                let at = usize::from(r) * BLOCK;
                Values::Each(if at < before.len() {
                    &before[at..at + self.len]
                } else {
                    &behind[at - before.len() - BLOCK..][..self.len]
                })
            }
            Place::Store(s) => Values::Each(&self.stores[usize::from(s)][self.start..self.start + self.len]),
            Place::None => match self.code.lines[line] {
                [CONSTANT, ..] => Values::One(T::from_f64(self.code.reals[line])),
                [LOAD, read, _] if self.code.reads[read as usize][0] == SCALAR => {
                    Values::One(self.reads[read as usize][0])
                }
                [LOAD, read, _] => {
                    Values::Each(&self.reads[read as usize][self.first..self.first + self.len])
                }
                _ => Values::Each(&self.carried[self.start..self.start + self.len]),
            },
        }
    }
}

/// Gathers `target.len()` elements from place `first` of a nest on.
fn gather<T: Lanes>(read: &[u32; 9], x: &[T], first: usize, mut target: &mut [T]) {
    let [n, s]: [[usize; 4]; 2] = [1, 5].map(|at| std::array::from_fn(|i| read[at + i] as usize));
    if let Some(row) = repeated(read) {
        return repeat(&x[..row], first % row, target);
    }
    let (mut i3, r) = (first % n[3], first / n[3]);
    let (mut i2, r) = (r % n[2], r / n[2]);
    let (mut i1, i0) = (r % n[1], r / n[1]);
    let mut base = i0 * s[0] + i1 * s[1] + i2 * s[2];
    while !target.is_empty() {
        let run = (n[3] - i3).min(target.len());
        let (here, rest) = std::mem::take(&mut target).split_at_mut(run);
        let from = base + i3 * s[3];
        match s[3] {
            0 => here.fill(x[from]),
            1 => here.copy_from_slice(&x[from..from + run]),
            stride => here.iter_mut().zip(x[from..].iter().step_by(stride)).for_each(|(t, &v)| *t = v),
        }
        (target, i3, i2, base) = (rest, 0, i2 + 1, base + s[2]);
        // The next row, carried over as an odometer is.
        if i2 == n[2] {
            (i2, i1, base) = (0, i1 + 1, base - n[2] * s[2] + s[1]);
        }
        if i1 == n[1] {
            (i1, base) = (0, base - n[1] * s[1] + s[0]);
        }
    }
}

/// A row over and over, from its place `first` on.
fn repeat<T: Lanes>(row: &[T], first: usize, target: &mut [T]) {
    if let ((quads, []), (targets, rest)) = (row.as_chunks::<4>(), target.as_chunks_mut::<4>())
        && first == 0
    {
        // Short rows in a loop: a call that copies memory takes longer than they do.
        let mut k = 0;
        for target in targets {
            *target = quads[k];
            k = if k + 1 == quads.len() { 0 } else { k + 1 };
        }
        rest.iter_mut().zip(&row[4 * k..]).for_each(|(t, &v)| *t = v);
        return;
    }
    // What is there is doubled, so that short rows cost no more than long ones.
    let head = (row.len() - first).min(target.len());
    target[..head].copy_from_slice(&row[first..first + head]);
    let rest = &mut target[head..];
    let mut there = row.len().min(rest.len());
    rest[..there].copy_from_slice(&row[..there]);
    while there < rest.len() {
        let more = there.min(rest.len() - there);
        rest.copy_within(..more, there);
        there += more;
    }
}

fn unary<T: Lanes>(op: u32, value: T, a: Values<'_, T>, y: &mut [T]) {
    let Some(op) = UnaryOp::of(op) else { return };
    match a {
        Values::Each(x) => T::map(op, value, x, y),
        Values::One(x) => {
            let mut result = [T::ZERO];
            T::map(op, value, &[x], &mut result);
            y.fill(result[0]);
        }
    }
}

fn binary<T: Lanes>(op: u32, a: Values<'_, T>, b: Values<'_, T>, y: &mut [T]) {
    let Some(op) = BinaryOp::of(op) else { return };
    match (a, b) {
        (Values::Each(a), Values::Each(b)) => T::zip(op, a, b, y),
        (Values::Each(a), Values::One(b)) => T::with_right(op, a, b, y),
        (Values::One(a), Values::Each(b)) => T::with_left(op, a, b, y),
        (Values::One(a), Values::One(b)) => y.fill(op.apply(a, b)),
    }
}
