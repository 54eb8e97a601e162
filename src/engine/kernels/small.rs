//! What the kernels of small matrices share: their interface, and the twin of `shaders/lib/jacobi.wgsl` and `jacobi5.wgsl`.

use super::{Attrs, Binding, Launch, Signature, Ty, grid};
use crate::maths::real::Real;

/// Largest extent of a matrix that is padded to the usual size, that of WGSL's matrices.
pub(crate) const MOST: usize = 4;

/// A matrix by rows, padded with zeros to M × M.
pub(crate) type Small<T, const M: usize = MOST> = [[T; M]; M];

/// One tensor in, one out, an invocation for each sample.
pub(crate) fn signature(overrides: &'static [&'static str]) -> Signature {
    Signature {
        uniforms: &[("batch", Ty::U32)],
        overrides,
        bindings: const { &[Binding::read("x"), Binding::write("y")] },
    }
}

/// The launch for a batch.
pub(crate) fn launch(batch: usize, overrides: &[u32]) -> Launch {
    Launch { uniforms: vec![batch as u32], overrides: overrides.to_vec(), workgroups: grid(batch, 64) }
}

/// The batch and n of `[B, n, n]`, 2 ≤ n ≤ `most`.
pub(crate) fn square(shape: &[usize], most: usize) -> Result<(usize, usize), String> {
    match *shape {
        [batch, n, m] if n == m && (2..=most).contains(&n) => Ok((batch, n)),
        _ => Err(format!("takes [B, n, n] with n from 2 to {most}, not {shape:?}")),
    }
}

/// Attribute 0, one of `count` choices.
pub(crate) fn choice(attrs: &Attrs, count: u32) -> Result<u32, String> {
    match attrs.int(0) {
        i if i < count => Ok(i),
        i => Err(format!("the first attribute is {i}; it must be below {count}")),
    }
}

/// A tensor's n × n numbers as a padded matrix.
pub(crate) fn load<T: Real, const M: usize>(x: &[T], n: usize) -> Small<T, M> {
    std::array::from_fn(|i| std::array::from_fn(|j| if i < n && j < n { x[i * n + j] } else { T::ZERO }))
}

/// Back.
pub(crate) fn store<T: Real, const M: usize>(m: &Small<T, M>, n: usize, y: &mut [T]) {
    y.iter_mut().enumerate().for_each(|(k, y)| *y = m[k / n][k % n]);
}

/// The identity.
pub(crate) fn one<T: Real, const M: usize>() -> Small<T, M> {
    std::array::from_fn(|i| std::array::from_fn(|j| if i == j { T::ONE } else { T::ZERO }))
}

/// a b.
pub(crate) fn product<T: Real, const M: usize>(a: &Small<T, M>, b: &Small<T, M>) -> Small<T, M> {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..M).map(|k| a[i][k] * b[k][j]).sum()))
}

/// mᵀ.
pub(crate) fn transpose<T: Real, const M: usize>(m: &Small<T, M>) -> Small<T, M> {
    std::array::from_fn(|i| std::array::from_fn(|j| m[j][i]))
}

/// s a + t b.
pub(crate) fn combine<T: Real, const M: usize>(s: T, a: &Small<T, M>, t: T, b: &Small<T, M>) -> Small<T, M> {
    std::array::from_fn(|i| std::array::from_fn(|j| s * a[i][j] + t * b[i][j]))
}

/// (m + mᵀ)/2.
pub(crate) fn symmetric<T: Real, const M: usize>(m: &Small<T, M>) -> Small<T, M> {
    let half = T::from_f64(0.5);
    combine(half, m, half, &transpose(m))
}

/// The largest absolute entry, or 1 for zeros.
fn scale<T: Real, const M: usize>(m: &Small<T, M>) -> T {
    let most = m.iter().flatten().fold(T::ZERO, |most, v| most.max(v.abs()));
    if most > T::from_f64(1e-36) { most } else { T::ONE }
}

