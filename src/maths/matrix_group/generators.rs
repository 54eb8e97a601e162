//! The generators of the named groups, a few lines each.
//!
//! Lie algebras are given by a basis, in the order of the conventions: boosts Kᵢ before rotations L_ij, L_x, L_y, L_z
//! for n = 3. E_ij has a single 1, in row i and column j.

use super::MatrixGroup;
use super::named::{Factor, Family, NamedGroup};
use crate::maths::matrix::Matrix;
use std::f64::consts::TAU;

/// The two lists of generators.
struct Generators {
    lie: Vec<Matrix>,
    discrete: Vec<Matrix>,
}

impl NamedGroup {
    /// The group by its generators.
    pub fn build(&self) -> MatrixGroup {
        let dim = self.dim();
        let (mut lie, mut discrete, mut start) = (vec![], vec![], 0);
        for &factor in self.factors() {
            let part = generators(factor);
            let placed = |base: Matrix, m: &Matrix| {
                let mut whole = base;
                whole.set_block(start, start, m);
                whole
            };
            lie.extend(part.lie.iter().map(|a| placed(Matrix::zeros(dim, dim), a)));
            discrete.extend(part.discrete.iter().map(|h| placed(Matrix::identity(dim), h)));
            start += factor.dim();
        }
        MatrixGroup { name: self.to_string(), dim, lie, discrete, named: Some(self.clone()) }
    }
}

/// The table of the groups.
fn generators(factor: Factor) -> Generators {
    let n = factor.size();
    let connected = |lie| Generators { lie, discrete: vec![] };
    let with = |lie, discrete| Generators { lie, discrete };
    match factor.family() {
        Family::Trivial => connected(vec![]),
        Family::Shifts => with(vec![], vec![shift(n)]),
        Family::Cyclic => with(vec![], vec![turn(n)]),
        Family::Dihedral => with(vec![], vec![turn(n), reflection(2, 1)]),
        Family::Symmetric => with(vec![], (1..n).map(|k| transposition(n, 0, k)).collect()),
        Family::Rotation => connected(rotations(n)),
        Family::Orthogonal => with(rotations(n), vec![reflection(n, n - 1)]),
        Family::Lorentz => connected(boosts_and_rotations(n)),
        Family::FullLorentz => {
            with(boosts_and_rotations(n), vec![reflection(n + 1, 0), reflection(n + 1, n)])
        }
        Family::SpecialLinear => connected(traceless(n)),
        Family::PositiveLinear => connected(all_units(n)),
        Family::GeneralLinear => with(all_units(n), vec![reflection(n, n - 1)]),
        Family::Symplectic => connected(symplectic(n / 2)),
        Family::Unitary => connected(unitary(n, true)),
        Family::SpecialUnitary => connected(unitary(n, false)),
        Family::SpecialEuclidean => connected(affine(n, rotations(n))),
        Family::Euclidean => with(affine(n, rotations(n)), vec![reflection(n + 1, n - 1)]),
        Family::Similarity => {
            let mut linear = rotations(n);
            linear.push(Matrix::identity(n));
            connected(affine(n, linear))
        }
        Family::PositiveAffine => connected(affine(n, all_units(n))),
        Family::Affine => with(affine(n, all_units(n)), vec![reflection(n + 1, n - 1)]),
        Family::Scale => connected(vec![Matrix::identity(n)]),
    }
}

/// E_ij on Rⁿ.
fn unit(n: usize, i: usize, j: usize) -> Matrix {
    let mut m = Matrix::zeros(n, n);
    m[(i, j)] = 1.0;
    m
}

/// All E_ij, row by row.
fn all_units(n: usize) -> Vec<Matrix> {
    (0..n * n).map(|k| unit(n, k / n, k % n)).collect()
}

/// E_ij for i ≠ j, then E_ii − E_{i+1,i+1}.
fn traceless(n: usize) -> Vec<Matrix> {
    let off = (0..n * n).filter(|k| k / n != k % n).map(|k| unit(n, k / n, k % n));
    off.chain((1..n).map(|i| &unit(n, i - 1, i - 1) - &unit(n, i, i))).collect()
}

