//! M = L D U: Gauss elimination without exchanging rows.
//!
//! L is unit lower triangular, D diagonal, U unit upper triangular; D = diag(m₁, m₂/m₁, …, mₙ/mₙ₋₁) with the leading
//! minors mₖ. It exists and is unique where m₁ … mₙ₋₁ do not vanish; the last entry of D may be 0. What counts as 0
//! is in `elimination`. Small minors make large factors, and the residual is bounded by n ε ‖|L||D||U|‖ / ‖M‖. Source:
//! Golub & Van Loan, *Matrix Computations*, sections 3.2 and 3.4.

use super::elimination::{judge, vanishes};
use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::exp::is_singular;
use crate::maths::linalg::{ldexp, split_exactly};
use crate::maths::matrix::Matrix;

/// M = L D U.
pub const LDU: Kind = Kind {
    name: "ldu",
    factors: &["lower", "diagonal", "upper"],
    composition: Composition::Product,
    convention: "M = L D U: L and U triangular with unit diagonals, D diagonal with the ratios of leading minors. \
                 Unique; exists where no leading minor but the last vanishes: a pivot counts as 0 below 4 n ε times \
                 the terms it was computed from or the entries beside it.",
    compute,
};

fn compute(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    let (scaled, e) = split_exactly(m);
    let n = m.rows();
    let (mut l, mut d, mut u) = (Matrix::identity(n), vec![0.0; n], Matrix::identity(n));
    for k in 0..n {
        let terms = |i: usize, j: usize| (0..k).map(move |c| (i, c, j));
        let value = |l: &Matrix, u: &Matrix, i, j| {
            terms(i, j).fold(scaled[(i, j)], |sum, (i, c, j)| sum - l[(i, c)] * d[c] * u[(c, j)])
        };
        let pivot = value(&l, &u, k, k);
        let size =
            terms(k, k).fold(scaled[(k, k)].abs(), |s, (i, c, j)| s + (l[(i, c)] * d[c] * u[(c, j)]).abs());
        let zero = vanishes(&scaled, (k, k), pivot, size);
        if zero && k + 1 < n {
            let end = if is_singular(&m.block(0, 0, k + 1, k + 1)) {
                "vanishes: L D U does not exist"
            } else {
                "vanishes to within rounding: no digit of L D U would be right"
            };
            let reason = format!("the leading minor of order {} {end}", k + 1);
            return Ok(Decomposition::absent(Composition::Product, reason));
        }
        for i in k + 1..n {
            let (below, right) = (value(&l, &u, i, k) / pivot, value(&l, &u, k, i) / pivot);
            (l[(i, k)], u[(k, i)]) = (below, right);
        }
        d[k] = if zero { 0.0 } else { pivot };
    }
    let pivots: Vec<f64> = d.iter().map(|v| ldexp(*v, e)).collect();
    let diagonal = Matrix::diagonal(&pivots);
    let found = Decomposition::product(vec![("lower", l), ("diagonal", diagonal), ("upper", u)]);
    Ok(judge(found, m, ("pivots", pivots), "a leading minor"))
}
