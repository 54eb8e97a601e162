//! Tests of what needs neither a graphics device nor an interface.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod engine;

mod equivariant_maps;
mod group_files;
mod group_flags;
mod group_names;
mod groups;
mod haar;
mod irreps;
mod layers;
mod rep_support;
mod representations;
mod vectors;
