//! Graph, autodiff, plan, kernels on the CPU, linker, random numbers.

mod accuracy;
mod geometry;
mod gradients;
mod graph;
mod image;
mod linker;
mod operations;
mod plan;
mod real;
mod rewrite;
mod rng;
pub mod support;
mod train;
mod workloads;
