//! When the address bar is written, and what it says when it changes by itself.
//!
//! Opening another lab makes a new entry, so that the back button leads between labs; settings only replace the
//! present entry, a moment after the last change, because browsers refuse more than a few writes a second.

/// Seconds of rest before settings are written.
pub const DEBOUNCE: f64 = 0.3;

/// A write to the address bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// A new entry of the browser's history.
    Push(String),
    /// The present entry.
    Replace(String),
}

/// Decides about writes; times are seconds of any clock that goes forward.
#[derive(Debug, Default)]
pub struct Router {
    /// What the address bar is known to hold.
    shown: String,
    /// What is to replace it, and when.
    pending: Option<(String, f64)>,
}

impl Router {
    /// Begins with what the address bar holds.
    pub fn new(shown: String) -> Self {
        Self { shown, pending: None }
    }

    /// Another page opens. The page that is left keeps its latest settings.
    pub fn open(&mut self, text: String) -> Vec<Write> {
        let mut writes: Vec<Write> = self.flush().into_iter().collect();
        if text != self.shown {
            self.shown.clone_from(&text);
            writes.push(Write::Push(text));
        }
        writes
    }

    /// The settings of the present page changed.
    pub fn change(&mut self, text: String, now: f64) {
        self.pending = (text != self.shown).then_some((text, now + DEBOUNCE));
    }

    /// The write that is due, if any.
    pub fn due(&mut self, now: f64) -> Option<Write> {
        match &self.pending {
            Some((_, at)) if now >= *at => self.flush(),
            _ => None,
        }
    }

    /// Seconds until the next write is due.
    pub fn wait(&self, now: f64) -> Option<f64> {
        self.pending.as_ref().map(|(_, at)| (at - now).max(0.0))
    }

    /// The address bar changed. True when the app must follow; false for an echo of the app's own write.
    pub fn arrived(&mut self, text: &str) -> bool {
        if text == self.shown {
            return false;
        }
        // What was about to be written belongs to the entry that the visitor has left.
        self.pending = None;
        text.clone_into(&mut self.shown);
        true
    }

    fn flush(&mut self) -> Option<Write> {
        let (text, _) = self.pending.take()?;
        self.shown.clone_from(&text);
        Some(Write::Replace(text))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn settings_wait_for_rest() {
        let mut router = Router::new("#/a".to_owned());
        router.change("#/a?x=1".to_owned(), 1.0);
        router.change("#/a?x=2".to_owned(), 1.2);
        assert_eq!(router.due(1.4), None);
        assert!((router.wait(1.4).unwrap() - 0.1).abs() < 1e-9);
        assert_eq!(router.due(1.5), Some(Write::Replace("#/a?x=2".to_owned())));
        assert_eq!((router.due(9.0), router.wait(9.0)), (None, None));
    }

    #[test]
    fn a_change_taken_back_is_no_write() {
        let mut router = Router::new("#/a".to_owned());
        router.change("#/a?x=1".to_owned(), 1.0);
        router.change("#/a".to_owned(), 1.1);
        assert_eq!(router.due(2.0), None);
    }

    #[test]
    fn another_lab_is_a_new_entry_and_the_old_one_keeps_its_settings() {
        let mut router = Router::new("#/a".to_owned());
        router.change("#/a?x=1".to_owned(), 1.0);
        assert_eq!(
            router.open("#/b".to_owned()),
            [Write::Replace("#/a?x=1".to_owned()), Write::Push("#/b".to_owned())]
        );
        assert_eq!(router.open("#/b".to_owned()), []);
    }

    #[test]
    fn the_back_button_drops_what_was_pending() {
        let mut router = Router::new("#/a".to_owned());
        router.open("#/b".to_owned());
        router.change("#/b?x=1".to_owned(), 1.0);
        assert!(router.arrived("#/a"));
        assert_eq!(router.due(9.0), None);
    }

    #[test]
    fn an_echo_is_not_followed() {
        let mut router = Router::new("#/a".to_owned());
        router.change("#/a?x=1".to_owned(), 1.0);
        router.due(2.0);
        assert!(!router.arrived("#/a?x=1"));
    }
}
