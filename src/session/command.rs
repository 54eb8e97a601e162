//! What every trainer understands.

/// A command to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Train until paused.
    Play,
    /// Stop after the step in progress.
    Pause,
    /// Train this many steps, then pause.
    Step(u32),
    /// Back to the same initialisation.
    Reset,
    /// A new initialisation.
    NewSeed,
}
