//! Factorisations of small dense matrices, the ground of [`super::decompose`].

mod scale;

pub use scale::{split_scale, times_power_of_two};
