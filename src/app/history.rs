//! Undo and redo of a lab's settings.

use std::collections::VecDeque;

use crate::labs::Pairs;

/// Steps that are remembered; the oldest is forgotten first.
const DEPTH: usize = 200;

/// The settings a lab has had, oldest first, with the present ones in between.
///
/// A commit after an undo forgets what was undone, as in every editor.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: VecDeque<Pairs>,
    present: Pairs,
    future: Vec<Pairs>,
}

impl History {
    /// Begins with the settings a lab opens with.
    pub fn new(present: Pairs) -> Self {
        Self { present, ..Self::default() }
    }

    /// Remembers new settings; says whether they differ from the present ones.
    pub fn commit(&mut self, settings: Pairs) -> bool {
        if settings == self.present {
            return false;
        }
        self.past.push_back(std::mem::replace(&mut self.present, settings));
        if self.past.len() > DEPTH {
            self.past.pop_front();
        }
        self.future.clear();
        true
    }

    /// Steps back; none at the beginning.
    pub fn undo(&mut self) -> Option<&Pairs> {
        let before = self.past.pop_back()?;
        self.future.push(std::mem::replace(&mut self.present, before));
        Some(&self.present)
    }

    /// Steps forward again; none at the end.
    pub fn redo(&mut self) -> Option<&Pairs> {
        let after = self.future.pop()?;
        self.past.push_back(std::mem::replace(&mut self.present, after));
        Some(&self.present)
    }

    /// Whether there is a step back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a step forward.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn at(value: usize) -> Pairs {
        vec![("n".to_owned(), value.to_string())]
    }

    #[test]
    fn there_and_back() {
        let mut history = History::new(at(0));
        assert!(history.undo().is_none() && history.redo().is_none());
        assert!(history.commit(at(1)) && history.commit(at(2)));
        assert_eq!(history.undo(), Some(&at(1)));
        assert_eq!(history.undo(), Some(&at(0)));
        assert!(!history.can_undo() && history.can_redo());
        assert_eq!(history.redo(), Some(&at(1)));
        assert!(history.commit(at(7)));
        assert!(!history.can_redo(), "a commit forgets what was undone");
        assert_eq!(history.undo(), Some(&at(1)));
    }

    #[test]
    fn the_same_settings_are_no_step() {
        let mut history = History::new(at(0));
        assert!(!history.commit(at(0)));
        assert!(!history.can_undo());
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let mut history = History::new(at(0));
        for i in 1..=DEPTH + 5 {
            history.commit(at(i));
        }
        let mut oldest = at(DEPTH + 5);
        while let Some(settings) = history.undo() {
            oldest = settings.clone();
        }
        assert_eq!(oldest, at(5));
    }
}
