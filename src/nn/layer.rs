//! The contract of a layer.

use super::field::{Field, FieldType};
use crate::engine::Builder;

/// What a layer claims about equivariance; the automatic test follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symmetry {
    /// f(g·x) = ρ(g) f(x) up to rounding.
    Exact,
    /// No claim: a plain or deliberately broken layer.
    None,
}

/// A map between fields that adds nodes to a graph.
pub trait Layer {
    /// Type it takes.
    fn in_type(&self) -> FieldType;
    /// Type it gives.
    fn out_type(&self) -> FieldType;
    /// What it claims.
    fn symmetry(&self) -> Symmetry;
    /// Adds the layer; parameters are named below `path`. The caller has checked the type with [`check_type`].
    fn build<'b>(&self, b: &'b Builder, path: &str, x: Field<'b>) -> Field<'b>;
}

/// A field that does not fit the layer it was given to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("layer ‘{path}’ takes {expected}, but was given {found}")]
pub struct TypeMismatch {
    /// Path of the layer.
    pub path: String,
    /// The type it takes.
    pub expected: String,
    /// The type it was given.
    pub found: String,
}

/// Builds a chain of layers, each named `prefix.index`, after checking that the types fit.
pub fn chain<'b>(
    b: &'b Builder,
    prefix: &str,
    layers: &[Box<dyn Layer>],
    x: Field<'b>,
) -> Result<Field<'b>, TypeMismatch> {
    let mut x = x;
    for (i, layer) in layers.iter().enumerate() {
        let path = format!("{prefix}.{i}");
        if layer.in_type() != x.ty {
            return Err(TypeMismatch {
                path,
                expected: layer.in_type().to_string(),
                found: x.ty.to_string(),
            });
        }
        x = layer.build(b, &path, x);
    }
    Ok(x)
}
