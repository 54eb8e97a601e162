//! The compute core: graph, source-to-source autodiff, plan, kernels, and two executors.
//!
//! A model is written with a [`graph::Builder`], compiled once into a [`plan::Plan`] of plain data, and run by an
//! [`exec::Executor`]: the CPU interprets the plan, wgpu replays it.

pub mod accuracy;
pub mod edges;
pub mod error;
pub mod exec;
pub mod graph;
pub mod joint;
pub mod kernels;
pub mod plan;
pub mod program;
pub mod rewrite;
pub mod shader;
pub mod shape;

pub use error::EngineError;
pub use exec::{Backend, CpuExecutor, Executor, Health, MakeExecutor, Pace, Readback, Ticket};
pub use graph::{Builder, Graph, Init, Optimiser, Training, Var};
pub use plan::{ParamLayout, Plan};
