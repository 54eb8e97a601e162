//! M = S + N, S diagonalisable over C, N nilpotent, S N = N S (Jordan–Chevalley).
//!
//! Unique, and always there, but not continuous in M: where eigenvalues fall together N jumps. So a rule must say
//! which eigenvalues are one. Here two are taken as one where they are closer than 100 times what rounding can do to
//! them: ε ‖M‖ κ, with κ the norm of the spectral projection ∏ (M − λⱼ)/(λᵢ − λⱼ) (the condition number of λᵢ), and
//! never more than 2 ‖M‖ (ε/2)^{1/n}, the bound for all matrices (Elsner 1985); and two groups that were found so, where
//! their means are closer than four times the spread of either. The mean of a group is well-conditioned although its
//! members are not. A warning comes where eigenvalues that differ by more than rounding are taken as one. The eigenvalues
//! of a matrix that becomes triangular when axes are renamed stand on its diagonal: there only equal ones are one.
//!
//! With p(x) = ∏ (x − μ) over the distinct means, S is the root of p(S) = 0 that Newton's method in the algebra of M
//! finds from S = M: S ← S − p(S) p′(S)⁻¹ ends after log₂ n steps (Couty, Esterle & Zarouf 2011, *Décomposition
//! effective de Jordan–Chevalley*). It is a polynomial in M, so it commutes with it. N = M − S, so that the residual
//! is rounding alone. Where no two eigenvalues are one, S = M. The cost is O(n³) then, and O(n⁴ log n) with groups, for
//! which n is bounded. Distinct eigenvalues at a distance d cost the factors digits, up to a share of rounding / d³ in the
//! worst case; a warning comes where p(S) or Nⁿ show it, which they do not always.

use nalgebra::Complex;

use super::kind::Kind;
use super::{Composition, DecomposeError, Decomposition};
use crate::maths::exp::triangular_order;
use crate::maths::linalg::{
    EPSILON, Schur, eigenvalue_conditions, ldexp, schur, split_scale, times_power_of_two,
};
use crate::maths::matrix::Matrix;

/// M = S + N.
pub const JORDAN_CHEVALLEY: Kind = Kind {
    name: "jordan-chevalley",
    factors: &["semisimple", "nilpotent"],
    composition: Composition::Sum,
    convention: "M = S + N: S diagonalisable over the complex numbers, N nilpotent, S N = N S. Unique, but not \
                 continuous: eigenvalues count as one when they are closer than 100 ε ‖M‖ κ, κ their condition number; \
                 those of a triangle when they are equal. \
                 Matrices of more than 64 rows only where no eigenvalue counts twice.",
    compute,
};

/// Eigenvalues closer than this many times their uncertainty are one.
const SAME: f64 = 100.0;
/// Groups are one when their means are closer than this many times the farther member of either.
const SPREAD: f64 = 4.0;
/// A nilpotent part below this many times n ε ‖M‖ κ is rounding.
const NEGLIGIBLE: f64 = 100.0;
/// Most rows where eigenvalues are put together.
const MOST_ROWS: usize = 64;
/// The [`doubt`] from which on a warning is due.
const DOUBTFUL: f64 = 1e-9;

