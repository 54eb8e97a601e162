//! The interface, driven through its accessibility tree and looked at through a software adapter.

mod demo;
mod specimen;
mod square;
mod widgets;
