//! Parameters of a network under construction, noted down as they are declared.

use super::Part;
use crate::engine::{Builder, Init, Var};
use crate::nn::init::uniform_fan_in;
use std::cell::RefCell;

/// One parameter of a network.
#[derive(Clone)]
pub struct Weight<'b> {
    /// Its path in the graph.
    pub path: String,
    /// Its value.
    pub var: Var<'b>,
    /// What it belongs to.
    pub part: Part,
}

/// Declares parameters below a path.
pub(super) struct Scope<'b> {
    /// The graph.
    pub b: &'b Builder,
    path: String,
    weights: RefCell<Vec<Weight<'b>>>,
}

impl<'b> Scope<'b> {
    pub(super) fn new(b: &'b Builder, path: &str) -> Self {
        Self { b, path: path.to_owned(), weights: RefCell::default() }
    }

    pub(super) fn finish(self) -> Vec<Weight<'b>> {
        self.weights.into_inner()
    }

    pub(super) fn param(&self, name: &str, shape: &[usize], init: Init, part: Part) -> Var<'b> {
        let path = format!("{}.{name}", self.path);
        let var = self.b.param(&path, shape, init);
        self.weights.borrow_mut().push(Weight { path, var, part });
        var
    }

    /// A matrix that mixes channels, [from, to].
    pub(super) fn mix(&self, name: &str, from: usize, to: usize, init: Init) -> Var<'b> {
        self.param(name, &[from, to], init, Part::Mixing)
    }

    /// x W + c with PyTorch's start: x [.., I], W [I, O], c [O] → [.., O].
    pub(super) fn affine(&self, name: &str, x: Var<'b>, out: usize, part: Part) -> Var<'b> {
        let inputs = channels(x);
        let init = uniform_fan_in(inputs);
        self.affine_from(name, x, out, part, (init, init))
    }

    /// The same with other starts of weight and bias.
    pub(super) fn affine_from(
        &self,
        name: &str,
        x: Var<'b>,
        out: usize,
        part: Part,
        (weight, bias): (Init, Init),
    ) -> Var<'b> {
        let w = self.param(&format!("{name}.weight"), &[channels(x), out], weight, part);
        x.matmul(w) + self.param(&format!("{name}.bias"), &[out], bias, part)
    }
}

/// Extent of the last dimension.
pub(super) fn channels(x: Var<'_>) -> usize {
    x.shape().last().copied().unwrap_or(1)
}

/// Extent of the first dimension.
pub(super) fn batch(x: Var<'_>) -> usize {
    x.shape().first().copied().unwrap_or(1)
}
