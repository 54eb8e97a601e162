//! Random group elements by the laws that residuals are measured with.

use super::group::{Group, boost, rotation2};
use super::matrix::Matrix;
use super::rng::Rng;
use std::f64::consts::TAU;

impl Group {
    /// A random element.
    ///
    /// Compact groups by Haar measure; C(n) and D(n) uniform; O(n) each component equally often; SO⁺(1,n) as
    /// boost · rotation with the boost's direction uniform and its rapidity uniform on [0, `rapidity`]; GL⁺(2) as
    /// K A K with singular values log-uniform on [½, 2].
    pub fn sample(self, rng: &mut Rng, rapidity: f64) -> Matrix {
        let turn = |rng: &mut Rng| TAU * rng.uniform();
        match self {
            Self::Cyclic(n) => rotation2(TAU * f64::from(pick(rng, n)) / f64::from(n)),
            Self::Dihedral(n) => {
                let r = rotation2(TAU * f64::from(pick(rng, n)) / f64::from(n));
                maybe_reflect(rng, r)
            }
            Self::Rotation(2) => rotation2(turn(rng)),
            Self::Orthogonal(2) => {
                let r = rotation2(turn(rng));
                maybe_reflect(rng, r)
            }
            Self::Rotation(_) => haar_rotation3(rng),
            Self::Orthogonal(_) => {
                let r = haar_rotation3(rng);
                maybe_reflect(rng, r)
            }
            Self::Lorentz(1) => {
                let sign = if rng.uniform() < 0.5 { -1.0 } else { 1.0 };
                boost(&[sign], rapidity * rng.uniform())
            }
            Self::Lorentz(_) => {
                let (s, c) = turn(rng).sin_cos();
                let b = boost(&[c, s], rapidity * rng.uniform());
                let r = rotation2(turn(rng));
                let mut rot = Matrix::identity(3);
                for i in 0..2 {
                    for j in 0..2 {
                        rot[(i + 1, j + 1)] = r[(i, j)];
                    }
                }
                &b * &rot
            }
            Self::GeneralLinear2 => {
                let mut s = || 2f64.powf(2.0 * rng.uniform() - 1.0);
                let a = Matrix::diagonal(&[s(), s()]);
                let (k1, k2) = (rotation2(turn(rng)), rotation2(turn(rng)));
                &(&k1 * &a) * &k2
            }
        }
    }
}

fn pick(rng: &mut Rng, n: u32) -> u32 {
    ((rng.uniform() * f64::from(n)) as u32).min(n.saturating_sub(1))
}

/// Reflects the last axis with probability one half.
fn maybe_reflect(rng: &mut Rng, m: Matrix) -> Matrix {
    if rng.uniform() < 0.5 {
        return m;
    }
    let mut d = vec![1.0; m.rows()];
    if let Some(last) = d.last_mut() {
        *last = -1.0;
    }
    &m * &Matrix::diagonal(&d)
}

/// Uniform rotation of R³: a normal quadruple, normalised, is a uniform unit quaternion.
fn haar_rotation3(rng: &mut Rng) -> Matrix {
    let q = loop {
        let q = [rng.normal(), rng.normal(), rng.normal(), rng.normal()];
        let l = q.iter().map(|v| v * v).sum::<f64>().sqrt();
        if l > 1e-6 {
            break q.map(|v| v / l);
        }
    };
    let [x, y, z, w] = q;
    Matrix::from_rows(&[
        [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)],
        [2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)],
        [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)],
    ])
}
