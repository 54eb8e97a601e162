//! The forms and exit codes of the command line, with an audit that answers by the name of the lab.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::labs::check::{Row, Symmetry};

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

pub(super) fn call(line: &str) -> (Outcome, String, String) {
    let parts = Parts { labs: Vec::new, check: audit };
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
