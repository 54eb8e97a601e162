//! The interpreter: each line is one loop over a block of elements that stays in the first-level cache.

use super::{Access, Line, MOST_STORES, View};
use crate::engine::kernels::binary::BinaryOp;
use crate::engine::kernels::unary::UnaryOp;
use crate::maths::real::Lanes;

/// Elements of a block.
const BLOCK: usize = 256;

/// An operand over a block.
#[derive(Clone, Copy)]
enum Operand<'a, T> {
    /// A number for each element.
    Each(&'a [T]),
    /// The same number for all.
    One(T),
}

/// How many numbers the registers of a program take.
pub fn register_count(view: &View<'_>) -> usize {
    view.lines.len() * BLOCK
}

/// Makes room for at least `n` numbers.
pub fn room<T: Lanes>(scratch: &mut Vec<T>, n: usize) {
    if scratch.len() < n {
        scratch.resize(n, T::ZERO);
    }
}

/// Computes elements `first .. first + n` of the iteration space. `carried` holds what the kernel has computed for
/// them; `reads` are whole tensors; `stores` are the parts of the written tensors for these elements, n each.
pub fn run<T: Lanes>(
    view: &View<'_>,
    first: usize,
    n: usize,
    carried: &[T],
    reads: &[&[T]],
    stores: &mut [&mut [T]],
    registers: &mut [T],
) {
    for start in (0..n).step_by(BLOCK) {
        let len = BLOCK.min(n - start);
        let mut block = Block {
            view,
            first: first + start,
            len,
            carried: carried.get(start..start + len).unwrap_or_default(),
            reads,
            stores: Default::default(),
        };
        for (part, store) in block.stores.iter_mut().zip(stores.iter_mut()) {
            *part = &mut store[start..start + len];
        }
        block.run(registers);
    }
}

/// A block of elements on its way through the lines.
struct Block<'a, T> {
    view: &'a View<'a>,
    first: usize,
    len: usize,
    carried: &'a [T],
    reads: &'a [&'a [T]],
    /// The parts of the written tensors; lines that are stored are computed there.
    stores: [&'a mut [T]; MOST_STORES],
}

impl<T: Lanes> Block<'_, T> {
    fn run(&mut self, registers: &mut [T]) {
        for i in 0..self.view.lines.len() {
            let (before, rest) = registers.split_at_mut(i * BLOCK);
            // Taken out, so that lines stored elsewhere can be read.
            let place = self.place(i);
            let mut stored = place.map(|s| std::mem::take(&mut self.stores[s]));
            let target = stored.as_deref_mut().unwrap_or(&mut rest[..self.len]);
            self.line(i, before, target);
            if let (Some(s), Some(stored)) = (place, stored) {
                self.stores[s] = stored;
            }
        }
        for (s, &line) in self.view.stores.iter().enumerate() {
            if self.place(line as usize) != Some(s) {
                self.copy(s, line as usize, registers);
            }
        }
    }

    /// The store that a line is computed into: the first that wants it, if the line has a block of its own.
    fn place(&self, line: usize) -> Option<usize> {
        match self.view.line(line) {
            Line::Unary(..) | Line::Binary(..) => self.view.stores.iter().position(|&l| l as usize == line),
            _ => None,
        }
    }

    /// Stores a line that is elsewhere.
    fn copy(&mut self, store: usize, line: usize, registers: &[T]) {
        let target = std::mem::take(&mut self.stores[store]);
        match self.operand(line, registers) {
            Operand::Each(values) => target.copy_from_slice(values),
            Operand::One(value) => target.fill(value),
        }
        self.stores[store] = target;
    }

    /// The values of a line that has been computed, or needs no computing.
    fn operand<'o>(&'o self, line: usize, registers: &'o [T]) -> Operand<'o, T> {
        let register = || Operand::Each(&registers[line * BLOCK..line * BLOCK + self.len]);
        match self.view.line(line) {
            Line::Constant(value) => Operand::One(T::from_f64(value)),
            Line::Carried => Operand::Each(self.carried),
            Line::Load(read) => match self.view.access(read) {
                Access::Full => Operand::Each(&self.reads[read][self.first..self.first + self.len]),
                Access::Scalar => Operand::One(self.reads[read][0]),
                Access::Nest(_) => register(),
            },
            _ => self.place(line).map_or_else(register, |s| Operand::Each(self.stores[s])),
        }
    }

    /// Computes a line.
    fn line(&self, i: usize, before: &[T], target: &mut [T]) {
        let of = |line: usize| self.operand(line, before);
        match self.view.line(i) {
            Line::Constant(_) | Line::Carried => {}
            Line::Load(read) => {
                if let Access::Nest(words) = self.view.access(read) {
                    load(&words, self.reads[read], self.first, target);
                }
            }
            Line::Unary(op, value, a) => unary(op, T::from_f64(value), of(a), target),
            Line::Binary(op, a, b) => binary(op, of(a), of(b), target),
        }
    }
}

/// Gathers `target.len()` elements from place `first` of a nest on.
fn load<T: Lanes>(words: &[u32; 8], x: &[T], first: usize, mut target: &mut [T]) {
    let [n, s]: [[usize; 4]; 2] = [0, 4].map(|at| std::array::from_fn(|i| words[at + i] as usize));
    if s[..3] == [0; 3] && s[3] == 1 {
        return repeat(&x[..n[3]], first % n[3], target);
    }
    let mut i = first;
    while !target.is_empty() {
        let (i3, r) = (i % n[3], i / n[3]);
        let (i2, i1, i0) = (r % n[2], r / n[2] % n[1], r / (n[2] * n[1]));
        let base = i0 * s[0] + i1 * s[1] + i2 * s[2] + i3 * s[3];
        let run = (n[3] - i3).min(target.len());
        let (here, rest) = target.split_at_mut(run);
        match s[3] {
            0 => here.fill(x[base]),
            1 => here.copy_from_slice(&x[base..base + run]),
            stride => here.iter_mut().zip(x[base..].iter().step_by(stride)).for_each(|(t, &v)| *t = v),
        }
        (target, i) = (rest, i + run);
    }
}

/// A row over and over, from its place `first` on: what is there is doubled, so that short rows cost no more than long ones.
fn repeat<T: Lanes>(row: &[T], first: usize, target: &mut [T]) {
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

fn unary<T: Lanes>(op: u32, value: T, a: Operand<'_, T>, y: &mut [T]) {
    let Some(op) = UnaryOp::of(op) else { return };
    match a {
        Operand::Each(x) => T::map(op, value, x, y),
        Operand::One(x) => {
            let mut result = [T::ZERO];
            T::map(op, value, &[x], &mut result);
            y.fill(result[0]);
        }
    }
}

fn binary<T: Lanes>(op: u32, a: Operand<'_, T>, b: Operand<'_, T>, y: &mut [T]) {
    let Some(op) = BinaryOp::of(op) else { return };
    match (a, b) {
        (Operand::Each(a), Operand::Each(b)) => T::zip(op, a, b, y),
        (Operand::Each(a), Operand::One(b)) => T::with_right(op, a, b, y),
        (Operand::One(a), Operand::Each(b)) => T::with_left(op, a, b, y),
        (Operand::One(a), Operand::One(b)) => y.fill(op.apply(a, b)),
    }
}
