//! Tests of what needs neither a graphics device nor an interface.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod engine;

mod groups;
mod layers;
mod race;
mod vectors;
