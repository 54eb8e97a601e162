//! The diagonal blocks of a real Schur form: their normal form, their order, and signs.

use super::EPSILON;
use super::schur::blocks;
use crate::maths::matrix::Matrix;

/// Entries of Q below this are zero as far as a choice of sign goes.
const ZERO: f64 = 1e-12;

/// Brings the 2 × 2 block from row i on to normal form by a rotation: triangular where its eigenvalues are real,
/// equal diagonal entries and |p| ≥ |q| otherwise.
pub(super) fn standardise(t: &mut Matrix, q: &mut Matrix, i: usize) {
    let (a, b, c, d) = (t[(i, i)], t[(i, i + 1)], t[(i + 1, i)], t[(i + 1, i + 1)]);
    if c == 0.0 {
        return;
    }
    let half = 0.5 * (a - d);
    let discriminant = half * half + b * c;
    if discriminant >= 0.0 {
        // (z, c) is the eigenvector of the eigenvalue d + z, the one farther from d.
        let z = half + discriminant.sqrt().copysign(half);
        let length = z.hypot(c);
        rotate(t, q, i, z / length, c / length);
        t[(i + 1, i)] = 0.0;
        return;
    }
    if half.abs() > EPSILON * b.abs().max(c.abs()) {
        let angle = 0.5 * (d - a).atan2(b + c);
        rotate(t, q, i, angle.cos(), angle.sin());
    }
    let mean = 0.5 * (t[(i, i)] + t[(i + 1, i + 1)]);
    (t[(i, i)], t[(i + 1, i + 1)]) = (mean, mean);
    if t[(i + 1, i)].abs() > t[(i, i + 1)].abs() * (1.0 + 8.0 * EPSILON) {
        rotate(t, q, i, 0.0, 1.0);
    }
    // The product is negative but for rounding; where rounding turned its sign the smaller one is rounding itself.
    if t[(i, i + 1)] * t[(i + 1, i)] >= 0.0 {
        t[(i + 1, i)] = 0.0;
    }
}

/// T ← Rᵀ T R, Q ← Q R with the rotation R = [[c, −s], [s, c]] of the coordinates i, i + 1.
fn rotate(t: &mut Matrix, q: &mut Matrix, i: usize, c: f64, s: f64) {
    for k in 0..t.rows() {
        let (x, y) = (t[(i, k)], t[(i + 1, k)]);
        (t[(i, k)], t[(i + 1, k)]) = (c * x + s * y, c * y - s * x);
    }
    for m in [t, q] {
        for k in 0..m.rows() {
            let (x, y) = (m[(k, i)], m[(k, i + 1)]);
            (m[(k, i)], m[(k, i + 1)]) = (c * x + s * y, c * y - s * x);
        }
    }
}

/// Exchanges neighbouring blocks until real parts descend; whether they do in the end.
pub(super) fn order(t: &mut Matrix, q: &mut Matrix) -> bool {
    let level = t.rows() as f64 * 4.0 * EPSILON * t.frobenius();
    for _ in 0..t.rows() * t.rows() {
        let found = blocks(t);
        let wrong =
            found.windows(2).find(|pair| t[(pair[1].0, pair[1].0)] > t[(pair[0].0, pair[0].0)] + level);
        let Some(pair) = wrong else { return true };
        if !exchange(t, q, pair[0].0, pair[0].1, pair[1].1) {
            return false;
        }
    }
    false
}

/// Exchanges the blocks of sizes m and n that follow each other from row i on (Bai & Demmel 1993): with A Y − Y B = −C
/// for the part [[A, C], [0, B]], the columns of [Y; 1] span what B acts on, and an orthonormal basis that begins
/// with them puts B first. Refused, and nothing changed, where what should vanish is more than rounding.
fn exchange(t: &mut Matrix, q: &mut Matrix, i: usize, m: usize, n: usize) -> bool {
    let size = m + n;
    let (a, b) = (t.block(i, i, m, m), t.block(i + m, i + m, n, n));
    let sylvester = &a.kron(&Matrix::identity(n)) - &Matrix::identity(m).kron(&b.transpose());
    let c = Matrix::from_fn(m * n, 1, |k, _| -t[(i + k / n, i + m + k % n)]);
    let Some(y) = sylvester.solve(&c) else { return false };
    let span = Matrix::from_fn(size, size, |r, k| match (r < m, k < n) {
        (true, true) => y[(r * n + k, 0)],
        (false, true) => f64::from(r - m == k),
        (true, false) => f64::from(r == k - n),
        (false, false) => 0.0,
    });
    let (basis, _) = super::qr(&span);
    let part = &(&basis.transpose() * &t.block(i, i, size, size)) * &basis;
    let below = part.block(n, 0, m, n).frobenius();
    if below.is_nan() || below > 50.0 * EPSILON * t.frobenius() {
        return false;
    }
    let rest = t.rows() - i;
    t.set_block(i, i, &(&basis.transpose() * &t.block(i, i, size, rest)));
    t.set_block(0, i, &(&t.block(0, i, i + size, size) * &basis));
    t.set_block(i + n, i, &Matrix::zeros(m, n));
    q.set_block(0, i, &(&q.block(0, i, q.rows(), size) * &basis));
    if n == 2 {
        standardise(t, q, i);
    }
    if m == 2 {
        standardise(t, q, i + n);
    }
    true
}

/// Makes the first entry that is not zero positive in every column of Q.
pub(super) fn signs(t: &mut Matrix, q: &mut Matrix) {
    let n = t.rows();
    for j in 0..n {
        let first = (0..n).map(|k| q[(k, j)]).find(|x| x.abs() > ZERO);
        if first.is_some_and(|x| x < 0.0) {
            for k in 0..n {
                q[(k, j)] = -q[(k, j)];
                t[(k, j)] = -t[(k, j)];
            }
            (0..n).for_each(|k| t[(j, k)] = -t[(j, k)]);
        }
    }
}
