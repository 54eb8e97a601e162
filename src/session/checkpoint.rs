//! A run as a file, in the format safetensors: weights, the optimiser's moments and the step, with the settings beside
//! them. Other programs read the weights under their paths; training goes on from it to the last bit.
//!
//! The format is eight bytes (the length of the header, little-endian), a header in JSON, and the numbers one tensor after
//! the other. That is little enough to be written here: the crate of that name would bring a hash map and temporary files
//! into the browser bundle; tests hold the two to each other.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::engine::plan::ParamEntry;
use crate::engine::{EngineError, ParamLayout};

/// What kind of file it is, in its metadata.
const FORMAT: &str = "equiscope-run-1";
/// Paths of the two moments begin so.
const MOMENTS: [&str; 2] = ["optimiser.first.", "optimiser.second."];
/// The header's length is a multiple of this.
const ALIGN: usize = 8;

/// Why a file cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is not a file of this kind, or a damaged one.
    #[error("this is no checkpoint: {0}")]
    Format(String),
    /// The network has a parameter that the file lacks.
    #[error("the checkpoint has no tensor {path:?}; it has {known}")]
    Missing {
        /// Path of the parameter.
        path: String,
        /// The tensors there are.
        known: String,
    },
    /// A parameter has another shape.
    #[error("{path:?} has the shape {got:?} in the checkpoint, {expected:?} in the network")]
    Shape {
        /// Path of the parameter.
        path: String,
        /// Shape in the network.
        expected: Vec<usize>,
        /// Shape in the file.
        got: Vec<usize>,
    },
    /// The file has a tensor that the network lacks.
    #[error("the checkpoint has a tensor {0:?} that the network lacks")]
    Extra(String),
    /// The executor refused it.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// A tensor of a checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its numbers, row-major.
    pub values: Vec<f32>,
}

/// A run at one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checkpoint {
    /// Steps taken.
    pub step: u32,
    /// Steps since the moments were cleared.
    pub age: u32,
    /// Seed of the batches and the noise.
    pub seed: u64,
    /// Parameters by path, and their moments.
    pub tensors: BTreeMap<String, Tensor>,
    /// Whatever else belongs to it, such as the settings.
    pub config: BTreeMap<String, String>,
}

impl Checkpoint {
    /// Takes parameters and moments `[2, n]` apart by a layout.
    pub fn of(layout: &ParamLayout, params: &[f32], moments: &[f32]) -> Self {
        let part = |values: &[f32], from: usize, e: &ParamEntry| {
            let values = values.get(from + e.offset..from + e.offset + e.len).unwrap_or_default();
            Tensor { shape: e.shape.clone(), values: values.to_vec() }
        };
        let mut tensors = BTreeMap::new();
        for e in &layout.entries {
            tensors.insert(e.path.clone(), part(params, 0, e));
            for (row, prefix) in MOMENTS.iter().enumerate() {
                tensors.insert(format!("{prefix}{}", e.path), part(moments, row * layout.len, e));
            }
        }
        Self { tensors, ..Self::default() }
    }

    /// Parameters and moments in a layout, zeros between them.
    ///
    /// # Errors
    /// A parameter of the layout is missing or has another shape; the checkpoint has one that the layout lacks. Moments
    /// that are missing are zero.
    pub fn laid_out(&self, layout: &ParamLayout) -> Result<(Vec<f32>, Vec<f32>), CheckpointError> {
        let (mut params, mut moments) = (vec![0.0; layout.len], vec![0.0; 2 * layout.len]);
        for e in &layout.entries {
            let tensor = self.tensors.get(&e.path).ok_or_else(|| CheckpointError::Missing {
                path: e.path.clone(),
                known: self.paths().collect::<Vec<_>>().join(", "),
            })?;
            copy(e, tensor, &mut params)?;
            for (half, prefix) in moments.chunks_mut(layout.len).zip(MOMENTS) {
                if let Some(tensor) = self.tensors.get(&format!("{prefix}{}", e.path)) {
                    copy(e, tensor, half)?;
                }
            }
        }
        match self.paths().find(|path| layout.find(path).is_none()) {
            Some(path) => Err(CheckpointError::Extra(path.to_owned())),
            None => Ok((params, moments)),
        }
    }

