#![doc = include_str!("about.md")]

pub mod audit;
pub mod check;
pub mod exhibit;
pub mod measure;
pub mod model;
pub mod probe;
pub mod settings;
#[cfg(feature = "app")]
mod view;

#[cfg(feature = "app")]
pub use view::make;

use super::check::Backend;
use super::lab::{LabMeta, Section};

/// What the gallery and the command line say.
pub const META: LabMeta = LabMeta {
    slug: "vectors",
    title: "Vectors",
    summary: "Turn a few arrows. Does the answer turn with them?",
    source: "The whole idea in two minutes",
    groups: &["SO(2)", "O(2)", "C(n)", "D(n)", "SO(3)", "O(3)", "SO+(1,1)", "SO+(1,2)"],
    chips: &["O(2)", "O(3)", "SO+(1,2)"],
    section: Section::BeginHere,
    backends: &Backend::ALL,
};
