//! Groups, their elements, sampling and expressions; pure f64, no graphics, no interface.

pub mod basis;
pub mod coords;
pub mod decompose;
pub mod exp;
pub mod expr;
pub mod group;
pub mod haar;
pub mod json;
pub mod linalg;
pub mod lorentz;
pub mod matrix;
pub mod matrix_group;
pub mod rep;
pub mod residual;
pub mod rng;
pub mod rotation;
pub mod sample;
mod sparse;

/// The scalar that references are generic over: one text serves as f32 twin and as f64 oracle.
pub mod real {
    pub use lanes::Lanes;
    pub use lanes::real::Real;
}

pub use coords::{Coordinate, Coords, Orbit};
pub use group::Group;
pub use matrix::Matrix;
pub use matrix_group::MatrixGroup;
