//! Reductions in eight interleaved lanes: they vectorise, and add in the same order on every machine.

use crate::maths::real::Real;

const LANES: usize = 8;

/// The lanes of a fold, and the elements that fill none.
fn fold<T: Real>(x: &[T], start: T, f: impl Fn(T, T) -> T) -> T {
    let mut lanes = [start; LANES];
    let chunks = x.chunks_exact(LANES);
    let rest = chunks.remainder().iter().fold(start, |a, &b| f(a, b));
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, &v)| *lane = f(*lane, v));
    }
    lanes.iter().fold(rest, |a, &b| f(a, b))
}

/// Σ x.
pub(crate) fn sum<T: Real>(x: &[T]) -> T {
    fold(x, T::ZERO, |a, b| a + b)
}

/// The largest, of one at least.
pub(crate) fn max<T: Real>(x: &[T]) -> T {
    fold(x, x[0], |a, b| if b > a { b } else { a })
}

/// Σ a b.
pub(crate) fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let mut lanes = [T::ZERO; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: T = a.remainder().iter().zip(b.remainder()).map(|(&a, &b)| a * b).sum();
    for (a, b) in a.zip(b) {
        lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (&a, &b))| *lane += a * b);
    }
    lanes.iter().copied().sum::<T>() + rest
}
