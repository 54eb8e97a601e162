//! Matrices as JSON: an array of rows, `[[1,2],[3,4]]`.

use super::matrix::Matrix;
use serde_json::Value;

/// Why a JSON value is not a matrix; rows and columns are counted from 1, as a reader counts them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not JSON at all.
    #[error("not JSON: {0}")]
    Json(String),
    /// Not an array.
    #[error("it must be an array of rows like [[1,2],[3,4]], not {0}")]
    NotRows(String),
    /// No rows, or rows without entries.
    #[error("it is empty")]
    Empty,
    /// A row that is not an array.
    #[error("row {row} must be an array of numbers, not {found}")]
    NotRow {
        /// Which row.
        row: usize,
        /// What stands there.
        found: String,
    },
    /// Rows of different length.
    #[error("row {row} has length {found}; the first row has length {expected}")]
    Ragged {
        /// The first row whose length is different.
        row: usize,
        /// Its length.
        found: usize,
        /// Length of the first row.
        expected: usize,
    },
    /// An entry that is not a finite number.
    #[error("row {row}, column {col} must be a number, not {found}")]
    NotNumber {
        /// Its row.
        row: usize,
        /// Its column.
        col: usize,
        /// What stands there.
        found: String,
    },
    /// A number beyond the range of f64, in the form 1e999.
    #[error("the number {0} exceeds the range of f64")]
    Range(String),
    /// More rows than columns, or fewer, where that matters.
    #[error("it is {rows} × {cols}; it must be square")]
    NotSquare {
        /// Its rows.
        rows: usize,
        /// Its columns.
        cols: usize,
    },
}

/// The matrix of a JSON value.
///
/// # Errors
/// Anything but an array of rows of finite numbers, all of one length, none empty.
pub fn matrix(value: &Value) -> Result<Matrix, Fault> {
    let Value::Array(rows) = value else { return Err(Fault::NotRows(describe(value))) };
    let mut data = Vec::new();
    let mut width = None;
    for (i, row) in (1..).zip(rows) {
        let Value::Array(entries) = row else {
            return Err(Fault::NotRow { row: i, found: describe(row) });
        };
        let expected = *width.get_or_insert(entries.len());
        if entries.len() != expected {
            return Err(Fault::Ragged { row: i, found: entries.len(), expected });
        }
        for (j, entry) in (1..).zip(entries) {
            let number = entry.as_f64().filter(|x| x.is_finite());
            let fault = || Fault::NotNumber { row: i, col: j, found: describe(entry) };
            data.push(number.ok_or_else(fault)?);
        }
    }
    let cols = width.filter(|cols| *cols > 0).ok_or(Fault::Empty)?;
    Matrix::from_data(rows.len(), cols, data).ok_or(Fault::Empty)
}

/// [`matrix`], for what works on square matrices only.
///
/// # Errors
/// As [`matrix`], and where there are not as many rows as columns.
pub fn square_matrix(value: &Value) -> Result<Matrix, Fault> {
    square(matrix(value)?)
}

/// M itself, where it is square.
///
/// # Errors
/// Where it is not.
pub fn square(m: Matrix) -> Result<Matrix, Fault> {
    if m.is_square() { Ok(m) } else { Err(Fault::NotSquare { rows: m.rows(), cols: m.cols() }) }
}

/// The matrix of a JSON text.
///
/// # Errors
/// As [`matrix`], and where the text is not JSON.
pub fn matrix_of_text(text: &str) -> Result<Matrix, Fault> {
    matrix(&serde_json::from_str(text).map_err(|error| explain(text, &error))?)
}

/// JSON has no word for NaN and infinity, and readers try them: say that rather than "expected value".
fn explain(text: &str, error: &serde_json::Error) -> Fault {
    let (mut row, mut col, mut depth) = (0, 1, 0);
    let mut word = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, '.' | '-' | '+') {
            word.push(c);
            continue;
        }
        if not_finite(&word) {
            return if word.contains(|c: char| c.is_ascii_digit()) {
                Fault::Range(word)
            } else {
                Fault::NotNumber { row, col, found: word }
            };
        }
        word.clear();
        match c {
            '[' => (depth, col, row) = (depth + 1, 1, if depth == 1 { row + 1 } else { row }),
            ']' => depth -= 1,
            ',' if depth == 2 => col += 1,
            _ => {}
        }
    }
    Fault::Json(error.to_string())
}

/// Whether a word means a number that is not finite or too large.
fn not_finite(word: &str) -> bool {
    !word.is_empty() && word.parse::<f64>().is_ok_and(|x| !x.is_finite())
}

/// What stands in a place of a file, in few words.
pub fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(items) => format!("an array of length {}", items.len()),
        Value::Object(_) => "an object".to_owned(),
        other => other.to_string().chars().take(40).collect(),
    }
}

/// Rows for JSON.
pub fn rows(m: &Matrix) -> Value {
    Value::from(m.to_rows())
}
