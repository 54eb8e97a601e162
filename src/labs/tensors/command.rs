//! The lab on the command line: one run, its progress and its last line.

use super::protocol::Seeds;
use super::recipe::{Length, Recipe};
use super::score::{PAIRS, Score};
use super::task::{RAPIDITY, symmetry};
use super::train::{Event, Look, Run, RunError, Setup};
use crate::data::tasks::Task;
use crate::engine::{Backend, MakeExecutor};
use crate::labs::train::{TrainError, TrainOptions, Trained};
use crate::nn::tensors::{Kind, NetworkError};
use serde_json::{Value, json};
use std::time::Duration;

/// Training samples where none are asked for: the size of the published tables.
const SAMPLES: usize = 1000;
/// Most training samples: beyond it the rows of an epoch no longer fit in memory comfortably.
const MOST_SAMPLES: usize = 1_000_000;
/// Between two looks at a device.
const LOOK: Duration = Duration::from_micros(100);

/// The setup that options ask for.
///
/// # Errors
/// [`TrainError::BadOption`] for names that are not known and for a model that does not take the task.
pub fn setup(o: &TrainOptions) -> Result<Setup, TrainError> {
    let bad = TrainError::BadOption;
    let task = match &o.task {
        None => Task::default(),
        Some(name) => Task::from_slug(name).ok_or_else(|| {
            bad(format!("unknown task \"{name}\"; known: {}", Task::ALL.map(Task::slug).join(", ")))
        })?,
    };
    let kind = match &o.model {
        None if task.is_nbody() => Kind::Egnn,
        None => Kind::default(),
        Some(name) => name.parse::<Kind>().map_err(|e| bad(e.to_string()))?,
    };
    let n = o.n_train.unwrap_or(if task.is_nbody() { 3 * SAMPLES } else { SAMPLES });
    if !(2..=MOST_SAMPLES).contains(&n) {
        return Err(bad(format!("--n-train is {n}; it must lie between 2 and {MOST_SAMPLES}")));
    }
    let mut recipe = match &o.recipe {
        None => Recipe::of(kind, task, n),
        Some(name) => Recipe::named(name).ok_or_else(|| {
            bad(format!("unknown recipe \"{name}\"; known: {}", Recipe::ALL.map(|r| r.name).join(", ")))
        })?,
    };
    if let Some(epochs) = o.epochs {
        recipe.length = Length::Epochs(epochs);
    }
    if let Some(rate) = o.rate {
        recipe.rate = rate;
    }
    let split = Seeds::split(o.seed);
    let [data, init, order, noise] = o.seeds;
    let seeds = Seeds {
        data: data.unwrap_or(split.data),
        init: init.unwrap_or(split.init),
        order: order.unwrap_or(split.order),
        noise: noise.unwrap_or(split.noise),
    };
    Setup::with(task, kind, n, recipe, seeds).map_err(|e| match e {
        NetworkError::Type { .. } | NetworkError::Size { .. } => bad(e.to_string()),
        other => TrainError::Failed(other.to_string()),
    })
}

/// Trains to the end; a line of progress for each look at the validation samples.
///
/// # Errors
/// Those of [`setup`], and [`TrainError::Failed`].
pub fn train(
    o: &TrainOptions,
    make: &MakeExecutor,
    line: &mut dyn FnMut(Value),
) -> Result<Trained, TrainError> {
    let run = finished(setup(o)?, make, &mut |look| {
        line(json!({
            "step": look.step,
            "epoch": look.epoch,
            "loss": number(look.loss),
            "validation_mse": number(look.validation),
        }));
    })
    .map_err(|e| TrainError::Failed(e.to_string()))?;
    let diverged = run
        .divergence()
        .map(|d| format!("diverged at step {}, back to the last good step, {}", d.step, d.back_to));
    let mut last = line_of(&run, o.seed);
    if let (Some(text), Value::Object(fields)) = (&diverged, &mut last) {
        fields.insert("diverged".to_owned(), json!(text));
    }
    Ok(Trained { line: last, diverged })
}

/// A run to its end.
///
/// # Errors
/// Those of the run.
pub fn finished(setup: Setup, make: &MakeExecutor, looked: &mut dyn FnMut(Look)) -> Result<Run, RunError> {
    let mut run = Run::new(setup, make)?;
    loop {
        match run.advance(u32::MAX)? {
            Event::Done => return Ok(run),
            Event::Looked(look) => looked(look),
            Event::Working if run.backend() == Backend::Cpu => {}
            Event::Working => std::thread::sleep(LOOK),
        }
    }
}

/// The last line of a run.
fn line_of(run: &Run, seed: u64) -> Value {
    let setup = run.setup();
    let (backend, adapter) = match run.backend() {
        Backend::Cpu => ("cpu", "CPU executor".to_owned()),
        Backend::Gpu { adapter, .. } => ("gpu", adapter),
    };
    let (_, best_step, validation) = run.best();
    let (batch, batches) = run.batches();
    let nothing = Score {
        test_mse: f64::NAN,
        test_mse_trimmed: f64::NAN,
        test_median: f64::NAN,
        equivariance_error: f64::NAN,
        equivariance_median: f64::NAN,
    };
    let score = run.score().unwrap_or(&nothing);
    json!({
        "final": true,
        "task": setup.task.slug(),
        "model": setup.kind.slug(),
        "n_train": setup.n,
        "test_mse": number(score.test_mse),
        "test_mse_trimmed": number(score.test_mse_trimmed),
        "test_median": number(score.test_median),
        "validation_mse": number(validation),
        "equivariance_error": number(score.equivariance_error),
        "equivariance_median": number(score.equivariance_median),
        "parameters": run.parameters(),
        "steps": run.steps().0,
        "best_step": best_step,
        "steps_per_second": number(run.steps_per_second()),
        "backend": backend,
        "adapter": adapter,
        "seed": seed,
        "settings": {
            "recipe": setup.recipe,
            "seeds": setup.seeds,
            "epochs": run.epochs(),
            "batch": batch,
            "batches": batches,
            "spec": setup.spec,
            "group": symmetry(setup.task),
            "pairs": PAIRS,
            "rapidity": RAPIDITY,
        },
    })
}

/// A finite number; null for any other, as JSON has none.
pub fn number(v: f64) -> Value {
    if v.is_finite() { json!(v) } else { Value::Null }
}
