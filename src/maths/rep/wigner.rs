//! ρ_l(R) and dρ_l(A) in the basis of the real spherical harmonics.

use super::super::matrix::Matrix;
use super::MAX_DEGREE;
use super::clebsch::coupling;

/// ρ_l(R) of a rotation R, 3 × 3 with RᵀR = 1 and det R = 1: the matrix with Y_l(R v) = ρ_l(R) Y_l(v).
///
/// By the recursion in l of Ivanic and Ruedenberg (J. Phys. Chem. 100, 6342, 1996, with the additions of 1998), which
/// is rational in the entries of R. R is taken as it is; the result carries its deviation from a rotation along.
/// `None` unless R is 3 × 3 and l ≤ [`MAX_DEGREE`].
pub fn wigner(l: u8, r: &Matrix) -> Option<Matrix> {
    accepted(l, r).then(|| turned(l, r))
}

fn accepted(l: u8, m: &Matrix) -> bool {
    l <= MAX_DEGREE && (m.rows(), m.cols()) == (3, 3)
}

/// [`wigner`] of a matrix that is known to be 3 × 3.
pub(super) fn turned(l: u8, r: &Matrix) -> Matrix {
    let mut rho = Matrix::identity(1);
    for degree in 1..=i64::from(l) {
        rho = if degree == 1 { r.block(0, 0, 3, 3) } else { next_degree(degree, r, &rho) };
    }
    rho
}

/// One step of the recursion: from ρ_{l−1} and R = ρ_1, indices m = −1, 0, 1, to ρ_l.
fn next_degree(l: i64, r: &Matrix, before: &Matrix) -> Matrix {
    let (step, side) = (Step { l, r, before }, (2 * l + 1) as usize);
    Matrix::from_fn(side, side, |i, j| step.entry(i as i64 - l, j as i64 - l))
}

struct Step<'a> {
    l: i64,
    r: &'a Matrix,
    before: &'a Matrix,
}

impl Step<'_> {
    fn entry(&self, m: i64, n: i64) -> f64 {
        let (l, k) = (self.l, m.abs());
        let below = if n.abs() == l { 2 * l * (2 * l - 1) } else { (l + n) * (l - n) } as f64;
        let one = |yes: bool| f64::from(u8::from(yes));
        let u = (((l + m) * (l - m)) as f64 / below).sqrt();
        let v = 0.5 * ((1.0 + one(m == 0)) * ((l + k - 1) * (l + k)) as f64 / below).sqrt();
        let v = v * (1.0 - 2.0 * one(m == 0));
        let w = -0.5 * (((l - k - 1) * (l - k)) as f64 / below).sqrt() * (1.0 - one(m == 0));
        // A term whose factor vanishes would reach outside of ρ_{l−1}.
        let times = |factor: f64, term: &dyn Fn() -> f64| if factor == 0.0 { 0.0 } else { factor * term() };
        times(u, &|| self.p(0, m, n)) + times(v, &|| self.v(m, n)) + times(w, &|| self.w(m, n))
    }

    fn r(&self, i: i64, j: i64) -> f64 {
        self.r[((i + 1) as usize, (j + 1) as usize)]
    }

    fn before(&self, m: i64, n: i64) -> f64 {
        self.before[((m + self.l - 1) as usize, (n + self.l - 1) as usize)]
    }

    fn p(&self, i: i64, m: i64, n: i64) -> f64 {
        let l = self.l;
        if n == l {
            self.r(i, 1) * self.before(m, l - 1) - self.r(i, -1) * self.before(m, 1 - l)
        } else if n == -l {
            self.r(i, 1) * self.before(m, 1 - l) + self.r(i, -1) * self.before(m, l - 1)
        } else {
            self.r(i, 0) * self.before(m, n)
        }
    }

    fn v(&self, m: i64, n: i64) -> f64 {
        let root2 = std::f64::consts::SQRT_2;
        match m {
            0 => self.p(1, 1, n) + self.p(-1, -1, n),
            1 => root2 * self.p(1, 0, n),
            -1 => root2 * self.p(-1, 0, n),
            m if m > 0 => self.p(1, m - 1, n) - self.p(-1, 1 - m, n),
            m => self.p(1, m + 1, n) + self.p(-1, -m - 1, n),
        }
    }

    fn w(&self, m: i64, n: i64) -> f64 {
        if m > 0 {
            self.p(1, m + 1, n) + self.p(-1, -m - 1, n)
        } else {
            self.p(1, m - 1, n) - self.p(-1, 1 - m, n)
        }
    }
}

/// dρ_l(A) of an antisymmetric A, 3 × 3: the derivative of ρ_l(exp tA) at t = 0.
///
/// The three matrices of the angular momentum are, by the theorem of Wigner and Eckart, the coupling l ⊗ 1 → l times
/// −√(l(l + 1)(2l + 1)), as (L_k)_ij = −ε_ijk is −√6 times that of l = 1. Only the antisymmetric part of A counts.
/// `None` unless A is 3 × 3 and l ≤ [`MAX_DEGREE`].
pub fn drho(l: u8, a: &Matrix) -> Option<Matrix> {
    accepted(l, a).then(|| derivative(l, a))
}

/// [`drho`] of a matrix that is known to be 3 × 3.
pub(super) fn derivative(l: u8, a: &Matrix) -> Matrix {
    let side = 2 * usize::from(l) + 1;
    if l == 0 {
        return Matrix::zeros(1, 1);
    }
    let axis = [(2, 1), (0, 2), (1, 0)].map(|(i, j)| 0.5 * (a[(i, j)] - a[(j, i)]));
    let degree = f64::from(l);
    let size = (degree * (degree + 1.0) * (2.0 * degree + 1.0)).sqrt();
    let coupling = coupling(l, 1, l);
    let entry = |i: usize, k: usize, j: usize| coupling[(i * 3 + k) * side + j];
    Matrix::from_fn(side, side, |j, i| (0..3).map(|k| -size * axis[k] * entry(i, k, j)).sum())
}
