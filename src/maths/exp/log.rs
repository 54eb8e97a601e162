//! The real logarithm of a real matrix: whether there is one, and the principal one.
//!
//! M has a real logarithm exactly if it is invertible and for every negative eigenvalue the number of Jordan blocks of
//! each size is even (Culver 1966, *On the existence and uniqueness of the real logarithm of a matrix*). Without
//! negative eigenvalues the logarithm given is the principal one: its eigenvalues have imaginary parts in (−π, π).
//!
//! **Negative eigenvalues in pairs.** On the invariant subspace of λ < 0 the logarithm given is log(−M) + πK with a
//! complex structure K, K² = −1, that commutes with M. Of K and −K the one is taken whose first entry below the
//! diagonal that is not zero, row by row, is positive after multiplying with (−1)^{i+j+1}. For −1 in the plane this is
//! πJ; for a half turn in space the last component of the axis that is not zero is positive.
//!
//! **What is decided how.** For 2 × 2 the decision is exact ([`reach::place`](super::reach::place)). From 3 × 3 on the
//! Jordan structure is that of some matrix within [`tolerance`] of M; where a relative change of 1e-6 would change the
//! answer, a warning says so. Whether M is singular is decided for the numbers as they stand; where M is invertible but
//! singular to within rounding, nothing is decided, and a warning says that. The eigenvalues of a matrix that becomes
//! triangular when axes are renamed are those on its diagonal, however small.
//!
//! The logarithm of a symmetric positive definite matrix is symmetric, that of a rotation skew, to the last bit.
//!
//! **Error.** Without negative eigenvalues that of [`super`]. With them the Jordan structure is that of a matrix within
//! the tolerance, and the error is that of a change by as much.

use super::jordan::{self, Structure};
use super::{ExpError, check_square, exact, plane, triangular};
use crate::maths::linalg::{self, Schur};
use crate::maths::matrix::Matrix;
use std::f64::consts::{LN_2, PI};

/// Relative distance from the edge of what exp reaches below which a warning is given.
pub(super) const NEAR: f64 = 1e-6;

/// Where exp of what was found is off by more than this share of M, it is not given as the logarithm.
const USELESS: f64 = 1e-3;

/// Where there is a logarithm and none is computed.
const LOST: &str = "the logarithm exists, but rounding prevents its computation";

/// What the logarithm of a matrix is.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// X with exp X = M; `None` where there is none, or none was computed.
    pub matrix: Option<Matrix>,
    /// False where there is no real logarithm; true also where that could not be decided, which a warning says.
    pub reachable: bool,
    /// Why there is none, what was chosen, what is near.
    pub warnings: Vec<String>,
}

impl Log {
    fn missing(warnings: Vec<String>) -> Self {
        Self { matrix: None, reachable: false, warnings }
    }

    fn not_computed(warnings: Vec<String>) -> Self {
        Self { matrix: None, reachable: true, warnings }
    }
}

/// The real logarithm of M, see [the module](self).
///
/// # Errors
/// M not square or not finite, or its eigenvalues not found.
pub fn log(m: &Matrix) -> Result<Log, ExpError> {
    check_square(m)?;
    if m.rows() == 2 {
        return Ok(plane::log(m));
    }
    if let Some(matrix) = log_of_diagonal(m) {
        return Ok(Log { matrix: Some(matrix), reachable: true, warnings: Vec::new() });
    }
    if *m == m.transpose()
        && let Some(matrix) = super::symmetric::log(m)?
    {
        return Ok(Log { matrix: Some(matrix), reachable: true, warnings: Vec::new() });
    }
    general(m)
}

/// Whether M has a real logarithm, or may have one; false also for what has none because it is not a finite square
/// matrix.
pub fn reachable(m: &Matrix) -> bool {
    if check_square(m).is_err() {
        return false;
    }
    if m.rows() == 2 {
        return super::reach::place(m).reachable();
    }
    scaled_plan(m, &linalg::split_scale(m)).is_ok_and(|plan| !matches!(plan, Plan::Missing(_)))
}

/// ln of the entries of a positive diagonal matrix, which need no common scale.
fn log_of_diagonal(m: &Matrix) -> Option<Matrix> {
    let n = m.rows();
    let entries: Vec<f64> = (0..n).map(|i| m[(i, i)]).collect();
    let positive = entries.iter().all(|v| *v > 0.0) && *m == Matrix::diagonal(&entries);
    positive.then(|| Matrix::diagonal(&entries.iter().map(|v| v.ln()).collect::<Vec<_>>()))
}

