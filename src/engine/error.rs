//! What can go wrong between a graph and its results.

/// An error of the engine; each names the operation or the thing it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// A graph was built wrongly; the first mistake, where it was made.
    #[error("{op}: {message} (at {location})")]
    Graph {
        /// Operation that was asked for.
        op: String,
        /// What does not fit, with the shapes.
        message: String,
        /// Source file and line of the call.
        location: String,
    },
    /// A plan could not be made, or is not one this build can run.
    #[error("plan: {0}")]
    Plan(String),
    /// An input, knob or output is not in the plan.
    #[error("the plan has no {kind} named {name:?}; it has {known}")]
    Unknown {
        /// "input", "knob" or "output".
        kind: &'static str,
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Data of the wrong length.
    #[error("{name} takes {expected} numbers, not {got}")]
    Length {
        /// What was written.
        name: String,
        /// How many numbers it holds.
        expected: usize,
        /// How many were given.
        got: usize,
    },
    /// A checked run met a value that is not finite.
    #[error("step {step}: {node} wrote {value} at element {index}; its inputs: {inputs}")]
    NotFinite {
        /// Training step.
        step: u32,
        /// Label of the dispatch.
        node: String,
        /// Flat index of the first such element.
        index: usize,
        /// The value, as text.
        value: String,
        /// Ranges of the inputs, as text.
        inputs: String,
    },
    /// A shader source could not be linked.
    #[error("shader {file}:{line}: {message}")]
    Shader {
        /// File under `shaders/`.
        file: String,
        /// Line in that file, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// What an executor in another thread said, or why nothing can be heard of it.
    #[error("{0}")]
    Remote(String),
    /// The graphics device refused something or is gone.
    #[error("device: {0}")]
    Device(String),
}
