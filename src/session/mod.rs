//! Runs a compiled program: commands in, snapshots out, a time budget.
