//! Test error against the size of the training set: a row for each task, model and size, over seeds.

use super::command::finished;
use super::train::{RunError, Setup};
use crate::data::tasks::Task;
use crate::engine::MakeExecutor;
use crate::labs::tensors::recipe::Recipe;
use crate::maths::residual::median_worst;
use crate::nn::tensors::Kind;
use serde::Serialize;

/// What is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// Tasks.
    pub tasks: Vec<Task>,
    /// Models; a pair that does not exist is left out.
    pub models: Vec<Kind>,
    /// Training samples.
    pub sizes: Vec<usize>,
    /// Seeds of each row, from 0.
    pub seeds: u64,
    /// A recipe for all, in place of each model's own.
    pub recipe: Option<Recipe>,
}

/// A row of the table. Errors are mean squared test errors in the target's own units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The task.
    pub task: &'static str,
    /// The model.
    pub model: &'static str,
    /// The recipe.
    pub recipe: &'static str,
    /// Training samples.
    pub n_train: usize,
    /// Median over seeds.
    pub median: Option<f64>,
    /// Mean over seeds.
    pub mean: Option<f64>,
    /// Median over seeds of the mean without the samples with the largest errors, one in 200.
    pub trimmed: Option<f64>,
    /// The best seed.
    pub least: Option<f64>,
    /// The worst seed.
    pub most: Option<f64>,
    /// Each seed's error; null where there is none.
    pub seeds: Vec<Option<f64>>,
    /// How many seeds ran away from finite losses.
    pub diverged: usize,
    /// Largest residual over all seeds.
    pub equivariance_error: Option<f64>,
    /// Parameters.
    pub parameters: usize,
    /// Steps of a run.
    pub steps: u32,
}

impl Sweep {
    /// The runs that exist, row by row.
    pub fn rows(&self) -> Vec<Vec<Setup>> {
        let mut rows = Vec::new();
        for &task in &self.tasks {
            for &kind in &self.models {
                for &n in &self.sizes {
                    let setups: Vec<Setup> = (0..self.seeds)
                        .filter_map(|seed| match &self.recipe {
                            None => Setup::new(task, kind, n, seed).ok(),
                            Some(r) => {
                                let seeds = super::protocol::Seeds::split(seed);
                                Setup::with(task, kind, n, r.clone(), seeds).ok()
                            }
                        })
                        .collect();
                    if !setups.is_empty() {
                        rows.push(setups);
                    }
                }
            }
        }
        rows
    }
}

/// Trains all seeds of a row.
///
/// # Errors
/// Those of the runs.
pub fn row(setups: Vec<Setup>, make: &MakeExecutor) -> Result<Option<Row>, RunError> {
    let Some(first) = setups.first() else { return Ok(None) };
    let (task, model, recipe, n_train) = (first.task.slug(), first.kind.slug(), first.recipe.name, first.n);
    let (mut errors, mut trimmed, mut residuals) = (Vec::new(), Vec::new(), Vec::new());
    let (mut parameters, mut steps, mut diverged) = (0, 0, 0);
    for setup in setups {
        let run = finished(setup, make, &mut |_| {})?;
        (parameters, steps) = (run.parameters(), run.steps().1);
        diverged += usize::from(run.divergence().is_some());
        if let Some(score) = run.score() {
            errors.push(score.test_mse);
            trimmed.push(score.test_mse_trimmed);
            residuals.push(score.equivariance_error);
        }
    }
    let finite = |v: f64| v.is_finite().then_some(v);
    let (median, most) = median_worst(&errors);
    Ok(Some(Row {
        task,
        model,
        recipe,
        n_train,
        median: finite(median),
        mean: finite(errors.iter().sum::<f64>() / errors.len().max(1) as f64),
        trimmed: finite(median_worst(&trimmed).0),
        least: finite(errors.iter().copied().fold(f64::INFINITY, f64::min)),
        most: finite(most),
        seeds: errors.iter().map(|&v| finite(v)).collect(),
        diverged,
        equivariance_error: finite(residuals.iter().copied().fold(0.0, f64::max)),
        parameters,
        steps,
    }))
}
