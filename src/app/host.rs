//! What the shell asks of the place it runs in: a browser page, a desktop, or a test.

use eframe::egui;

use super::router::Write;

/// The surroundings of one instance of the app.
///
/// Nothing here may fail loudly: where a browser forbids something (storage in a sandbox, a blocked window), the
/// app goes on without it.
pub trait Host {
    /// A state that arrived from outside since the last call: the back button, an edited address.
    fn arrived(&mut self) -> Option<String>;
    /// Writes the present state where the visitor can see and copy it.
    fn write(&mut self, write: &Write);
    /// What to paste elsewhere to come back to a state.
    fn link(&self, state: &str) -> String;
    /// Opens a state in a window of its own; false where that is not possible.
    fn open(&mut self, state: &str) -> bool;
    /// Saves a file under about this name; answers with a sentence, good or bad, for the visitor.
    fn save(&mut self, name: &str, mime: &str, bytes: &[u8]) -> String;
    /// Names the window or tab.
    fn title(&mut self, ctx: &egui::Context, title: &str);
    /// Says what is to be seen to those who hear the page instead, where the canvas itself cannot.
    fn announce(&mut self, text: &str) {
        let _ = text;
    }
    /// True when the visitor asked the system for less motion.
    fn reduced_motion(&self) -> bool;
    /// What [`Host::store`] kept, from this visit or an earlier one.
    fn load(&self) -> Option<String>;
    /// Keeps a text for the next visit, where that is allowed.
    fn store(&mut self, text: &str);
}
