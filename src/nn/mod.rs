//! Typed fields, layers and models. They only build graphs.

pub mod field;
pub mod init;
pub mod layer;
pub mod layers;
pub mod models;
pub mod space;
pub mod tensors;

pub use field::{Domain, Field, FieldType};
pub use layer::{Layer, Symmetry};
pub use space::{Space, SpaceError};
