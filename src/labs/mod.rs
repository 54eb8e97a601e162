//! The exhibits: one folder each, one line in the registry.

pub mod check;
pub mod decompositions;
pub mod lab;
pub mod reader;
pub mod tensors;
pub mod train;
pub mod vectors;

pub use lab::{Applied, Command, LabMeta, Pairs, Section};
#[cfg(feature = "app")]
pub use lab::{Lab, LabCx, LayoutKind, Request};

use check::{CheckError, CheckOptions, Report};

/// What the registry holds of a lab.
pub struct Entry {
    /// What it is.
    pub meta: &'static LabMeta,
    /// Its audit.
    pub check: fn(&CheckOptions) -> Result<Report, CheckError>,
    /// Makes it with its interface.
    #[cfg(feature = "app")]
    pub make: fn() -> Box<dyn Lab>,
}

macro_rules! labs {
    ($($slug:ident),* $(,)?) => {
        /// Every lab, in the order of the gallery.
        pub const REGISTRY: &[Entry] = &[$(Entry {
            meta: &$slug::META,
            check: $slug::check::run,
            #[cfg(feature = "app")]
            make: $slug::make,
        }),*];
    };
}

labs! { vectors, tensors, decompositions }

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

/// What makes each lab, in the order of the gallery.
#[cfg(feature = "app")]
pub fn registry() -> Vec<fn() -> Box<dyn Lab>> {
    REGISTRY.iter().map(|e| e.make).collect()
}
