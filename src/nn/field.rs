//! A field: values with a type, so that a layer can refuse what does not fit.

use crate::engine::Var;
use crate::maths::Group;
use std::fmt;

/// Where a field lives. The labs so far need one point; grids, graphs and meshes join when a lab asks for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// One point: the field is its fibre.
    Point,
}

/// Type of a field: domain, group and fibre `t0 T0 + t1 T1`, scalars and vectors of the group's base space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldType {
    /// Where it lives.
    pub domain: Domain,
    /// The group that acts.
    pub group: Group,
    /// Number of scalar channels.
    pub t0: usize,
    /// Number of vector channels.
    pub t1: usize,
}

impl FieldType {
    /// `t0` scalars and `t1` vectors at one point.
    pub fn point(group: Group, t0: usize, t1: usize) -> Self {
        Self { domain: Domain::Point, group, t0, t1 }
    }

    /// Dimension of the base space.
    pub fn dim(&self) -> usize {
        self.group.dim()
    }

    /// Number of real components, t0 + t1 · D.
    pub fn components(&self) -> usize {
        self.t0 + self.t1 * self.dim()
    }
}

impl fmt::Display for FieldType {
    /// The notation of the command line, `4T0+2T1`, with the group behind it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let atoms: Vec<String> = [(self.t0, "T0"), (self.t1, "T1")]
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, name)| format!("{n}{name}"))
            .collect();
        let fibre = if atoms.is_empty() { "0".to_owned() } else { atoms.join("+") };
        write!(f, "{fibre} of {}", self.group)
    }
}

/// A typed value in a graph: scalars [B, t0] and vectors [B, D, t1], each absent where its count is zero.
#[derive(Clone, Copy)]
pub struct Field<'b> {
    /// The type.
    pub ty: FieldType,
    /// Scalars, [B, t0].
    pub t0: Option<Var<'b>>,
    /// Vectors, [B, D, t1]: components before channels, so that mixing channels is one matrix product.
    pub t1: Option<Var<'b>>,
}

impl<'b> Field<'b> {
    /// Marks the field's parts as outputs `name.t0` and `name.t1`.
    pub fn output(&self, b: &'b crate::engine::Builder, name: &str) {
        for (part, var) in [("t0", self.t0), ("t1", self.t1)] {
            if let Some(v) = var {
                b.output(&format!("{name}.{part}"), v);
            }
        }
    }
}
