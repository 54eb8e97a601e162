//! Graph, autodiff, plan, kernels on the CPU, linker, random numbers.

mod accuracy;
mod geometry;
mod gradients;
mod graph;
mod image;
mod linker;
mod plan;
mod real;
mod rng;
pub mod support;
mod train;
