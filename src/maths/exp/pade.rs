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
    let mut result = finite(approximant(degree, &scaled, &Powers::of(&scaled).list))?;
    for _ in 0..squarings {
        result = &result * &result;
    }
    finite(Some(result))
}

fn finite(result: Option<Matrix>) -> Result<Matrix, ExpError> {
    result.filter(Matrix::is_finite).ok_or(ExpError::Overflow)
}

/// X², X⁴, X⁶, X⁸.
struct Powers {
    list: [Matrix; 4],
}

impl Powers {
    fn of(x: &Matrix) -> Self {
        let two = x * x;
        let four = &two * &two;
        let six = &four * &two;
        let eight = &four * &four;
        Self { list: [two, four, six, eight] }
    }

    /// min over p of max(d_{2p}, d_{2p+2}) with d_k = ‖Xᵏ‖₁^{1/k}, p from 2 on as far as p (p − 1) ≤ 2 · degree + 1:
    /// what stands for ‖X‖ in the bound of the neglected terms.
    fn size(&self, degree: usize) -> f64 {
        let [_, four, six, eight] = &self.list;
        if !self.list.iter().all(Matrix::is_finite) {
            return f64::INFINITY;
        }
        let ten = norm1(&(four * six)).powf(0.1);
        let (four, six) = (norm1(four).powf(0.25), norm1(six).powf(1.0 / 6.0));
        let eight = norm1(eight).powf(0.125);
        let size = four.max(six).min(six.max(eight));
        if degree >= 6 { size.min(eight.max(ten)) } else { size }
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
    if size == 0.0 {
        return 0;
    }
    let absolute = Matrix::from_fn(x.cols(), x.rows(), |i, j| x[(j, i)].abs());
    // ‖ |X|^{2m+1} ‖₁ is the largest entry of (|X|ᵀ)^{2m+1} (1, …, 1).
    let mut column_sums = vec![1.0; x.rows()];
    for _ in 0..2 * degree + 1 {
        column_sums = absolute.apply(&column_sums);
    }
    let term = column_sums.into_iter().fold(0.0, f64::max) * tail_coefficient(degree);
    let unit = f64::EPSILON / 2.0;
    let halvings = ((term / (size * unit)).log2() / (2.0 * degree as f64)).ceil();
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
    // Σ bₖ Xᵏ⁻ᵒ over k = o, o+2, … in even powers: o = 0 gives the even part of p, o = 1 the odd part without its X.
    let half = |o: usize| {
        let mut sum = Matrix::identity(n).scaled(b[o]);
        for (power, matrix) in [(2, two), (4, four), (6, six), (8, eight)] {
            if power + o <= degree && (power < 8 || degree == 9) {
                sum = &sum + &matrix.scaled(b[power + o]);
            }
        }
        if degree == 13 {
            let high = &(&two.scaled(b[8 + o]) + &four.scaled(b[10 + o])) + &six.scaled(b[12 + o]);
            sum = &sum + &(six * &high);
        }
        sum
    };
    let (even_part, odd_part) = (half(0), x * &half(1));
    let (p, q) = (&even_part + &odd_part, &even_part - &odd_part);
    q.solve(&p)
}