    /// Paths of the parameters.
    fn paths(&self) -> impl Iterator<Item = &str> {
        let is_moment = |path: &&str| MOMENTS.iter().any(|prefix| path.starts_with(prefix));
        self.tensors.keys().map(String::as_str).filter(move |path| !is_moment(path))
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut about: Map<String, Value> = Map::new();
        about.extend(self.config.iter().map(|(key, value)| (key.clone(), json!(value))));
        for (key, value) in [
            ("format", FORMAT.to_owned()),
            ("step", self.step.to_string()),
            ("age", self.age.to_string()),
            ("seed", self.seed.to_string()),
        ] {
            about.insert(key.to_owned(), json!(value));
        }
        let (mut header, mut end) = (Map::new(), 0);
        header.insert("__metadata__".to_owned(), Value::Object(about));
        for (path, tensor) in &self.tensors {
            let start = end;
            end += 4 * tensor.values.len();
            let entry = json!({ "dtype": "F32", "shape": tensor.shape, "data_offsets": [start, end] });
            header.insert(path.clone(), entry);
        }
        let mut text = Value::Object(header).to_string().into_bytes();
        text.resize(text.len().next_multiple_of(ALIGN), b' ');
        let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
        bytes.append(&mut text);
        let values = self.tensors.values().flat_map(|tensor| &tensor.values);
        bytes.extend(values.flat_map(|value| value.to_le_bytes()));
        bytes
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It is not of this format, or damaged; the sentence says where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let wrong = |what: &str| CheckpointError::Format(what.to_owned());
        let (length, rest) = bytes.split_first_chunk::<8>().ok_or_else(|| wrong("it is too short"))?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok();
        let (header, data) = length
            .and_then(|length| rest.split_at_checked(length))
            .ok_or_else(|| wrong("its header does not end within the file"))?;
        let header: Map<String, Value> =
            serde_json::from_slice(header).map_err(|error| wrong(&format!("its header, {error}")))?;
        let mut read = Self::default();
        for (path, entry) in &header {
            if path == "__metadata__" {
                read.config = texts(entry).ok_or_else(|| wrong("its metadata are not texts"))?;
            } else {
                let tensor = tensor(entry, data).ok_or_else(|| {
                    wrong(&format!("the tensor {path:?} is not of type F32 or does not fit into the file"))
                })?;
                read.tensors.insert(path.clone(), tensor);
            }
        }
        if read.config.remove("format").as_deref() != Some(FORMAT) {
            return Err(wrong(&format!("its metadata do not say “{FORMAT}”")));
        }
        let mut number = |key: &str| read.config.remove(key).and_then(|text| text.parse::<u64>().ok());
        let (step, age, seed) = (number("step"), number("age"), number("seed"));
        let small = |value: Option<u64>| value.and_then(|value| u32::try_from(value).ok());
        let none = || wrong("its metadata lack the step, the age of the moments or the seed");
        (read.step, read.age) = (small(step).ok_or_else(none)?, small(age).ok_or_else(none)?);
        read.seed = seed.ok_or_else(none)?;
        Ok(read)
    }
}

fn copy(e: &ParamEntry, tensor: &Tensor, to: &mut [f32]) -> Result<(), CheckpointError> {
    if tensor.shape != e.shape || tensor.values.len() != e.len {
        let (path, expected, got) = (e.path.clone(), e.shape.clone(), tensor.shape.clone());
        return Err(CheckpointError::Shape { path, expected, got });
    }
    to[e.offset..e.offset + e.len].copy_from_slice(&tensor.values);
    Ok(())
}

fn texts(value: &Value) -> Option<BTreeMap<String, String>> {
    value.as_object()?.iter().map(|(key, text)| Some((key.clone(), text.as_str()?.to_owned()))).collect()
}

fn tensor(entry: &Value, data: &[u8]) -> Option<Tensor> {
    let whole = |value: &Value| usize::try_from(value.as_u64()?).ok();
    let list = |key: &str| entry.get(key)?.as_array()?.iter().map(whole).collect::<Option<Vec<_>>>();
    let (shape, offsets) = (list("shape")?, list("data_offsets")?);
    let [start, end] = offsets[..] else { return None };
    let bytes = data.get(start..end)?;
    let len = shape.iter().try_fold(4_usize, |len, &extent| len.checked_mul(extent))?;
    let fits = entry.get("dtype")?.as_str()? == "F32" && bytes.len() == len;
    let values = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    fits.then(|| Tensor { shape, values: values.collect() })
}
