//! `equiscope sweep tensors`: test error against the size of the training set.

use std::io::{self, Write};

use super::place::{Place, executors};
use super::{BAD_INPUT, DONE, NO_BACKEND, NOT_HELD};
use crate::data::tasks::Task;
use crate::engine::exec::gpu::Gpu;
use crate::labs::tensors::META;
use crate::labs::tensors::recipe::Recipe;
use crate::labs::tensors::sweep::{Row, Sweep, row};
use crate::nn::tensors::Kind;

/// Train models on training sets of several sizes, several seeds each: the table of data efficiency
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// The lab: tensors
    lab: String,
    /// Tasks, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "o5,inertia,lorentz")]
    tasks: Vec<String>,
    /// Models, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "grepsnet,grepsnet-released,emlp,mlp,mlp-aug")]
    models: Vec<String>,
    /// Sizes of the training set, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "100,1000")]
    n: Vec<usize>,
    /// Seeds of each row: 0, 1, …
    #[arg(long, default_value = "5", value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,
    /// One recipe for all, in place of each model's own
    #[arg(long)]
    recipe: Option<String>,
    /// Where to compute
    #[arg(long, default_value = "auto")]
    backend: Place,
}

/// Trains and prints, a row as soon as it is there.
///
/// # Errors
/// The output is gone.
pub fn run(a: &Arguments, as_json: bool, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let sweep = match sweep(a) {
        Ok(sweep) => sweep,
        Err(text) => {
            writeln!(err, "error: {text}")?;
            return Ok(BAD_INPUT);
        }
    };
    let make = match executors(a.backend, &Gpu::headless) {
        Ok(make) => make,
        Err(error) => {
            writeln!(err, "error: the gpu backend is not available: {error}")?;
            return Ok(NO_BACKEND);
        }
    };
    if !as_json {
        writeln!(out, "{HEADER}\n{RULE}")?;
    }
    for setups in sweep.rows() {
        match row(setups, &*make) {
            Ok(Some(row)) if as_json => writeln!(out, "{}", serde_json::to_string(&row)?)?,
            Ok(Some(row)) => writeln!(out, "{}", markdown(&row))?,
            Ok(None) => {}
            Err(error) => {
                writeln!(err, "error: {error}")?;
                return Ok(NOT_HELD);
            }
        }
        out.flush()?;
    }
    Ok(DONE)
}

const HEADER: &str =
    "| task | model | recipe | n | median | mean | trimmed | least | most | residual | parameters | steps |";
const RULE: &str = "|---|---|---|---|---|---|---|---|---|---|---|---|";

fn markdown(r: &Row) -> String {
    let number = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| format!("{v:.2e}"));
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        r.task,
        r.model,
        r.recipe,
        r.n_train,
        number(r.median),
        number(r.mean),
        number(r.trimmed),
        number(r.least),
        number(r.most),
        number(r.equivariance_error),
        r.parameters,
        r.steps
    )
}

fn sweep(a: &Arguments) -> Result<Sweep, String> {
    if a.lab != META.slug {
        return Err(format!("the lab \"{}\" has no sweep; {} has", a.lab, META.slug));
    }
    let task = |name: &String| {
        let known = || Task::ALL.map(Task::slug).join(", ");
        Task::from_slug(name).ok_or_else(|| format!("unknown task \"{name}\"; known: {}", known()))
    };
    let recipe = |name: &String| {
        let known = || Recipe::ALL.map(|r| r.name).join(", ");
        Recipe::named(name).ok_or_else(|| format!("unknown recipe \"{name}\"; known: {}", known()))
    };
    if let Some(n) = a.n.iter().find(|n| **n < 2) {
        return Err(format!("--n holds {n}; a training set has at least 2 samples"));
    }
    Ok(Sweep {
        tasks: a.tasks.iter().map(task).collect::<Result<_, _>>()?,
        models: a
            .models
            .iter()
            .map(|m| m.parse::<Kind>().map_err(|e| e.to_string()))
            .collect::<Result<_, _>>()?,
        sizes: a.n.clone(),
        seeds: a.seeds,
        recipe: a.recipe.as_ref().map(recipe).transpose()?,
    })
}
