//! `cargo xtask`: serves, tests and packs Equiscope, and installs what that needs.
//!
//! | module | holds |
//! |---|---|
//! | [`shell`] | paths, running programs |
//! | [`tools`] | what must be installed, and installing it |
//! | [`bundle`] | one source to two WASM bundles |
//! | [`page`] | the page around them: names, hashes, the manifest |
//! | [`wasm`], [`unreached`] | functions that the bundles can do without |
//! | [`vectorised`] | whether the loops of training are made of vectors in the bundles |
//! | [`order`], [`glue`] | functions in an order that gzip likes, short names between script and WASM |
//! | [`sizes`] | what a visitor downloads, and the gate on it |
//! | [`stages`], [`runner`] | `cargo xtask test` |

mod bundle;
mod glue;
mod order;
mod page;
mod relaxed;
mod runner;
mod shell;
mod sizes;
mod stages;
mod tools;
mod unreached;
mod vectorised;
mod wasm;

use shell::Outcome;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  serve [--port N] [--dev] [--no-open]   build the page, serve it on 127.0.0.1, open the browser
  test [--stage NAME]… [--require-all]   everything that must hold (--list names the stages)
  desktop [ARGS…]                        the desktop app; ARGS are its own
  dist [--out DIR] [--every-kernel]      a folder for any static host (default: dist); all kernels: for measuring
  bench                                  kernels, workloads, the default step and sweep: how fast they are
  fluency [LAB…]                         work per frame of the page in Chromium while a handle is dragged

`serve --dev` trades speed of the page for speed of the build. `test --require-all`, or CI=true in the
environment, makes a missing graphics adapter or browser a failure instead of a skip.
";

fn main() -> ExitCode {
    let mut args = Args(std::env::args().skip(1).collect());
    match command(&mut args) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn command(args: &mut Args) -> Outcome<ExitCode> {
    let name = if args.0.is_empty() { String::new() } else { args.0.remove(0) };
    match name.as_str() {
        "serve" => serve(args)?,
        "test" => return runner::test(args),
        "desktop" => desktop(args)?,
        "dist" => dist(args)?,
        "bench" => bench(args)?,
        "fluency" => fluency(args)?,
        // Called by Trunk, see Trunk.toml.
        "trunk-hook" => page::trunk_hook()?,
        "" | "help" | "-h" | "--help" => print!("{HELP}"),
        other => return Err(format!("there is no command '{other}'\n\n{HELP}")),
    }
    Ok(ExitCode::SUCCESS)
}

fn serve(args: &mut Args) -> Outcome {
    let port = args.value("--port")?.unwrap_or_else(|| "8080".into());
    let dev = args.flag("--dev");
    let open = !args.flag("--no-open");
    args.end()?;
    if port.parse::<u16>().is_err() {
        return Err(format!("--port wants a number up to 65535, not '{port}'"));
    }
    let mut trunk = tools::trunk()?;
    trunk.args(["serve", "--address", "127.0.0.1", "--port", &port]);
    if !dev {
        trunk.arg("--release");
    }
    if open {
        trunk.arg("--open");
    }
    println!("building, then serving on http://127.0.0.1:{port}/ (Ctrl+C stops)");
    shell::run(&mut trunk)
}

fn desktop(args: &mut Args) -> Outcome {
    let rest = std::mem::take(&mut args.0);
    let rest = rest.strip_prefix(&["--".to_string()]).unwrap_or(&rest);
    shell::run(shell::cargo().args(["run", "--release", "--"]).args(rest))
}

/// What the CPU's fast paths gain, the default training step and sweep on both executors, and the workloads.
fn bench(args: &mut Args) -> Outcome {
    args.end()?;
    shell::run(shell::cargo().args(["bench", "--bench", "cpu", "--no-default-features"]))?;
    shell::run(shell::cargo().args([
        "bench",
        "--bench",
        "step",
        "--no-default-features",
        "--features",
        "gpu",
    ]))?;
    shell::run(shell::cargo().args(["run", "--release", "--", "bench"]))
}

/// Its numbers depend on what else the machine does: a measurement with a verdict, no stage of the tests.
fn fluency(args: &mut Args) -> Outcome {
    tools::node_packages()?;
    page::dist(&stages::built(), false)?;
    let mut node = std::process::Command::new("node");
    node.current_dir(shell::root().join("tests/web")).env("EQUISCOPE_DIST", stages::built());
    shell::run(node.arg("fluency.mjs").args(std::mem::take(&mut args.0)))
}

fn dist(args: &mut Args) -> Outcome {
    let out = args.value("--out")?.map_or_else(|| shell::root().join("dist"), PathBuf::from);
    let every = args.flag("--every-kernel");
    args.end()?;
    page::dist(&out, every)?;
    println!("{}", sizes::Report::of(&out)?);
    println!("{} can be put on any static host", out.display());
    Ok(())
}

/// The arguments not yet read.
pub struct Args(Vec<String>);

impl Args {
    /// Takes `name` out; true when it was there.
    pub fn flag(&mut self, name: &str) -> bool {
        let at = self.0.iter().position(|arg| arg == name);
        at.map(|i| self.0.remove(i)).is_some()
    }

    /// Takes the first `name VALUE` or `name=VALUE` out.
    pub fn value(&mut self, name: &str) -> Outcome<Option<String>> {
        let joined = format!("{name}=");
        if let Some(i) = self.0.iter().position(|arg| arg.starts_with(&joined)) {
            return Ok(Some(self.0.remove(i)[joined.len()..].to_string()));
        }
        let Some(i) = self.0.iter().position(|arg| arg == name) else { return Ok(None) };
        if i + 1 == self.0.len() {
            return Err(format!("{name} wants a value"));
        }
        self.0.remove(i);
        Ok(Some(self.0.remove(i)))
    }

    /// An error when something was not understood.
    pub fn end(&self) -> Outcome {
        match self.0.first() {
            None => Ok(()),
            Some(arg) => Err(format!("'{arg}' is not understood here\n\n{HELP}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Args;

    fn args(line: &str) -> Args {
        Args(line.split_whitespace().map(String::from).collect())
    }

    #[test]
    fn options_are_taken_out_in_any_order() {
        let mut a = args("--stage core --require-all --stage=gpu");
        assert_eq!(a.value("--stage"), Ok(Some("gpu".into())));
        assert_eq!(a.value("--stage"), Ok(Some("core".into())));
        assert_eq!(a.value("--stage"), Ok(None));
        assert!(a.flag("--require-all"));
        assert!(!a.flag("--require-all"));
        assert_eq!(a.end(), Ok(()));
    }

    #[test]
    fn what_is_left_or_incomplete_is_an_error() {
        assert!(args("--stage").value("--stage").is_err());
        assert!(args("--colour").end().is_err());
    }
}
