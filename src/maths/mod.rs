//! Groups, their elements, sampling and expressions; pure f64, no graphics, no interface.

pub mod real;
pub mod rng;
