//! Training on the command line, as data: what is asked for and what comes back.

use crate::engine::MakeExecutor;
use serde_json::Value;

/// What to train; what is left out is the lab's own choice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainOptions {
    /// The task.
    pub task: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// A recipe other than the model's own.
    pub recipe: Option<String>,
    /// Training samples.
    pub n_train: Option<usize>,
    /// Epochs.
    pub epochs: Option<u32>,
    /// Learning rate.
    pub rate: Option<f64>,
    /// The seed that the four seeds come from.
    pub seed: u64,
    /// Seeds of data, initialisation, order of batches and noise, where they are set alone.
    pub seeds: [Option<u64>; 4],
}

/// A training that came to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// The last line: metrics by name, `"final": true` among them.
    pub line: Value,
    /// A sentence, where a loss ran away.
    pub diverged: Option<String>,
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// There is no lab of that name.
    #[error("unknown lab \"{asked}\"; known: {}", known.join(", "))]
    UnknownLab {
        /// The name that was given.
        asked: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The lab trains in the window only.
    #[error("the lab {lab} does not train on the command line; those that do: {}", known.join(", "))]
    NotHere {
        /// The lab.
        lab: String,
        /// Labs that do.
        known: Vec<String>,
    },
    /// An option that the lab does not know, or a combination that does not exist.
    #[error("{0}")]
    BadOption(String),
    /// The computation itself failed.
    #[error("{0}")]
    Failed(String),
}

/// Trains to the end, with an executor for each plan from `make`; progress goes to `line` as it comes.
pub type Train = fn(&TrainOptions, &MakeExecutor, line: &mut dyn FnMut(Value)) -> Result<Trained, TrainError>;
