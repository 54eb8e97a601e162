//! Where the app meets a machine: the native window and command line, and the web page.

mod graphics;

pub mod ask;

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
#[cfg(target_arch = "wasm32")]
pub mod web;

use crate::app::shell::LabMaker;
use crate::labs::check::{CheckError, CheckOptions, Report};

/// What the app is made of: the labs, the audit behind `check`, the training behind `train`.
#[derive(Clone, Copy)]
pub struct Parts {
    /// The labs, in the order of the gallery.
    pub labs: fn() -> Vec<LabMaker>,
    /// Audits one lab, or all of them.
    pub check: fn(Option<&str>, &CheckOptions) -> Result<Vec<Report>, CheckError>,
    /// Trains one.
    #[cfg(not(target_arch = "wasm32"))]
    pub train: cli::train::TrainLab,
}

/// Entry of the binary.
#[cfg(not(target_arch = "wasm32"))]
pub fn main() -> std::process::ExitCode {
    native::main(PARTS)
}

/// The binary has nothing to do on the web: the page calls [`web::start`].
#[cfg(target_arch = "wasm32")]
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}

/// The labs, the audit and the training of this build.
const PARTS: Parts = Parts {
    labs: crate::labs::registry,
    check: crate::labs::check,
    #[cfg(not(target_arch = "wasm32"))]
    train: crate::labs::train,
};
