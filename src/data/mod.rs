//! Targets and data laws: seeded, and expressed as graphs so that both executors make the same samples.

pub mod targets;

pub use targets::Target;
