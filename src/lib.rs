//! Equiscope: a playground for symmetry in neural networks.
//!
//! Every exhibit shows one sentence, f(g·x) = ρ(g) f(x), as a square that can be dragged. The layers, lowest
//! first; each may use those below it (held by `tests/arch.rs`):
//!
//! | module | holds |
//! |---|---|
//! | [`maths`] | groups, their elements, sampling, expressions; pure f64 |
//! | [`engine`] | graph, autodiff, plan, kernels, two executors |
//! | [`nn`] | typed fields, layers, models: they only build graphs |
//! | [`data`] | targets and data laws |
//! | [`session`] | runs a program: commands in, snapshots out |
//! | [`bench`] | the workloads the engine is measured by, and the clock |
//! | `viz`, `ui` | scenes and widgets |
//! | [`labs`] | one folder per exhibit |
//! | `app` | shell, gallery, router, settings in the URL |
//! | `platform` | native main, command line, web start |

pub mod bench;
pub mod data;
pub mod engine;
pub mod labs;
pub mod maths;
pub mod nn;
pub mod session;

#[cfg(feature = "app")]
pub mod app;
#[cfg(feature = "app")]
pub mod platform;
#[cfg(feature = "app")]
pub mod ui;
#[cfg(feature = "app")]
pub mod viz;

/// Version of the package, as printed by `--version` and by the page API.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
