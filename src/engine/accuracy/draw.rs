//! Random samples, well and badly conditioned.

use std::f64::consts::PI;

use crate::engine::kernels::lie_exp::Algebra;
use crate::engine::kernels::quaternion;
use crate::engine::kernels::small::{Small, load, one, polar, product, store, symmetric, transpose};
use crate::maths::rng::Rng;

/// Padded to the largest matrices that are drawn.
type Drawn = Small<f64, 5>;

fn flat<const M: usize>(m: &Small<f64, M>, n: usize) -> Vec<f64> {
    let mut y = vec![0.0; n * n];
    store(m, n, &mut y);
    y
}

/// Independent normal numbers.
pub(super) fn normal<const K: usize>(rng: &mut Rng, _: usize) -> Vec<f64> {
    (0..K).map(|_| rng.normal()).collect()
}

/// Normal matrices, every other one with a column shrunk by up to 10⁴.
pub(super) fn matrix<const N: usize>(rng: &mut Rng, i: usize) -> Vec<f64> {
    let mut m: Vec<f64> = (0..N * N).map(|_| rng.normal()).collect();
    if i % 2 == 1 {
        let factor = 10_f64.powf(-4.0 * rng.uniform());
        m.iter_mut().step_by(N).for_each(|v| *v *= factor);
    }
    m
}

fn orthogonal(rng: &mut Rng, n: usize) -> Drawn {
    let g: Vec<f64> = (0..n * n).map(|_| rng.normal()).collect();
    polar(&load(&g, n), n)
}

/// q diag(values) qᵀ for a random orthogonal q.
fn with_eigenvalues(rng: &mut Rng, n: usize, mut value: impl FnMut(&mut Rng, usize) -> f64) -> Vec<f64> {
    let q = orthogonal(rng, n);
    let mut scaled = q;
    for j in 0..n {
        let v = value(rng, j);
        scaled.iter_mut().for_each(|row| row[j] *= v);
    }
    flat(&product(&scaled, &transpose(&q)), n)
}

/// Symmetric matrices; every other one has equal eigenvalues but for one, up to rounding.
pub(super) fn symmetric_matrix<const N: usize>(rng: &mut Rng, i: usize) -> Vec<f64> {
    if i % 2 == 1 {
        return with_eigenvalues(rng, N, |_, j| if j == 0 { -2.0 } else { 1.0 });
    }
    let m: Drawn = load(&normal::<25>(rng, i)[..N * N], N);
    flat(&symmetric(&m), N)
}

/// Definite matrices with eigenvalues from 10⁻⁴ to 10.
pub(super) fn definite<const N: usize>(rng: &mut Rng, _: usize) -> Vec<f64> {
    with_eigenvalues(rng, N, |rng, _| 10_f64.powf(5.0 * rng.uniform() - 4.0))
}

/// Numbers of ±100.
pub(super) fn number(rng: &mut Rng, _: usize) -> Vec<f64> {
    vec![200.0 * rng.uniform() - 100.0]
}

fn direction(rng: &mut Rng, length: f64) -> [f64; 3] {
    let v = [rng.normal(), rng.normal(), rng.normal()];
    let norm = v.iter().map(|v| v * v).sum::<f64>().sqrt().max(1e-9);
    v.map(|v| v * length / norm)
}

/// Vectors up to `MOST` long, every fourth one tiny.
pub(super) fn vector<const MOST: u32>(rng: &mut Rng, i: usize) -> Vec<f64> {
    let u = rng.uniform();
    let length = if i % 4 == 3 { 10_f64.powf(-8.0 * u) } else { f64::from(MOST) * u };
    direction(rng, length).to_vec()
}

/// Coordinates of sl(2) of ±4.
pub(super) fn sl2_vector(rng: &mut Rng, _: usize) -> Vec<f64> {
    (0..3).map(|_| 8.0 * rng.uniform() - 4.0).collect()
}

/// Rotations: by any angle, by angles close to π, by tiny ones.
pub(super) fn rotation(rng: &mut Rng, i: usize) -> Vec<f64> {
    let u = rng.uniform();
    let small = 10_f64.powf(-9.0 * u);
    let angle = [PI * u, PI - small, small][i % 3];
    flat(&Algebra::So3.exp(direction(rng, angle)), 3)
}

/// Rotations of random quaternions.
pub(super) fn turned(rng: &mut Rng, _: usize) -> Vec<f64> {
    let q = [rng.normal(), rng.normal(), rng.normal(), rng.normal()];
    flat(&quaternion::to_rotation(q), 3)
}

/// Elements of SL(2) on one-parameter subgroups, elliptic ones turned by less than 3; every fourth hyperbolic one negated,
/// so that it has no logarithm.
pub(super) fn sl2_element(rng: &mut Rng, i: usize) -> Vec<f64> {
    let v: [f64; 3] = std::array::from_fn(|_| 4.0 * rng.uniform() - 2.0);
    let x = v[2] * v[2] - v[0] * v[0] - v[1] * v[1];
    let shrink = (3.0 / x.max(9.0).sqrt()).min(1.0);
    let sign = if i % 4 == 3 && x < 0.0 { -1.0 } else { 1.0 };
    flat(&Algebra::Sl2.exp(v.map(|v| v * shrink)), 2).into_iter().map(|v| sign * v).collect()
}

/// Lorentz matrices B R with rapidities up to 5.
pub(super) fn lorentz(rng: &mut Rng, i: usize) -> Vec<f64> {
    let length = if i % 4 == 3 { 10_f64.powf(-8.0 * rng.uniform()) } else { 5.0 * rng.uniform() };
    let boost = Algebra::Boost.exp(direction(rng, length));
    let space = Algebra::So3.exp(direction(rng, 3.0));
    let mut turn = one();
    for (row, from) in turn[1..].iter_mut().zip(&space) {
        row[1..].copy_from_slice(&from[..3]);
    }
    flat(&product(&boost, &turn), 4)
}