/// The plan for M = 2ᵉ M′, from M′ where that holds every entry of M.
fn scaled_plan(m: &Matrix, (scaled, exponent): &(Matrix, i32)) -> Result<Plan, ExpError> {
    if linalg::times_power_of_two(scaled, *exponent) == *m {
        return plan(scaled, *exponent);
    }
    if triangular_order(m).is_some() && (0..m.rows()).all(|i| m[(i, i)] > 0.0) {
        return Ok(Plan::NotComputed(vec![LOST.to_owned()]));
    }
    Ok(nearly_singular(m))
}

/// Distance, in the Frobenius norm, within which the Jordan structure of M is sought: 64 n 2⁻⁵² ‖M‖_F.
pub fn tolerance(m: &Matrix) -> f64 {
    64.0 * m.rows() as f64 * linalg::EPSILON * m.frobenius()
}

fn is_orthogonal(m: &Matrix) -> bool {
    let n = m.rows();
    (&(&m.transpose() * m) - &Matrix::identity(n)).frobenius() < 8.0 * n as f64 * linalg::EPSILON
}

fn general(m: &Matrix) -> Result<Log, ExpError> {
    let scaling = linalg::split_scale(m);
    let exponent = scaling.1;
    let (parts, rest, mut warnings) = match scaled_plan(m, &scaling)? {
        Plan::Missing(warnings) => return Ok(Log::missing(warnings)),
        Plan::NotComputed(warnings) => return Ok(Log::not_computed(warnings)),
        Plan::Reached { parts, rest, warnings } => (parts, rest, warnings),
    };
    let log = if parts.is_empty() && is_orthogonal(m) {
        linalg::rotation_log(m)?
    } else {
        assemble(&parts, rest.as_ref())
    };
    let Some(mut log) = log else {
        warnings.push(LOST.to_owned());
        return Ok(Log::not_computed(warnings));
    };
    if is_orthogonal(m) {
        log = (&log - &log.transpose()).scaled(0.5);
    } else {
        log = &log + &Matrix::identity(m.rows()).scaled(f64::from(exponent) * LN_2);
    }
    let error = super::pade::exp(&log).map_or(f64::INFINITY, |back| (&back - m).frobenius() / m.frobenius());
    // Entries of very different size, as triangles may have them, can be right where exp does not lead back.
    if (error.is_nan() || error > USELESS) && triangular_order(m).is_none() {
        warnings.push(LOST.to_owned());
        return Ok(Log::not_computed(warnings));
    }
    if error > 1e-9 {
        warnings.push(format!("badly conditioned: exp of the logarithm differs by {error:.1e} (relative)"));
    }
    Ok(Log { matrix: Some(log), reachable: true, warnings })
}

/// An invariant subspace with the logarithm on it: M B = B (exp L).
struct Part {
    basis: Matrix,
    log: Matrix,
}

/// How the logarithm is to be computed.
enum Plan {
    /// There is none, and why.
    Missing(Vec<String>),
    /// There is one, or may be one, and why it is not computed.
    NotComputed(Vec<String>),
    /// The subspaces of negative eigenvalues, then the rest (its basis and its Schur form).
    Reached { parts: Vec<Part>, rest: Option<(Matrix, Schur)>, warnings: Vec<String> },
}

