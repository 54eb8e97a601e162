//! The command line: `labs`, `check`, `train`, `sweep` and `bench`, the mathematics (`decompose`, `exp`, `log`, `basis`, `haar`), and `--open`,
//! `--json`, `--version`.
//!
//! With `--json` standard output carries JSON and nothing else; whatever else there is to say goes to standard
//! error. Exit codes: 0 done, 1 a bound does not hold, 2 bad arguments, 3 the backend is not there.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{Parser, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::Parts;
use crate::labs::LabMeta;
use crate::labs::check::{Backend, CheckError, CheckOptions, Precision, Report};

mod bench;
mod decompose;
mod exp_log;
mod matrix;
mod place;
mod sweep;
pub mod train;

/// Done.
pub const DONE: u8 = 0;
/// Ran, but a bound that was checked does not hold.
pub const NOT_HELD: u8 = 1;
/// Bad arguments or bad input.
pub const BAD_INPUT: u8 = 2;
/// The backend that was asked for is not there.
pub const NO_BACKEND: u8 = 3;

/// A playground for symmetry in neural networks. Without a command the window opens.
#[derive(Parser, Debug)]
#[command(name = "equiscope", disable_version_flag = true)]
struct Arguments {
    /// Open the window at a state, as it stands in a link: '#/lab?key=value'
    #[arg(long, value_name = "STATE")]
    open: Option<String>,
    /// Print JSON on standard output, and nothing else there
    #[arg(long, global = true)]
    json: bool,
    /// Print the version
    #[arg(long, short = 'V')]
    version: bool,
    #[command(subcommand)]
    command: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Basis(basis::Arguments),
    Bench(bench::Arguments),
    Haar(haar::Arguments),
    /// List the labs
    Labs,
    /// Take a matrix apart into simpler ones
    Decompose(decompose::Args),
    /// Exponential of a matrix
    Exp(exp_log::Args),
    /// Real logarithm of a matrix; reachable is false where there is none
    Log(exp_log::Args),
    Sweep(sweep::Arguments),
    Train(train::Arguments),
    /// Audit equivariance: the residual of every group and model over random samples
    Check {
        /// The lab; all of them if left out
        lab: Option<String>,
        /// Pairs (g, x) for each group and model
        #[arg(long, default_value = "1000", value_parser = clap::value_parser!(u32).range(1..))]
        samples: u32,
        /// Seed of the pairs
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// Where to compute
        #[arg(long, default_value = "cpu")]
        backend: BackendName,
        /// Format of the numbers under test; f64 runs on the CPU only
        #[arg(long, default_value = "f32")]
        precision: PrecisionName,
        /// Largest rapidity of boosts, in radians of hyperbolic angle
        #[arg(long, default_value = "1", value_parser = rapidity)]
        rapidity: f64,
    },
}

/// [`Backend`] as an argument.
#[derive(ValueEnum, Clone, Copy, Debug)]
enum BackendName {
    Cpu,
    Gpu,
}

/// [`Precision`] as an argument.
#[derive(ValueEnum, Clone, Copy, Debug)]
enum PrecisionName {
    F32,
    F64,
}

/// Beyond this a boost has left the range of f32: cosh η squared overflows near η = 44.
const MOST_RAPIDITY: f64 = 40.0;

fn rapidity(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.0..=MOST_RAPIDITY).contains(&value) => Ok(value),
        Ok(_) => Err(format!("must lie between 0 and {MOST_RAPIDITY}")),
        Err(error) => Err(error.to_string()),
    }
}

/// What is left to do after the arguments were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Open the window at this state.
    Window(String),
    /// Leave with this code.
    Exit(u8),
}

/// Reads the arguments (the first is the program) and does what they say, short of opening the window.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    parts: Parts,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Outcome {
    let result = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => dispatch(arguments, parts, out, err),
        Err(error) => {
            let text = error.render();
            if error.use_stderr() { write!(err, "{text}") } else { write!(out, "{text}") }
                .map(|()| Outcome::Exit(if error.use_stderr() { BAD_INPUT } else { DONE }))
        }
    };
    // A reader that has gone away (`equiscope labs | head -1`) has seen what it wanted.
    result.unwrap_or(Outcome::Exit(DONE))
}

