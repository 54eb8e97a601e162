//! The interface under a harness: what a visitor sees, presses and hears.

mod shell;
//! The interface, driven through its accessibility tree and looked at through a software adapter.
mod square;