/// Splits off the negative eigenvalues of M = 2^−exponent times what was asked for; what is left has none.
fn plan(m: &Matrix, exponent: i32) -> Result<Plan, ExpError> {
    let tolerance = tolerance(m);
    // Messages name the eigenvalues of what was asked for.
    let unscaled = |eigenvalue: f64| linalg::ldexp(eigenvalue, exponent);
    let (mut parts, mut warnings) = (Vec::new(), Vec::new());
    let (mut basis, mut rest) = (Matrix::identity(m.rows()), m.clone());
    // Whether the entries of `rest` are those of M, free of rounding; the eigenvalues of `rest` if M is triangular.
    let (mut as_given, mut known) = (true, None);
    while rest.rows() > 0 {
        let (schur, triangular) = match triangular_order(&rest) {
            // The eigenvalues as they stand, however small.
            Some(order) => (in_order(&rest, &order), true),
            None => (linalg::schur(&rest)?, false),
        };
        let eigenvalues = schur.eigenvalues();
        if triangular && parts.is_empty() {
            let diagonal: Vec<f64> = (0..rest.rows()).map(|i| rest[(i, i)]).collect();
            if let Some(reason) = lone_negative(&simple(&diagonal), unscaled) {
                return Ok(Plan::Missing(reason));
            }
            known = Some(diagonal);
        }
        // Rounding of `rest` may turn the sign of an eigenvalue that is known.
        let refused = |reasons| match &known {
            Some(known) if known.iter().all(|v| *v > 0.0) => Plan::NotComputed(vec![LOST.to_owned()]),
            _ => Plan::Missing(reasons),
        };
        let least = if triangular && as_given { 0.0 } else { tolerance };
        if eigenvalues.iter().any(|&(a, b)| a.hypot(b) <= least) {
            return Ok(nearly_singular(m));
        }
        match jordan::negative_cluster(&rest, &eigenvalues, tolerance)? {
            Structure::None => {
                if let Some(reason) = lone_negative(&eigenvalues, unscaled) {
                    return Ok(refused(reason));
                }
                warnings.extend(near_axis(&eigenvalues));
                return Ok(Plan::Reached { parts, rest: Some((basis, schur)), warnings });
            }
            Structure::Odd { eigenvalue, blocks } => {
                let mut reasons = vec![odd(unscaled(eigenvalue), &blocks)];
                reasons.extend(lone_negative(&eigenvalues, unscaled).into_iter().flatten().skip(1));
                if (1..).zip(&blocks).map(|(size, count)| size * count).sum::<usize>() % 2 == 0 {
                    // An odd multiplicity stays odd nearby; an even one may become a pair of complex eigenvalues.
                    reasons.push(format!(
                        "on the edge of what exp reaches: this holds for some matrix within {tolerance:.0e} (relative \
                         to the largest entry) of this one"
                    ));
                }
                return Ok(refused(reasons));
            }
            Structure::Even(cluster) => {
                let multiplicity = cluster.basis.cols();
                warnings.push(format!(
                    "the eigenvalue {:.6} of multiplicity {multiplicity} is negative: there are many logarithms, the \
                     one given makes a half turn there",
                    unscaled(cluster.eigenvalue)
                ));
                let Some(log) = half_turn(&cluster, &(&basis * &cluster.basis)) else {
                    // The numbers of blocks decide that there is a logarithm; the blocks themselves are not needed.
                    warnings.push(LOST.to_owned());
                    return Ok(Plan::NotComputed(warnings));
                };
                parts.push(Part { basis: &basis * &cluster.basis, log });
                basis = &basis * &cluster.complement;
                for _ in 0..multiplicity {
                    known.iter_mut().for_each(|known| remove_nearest(known, cluster.eigenvalue));
                }
                as_given &= cluster.complement.data().iter().all(|v| v.fract() == 0.0);
                rest = &(&cluster.complement.transpose() * &rest) * &cluster.complement;
            }
        }
    }
    Ok(Plan::Reached { parts, rest: None, warnings })
}

/// The numbers that stand only once, as eigenvalues.
fn simple(diagonal: &[f64]) -> Vec<(f64, f64)> {
    let once = |v: &&f64| diagonal.iter().filter(|w| w == v).count() == 1;
    diagonal.iter().filter(once).map(|v| (*v, 0.0)).collect()
}

/// Takes out the number that is nearest to `to`.
fn remove_nearest(numbers: &mut Vec<f64>, to: f64) {
    let distance = |i: &usize| (numbers[*i] - to).abs();
    if let Some(nearest) = (0..numbers.len()).min_by(|i, j| distance(i).total_cmp(&distance(j))) {
        numbers.swap_remove(nearest);
    }
}

/// Where the eigenvalue next to 0 has no digit that is right.
fn nearly_singular(m: &Matrix) -> Plan {
    if exact::is_singular(m) {
        return Plan::Missing(vec!["no logarithm: the matrix is singular".to_owned()]);
    }
    Plan::NotComputed(vec![
        "not decided: the matrix is invertible, but singular to within rounding, so that the sign of an eigenvalue is \
         not known"
            .to_owned(),
    ])
}

