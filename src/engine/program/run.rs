//! Programs on the CPU: the interpreter is in `lanes`, where loops are compiled for speed.

use super::View;
use crate::maths::real::Lanes;
use lanes::program::{self, Code, Space};
use lanes::{Behind, Tape};

/// How many numbers the registers of a program take.
pub fn register_count(view: &View<'_>) -> usize {
    program::register_count(view.lines.len())
}

/// Makes room for at least `n` numbers.
pub fn room<T: Lanes>(scratch: &mut Vec<T>, n: usize) {
    if scratch.len() < n {
        scratch.resize(n, T::ZERO);
    }
}

/// The program made ready. Where `in_store`, what the kernel has computed lies in the first store.
pub fn tape<T: Lanes>(view: &View<'_>, in_store: bool) -> Tape<T> {
    Tape::new(&code(view), in_store)
}

/// The program made ready to stand behind a product `[m, n]`.
pub fn behind(view: &View<'_>, size: (usize, usize)) -> Behind {
    Behind::new(&code(view), size)
}

fn code<'a>(view: &View<'a>) -> Code<'a> {
    Code { reads: view.reads, lines: view.lines, reals: view.reals, stores: view.stores }
}

/// Computes elements `first .. first + n` of the iteration space. `carried` holds what the kernel has computed for
/// them, unless that lies in the first store; `reads` are whole tensors; `stores` are the parts of the written
/// tensors for these elements, n each.
pub fn run<T: Lanes>(
    tape: &Tape<T>,
    first: usize,
    n: usize,
    carried: &[T],
    reads: &[&[T]],
    stores: &mut [&mut [T]],
    registers: &mut [T],
) {
    T::program(tape, Space { first, n, carried, reads, stores }, registers);
}
