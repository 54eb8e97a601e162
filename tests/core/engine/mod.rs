//! Graph, autodiff, plan, kernels on the CPU, linker, random numbers.

mod accuracy;
mod attention;
mod geometry;
mod gradients;
mod graph;
mod image;
mod linker;
mod memory;
mod operations;
mod optimisers;
mod plan;
mod random;
mod real;
mod relay;
mod repeat;
mod rewrite;
mod rng;
pub mod support;
mod tensors;
mod threads;
mod train;
mod workload_gradients;
mod workloads;
