//! Numbers as people type them: `sqrt(2)/2`, `3π/4`, `30°`, `-1.2e-3`, `2 × 0.7`.
//!
//! Grammar, loosest binding first; a sign binds weaker than a power, so `-2^2 = -4`, and powers group to the right:
//!
//! ```text
//! sum     = product (('+' | '-') product)*
//! product = factor (('*' | '/') factor | power)*      a power right after a value multiplies: 2π, 2(1+3)
//! factor  = ('+' | '-') factor | power
//! power   = suffixed ('^' factor)?
//! suffixed = atom ('°' | 'deg' | 'rad')*
//! atom    = number | constant | function '(' sum ')' | '(' sum ')'
//! ```
//!
//! Constants: `pi`, `π`, `tau`, `τ`, `e`. Functions: see [`FUNCTIONS`]; they take radians. `×` `·` are `*`, `÷` is
//! `/`, `−` is `-`, `√x` is `sqrt`. A comma is never accepted: it is a decimal sign to some and a separator to others.

use std::f64::consts::{E, PI, TAU};

/// A name, and the function of one real argument that it stands for.
pub type Function = (&'static str, fn(f64) -> f64);

/// The functions that can be typed.
pub const FUNCTIONS: [Function; 15] = [
    ("sqrt", f64::sqrt),
    ("sin", f64::sin),
    ("cos", f64::cos),
    ("tan", f64::tan),
    ("exp", f64::exp),
    ("ln", f64::ln),
    ("log", f64::log10),
    ("abs", f64::abs),
    ("acosh", f64::acosh),
    ("asinh", f64::asinh),
    ("atanh", f64::atanh),
    ("cosh", f64::cosh),
    ("sinh", f64::sinh),
    ("tanh", f64::tanh),
    ("cbrt", f64::cbrt),
];

/// How deep brackets, signs and powers may nest.
const MAX_DEPTH: usize = 64;

/// Why a text is no number. Columns count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExprError {
    /// Nothing but spaces.
    #[error("a number is missing")]
    Empty,
    /// A character or word that has no meaning at its place.
    #[error("unexpected ‘{what}’ at column {column}")]
    Unexpected {
        /// The character or word.
        what: String,
        /// Where it begins.
        column: usize,
    },
    /// The text stops where a value or a closing bracket is due.
    #[error("the expression ends too early, at column {column}")]
    Unfinished {
        /// One past the last character.
        column: usize,
    },
    /// A name that is neither a constant nor a function.
    #[error("unknown name ‘{name}’ at column {column}")]
    Unknown {
        /// The name.
        name: String,
        /// Where it begins.
        column: usize,
    },
    /// A comma, which some read as a decimal sign and some as a separator.
    #[error("use a point, not a comma, at column {column}")]
    Comma {
        /// Where it stands.
        column: usize,
    },
    /// Brackets or signs nested deeper than anyone means.
    #[error("nested too deep at column {column}")]
    TooDeep {
        /// Where the limit is passed.
        column: usize,
    },
    /// The value is infinite or not a number.
    #[error("{what} is not a finite number")]
    NotFinite {
        /// The text as it was typed.
        what: String,
    },
}

/// What a text says, and whether it says it as an angle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    /// The number; degrees have been turned into radians where a suffix says so.
    pub number: f64,
    /// The unit that the text itself names.
    pub unit: Unit,
}

/// The unit that a text names by a suffix or by π.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Neither suffix nor π: the reader's field decides.
    #[default]
    Bare,
    /// A suffix `°`, `deg` or `rad`, or a π or τ: `number` is in radians.
    Radians,
}

/// The value of an expression.
///
/// # Errors
/// [`ExprError`] with the place, or where the value is not finite.
pub fn parse(text: &str) -> Result<Value, ExprError> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0, depth: 0, unit: Unit::Bare };
    parser.skip_spaces();
    if parser.at == parser.chars.len() {
        return Err(ExprError::Empty);
    }
    let number = parser.sum()?;
    if parser.at < parser.chars.len() {
        return Err(parser.unexpected());
    }
    if !number.is_finite() {
        return Err(ExprError::NotFinite { what: text.trim().to_owned() });
    }
    Ok(Value { number, unit: parser.unit })
}

/// The value of an expression as a plain number; angles with a suffix are in radians.
///
/// # Errors
/// As [`parse`].
pub fn number(text: &str) -> Result<f64, ExprError> {
    parse(text).map(|value| value.number)
}

