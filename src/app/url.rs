//! The state of the app as text: `#/slug?key=value&…`, the same string in the address bar and after `--open`.
//!
//! Settings are differences from a lab's defaults, so that a link stays short and survives new settings. Keys that
//! nobody knows are kept, so that a link made by a newer app passes through an older one unharmed. Three keys belong
//! to the shell: `v` (version of the form), `embed` and `theme`.

use std::fmt::Write as _;

use crate::labs::Pairs;

/// Version of the form that this app writes.
pub const VERSION: u32 = 1;

/// Longest text that is read at all, in bytes: browsers stop at about this length themselves.
const LONGEST: usize = 65_536;

/// A theme that a link or a visitor asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

impl ThemeChoice {
    /// As it stands in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Light, Self::Dark].into_iter().find(|choice| choice.as_str() == text)
    }
}

/// What a link says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The lab's slug; none for the gallery.
    pub lab: Option<String>,
    /// The lab's settings, and whatever else stood there, in order.
    pub pairs: Pairs,
    /// Draw the lab alone, without a frame.
    pub embed: bool,
    /// The theme asked for.
    pub theme: Option<ThemeChoice>,
}

impl State {
    /// Reads `#/slug?key=value&…`; the `#` may be missing. What cannot be read is left out, with a sentence for
    /// the visitor each. Never fails: the worst text opens the gallery.
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        let mut state = Self::default();
        let mut warnings = Vec::new();
        let text = text.trim();
        let body = text.strip_prefix('#').unwrap_or(text);
        if body.is_empty() || body == "/" {
            return (state, warnings);
        }
        if body.len() > LONGEST {
            warnings
                .push(format!("This link is too long to read ({} bytes); the gallery is shown.", body.len()));
            return (state, warnings);
        }
        let Some(path) = body.strip_prefix('/') else {
            warnings.push(format!(
                "“{}” is not a link to a lab (expected #/lab?key=value); the gallery is shown.",
                shorten(body)
            ));
            return (state, warnings);
        };
        let (slug, query) = path.split_once('?').unwrap_or((path, ""));
        if !slug.is_empty() {
            match decode(slug).filter(|slug| is_slug(slug)) {
                Some(slug) => state.lab = Some(slug),
                None => warnings
                    .push(format!("“{}” cannot be the name of a lab; the gallery is shown.", shorten(slug))),
            }
        }
        for part in query.split('&').filter(|part| !part.is_empty()) {
            state.take(part, &mut warnings);
        }
        (state, warnings)
    }

    /// Takes one `key=value`.
    fn take(&mut self, part: &str, warnings: &mut Vec<String>) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let (Some(key), Some(value)) = (decode(key), decode(value)) else {
            warnings
                .push(format!("The setting “{}” in this link is damaged and was left out.", shorten(part)));
            return;
        };
        match key.as_str() {
            "" => warnings.push(format!("A value without a name, “{}”, was left out.", shorten(&value))),
            "v" => match value.parse::<u32>() {
                Ok(1..=VERSION) => {}
                Ok(version @ 1..) => warnings.push(format!(
                    "This link was made by a newer Equiscope (form {version}, here {VERSION}); what is known was read."
                )),
                _ => warnings.push(format!("“v={}” is not a version; it was ignored.", shorten(&value))),
            },
            "embed" => match value.as_str() {
                "1" => self.embed = true,
                "0" => self.embed = false,
                _ => warnings.push(format!("“embed={}” is neither 0 nor 1; it was ignored.", shorten(&value))),
            },
            "theme" => match ThemeChoice::parse(&value) {
                Some(choice) => self.theme = Some(choice),
                None => warnings
                    .push(format!("“theme={}” is neither light nor dark; it was ignored.", shorten(&value))),
            },
            _ => match self.pairs.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => {
                    warnings.push(format!("“{}” stands twice in this link; the last one counts.", shorten(&key)));
                    *known = value;
                }
                None => self.pairs.push((key, value)),
            },
        }
    }

    /// Writes `#/slug?v=1&key=value&…`. The version is left out where there is nothing it could change.
    pub fn format(&self) -> String {
        let mut text = String::from("#/");
        if let Some(lab) = &self.lab {
            encode(lab, &mut text);
        }
        let mut mark = '?';
        let mut put = |key: &str, value: &str| {
            text.push(mark);
            mark = '&';
            encode(key, &mut text);
            text.push('=');
            encode(value, &mut text);
        };
        if !self.pairs.is_empty() {
            put("v", &VERSION.to_string());
        }
        for (key, value) in &self.pairs {
            put(key, value);
        }
        if self.embed {
            put("embed", "1");
        }
        if let Some(choice) = self.theme {
            put("theme", choice.as_str());
        }
        text
    }
}