/// Pairs of axes with L_ij turning axis i towards axis j: for n = 3 those of L_x, L_y, L_z, else i < j in order.
fn planes(n: usize) -> Vec<(usize, usize)> {
    match n {
        3 => vec![(1, 2), (2, 0), (0, 1)],
        _ => (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect(),
    }
}

/// L_ij = E_ji − E_ij.
fn rotations(n: usize) -> Vec<Matrix> {
    planes(n).into_iter().map(|(i, j)| &unit(n, j, i) - &unit(n, i, j)).collect()
}

/// Kᵢ = E_0i + E_i0 for the n axes of space, then the rotations of space.
fn boosts_and_rotations(n: usize) -> Vec<Matrix> {
    let boosts = (1..=n).map(|i| &unit(n + 1, 0, i) + &unit(n + 1, i, 0));
    let space = |l: &Matrix| Matrix::direct_sum(&[&Matrix::zeros(1, 1), l]);
    boosts.chain(rotations(n).iter().map(space)).collect()
}

/// The blocks [[A, B], [C, −Aᵀ]] with B and C symmetric: AᵀΩ + ΩA = 0 for Ω = [[0, I], [−I, 0]].
fn symplectic(n: usize) -> Vec<Matrix> {
    let size = 2 * n;
    let mut basis: Vec<Matrix> =
        (0..n * n).map(|k| &unit(size, k / n, k % n) - &unit(size, n + k % n, n + k / n)).collect();
    for i in 0..n {
        for j in i..n {
            let (mut upper, mut lower) = (unit(size, i, n + j), unit(size, n + i, j));
            upper[(j, n + i)] = 1.0;
            lower[(n + j, i)] = 1.0;
            basis.extend([upper, lower]);
        }
    }
    basis
}

/// A + iB as the real matrix [[A, −B], [B, A]].
fn realified(a: &Matrix, b: &Matrix) -> Matrix {
    let n = a.rows();
    let mut m = Matrix::direct_sum(&[a, a]);
    m.set_block(0, n, &-b);
    m.set_block(n, 0, b);
    m
}

/// Antihermitian matrices: L_ij, i (E_ij + E_ji), and on the diagonal i E_jj or, without the trace, i (E_jj − E_kk).
fn unitary(n: usize, with_trace: bool) -> Vec<Matrix> {
    let zero = Matrix::zeros(n, n);
    let mut basis: Vec<Matrix> = rotations(n).iter().map(|l| realified(l, &zero)).collect();
    for (i, j) in planes(n) {
        basis.push(realified(&zero, &(&unit(n, i, j) + &unit(n, j, i))));
    }
    if with_trace {
        basis.extend((0..n).map(|j| realified(&zero, &unit(n, j, j))));
    } else {
        basis.extend((1..n).map(|j| realified(&zero, &(&unit(n, j - 1, j - 1) - &unit(n, j, j)))));
    }
    basis
}

/// The linear generators in homogeneous coordinates, then the translations E_in.
fn affine(n: usize, linear: Vec<Matrix>) -> Vec<Matrix> {
    let zero = Matrix::zeros(1, 1);
    let mut basis: Vec<Matrix> = linear.iter().map(|a| Matrix::direct_sum(&[a, &zero])).collect();
    basis.extend((0..n).map(|i| unit(n + 1, i, n)));
    basis
}

/// e_i ↦ e_{i+1}, indices modulo n.
fn shift(n: usize) -> Matrix {
    Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == (j + 1) % n)))
}

/// Exchange of the coordinates a and b.
fn transposition(n: usize, a: usize, b: usize) -> Matrix {
    let image = |j| {
        if j == a {
            b
        } else if j == b {
            a
        } else {
            j
        }
    };
    Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == image(j))))
}

/// The rotation of R² by 2π/n.
fn turn(n: usize) -> Matrix {
    let (s, c) = (TAU / n as f64).sin_cos();
    Matrix::from_rows(&[[c, -s], [s, c]])
}

/// diag(1, …, −1, …, 1) with −1 at `axis`.
fn reflection(n: usize, axis: usize) -> Matrix {
    let mut m = Matrix::identity(n);
    m[(axis, axis)] = -1.0;
    m
}
