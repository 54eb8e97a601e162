//! Tests of the interface, without a window.

mod specimen;
mod widgets;
