//! Tests of shaders and of the wgpu executor, on whatever adapter there is; a software one will do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accuracy;
mod audit;
mod bench;
mod executor;
mod fakes;
mod health;
mod parity;
mod repeat;
mod shaders;
mod speed;
#[path = "../core/engine/support.rs"]
mod support;
mod tensors;
mod train;
mod workloads;
