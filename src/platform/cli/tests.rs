//! The forms and exit codes of the command line, with an audit that answers by the name of the lab.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::engine::MakeExecutor;
use crate::labs::check::{Row, Symmetry};
use crate::labs::train::{TrainError, TrainOptions, Trained};

fn audit(lab: Option<&str>, options: &CheckOptions) -> Result<Vec<Report>, CheckError> {
    let slug = lab.unwrap_or("good");
    let row = |symmetry, worst: f64, bound: Option<f64>| Row {
        group: "SO+(1,2)".to_owned(),
        model: "equivariant".to_owned(),
        symmetry,
        samples: options.samples,
        median: worst / 10.0,
        worst,
        bound,
        passed: bound.is_none_or(|bound| worst <= bound),
    };
    let groups = match slug {
        "good" => vec![row(Symmetry::Exact, 2e-7, Some(5e-6)), row(Symmetry::None, 0.3, None)],
        "bad" => vec![row(Symmetry::Exact, 2e-2, Some(5e-6))],
        "gpu" => {
            let reason = "no adapter answered".to_owned();
            return Err(CheckError::BackendMissing { backend: Backend::Gpu, reason });
        }
        asked => {
            return Err(CheckError::UnknownLab { asked: asked.to_owned(), known: vec!["good".to_owned()] });
        }
    };
    Ok(vec![Report {
        lab: slug.to_owned(),
        backend: options.backend,
        adapter: "reference".to_owned(),
        precision: options.precision,
        samples: options.samples,
        seed: options.seed,
        passed: groups.iter().all(|row| row.passed),
        groups,
    }])
}

/// A lab that trains as its name says.
fn lesson(
    lab: &str,
    options: &TrainOptions,
    _make: &MakeExecutor,
    line: &mut dyn FnMut(Value),
) -> Result<Trained, TrainError> {
    let known = vec!["good".to_owned()];
    match lab {
        "good" | "wild" => {
            line(json!({ "step": 40, "epoch": 10, "loss": 0.5, "validation_mse": 0.25 }));
            let line =
                json!({ "final": true, "test_mse": 0.125, "seed": options.seed, "n": options.n_train });
            let diverged =
                (lab == "wild").then(|| "diverged at step 3, back to the last good step, 0".to_owned());
            Ok(Trained { line, diverged })
        }
        "idle" => Err(TrainError::NotHere { lab: lab.to_owned(), known }),
        "weak" => Err(TrainError::Failed("the device is gone".to_owned())),
        asked => Err(TrainError::UnknownLab { asked: asked.to_owned(), known }),
    }
}

pub(super) fn call(line: &str) -> (Outcome, String, String) {
    let parts = Parts { labs: Vec::new, check: audit, train: lesson };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = std::iter::once("equiscope").chain(line.split_whitespace()).map(OsString::from);
    let outcome = run(arguments, parts, &mut out, &mut err);
    (outcome, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn the_window_opens_without_a_command() {
    assert_eq!(call("").0, Outcome::Window(String::new()));
    assert_eq!(call("--open #/vectors?n=1").0, Outcome::Window("#/vectors?n=1".to_owned()));
}

#[test]
fn bad_arguments_are_named_on_standard_error() {
    for (line, word) in [
        ("chek", "chek"),
        ("check good --samples 0", "--samples"),
        ("check good --samples many", "many"),
        ("check good --seed -1", "-1"),
        ("check good --precision f16", "f16"),
        ("check good --backend tpu", "tpu"),
        ("check good --rapidity NaN", "--rapidity"),
        ("check good --rapidity -2", "-2"),
        ("check good --backend gpu --precision f64", "f64"),
        ("check nowhere", "nowhere"),
        ("bench W99", "W99"),
        ("bench W1a --backend tpu", "tpu"),
        ("bench W1a --rounds 0", "--rounds"),
        ("--json", "command"),
        ("--open #/a labs", "--open"),
    ] {
        let (outcome, out, err) = call(line);
        assert_eq!(outcome, Outcome::Exit(BAD_INPUT), "{line}");
        assert!(out.is_empty(), "{line}: {out}");
        assert!(err.contains(word), "{line}: {err}");
    }
}

#[test]
fn json_is_all_that_is_printed() {
    let (outcome, out, err) = call("check good --samples 20 --seed 7 --precision f64 --json");
    assert_eq!((outcome, err.as_str()), (Outcome::Exit(DONE), ""));
    let report: Report = serde_json::from_str(&out).unwrap();
    assert_eq!((report.samples, report.seed, report.precision), (20, 7, Precision::F64));
    let (_, out, _) = call("--json labs");
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), json!([]));
    let (_, out, _) = call("--version --json");
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["version"], crate::VERSION);
}

