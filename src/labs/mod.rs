//! The exhibits: one folder each, one line in the registry.

pub mod check;
pub mod lab;

pub use lab::{Applied, Command, LabMeta, Pairs, Section};
#[cfg(feature = "app")]
pub use lab::{Device, Lab, LabCx, LayoutKind, Request};

use check::{CheckError, CheckOptions, Report};

/// An audit of one lab.
pub type Audit = fn(&CheckOptions) -> Result<Report, CheckError>;

/// The labs with their audits, in the order of the gallery.
const AUDITS: &[(&LabMeta, Audit)] = &[];

/// The labs, in the order of the gallery.
#[cfg(feature = "app")]
pub fn registry() -> Vec<fn() -> Box<dyn Lab>> {
    Vec::new()
}

/// Audits one lab, or all of them where none is named.
///
/// # Errors
/// [`CheckError::UnknownLab`] for a name that is not registered, and whatever the audit itself reports.
pub fn check(slug: Option<&str>, options: &CheckOptions) -> Result<Vec<Report>, CheckError> {
    if let Some(asked) = slug.filter(|asked| AUDITS.iter().all(|(meta, _)| meta.slug != *asked)) {
        let known = AUDITS.iter().map(|(meta, _)| meta.slug.to_owned()).collect();
        return Err(CheckError::UnknownLab { asked: asked.to_owned(), known });
    }
    let chosen = AUDITS.iter().filter(|(meta, _)| slug.is_none_or(|slug| slug == meta.slug));
    chosen.map(|(_, audit)| audit(options)).collect()
}
