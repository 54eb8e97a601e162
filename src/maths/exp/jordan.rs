//! The Jordan structure of the negative eigenvalues of a matrix, to within a tolerance.
//!
//! A defective eigenvalue of a rounded matrix splits into several, ε^{1/k} apart for a block of size k; their mean is
//! accurate. So eigenvalues near the negative axis are gathered within some radius, and the group is taken as one
//! eigenvalue λ if M − λ on its invariant subspace is nilpotent to within the tolerance: found by deflating kernels one
//! after the other (Kublanovskaya 1966; Golub & Wilkinson 1976).

use crate::maths::linalg::{self, NotConverged};
use crate::maths::matrix::Matrix;

/// Radii, relative to |λ|, within which eigenvalues are gathered, from wide to narrow.
const RADII: [f64; 5] = [1e-2, 1e-4, 1e-6, 1e-9, 1e-13];

/// What was found about negative eigenvalues.
pub(super) enum Structure {
    /// None that could be resolved.
    None,
    /// A negative eigenvalue whose Jordan blocks do not pair.
    Odd {
        /// The eigenvalue.
        eigenvalue: f64,
        /// Number of blocks of size 1, 2, ….
        blocks: Vec<usize>,
    },
    /// A negative eigenvalue whose Jordan blocks pair.
    Even(Cluster),
}

/// A negative eigenvalue with its invariant subspace.
pub(super) struct Cluster {
    /// λ.
    pub(super) eigenvalue: f64,
    /// Orthonormal basis of the invariant subspace, as columns.
    pub(super) basis: Matrix,
    /// Orthonormal basis of the complementary invariant subspace, as columns.
    pub(super) complement: Matrix,
    /// M in the basis.
    pub(super) block: Matrix,
    /// Whether the block is λ·1.
    pub(super) is_diagonal: bool,
    /// Number of Jordan blocks of size at least 1, 2, ….
    kernels: Vec<usize>,
}

/// The first group of eigenvalues that is one negative eigenvalue to within the tolerance.
pub(super) fn negative_cluster(
    m: &Matrix,
    eigenvalues: &[(f64, f64)],
    tolerance: f64,
) -> Result<Structure, NotConverged> {
    for radius in RADII {
        let near: Vec<(f64, f64)> =
            eigenvalues.iter().copied().filter(|&(a, b)| a < 0.0 && b.abs() <= -radius * a).collect();
        let mut seeds = near.clone();
        while let Some(seed) = seeds.pop() {
            let group: Vec<f64> =
                near.iter().map(|v| v.0).filter(|a| (a - seed.0).abs() <= -radius * seed.0).collect();
            let Some(cluster) = cluster(m, &group, tolerance)? else { continue };
            if cluster.kernels.iter().all(|k| k % 2 == 0) {
                return Ok(Structure::Even(cluster));
            }
            let next = cluster.kernels.iter().skip(1).chain([&0]);
            let blocks = cluster.kernels.iter().zip(next).map(|(k, l)| k - l).collect();
            return Ok(Structure::Odd { eigenvalue: cluster.eigenvalue, blocks });
        }
    }
    Ok(Structure::None)
}

/// The subspace of a group of eigenvalues, if M less their mean is nilpotent there.
fn cluster(m: &Matrix, group: &[f64], tolerance: f64) -> Result<Option<Cluster>, NotConverged> {
    let (n, k) = (m.rows(), group.len());
    let eigenvalue = group.iter().sum::<f64>() / k as f64;
    let shifted = m - &Matrix::identity(n).scaled(eigenvalue);
    let power = (1..k).fold(shifted.clone(), |power, _| &power * &shifted);
    // Kernel and range of (M − λ)ᵏ: the k smallest singular values are those of the group.
    let parts = linalg::svd(&power)?;
    let basis = parts.right.block(0, n - k, n, k);
    let complement = parts.left.block(0, 0, n, n - k);
    let block = &(&basis.transpose() * m) * &basis;
    let nilpotent = &(&basis.transpose() * &shifted) * &basis;
    let Some(kernels) = kernels(&nilpotent, tolerance)? else { return Ok(None) };
    let is_diagonal = kernels.len() == 1;
    Ok(Some(Cluster { eigenvalue, basis, complement, block, is_diagonal, kernels }))
}

