//! Eigenvalues and eigenvectors of symmetric matrices, S = V diag(λ) Vᵀ. S: `[B, n, n]`, n = 2 to 5 (the symmetric part of
//! what is given); out: `[B, n + n²]`, λ ascending, then V row by row, its columns the eigenvectors. No attributes.
//!
//! Each eigenvector has a positive largest component. Where eigenvalues meet, some orthonormal basis comes. By cyclic
//! Jacobi rotations, one step of orthonormalisation, and Rayleigh quotients.
//!
//! No derivative: signs and order are choices, and eigenvectors jump where eigenvalues meet. For functions of S that do
//! not care there is `sym_map`.
//!
//! Accuracy of the shader, ε = 2⁻²⁴: |Δλ| ≤ 16 ε ‖S‖, ‖S V − V diag(λ)‖ ≤ 16 ε ‖S‖, ‖VᵀV − 1‖ ≤ 16 ε, also where
//! eigenvalues meet; measured over 10⁵ matrices 4.9, 6.1, 7.0 for n = 2, 3, 4. An eigenvector by itself is as good as
//! ε ‖S‖ divided by the gap.

use super::small::{Small, eigen, launch, load, signature, square, symmetric};
use super::{Attrs, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance};
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;

/// The kernel.
pub struct SymEigen;
/// Its registry entry.
pub static KERNEL: SymEigen = SymEigen;

/// Largest n. Beyond that of WGSL's matrices the shader works in arrays.
const MOST: usize = 5;

fn write<T: Real, const M: usize>(values: &[T], vectors: &Small<T, M>, n: usize, y: &mut [T]) {
    for j in 0..n {
        let before = |&k: &usize| values[k] < values[j] || (values[k] == values[j] && k < j);
        let place = (0..n).filter(before).count();
        let larger = |most: T, &v: &T| if v.abs() > most.abs() { v } else { most };
        let most = vectors[j][1..n].iter().fold(vectors[j][0], larger);
        y[place] = values[j];
        for k in 0..n {
            y[n + k * n + place] = if most < T::ZERO { -vectors[j][k] } else { vectors[j][k] };
        }
    }
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    match call.overrides[0] as usize {
        n @ 0..=4 => each::<T, 4>(call, n),
        n => each::<T, MOST>(call, n),
    }
}

fn each<T: Real, const M: usize>(call: &mut Call<'_, T>, n: usize) {
    for (x, y) in call.reads[0].chunks_exact(n * n).zip(call.writes[0].chunks_exact_mut(n + n * n)) {
        let s: Small<T, M> = load(x, n);
        let (values, vectors) = eigen(&symmetric(&s), n);
        write(&values, &vectors, n, y);
    }
}

impl Kernel for SymEigen {
    fn stem(&self) -> &'static str {
        "sym_eigen"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        signature(&["N"])
    }

    fn infer(&self, _attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        square(reads[0], MOST).map(|(batch, n)| vec![batch, n + n * n])
    }

    fn launch(&self, _attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(shapes[0][0], &[shapes[0][1] as u32])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, _cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        Err("eigenvectors have no derivative: their signs and order are choices".to_owned())
    }

    fn smoothness(&self, _attrs: &Attrs) -> Smoothness {
        Smoothness::None
    }

    fn cases(&self) -> Vec<Case> {
        let case = |batch: usize, n: usize| {
            Case::new(Attrs::default(), vec![Feed::on(&[batch, n, n], Domain::Diagonal(0.5))])
        };
        vec![case(1, 2), case(67, 2), case(9, 3), case(67, 4), case(67, 5)]
    }

    fn tolerance(&self) -> Tolerance {
        // Times the condition of the worst eigenvector of the cases, about 30.
        Tolerance { absolute: 1e-4, relative: 1e-5 }
    }
}
