//! A workload being written: the graph, and the numbers that go into it.

use super::Prepared;
use crate::engine::{Builder, EngineError, Init, Optimiser, Var};

/// Numerical Recipes' linear congruential generator modulo 2³²; quick and poor, and written in a line in any language.
pub(super) struct Lcg(u32);

impl Lcg {
    /// Uniform on [0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0) / 4_294_967_296.0
    }

    /// Standard normal, by Box and Muller's cosine; the logarithm is kept off 0.
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (self.uniform() + 1e-12).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// So many normal numbers, in single precision.
    pub(super) fn normals(&mut self, n: usize, scale: f64) -> Vec<f32> {
        (0..n).map(|_| (scale * self.normal()) as f32).collect()
    }
}

/// A graph under construction with the numbers drawn for it.
pub(super) struct Draft<'b> {
    pub(super) b: &'b Builder,
    pub(super) lcg: Lcg,
    params: Vec<(String, Vec<f32>)>,
    inputs: Vec<(String, Vec<f32>)>,
}

impl<'b> Draft<'b> {
    /// Writes a workload down.
    pub(super) fn of(write: fn(&mut Draft<'_>), rate: f64) -> Result<Prepared, EngineError> {
        let b = Builder::new();
        let mut draft = Draft { b: &b, lcg: Lcg(7), params: Vec::new(), inputs: Vec::new() };
        write(&mut draft);
        let Draft { params, inputs, .. } = draft;
        Ok(Prepared { graph: b.finish()?, params, inputs, rate })
    }

    /// The next parameter, with these numbers.
    pub(super) fn param(&mut self, shape: &[usize], values: Vec<f32>) -> Var<'b> {
        let path = format!("p{}", self.params.len());
        self.params.push((path.clone(), values));
        self.b.param(&path, shape, Init::Zeros)
    }

    /// A weight, normal with deviation 1/√(first extent).
    pub(super) fn weight(&mut self, rows: usize, columns: usize) -> Var<'b> {
        let values = (0..rows * columns).map(|_| (self.lcg.normal() / (rows as f64).sqrt()) as f32);
        let values = values.collect();
        self.param(&[rows, columns], values)
    }

    /// A bias, zero.
    pub(super) fn zeros(&mut self, shape: &[usize]) -> Var<'b> {
        self.param(shape, vec![0.0; shape.iter().product()])
    }

    /// An input, with the data of all its frames.
    pub(super) fn batches(&mut self, name: &str, frames: usize, shape: &[usize], data: Vec<f32>) -> Var<'b> {
        self.inputs.push((name.to_owned(), data));
        if frames == 1 { self.b.input(name, shape) } else { self.b.frames(name, frames, shape) }
    }

    /// Ends with the mean squared error.
    pub(super) fn fit(&self, prediction: Var<'b>, target: Var<'b>, optimiser: Optimiser) {
        self.minimise((prediction - target).square().mean(), optimiser);
    }

    /// Ends with a loss.
    pub(super) fn minimise(&self, loss: Var<'b>, optimiser: Optimiser) {
        self.b.train(&[("loss", loss)], optimiser);
    }
}
