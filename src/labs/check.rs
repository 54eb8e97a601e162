//! The equivariance audit, as data: what is asked for and what comes back.

use serde::{Deserialize, Serialize};

/// Where numbers are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// The reference executor on the processor.
    Cpu,
    /// WGSL kernels.
    Gpu,
}

impl Backend {
    /// Every backend.
    pub const ALL: [Self; 2] = [Self::Cpu, Self::Gpu];

    /// As it stands on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
        }
    }
}

/// Format of the numbers under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 24 significant bits.
    F32,
    /// 53 significant bits; on the CPU only.
    F64,
}

impl Precision {
    /// As it stands on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }
}

/// What to audit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CheckOptions {
    /// Pairs (g, x) for each group and model; at least 1.
    pub samples: usize,
    /// Seed of the pairs.
    pub seed: u64,
    /// Where to compute.
    pub backend: Backend,
    /// In which format.
    pub precision: Precision,
    /// Largest rapidity of the boosts, η in radians of hyperbolic angle; finite and not negative.
    pub rapidity: f64,
}

/// How far a model promises to commute with its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Symmetry {
    /// Up to rounding.
    Exact,
    /// To a level of its own.
    Soft,
    /// On average, with a standard error.
    Statistical,
    /// Not at all: plain twins and broken variants.
    None,
}

/// The residual of one model under one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The group, as written on the command line.
    pub group: String,
    /// The model.
    pub model: String,
    /// What the model promises.
    pub symmetry: Symmetry,
    /// Pairs (g, x) drawn.
    pub samples: usize,
    /// Median of the residual.
    pub median: f64,
    /// Its largest value.
    pub worst: f64,
    /// What `worst` must not exceed; none where nothing is promised.
    pub bound: Option<f64>,
    /// Whether it does not.
    pub passed: bool,
}

/// The audit of one lab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The lab's slug.
    pub lab: String,
    /// Where it was computed.
    pub backend: Backend,
    /// Name of the adapter, or of the processor's executor.
    pub adapter: String,
    /// In which format.
    pub precision: Precision,
    /// Pairs (g, x) for each row.
    pub samples: usize,
    /// Seed of the pairs.
    pub seed: u64,
    /// A row for each group and model.
    pub groups: Vec<Row>,
    /// Whether every row passed.
    pub passed: bool,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// There is no lab of that name.
    #[error("unknown lab \"{asked}\"; known: {}", known.join(", "))]
    UnknownLab {
        /// The name that was given.
        asked: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The backend is not there.
    #[error("the {} backend is not available: {reason}", backend.as_str())]
    BackendMissing {
        /// The backend that was asked for.
        backend: Backend,
        /// What was tried.
        reason: String,
    },
    /// The computation itself failed.
    #[error("{0}")]
    Failed(String),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_form_of_the_command_line() {
        let row = Row {
            group: "SO(2)".to_owned(),
            model: "plain twin".to_owned(),
            symmetry: Symmetry::None,
            samples: 10,
            median: 0.5,
            worst: 1.0,
            bound: None,
            passed: true,
        };
        let report = Report {
            lab: "vectors".to_owned(),
            backend: Backend::Cpu,
            adapter: "cpu".to_owned(),
            precision: Precision::F64,
            samples: 10,
            seed: 3,
            groups: vec![row],
            passed: true,
        };
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"lab":"vectors","backend":"cpu","adapter":"cpu","precision":"f64","samples":10,"seed":3,"#,
                r#""groups":[{"group":"SO(2)","model":"plain twin","symmetry":"none","samples":10,"#,
                r#""median":0.5,"worst":1.0,"bound":null,"passed":true}],"passed":true}"#
            )
        );
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    }
}
