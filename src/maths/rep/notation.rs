//! Reading and writing representations; the grammar stands at the top of the module above.

use super::super::matrix_group::MAX_DIM as MAX_FACTORS;
use super::{Atom, Factor, MAX_DEGREE, MAX_MULTIPLICITY, Parity, Part, Rep};
use std::fmt;
use std::str::FromStr;

/// Where a text stops being a representation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("‘{text}’, character {position}: expected {expected}, found {found}")]
pub struct ParseError {
    /// The whole text.
    pub text: String,
    /// Which character, from 1; one past the last where the text ends too early.
    pub position: usize,
    /// What could stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// What a term may begin with.
const TERM: &str = "a term such as T1, 2T(1,1), Reg, 1o or 4x0e";
/// What a factor may be.
const FACTOR: &str = "a factor such as T1, T(1,1), Reg or 1o";

struct Reader<'a> {
    text: &'a str,
    characters: Vec<char>,
    at: usize,
}

impl Reader<'_> {
    /// The next character that is not a blank.
    fn peek(&mut self) -> Option<char> {
        while self.characters.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.characters.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += usize::from(there);
        there
    }

    fn error_at(&self, at: usize, expected: impl Into<String>, found: Option<String>) -> ParseError {
        let here = self.characters.get(at).map_or_else(|| "the end".to_owned(), |c| format!("‘{c}’"));
        ParseError {
            text: self.text.to_owned(),
            position: at + 1,
            expected: expected.into(),
            found: found.unwrap_or(here),
        }
    }

    fn error(&self, expected: impl Into<String>) -> ParseError {
        self.error_at(self.at, expected, None)
    }

    fn need(&mut self, wanted: char, expected: &str) -> Result<(), ParseError> {
        if self.take(wanted) { Ok(()) } else { Err(self.error(expected)) }
    }

    /// A number between `least` and `most`, and where it begins.
    fn number(&mut self, least: usize, most: usize, what: &str) -> Result<(usize, usize), ParseError> {
        self.peek();
        let start = self.at;
        while self.characters.get(self.at).is_some_and(char::is_ascii_digit) {
            self.at += 1;
        }
        let digits: String = self.characters[start..self.at].iter().collect();
        if digits.is_empty() {
            return Err(self.error(what));
        }
        let value = digits.parse().ok().filter(|value| (least..=most).contains(value));
        value.map(|v| (v, start)).ok_or_else(|| {
            self.error_at(start, format!("{what} between {least} and {most}"), Some(format!("‘{digits}’")))
        })
    }

    fn small(&mut self, what: &str) -> Result<u8, ParseError> {
        let (value, start) = self.number(0, usize::from(u8::MAX), what)?;
        u8::try_from(value).map_err(|_| self.error_at(start, what, None))
    }

    fn sum(&mut self) -> Result<Rep, ParseError> {
        let mut terms = vec![self.term()?];
        while self.take('+') {
            terms.push(self.term()?);
        }
        if self.peek().is_some() {
            return Err(self.error("‘+’, ‘*’ or the end"));
        }
        Ok(Rep { terms })
    }

    fn term(&mut self) -> Result<(usize, Atom), ParseError> {
        let multiplicity = match self.peek() {
            Some(c) if c.is_ascii_digit() => self.multiplicity()?,
            Some('T' | 'R') => 1,
            _ => return Err(self.error(TERM)),
        };
        let mut atom = self.part()?;
        while self.take('*') {
            atom = atom.tensor(&self.part()?);
        }
        Ok((multiplicity, atom))
    }

    /// A factor, with the number of its group behind it.
    fn part(&mut self) -> Result<Atom, ParseError> {
        let factor = self.factor()?;
        if !self.take('[') {
            return Ok(Atom::from_factor(factor));
        }
        let (k, start) = self.number(1, MAX_FACTORS, "the number of a factor of the group")?;
        let k = u8::try_from(k).map_err(|_| self.error_at(start, "the number of a factor", None))?;
        self.need(']', "‘]’")?;
        Ok(Atom::of_group(factor, k))
    }

    /// A number is a multiplicity if ‘x’, ‘T’ or ‘R’ comes after it, and else the degree of an irrep.
    fn multiplicity(&mut self) -> Result<usize, ParseError> {
        let start = self.at;
        while self.characters.get(self.at).is_some_and(char::is_ascii_digit) {
            self.at += 1;
        }
        let next = self.peek();
        self.at = start;
        if !matches!(next, Some('x' | 'T' | 'R')) {
            return Ok(1);
        }
        let (multiplicity, _) = self.number(1, MAX_MULTIPLICITY, "a multiplicity")?;
        self.take('x');
        Ok(multiplicity)
    }

    fn factor(&mut self) -> Result<Factor, ParseError> {
        match self.peek() {
            Some('T') => self.tensor(),
            Some('R') => {
                for (i, c) in "Reg".chars().enumerate() {
                    if self.characters.get(self.at + i) != Some(&c) {
                        return Err(self.error_at(self.at + i, "‘Reg’", None));
                    }
                }
                self.at += 3;
                Ok(Factor::Regular)
            }
            Some(c) if c.is_ascii_digit() => self.irrep(),
            _ => Err(self.error(FACTOR)),
        }
    }

    fn tensor(&mut self) -> Result<Factor, ParseError> {
        self.at += 1;
        if !self.take('(') {
            let p = self.small("a power such as T2, or ‘(’ as in T(1,1)")?;
            return Ok(Factor::Tensor { p, q: 0 });
        }
        let p = self.small("a power of the base space")?;
        if self.take(')') {
            return Ok(Factor::Tensor { p, q: 0 });
        }
        self.need(',', "‘,’ and a power of the dual space, or ‘)’")?;
        let q = self.small("a power of the dual space")?;
        self.need(')', "‘)’")?;
        Ok(Factor::Tensor { p, q })
    }

    fn irrep(&mut self) -> Result<Factor, ParseError> {
        let (degree, start) = self.number(0, usize::from(MAX_DEGREE), "the degree of an irrep")?;
        let degree = u8::try_from(degree).map_err(|_| self.error_at(start, "a degree", None))?;
        let parity = match self.characters.get(self.at) {
            Some('e') => Some(Parity::Even),
            Some('o') => Some(Parity::Odd),
            _ => None,
        };
        self.at += usize::from(parity.is_some());
        Ok(Factor::Irrep { degree, parity })
    }
}

