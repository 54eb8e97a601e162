//! Exponentials of three algebras of matrices with X³ = −x X: y = 1 + c₁(x) X + c₂(x) X² (Rodrigues), with Stumpff's
//! functions, so that there is nothing special at 0. v: `[B, 3]`, y: `[B, n, n]`. Attributes: ints = [[`Algebra`]].
//!
//! Smooth, of all orders. Accuracy of the shader for rotations by up to 10 radians, coordinates of sl(2) of ±4, and
//! rapidities up to 5: ‖Δ‖ ≤ 5 ε (‖y‖ + ‖∂y/∂v‖₂ ‖v‖), ε = 2⁻²⁴; measured 1.9, 1.7 and 1.4 in place of 5, over 10⁵ each.

use super::small::{Small, choice, combine, launch, one, product, signature, store};
use super::stumpff::stumpff;
use super::{Attrs, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Tolerance};
use crate::engine::graph::{Cotangents, Var, Vjp};
use crate::maths::real::Real;

/// The kernel.
pub struct LieExp;
/// Its registry entry.
pub static KERNEL: LieExp = LieExp;

/// Which algebra; the form x is Σ ηᵢ vᵢ².
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algebra {
    /// Rotations of space: X u = v × u, η = (1, 1, 1).
    So3,
    /// X = [[a, b − c], [b + c, −a]] for v = (a, b, c); η = (−1, −1, 1), x = det X. c turns, a and b stretch.
    Sl2,
    /// Boosts of Minkowski space, time first: X = [[0, vᵀ], [v, 0]], v the rapidity; η = (−1, −1, −1).
    Boost,
}

impl Algebra {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::So3, Self::Sl2, Self::Boost];

    /// Number of rows of its matrices.
    pub const fn rows(self) -> usize {
        [3, 2, 4][self as usize]
    }

    /// Signs of the form x.
    pub const fn form(self) -> [f64; 3] {
        [[1.0, 1.0, 1.0], [-1.0, -1.0, 1.0], [-1.0, -1.0, -1.0]][self as usize]
    }

    /// X for coordinates v.
    pub(crate) fn matrix<T: Real>(self, [a, b, c]: [T; 3]) -> Small<T> {
        let o = T::ZERO;
        match self {
            Self::So3 => [[o, -c, b, o], [c, o, -a, o], [-b, a, o, o], [o; 4]],
            Self::Sl2 => [[a, b - c, o, o], [b + c, -a, o, o], [o; 4], [o; 4]],
            Self::Boost => [[o, a, b, c], [a, o, o, o], [b, o, o, o], [c, o, o, o]],
        }
    }

    /// e^X, in the upper left corner.
    pub(crate) fn exp<T: Real>(self, v: [T; 3]) -> Small<T> {
        let x: T = (0..3).map(|i| T::from_f64(self.form()[i]) * v[i] * v[i]).sum();
        let m = self.matrix(v);
        let y = combine(T::ONE, &one(), stumpff(1, x), &m);
        combine(T::ONE, &y, stumpff(2, x), &product(&m, &m))
    }

    pub(super) fn of(attrs: &Attrs) -> Result<Self, String> {
        Ok(Self::ALL[choice(attrs, 3)? as usize])
    }

    /// Basis as a table: row i holds the n² entries of the matrix of coordinate i.
    fn basis(self) -> Vec<f64> {
        let n = self.rows();
        let unit = |i: usize| self.matrix(std::array::from_fn(|j| f64::from(i == j)));
        (0..3).flat_map(|i| (0..n * n).map(move |k| unit(i)[k / n][k % n])).collect()
    }
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let algebra = Algebra::ALL[call.overrides[0] as usize];
    let n = algebra.rows();
    for (v, y) in call.reads[0].chunks_exact(3).zip(call.writes[0].chunks_exact_mut(n * n)) {
        store(&algebra.exp([v[0], v[1], v[2]]), n, y);
    }
}

impl Kernel for LieExp {
    fn stem(&self) -> &'static str {
        "lie_exp"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        signature(&["ALGEBRA"])
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        let n = Algebra::of(attrs)?.rows();
        match *reads[0] {
            [batch, 3] => Ok(vec![batch, n, n]),
            _ => Err(format!("takes [B, 3], not {:?}", reads[0])),
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(shapes[0][0], &[attrs.int(0)])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        let algebra = Algebra::of(&cx.attrs)?;
        let (v, n, builder) = (cx.inputs[0], algebra.rows(), cx.g.builder());
        let batch = v.shape()[0];
        let basis = builder.constant(&[3, n * n], &algebra.basis());
        let form = builder.constant(&[3], &algebra.form());
        let x = (v * v * form).sum(1); // [B, 1]
        let m = v.matmul(basis).reshape(&[batch, n, n]);
        let c = |k: u32| x.stumpff(k).reshape(&[batch, 1, 1]);
        let both = cx.g.batch_matmul(m, false, true) + m.batch_matmul(cx.g, true, false);
        let m_bar = cx.g * c(1) + both * c(2); // [B, n, n]
        let along = |p: Var<'b>| (cx.g * p).reshape(&[batch, n * n]).sum(1); // [B, 1]
        let square = m.batch_matmul(m, false, false);
        let x_bar = along(m) * x.stumpff_slope(1) + along(square) * x.stumpff_slope(2);
        let from_m = m_bar.reshape(&[batch, n * n]).matmul_flags(basis, false, true);
        Ok(vec![Some(from_m + v * form * (x_bar + x_bar))])
    }

    fn cases(&self) -> Vec<Case> {
        let case = |algebra: Algebra, batch: usize, most: f64| {
            let domain = Domain::Range(-most, most);
            Case::new(Attrs::ints(&[algebra as u32]), vec![Feed::on(&[batch, 3], domain)])
        };
        let of = |a: Algebra| [case(a, 1, 1.0), case(a, 67, 1.5), case(a, 5, 1e-3)];
        Algebra::ALL.into_iter().flat_map(of).chain([case(Algebra::So3, 65, 4.0)]).collect()
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
