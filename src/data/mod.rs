//! Targets and data laws as graphs, so that every backend draws the same samples; and the published tasks, drawn on the host.

pub mod nbody;
pub mod targets;
pub mod tasks;

pub use targets::Target;
pub use tasks::{Part, Samples, Task};
