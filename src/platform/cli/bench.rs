//! `equiscope bench [W…]`: how fast training steps are, a line for each workload.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::place::{Place, on_threads};
use super::{BAD_INPUT, DONE, NO_BACKEND, NOT_HELD};
use crate::bench::calibrate::Calibration;
use crate::bench::run::{ROUNDS, Row, Run};
use crate::bench::timed::Length;
use crate::bench::{WORKLOADS, Workload, find};
use crate::engine::exec::gpu::{Gpu, GpuExecutor, profile_steps};
use crate::engine::plan::Speed;
use crate::engine::{EngineError, Executor, MakeExecutor, Plan};
use crate::session::Race;

/// Time training steps of known workloads: milliseconds, launches and bytes a step, and what a model of the device
/// expects
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Workloads, W1a to W6; all of them if left out
    #[arg(value_name = "W")]
    workloads: Vec<String>,
    /// Where to compute; auto lets a trial decide for each workload where there is a graphics device
    #[arg(long, default_value = "auto")]
    backend: Place,
    /// Rounds, of which the median is reported; each visits all workloads in turn
    #[arg(long, default_value_t = ROUNDS as u32, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// Milliseconds that a workload runs in each round, in whole steps
    #[arg(long, default_value = "250", value_parser = clap::value_parser!(u32).range(1..=60_000))]
    window: u32,
    /// Threads that work on a launch on the CPU, where it is worth it; as many as there are cores if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MOST_THREADS))]
    threads: Option<u32>,
    /// Instead of that, how long each launch of a step takes, by the device's own clock; needs --backend gpu
    #[arg(long)]
    profile: bool,
}

/// Why there is no row.
enum Trouble {
    /// The backend that was asked for is not there.
    NoBackend(EngineError),
    /// It broke on the way.
    Failed(EngineError),
    /// The output is gone.
    Output(io::Error),
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        Self::Failed(error)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Seconds of one submission; no frame waits for it.
const SLICE: f64 = 0.05;
/// Steps of a profile, of which the median is taken.
const PROFILED: usize = 5;
/// Most threads that can be asked for.
const MOST_THREADS: i64 = lanes::team::MOST as i64;
/// Between two looks at a device.
const LOOK: Duration = Duration::from_micros(100);

/// Measures and prints.
///
/// # Errors
/// The output is gone.
pub fn run(arguments: &Arguments, as_json: bool, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    run_on(arguments, &Gpu::headless, as_json, out, err)
}

/// The same with a given way to a graphics device.
fn run_on(
    arguments: &Arguments,
    device: &dyn Fn() -> Result<Gpu, EngineError>,
    as_json: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let chosen = match chosen(&arguments.workloads) {
        Ok(chosen) => chosen,
        Err(message) => {
            writeln!(err, "error: {message}")?;
            return Ok(BAD_INPUT);
        }
    };
    let measured = match (arguments.profile, arguments.backend) {
        (false, _) => measure(&chosen, arguments, device, as_json, out, err),
        (true, Place::Gpu) => profile(&chosen, device, as_json, out),
        (true, _) => {
            writeln!(err, "error: only launches on a device can be profiled: give --backend gpu as well")?;
            return Ok(BAD_INPUT);
        }
    };
    match measured {
        Ok(()) => Ok(DONE),
        Err(Trouble::NoBackend(error)) => {
            writeln!(err, "error: the gpu backend is not available: {error}")?;
            Ok(NO_BACKEND)
        }
        Err(Trouble::Failed(error)) => {
            writeln!(err, "error: {error}")?;
            Ok(NOT_HELD)
        }
        Err(Trouble::Output(error)) => Err(error),
    }
}

/// The workloads of these names.
fn chosen(names: &[String]) -> Result<Vec<&'static Workload>, String> {
    if names.is_empty() {
        return Ok(WORKLOADS.iter().collect());
    }
    let known = || WORKLOADS.iter().map(|w| w.id).collect::<Vec<_>>().join(", ");
    let unknown = |name: &str| format!("there is no workload '{name}'; there are {}", known());
    names.iter().map(|name| find(name).ok_or_else(|| unknown(name))).collect()
}

