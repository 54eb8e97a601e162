//! The exhibits: one folder each, one line in the registry.

pub mod check;
pub mod decompositions;
pub mod lab;
pub mod places;
pub mod reader;
pub mod tensors;
pub mod train;
pub mod vectors;

pub use lab::{Applied, Command, LabMeta, Pairs, Section};
#[cfg(feature = "app")]
pub use lab::{Lab, LabCx, LayoutKind, Request};

use crate::engine::MakeExecutor;
use check::{CheckError, CheckOptions, Report};
use train::{Train, TrainError, TrainOptions, Trained};

/// What the registry holds of a lab.
pub struct Entry {
    /// What it is.
    pub meta: &'static LabMeta,
    /// Its audit.
    pub check: fn(&CheckOptions) -> Result<Report, CheckError>,
    /// Its training on the command line, where it has one.
    pub train: Option<Train>,
    /// Makes it with its interface.
    #[cfg(feature = "app")]
    pub make: fn() -> Box<dyn Lab>,
}

macro_rules! labs {
    ($($slug:ident $(: $train:ident)?),* $(,)?) => {
        /// Every lab, in the order of the gallery.
        pub const REGISTRY: &[Entry] = &[$(Entry {
            meta: &$slug::META,
            check: $slug::check::run,
            train: labs!(@ $slug $($train)?),
            #[cfg(feature = "app")]
            make: $slug::make,
        }),*];
    };
    (@ $slug:ident) => { None };
    // A page has no command line, and its bundle a limit.
    (@ $slug:ident train) => { if cfg!(target_arch = "wasm32") { None } else { Some($slug::command::train) } };
}

// A lab that trains on the command line says so.
labs! { vectors, tensors: train, decompositions }

/// Audits one lab, or all that have the backend.
pub fn check(slug: Option<&str>, options: &CheckOptions) -> Result<Vec<Report>, CheckError> {
    let wanted = |e: &&Entry| match slug {
        Some(slug) => slug == e.meta.slug,
        None => e.meta.backends.contains(&options.backend),
    };
    let chosen: Vec<&Entry> = REGISTRY.iter().filter(wanted).collect();
    match (chosen.is_empty(), slug) {
        (true, Some(asked)) => Err(CheckError::UnknownLab {
            asked: asked.to_owned(),
            known: REGISTRY.iter().map(|e| e.meta.slug.to_owned()).collect(),
        }),
        _ => chosen.iter().map(|e| (e.check)(options)).collect(),
    }
}

/// Trains a lab on the command line.
///
/// # Errors
/// [`TrainError::UnknownLab`], [`TrainError::NotHere`], and those of the lab.
pub fn train(
    slug: &str,
    options: &TrainOptions,
    make: &MakeExecutor,
    line: &mut dyn FnMut(serde_json::Value),
) -> Result<Trained, TrainError> {
    let slugs = |of: fn(&Entry) -> bool| -> Vec<String> {
        REGISTRY.iter().filter(|e| of(e)).map(|e| e.meta.slug.to_owned()).collect()
    };
    match REGISTRY.iter().find(|e| e.meta.slug == slug).map(|e| e.train) {
        Some(Some(train)) => train(options, make, line),
        Some(None) => Err(TrainError::NotHere { lab: slug.to_owned(), known: slugs(|e| e.train.is_some()) }),
        None => Err(TrainError::UnknownLab { asked: slug.to_owned(), known: slugs(|_| true) }),
    }
}

/// What makes each lab, in the order of the gallery.
#[cfg(feature = "app")]
pub fn registry() -> Vec<fn() -> Box<dyn Lab>> {
    REGISTRY.iter().map(|e| e.make).collect()
}
