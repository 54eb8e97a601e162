//! Tests of what needs neither a graphics device nor an interface.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod engine;

mod decompose;
mod equivariant_maps;
mod exp;
mod group_files;
mod group_flags;
mod group_names;
mod groups;
mod haar;
mod haar_own;
mod irreps;
mod layers;
mod lorentz;
mod race;
mod reference;
mod remote;
mod rep_support;
mod representations;
mod rotation;
mod session;
mod vectors;
