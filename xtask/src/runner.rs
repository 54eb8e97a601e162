//! `cargo xtask test`: runs the stages, repeats what their runners said, and closes with a table.

use crate::Args;
use crate::shell::{self, Outcome};
use crate::stages::{Context, STAGES, Stage};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What a stage comes back with: the runners' own summary lines, or why it failed.
pub type Tested = Outcome<Vec<String>>;

/// Runs the stages asked for, all by default. A stage that fails does not stop those after it.
pub fn test(args: &mut Args) -> Outcome<ExitCode> {
    if args.flag("--list") {
        STAGES.iter().for_each(|stage| println!("{:<12} {}", stage.name, stage.about));
        return Ok(ExitCode::SUCCESS);
    }
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    let nextest = shell::output(shell::cargo().args(["nextest", "--version"])).is_ok();
    let context = Context { require_all: args.flag("--require-all") || in_ci, nextest };
    let mut wanted = Vec::new();
    while let Some(names) = args.value("--stage")? {
        wanted.extend(names.split(',').map(String::from));
    }
    args.end()?;
    if let Some(unknown) = wanted.iter().find(|name| STAGES.iter().all(|stage| stage.name != *name)) {
        return Err(format!("there is no stage '{unknown}'; see `cargo xtask test --list`"));
    }
    let chosen = |stage: &&Stage| wanted.is_empty() || wanted.iter().any(|name| name == stage.name);
    let rows: Vec<_> = STAGES.iter().filter(chosen).map(|stage| Row::run(stage, &context)).collect();
    let passed = rows.iter().all(|row| row.outcome.is_ok());
    println!("\n{}", table(&rows));
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A line of the closing table.
struct Row {
    name: &'static str,
    outcome: Tested,
    took: Duration,
}

impl Row {
    fn run(stage: &Stage, context: &Context) -> Self {
        println!("\n── {}: {}", stage.name, stage.about);
        let start = Instant::now();
        let outcome = (stage.run)(context);
        if let Err(reason) = &outcome {
            println!("{} failed: {reason}", stage.name);
        }
        Self { name: stage.name, outcome, took: start.elapsed() }
    }
}

fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    for Row { name, outcome, took } in rows {
        let (mark, notes) = match outcome {
            Ok(lines) => ("passed", lines.clone()),
            Err(reason) => ("FAILED", vec![reason.lines().next().unwrap_or_default().to_string()]),
        };
        let first = notes.first().map_or("", String::as_str);
        let _ = writeln!(text, "{mark}  {name:<12} {:>7}  {first}", clock(*took));
        for note in notes.iter().skip(1) {
            let _ = writeln!(text, "{:30}{note}", "");
        }
    }
    let failed = rows.iter().filter(|row| row.outcome.is_err()).count();
    let total = rows.iter().map(|row| row.took).sum();
    let verdict = if failed == 0 { "all passed".to_string() } else { format!("{failed} FAILED") };
    let _ = write!(text, "{} stages in {}: {verdict}", rows.len(), clock(total));
    text
}

/// Minutes and seconds, 3:07.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Runs the command, shows its output as it comes, and keeps its summary lines.
pub fn capture(command: &mut Command) -> Tested {
    let line = shell::line(command);
    println!("$ {line}");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let failed = |error: std::io::Error| format!("{line}: {error}");
    let mut child = command.spawn().map_err(failed)?;
    let summary = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        let (out, err) = (child.stdout.take(), child.stderr.take());
        scope.spawn(|| out.map(|pipe| pass_on(pipe, &summary)));
        scope.spawn(|| err.map(|pipe| pass_on(pipe, &summary)));
    });
    let status = child.wait().map_err(failed)?;
    let lines = summary.into_inner().unwrap_or_default();
    if status.success() {
        return Ok(lines);
    }
    let said = lines.last().map(|line| format!(": {line}")).unwrap_or_default();
    Err(format!("`{line}` failed ({status}){said}"))
}

fn pass_on(pipe: impl Read, summary: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(pipe);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
        let line = String::from_utf8_lossy(&bytes);
        let _ = std::io::stdout().lock().write_all(line.as_bytes());
        if let (Some(found), Ok(mut lines)) = (summary_of(&line), summary.lock()) {
            lines.push(found);
        }
        bytes.clear();
    }
}

/// The line, if it is one with which a test runner sums up.
fn summary_of(line: &str) -> Option<String> {
    let text = line.trim();
    let cargo = text.starts_with("test result:") && !text.contains(" 0 passed; 0 failed");
    let nextest = text.starts_with("Summary [");
    let node = text.starts_with("ℹ ").then(|| text.trim_start_matches("ℹ "));
    let node = node.filter(|rest| ["pass ", "fail ", "skipped "].iter().any(|word| rest.starts_with(word)));
    (cargo || nextest).then_some(text).or(node).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_three_runners_are_recognised() {
        let cargo =
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(summary_of(cargo).as_deref(), Some(cargo));
        assert_eq!(summary_of("test result: ok. 0 passed; 0 failed; 0 ignored"), None);
        let nextest = "     Summary [   0.012s] 3 tests run: 3 passed, 0 skipped\n";
        assert_eq!(
            summary_of(nextest).as_deref(),
            Some("Summary [   0.012s] 3 tests run: 3 passed, 0 skipped")
        );
        assert_eq!(summary_of("ℹ pass 12").as_deref(), Some("pass 12"));
        assert_eq!(summary_of("ℹ duration_ms 12"), None);
        assert_eq!(summary_of("running 3 tests"), None);
    }

    #[test]
    fn the_table_counts_and_names_failures() {
        let row = |name, outcome| Row { name, outcome, took: Duration::from_secs(67) };
        let rows = [row("fmt", Ok(vec![])), row("core", Err("`cargo test` failed\nmore".into()))];
        let text = table(&rows);
        assert!(text.contains("FAILED  core            1:07  `cargo test` failed\n"), "{text}");
        assert!(text.ends_with("2 stages in 2:14: 1 FAILED"), "{text}");
    }

    #[test]
    fn a_command_that_fails_is_an_error() {
        assert!(capture(shell::program("rustc").arg("--no-such-flag")).is_err());
        assert!(capture(shell::program("rustc").arg("--version")).is_ok());
    }
}
