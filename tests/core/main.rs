//! Tests of what needs neither a graphics device nor an interface.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod engine;

mod decompose;
mod exp;
mod groups;
mod layers;
mod reference;
mod lorentz;
mod rotation;
mod vectors;
