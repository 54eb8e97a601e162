//! The principal logarithm of a quasi-triangular matrix, by inverse scaling and squaring.
//!
//! log T = 2ˢ log T^{1/2ˢ}: square roots block by block (Björck & Hammarling 1983; Higham 1987) until T^{1/2ˢ} is near
//! 1, then the diagonal Padé approximant in partial fractions (Higham 2001; Al-Mohy & Higham 2012):
//! log(1 + X) = Σ wⱼ X (1 + xⱼ X)⁻¹ with the nodes and weights of Gauss and Legendre on [0, 1]. The diagonal blocks of
//! the result are those of the closed form, free of the rounding of the roots.

use super::pade::norm1;
use super::plane;
use crate::maths::linalg::Schur;
use crate::maths::matrix::Matrix;

/// ‖X‖₁ up to which seven nodes are exact to 2⁻⁵³ (Higham 2008, *Functions of Matrices*, table 11.1).
const NEAR_ONE: f64 = 0.264;
/// Nodes above 0 on [−1, 1] and weights of the seven-point rule; the nodes below 0 mirror them.
const NODES: [(f64, f64); 4] = [
    (0.0, 0.417_959_183_673_469_4),
    (0.405_845_151_377_397_2, 0.381_830_050_505_118_9),
    (0.741_531_185_599_394_5, 0.279_705_391_489_276_6),
    (0.949_107_912_342_758_5, 0.129_484_966_168_869_7),
];
/// More roots than this do not bring a matrix of f64 nearer to 1.
const MOST_ROOTS: i32 = 100;

/// log(Q T Qᵀ), where T has no eigenvalue on the closed negative axis. `None` where rounding prevents it.
pub(super) fn principal(schur: &Schur) -> Option<Matrix> {
    let blocks = schur.blocks();
    let one = Matrix::identity(schur.t.rows());
    let (mut root, mut roots) = (schur.t.clone(), 0);
    while norm1(&(&root - &one)) > NEAR_ONE {
        if roots == MOST_ROOTS {
            return None;
        }
        root = square_root(&root, &blocks)?;
        roots += 1;
    }
    let mut log = near_one(&(&root - &one))?.scaled(2f64.powi(roots));
    for &(i, size) in &blocks {
        let exact = if size == 1 {
            Matrix::diagonal(&[schur.t[(i, i)].ln()])
        } else {
            plane::log(&schur.t.block(i, i, 2, 2)).matrix?
        };
        log.set_block(i, i, &exact);
    }
    let log = &(&schur.q * &log) * &schur.q.transpose();
    log.is_finite().then_some(log)
}

/// log(1 + X) for small X.
fn near_one(x: &Matrix) -> Option<Matrix> {
    let n = x.rows();
    let mut sum = Matrix::zeros(n, n);
    for (node, weight) in NODES {
        let signs: &[f64] = if node == 0.0 { &[1.0] } else { &[1.0, -1.0] };
        for sign in signs {
            let factor = &Matrix::identity(n) + &x.scaled(0.5 + 0.5 * sign * node);
            sum = &sum + &factor.solve(x)?.scaled(0.5 * weight);
        }
    }
    Some(sum)
}

/// The root of a quasi-triangular matrix whose eigenvalues have positive real parts.
fn square_root(t: &Matrix, blocks: &[(usize, usize)]) -> Option<Matrix> {
    let n = t.rows();
    let mut root = Matrix::zeros(n, n);
    for (column, &(j, q)) in blocks.iter().enumerate() {
        root.set_block(j, j, &block_root(&t.block(j, j, q, q)));
        for &(i, p) in blocks[..column].iter().rev() {
            // Rᵢᵢ X + X Rⱼⱼ = Tᵢⱼ − Σ Rᵢₖ Rₖⱼ over the rows k between the two blocks.
            let between = j - i - p;
            let known = &root.block(i, i + p, p, between) * &root.block(i + p, j, between, q);
            let right = &t.block(i, j, p, q) - &known;
            let x = sylvester(&root.block(i, i, p, p), &root.block(j, j, q, q), &right)?;
            root.set_block(i, j, &x);
        }
    }
    Some(root)
}

/// √M for one number, or for a block with the eigenvalues a ± ib: (M + √det) / √(tr + 2√det).
fn block_root(m: &Matrix) -> Matrix {
    if m.rows() == 1 {
        return Matrix::diagonal(&[m[(0, 0)].sqrt()]);
    }
    let (half_trace, half_gap) = (0.5 * (m[(0, 0)] + m[(1, 1)]), 0.5 * (m[(0, 0)] - m[(1, 1)]));
    let square_imaginary = -(half_gap * half_gap + m[(0, 1)] * m[(1, 0)]);
    let modulus = half_trace.hypot(square_imaginary.max(0.0).sqrt());
    // modulus + half_trace, which would cancel near the negative axis.
    let sum =
        if half_trace >= 0.0 { modulus + half_trace } else { square_imaginary / (modulus - half_trace) };
    (m + &Matrix::identity(2).scaled(modulus)).scaled(1.0 / (2.0 * sum).sqrt())
}

/// X with A X + X B = C, for blocks of one or two rows.
fn sylvester(a: &Matrix, b: &Matrix, c: &Matrix) -> Option<Matrix> {
    let (p, q) = (c.rows(), c.cols());
    let left = &a.kron(&Matrix::identity(q)) + &Matrix::identity(p).kron(&b.transpose());
    let x = left.solve(&Matrix::from_data(p * q, 1, c.data().to_vec())?)?;
    Matrix::from_data(p, q, x.data().to_vec())
}
