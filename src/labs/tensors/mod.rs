#![doc = include_str!("about.md")]

pub mod command;
pub mod forward;
pub mod protocol;
pub mod recipe;
pub mod score;
pub mod task;
pub mod train;
