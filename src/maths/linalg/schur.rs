//! M = Q T Qᵀ with T quasi-triangular: the real Schur form, by the QR iteration with two shifts at a time.
//!
//! Hessenberg form by Householder reflections, then Francis steps (Golub & Van Loan, *Matrix Computations*, section
//! 7.5). Ours and not the library's: blocks are normalised and ordered, and the iteration ends with an error.

use super::reflector::Reflector;
use super::schur_blocks::{order, signs, standardise};
use super::{EPSILON, NotConverged};
use crate::maths::matrix::Matrix;

/// The factors of M = Q T Qᵀ.
///
/// T is block upper triangular. A block of one row is a real eigenvalue. A block of two rows is a pair a ± i b of
/// complex ones in the form [[a, p], [q, a]] with p q = −b² < 0 and |p| ≥ |q|. Real parts descend down the diagonal as
/// far as they differ by more than rounding. In every column of Q the first entry that is not zero is positive.
#[derive(Clone, Debug, PartialEq)]
pub struct Schur {
    /// Q, orthogonal.
    pub q: Matrix,
    /// T, block upper triangular; what lies below the blocks is exactly 0.
    pub t: Matrix,
    /// Whether the blocks are in order; not where exchanging two blocks would cost more than rounding.
    pub ordered: bool,
}

impl Schur {
    /// The blocks of T as (first row, size), size 1 or 2.
    pub fn blocks(&self) -> Vec<(usize, usize)> {
        blocks(&self.t)
    }

    /// The eigenvalues (real part, imaginary part) down the diagonal; of a pair the one above the real axis first.
    pub fn eigenvalues(&self) -> Vec<(f64, f64)> {
        let value = |(i, size)| {
            let a = self.t[(i, i)];
            if size == 1 {
                return vec![(a, 0.0)];
            }
            let b = self.t[(i, i + 1)].abs().sqrt() * self.t[(i + 1, i)].abs().sqrt();
            vec![(a, b), (a, -b)]
        };
        self.blocks().into_iter().flat_map(value).collect()
    }
}

/// The diagonal blocks of a quasi-triangular matrix as (first row, size).
pub(super) fn blocks(t: &Matrix) -> Vec<(usize, usize)> {
    let (n, mut i, mut found) = (t.rows(), 0, Vec::new());
    while i < n {
        let size = if i + 1 < n && t[(i + 1, i)] != 0.0 { 2 } else { 1 };
        found.push((i, size));
        i += size;
    }
    found
}

/// Francis steps for one eigenvalue before the iteration is given up, for each row and at least ten: LAPACK's number. Two
/// or three are usual; two defective blocks with the same eigenvalue have been seen to take a hundred.
const STEPS: usize = 30;
/// Steps after which a subdiagonal entry is measured against the whole matrix.
const PATIENCE: usize = 20;

/// The real Schur form of a square matrix whose largest entry is near 1.
///
/// # Errors
/// The iteration does not end.
pub fn schur(m: &Matrix) -> Result<Schur, NotConverged> {
    let (mut t, mut q) = (m.clone(), Matrix::identity(m.rows()));
    hessenberg(&mut t, &mut q);
    iterate(&mut t, &mut q)?;
    let ordered = order(&mut t, &mut q);
    signs(&mut t, &mut q);
    Ok(Schur { q, t, ordered })
}

/// T ← Hᵀ T H with zeros below the first subdiagonal, Q ← Q H.
fn hessenberg(t: &mut Matrix, q: &mut Matrix) {
    let n = t.rows();
    for k in 0..n.saturating_sub(2) {
        let column: Vec<f64> = (k + 1..n).map(|i| t[(i, k)]).collect();
        if column[1..].iter().all(|x| *x == 0.0) {
            continue;
        }
        conjugate(&Reflector::new(&column, k + 1), t, q);
        (k + 2..n).for_each(|i| t[(i, k)] = 0.0);
    }
}

fn conjugate(h: &Reflector, t: &mut Matrix, q: &mut Matrix) {
    h.apply_left(t);
    h.apply_right(t);
    h.apply_right(q);
}

fn iterate(t: &mut Matrix, q: &mut Matrix) -> Result<(), NotConverged> {
    let norm = t.frobenius();
    let (mut end, mut steps) = (t.rows(), 0);
    let most = STEPS * t.rows().max(10);
    while end > 0 {
        // A block that shrinks as fast as its subdiagonal (nilpotent, say) ends when it is rounding of the whole.
        let floor = if steps > PATIENCE { norm } else { 0.0 };
        let start = deflate(t, end, floor);
        match end - start {
            1 => (end, steps) = (end - 1, 0),
            2 => {
                standardise(t, q, start);
                (end, steps) = (end - 2, 0);
            }
            _ if steps == most => return Err(NotConverged("Schur")),
            _ => {
                steps += 1;
                francis(t, q, start, end, steps % 10 == 0);
            }
        }
    }
    Ok(())
}

/// The first row of the last block before `end` whose subdiagonal does not vanish against the diagonal beside it or
/// against `floor`; what vanishes is made 0.
fn deflate(t: &mut Matrix, end: usize, floor: f64) -> usize {
    for i in (1..end).rev() {
        let size = (t[(i, i)].abs() + t[(i - 1, i - 1)].abs()).max(floor);
        if t[(i, i - 1)].abs() <= EPSILON * size {
            t[(i, i - 1)] = 0.0;
            return i;
        }
    }
    0
}

/// One double step on rows start .. end; with shifts away from the eigenvalues where the iteration went round in a
/// circle (as it would for ever on a cyclic permutation).
fn francis(t: &mut Matrix, q: &mut Matrix, start: usize, end: usize, exceptional: bool) {
    let last = end - 1;
    // The shifts are the eigenvalues of a block with diagonal y, z and product w of its other entries.
    let (y, z, w) = if exceptional {
        let size = t[(last, last - 1)].abs() + t[(last - 1, last - 2)].abs();
        let shift = t[(last, last)] + 0.75 * size;
        (shift, shift, -0.4375 * size * size)
    } else {
        (t[(last - 1, last - 1)], t[(last, last)], t[(last, last - 1)] * t[(last - 1, last)])
    };
    // First column of T² − (y + z) T + (y z − w), its only three entries, divided by the subdiagonal one: written in
    // differences of diagonal entries, which keep their digits when eigenvalues are close to each other.
    let (a, b) = (t[(start, start)], t[(start + 1, start)]);
    let mut x = vec![
        ((a - y) * (a - z) - w) / b + t[(start, start + 1)],
        (a - y) + (t[(start + 1, start + 1)] - z),
        t[(start + 2, start + 1)],
    ];
    for k in start..last {
        conjugate(&Reflector::new(&x, k), t, q);
        if k > start {
            (k + 1..k + x.len()).for_each(|i| t[(i, k - 1)] = 0.0);
        }
        x = (k + 1..end.min(k + 4)).map(|i| t[(i, k)]).collect();
    }
}
