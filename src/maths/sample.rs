//! Random group elements by the laws that residuals are measured with.

use super::group::{Group, boost, rotation2};
use super::haar::compact::{self, coin, reflect};
use super::matrix::Matrix;
use super::rng::Rng;
use std::f64::consts::TAU;

impl Group {
    /// A random element.
    ///
    /// Compact groups by Haar measure; C(n) and D(n) uniform; O(n) each component equally often; SO⁺(1,n) as
    /// boost · rotation with the boost's direction uniform and its rapidity uniform on [0, `rapidity`]; GL⁺(2) as
    /// K A K with singular values log-uniform on [½, 2]. The same laws as [`super::haar::residual`], for the groups with
    /// a handle, by draws of their own, so that what the labs measured at a seed can be repeated.
    pub fn sample(self, rng: &mut Rng, rapidity: f64) -> Matrix {
        let turn = |rng: &mut Rng| TAU * rng.uniform();
        match self {
            Self::Cyclic(n) => compact::turn(n as usize, rng),
            Self::Dihedral(n) => {
                let r = compact::turn(n as usize, rng);
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
                let sign = if coin(rng) { -1.0 } else { 1.0 };
                boost(&[sign], rapidity * rng.uniform())
            }
            Self::Lorentz(_) => {
                let (s, c) = turn(rng).sin_cos();
                let b = boost(&[c, s], rapidity * rng.uniform());
                let rot = Matrix::direct_sum(&[&Matrix::identity(1), &rotation2(turn(rng))]);
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

/// Reflects the last axis with probability one half.
fn maybe_reflect(rng: &mut Rng, m: Matrix) -> Matrix {
    let last = m.cols() - 1;
    if coin(rng) { m } else { reflect(&m, last) }
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
