//! Algebra of tensors of ranks one and two over a space, on graphs.

use super::scope::batch;
use super::{Breaks, Gate};
use crate::engine::{Builder, Var};
use crate::maths::Matrix;
use crate::nn::space::Space;

/// What keeps roots away from zero, where their slope is infinite.
pub(super) const ROOT: f64 = 1e-6;

/// Contractions with the form of a space; vectors are [B, D, C], tensors [B, D·D, C].
pub(super) struct Algebra<'b> {
    b: &'b Builder,
    d: usize,
    /// The form η.
    form: Matrix,
    /// Its diagonal, if that is all.
    diagonal: Option<Var<'b>>,
    /// η⁻¹, which g ⊗ g leaves alone.
    inverse: Vec<f64>,
    /// Whether ⟨a, a⟩ > 0.
    pub definite: bool,
}

impl<'b> Algebra<'b> {
    /// Of the form that the switches leave.
    pub(super) fn new(b: &'b Builder, space: &Space, breaks: Breaks) -> Self {
        let d = space.dim();
        let form = if breaks.euclidean { Matrix::identity(d) } else { space.form().clone() };
        let inverse = form.inverse().unwrap_or_else(|| Matrix::identity(d)).data().to_vec();
        let diagonal: Vec<f64> = (0..d).map(|i| form[(i, i)]).collect();
        let is_diagonal = form == Matrix::diagonal(&diagonal);
        let definite = is_diagonal && diagonal.iter().all(|&v| v > 0.0);
        let diagonal = is_diagonal.then(|| b.constant(&[d], &diagonal));
        Self { b, d, form, diagonal, inverse, definite }
    }

    /// η a.
    pub(super) fn lower(&self, a: Var<'b>) -> Var<'b> {
        match self.diagonal {
            Some(_) if self.form == Matrix::identity(self.d) => a,
            Some(eta) => a * eta.reshape(&[self.d, 1]),
            None => self.b.constant(&[1, self.d, self.d], self.form.data()).batch_matmul(a, false, false),
        }
    }

    /// ⟨a, b⟩_η for each channel, [B, D, C] twice → [B, C].
    pub(super) fn inner(&self, a: Var<'b>, b: Var<'b>) -> Var<'b> {
        match self.diagonal {
            Some(eta) => a.metric_dot(b, eta),
            None => a.metric_dot(self.lower(b), self.b.constant(&[self.d], &vec![1.0; self.d])),
        }
    }

    /// √(⟨a, a⟩ + ε), for a definite form: [B, D, C] → [B, C].
    pub(super) fn norm(&self, a: Var<'b>) -> Var<'b> {
        self.inner(a, a).sqrt_eps(ROOT)
    }

    /// Σ η_ij T_ij for each channel, [B, D·D, C] → [B, C].
    pub(super) fn trace(&self, t: Var<'b>) -> Var<'b> {
        let row = self.b.constant(&[1, 1, self.d * self.d], self.form.data());
        let trace = row.batch_matmul(t, false, false); // [B, 1, C]
        let c = trace.shape()[2];
        trace.reshape(&[batch(t), c])
    }

    /// Σ η_ik η_jl T_ij T_kl for each channel, [B, D·D, C] → [B, C]; for a definite form √(· + ε).
    pub(super) fn tensor_norm(&self, t: Var<'b>) -> Var<'b> {
        let dd = self.d * self.d;
        let eta2 = self.form.kron(&self.form);
        let lowered = self.b.constant(&[1, dd, dd], eta2.data()).batch_matmul(t, false, false);
        let square = t.metric_dot(lowered, self.b.constant(&[dd], &vec![1.0; dd])); // [B, C]
        if self.definite { square.sqrt_eps(ROOT) } else { square }
    }

    /// s η⁻¹ for each channel, [B, C] → [B, D·D, C].
    pub(super) fn isotropic(&self, s: Var<'b>) -> Var<'b> {
        let (n, c) = (s.shape()[0], s.shape()[1]);
        s.reshape(&[n, 1, c]) * self.b.constant(&[1, self.d * self.d, 1], &self.inverse)
    }

    /// a ⊗ b for each channel, [B, D, C] twice → [B, D·D, C].
    pub(super) fn outer(&self, a: Var<'b>, b: Var<'b>) -> Var<'b> {
        let (n, c) = (a.shape()[0], a.shape()[2]);
        let product = a.reshape(&[n, self.d, 1, c]) * b.reshape(&[n, 1, self.d, c]); // [B, D, D, C]
        product.reshape(&[n, self.d * self.d, c])
    }
}

/// Values of each channel times one number for each: [B, X, C], [B, C] → [B, X, C].
pub(super) fn scale<'b>(v: Var<'b>, s: Var<'b>) -> Var<'b> {
    let (n, c) = (s.shape()[0], s.shape()[1]);
    v * s.reshape(&[n, 1, c])
}

/// The gate of numbers v.
pub(super) fn gate<'b>(kind: Gate, v: Var<'b>) -> Var<'b> {
    match kind {
        Gate::Linear => v,
        Gate::Sigmoid => v.sigmoid() * 2.0,
        Gate::Bounded => bounded(v, 10.0),
    }
}

/// most · tanh(v/most): nearly v as long as that is small against it.
pub(super) fn bounded(v: Var<'_>, most: f64) -> Var<'_> {
    (v * (1.0 / most)).tanh() * most
}

/// y divided by its root mean square over the whole batch.
pub(super) fn over_batch_mean(y: Var<'_>) -> Var<'_> {
    y / y.square().mean().sqrt_eps(ROOT)
}
