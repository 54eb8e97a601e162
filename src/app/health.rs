//! What is wrong and stays wrong until something is done: shown as a banner below the top bar.

use std::sync::{Arc, Mutex, PoisonError};

/// Most notices kept; more of them would only repeat the first.
const MOST: usize = 4;

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The app goes on, with less or with something else than was asked for.
    Notice,
    /// Something that was asked for does not work.
    Fault,
}

/// A notice in the banner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How grave it is.
    pub level: Level,
    /// What to read.
    pub text: String,
}

/// The notices at present, and a letter box for those who have no access to the shell.
#[derive(Debug, Default)]
pub struct Health {
    notices: Vec<Notice>,
    inbox: Inbox,
}

/// Where callbacks of the graphics device leave their messages.
#[derive(Clone, Debug, Default)]
pub struct Inbox(Arc<Mutex<Vec<Notice>>>);

impl Inbox {
    /// Leaves a message. Repeated ones are left once.
    pub fn put(&self, level: Level, text: String) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let notice = Notice { level, text };
        if waiting.len() < MOST && !waiting.contains(&notice) {
            waiting.push(notice);
        }
    }
}

impl Health {
    /// With a letter box that was given to others before.
    pub fn new(inbox: Inbox) -> Self {
        Self { notices: Vec::new(), inbox }
    }

    /// Adds a notice unless it is there already.
    pub fn say(&mut self, level: Level, text: String) {
        let notice = Notice { level, text };
        if self.notices.len() < MOST && !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    /// Takes in what was left in the letter box.
    pub fn collect(&mut self) {
        let waiting = std::mem::take(&mut *self.inbox.0.lock().unwrap_or_else(PoisonError::into_inner));
        for notice in waiting {
            self.say(notice.level, notice.text);
        }
    }

    /// What to show, oldest first.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The visitor has read a notice.
    pub fn dismiss(&mut self, index: usize) {
        if index < self.notices.len() {
            self.notices.remove(index);
        }
    }

    /// The notices about a link fall away when another one is opened.
    pub fn clear_notices(&mut self) {
        self.notices.retain(|notice| notice.level == Level::Fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_messages_are_shown_once_and_can_be_dismissed() {
        let inbox = Inbox::default();
        let mut health = Health::new(inbox.clone());
        for _ in 0..3 {
            inbox.put(Level::Fault, "lost".to_owned());
        }
        health.collect();
        health.say(Level::Notice, "link".to_owned());
        inbox.put(Level::Fault, "lost".to_owned());
        health.collect();
        assert_eq!(health.notices().len(), 2);
        health.clear_notices();
        assert_eq!(health.notices().len(), 1);
        health.dismiss(9);
        health.dismiss(0);
        assert!(health.notices().is_empty());
    }
}
