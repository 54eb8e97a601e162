//! The contract of a lab: what the shell asks of an exhibit, and what the exhibit may ask of the shell.

use super::check::Backend;
use std::collections::BTreeSet;

/// Settings as they stand in the URL: keys and values as text, without those that equal the default.
pub type Pairs = Vec<(String, String)>;

/// Where a card stands in the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Begin here
    BeginHere,
    /// Layers and groups
    LayersAndGroups,
    /// Symmetrise what you have
    Symmetrise,
    /// Geometry
    Geometry,
    /// Beyond exact symmetry
    BeyondExact,
    /// Matter and sequences
    MatterAndSequences,
}

impl Section {
    /// Title in the gallery.
    pub fn title(self) -> &'static str {
        match self {
            Self::BeginHere => "Begin here",
            Self::LayersAndGroups => "Layers and groups",
            Self::Symmetrise => "Symmetrise what you have",
            Self::Geometry => "Geometry",
            Self::BeyondExact => "Beyond exact symmetry",
            Self::MatterAndSequences => "Matter and sequences",
        }
    }
}

/// What the gallery, the command line and the page say of a lab.
#[derive(Clone, Copy, Debug)]
pub struct LabMeta {
    /// Name in the URL and on the command line.
    pub slug: &'static str,
    /// Title of the card.
    pub title: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// The paper it comes from, or what the visitor gets where there is none.
    pub source: &'static str,
    /// Groups as they are written in contracts and URLs.
    pub groups: &'static [&'static str],
    /// The groups shown as chips on the card.
    pub chips: &'static [&'static str],
    /// Place in the gallery.
    pub section: Section,
    /// Where its audit can run.
    pub backends: &'static [Backend],
}

/// What became of settings that were read from a URL.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    /// Keys the lab knows. The shell keeps the others, so that a newer link survives an older app.
    pub used: BTreeSet<String>,
    /// One sentence for each value that could not be taken as it stood.
    pub warnings: Vec<String>,
}

pub use crate::session::Command;

#[cfg(feature = "app")]
pub use with_app::{Lab, LabCx, LayoutKind, Request};

#[cfg(feature = "app")]
mod with_app {
    use super::{Applied, Command, LabMeta, Pairs};
    use crate::engine::exec::gpu::Gpu;
    use crate::engine::exec::remote::Remote;
    use crate::session::Trials;
    pub use crate::ui::square_layout::LayoutKind;
    use eframe::egui;
    use std::cell::RefCell;
    use std::rc::Rc;

    /// What a lab asks the shell to do; carried out after the frame.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Request {
        /// The visitor finished a change: remember the settings for undo and write them to the URL.
        Commit,
        /// Save a file: name, MIME type, bytes.
        Save(String, &'static str, Vec<u8>),
        /// Show a short message.
        Say(String),
        /// Save the given part of the window as a PNG under the given name.
        Picture(String, egui::Rect),
        /// Open the full app at the present state (from an embed).
        OpenFull,
    }

    /// What a lab sees of the shell during one frame.
    pub struct LabCx<'a> {
        /// The GPU, where there is one that computes.
        pub device: Option<&'a Gpu>,
        /// Another thread to train in, where there is one.
        pub worker: Option<&'a Remote>,
        /// What is known of trials where a plan trains faster; kept with the preferences.
        pub trials: &'a Rc<RefCell<Trials>>,
        /// The layout to use.
        pub layout: LayoutKind,
        /// True while the page is hidden; training pauses.
        pub hidden: bool,
        /// True when the visitor asked for less motion: transitions become steps.
        pub reduced_motion: bool,
        /// Filled by the lab, emptied by the shell.
        pub requests: Vec<Request>,
        /// Places of named controls in points, for tests and embedders; filled by the lab in `ui`.
        pub places: Vec<(&'static str, egui::Rect)>,
    }

    /// An exhibit.
    pub trait Lab {
        /// What it is.
        fn meta(&self) -> &'static LabMeta;
        /// The present settings as differences from the defaults.
        fn settings(&self) -> Pairs;
        /// Takes settings: keys that are missing get their default. Never fails; what is wrong is clamped and said.
        fn apply(&mut self, pairs: &Pairs) -> Applied;
        /// Advances computing. Called once a frame before `ui`, also while hidden (about once a second).
        fn logic(&mut self, ctx: &egui::Context, cx: &mut LabCx<'_>);
        /// Draws and takes input.
        fn ui(&mut self, ui: &mut egui::Ui, cx: &mut LabCx<'_>);
        /// Plays, pauses, steps, resets.
        fn command(&mut self, command: Command);
        /// True while it trains until paused.
        fn playing(&self) -> bool;
        /// True while steps of a command are still to be taken or a result is on its way.
        fn busy(&self) -> bool;
        /// What a visitor who does not see the picture should hear of it: one or two short sentences, without the
        /// lab's title.
        fn status(&self) -> String {
            String::new()
        }
        /// Numbers for tests and embedders.
        fn metrics(&self) -> serde_json::Value;
        /// Begins the equivariance audit on the backend in use; [`Lab::check_result`] has it when it is done.
        fn start_check(&mut self, samples: usize);
        /// The finished audit, in the form of the command line's `check`; taken once.
        fn check_result(&mut self) -> Option<serde_json::Value>;
        /// Keys of this lab beside those of the shell, with what they do; shown by `?`.
        fn keys(&self) -> &'static [(&'static str, &'static str)] {
            &[]
        }
        /// A small picture for the gallery's card (282 × 112 points), drawn with fresh thumbnails' data. The first
        /// lab also draws the hero of the gallery, the whole square, where `rect` is at least 150 points high.
        fn thumbnail(&mut self, painter: &egui::Painter, rect: egui::Rect);
    }
}