fn measure(
    workloads: &[&'static Workload],
    arguments: &Arguments,
    device: &dyn Fn() -> Result<Gpu, EngineError>,
    as_json: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), Trouble> {
    let gpu = match arguments.backend {
        Place::Cpu => None,
        Place::Gpu => Some(device().map_err(Trouble::NoBackend)?),
        // A software adapter is the same processor by a detour.
        Place::Auto => device().ok().filter(|gpu| !gpu.software),
    };
    let threads = threads(arguments);
    let on_cpu = move |plan| on_threads(plan, threads);
    let shared = gpu.clone();
    let on_gpu = move |plan| match &shared {
        Some(gpu) => Ok(Box::new(GpuExecutor::new(gpu, plan)) as Box<dyn Executor>),
        None => on_cpu(plan),
    };
    let mut runs = Vec::new();
    for workload in workloads {
        let away = match arguments.backend {
            Place::Cpu => false,
            Place::Gpu => true,
            Place::Auto => gpu.is_some() && gpu_is_faster(workload, &on_cpu, &on_gpu)?,
        };
        let make: &MakeExecutor = if away { &on_gpu } else { &on_cpu };
        let length = Length::Seconds(f64::from(arguments.window) * 1e-3);
        runs.push((away, Run::new(workload, make, length, SLICE)?));
    }
    writeln!(err, "{} rounds of {} ms", arguments.rounds, arguments.window)?;
    for round in 1..=arguments.rounds as usize {
        for (_, run) in &mut runs {
            while run.rounds() < round {
                run.advance()?;
                look_later(run.is_waiting());
            }
        }
    }
    let speed = |away: bool| -> Result<Option<Speed>, EngineError> {
        let used = runs.iter().any(|run| run.0 == away);
        used.then(|| calibrated(if away { &on_gpu } else { &on_cpu })).transpose()
    };
    let (here, there) = (speed(false)?, speed(true)?);
    let rows = runs.iter().filter_map(|(away, run)| run.row(if *away { &there } else { &here }.as_ref()?));
    print(&rows.collect::<Vec<_>>(), threads, as_json, out)?;
    Ok(())
}

/// How many threads work on a launch on the CPU.
fn threads(arguments: &Arguments) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from).min(lanes::team::MOST);
    arguments.threads.map_or_else(cores, |threads| threads as usize)
}

/// Milliseconds of each launch of a step, in order.
fn profile(
    workloads: &[&'static Workload],
    device: &dyn Fn() -> Result<Gpu, EngineError>,
    as_json: bool,
    out: &mut dyn Write,
) -> Result<(), Trouble> {
    let gpu = device().map_err(Trouble::NoBackend)?;
    for workload in workloads {
        let prepared = workload.prepare()?;
        let plan = Arc::new(Plan::compile(&prepared.graph)?);
        let mut exec = GpuExecutor::new(&gpu, Arc::clone(&plan));
        prepared.start(&plan, &mut exec)?;
        let spans = profile_steps(&mut exec, PROFILED)?;
        let total: f64 = spans.iter().map(|span| span.ms).sum();
        if as_json {
            let launches: Vec<_> = spans.iter().map(|s| json!({ "label": s.label, "ms": s.ms })).collect();
            let row =
                json!({ "workload": workload.id, "adapter": gpu.adapter, "ms": total, "launches": launches });
            writeln!(out, "{row}")?;
            continue;
        }
        writeln!(out, "{}: {total:.3} ms in {} launches on {}", workload.id, spans.len(), gpu.adapter)?;
        for span in &spans {
            writeln!(out, "{:>10.4} ms {:>5.1} %  {}", span.ms, 100.0 * span.ms / total, span.label)?;
        }
    }
    Ok(())
}

/// Lets a device work that an answer is awaited from.
fn look_later(waiting: bool) {
    if waiting {
        std::thread::sleep(LOOK);
    }
}

fn calibrated(make: &MakeExecutor) -> Result<Speed, EngineError> {
    let mut calibration = Calibration::new(make, SLICE)?;
    loop {
        if let Some(speed) = calibration.advance()? {
            return Ok(speed);
        }
        look_later(calibration.is_waiting());
    }
}

/// The trial by which a lab chooses as well.
fn gpu_is_faster(
    workload: &Workload,
    on_cpu: &MakeExecutor,
    on_gpu: &MakeExecutor,
) -> Result<bool, EngineError> {
    let prepared = workload.prepare()?;
    let plan = Arc::new(Plan::compile(&prepared.graph)?);
    let (mut home, mut away) = (on_cpu(Arc::clone(&plan))?, on_gpu(Arc::clone(&plan))?);
    prepared.start(&plan, home.as_mut())?;
    prepared.start(&plan, away.as_mut())?;
    let mut race = Race::new(home, away);
    loop {
        if let Some(faster) = race.poll() {
            return Ok(faster);
        }
        std::thread::sleep(LOOK);
    }
}

/// A row as a line of JSON: on the CPU with the number of threads.
#[derive(serde::Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    row: &'a Row,
    #[serde(skip_serializing_if = "Option::is_none")]
    threads: Option<usize>,
}