fn compute(m: &Matrix) -> Result<Decomposition, DecomposeError> {
    let (scaled, e) = split_scale(m);
    let n = m.rows();
    let parts = schur(&scaled)?;
    let groups = Groups::of(&scaled, &parts);
    let known = diagonal_of_triangle(m);
    let (means, warning) = match &known {
        Some(known) => (in_units(known, e), groups.fewer_than(known)),
        None => (groups.means(), groups.taken_as_one(&scaled)),
    };
    let finish = |semisimple: Matrix, nilpotent: Matrix| {
        let found = Decomposition::sum(vec![("semisimple", semisimple), ("nilpotent", nilpotent)])
            .with("distinct_eigenvalues", means.len() as f64);
        warning.iter().fold(found, |found, text| found.warn(text))
    };
    if means.len() == n {
        return Ok(finish(m.clone(), Matrix::zeros(n, n)));
    }
    if n > MOST_ROWS {
        return Err(DecomposeError::TooLarge { kind: "jordan-chevalley", rows: n, most: MOST_ROWS });
    }
    let Some(semisimple) = newton(&scaled, &means) else {
        return Ok(Decomposition::absent(
            Composition::Sum,
            "distinct eigenvalues are so close that no digit of the parts would be right",
        ));
    };
    let nilpotent = &scaled - &semisimple;
    // A single eigenvalue that is known leaves nothing to round: S is a multiple of 1.
    let level = if known.is_some_and(|known| known.len() == 1) {
        0.0
    } else {
        NEGLIGIBLE * n as f64 * EPSILON * scaled.frobenius() * groups.condition(&parts)
    };
    let (semisimple, nilpotent) = if nilpotent.frobenius() <= level {
        (scaled.clone(), Matrix::zeros(n, n))
    } else {
        (semisimple, nilpotent)
    };
    let doubt = doubt(&semisimple, &nilpotent, &means);
    let found = finish(times_power_of_two(&semisimple, e), times_power_of_two(&nilpotent, e));
    Ok(if doubt > DOUBTFUL {
        found.warn(format!(
            "eigenvalues are close but distinct: the parts are right to about {doubt:.0e} only"
        ))
    } else {
        found
    })
}

/// The distinct eigenvalues, exactly, of a matrix that becomes triangular when axes are renamed; ascending.
fn diagonal_of_triangle(m: &Matrix) -> Option<Vec<f64>> {
    triangular_order(m)?;
    // Without the sign of a zero.
    let mut values: Vec<f64> = (0..m.rows()).map(|i| m[(i, i)] + 0.0).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    Some(values)
}

/// Real eigenvalues in units of 2ᵉ.
fn in_units(values: &[f64], e: i32) -> Vec<Complex<f64>> {
    values.iter().map(|v| Complex::new(ldexp(*v, -e), 0.0)).collect()
}

/// The eigenvalues put together that rounding cannot tell apart.
struct Groups {
    values: Vec<Complex<f64>>,
    /// Members by their index.
    groups: Vec<Vec<usize>>,
}

impl Groups {
    fn of(m: &Matrix, parts: &Schur) -> Self {
        let values: Vec<Complex<f64>> =
            parts.eigenvalues().into_iter().map(|(a, b)| Complex::new(a, b)).collect();
        let (n, size) = (values.len(), m.frobenius());
        let conditions = eigenvalue_conditions(parts, |_, _| false);
        let most = 2.0 * size * (0.5 * SAME * EPSILON).powf(1.0 / n as f64);
        let same = |i: usize, j: usize| {
            let uncertain = SAME * EPSILON * size * conditions[i].min(conditions[j]);
            (values[i] - values[j]).norm() <= uncertain.min(most)
        };
        let mut groups: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
        let one = |a: &[usize], b: &[usize]| {
            let close = a.iter().any(|i| b.iter().any(|j| same(*i, *j)));
            close || {
                let ((x, r), (y, s)) = (ball(&values, a), ball(&values, b));
                (x - y).norm() <= SPREAD * r.max(s)
            }
        };
        while let Some((a, b)) =
            pairs(groups.len()).find(|(a, b)| one(groups[*a].as_slice(), groups[*b].as_slice()))
        {
            let more = groups.swap_remove(b);
            groups[a].extend(more);
        }
        Self { values, groups }
    }

    /// What is to be said where rounding would take some of the eigenvalues that a triangle shows as one.
    fn fewer_than(&self, known: &[f64]) -> Option<String> {
        (self.groups.len() < known.len()).then(|| {
            "eigenvalues are taken as they stand on the diagonal; to within rounding some of them that differ are one"
                .to_owned()
        })
    }

