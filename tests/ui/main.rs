//! The interface, driven through its accessibility tree and looked at through a software adapter.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod census;
mod decompositions;
mod demo;
mod families;
mod finite;
mod haar;
mod hands;
mod harness;
mod keyboard;
mod own;
mod shell;
mod specimen;
mod square;
mod tensors;
mod trouble;
mod vectors;
mod widgets;
