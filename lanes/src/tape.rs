//! Elementwise programs made ready to run: what is looked up in a [`Code`] is looked up once, and each line becomes one
//! loop over a block of elements, so that what lines hand on stays in the first-level cache.

use super::Lanes;
use super::binary::BinaryOp;
use super::program::{
    BINARY, BLOCK, CARRIED, CONSTANT, Code, FULL, LOAD, MOST_LINES, SCALAR, Space, UNARY, gather, repeated,
};
use super::unary::UnaryOp;

/// Functions of two lines that stand for several lines, with the same roundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// σ·(1 + z·(1 − σ)) of z and its sigmoid: the slope of z·σ(z).
    SiluSlope,
    /// g·(1 − t²): what a tangent t hands back of g.
    TanhBack,
}

impl Pair {
    #[inline(always)]
    pub(crate) fn zip<T: Lanes>(self, a: &[T], b: &[T], y: &mut [T]) {
        macro_rules! each {
            ($a:ident, $b:ident => $f:expr) => {
                for ((y, &$a), &$b) in y.iter_mut().zip(a).zip(b) {
                    *y = $f;
                }
            };
        }
        match self {
            Self::SiluSlope => each!(z, s => s * (T::ONE + z * (T::ONE - s))),
            Self::TanhBack => each!(g, t => g * (T::ONE - t * t)),
        }
    }
}

/// Where the values of a line are.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place<T> {
    /// From this number of the registers on.
    Register(usize),
    /// Where they are stored.
    Store(usize),
    /// Where they are read, at the element's place.
    Read(usize),
    /// The one number of a tensor.
    Scalar(usize),
    /// Where they were computed before the program.
    Carried,
    /// A fixed number.
    Number(T),
}

/// What fills a place.
#[derive(Clone, Copy, Debug)]
enum Work<T> {
    /// A tensor through a nest.
    Gather(usize),
    /// The same for a row that repeats from block to block: only the first block fills it.
    Keep(usize),
    /// Another place.
    Copy(Place<T>),
    Unary(UnaryOp, T, Place<T>),
    Binary(BinaryOp, Place<T>, Place<T>),
    Pair(Pair, Place<T>, Place<T>),
}

/// A program that is ready to run.
#[derive(Clone, Debug)]
pub struct Tape<T> {
    steps: Vec<(Work<T>, Place<T>)>,
    /// Extents and strides of the tensors that are read through nests.
    nests: Vec<[u32; 9]>,
    /// Elements of a block: whole rows of what repeats.
    block: usize,
}

impl<T: Lanes> Tape<T> {
    /// Of a sound program. Where nothing else is `carried`, that lies in the first store.
    pub fn new(code: &Code<'_>, in_store: bool) -> Self {
        Maker::new(code, in_store).make()
    }

    /// Whether it does nothing: what is carried in the first store stays there.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// A tape in the making.
struct Maker<'a, T> {
    code: &'a Code<'a>,
    in_store: bool,
    places: [Place<T>; MOST_LINES],
    /// The last line that uses each line; none after that if it is not stored.
    last: [usize; MOST_LINES],
    /// Lines that a later one stands for.
    skipped: u64,
    tape: Tape<T>,
}

/// After all lines.
const END: usize = usize::MAX;

impl<'a, T: Lanes> Maker<'a, T> {
    fn new(code: &'a Code<'a>, in_store: bool) -> Self {
        let loads = code.lines.iter().filter(|line| line[0] == LOAD);
        let mut rows = loads.filter_map(|line| repeated(&code.reads[line[1] as usize]));
        let row = rows.find(|&row| row <= BLOCK).unwrap_or(1);
        let tape = Tape { steps: Vec::new(), nests: code.reads.to_vec(), block: BLOCK / row * row };
        // What functions are not known give.
        let places = [Place::Number(T::ZERO); MOST_LINES];
        let mut maker = Self { code, in_store, places, last: [0; MOST_LINES], skipped: 0, tape };
        for (i, &[op, a, b]) in code.lines.iter().enumerate() {
            if op >= UNARY {
                maker.last[a as usize] = i;
            }
            if op >= BINARY {
                maker.last[b as usize] = i;
            }
        }
        code.stores.iter().for_each(|&line| maker.last[line as usize] = END);
        maker
    }

    /// Lines that apply a function of two arguments.
    fn binary(&self, line: u32) -> Option<(BinaryOp, u32, u32)> {
        let [op, a, b] = self.code.lines[line as usize];
        Some((BinaryOp::of(op.checked_sub(BINARY)?)?, a, b))
    }

    fn is_one(&self, line: u32) -> bool {
        self.code.lines[line as usize][0] == CONSTANT && self.code.reals[line as usize] == 1.0
    }

    fn is_unary(&self, line: u32, op: UnaryOp, of: u32) -> bool {
        self.code.lines[line as usize][..2] == [UNARY + op as u32, of]
    }

