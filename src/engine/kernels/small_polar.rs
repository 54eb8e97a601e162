//! Polar factors of a batch of matrices, g = R P = P′ R with R orthogonal, P = (gᵀg)^½ and P′ = (ggᵀ)^½.
//! g: `[B, n, n]`, n = 2, 3, 4; out: `[B, n, n]`. Attributes: ints = [[`Part`]].
//!
//! R is a rotation for det g > 0 and reverses orientation for det g < 0; for a singular g one of several comes, for
//! g = 0 zeros. By one-sided Jacobi rotations (Hestenes), which do not square the condition number as gᵀg would.
//!
//! No derivative: it is the solution of a Sylvester equation, P Ω + Ω P = Rᵀ dg − dgᵀ R, a kernel of its own that no lab
//! has asked for.
//!
//! Accuracy of the shader: ‖ΔR‖ ≤ 12 ε κ, κ = σ₁/σₙ, and ‖ΔP‖ ≤ 8 ε ‖g‖ whatever κ, ε = 2⁻²⁴, in Frobenius norms;
//! measured over 10⁵ matrices 5.2, 3.4, 2.8 ε κ for n = 2, 3, 4, and 3.1 to 3.5 ε ‖g‖.

use super::small::{
    MOST, Small, choice, launch, load, polar, product, signature, square, store, symmetric, transpose,
};
use super::{Attrs, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance};
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;

/// The kernel.
pub struct SmallPolar;
/// Its registry entry.
pub static KERNEL: SmallPolar = SmallPolar;

/// Which factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// R.
    Rotation,
    /// P in g = R P.
    Right,
    /// P′ in g = P′ R.
    Left,
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (n, part) = (call.overrides[0] as usize, call.overrides[1]);
    for (x, y) in call.reads[0].chunks_exact(n * n).zip(call.writes[0].chunks_exact_mut(n * n)) {
        let g: Small<T> = load(x, n);
        let r = polar(&g, n);
        let factor = match part {
            1 => symmetric(&product(&transpose(&r), &g)),
            2 => symmetric(&product(&g, &transpose(&r))),
            _ => r,
        };
        store(&factor, n, y);
    }
}

impl Kernel for SmallPolar {
    fn stem(&self) -> &'static str {
        "small_polar"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        signature(&["N", "PART"])
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        choice(attrs, 3)?;
        square(reads[0], MOST).map(|(batch, n)| vec![batch, n, n])
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(shapes[0][0], &[shapes[0][1] as u32, attrs.int(0)])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Err("the polar factors have no derivative here".to_owned())
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let case = |part: Part, batch: usize, n: usize, more: f64| {
            let feed = Feed::on(&[batch, n, n], Domain::Diagonal(more));
            Case::new(Attrs::ints(&[part as u32]), vec![feed])
        };
        let of = |part: Part| (2..=4).map(move |n| case(part, 67, n, 2.0));
        let mut cases: Vec<Case> =
            [Part::Rotation, Part::Right, Part::Left].into_iter().flat_map(of).collect();
        cases.extend([case(Part::Rotation, 1, 2, 0.0), case(Part::Rotation, 9, 3, -1.5)]);
        cases
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
