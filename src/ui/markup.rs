//! The little language of formulas: `f(g·x)`, `10^{-7}`, `x_1`, `\exp(0.65 J)`, `\R^2`.
//!
//! Letters (Latin, lower-case Greek) are italic; digits, brackets and `\word` are upright; `^` and `_` take one token
//! or a group in braces and do not nest; `-` is a minus sign. `\R`, `\C`, `\Z` are number sets.

/// Height of a token against the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// On the line.
    Base,
    /// A superscript.
    Super,
    /// A subscript.
    Sub,
}

/// What a letter stands for, and so its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing of its own.
    Plain,
    /// The group element and its parameters: g, ρ, θ, η, φ.
    Group,
    /// The input: x.
    Input,
    /// The output: y.
    Output,
}

/// A letter, sign or upright word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What is printed.
    pub text: String,
    /// True for variables.
    pub italic: bool,
    /// On the line, above or below.
    pub level: Level,
    /// What it stands for.
    pub meaning: Meaning,
}

/// Splits markup into tokens. Every text is accepted: an unclosed brace ends with the text.
pub fn tokens(markup: &str) -> Vec<Token> {
    let chars: Vec<char> = markup.chars().collect();
    let (mut out, mut at, mut group) = (Vec::new(), 0, None);
    while at < chars.len() {
        match (chars[at], group) {
            ('}', Some(_)) => {
                group = None;
                at += 1;
            }
            (mark @ ('^' | '_'), None) if at + 1 < chars.len() => {
                let level = if mark == '^' { Level::Super } else { Level::Sub };
                at += 1;
                if chars[at] == '{' {
                    group = Some(level);
                    at += 1;
                } else {
                    at = token(&chars, at, level, &mut out);
                }
            }
            (_, level) => at = token(&chars, at, level.unwrap_or(Level::Base), &mut out),
        }
    }
    out
}

/// Reads the one token that begins at `at`; returns where the next begins.
fn token(chars: &[char], at: usize, level: Level, out: &mut Vec<Token>) -> usize {
    let upright = |text: String| Token { text, italic: false, level, meaning: Meaning::Plain };
    if chars[at] == '\\' {
        let word: String = chars[at + 1..].iter().take_while(|c| c.is_ascii_alphabetic()).collect();
        if !word.is_empty() {
            let next = at + 1 + word.len();
            let set = match word.as_str() {
                "R" => "ℝ",
                "C" => "ℂ",
                "Z" => "ℤ",
                _ => word.as_str(),
            };
            out.push(upright(set.to_owned()));
            return next;
        }
    }
    let c = if chars[at] == '-' { '−' } else { chars[at] };
    let italic = c.is_ascii_alphabetic() || ('α'..='ω').contains(&c) || c == 'ϕ';
    let meaning = match c {
        'g' | 'ρ' | 'θ' | 'η' | 'φ' => Meaning::Group,
        'x' => Meaning::Input,
        'y' => Meaning::Output,
        _ => Meaning::Plain,
    };
    out.push(Token { italic, meaning, ..upright(c.to_string()) });
    at + 1
}

/// The formula in one line of plain text, for accessible names and tooltips: `f(g·x)`, `1.3 × 10⁻⁷`, `x₁`.
pub fn plain(markup: &str) -> String {
    let mut out = String::new();
    let mut last = Level::Base;
    for token in tokens(markup) {
        let scripted: Option<String> = match token.level {
            Level::Base => Some(token.text.clone()),
            Level::Super => token.text.chars().map(superscript).collect(),
            Level::Sub => token.text.chars().map(subscript).collect(),
        };
        match scripted {
            Some(text) => out.push_str(&text),
            None => {
                if token.level != last {
                    out.push(if token.level == Level::Super { '^' } else { '_' });
                }
                out.push_str(&token.text);
            }
        }
        last = token.level;
    }
    out
}

fn superscript(c: char) -> Option<char> {
    Some(match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4'..='9' => char::from_u32('⁰' as u32 + c.to_digit(10)?)?,
        '+' => '⁺',
        '−' => '⁻',
        'n' => 'ⁿ',
        _ => return None,
    })
}

fn subscript(c: char) -> Option<char> {
    Some(match c {
        '0'..='9' => char::from_u32('₀' as u32 + c.to_digit(10)?)?,
        '+' => '₊',
        '−' => '₋',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_lean_and_names_stand() {
        let t = tokens(r"ρ(g) = \exp(x_1)^{-1}");
        let shown: String = t.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(shown, "ρ(g) = exp(x1)−1");
        assert!(t[0].italic && t[0].meaning == Meaning::Group);
        let exp = t.iter().find(|t| t.text == "exp").unwrap();
        assert!(!exp.italic && exp.meaning == Meaning::Plain);
        assert_eq!(t.iter().filter(|t| t.level == Level::Super).count(), 2);
        assert_eq!(t.iter().find(|t| t.text == "1").unwrap().level, Level::Sub);
    }

    #[test]
    fn plain_text_reads_as_the_formula() {
        assert_eq!(plain("1.3 × 10^{-7}"), "1.3 × 10⁻⁷");
        assert_eq!(plain("x_1"), "x₁");
        assert_eq!(plain(r"\SO^+(1,3)"), "SO⁺(1,3)");
        assert_eq!(plain("A^{ij}"), "A^ij");
        assert_eq!(plain(r"\R^2"), "ℝ²");
    }

    proptest! {
        #[test]
        fn any_text_is_set_and_nothing_is_lost(text in "[a-z0-9 ^_{}\\\\()ρ-]{0,24}") {
            let printed: usize = tokens(&text).iter().map(|t| t.text.chars().count()).sum();
            let markup = text.chars().filter(|c| "^_{}\\".contains(*c)).count();
            prop_assert!(printed + markup >= text.chars().count());
            let _ = plain(&text);
        }
    }
}