/// Turns rows p and q so that the entry pq of their 2 × 2 matrix [[pp, pq], [pq, qq]] vanishes.
fn turn<T: Real, const M: usize>(m: &mut Small<T, M>, p: usize, q: usize, [pp, qq, pq]: [T; 3]) {
    let sign = if qq < pp { -T::ONE } else { T::ONE };
    let (d, two) = ((qq - pp) * sign, T::from_f64(2.0));
    let t = two * pq * sign / (d + (d * d + two * two * pq * pq).sqrt());
    let c = T::ONE / (T::ONE + t * t).sqrt();
    for k in 0..M {
        let (a, b) = (m[p][k], m[q][k]);
        (m[p][k], m[q][k]) = (c * (a - t * b), c * (b + t * a));
    }
}

/// One step of Newton's iteration towards the nearest orthogonal matrix; what is zero stays.
fn orthonormal<T: Real, const M: usize>(m: &Small<T, M>) -> Small<T, M> {
    let gram = product(&transpose(m), m);
    product(m, &combine(T::from_f64(1.5), &one(), T::from_f64(-0.5), &gram))
}

/// Sweeps over all pairs p < q < n until `rotate` has nothing left to do.
fn sweeps(n: usize, mut rotate: impl FnMut(usize, usize) -> bool) {
    const SWEEPS: usize = 12;
    for _ in 0..SWEEPS {
        let mut busy = false;
        for p in 0..n {
            for q in p + 1..n {
                busy |= rotate(p, q);
            }
        }
        if !busy {
            return;
        }
    }
}

/// Eigenvalues, in no order, and eigenvectors as rows, of a symmetric matrix.
pub(crate) fn eigen<T: Real, const M: usize>(m: &Small<T, M>, n: usize) -> ([T; M], Small<T, M>) {
    let scale = scale(m);
    let start = combine(T::ONE / scale, m, T::ZERO, m);
    let (mut s, mut v) = (start, one());
    sweeps(n, |p, q| {
        let entries = [s[p][p], s[q][q], s[p][q]];
        if entries[2].abs() <= T::EPSILON * T::from_f64(0.01) {
            return false;
        }
        turn(&mut v, p, q, entries);
        turn(&mut s, p, q, entries);
        s = transpose(&s);
        turn(&mut s, p, q, entries);
        (s[p][q], s[q][p]) = (T::ZERO, T::ZERO);
        true
    });
    let v = transpose(&orthonormal(&transpose(&v)));
    let image = product(&v, &start);
    (std::array::from_fn(|j| scale * (0..M).map(|k| image[j][k] * v[j][k]).sum()), v)
}

/// The orthogonal factor r of g = r p, p symmetric and not negative (Hestenes' one-sided rotations).
pub(crate) fn polar<T: Real, const M: usize>(g: &Small<T, M>, n: usize) -> Small<T, M> {
    let (mut w, mut v) = (combine(T::ONE / scale(g), &transpose(g), T::ZERO, g), one());
    let dot = |a: &[T; M], b: &[T; M]| -> T { a.iter().zip(b).map(|(&a, &b)| a * b).sum() };
    sweeps(n, |p, q| {
        let (pp, qq, pq) = (dot(&w[p], &w[p]), dot(&w[q], &w[q]), dot(&w[p], &w[q]));
        if pq.abs() <= T::EPSILON * T::from_f64(0.25) * pp.sqrt() * qq.sqrt() {
            return false;
        }
        let most = pp.max(qq);
        let entries = [pp / most, qq / most, pq / most];
        turn(&mut v, p, q, entries);
        turn(&mut w, p, q, entries);
        true
    });
    for row in w.iter_mut().take(n) {
        let length = dot(row, row).sqrt().max(T::from_f64(1e-18));
        row.iter_mut().for_each(|x| *x /= length);
    }
    // Rows of w are the columns of u: r = u vᵀ.
    orthonormal(&product(&transpose(&w), &v))
}