    /// Whether nothing but line `by` uses a line.
    fn is_only_for(&self, line: u32, by: u32) -> bool {
        let users = self
            .code
            .lines
            .iter()
            .filter(|l| l[0] >= UNARY && l[1] == line || l[0] >= BINARY && l[2] == line);
        users.count() == 1 && self.last[line as usize] == by as usize
    }

    /// The pair that a line ends, its arguments, and the lines before it that it stands for.
    fn pair(&self, end: u32) -> Option<(Pair, [u32; 2], Vec<u32>)> {
        let (BinaryOp::Mul, x, y) = self.binary(end)? else { return None };
        [(x, y), (y, x)].into_iter().find_map(|(x, y)| {
            let (op, one, inner) = self.binary(y)?;
            if x == y || !self.is_one(one) || !self.is_only_for(y, end) || !self.is_only_for(inner, y) {
                return None;
            }
            if op == BinaryOp::Sub {
                // x·(1 − t²)
                let t = self.code.lines[inner as usize][1];
                return self
                    .is_unary(inner, UnaryOp::Square, t)
                    .then(|| (Pair::TanhBack, [x, t], vec![y, inner]));
            }
            // s·(1 + z·(1 − s)), x = s
            let (BinaryOp::Add, (BinaryOp::Mul, z, rest)) = (op, self.binary(inner)?) else { return None };
            let (BinaryOp::Sub, unit, s) = self.binary(rest)? else { return None };
            let found = s == x && self.is_one(unit) && self.is_unary(s, UnaryOp::Sigmoid, z);
            (found && self.is_only_for(rest, inner)).then(|| (Pair::SiluSlope, [z, s], vec![y, inner, rest]))
        })
    }

    /// Looks for pairs; gives for each line what it computes as one.
    fn pairs(&mut self) -> [Option<(Pair, [u32; 2])>; MOST_LINES] {
        let mut pairs = [None; MOST_LINES];
        for end in 0..self.code.lines.len() {
            let Some((pair, arguments, lines)) = self.pair(end as u32) else { continue };
            // Pairs are of slices: a number that all elements share stays apart.
            if arguments.iter().any(|&a| self.is_number(a)) {
                continue;
            }
            pairs[end] = Some((pair, arguments));
            lines.into_iter().for_each(|line| self.skipped |= 1 << line);
            for argument in arguments {
                let last = &mut self.last[argument as usize];
                *last = (*last).max(end);
            }
        }
        pairs
    }

    fn is_number(&self, line: u32) -> bool {
        let [op, read, _] = self.code.lines[line as usize];
        op == CONSTANT || op == LOAD && self.code.reads[read as usize][0] == SCALAR
    }

    /// The place of a line that takes no work: it is there.
    fn given(&self, i: usize) -> Option<Place<T>> {
        let [op, read, _] = self.code.lines[i];
        match op {
            CONSTANT => Some(Place::Number(T::from_f64(self.code.reals[i]))),
            CARRIED if self.in_store => Some(Place::Store(0)),
            CARRIED => Some(Place::Carried),
            LOAD => match self.code.reads[read as usize][0] {
                FULL => Some(Place::Read(read as usize)),
                SCALAR => Some(Place::Scalar(read as usize)),
                _ => None,
            },
            _ => None,
        }
    }

    /// What computes any other line; none where its function is not known, which then gives 0.
    fn work(&self, i: usize) -> Option<Work<T>> {
        let [op, a, b] = self.code.lines[i];
        let place = |line: u32| self.places[line as usize];
        Some(match op {
            LOAD => {
                let row = repeated(&self.code.reads[a as usize]);
                let stays = row.is_some_and(|row| self.tape.block.is_multiple_of(row));
                if stays { Work::Keep(a as usize) } else { Work::Gather(a as usize) }
            }
            op if op >= BINARY => Work::Binary(BinaryOp::of(op - BINARY)?, place(a), place(b)),
            op => {
                let value = T::from_f64(self.code.reals[i]);
                Work::Unary(UnaryOp::of(op.checked_sub(UNARY)?)?, value, place(a))
            }
        })
    }

    /// The store that line i can be computed in: in the first one only when what was carried there has been used.
    fn store(&self, i: usize, carried: Option<usize>) -> Option<usize> {
        let store = self.code.stores.iter().position(|&line| line as usize == i);
        store.filter(|&s| s > 0 || !self.in_store || carried.is_none_or(|last| last < i))
    }

