//! A field: values with a type, so that a layer can refuse what does not fit.

use super::space::Space;
use crate::engine::{Builder, Var};
use std::fmt;

/// Where a field lives. The labs so far need one point; grids, graphs and meshes join when a lab asks for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// One point: the field is its fibre.
    Point,
}

/// Type of a field: domain, base space with its group, and fibre `t0 T0 + t1 T1 + t2 T2`: scalars, vectors, and tensors of
/// rank two, on which g acts as 1, g and g ⊗ g.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldType {
    /// Where it lives.
    pub domain: Domain,
    /// The space whose group acts.
    pub space: Space,
    /// Number of scalar channels.
    pub t0: usize,
    /// Number of vector channels.
    pub t1: usize,
    /// Number of channels of rank two.
    pub t2: usize,
}

impl FieldType {
    /// `t0` scalars and `t1` vectors at one point.
    pub fn point(space: impl Into<Space>, t0: usize, t1: usize) -> Self {
        Self { domain: Domain::Point, space: space.into(), t0, t1, t2: 0 }
    }

    /// The same with `t2` tensors of rank two.
    pub fn and_t2(self, t2: usize) -> Self {
        Self { t2, ..self }
    }

    /// Dimension of the base space.
    pub fn dim(&self) -> usize {
        self.space.dim()
    }

    /// Number of real components, t0 + t1 · D + t2 · D².
    pub fn components(&self) -> usize {
        self.t0 + self.t1 * self.dim() + self.t2 * self.dim().pow(2)
    }
}

impl fmt::Display for FieldType {
    /// The notation of the command line, `8T0+4T1+2T2`, with the group behind it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let atoms: Vec<String> = [(self.t0, "T0"), (self.t1, "T1"), (self.t2, "T2")]
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, name)| format!("{n}{name}"))
            .collect();
        let fibre = if atoms.is_empty() { "0".to_owned() } else { atoms.join("+") };
        write!(f, "{fibre} of {}", self.space)
    }
}

/// A typed value in a graph: scalars [B, t0], vectors [B, D, t1], tensors of rank two [B, D·D, t2], each absent where its
/// count is zero.
#[derive(Clone)]
pub struct Field<'b> {
    /// The type.
    pub ty: FieldType,
    /// Scalars, [B, t0].
    pub t0: Option<Var<'b>>,
    /// Vectors, [B, D, t1]: components before channels, so that mixing channels is one matrix product.
    pub t1: Option<Var<'b>>,
    /// Tensors of rank two, [B, D·D, t2], row-major in their two indices.
    pub t2: Option<Var<'b>>,
}

impl<'b> Field<'b> {
    /// Scalars and vectors.
    pub fn new(ty: FieldType, t0: Option<Var<'b>>, t1: Option<Var<'b>>) -> Self {
        Self { ty, t0, t1, t2: None }
    }

    /// Marks the field's parts as outputs `name.t0`, `name.t1` and `name.t2`.
    pub fn output(&self, b: &'b Builder, name: &str) {
        for (part, var) in [("t0", self.t0), ("t1", self.t1), ("t2", self.t2)] {
            if let Some(v) = var {
                b.output(&format!("{name}.{part}"), v);
            }
        }
    }
}