/// An order of the axes in which M is upper triangular, if there is one: upper and lower triangles, and what becomes one
/// when axes are renamed.
pub(crate) fn triangular_order(m: &Matrix) -> Option<Vec<usize>> {
    let mut left: Vec<usize> = (0..m.rows()).collect();
    let mut order = Vec::with_capacity(m.rows());
    while !left.is_empty() {
        // The next axis is one that the others do not reach: nothing but the diagonal in its column.
        let alone = |j: &usize| left.iter().all(|i| i == j || m[(*i, *j)] == 0.0);
        let next = left.iter().position(alone)?;
        order.push(left.remove(next));
    }
    Some(order)
}

/// M = Q T Qᵀ with the axes in another order.
fn in_order(m: &Matrix, order: &[usize]) -> Schur {
    let n = m.rows();
    Schur {
        q: Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == order[j]))),
        t: Matrix::from_fn(n, n, |i, j| m[(order[i], order[j])]),
        ordered: false,
    }
}

/// log(−M) + πK on the subspace of a negative eigenvalue, in its basis.
fn half_turn(cluster: &jordan::Cluster, basis: &Matrix) -> Option<Matrix> {
    let turn = cluster.complex_structure()?;
    let sign = sign_below_diagonal(&(&(basis * &turn) * &basis.transpose()));
    Some(&cluster.log_of_negative() + &turn.scaled(sign * PI))
}

/// ±1, so that ±K obeys the rule of signs of [the module](self).
fn sign_below_diagonal(k: &Matrix) -> f64 {
    let least = 1e-9 * k.frobenius();
    for i in 1..k.rows() {
        for j in 0..i {
            let value = if (i + j) % 2 == 1 { k[(i, j)] } else { -k[(i, j)] };
            if value.abs() > least {
                return value.signum();
            }
        }
    }
    1.0
}

/// P diag(L₁, L₂, …) P⁻¹ with P the bases side by side.
fn assemble(parts: &[Part], rest: Option<&(Matrix, Schur)>) -> Option<Matrix> {
    let rest = match rest {
        Some((basis, schur)) => Some((basis, triangular::principal(schur)?)),
        None => None,
    };
    let all = parts.iter().map(|part| (&part.basis, &part.log));
    let all: Vec<_> = all.chain(rest.as_ref().map(|(basis, log)| (*basis, log))).collect();
    if let ([], Some((_, log))) = (parts, &rest) {
        return Some(log.clone());
    }
    let n = all.first().map_or(0, |(basis, _)| basis.rows());
    let mut p = Matrix::zeros(n, n);
    let mut column = 0;
    for (basis, _) in &all {
        p.set_block(0, column, basis);
        column += basis.cols();
    }
    let logs: Vec<&Matrix> = all.iter().map(|(_, log)| *log).collect();
    Some(&(&p * &Matrix::direct_sum(&logs)) * &p.inverse()?)
}

fn odd(eigenvalue: f64, blocks: &[usize]) -> String {
    let list: Vec<String> = (1..)
        .zip(blocks)
        .filter(|(_, count)| **count > 0)
        .map(|(size, count)| format!("{count} of size {size}"))
        .collect();
    format!(
        "no real logarithm: the negative eigenvalue {eigenvalue:.6} has Jordan blocks in odd number ({})",
        list.join(", ")
    )
}

/// Why negative eigenvalues that are left over forbid a logarithm, and how near the next one is.
fn lone_negative(eigenvalues: &[(f64, f64)], unscaled: impl Fn(f64) -> f64) -> Option<Vec<String>> {
    let negative: Vec<f64> =
        eigenvalues.iter().filter(|(a, b)| *a < 0.0 && *b == 0.0).map(|(a, _)| *a).collect();
    let first = unscaled(*negative.first()?);
    let mut reasons = vec![format!("no real logarithm: the negative eigenvalue {first:.6} is simple")];
    for (k, a) in negative.iter().enumerate() {
        for b in &negative[k + 1..] {
            let gap = (a - b).abs() / a.abs();
            if gap < NEAR {
                reasons.push(format!(
                    "near the edge of what exp reaches: two negative eigenvalues differ by {gap:.1e} (relative)"
                ));
            }
        }
    }
    Some(reasons)
}

/// A warning for each pair of eigenvalues near the negative axis.
fn near_axis(eigenvalues: &[(f64, f64)]) -> Vec<String> {
    let near = eigenvalues.iter().filter(|(a, b)| *b > 0.0 && *a < 0.0 && *b < NEAR * -a);
    near.map(|(a, b)| {
        let off = b / -a;
        format!("near the edge of what exp reaches: the eigenvalues are {off:.1e} (relative) off the negative axis")
    })
    .collect()
}
