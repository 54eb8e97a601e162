//! exp of a real matrix by scaling and squaring: exp X = (r(X/2ˢ))^(2ˢ) with r the diagonal Padé approximant.
//!
//! Al-Mohy & Higham 2009, *A new scaling and squaring algorithm for the matrix exponential*, SIAM J. Matrix Anal.
//! Appl. 31. The scaling follows ‖Xᵏ‖^{1/k} instead of ‖X‖, so that matrices far from normal are not scaled too much.
//! The truncation is that of exp(X + E) with ‖E‖ ≤ 2⁻⁵³ ‖X‖; rounding of the products adds to it. The tests hold the
//! whole to the bound of [`super`].

use super::{ExpError, check_square};
use crate::maths::matrix::Matrix;

/// Largest ‖X‖ for which the approximant of degree 3, 5, 7, 9, 13 is exact to 2⁻⁵³ (Al-Mohy & Higham 2009, table 3.1).
const THETA: [(usize, f64); 5] = [
    (3, 1.495_585_217_958_292e-2),
    (5, 2.539_398_330_063_23e-1),
    (7, 9.504_178_996_162_932e-1),
    (9, 2.097_847_961_257_068),
    (13, 4.25),
];

/// More squarings than this leave no digit.
const MOST_SQUARINGS: f64 = 60.0;

/// exp X for any real square X.
///
/// # Errors
/// X not square or not finite or too large, or exp X beyond the range of f64.
pub fn exp(x: &Matrix) -> Result<Matrix, ExpError> {
    check_square(x)?;
    let powers = Powers::of(x);
    for &(degree, theta) in &THETA[..4] {
        if powers.size(degree) <= theta && extra_squarings(x, degree) == 0 {
            return finite(approximant(degree, x, &powers.list));
        }
    }
    let (degree, theta) = THETA[4];
    let wanted = (powers.size(degree) / theta).log2().ceil().max(0.0);
    if wanted.is_nan() || wanted > MOST_SQUARINGS {
        return Err(ExpError::TooLarge);
    }
    let squarings = wanted as i32 + extra_squarings(&x.scaled(0.5_f64.powi(wanted as i32)), degree);
    let scaled = x.scaled(0.5_f64.powi(squarings));
    let mut result = finite(approximant(degree, &scaled, &powers.halved(squarings)))?;
    for _ in 0..squarings {
        result = &result * &result;
    }
    finite(Some(result))
}

fn finite(result: Option<Matrix>) -> Result<Matrix, ExpError> {
    result.filter(Matrix::is_finite).ok_or(ExpError::Overflow)
}

/// X², X⁴, X⁶, X⁸, and what stands for ‖X‖ in the bound of the neglected terms, with X⁸ as the last power and X¹⁰.
struct Powers {
    list: [Matrix; 4],
    sizes: [f64; 2],
}

impl Powers {
    /// The sizes are the minimum over p of max(d_{2p}, d_{2p+2}) with d_k = ‖Xᵏ‖₁^{1/k}, p from 2 on.
    fn of(x: &Matrix) -> Self {
        let two = x * x;
        let four = &two * &two;
        let six = &four * &two;
        let eight = &four * &four;
        let ten = &four * &six;
        let list = [two, four, six, eight];
        if !list.iter().all(Matrix::is_finite) {
            return Self { list, sizes: [f64::INFINITY; 2] };
        }
        let [d4, d6, d8, d10] = [(&list[1], 4.0), (&list[2], 6.0), (&list[3], 8.0), (&ten, 10.0)]
            .map(|(m, k)| norm1(m).powf(1.0 / k));
        let size = d4.max(d6).min(d6.max(d8));
        Self { list, sizes: [size, size.min(d8.max(d10))] }
    }

    /// p goes as far as p (p − 1) ≤ 2 · degree + 1.
    fn size(&self, degree: usize) -> f64 {
        self.sizes[usize::from(degree >= 6)]
    }

