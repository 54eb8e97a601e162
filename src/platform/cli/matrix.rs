//! Matrices as arguments, `'[[1,2],[3,4]]'`, and in print.

use std::io::{self, Read, Write};

use serde_json::Value;

use crate::maths::Matrix;

/// Why a text is not a matrix; rows and columns are counted from 1, as a reader counts them.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MatrixError {
    /// Not JSON at all.
    #[error("--matrix is not JSON: {0}")]
    Json(String),
    /// JSON, but not an array of arrays.
    #[error("--matrix must be an array of rows like [[1,2],[3,4]], not {0}")]
    NotRows(&'static str),
    /// No rows, or a row without entries.
    #[error("--matrix is empty")]
    Empty,
    /// A row that is not an array.
    #[error("row {row} of --matrix must be an array of numbers, not {found}")]
    NotRow {
        /// Which row.
        row: usize,
        /// What stands there.
        found: &'static str,
    },
    /// Rows of different length.
    #[error("row {row} of --matrix has length {found}; the first row has length {expected}")]
    Ragged {
        /// The first row whose length is different.
        row: usize,
        /// Its length.
        found: usize,
        /// Length of the first row.
        expected: usize,
    },
    /// An entry that is not a number.
    #[error("the entry of --matrix in row {row}, column {col} must be a number, not {found}")]
    NotNumber {
        /// Its row.
        row: usize,
        /// Its column.
        col: usize,
        /// What stands there.
        found: String,
    },
    /// A number beyond the range of f64, in the form 1e999.
    #[error("the number {0} in --matrix exceeds the range of f64")]
    Range(String),
    /// Standard input could not be read.
    #[error("--matrix - : standard input cannot be read: {0}")]
    Input(String),
    /// More rows than columns, or fewer.
    #[error("--matrix is {rows} × {cols}; it must be square")]
    NotSquare {
        /// Its rows.
        rows: usize,
        /// Its columns.
        cols: usize,
    },
}

/// The matrix of an argument; `-` stands for standard input.
///
/// # Errors
/// Anything but an array of rows of finite numbers, all of one length, none empty.
pub fn argument(text: &str) -> Result<Matrix, MatrixError> {
    if text.trim() != "-" {
        return parse(text);
    }
    let mut input = String::new();
    io::stdin().read_to_string(&mut input).map_err(|error| MatrixError::Input(error.to_string()))?;
    parse(&input)
}

/// [`argument`], for what works on square matrices only.
///
/// # Errors
/// As [`argument`], and where there are not as many rows as columns.
pub fn square_argument(text: &str) -> Result<Matrix, MatrixError> {
    let m = argument(text)?;
    if m.is_square() { Ok(m) } else { Err(MatrixError::NotSquare { rows: m.rows(), cols: m.cols() }) }
}

fn parse(text: &str) -> Result<Matrix, MatrixError> {
    let value: Value = serde_json::from_str(text).map_err(|error| explain(text, &error))?;
    let Value::Array(rows) = &value else { return Err(MatrixError::NotRows(name(&value))) };
    let mut data = Vec::new();
    let mut width = None;
    for (i, row) in rows.iter().enumerate() {
        let Value::Array(entries) = row else {
            return Err(MatrixError::NotRow { row: i + 1, found: name(row) });
        };
        let expected = *width.get_or_insert(entries.len());
        if entries.len() != expected {
            return Err(MatrixError::Ragged { row: i + 1, found: entries.len(), expected });
        }
        for (j, entry) in entries.iter().enumerate() {
            let number = entry.as_f64().filter(|x| x.is_finite()).ok_or_else(|| MatrixError::NotNumber {
                row: i + 1,
                col: j + 1,
                found: entry.to_string(),
            })?;
            data.push(number);
        }
    }
    match width {
        None | Some(0) => Err(MatrixError::Empty),
        Some(cols) => Matrix::from_data(rows.len(), cols, data).ok_or(MatrixError::Empty),
    }
}

/// JSON has no word for NaN and infinity, and readers try them: say that rather than "expected value".
fn explain(text: &str, error: &serde_json::Error) -> MatrixError {
    let (mut row, mut col, mut depth) = (0, 1, 0);
    let mut word = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, '.' | '-' | '+') {
            word.push(c);
            continue;
        }
        if let Some(found) = error_word(&word) {
            return fault(found, row, col);
        }
        word.clear();
        match c {
            '[' => (depth, col, row) = (depth + 1, 1, if depth == 1 { row + 1 } else { row }),
            ']' => depth -= 1,
            ',' if depth == 2 => col += 1,
            _ => {}
        }
    }
    MatrixError::Json(error.to_string())
}

