//! Functions of symmetric matrices through their eigenvalues, f(S) = V diag(f(λ)) Vᵀ. S: `[B, n, n]`, n = 2, 3, 4 (the
//! symmetric part of what is given); out: `[B, n, n]`, symmetric. Attributes: ints = [[`SymOp`]].
//!
//! `Ln` and `RecipSqrt` take eigenvalues below 1e-12 for 1e-12, `Sqrt` takes negative ones for 0.
//!
//! No derivative yet: it is Daleckii and Krein's table of divided differences, for which no lab has asked.
//!
//! Accuracy of the shader, ε = 2⁻²⁴, Frobenius norms, κ = λ₁/λₙ: ‖Δ exp S‖ ≤ 12 ε (1 + ‖S‖) ‖exp S‖,
//! ‖Δ ln S‖ ≤ 10 ε (κ + ‖ln S‖), ‖Δ S^½‖ ≤ 10 ε κ^½ ‖S^½‖, ‖Δ S^−½‖ ≤ 6 ε κ ‖S^−½‖; measured over 10⁵ matrices with κ up
//! to 10⁵, in the same units, 4.8, 4.5, 3.7, 1.8.

use super::small::{
    MOST, Small, choice, eigen, launch, load, product, signature, square, store, symmetric, transpose,
};
use super::{Attrs, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance};
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;

/// The kernel.
pub struct SymMap;
/// Its registry entry.
pub static KERNEL: SymMap = SymMap;

/// The functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymOp {
    /// exp S.
    Exp,
    /// ln S, S positive.
    Ln,
    /// S^½, S not negative.
    Sqrt,
    /// S^−½, S positive.
    RecipSqrt,
}

impl SymOp {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Exp, Self::Ln, Self::Sqrt, Self::RecipSqrt];

    fn apply<T: Real>(self, v: T) -> T {
        let positive = v.max(T::from_f64(1e-12));
        match self {
            Self::Exp => v.exp(),
            Self::Ln => positive.ln(),
            Self::Sqrt => v.max(T::ZERO).sqrt(),
            Self::RecipSqrt => T::ONE / positive.sqrt(),
        }
    }
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (n, op) = (call.overrides[0] as usize, SymOp::ALL[call.overrides[1] as usize]);
    for (x, y) in call.reads[0].chunks_exact(n * n).zip(call.writes[0].chunks_exact_mut(n * n)) {
        let s: Small<T> = load(x, n);
        let (values, v) = eigen(&symmetric(&s), n);
        let scaled = std::array::from_fn(|j| v[j].map(|e| op.apply(values[j]) * e));
        store(&symmetric(&product(&transpose(&v), &scaled)), n, y);
    }
}

impl Kernel for SymMap {
    fn stem(&self) -> &'static str {
        "sym_map"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        signature(&["N", "OP"])
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        choice(attrs, 4)?;
        square(reads[0], MOST).map(|(batch, n)| vec![batch, n, n])
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(shapes[0][0], &[shapes[0][1] as u32, attrs.int(0)])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Err("functions of symmetric matrices have no derivative here".to_owned())
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let case = |op: SymOp, batch: usize, n: usize| {
            let more = if op == SymOp::Exp { 0.5 } else { 0.2 + n as f64 };
            let feed = Feed::on(&[batch, n, n], Domain::Diagonal(more));
            Case::new(Attrs::ints(&[op as u32]), vec![feed])
        };
        let of = |op: SymOp| [case(op, 1, 2), case(op, 67, 2), case(op, 9, 3), case(op, 67, 4)];
        SymOp::ALL.into_iter().flat_map(of).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
