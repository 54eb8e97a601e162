//! The last layer: each type mixed on its own.

use crate::engine::{Builder, Init};
use crate::maths::Group;
use crate::nn::field::{Field, FieldType};
use crate::nn::init::fan_in;
use crate::nn::layer::{Layer, Symmetry};

/// Channel mixing per type: s ↦ s W + b for scalars, V ↦ V W for vectors (no bias: a constant vector is not
/// equivariant).
pub struct Readout {
    from: FieldType,
    to: FieldType,
}

impl Readout {
    /// From and to are (scalars, vectors).
    pub fn new(group: Group, from: (usize, usize), to: (usize, usize)) -> Self {
        Self { from: FieldType::point(group, from.0, from.1), to: FieldType::point(group, to.0, to.1) }
    }
}

impl Layer for Readout {
    fn in_type(&self) -> FieldType {
        self.from.clone()
    }

    fn out_type(&self) -> FieldType {
        self.to.clone()
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::Exact
    }

    fn build<'b>(&self, b: &'b Builder, path: &str, x: Field<'b>) -> Field<'b> {
        let t0 = x.t0.filter(|_| self.to.t0 > 0).map(|s| {
            let w = b.param(&format!("{path}.t0"), &[self.from.t0, self.to.t0], fan_in(1.0, self.from.t0));
            let bias = b.param(&format!("{path}.t0.bias"), &[self.to.t0], Init::Zeros);
            s.matmul(w) + bias // [B, t0]
        });
        let t1 = x.t1.filter(|_| self.to.t1 > 0).map(|v| {
            let w = b.param(&format!("{path}.t1"), &[self.from.t1, self.to.t1], fan_in(1.0, self.from.t1));
            v.matmul(w) // [B, D, t1]
        });
        Field::new(self.to.clone(), t0, t1)
    }
}
