#![doc = include_str!("about.md")]

pub mod audit;
pub mod check;
pub mod command;
pub mod efficiency;
pub mod element;
pub mod exam;
pub mod exhibit;
pub mod forward;
pub mod measure;
pub mod metrics;
pub mod model;
pub mod nets;
pub mod options;
pub mod picker;
pub mod probe;
pub mod protocol;
pub mod recipe;
pub mod run;
pub mod score;
pub mod settings;
pub mod sweep;
pub mod task;
pub mod train;
#[cfg(feature = "app")]
mod view;

#[cfg(feature = "app")]
pub use view::make;

use super::check::Backend;
use super::lab::{LabMeta, Section};

/// What the gallery and the command line say.
pub const META: LabMeta = LabMeta {
    slug: "tensors",
    title: "Tensors",
    summary: "Five masses, one ellipsoid. Does the network turn it with them?",
    source: "G-RepsNet (Basu, Lohit, Brand) beside EMLP (Finzi, Welling, Wilson)",
    groups: &["O(3)", "O(5)", "O(1,3)", "SO(3)", "SO(5)", "SO+(1,3)"],
    chips: &["O(3)", "O(5)", "O(1,3)"],
    section: Section::LayersAndGroups,
    backends: &Backend::ALL,
};