fn dispatch(
    arguments: Arguments,
    parts: Parts,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Outcome> {
    let Arguments { open, json, version, command } = arguments;
    if version {
        return print_version(json, out).map(|()| Outcome::Exit(DONE));
    }
    let code = match command {
        None if json => {
            writeln!(err, "error: --json needs a command, such as labs or check")?;
            BAD_INPUT
        }
        None => return Ok(Outcome::Window(open.unwrap_or_default())),
        Some(_) if open.is_some() => {
            writeln!(err, "error: --open opens the window and cannot be used with a command")?;
            BAD_INPUT
        }
        Some(Verb::Basis(arguments)) => basis::run(&arguments, json, out, err)?,
        Some(Verb::Bench(arguments)) => bench::run(&arguments, json, out, err)?,
        Some(Verb::Haar(arguments)) => haar::run(&arguments, json, out, err)?,
        Some(Verb::Labs) => labs(parts, json, out)?,
        Some(Verb::Decompose(args)) => decompose::run(&args, json, out, err)?,
        Some(Verb::Exp(args)) => exp_log::run_exp(&args, json, out, err)?,
        Some(Verb::Log(args)) => exp_log::run_log(&args, json, out, err)?,
        Some(Verb::Sweep(arguments)) => sweep::run(&arguments, json, out, err)?,
        Some(Verb::Train(arguments)) => train::run(&arguments, parts.train, json, out, err)?,
        Some(Verb::Check { lab, samples, seed, backend, precision, rapidity }) => {
            let backend = match backend {
                BackendName::Cpu => Backend::Cpu,
                BackendName::Gpu => Backend::Gpu,
            };
            let precision = match precision {
                PrecisionName::F32 => Precision::F32,
                PrecisionName::F64 => Precision::F64,
            };
            let options = CheckOptions { samples: samples as usize, seed, backend, precision, rapidity };
            check(parts, lab.as_deref(), &options, json, out, err)?
        }
    };
    Ok(Outcome::Exit(code))
}

fn print_version(json: bool, out: &mut dyn Write) -> io::Result<()> {
    if json {
        writeln!(out, "{}", json!({ "version": crate::VERSION }))
    } else {
        writeln!(out, "equiscope {}", crate::VERSION)
    }
}

fn labs(parts: Parts, json: bool, out: &mut dyn Write) -> io::Result<u8> {
    let metas: Vec<&'static LabMeta> = (parts.labs)().iter().map(|make| make().meta()).collect();
    if json {
        let rows: Vec<Value> = metas.into_iter().map(lab_json).collect();
        writeln!(out, "{}", Value::Array(rows))?;
    } else {
        for meta in metas {
            writeln!(out, "{:<16} {}", meta.slug, meta.summary)?;
            writeln!(out, "{:<16} {}", "", meta.groups.join(" · "))?;
        }
    }
    Ok(DONE)
}

fn lab_json(meta: &LabMeta) -> Value {
    json!({
        "slug": meta.slug,
        "title": meta.title,
        "summary": meta.summary,
        "groups": meta.groups,
        "backends": meta.backends,
    })
}

fn check(
    parts: Parts,
    lab: Option<&str>,
    options: &CheckOptions,
    json: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    if options.backend == Backend::Gpu && options.precision == Precision::F64 {
        writeln!(err, "error: --precision f64 runs on the CPU only; use --backend cpu")?;
        return Ok(BAD_INPUT);
    }
    let reports = match (parts.check)(lab, options) {
        Ok(reports) => reports,
        Err(error) => {
            writeln!(err, "error: {error}")?;
            return Ok(match error {
                CheckError::UnknownLab { .. } => BAD_INPUT,
                CheckError::BackendMissing { .. } => NO_BACKEND,
                CheckError::Failed(_) => NOT_HELD,
            });
        }
    };
    for report in &reports {
        if json {
            writeln!(out, "{}", serde_json::to_string(report)?)?;
        } else {
            table(report, out)?;
        }
    }
    Ok(if reports.iter().all(|report| report.passed) { DONE } else { NOT_HELD })
}

/// A report for the eye: a line for each group and model.
fn table(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{} · {} ({}) · {} · {} samples · seed {}",
        report.lab,
        report.backend.as_str(),
        report.adapter,
        report.precision.as_str(),
        report.samples,
        report.seed
    )?;
    let width = |header: &str, of: fn(&crate::labs::check::Row) -> &str| {
        report.groups.iter().map(|row| of(row).chars().count()).fold(header.len(), usize::max)
    };
    let (group, model) = (width("group", |row| &row.group), width("model", |row| &row.model));
    writeln!(
        out,
        "  {:<group$}  {:<model$}  {:>9}  {:>9}  {:>9}",
        "group", "model", "median", "worst", "bound"
    )?;
    for row in &report.groups {
        let bound = row.bound.map_or_else(|| "–".to_owned(), |bound| format!("{bound:.1e}"));
        let verdict = match (row.passed, row.bound) {
            (true, Some(_)) => "✓",
            (true, None) => "",
            (false, _) => "✗",
        };
        let line = format!(
            "  {:<group$}  {:<model$}  {:>9.1e}  {:>9.1e}  {bound:>9}  {verdict}",
            row.group, row.model, row.median, row.worst
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out, "{}", if report.passed { "passed" } else { "NOT passed" })
}

mod basis;
mod group;
mod haar;
#[cfg(test)]
mod tests;
