//! What the app remembers of a visitor between visits: the theme, once chosen. Nothing else yet.

use serde::{Deserialize, Serialize};

use super::url::ThemeChoice;

/// Preferences, stored as JSON wherever the host keeps such things.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prefs {
    /// The theme the visitor chose; none follows the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<ThemeChoice>,
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
        let dark = Prefs { theme: Some(ThemeChoice::Dark) };
        assert_eq!(dark.format(), r#"{"theme":"dark"}"#);
        assert_eq!(Prefs::parse(Some(&dark.format())), dark);
        for text in
            [None, Some(""), Some("{"), Some("[1]"), Some(r#"{"theme":"pink"}"#), Some(r#"{"new":1}"#)]
        {
            assert_eq!(Prefs::parse(text), Prefs::default(), "{text:?}");
        }
    }
}
