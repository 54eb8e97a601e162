//! The interface under a harness: what a visitor sees, presses and hears.

mod shell;
