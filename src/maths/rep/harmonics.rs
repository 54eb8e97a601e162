//! Real spherical harmonics, orthonormal on the sphere, with y as the polar axis.
//!
//! Y_{l,m}, m = −l … l, is N_{l|m|} Q_l^{|m|}(y) times √2 Im (z + ix)^{|m|} for m < 0, 1 for m = 0 and √2 Re (z + ix)^m
//! for m > 0, where Q_l^m is the m-th derivative of the Legendre polynomial P_l and
//! N_lm = √((2l + 1)/4π · (l − m)!/(l + m)!); no (−1)^m. With this axis the block l = 1 is √(3/4π) (x, y, z), in that
//! order, and every degree agrees with e3nn's `spherical_harmonics(l, r, True, 'integral')`.

use super::super::matrix::Matrix;
use super::wigner::turned;
use std::f64::consts::PI;

/// Y_{l,m}(v), m = −l … l, at a unit vector v = (x, y, z); orthonormal: ∫ Y_{lm} Y_{ln} = δ_mn over the sphere.
///
/// v is taken as it is: away from |v| = 1 the result has no meaning, nor beyond l = 32, where factorials overflow.
pub fn spherical_harmonics(l: u8, v: [f64; 3]) -> Vec<f64> {
    let [x, y, z] = v;
    let l = usize::from(l);
    let mut out = vec![0.0; 2 * l + 1];
    // (z + ix)^m
    let (mut re, mut im) = (1.0, 0.0);
    for m in 0..=l {
        let size = norm(l, m) * legendre_derivative(l, m, y);
        if m == 0 {
            out[l] = size;
        } else {
            out[l + m] = std::f64::consts::SQRT_2 * size * re;
            out[l - m] = std::f64::consts::SQRT_2 * size * im;
        }
        (re, im) = (re * z - im * x, re * x + im * z);
    }
    out
}

/// √((2l + 1)/4π · (l − m)!/(l + m)!).
fn norm(l: usize, m: usize) -> f64 {
    let ratio: f64 = (l - m + 1..=l + m).map(|k| 1.0 / k as f64).product();
    ((2 * l + 1) as f64 / (4.0 * PI) * ratio).sqrt()
}

/// dᵐP_l/dyᵐ by (k − m) Q_k = (2k − 1) y Q_{k−1} − (k + m − 1) Q_{k−2} from Q_m = (2m − 1)!!.
fn legendre_derivative(l: usize, m: usize, y: f64) -> f64 {
    let (mut before, mut here) = (0.0, (1..=m).map(|k| (2 * k - 1) as f64).product::<f64>());
    for k in m + 1..=l {
        let next = ((2 * k - 1) as f64 * y * here - (k + m - 1) as f64 * before) / (k - m) as f64;
        (before, here) = (here, next);
    }
    here
}

/// Bases of an irrep of SO(3) in use elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// e3nn from version 0.2.2 on: the polar axis is y and l = 1 is (x, y, z).
    E3nn,
    /// Polar axis z, as in physics and in e3nn before 0.2.2: l = 1 is (y, z, x). Without the phase of Condon and
    /// Shortley.
    PolarZ,
}

/// B with Y_l in the other convention = B Y_l in ours, (2l + 1) × (2l + 1) and orthogonal; matrices change to B ρ Bᵀ.
///
/// For e3nn it is the identity: the conventions are the same. For [`Convention::PolarZ`] it is ρ_l of the cyclic
/// turn (x, y, z) ↦ (y, z, x), which brings z to where our polar axis is.
pub fn change_of_basis(l: u8, convention: Convention) -> Matrix {
    match convention {
        Convention::E3nn => Matrix::identity(2 * usize::from(l) + 1),
        Convention::PolarZ => {
            turned(l, &Matrix::from_rows(&[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]))
        }
    }
}
