#![doc = include_str!("about.md")]

pub mod element;
pub mod measure;
pub mod model;
pub mod nets;
pub mod options;
pub mod probe;
pub mod settings;