/// dim ker Nᵏ − dim ker Nᵏ⁻¹ for k = 1, 2, …; `None` where N is not nilpotent to within the tolerance.
fn kernels(nilpotent: &Matrix, tolerance: f64) -> Result<Option<Vec<usize>>, NotConverged> {
    let (mut n, mut found) = (nilpotent.clone(), Vec::new());
    while n.rows() > 0 {
        let parts = linalg::svd(&n)?;
        let rank = parts.values.iter().filter(|v| **v > tolerance).count();
        if rank == n.rows() {
            return Ok(None);
        }
        found.push(n.rows() - rank);
        // What N does to the quotient by its kernel.
        let across = parts.right.block(0, 0, n.rows(), rank);
        n = &(&across.transpose() * &n) * &across;
    }
    Ok(Some(found))
}

impl Cluster {
    /// K with K² = −1 that commutes with the block: J on pairs of Jordan chains of equal length. `None` where the
    /// chains cannot be told apart.
    pub(super) fn complex_structure(&self) -> Option<Matrix> {
        let n = self.block.rows();
        if self.is_diagonal {
            return Some(Matrix::from_fn(n, n, |i, j| {
                if i == j + 1 && j % 2 == 0 {
                    1.0
                } else if j == i + 1 && i % 2 == 0 {
                    -1.0
                } else {
                    0.0
                }
            }));
        }
        let nilpotent = &self.block - &Matrix::identity(n).scaled(self.eigenvalue);
        let chains = self.chains(&nilpotent)?;
        let mut p = Matrix::zeros(n, n);
        let mut k = Matrix::zeros(n, n);
        let mut start = 0;
        for pair in chains.chunks(2) {
            let [a, b] = pair else { return None };
            p.set_block(0, start, a);
            p.set_block(0, start + a.cols(), b);
            for i in 0..a.cols() {
                k[(start + a.cols() + i, start + i)] = 1.0;
                k[(start + i, start + a.cols() + i)] = -1.0;
            }
            start += 2 * a.cols();
        }
        Some(&(&p * &k) * &p.inverse()?)
    }

    /// Jordan chains v, Nv, …, as columns, the longest first; those of one length are adjacent.
    fn chains(&self, nilpotent: &Matrix) -> Option<Vec<Matrix>> {
        let (n, longest) = (nilpotent.rows(), self.kernels.len());
        let dimension = |k: usize| self.kernels[..k.min(longest)].iter().sum::<usize>();
        // Orthonormal basis of ker Nᵏ.
        let kernel = |k: usize| {
            let power = (0..k).fold(Matrix::identity(n), |power, _| &power * nilpotent);
            let d = dimension(k);
            linalg::svd(&power).ok().map(|parts| parts.right.block(0, n - d, n, d))
        };
        let mut chains = Vec::new();
        for length in (1..=longest).rev() {
            let count = self.kernels[length - 1] - self.kernels.get(length).copied().unwrap_or(0);
            if count == 0 {
                continue;
            }
            // Tops of chains of this length: ker Nᵏ beyond ker Nᵏ⁻¹ and the images of longer chains.
            let (here, below) = (kernel(length)?, kernel(length - 1)?);
            let from_above = nilpotent * &kernel(length + 1)?;
            let used = span(&below, &from_above, here.cols() - count)?;
            let beyond = &here - &(&used * &(&used.transpose() * &here));
            let tops = first_left_vectors(&beyond, count)?;
            for top in 0..count {
                let mut chain = Matrix::zeros(n, length);
                let mut link = tops.block(0, top, n, 1);
                for k in 0..length {
                    chain.set_block(0, k, &link);
                    link = nilpotent * &link;
                }
                chains.push(chain);
            }
        }
        Some(chains)
    }
}

/// Orthonormal basis, of known dimension, of what the columns of two matrices span.
fn span(a: &Matrix, b: &Matrix, dimension: usize) -> Option<Matrix> {
    let mut both = Matrix::zeros(a.rows(), a.cols() + b.cols());
    both.set_block(0, 0, a);
    both.set_block(0, a.cols(), b);
    first_left_vectors(&both, dimension)
}

/// The left singular vectors of the `count` largest singular values of a matrix of any shape.
fn first_left_vectors(m: &Matrix, count: usize) -> Option<Matrix> {
    let size = m.rows().max(m.cols());
    let mut square = Matrix::zeros(size, size);
    square.set_block(0, 0, m);
    linalg::svd(&square).ok().map(|parts| parts.left.block(0, 0, m.rows(), count))
}