    fn make(mut self) -> Tape<T> {
        let pairs = self.pairs();
        let carried = self.code.lines.iter().zip(&self.last).filter(|(line, _)| line[0] == CARRIED);
        let carried = carried.map(|(_, &last)| last).max();
        // Registers that are free, and how many hold nothing kept: that lies behind all that comes and goes.
        let (mut free, mut room) = (u64::MAX, self.code.lines.len());
        for i in 0..self.code.lines.len() {
            if self.skipped >> i & 1 == 1 {
                continue;
            }
            if let Some(place) = self.given(i) {
                self.places[i] = place;
                continue;
            }
            let pair = pairs[i]
                .map(|(pair, [x, y])| Work::Pair(pair, self.places[x as usize], self.places[y as usize]));
            let Some(work) = pair.or_else(|| self.work(i)) else { continue };
            self.places[i] = match (&work, self.store(i, carried)) {
                (Work::Keep(_), _) => {
                    room -= 1;
                    Place::Register(room * BLOCK)
                }
                (_, Some(store)) => Place::Store(store),
                _ => {
                    let register = free.trailing_zeros() as usize;
                    free &= !(1 << register);
                    Place::Register(register * BLOCK)
                }
            };
            self.tape.steps.push((work, self.places[i]));
            for line in 0..i {
                let ended = self.last[line] == i && self.skipped >> line & 1 == 0;
                if let (true, Place::Register(at)) = (ended, self.places[line])
                    && at < room * BLOCK
                {
                    free |= 1 << (at / BLOCK);
                }
            }
        }
        // The first store last: what is carried there may have to go elsewhere.
        for s in (0..self.code.stores.len()).rev() {
            let place = self.places[self.code.stores[s] as usize];
            if place != Place::Store(s) {
                self.tape.steps.push((Work::Copy(place), Place::Store(s)));
            }
        }
        self.tape
    }
}

/// Values of a line over a block.
#[derive(Clone, Copy)]
enum Values<'a, T> {
    Each(&'a [T]),
    One(T),
}

/// A block on its way.
struct Block<'a, T> {
    /// Its first element, in the iteration space and in the stores.
    first: usize,
    start: usize,
    len: usize,
    carried: &'a [T],
    reads: &'a [&'a [T]],
}

/// Runs a program. `registers` has [`super::program::register_count`] numbers.
#[inline(always)]
pub(crate) fn run<T: Lanes>(tape: &Tape<T>, space: Space<'_, '_, T>, registers: &mut [T]) {
    let Space { first, n, carried, reads, stores } = space;
    for start in (0..n).step_by(tape.block) {
        let block = Block { first: first + start, start, len: tape.block.min(n - start), carried, reads };
        for (work, to) in &tape.steps {
            if let Work::Keep(read) = work
                && start > 0
                && first.is_multiple_of(tape.nests[*read][4] as usize)
            {
                continue;
            }
            match *to {
                Place::Register(at) => {
                    let (before, rest) = registers.split_at_mut(at);
                    let (target, behind) = rest.split_at_mut(BLOCK);
                    block.compute(tape, work, [before, behind], stores, &mut target[..block.len]);
                }
                Place::Store(s) => {
                    let store = std::mem::take(&mut stores[s]);
                    let target = &mut store[start..start + block.len];
                    block.compute(tape, work, [registers, &[]], stores, target);
                    stores[s] = store;
                }
                _ => {}
            }
        }
    }
}

impl<T: Lanes> Block<'_, T> {
    #[inline(always)]
    fn compute(
        &self,
        tape: &Tape<T>,
        work: &Work<T>,
        registers: [&[T]; 2],
        stores: &[&mut [T]],
        y: &mut [T],
    ) {
        let of = |place| self.values(place, registers, stores);
        match *work {
            Work::Gather(read) | Work::Keep(read) => {
                gather(&tape.nests[read], self.reads[read], self.first, y)
            }
            Work::Copy(from) => match of(from) {
                Values::Each(values) => y.copy_from_slice(values),
                Values::One(value) => y.fill(value),
            },
            Work::Unary(op, value, x) => match of(x) {
                Values::Each(x) => T::map(op, value, x, y),
                Values::One(x) => {
                    T::map(op, value, &[x], &mut y[..1]);
                    let one = y[0];
                    y.fill(one);
                }
            },
            Work::Binary(op, a, b) => match (of(a), of(b)) {
                (Values::Each(a), Values::Each(b)) => T::zip(op, a, b, y),
                (Values::Each(a), Values::One(b)) => T::with_right(op, a, b, y),
                (Values::One(a), Values::Each(b)) => T::with_left(op, a, b, y),
                (Values::One(a), Values::One(b)) => y.fill(op.apply(a, b)),
            },
            Work::Pair(op, a, b) => {
                if let (Values::Each(a), Values::Each(b)) = (of(a), of(b)) {
                    T::pair(op, a, b, y);
                }
            }
        }
    }

    /// Registers come as those before one that is being written and those behind it.
    #[inline(always)]
    fn values<'o>(
        &'o self,
        place: Place<T>,
        [before, behind]: [&'o [T]; 2],
        stores: &'o [&mut [T]],
    ) -> Values<'o, T> {
        Values::Each(match place {
            Place::Register(at) if at < before.len() => &before[at..at + self.len],
            Place::Register(at) => &behind[at - before.len() - BLOCK..][..self.len],
            Place::Store(s) => &stores[s][self.start..self.start + self.len],
            Place::Read(read) => &self.reads[read][self.first..self.first + self.len],
            Place::Carried => &self.carried[self.start..self.start + self.len],
            Place::Scalar(read) => return Values::One(self.reads[read][0]),
            Place::Number(value) => return Values::One(value),
        })
    }
}
