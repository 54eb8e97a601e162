//! `equiscope train LAB`: a training run, a line for each look at the validation samples, and a last line with the result.

use std::io::{self, Write};

use serde_json::Value;

use super::place::{Device, Place, executors};
use super::{BAD_INPUT, DONE, NO_BACKEND, NOT_HELD};
use crate::engine::MakeExecutor;
use crate::engine::exec::gpu::Gpu;
use crate::labs::train::{TrainError, TrainOptions, Trained};

/// Train a lab's model: lines of progress, then one with "final": true and the metrics
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// The lab
    lab: String,
    /// The task, such as o5, inertia, lorentz or nbody
    #[arg(long)]
    task: Option<String>,
    /// The model, such as grepsnet, grepsnet-released, emlp, mlp, mlp-aug, egnn or gnn
    #[arg(long)]
    model: Option<String>,
    /// A recipe by name, in place of the model's own
    #[arg(long)]
    recipe: Option<String>,
    /// Training samples
    #[arg(long, value_name = "N")]
    n_train: Option<usize>,
    /// Epochs; the recipe's own length if left out
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    epochs: Option<u32>,
    /// Learning rate; the recipe's own if left out
    #[arg(long, allow_negative_numbers = true, value_parser = positive)]
    rate: Option<f64>,
    /// The seed from which those of data, initialisation, order and noise are made
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Seed of the samples alone
    #[arg(long)]
    seed_data: Option<u64>,
    /// Seed of the first parameters alone
    #[arg(long)]
    seed_init: Option<u64>,
    /// Seed of the order of the samples alone
    #[arg(long)]
    seed_order: Option<u64>,
    /// Seed of all other noise alone
    #[arg(long)]
    seed_noise: Option<u64>,
    /// Where to compute; auto lets a trial decide where there is a graphics device
    #[arg(long, default_value = "auto")]
    backend: Place,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        Ok(_) => Err("must be positive and finite".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Trains a lab by its name.
pub type TrainLab =
    fn(&str, &TrainOptions, &MakeExecutor, &mut dyn FnMut(Value)) -> Result<Trained, TrainError>;

/// Trains and prints.
///
/// # Errors
/// The output is gone.
pub fn run(
    arguments: &Arguments,
    train: TrainLab,
    as_json: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    run_on(arguments, train, &Gpu::headless, as_json, out, err)
}

fn run_on(
    a: &Arguments,
    train: TrainLab,
    device: Device<'_>,
    as_json: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let make = match executors(a.backend, device) {
        Ok(make) => make,
        Err(error) => {
            writeln!(err, "error: the gpu backend is not available: {error}")?;
            return Ok(NO_BACKEND);
        }
    };
    let options = TrainOptions {
        task: a.task.clone(),
        model: a.model.clone(),
        recipe: a.recipe.clone(),
        n_train: a.n_train,
        epochs: a.epochs,
        rate: a.rate,
        seed: a.seed,
        seeds: [a.seed_data, a.seed_init, a.seed_order, a.seed_noise],
    };
    let mut broken = None;
    let result = train(&a.lab, &options, &*make, &mut |line| {
        // A reader that has gone away is noticed once the run is over.
        if broken.is_none() {
            broken = print(&line, as_json, out).err();
        }
    });
    if let Some(error) = broken {
        return Err(error);
    }
    match result {
        Ok(trained) => {
            print(&trained.line, as_json, out)?;
            match trained.diverged {
                Some(text) => writeln!(err, "error: {text}").map(|()| NOT_HELD),
                None => Ok(DONE),
            }
        }
        Err(error) => {
            writeln!(err, "error: {error}")?;
            Ok(if matches!(error, TrainError::Failed(_)) { NOT_HELD } else { BAD_INPUT })
        }
    }
}

fn print(line: &Value, as_json: bool, out: &mut dyn Write) -> io::Result<()> {
    if as_json {
        return writeln!(out, "{line}");
    }
    let Value::Object(fields) = line else { return Ok(()) };
    let text = |v: &Value| match v {
        Value::Number(n) if n.is_f64() => n.as_f64().map_or_else(String::new, |x| format!("{x:.3e}")),
        Value::String(s) => s.clone(),
        other => other.to_string(),
    };
    if fields.contains_key("final") {
        for (name, value) in fields.iter().filter(|(name, _)| *name != "final") {
            writeln!(out, "{name:<20} {}", text(value))?;
        }
        return Ok(());
    }
    let parts: Vec<String> = fields.iter().map(|(name, value)| format!("{name} {}", text(value))).collect();
    writeln!(out, "{}", parts.join("  "))
}
