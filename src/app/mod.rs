//! The shell: gallery, router, settings in the URL, health banner.

pub mod health;
pub mod history;
pub mod host;
pub mod picture;
pub mod prefs;
pub mod router;
pub mod shell;
pub mod url;

mod chrome;
mod gallery;
mod keys;
mod notices;
mod topbar;

pub use host::Host;
pub use shell::{Options, Shell};
