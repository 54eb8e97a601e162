//! What stands behind a product in one launch, made ready once: a row that is added to it, and a program.

use super::Tape;
use super::binary::BinaryOp;
use super::program::register_count;
use super::program::{BINARY, BLOCK, CARRIED, CONSTANT, Code, LOAD, MOST_LINES, SCALAR, UNARY, repeated};

/// A row and a program behind a product.
#[derive(Clone, Debug)]
pub struct Behind {
    /// The tensor, by its number among those that the program reads, that is added to each row of the product when that
    /// is stored: a bias, mostly.
    pub(super) row: Option<usize>,
    /// What else there is to do.
    pub(super) rest: Option<Rest>,
}

/// A program over a product.
#[derive(Clone, Debug)]
pub(super) struct Rest {
    pub(super) tape: Tape<f32>,
    /// How many numbers it works in; in front of its registers lies the product where that is formed apart.
    pub(super) room: usize,
    /// Whether the product is formed apart and the program takes it from there, so that nothing is computed in the place
    /// where it is read, which takes a copy. Only where the product is small: a large one is in the cache where it goes.
    pub(super) apart: bool,
}

impl Behind {
    /// Of a sound program behind a product `[m, n]`, which it stores or works on.
    pub fn new(code: &Code<'_>, (m, n): (usize, usize)) -> Self {
        let mut lines = [[CONSTANT, 0, 0]; MOST_LINES];
        let lines = &mut lines[..code.lines.len()];
        lines.copy_from_slice(code.lines);
        let row = take_row(code, n, lines);
        let code = Code { lines, ..*code };
        let in_store = Tape::new(&code, true);
        if in_store.is_empty() {
            return Self { row, rest: None };
        }
        let (apart, room) = (m * n <= BLOCK, register_count(code.lines.len()));
        let rest = if apart {
            Rest { tape: Tape::new(&code, false), room: room + BLOCK, apart }
        } else {
            Rest { tape: in_store, room, apart }
        };
        Self { row, rest: Some(rest) }
    }
}

/// Takes a row of length `n` out of the lines that is added to the product before anything else is done with that.
fn take_row(code: &Code<'_>, n: usize, lines: &mut [[u32; 3]]) -> Option<usize> {
    let users = |line: usize| {
        let uses =
            |l: &&[u32; 3]| l[0] >= UNARY && l[1] as usize == line || l[0] >= BINARY && l[2] as usize == line;
        code.lines.iter().filter(uses).count() + code.stores.iter().filter(|&&s| s as usize == line).count()
    };
    let product = code.lines.iter().position(|l| l[0] == CARRIED)?;
    let alone = code.lines[product + 1..].iter().all(|l| l[0] != CARRIED) && users(product) == 1;
    let sum = code.lines.iter().position(|l| {
        l[0] == BINARY + BinaryOp::Add as u32 && l[1..].contains(&(product as u32)) && l[1] != l[2]
    })?;
    let [_, a, b] = code.lines[sum];
    let other = (if a as usize == product { b } else { a }) as usize;
    let [LOAD, read, _] = code.lines[other] else { return None };
    let access = &code.reads[read as usize];
    if !alone || !(repeated(access) == Some(n) || n == 1 && access[0] == SCALAR) {
        return None;
    }
    lines[sum] = [CARRIED, 0, 0];
    // Lines that nothing uses: a number takes no work.
    lines[product] = [CONSTANT, 0, 0];
    if users(other) == 1 {
        lines[other] = [CONSTANT, 0, 0];
    }
    Some(read as usize)
}