impl FromStr for Rep {
    type Err = ParseError;

    /// Blanks may stand anywhere but within a word or a number.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        Reader { text, characters: text.chars().collect(), at: 0 }.sum()
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tensor { p, q: 0 } => write!(f, "T{p}"),
            Self::Tensor { p, q } => write!(f, "T({p},{q})"),
            Self::Regular => f.write_str("Reg"),
            Self::Irrep { degree, parity } => {
                let letter = match parity {
                    Some(Parity::Even) => "e",
                    Some(Parity::Odd) => "o",
                    None => "",
                };
                write!(f, "{degree}{letter}")
            }
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.factor)?;
        self.of.map_or(Ok(()), |k| write!(f, "[{k}]"))
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            write!(f, "{}{part}", if i > 0 { "*" } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Rep {
    /// The shortest form; irreps always with their multiplicity, `1x1o`, as e3nn writes them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (multiplicity, atom)) in self.terms.iter().enumerate() {
            f.write_str(if i > 0 { "+" } else { "" })?;
            match atom.0.first() {
                Some(Part { factor: Factor::Irrep { .. }, .. }) => write!(f, "{multiplicity}x")?,
                _ if *multiplicity > 1 => write!(f, "{multiplicity}")?,
                _ => {}
            }
            write!(f, "{atom}")?;
        }
        Ok(())
    }
}
