//! The team where memory is not shared: the thread that calls, and nobody else. Of threads and channels nothing gets into
//! the browser bundle.

/// Most threads of a team.
pub const MOST: usize = 1;

/// One thread.
#[derive(Debug)]
pub struct Team;

/// Numbers of one thread, kept from launch to launch.
#[derive(Debug, Default)]
pub struct Room {
    /// For packing.
    pub scratch: Vec<f32>,
    /// For what runs inside of what works in `scratch`.
    pub registers: Vec<f32>,
}

impl Team {
    /// The calling thread and nobody else.
    pub const fn alone() -> Self {
        Self
    }

    /// The same, however many are asked for.
    pub fn new(_threads: usize) -> Self {
        Self
    }

    /// How many threads there are.
    pub fn size(&self) -> usize {
        1
    }

    /// Does parts 0 … `parts` − 1 of some work, one after the other.
    pub fn share(&self, parts: usize, work: &(dyn Fn(usize, &mut Room) + Sync)) {
        (0..parts).for_each(|part| work(part, &mut Room::default()));
    }
}

/// Nothing is cut into parts.
pub(crate) fn rows_of_a_part(_threads: usize, _count: usize, _unit: usize) -> Option<usize> {
    None
}