#[test]
fn a_bound_that_does_not_hold_is_exit_code_1() {
    let (outcome, out, _) = call("check bad");
    assert_eq!(outcome, Outcome::Exit(NOT_HELD));
    assert!(out.contains('✗') && out.contains("2.0e-2") && out.contains("NOT passed"), "{out}");
    let (outcome, out, _) = call("check good");
    assert_eq!(outcome, Outcome::Exit(DONE));
    assert!(out.contains('✓') && out.contains("SO+(1,2)") && out.ends_with("\npassed\n"), "{out}");
}

#[test]
fn a_missing_backend_is_exit_code_3() {
    let (outcome, out, err) = call("check gpu --backend gpu");
    assert_eq!((outcome, out.as_str()), (Outcome::Exit(NO_BACKEND), ""));
    assert!(err.contains("gpu backend is not available: no adapter answered"), "{err}");
}

#[test]
fn version_and_help_go_to_standard_output() {
    assert_eq!(call("--version").1, format!("equiscope {}\n", crate::VERSION));
    let (outcome, out, err) = call("check --help");
    assert_eq!((outcome, err.as_str()), (Outcome::Exit(DONE), ""));
    assert!(out.contains("--rapidity"));
}

#[test]
fn labs_are_listed_in_the_form_of_the_contract() {
    let meta = LabMeta {
        slug: "vectors",
        title: "Vectors",
        summary: "Turn a few arrows.",
        source: "",
        groups: &["O(2)"],
        chips: &[],
        section: crate::labs::Section::BeginHere,
        backends: &Backend::ALL,
    };
    assert_eq!(
        lab_json(&meta),
        json!({"slug": "vectors", "title": "Vectors", "summary": "Turn a few arrows.", "groups": ["O(2)"],
               "backends": ["cpu", "gpu"]})
    );
}

#[test]
fn training_streams_lines_and_ends_with_the_final_one() {
    let (outcome, out, err) = call("train good --n-train 30 --seed 7 --backend cpu --json");
    assert_eq!((outcome, err.as_str()), (Outcome::Exit(DONE), ""));
    let lines: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["step"], &lines[1]["final"]), (&json!(40), &json!(true)));
    assert_eq!((&lines[1]["seed"], &lines[1]["n"]), (&json!(7), &json!(30)));
}

#[test]
fn training_says_by_its_code_how_it_ended() {
    for (line, code, word) in [
        ("train wild --backend cpu", NOT_HELD, "diverged at step 3"),
        ("train weak --backend cpu", NOT_HELD, "the device is gone"),
        ("train idle --backend cpu", BAD_INPUT, "idle"),
        ("train nowhere --backend cpu", BAD_INPUT, "nowhere"),
        ("train good --rate -1", BAD_INPUT, "--rate"),
        ("train good --epochs 0", BAD_INPUT, "--epochs"),
        ("train", BAD_INPUT, "LAB"),
        ("sweep good", BAD_INPUT, "good"),
        ("sweep tensors --tasks o6", BAD_INPUT, "o6"),
        ("sweep tensors --models resnet", BAD_INPUT, "resnet"),
        ("sweep tensors --n 1", BAD_INPUT, "--n"),
        ("sweep tensors --recipe none", BAD_INPUT, "none"),
    ] {
        let (outcome, _, err) = call(line);
        assert_eq!(outcome, Outcome::Exit(code), "{line}");
        assert!(err.contains(word), "{line}: {err}");
    }
}
