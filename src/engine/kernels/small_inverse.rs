//! Inverses or determinants of a batch of matrices. x: `[B, n, n]`, 1 ≤ n ≤ 5; out: `[B, n, n]` or `[B, 1]`.
//! Attributes: ints = [[`InverseOp`]].
//!
//! By Gauss–Jordan elimination with row pivoting; the error of the inverse is a few ε κ(x) ‖x⁻¹‖. A singular matrix has the
//! determinant 0, up to rounding, and no inverse: what comes then is not finite. The derivative of the determinant is
//! det(x) x⁻ᵀ, which also wants x regular.

use super::small::{choice, launch, signature};
use super::{Attrs, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance};
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;

/// The kernel.
pub struct SmallInverse;
/// Its registry entry.
pub static KERNEL: SmallInverse = SmallInverse;

/// Largest n.
const MOST: usize = 5;

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InverseOp {
    /// x⁻¹.
    Inverse,
    /// det x.
    Determinant,
}

type Matrix<T> = [[T; MOST]; MOST];

/// Inverse and determinant of the upper left n × n entries.
fn eliminate<T: Real>(m: &mut Matrix<T>, n: usize) -> (Matrix<T>, T) {
    let mut inverse = [[T::ZERO; MOST]; MOST];
    (0..n).for_each(|i| inverse[i][i] = T::ONE);
    let mut determinant = T::ONE;
    for k in 0..n {
        let larger = |best: usize, i: usize| if m[i][k].abs() > m[best][k].abs() { i } else { best };
        let best = (k + 1..n).fold(k, larger);
        if best != k {
            m.swap(k, best);
            inverse.swap(k, best);
            determinant = -determinant;
        }
        determinant *= m[k][k];
        let scale = T::ONE / m[k][k];
        (0..n).for_each(|j| m[k][j] *= scale);
        (0..n).for_each(|j| inverse[k][j] *= scale);
        for i in (0..n).filter(|&i| i != k) {
            let factor = m[i][k];
            for j in 0..n {
                m[i][j] -= factor * m[k][j];
                inverse[i][j] -= factor * inverse[k][j];
            }
        }
        if determinant == T::ZERO {
            break;
        }
    }
    (inverse, determinant)
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (n, op) = (call.overrides[0] as usize, call.overrides[1]);
    let out = if op == 1 { 1 } else { n * n };
    for (x, y) in call.reads[0].chunks_exact(n * n).zip(call.writes[0].chunks_exact_mut(out)) {
        let mut m = [[T::ZERO; MOST]; MOST];
        m.iter_mut().zip(x.chunks_exact(n)).for_each(|(m, x)| m[..n].copy_from_slice(x));
        let (inverse, determinant) = eliminate(&mut m, n);
        if op == 1 {
            y[0] = determinant;
        } else {
            y.chunks_exact_mut(n).zip(&inverse).for_each(|(y, row)| y.copy_from_slice(&row[..n]));
            if determinant == T::ZERO {
                y.fill(T::ONE / T::ZERO);
            }
        }
    }
}

impl Kernel for SmallInverse {
    fn stem(&self) -> &'static str {
        "small_inverse"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        signature(&["N", "OP"])
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let op = choice(attrs, 2)?;
        match *reads[0] {
            [batch, n, m] if n == m && n <= MOST => Ok(if op == 1 { vec![batch, 1] } else { vec![batch, n, n] }),
            _ => Err(format!("takes [B, n, n] with n at most {MOST}, not {:?}", reads[0])),
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(shapes[0][0], &[shapes[0][1] as u32, attrs.int(0)])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let (x, y, g) = (cx.inputs[0], cx.output, cx.g);
        if cx.attrs.int(0) == InverseOp::Inverse as u32 {
            return Ok(vec![Some(-y.batch_matmul(g, true, false).batch_matmul(y, false, true))]);
        }
        let scale = (g * y).reshape(&[x.shape()[0], 1, 1]);
        Ok(vec![Some(x.inverse().transpose_small() * scale)])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |op: InverseOp, batch: usize, n: usize| {
            let feed = Feed::on(&[batch, n, n], Domain::Diagonal(1.0 + n as f64 * 0.5));
            Case::new(Attrs::ints(&[op as u32]), vec![feed])
        };
        let of = |op: InverseOp| (1..=MOST).map(move |n| case(op, 13 * n, n));
        of(InverseOp::Inverse).chain(of(InverseOp::Determinant)).collect()
    }

    fn tolerance(&self) -> Tolerance {
        // ε κ ‖x⁻¹‖ with κ up to some ten and ‖x⁻¹‖ up to a few, as the worst of the cases have.
        Tolerance { absolute: 1e-4, relative: 1e-5 }
    }
}