/// The names that a lab may have: `a-z`, digits and hyphens.
fn is_slug(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Percent-encodes what a fragment may not hold and what separates settings; brackets, commas, plus signs and
/// the like stay readable: `SO+(1,2)`.
fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            b'(' | b')' | b',' | b'+' | b'*' | b':' | b';' | b'@' | b'/' | b'!' | b'$' => {
                out.push(char::from(byte));
            }
            _ => {
                // Writing into a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

/// Undoes [`encode`]; none for a broken escape or for bytes that are not UTF-8. A plus sign stays one.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// At most 40 characters of a text that is quoted back.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn group_names_stay_readable() {
        let state = State {
            lab: Some("vectors".to_owned()),
            pairs: vec![pair("group", "SO+(1,2)"), pair("x", "1.5,-0.25"), pair("name", "a&b=c %")],
            embed: true,
            theme: Some(ThemeChoice::Dark),
        };
        let text = state.format();
        assert_eq!(text, "#/vectors?v=1&group=SO+(1,2)&x=1.5,-0.25&name=a%26b%3Dc%20%25&embed=1&theme=dark");
        assert_eq!(State::parse(&text), (state, vec![]));
    }

    #[test]
    fn the_gallery_is_short() {
        assert_eq!(State::default().format(), "#/");
        for text in ["", "#", "#/", "/"] {
            assert_eq!(State::parse(text), (State::default(), vec![]), "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, word, lab) in [
            ("#nonsense", "nonsense", None),
            ("#/Vectors!?a=1", "Vectors!", None),
            ("#/%ff", "%ff", None),
            ("#/vectors?a=%zz", "a=%zz", Some("vectors")),
            ("#/vectors?theme=pink", "theme=pink", Some("vectors")),
            ("#/vectors?embed=yes", "embed=yes", Some("vectors")),
            ("#/vectors?v=7", "newer", Some("vectors")),
            ("#/vectors?v=0", "v=0", Some("vectors")),
            ("#/vectors?a=1&a=2", "twice", Some("vectors")),
            ("#/vectors?=2", "without a name", Some("vectors")),
        ] {
            let (state, warnings) = State::parse(text);
            assert_eq!(state.lab.as_deref(), lab, "{text}");
            assert_eq!(warnings.len(), 1, "{text}: {warnings:?}");
            assert!(warnings[0].contains(word), "{text}: {warnings:?}");
        }
        let (state, warnings) = State::parse(&format!("#/vectors?a={}", "x".repeat(LONGEST)));
        assert_eq!(state, State::default());
        assert!(warnings[0].contains("too long"));
    }

    #[test]
    fn percent_encoding_by_others_is_understood() {
        let (state, warnings) = State::parse("#/vectors?group=SO%2B%281%2C2%29");
        assert_eq!((state.pairs, warnings), (vec![pair("group", "SO+(1,2)")], vec![]));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,80}") {
            let _ = State::parse(&text);
            let _ = State::parse(&format!("#/vectors?{text}"));
        }

        #[test]
        fn round_trip(
            lab in proptest::option::of("[a-z0-9][a-z0-9-]{0,12}"),
            values in proptest::collection::vec("\\PC{0,12}", 0..6),
            embed in any::<bool>(),
            dark in proptest::option::of(any::<bool>()),
        ) {
            // Keys of the shell are not a lab's: a prefix keeps the two apart, an index keeps keys distinct.
            let pairs = values.into_iter().enumerate().map(|(i, v)| (format!("k{i}{v}"), v)).collect();
            let theme = dark.map(|dark| if dark { ThemeChoice::Dark } else { ThemeChoice::Light });
            let state = State { lab, pairs, embed, theme };
            let text = state.format();
            prop_assert!(text.is_ascii());
            prop_assert_eq!(State::parse(&text), (state, vec![]));
        }
    }
}
