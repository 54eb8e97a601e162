//! The exhibits: one folder each, one line in the registry.

pub mod check;
pub mod lab;
pub mod vectors;

pub use lab::{Applied, Command, LabMeta, Pairs, Section};
#[cfg(feature = "app")]
pub use lab::{Device, Lab, LabCx, LayoutKind, Request};
