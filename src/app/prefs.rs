//! What the app remembers between visits: the theme, once chosen, and where plans trained faster.

use std::cell::RefCell;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::url::ThemeChoice;
use crate::session::Trials;

/// Trials as the labs share them.
pub type SharedTrials = Rc<RefCell<Trials>>;

/// Preferences, stored as JSON wherever the host keeps such things.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prefs {
    /// The theme the visitor chose; none follows the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<ThemeChoice>,
    /// Which device trained which plan faster.
    #[serde(skip_serializing_if = "Trials::is_empty")]
    pub trials: Trials,
}

impl Prefs {
    /// Reads what was stored; what cannot be read counts as nothing stored.
    pub fn parse(text: Option<&str>) -> Self {
        text.and_then(|text| match serde_json::from_str(text) {
            Ok(prefs) => Some(prefs),
            Err(error) => {
                log::warn!("stored preferences are ignored: {error}");
                None
            }
        })
        .unwrap_or_default()
    }

    /// What labs start with.
    pub fn share(&self) -> SharedTrials {
        Rc::new(RefCell::new(self.trials.clone()))
    }

    /// Takes trials over. True when they are news.
    pub fn learn(&mut self, trials: &Trials) -> bool {
        let news = self.trials != *trials;
        if news {
            self.trials.clone_from(trials);
        }
        news
    }

    /// Writes them.
    pub fn format(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| String::from("{}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_damage() {
        let mut dark = Prefs { theme: Some(ThemeChoice::Dark), ..Prefs::default() };
        assert_eq!(dark.format(), r#"{"theme":"dark"}"#);
        let mut trials = Trials::default();
        trials.note("12 a".to_owned(), true);
        assert!(dark.learn(&trials) && !dark.learn(&trials));
        assert_eq!(dark.format(), r#"{"theme":"dark","trials":[["12 a",true]]}"#);
        assert_eq!(Prefs::parse(Some(&dark.format())), dark);
        for text in
            [None, Some(""), Some("{"), Some("[1]"), Some(r#"{"theme":"pink"}"#), Some(r#"{"new":1}"#)]
        {
            assert_eq!(Prefs::parse(text), Prefs::default(), "{text:?}");
        }
    }
}
