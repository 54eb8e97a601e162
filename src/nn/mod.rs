//! Typed fields, layers and models. They only build graphs.

pub mod field;
pub mod init;
pub mod layer;
pub mod layers;
pub mod models;

pub use field::{Domain, Field, FieldType};
pub use layer::{Layer, Symmetry};
