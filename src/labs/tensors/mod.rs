#![doc = include_str!("about.md")]

pub mod element;
pub mod exam;
pub mod exhibit;
pub mod measure;
pub mod model;
pub mod nets;
pub mod options;
pub mod probe;
pub mod run;
pub mod settings;
