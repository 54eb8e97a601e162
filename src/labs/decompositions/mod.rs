#![doc = include_str!("about.md")]

pub mod chain;
pub mod check;
mod choices;
pub mod density;
pub mod element;
pub mod factors;
mod families;
pub mod haar;
pub mod inside;
pub mod map;
pub mod own;
pub mod own_haar;
pub mod own_text;
pub mod own_typed;
pub mod settings;
mod shows;
pub mod subjects;
#[cfg(feature = "app")]
mod view;

#[cfg(feature = "app")]
pub use view::make;

use super::check::Backend;
use super::lab::{LabMeta, Section};

/// What the gallery and the command line say.
pub const META: LabMeta = LabMeta {
    slug: "decompositions",
    title: "Decompositions",
    summary: "Take a matrix apart into turns, stretches and shears. Does their order matter?",
    source: "Lie Group Decompositions for Equivariant Neural Networks",
    groups: &["SL(2)", "GL+(2)", "Aff+(2)", "SL(3)", "GL+(3)", "SO(3)", "SO+(1,1)", "SO+(1,2)", "SO+(1,3)"],
    chips: &["SL(2)", "SO+(1,3)", "SL(3)"],
    section: Section::Geometry,
    backends: &[Backend::Cpu],
};
