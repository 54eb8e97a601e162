//! Tests of the interface, without a window.

mod shell;
mod specimen;
mod widgets;