    /// What is to be said where eigenvalues of M that differ by more than rounding are taken as one.
    fn taken_as_one(&self, m: &Matrix) -> Option<String> {
        let size = m.frobenius();
        let spread = self.groups.iter().map(|group| ball(&self.values, group).1).fold(0.0, f64::max);
        (spread > SAME * m.rows() as f64 * EPSILON * size).then(|| {
            format!(
                "eigenvalues up to {:.0e} (relative to the norm) from their mean are taken as one: rounding of the \
                 matrix does not tell them apart",
                spread / size
            )
        })
    }

    /// Mean of every group; those of complex pairs are conjugate to the last bit, those of real groups are real.
    fn means(&self) -> Vec<Complex<f64>> {
        let mean = |group: &Vec<usize>| {
            let (mean, _) = ball(&self.values, group);
            // A group that is its own conjugate is real.
            let conjugate = |i: &usize| group.iter().any(|j| self.values[*j] == self.values[*i].conj());
            if group.iter().all(conjugate) { Complex::new(mean.re, 0.0) } else { mean }
        };
        self.groups.iter().map(mean).collect()
    }

    /// Largest condition number of a group by itself.
    fn condition(&self, parts: &Schur) -> f64 {
        let mut group = vec![0; self.values.len()];
        for (k, members) in self.groups.iter().enumerate() {
            members.iter().for_each(|i| group[*i] = k);
        }
        eigenvalue_conditions(parts, |i, j| group[i] == group[j]).into_iter().fold(1.0, f64::max)
    }
}

/// All a < b < n.
fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |a| (a + 1..n).map(move |b| (a, b)))
}

/// The mean of some values, and how far from it the farthest is.
fn ball(values: &[Complex<f64>], members: &[usize]) -> (Complex<f64>, f64) {
    let mean = members.iter().map(|i| values[*i]).sum::<Complex<f64>>() / members.len() as f64;
    (mean, members.iter().map(|i| (values[*i] - mean).norm()).fold(0.0, f64::max))
}

/// p(X) and p′(X) for p(x) = ∏ (x − μ) over real means and ∏ ((x − a)² + b²) over pairs a ± i b.
fn polynomial(x: &Matrix, means: &[Complex<f64>]) -> (Matrix, Matrix) {
    let one = Matrix::identity(x.rows());
    let (mut p, mut slope) = (one.clone(), Matrix::zeros(x.rows(), x.rows()));
    for mean in means.iter().filter(|mean| mean.im >= 0.0) {
        let shifted = x - &one.scaled(mean.re);
        let (factor, derivative) = if mean.im == 0.0 {
            (shifted, one.clone())
        } else {
            (&(&shifted * &shifted) + &one.scaled(mean.im * mean.im), shifted.scaled(2.0))
        };
        slope = &(&slope * &factor) + &(&p * &derivative);
        p = &p * &factor;
    }
    (p, slope)
}

/// The root of p near M; `None` where p′ is singular.
fn newton(m: &Matrix, means: &[Complex<f64>]) -> Option<Matrix> {
    let mut s = m.clone();
    // Steps double the order to which N vanishes, and a block is smaller than M (one of full size ends in one step);
    // one more takes away rounding.
    for _ in 0..=m.rows().ilog2() {
        let (p, slope) = polynomial(&s, means);
        s = &s - &(&p * &slope.inverse()?);
    }
    s.is_finite().then_some(s)
}

/// How far S is from a root of p (the next step of Newton's method), and Nⁿ from 0, relative to the size of M.
fn doubt(s: &Matrix, nilpotent: &Matrix, means: &[Complex<f64>]) -> f64 {
    let size = s.frobenius() + nilpotent.frobenius();
    if size == 0.0 {
        return 0.0;
    }
    let (p, slope) = polynomial(s, means);
    let root = slope.inverse().map_or(f64::INFINITY, |inverse| (&p * &inverse).frobenius() / size);
    let unit = nilpotent.scaled(1.0 / size);
    let power = (1..s.rows()).fold(unit.clone(), |power, _| &power * &unit).frobenius();
    root.max(power)
}