/// The value of an expression as an angle in radians: a bare number is in degrees, one with π, τ or a suffix is what
/// it says.
///
/// # Errors
/// As [`parse`].
pub fn angle(text: &str) -> Result<f64, ExprError> {
    let value = parse(text)?;
    Ok(match value.unit {
        Unit::Bare => value.number.to_radians(),
        Unit::Radians => value.number,
    })
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    unit: Unit,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Steps over one of `options` and the spaces after it.
    fn take(&mut self, options: &[char]) -> bool {
        let found = self.peek().is_some_and(|c| options.contains(&c));
        if found {
            self.at += 1;
            self.skip_spaces();
        }
        found
    }

    fn unexpected(&self) -> ExprError {
        let column = self.at + 1;
        match self.peek() {
            None => ExprError::Unfinished { column },
            Some(',') => ExprError::Comma { column },
            Some(c) => ExprError::Unexpected { what: c.to_string(), column },
        }
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<f64, ExprError>) -> Result<f64, ExprError> {
        if self.depth >= MAX_DEPTH {
            return Err(ExprError::TooDeep { column: self.at + 1 });
        }
        self.depth += 1;
        let value = inner(self);
        self.depth -= 1;
        value
    }

    fn sum(&mut self) -> Result<f64, ExprError> {
        let mut value = self.product()?;
        loop {
            if self.take(&['+']) {
                value += self.product()?;
            } else if self.take(&['-', '−']) {
                value -= self.product()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn product(&mut self) -> Result<f64, ExprError> {
        let mut value = self.factor()?;
        loop {
            if self.take(&['*', '×', '·', '⋅']) {
                value *= self.factor()?;
            } else if self.take(&['/', '÷']) {
                value /= self.factor()?;
            } else if self.peek().is_some_and(|c| c == '(' || c == '√' || c.is_alphabetic()) {
                value *= self.power()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn factor(&mut self) -> Result<f64, ExprError> {
        if self.take(&['-', '−']) {
            Ok(-self.nested(Self::factor)?)
        } else if self.take(&['+']) {
            self.nested(Self::factor)
        } else {
            self.power()
        }
    }

    fn power(&mut self) -> Result<f64, ExprError> {
        let base = self.suffixed()?;
        if self.take(&['^']) { Ok(base.powf(self.nested(Self::factor)?)) } else { Ok(base) }
    }

    fn suffixed(&mut self) -> Result<f64, ExprError> {
        let mut value = self.atom()?;
        loop {
            if self.take(&['°']) || self.take_word("deg") {
                value = value.to_radians();
            } else if !self.take_word("rad") {
                return Ok(value);
            }
            self.unit = Unit::Radians;
        }
    }

    fn atom(&mut self) -> Result<f64, ExprError> {
        match self.peek() {
            Some(c) if c.is_ascii_digit() || c == '.' => self.literal(),
            Some('(') => self.bracketed(),
            Some('√') => {
                self.at += 1;
                self.skip_spaces();
                Ok(self.nested(Self::atom)?.sqrt())
            }
            Some(c) if c.is_alphabetic() => self.named(),
            _ => Err(self.unexpected()),
        }
    }

    fn bracketed(&mut self) -> Result<f64, ExprError> {
        if !self.take(&['(']) {
            return Err(self.unexpected());
        }
        let value = self.nested(Self::sum)?;
        if self.take(&[')']) { Ok(value) } else { Err(self.unexpected()) }
    }

    /// Digits, a point, and an exponent; an `e` without digits behind it is Euler's number.
    fn literal(&mut self) -> Result<f64, ExprError> {
        let start = self.at;
        self.digits();
        if self.peek() == Some('.') {
            self.at += 1;
            self.digits();
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            let signed = usize::from(matches!(self.chars.get(self.at + 1), Some('+' | '-' | '−')));
            if self.chars.get(self.at + 1 + signed).is_some_and(char::is_ascii_digit) {
                self.at += 1 + signed;
                self.digits();
            }
        }
        let text: String = self.chars[start..self.at].iter().collect::<String>().replace('−', "-");
        let value = text.parse().map_err(|_| ExprError::Unexpected { what: text, column: start + 1 })?;
        self.skip_spaces();
        Ok(value)
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// The word that begins here; π and τ are words of their own, so that `2πe` reads as it looks.
    fn word(&self) -> String {
        let rest = &self.chars[self.at.min(self.chars.len())..];
        match rest.first() {
            Some(c @ ('π' | 'τ')) => c.to_string(),
            _ => rest.iter().take_while(|c| c.is_alphabetic() && !matches!(c, 'π' | 'τ')).collect(),
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.word() == word;
        if found {
            self.at += word.chars().count();
            self.skip_spaces();
        }
        found
    }

    fn named(&mut self) -> Result<f64, ExprError> {
        let (name, column) = (self.word(), self.at + 1);
        self.at += name.chars().count();
        self.skip_spaces();
        match name.as_str() {
            "pi" | "π" => {
                self.unit = Unit::Radians;
                Ok(PI)
            }
            "tau" | "τ" => {
                self.unit = Unit::Radians;
                Ok(TAU)
            }
            "e" => Ok(E),
            _ => match FUNCTIONS.iter().find(|(known, _)| *known == name) {
                Some((_, function)) => {
                    // The unit inside is the argument's, not the value's: sin(30°) is a plain 0.5.
                    let outer = self.unit;
                    let value = function(self.bracketed()?);
                    self.unit = outer;
                    Ok(value)
                }
                None => Err(ExprError::Unknown { name, column }),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values() {
        let table = [
            ("1", 1.0),
            (" -1.25e-3 ", -1.25e-3),
            ("1e3", 1000.0),
            ("2e", 2.0 * E),
            ("1 + 2*3", 7.0),
            ("(1+2)*3", 9.0),
            ("8/2/2", 2.0),
            ("2^3^2", 512.0),
            ("-2^2", -4.0),
            ("2^-1", 0.5),
            ("2--1", 3.0),
            ("sqrt(2)/2", 0.5_f64.sqrt()),
            ("√2", 2_f64.sqrt()),
            ("2π", TAU),
            ("3 pi / 4", 0.75 * PI),
            ("1/2π", 0.5 * PI),
            ("30°", PI / 6.0),
            ("30 deg", PI / 6.0),
            ("sin(30°)", 0.5),
            ("0.5 rad", 0.5),
            ("2 × 0.7", 1.4),
            ("−3", -3.0),
            ("1e−3", 1e-3),
            ("log(100)", 2.0),
            ("ln(e)", 1.0),
            ("acosh(cosh(1.5))", 1.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("2(1+1)", 4.0),
        ];
        for (text, want) in table {
            let got = number(text).unwrap();
            assert!((got - want).abs() <= 1e-14 * want.abs().max(1.0), "{text}: {got} instead of {want}");
        }
    }

    #[test]
    fn an_angle_is_in_degrees_unless_it_says_otherwise() {
        for (text, want) in [
            ("37", 37_f64.to_radians()),
            ("pi/6", PI / 6.0),
            ("37°", 37_f64.to_radians()),
            ("0.5 rad", 0.5),
            ("90*sin(30°)", 45_f64.to_radians()),
            ("90 - 45", 45_f64.to_radians()),
        ] {
            assert!((angle(text).unwrap() - want).abs() < 1e-14, "{text}");
        }
    }

    #[test]
    fn errors_say_what_and_where() {
        for (text, want) in [
            ("", "a number is missing"),
            ("   ", "a number is missing"),
            ("2 + x", "unknown name ‘x’ at column 5"),
            ("2 + $", "unexpected ‘$’ at column 5"),
            ("2 3", "unexpected ‘3’ at column 3"),
            ("1,5", "use a point, not a comma, at column 2"),
            ("(1", "the expression ends too early, at column 3"),
            ("1 +", "the expression ends too early, at column 4"),
            ("sin 3", "unexpected ‘3’ at column 5"),
            ("1)", "unexpected ‘)’ at column 2"),
            (".", "unexpected ‘.’ at column 1"),
            ("1/0", "1/0 is not a finite number"),
            ("sqrt(-1)", "sqrt(-1) is not a finite number"),
            ("1e999", "1e999 is not a finite number"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), want, "{text}");
        }
        assert!(matches!(parse(&"(".repeat(100_000)), Err(ExprError::TooDeep { .. })));
        assert!(matches!(parse(&"-".repeat(100_000)), Err(ExprError::TooDeep { .. })));
        assert!(matches!(parse(&"2^".repeat(100_000)), Err(ExprError::TooDeep { .. })));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn never_panics_on_its_own_words(
            words in prop::collection::vec(
                prop::sample::select(vec![
                    "1", "2.5", "e", "pi", "π", "(", ")", "+", "-", "−", "*", "×", "/", "^", "°", "deg", "sin",
                    "sqrt(", "√", " ", ",", "E", ".", "rad",
                ]),
                0..24,
            )
        ) {
            if let Ok(value) = parse(&words.concat()) {
                prop_assert!(value.number.is_finite());
            }
        }

        #[test]
        fn a_printed_number_reads_back_exactly(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
            let printed = value.to_string();
            prop_assert_eq!(number(&printed).unwrap(), value);
            let scientific = format!("{value:e}");
            prop_assert_eq!(number(&scientific).unwrap(), value);
        }

        #[test]
        fn agrees_with_arithmetic(a in -1e6..1e6_f64, b in 0.1..1e3_f64, c in -1e3..1e3_f64) {
            let text = format!("{a} + ({c}) * {b} / 2 - {b}");
            prop_assert_eq!(number(&text).unwrap(), a + c * b / 2.0 - b);
        }
    }
}