    /// The powers of X / 2ˢ.
    fn halved(self, s: i32) -> [Matrix; 4] {
        let mut power = 0;
        self.list.map(|m| {
            power += 2;
            if s == 0 { m } else { m.scaled(0.5_f64.powi(power * s)) }
        })
    }
}

/// ‖M‖₁, the largest column sum of absolute values; NaN where an entry is.
pub(super) fn norm1(m: &Matrix) -> f64 {
    let sums = (0..m.cols()).map(|j| (0..m.rows()).map(|i| m[(i, j)].abs()).sum::<f64>());
    sums.fold(0.0, |most, sum| if sum > most || sum.is_nan() { sum } else { most })
}

/// Further halvings that the first neglected term, |c| |X|^{2m+1}, asks for; c = (m!)² / ((2m)! (2m+1)!).
fn extra_squarings(x: &Matrix, degree: usize) -> i32 {
    let size = norm1(x);
    // ‖X‖^{2m+1} is above the term, and mostly asks for nothing already.
    if size == 0.0 || halvings(size.powi(2 * degree as i32 + 1), size, degree) == 0 {
        return 0;
    }
    let absolute = Matrix::from_fn(x.cols(), x.rows(), |i, j| x[(j, i)].abs());
    // ‖ |X|^{2m+1} ‖₁ is the largest entry of (|X|ᵀ)^{2m+1} (1, …, 1).
    let mut column_sums = vec![1.0; x.rows()];
    for _ in 0..2 * degree + 1 {
        column_sums = absolute.apply(&column_sums);
    }
    halvings(column_sums.into_iter().fold(0.0, f64::max), size, degree)
}

/// Halvings of X, of norm `size`, that bring the term c `power` down to rounding.
fn halvings(power: f64, size: f64, degree: usize) -> i32 {
    let unit = f64::EPSILON / 2.0;
    let halvings = ((power * tail_coefficient(degree) / (size * unit)).log2() / (2.0 * degree as f64)).ceil();
    if halvings > 0.0 { halvings.min(MOST_SQUARINGS) as i32 } else { 0 }
}

/// (m!)² / ((2m)! (2m+1)!).
fn tail_coefficient(m: usize) -> f64 {
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    factorial(m) / factorial(2 * m) * factorial(m) / factorial(2 * m + 1)
}

/// r(X) = q(X)⁻¹ p(X) with p(X) = Σ bₖ Xᵏ, q(X) = p(−X), bₖ = m! (2m−k)! / ((2m)! k! (m−k)!).
fn approximant(degree: usize, x: &Matrix, even: &[Matrix; 4]) -> Option<Matrix> {
    let mut b = vec![1.0];
    for k in 0..degree {
        b.push(b[k] * (degree - k) as f64 / ((2 * degree - k) as f64 * (k + 1) as f64));
    }
    let n = x.rows();
    let [two, four, six, eight] = even;
    // Σ bₖ Mₖ over some powers, entry by entry.
    let sum = |terms: &[(usize, &Matrix)]| {
        Matrix::from_fn(n, n, |i, j| terms.iter().map(|(k, m)| b[*k] * m[(i, j)]).sum())
    };
    // Σ bₖ Xᵏ⁻ᵒ over k = o, o+2, … in even powers: o = 0 gives the even part of p, o = 1 the odd part without its X.
    let one = Matrix::identity(n);
    let half = |o: usize| {
        let terms = [(o, &one), (2 + o, two), (4 + o, four), (6 + o, six), (8 + o, eight)];
        match degree {
            13 => &sum(&terms[..4]) + &(six * &sum(&[(8 + o, two), (10 + o, four), (12 + o, six)])),
            _ => sum(&terms[..degree.div_ceil(2)]),
        }
    };
    let (even_part, odd_part) = (half(0), x * &half(1));
    let (p, q) = (&even_part + &odd_part, &even_part - &odd_part);
    q.solve(&p)
}
