//! A group as an argument of a command: by its name, or by a file of its generators.

use std::io;
use std::path::{Path, PathBuf};

use crate::maths::MatrixGroup;

/// Largest file of generators that is read, in bytes.
const MAX_FILE: u64 = 64 << 20;

/// A group by its name or by a file of its generators.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
pub struct GroupArguments {
    /// The group by name: 'SO(3)', 'SO+(1,3)', 'S(4) x Z(2)'
    #[arg(long, value_name = "G")]
    group: Option<String>,
    /// The group by its generators: a JSON file {"name"?, "lie": [matrix, …], "discrete": [matrix, …]}
    #[arg(long, value_name = "FILE")]
    generators: Option<PathBuf>,
}

impl GroupArguments {
    /// The group, or what is wrong with its name or its file.
    pub fn read(&self) -> Result<MatrixGroup, String> {
        match (&self.group, &self.generators) {
            (Some(name), _) => name.parse::<MatrixGroup>().map_err(|e| format!("--group: {e}")),
            (None, Some(path)) => {
                let text = text_of(path).map_err(|e| format!("--generators {}: {e}", path.display()))?;
                MatrixGroup::from_json(&text).map_err(|e| format!("{}: {e}", path.display()))
            }
            (None, None) => Err("--group or --generators is missing".to_owned()),
        }
    }
}

fn text_of(path: &Path) -> io::Result<String> {
    let size = std::fs::metadata(path)?.len();
    if size > MAX_FILE {
        return Err(io::Error::other(format!("{size} bytes, and {MAX_FILE} are the most that are read")));
    }
    std::fs::read_to_string(path)
}
