//! Own groups from a file: `{"name": …, "lie": [matrix, …], "discrete": [matrix, …]}`.

use super::{GroupError, MAX_DIM, MatrixGroup};
use crate::maths::matrix::Matrix;
use serde_json::Value;

/// Name of a group whose file gives none.
const UNNAMED: &str = "own group";
/// Most generators of one kind that are read.
pub const MAX_GENERATORS: usize = 4096;

/// Why a file of generators cannot be used. Indices count from 0, as in the file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Not JSON at all; NaN and infinities are not numbers of JSON.
    #[error("the generators are not valid JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Something of another kind than is due at its place.
    #[error("{place} must be {due}; found {found}")]
    Kind {
        /// Where: `lie[1], row 0, column 2`.
        place: String,
        /// What is due there.
        due: &'static str,
        /// What stands there.
        found: String,
    },
    /// A key that means nothing.
    #[error("unknown key ‘{0}’; the keys are \"name\", \"lie\" and \"discrete\"")]
    Key(String),
    /// No generator in either list.
    #[error("no generators: \"lie\" and \"discrete\" are both empty, so the base space is not known")]
    Empty,
    /// Rows of different lengths.
    #[error("{which} is ragged: row {row} has {found} entries, row 0 has {due}")]
    Ragged {
        /// Which generator.
        which: String,
        /// The row.
        row: usize,
        /// Its length.
        found: usize,
        /// The length of the first row.
        due: usize,
    },
    /// A matrix that is not square.
    #[error("{which} is {rows} × {cols}; a generator is square")]
    NotSquare {
        /// Which generator.
        which: String,
        /// Its rows.
        rows: usize,
        /// Its columns.
        cols: usize,
    },
    /// More than is accepted here.
    #[error("{what}: {found}, and {most} are the most here")]
    TooMany {
        /// Of what.
        what: String,
        /// How many there are.
        found: usize,
        /// How many are accepted.
        most: usize,
    },
    /// What the constructor finds: sizes that differ between generators, a singular discrete generator.
    #[error(transparent)]
    Group(#[from] GroupError),
}

impl MatrixGroup {
    /// Reads an own group. A missing list is an empty one; the first generator gives the size of the base space.
    ///
    /// # Errors
    /// Every [`FileError`]: each names the generator, row and column.
    pub fn from_json(text: &str) -> Result<Self, FileError> {
        let value: Value = serde_json::from_str(text)?;
        let Value::Object(object) = &value else {
            return Err(kind("the file", "an object with \"lie\" and \"discrete\"", &value));
        };
        if let Some(key) = object.keys().find(|key| !["name", "lie", "discrete"].contains(&key.as_str())) {
            return Err(FileError::Key(key.clone()));
        }
        let name = match object.get("name") {
            None => UNNAMED,
            Some(Value::String(name)) => name,
            Some(other) => return Err(kind("\"name\"", "a text", other)),
        };
        let (lie, discrete) = (list("lie", object.get("lie"))?, list("discrete", object.get("discrete"))?);
        let dim = lie.iter().chain(&discrete).next().ok_or(FileError::Empty)?.rows();
        Ok(Self::new(name, dim, lie, discrete)?)
    }
}

fn list(key: &str, value: Option<&Value>) -> Result<Vec<Matrix>, FileError> {
    let items = match value {
        None => return Ok(vec![]),
        Some(value) => array(&format!("\"{key}\""), "a list of matrices", value)?,
    };
    at_most(items.len(), MAX_GENERATORS, || format!("generators in \"{key}\""))?;
    items.iter().enumerate().map(|(i, item)| matrix(&format!("{key}[{i}]"), item)).collect()
}

fn matrix(which: &str, value: &Value) -> Result<Matrix, FileError> {
    let rows = array(which, "a matrix, a list of rows", value)?;
    at_most(rows.len(), MAX_DIM, || format!("rows of {which}"))?;
    let mut data = vec![];
    let mut width = None;
    for (i, row) in rows.iter().enumerate() {
        let entries = array(&format!("{which}, row {i}"), "a list of numbers", row)?;
        let (which, found) = (which.to_owned(), entries.len());
        let due = *width.get_or_insert(found);
        if found != due {
            return Err(FileError::Ragged { which, row: i, found, due });
        }
        for (j, entry) in entries.iter().enumerate() {
            let number = entry.as_f64().filter(|v| v.is_finite());
            data.push(
                number.ok_or_else(|| {
                    kind(&format!("{which}, row {i}, column {j}"), "a finite number", entry)
                })?,
            );
        }
    }
    let (rows, cols) = (rows.len(), width.unwrap_or(0));
    let not_square = || FileError::NotSquare { which: which.to_owned(), rows, cols };
    if rows != cols || rows == 0 {
        return Err(not_square());
    }
    Matrix::from_data(rows, cols, data).ok_or_else(not_square)
}

fn array<'a>(place: &str, due: &'static str, value: &'a Value) -> Result<&'a Vec<Value>, FileError> {
    value.as_array().ok_or_else(|| kind(place, due, value))
}

fn at_most(found: usize, most: usize, what: impl Fn() -> String) -> Result<(), FileError> {
    if found > most { Err(FileError::TooMany { what: what(), found, most }) } else { Ok(()) }
}

fn kind(place: &str, due: &'static str, found: &Value) -> FileError {
    let found = match found {
        Value::Null => "null".to_owned(),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "an object".to_owned(),
        other => other.to_string().chars().take(40).collect(),
    };
    FileError::Kind { place: place.to_owned(), due, found }
}
