//! Functions of whole rows. Sums are formed in eight interleaved parts: they round less, run on vectors, and are always
//! in the same order.

use super::real::Real;

/// Σ `f(aᵢ, bᵢ)`.
#[inline(always)]
pub(super) fn sum_of<T: Real>(a: &[T], b: &[T], f: impl Fn(T, T) -> T) -> T {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut parts = [T::ZERO; 8];
    for (a, b) in a.iter().zip(b) {
        for l in 0..8 {
            parts[l] += f(a[l], b[l]);
        }
    }
    let rest: T = a_rest.iter().zip(b_rest).map(|(&a, &b)| f(a, b)).sum();
    parts.iter().copied().sum::<T>() + rest
}

/// The largest number of a row that is not empty.
#[inline(always)]
fn largest<T: Real>(x: &[T]) -> T {
    let (chunks, rest) = x.as_chunks::<8>();
    let mut parts = [x[0]; 8];
    for chunk in chunks {
        for l in 0..8 {
            parts[l] = if chunk[l] > parts[l] { chunk[l] } else { parts[l] };
        }
    }
    rest.iter().chain(&parts).fold(x[0], |top, &v| top.max(v))
}

/// y += Σ of the rows of x, or y = that where it is `fresh`, four at a time: each sum waits for the last one.
#[inline(always)]
pub(super) fn sum<T: Real>(y: &mut [T], x: &[T], fresh: bool) {
    let n = y.len();
    if n < 2 {
        y.iter_mut().for_each(|y| *y = super::sum_in_parts(x) + if fresh { T::ZERO } else { *y });
        return;
    }
    let (mut fresh, mut rest) = (fresh, x);
    while let Some((quad, behind)) = rest.split_at_checked(4 * n) {
        let (a, b) = quad.split_at(2 * n);
        let ((a, b), (c, d)) = (a.split_at(n), b.split_at(n));
        for ((((y, &a), &b), &c), &d) in y.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *y = (a + b) + (c + d) + if fresh { T::ZERO } else { *y };
        }
        (rest, fresh) = (behind, false);
    }
    while let Some((row, behind)) = rest.split_at_checked(n) {
        for (y, &x) in y.iter_mut().zip(row) {
            *y = x + if fresh { T::ZERO } else { *y };
        }
        (rest, fresh) = (behind, false);
    }
}

#[inline(always)]
pub(super) fn soften<T: Real>(y: &mut [T]) {
    if y.is_empty() {
        return;
    }
    let most = largest(y);
    for y in y.iter_mut() {
        *y = (*y - most).exp();
    }
    let factor = T::ONE / sum_of(y, y, |y, _| y);
    for y in y.iter_mut() {
        *y *= factor;
    }
}

#[inline(always)]
pub(super) fn log_sum<T: Real>(x: &[T]) -> T {
    let most = largest(x);
    most + sum_of(x, x, |x, _| (x - most).exp()).ln()
}

#[inline(always)]
pub(super) fn soften_back<T: Real>(y: &[T], g: &[T], scale: T, z: &mut [T]) {
    let mean = sum_of(y, g, |y, g| y * g);
    for (z, (&y, &g)) in z.iter_mut().zip(y.iter().zip(g)) {
        *z = scale * (y * (g - mean));
    }
}

#[inline(always)]
pub(super) fn normalise<T: Real>(x: &[T], y: &mut [T], centred: bool, eps: T) -> T {
    let n = T::from_f64(x.len() as f64);
    let mean = if centred { sum_of(x, x, |v, _| v) / n } else { T::ZERO };
    let variance = sum_of(x, x, |v, _| (v - mean) * (v - mean)) / n;
    let scale = T::ONE / (variance + eps).sqrt();
    for (y, &x) in y.iter_mut().zip(x) {
        *y = (x - mean) * scale;
    }
    scale
}

#[inline(always)]
pub(super) fn normalise_back<T: Real>(hat: &[T], h: &mut [T], centred: bool, scale: T) {
    let n = T::from_f64(hat.len() as f64);
    let mean = if centred { sum_of(h, h, |h, _| h) / n } else { T::ZERO };
    let along = sum_of(h, hat, |h, x| h * x) / n;
    for (h, &x) in h.iter_mut().zip(hat) {
        *h = scale * (*h - mean - x * along);
    }
}
