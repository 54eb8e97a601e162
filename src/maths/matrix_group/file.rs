//! Own groups from a file: `{"name": …, "lie": [matrix, …], "discrete": [matrix, …]}`.

use super::{GroupError, MAX_DIM, MatrixGroup};
use crate::maths::json::{self, Fault};
use crate::maths::matrix::Matrix;
use serde_json::Value;

/// Name of a group whose file gives none.
const UNNAMED: &str = "own group";
/// Most generators of one kind that are read.
pub const MAX_GENERATORS: usize = 4096;

/// Why a file of generators cannot be used. Generators are counted from 0, as in `lie[0]`, rows and columns from 1.
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
    /// A generator that is not a square matrix of numbers.
    #[error("{which}: {fault}")]
    Matrix {
        /// Which generator.
        which: String,
        /// What is wrong with it.
        fault: Fault,
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
        None => return Ok(Vec::new()),
        Some(Value::Array(items)) => items,
        Some(other) => return Err(kind(&format!("\"{key}\""), "a list of matrices", other)),
    };
    at_most(items.len(), MAX_GENERATORS, || format!("generators in \"{key}\""))?;
    items.iter().enumerate().map(|(i, item)| generator(format!("{key}[{i}]"), item)).collect()
}

fn generator(which: String, value: &Value) -> Result<Matrix, FileError> {
    at_most(value.as_array().map_or(0, Vec::len), MAX_DIM, || format!("rows of {which}"))?;
    json::square_matrix(value).map_err(|fault| FileError::Matrix { which, fault })
}

fn at_most(found: usize, most: usize, what: impl Fn() -> String) -> Result<(), FileError> {
    if found > most { Err(FileError::TooMany { what: what(), found, most }) } else { Ok(()) }
}

fn kind(place: &str, due: &'static str, found: &Value) -> FileError {
    FileError::Kind { place: place.to_owned(), due, found: json::describe(found) }
}
