//! Reading settings out of URL pairs: what cannot be taken as it stands is clamped or left out, and said.

use super::lab::{Applied, Pairs};

/// Reads values by key, remembers which keys are known and what was wrong.
pub struct Reader<'a> {
    pairs: &'a Pairs,
    applied: Applied,
}

impl<'a> Reader<'a> {
    /// A reader of these pairs.
    pub fn new(pairs: &'a Pairs) -> Self {
        Self { pairs, applied: Applied::default() }
    }

    /// What became of the pairs.
    pub fn done(self) -> Applied {
        self.applied
    }

    /// The text of a key; from now on the key is known.
    pub fn text(&mut self, key: &str) -> Option<String> {
        self.applied.used.insert(key.to_owned());
        self.pairs.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v.clone())
    }

    /// Says why a value was not used.
    pub fn warn(&mut self, key: &str, value: &str, why: &str) {
        let shown: String = value.chars().take(40).collect();
        self.applied.warnings.push(format!("{key} = {shown} was not used: {why}."));
    }

    /// A value by its own parser.
    pub fn parse<T: std::str::FromStr>(&mut self, key: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.text(key)?;
        text.parse().map_err(|e: T::Err| self.warn(key, &text, &e.to_string())).ok()
    }

    /// A number, clamped into its range.
    pub fn number(&mut self, key: &str, lo: f64, hi: f64) -> Option<f64> {
        let text = self.text(key)?;
        match text.parse::<f64>() {
            Ok(v) if v.is_finite() && (lo..=hi).contains(&v) => Some(v),
            Ok(v) if v.is_finite() => {
                let used = v.clamp(lo, hi);
                let message = format!("{key} = {v} is outside {lo} … {hi}; {used} is used.");
                self.applied.warnings.push(message);
                Some(used)
            }
            Ok(_) => {
                self.warn(key, &text, "it is not a finite number");
                None
            }
            Err(_) => {
                self.warn(key, &text, "it is not a number");
                None
            }
        }
    }

    /// A whole number, clamped into its range.
    pub fn integer(&mut self, key: &str, lo: usize, hi: usize) -> Option<usize> {
        self.number(key, lo as f64, hi as f64).map(|v| v.round() as usize)
    }

    /// One of a few names.
    pub fn choice<T: Copy, const N: usize>(&mut self, key: &str, options: [(&str, T); N]) -> Option<T> {
        self.choice_of(key, options.into_iter())
    }

    /// One of the names of a list.
    pub fn choice_of<'n, T: Copy>(
        &mut self,
        key: &str,
        options: impl Iterator<Item = (&'n str, T)> + Clone,
    ) -> Option<T> {
        let text = self.text(key)?;
        let found = options.clone().find(|(name, _)| *name == text).map(|(_, v)| v);
        if found.is_none() {
            let known: Vec<&str> = options.map(|(name, _)| name).collect();
            self.warn(key, &text, &format!("known are {}", known.join(", ")));
        }
        found
    }
}
