//! Runs a compiled program: commands in, snapshots out, a time budget.

mod budget;
mod command;
mod curve;
mod race;
mod trainer;

pub use budget::Budget;
pub use command::Command;
pub use curve::Curve;
pub use race::Race;
pub use trainer::{RunState, Trainer};
