//! Short trainings: reproducible, better than the mean, equivariant, and told when they run away.

use equiscope::data::tasks::{Part, Task};
use equiscope::engine::kernels::EVERYWHERE;
use equiscope::engine::{CpuExecutor, EngineError, Executor, Plan};
use equiscope::labs::tensors::command::{finished, setup, train};
use equiscope::labs::tensors::recipe::Length;
use equiscope::labs::tensors::sweep::{Sweep, row};
use equiscope::labs::tensors::train::Setup;
use equiscope::labs::train::{TrainError, TrainOptions, Trained};
use equiscope::nn::tensors::Kind;
use serde_json::Value;
use std::sync::Arc;

fn cpu(plan: Arc<Plan>) -> Result<Box<dyn Executor>, EngineError> {
    Ok(Box::new(CpuExecutor::<f32>::new(plan)))
}

fn options(task: &str, model: &str, n: usize, epochs: u32) -> TrainOptions {
    TrainOptions {
        task: Some(task.to_owned()),
        model: Some(model.to_owned()),
        n_train: Some(n),
        epochs: Some(epochs),
        ..TrainOptions::default()
    }
}

fn run(o: &TrainOptions) -> (Trained, Vec<Value>) {
    let mut lines = Vec::new();
    let trained = train(o, &cpu, &mut |line| lines.push(line)).unwrap();
    (trained, lines)
}

#[test]
fn the_same_seed_gives_the_same_bits_and_another_one_does_not() {
    let mut o = options("lorentz", "grepsnet", 30, 60);
    let strip = |mut t: Trained| {
        // Time is the one thing that differs.
        t.line.as_object_mut().unwrap().remove("steps_per_second");
        t.line.to_string()
    };
    let first = strip(run(&o).0);
    assert_eq!(first, strip(run(&o).0));
    o.seed = 1;
    assert_ne!(first, strip(run(&o).0));
}

#[test]
fn a_short_training_beats_the_mean_and_stays_equivariant() {
    let (trained, lines) = run(&options("inertia", "grepsnet", 100, 120));
    let number = |name: &str| trained.line[name].as_f64().unwrap();
    let y = Task::Inertia.draw(1, Part::Test, 2000).y;
    let mean_square = y.iter().map(|v| v * v).sum::<f64>() / y.len() as f64;
    assert!(number("test_mse") < 0.25 * mean_square, "{} of {mean_square}", number("test_mse"));
    assert!(number("equivariance_error") < 1e-5, "{}", number("equivariance_error"));
    assert!(number("test_mse_trimmed") <= number("test_mse"));
    assert_eq!(trained.line["final"], Value::Bool(true));
    assert_eq!(number("steps"), 120.0);
    assert_eq!(lines.len(), 3);
    let losses: Vec<f64> = lines.iter().map(|l| l["loss"].as_f64().unwrap()).collect();
    assert!(losses[2] < losses[0]);
    let best = lines.iter().map(|l| l["validation_mse"].as_f64().unwrap()).fold(f64::INFINITY, f64::min);
    assert_eq!(number("validation_mse"), best);
}

#[test]
fn a_plain_network_is_not_equivariant() {
    let (trained, _) = run(&options("o5", "mlp", 30, 40));
    assert!(trained.line["equivariance_error"].as_f64().unwrap() > 1e-2);
}

#[test]
fn a_wild_rate_ends_in_a_sentence_and_finite_numbers() {
    let o = TrainOptions { rate: Some(10.0), ..options("lorentz", "grepsnet", 30, 400) };
    let (trained, _) = run(&o);
    let text = trained.diverged.expect("a rate of 10 does not diverge");
    assert!(text.starts_with("diverged at step ") && text.contains("back to the last good step"), "{text}");
    let line = trained.line.to_string();
    assert!(!line.contains("NaN") && trained.line["diverged"].is_string());
}

#[test]
fn what_does_not_exist_is_named() {
    let bad = |o: TrainOptions, word: &str| match setup(&o) {
        Err(TrainError::BadOption(text)) => assert!(text.contains(word), "{text}"),
        other => panic!("{word}: {other:?}"),
    };
    bad(options("o6", "mlp", 30, 1), "o6");
    bad(options("o5", "resnet", 30, 1), "resnet");
    bad(options("o5", "egnn", 30, 1), "egnn");
    bad(options("o5", "mlp", 0, 1), "--n-train");
    bad(TrainOptions { recipe: Some("secret".to_owned()), ..options("o5", "mlp", 30, 1) }, "secret");
}

#[test]
fn particles_train() {
    let mut few = setup(&options("nbody", "egnn", 20, 5)).unwrap();
    (few.validation, few.test) = (20, 50);
    let run = finished(few, &cpu, &mut |_| {}).unwrap();
    let score = run.score().unwrap();
    assert!(score.test_mse.is_finite() && score.equivariance_error < 1e-5, "{score:?}");
}

#[test]
fn a_sweep_has_a_row_for_each_size_and_leaves_out_what_does_not_exist() {
    let mut sweep = Sweep {
        tasks: vec![Task::Lorentz],
        models: vec![Kind::Mlp, Kind::Egnn],
        sizes: vec![10, 20],
        seeds: 3,
        recipe: None,
    };
    let mut rows = sweep.rows();
    assert_eq!(rows.iter().map(|r| (r.len(), r[0].n)).collect::<Vec<_>>(), [(3, 10), (3, 20)]);
    let mut short = rows.remove(0);
    for setup in &mut short {
        setup.recipe.length = Length::Epochs(2);
        (setup.validation, setup.test) = (50, 150);
    }
    let row = row(short, &cpu).unwrap().unwrap();
    assert_eq!((row.seeds.len(), row.diverged, row.n_train), (3, 0, 10));
    let (least, median, most) = (row.least.unwrap(), row.median.unwrap(), row.most.unwrap());
    assert!(least <= median && median <= most);
    sweep.tasks.clear();
    assert!(sweep.rows().is_empty());
}

#[test]
fn training_plans_need_no_kernel_that_the_browser_lacks() {
    for task in Task::MAIN {
        for kind in Kind::ALL {
            let Ok(setup) = Setup::new(task, kind, 10, 0) else { continue };
            let plan = setup.training_plan(&setup.feed()).unwrap();
            let missing = plan.steps.iter().find(|d| !EVERYWHERE.contains(&d.stem.as_str()));
            assert!(missing.is_none(), "{task:?} {kind}: {}", missing.unwrap().stem);
        }
    }
}
