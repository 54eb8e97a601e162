//! The exhibits: one folder each, one line in the registry.

pub mod check;
pub mod lab;
pub mod vectors;

pub use lab::{Applied, Command, LabMeta, Pairs, Section};
#[cfg(feature = "app")]
pub use lab::{Device, Lab, LabCx, LayoutKind, Request};

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

labs! { vectors }

/// Audits one lab, or all.
pub fn check(slug: Option<&str>, options: &CheckOptions) -> Result<Vec<Report>, CheckError> {
    let chosen: Vec<&Entry> = REGISTRY.iter().filter(|e| slug.is_none_or(|s| s == e.meta.slug)).collect();
    match (chosen.is_empty(), slug) {
        (true, Some(asked)) => Err(CheckError::UnknownLab {
            asked: asked.to_owned(),
            known: REGISTRY.iter().map(|e| e.meta.slug.to_owned()).collect(),
        }),
        _ => chosen.iter().map(|e| (e.check)(options)).collect(),
    }
/// An audit of one lab.
pub type Audit = fn(&CheckOptions) -> Result<Report, CheckError>;
/// The labs with their audits, in the order of the gallery.
const AUDITS: &[(&LabMeta, Audit)] = &[];
/// The labs, in the order of the gallery.
pub fn registry() -> Vec<fn() -> Box<dyn Lab>> {
    Vec::new()
/// Audits one lab, or all of them where none is named.
///
/// # Errors
/// [`CheckError::UnknownLab`] for a name that is not registered, and whatever the audit itself reports.
    if let Some(asked) = slug.filter(|asked| AUDITS.iter().all(|(meta, _)| meta.slug != *asked)) {
        let known = AUDITS.iter().map(|(meta, _)| meta.slug.to_owned()).collect();
        return Err(CheckError::UnknownLab { asked: asked.to_owned(), known });
    let chosen = AUDITS.iter().filter(|(meta, _)| slug.is_none_or(|slug| slug == meta.slug));
    chosen.map(|(_, audit)| audit(options)).collect()
}
