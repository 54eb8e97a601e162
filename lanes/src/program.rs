//! Elementwise programs as plain words: straight lines of functions of one and two arguments. [`super::Tape`] runs them.

use super::Lanes;

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

/// Length of the row that a nest reads over and over, if that is all it does.
pub(crate) fn repeated(read: &[u32; 9]) -> Option<usize> {
    let row = read[0] > SCALAR && read[5..] == [0, 0, 0, 1];
    row.then_some(read[4] as usize)
}

/// Gathers `target.len()` elements from place `first` of a nest on.
pub(crate) fn gather<T: Lanes>(read: &[u32; 9], x: &[T], first: usize, mut target: &mut [T]) {
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