/// The word itself where it means a number that is not finite or too large.
fn error_word(word: &str) -> Option<&str> {
    (!word.is_empty()).then_some(word).filter(|w| w.parse::<f64>().is_ok_and(|x| !x.is_finite()))
}

fn fault(word: &str, row: usize, col: usize) -> MatrixError {
    if word.contains(|c: char| c.is_ascii_digit()) {
        MatrixError::Range(word.to_owned())
    } else {
        MatrixError::NotNumber { row, col, found: word.to_owned() }
    }
}

fn name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Rows for JSON.
pub fn json(m: &Matrix) -> Value {
    Value::from(m.to_rows())
}

/// Rows for the eye, columns aligned, every number to full precision.
pub fn print(m: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<Vec<String>> =
        m.to_rows().iter().map(|row| row.iter().map(|x| number(*x)).collect()).collect();
    let width = |j: usize| cells.iter().map(|row| row[j].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..m.cols()).map(width).collect();
    for row in &cells {
        let line: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
        writeln!(out, "  {}", line.join("  "))?;
    }
    Ok(())
}

/// The shortest text that reads back as the same f64; −0 as 0.
pub fn number(x: f64) -> String {
    let x = if x == 0.0 { 0.0 } else { x };
    if x != 0.0 && !(1e-5..1e16).contains(&x.abs()) { format!("{x:e}") } else { format!("{x}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_matrix_is_read_and_printed_to_the_last_bit() {
        let text = "[[0.1, -2.5e-300], [3, 1.7976931348623157e308]]";
        let m = square_argument(text).unwrap();
        assert_eq!(m.data(), [0.1, -2.5e-300, 3.0, f64::MAX]);
        assert_eq!(square_argument(&json(&m).to_string()).unwrap(), m);
        let mut out = Vec::new();
        print(&m, &mut out).unwrap();
        let printed = String::from_utf8(out).unwrap();
        let back: Vec<f64> = printed.split_whitespace().map(|w| w.parse().unwrap()).collect();
        assert_eq!(back, m.data());
        let lengths: Vec<usize> = printed.lines().map(str::len).collect();
        assert_eq!(lengths[0], lengths[1], "{printed}");
    }

    proptest::proptest! {
        #[test]
        fn every_finite_number_is_read_back_and_no_text_panics(
            numbers in proptest::collection::vec(proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL, 9),
            text in "[-\\[\\], 0-9a-zA-Z.]{0,40}",
        ) {
            let m = Matrix::from_data(3, 3, numbers).unwrap();
            proptest::prop_assert_eq!(square_argument(&json(&m).to_string()).unwrap(), m);
            if let Ok(m) = parse(&text) {
                proptest::prop_assert!(m.is_finite() && m.rows() > 0);
            }
        }
    }

    #[test]
    fn rectangles_are_matrices_but_not_square() {
        assert_eq!(argument("[[1,2,3],[4,5,6]]").unwrap().cols(), 3);
        assert_eq!(square_argument("[[1,2]]"), Err(MatrixError::NotSquare { rows: 1, cols: 2 }));
    }

    #[test]
    fn faults_are_named_with_their_place() {
        for (text, words) in [
            ("{\"a\":1}", "array of rows like [[1,2],[3,4]], not an object"),
            ("3", "not a number"),
            ("[]", "empty"),
            ("[[]]", "empty"),
            ("[1,2]", "row 1 of --matrix must be an array of numbers, not a number"),
            ("[[1,2],null]", "row 2 of --matrix must be an array of numbers, not null"),
            ("[[1,2],[3]]", "row 2 of --matrix has length 1; the first row has length 2"),
            ("[[1,\"x\"],[3,4]]", "row 1, column 2 must be a number, not \"x\""),
            ("[[1,2],[null,4]]", "row 2, column 1 must be a number, not null"),
            ("[[1,2],[3,NaN]]", "row 2, column 2 must be a number, not NaN"),
            ("[[1,-inf],[3,4]]", "row 1, column 2 must be a number, not -inf"),
            ("[[1,2],[1e999,4]]", "1e999 in --matrix exceeds the range"),
            ("[[1,2],[3,4]", "not JSON"),
            ("", "not JSON"),
        ] {
            let message = square_argument(text).unwrap_err().to_string();
            assert!(message.contains(words), "{text}: {message}");
        }
    }
}
