//! Models: the tensor-polynomial network and its plain twin.

use super::field::{Field, FieldType};
use super::init::fan_in;
use super::layer::{Layer, TypeMismatch, chain};
use super::layers::{Breaks, Readout, TensorPolynomial, dense};
use crate::engine::{Builder, Var};
use crate::maths::Group;

/// Shape of a network from (scalars, vectors) to (scalars, vectors).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetShape {
    /// The group, which gives the base space and the metric.
    pub group: Group,
    /// Scalars and vectors that enter.
    pub from: (usize, usize),
    /// Scalars and vectors that leave.
    pub to: (usize, usize),
    /// Channels of each type in the hidden layers, and width of the scalar networks.
    pub width: usize,
    /// Number of tensor-polynomial layers before the read-out.
    pub layers: usize,
}

impl NetShape {
    /// The layers of the equivariant network.
    pub fn equivariant(&self, breaks: Breaks) -> Vec<Box<dyn Layer>> {
        let hidden = (self.width, self.width);
        let mut layers: Vec<Box<dyn Layer>> = Vec::new();
        let mut from = self.from;
        for _ in 0..self.layers.max(1) {
            layers.push(Box::new(TensorPolynomial::new(self.group, from, hidden, self.width, breaks)));
            from = hidden;
        }
        layers.push(Box::new(Readout::new(self.group, hidden, self.to)));
        layers
    }

    /// Adds the equivariant network below the path `equivariant`.
    pub fn build_equivariant<'b>(
        &self,
        b: &'b Builder,
        breaks: Breaks,
        t0: Var<'b>,
        t1: Var<'b>,
    ) -> Result<Field<'b>, TypeMismatch> {
        let ty = FieldType::point(self.group, self.from.0, self.from.1);
        chain(b, "equivariant", &self.equivariant(breaks), Field::new(ty, Some(t0), Some(t1)))
    }

    /// Adds the plain twin below the path `twin`: all coordinates in, SiLU layers of one width, all coordinates out.
    pub fn build_twin<'b>(&self, b: &'b Builder, width: usize, t0: Var<'b>, t1: Var<'b>) -> Field<'b> {
        let dim = self.group.dim();
        let batch = t0.shape().first().copied().unwrap_or(1);
        let gain = 1.6; // keeps the variance through SiLU, whose output on a unit normal has deviation about 0.6
        let flat = t1.reshape(&[batch, dim * self.from.1]); // [B, D·n]
        let scalars = t0.matmul(b.param("twin.0.scalars", &[self.from.0, width], fan_in(1.0, self.from.0)));
        let mut h = (dense(b, "twin.0", flat, width, 1.0) + scalars).silu(); // [B, W]
        for i in 1..=self.layers.max(1) {
            h = dense(b, &format!("twin.{i}"), h, width, gain).silu(); // [B, W]
        }
        let (o0, o1) = self.to;
        let t0 = (o0 > 0).then(|| dense(b, "twin.out.t0", h, o0, gain));
        let t1 = (o1 > 0).then(|| dense(b, "twin.out.t1", h, dim * o1, gain).reshape(&[batch, dim, o1]));
        Field::new(FieldType::point(self.group, o0, o1), t0, t1)
    }

    /// Parameters of the twin at a width.
    pub fn twin_parameters(&self, width: usize) -> usize {
        let dim = self.group.dim();
        let first = (self.from.0 + dim * self.from.1 + 1) * width;
        let middle = self.layers.max(1) * (width + 1) * width;
        first + middle + (width + 1) * (self.to.0 + dim * self.to.1)
    }

    /// The width at which the twin's parameter count is nearest to `count`.
    pub fn twin_width(&self, count: usize) -> usize {
        (1..=512).min_by_key(|&w| self.twin_parameters(w).abs_diff(count)).unwrap_or(1)
    }
}