fn print(rows: &[Row], threads: usize, as_json: bool, out: &mut dyn Write) -> io::Result<()> {
    if as_json {
        for row in rows {
            let line = Line { row, threads: (row.backend == "cpu").then_some(threads) };
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        }
        return Ok(());
    }
    writeln!(
        out,
        "{:<9} {:<7} {:>10} {:>21} {:>10} {:>8} {:>8} {:>6}  adapter",
        "workload", "backend", "ms/step", "min – max", "dispatches", "MB", "GFLOP/s", "model"
    )?;
    for row in rows {
        let range = format!("{:.4} – {:.4}", row.min_ms_per_step, row.max_ms_per_step);
        writeln!(
            out,
            "{:<9} {:<7} {:>10.4} {range:>21} {:>10} {:>8.3} {:>8.2} {:>6.2}  {}",
            row.workload,
            row.backend,
            row.ms_per_step,
            row.dispatches_per_step,
            row.bytes_per_step as f64 * 1e-6,
            row.gflops,
            row.model_fraction,
            row.adapter
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::Value;

    fn no_gpu() -> Result<Gpu, EngineError> {
        Err(EngineError::Device("no adapter answered".to_owned()))
    }

    fn call(workloads: &[&str], backend: Place, as_json: bool) -> (u8, String, String) {
        let workloads = workloads.iter().map(|w| (*w).to_owned()).collect();
        run_with(
            Arguments { workloads, backend, rounds: 2, window: 1, threads: Some(2), profile: false },
            as_json,
        )
    }

    fn run_with(arguments: Arguments, as_json: bool) -> (u8, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run_on(&arguments, &no_gpu, as_json, &mut out, &mut err).unwrap();
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn an_unknown_workload_is_named_with_those_that_there_are() {
        let (code, out, err) = call(&["W1a", "W99"], Place::Cpu, true);
        assert_eq!((code, out.as_str()), (BAD_INPUT, ""));
        assert!(err.contains("'W99'") && err.contains("W1a, W1b, W2"), "{err}");
    }

    #[test]
    fn a_missing_device_is_exit_code_3() {
        let (code, out, err) = call(&["W1a"], Place::Gpu, true);
        assert_eq!((code, out.as_str()), (NO_BACKEND, ""));
        assert!(err.contains("gpu backend is not available") && err.contains("no adapter answered"), "{err}");
    }

    #[test]
    fn profiles_need_a_device_and_the_word_for_it() {
        let profile = |backend| {
            let workloads = vec!["W1a".to_owned()];
            run_with(
                Arguments { workloads, backend, rounds: 2, window: 1, threads: None, profile: true },
                false,
            )
        };
        let (code, out, err) = profile(Place::Cpu);
        assert_eq!((code, out.as_str()), (BAD_INPUT, ""));
        assert!(err.contains("--backend gpu"), "{err}");
        assert_eq!(profile(Place::Gpu).0, NO_BACKEND);
    }

    #[test]
    fn a_line_for_each_workload_in_the_form_of_the_contract() {
        let (code, out, _) = call(&["w1B", "W1a"], Place::Auto, true);
        assert_eq!(code, DONE);
        let rows: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows.len(), 2, "{out}");
        for (row, (id, loss)) in rows.iter().zip([("W1b", 1.195_546), ("W1a", 1.103_471)]) {
            assert_eq!(
                (&row["workload"], &row["backend"], &row["adapter"]),
                (&id.into(), &"cpu".into(), &"cpu".into())
            );
            for key in ["ms_per_step", "gflops", "model_fraction", "min_ms_per_step", "max_ms_per_step"] {
                assert!(row[key].as_f64().unwrap() > 0.0, "{key} in {row}");
            }
            assert!(row["dispatches_per_step"].as_u64().unwrap() <= 12, "{row}");
            assert!(row["bytes_per_step"].as_u64().unwrap() > 1000, "{row}");
            assert_eq!(row["rounds"], 2);
            assert_eq!(row["threads"], 2);
            assert!((row["first_loss"].as_f64().unwrap() - loss).abs() < 1e-5, "{row}");
        }
    }

    #[test]
    fn the_table_has_a_head_and_a_line_for_each() {
        let (code, out, err) = call(&["W1a"], Place::Cpu, false);
        assert_eq!((code, out.lines().count()), (DONE, 2), "{out}");
        assert!(
            out.contains("ms/step") && out.contains("W1a") && err.contains("2 rounds of 1 ms"),
            "{out}{err}"
        );
    }
}
