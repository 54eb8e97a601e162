//! Runs a compiled program: commands in, snapshots out, a time budget.

mod budget;
mod checkpoint;
mod choice;
mod command;
mod curve;
mod race;
mod runs;
mod trainer;

pub use budget::Budget;
pub use checkpoint::{Checkpoint, CheckpointError, Tensor};
pub use choice::{Challenger, Choice, Trials};
pub use command::Command;
pub use curve::Curve;
pub use race::Race;
pub use runs::{Band, Runs, Seeds};
pub use trainer::{RunState, Trainer};
