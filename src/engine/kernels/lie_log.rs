//! Logarithms: matrices `[B, n, n]` to coordinates of [`Algebra`] and a flag, `[B, 4]`: (v, 1), or zeros where there is no
//! logarithm. Attributes: ints = [[`Algebra`]].
//!
//! - Rotations: by the quaternion, |v| ≤ π, exact to rounding at every angle; at π one of the two signs.
//! - SL(2): −1 and tr > −2 have logarithms, the others have none (flag 0). Of −1 it is half a turn, v = (0, 0, π).
//! - Lorentz matrices Λ = B R: the rapidity of the boost B, from the first column.
//!
//! Matrices are taken to be of their group; what is off it by rounding moves the result by as much as it must.
//!
//! No derivative: labs take logarithms of data and of handles, and differentiate through the exponential.
//!
//! Accuracy of the shader: ‖Δ‖ ≤ c ε (‖v‖ + ‖m‖/σ), ε = 2⁻²⁴, σ the smallest singular value of the derivative of the
//! exponential at v (in SL(2) it vanishes at an angle of π, where the logarithm jumps). For rotations, 10⁻⁹ from π
//! included, c = 6 (measured 2.2 over 10⁵ samples); for SL(2) 16 (7.3); for rapidities up to 5 it is 5 (1.7).

use super::lie_exp::Algebra;
use super::quaternion::from_rotation;
use super::small::{MOST, launch, load, signature, square};
use super::{Attrs, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance};
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;
use std::f64::consts::PI;

/// The kernel.
pub struct LieLog;
/// Its registry entry.
pub static KERNEL: LieLog = LieLog;

/// The angle of sine s > 0 and cosine c, up to a common factor, divided by s; 1/c at 0.
fn angle_over_sine<T: Real>(s: T, c: T) -> T {
    if s > T::ZERO { s.atan2(c) / s } else { T::ONE / c }
}

/// arsinh(s)/s for s ≥ 0 and c = √(1 + s²).
fn rapidity_over<T: Real>(s: T, c: T) -> T {
    const TERMS: i32 = 20;
    let t = s / c;
    if t > T::from_f64(0.414) {
        return (s + c).ln() / s;
    }
    let odd = |i: i32| T::ONE / T::from_f64(f64::from(2 * i + 1));
    (0..TERMS).rev().fold(T::ZERO, |sum, i| odd(i) + t * t * sum) / c
}

/// Coordinates and flag of a matrix.
fn log<T: Real>(algebra: Algebra, m: &[T]) -> [T; 4] {
    let flagged = |f: T, [a, b, c]: [T; 3]| [f * a, f * b, f * c, T::ONE];
    match algebra {
        Algebra::So3 => {
            let [x, y, z, w] = from_rotation(&load(m, 3));
            let s = (x * x + y * y + z * z).sqrt();
            flagged(T::from_f64(2.0) * angle_over_sine(s, w), [x, y, z])
        }
        Algebra::Sl2 => sl2_log([m[0], m[1], m[2], m[3]]),
        Algebra::Boost => {
            let u = [m[4], m[8], m[12]];
            let s: T = u.iter().map(|&u| u * u).sum();
            flagged(rapidity_over(s.sqrt(), (T::ONE + s).sqrt()), u)
        }
    }
}

fn sl2_log<T: Real>([a, b, c, d]: [T; 4]) -> [T; 4] {
    let half = T::from_f64(0.5);
    let h = half * (a + d);
    let v = [half * (a - d), half * (c + b), half * (c - b)];
    let x = v[2] * v[2] - (v[0] * v[0] + v[1] * v[1]);
    let s = x.abs().sqrt();
    let f = match (x > T::ZERO, h > T::ZERO) {
        (true, _) => angle_over_sine(s, h),
        (false, true) => rapidity_over(s, h.max(s)),
        (false, false) if h < T::ZERO && v == [T::ZERO; 3] => {
            return [T::ZERO, T::ZERO, T::from_f64(PI), T::ONE];
        }
        (false, false) => return [T::ZERO; 4],
    };
    [f * v[0], f * v[1], f * v[2], T::ONE]
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let algebra = Algebra::ALL[call.overrides[0] as usize];
    let n = algebra.rows();
    for (m, y) in call.reads[0].chunks_exact(n * n).zip(call.writes[0].chunks_exact_mut(4)) {
        y.copy_from_slice(&log(algebra, m));
    }
}

impl Kernel for LieLog {
    fn stem(&self) -> &'static str {
        "lie_log"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        signature(&["ALGEBRA"])
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let rows = Algebra::of(attrs)?.rows();
        match square(reads[0], MOST)? {
            (batch, n) if n == rows => Ok(vec![batch, 4]),
            (_, n) => Err(format!("takes matrices of {rows} rows, not {n}")),
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(shapes[0][0], &[attrs.int(0)])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Err("the logarithm of a matrix has no derivative here; use the exponential of a parameter".to_owned())
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let case = |algebra: Algebra, batch: usize, more: f64| {
            let shape = [batch, algebra.rows(), algebra.rows()];
            Case::new(Attrs::ints(&[algebra as u32]), vec![Feed::on(&shape, Domain::Diagonal(more))])
        };
        let of = |a: Algebra| [case(a, 1, 2.0), case(a, 67, 0.0), case(a, 70, 1.5), case(a, 5, -2.0)];
        Algebra::ALL.into_iter().flat_map(of).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
