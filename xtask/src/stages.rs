//! The stages of `cargo xtask test`, in order.

use crate::runner::{Tested, capture};
use crate::shell::{self, Outcome};
use crate::{page, sizes, tools};
use std::path::PathBuf;
use std::process::Command;

/// What every stage is given.
pub struct Context {
    /// A missing adapter or browser is a failure, not a skip.
    pub require_all: bool,
    /// Whether `cargo nextest` is there, a quicker runner.
    pub nextest: bool,
}

/// One stage.
pub struct Stage {
    pub name: &'static str,
    pub about: &'static str,
    pub run: fn(&Context) -> Tested,
}

/// One set of features for everything native beside the core, so that dependencies are built once.
const NATIVE: &str = "--features=ui-tests";
const CORE: &str = "--no-default-features";

/// All stages; each may rely on those before it.
pub const STAGES: [Stage; 10] = [
    Stage { name: "fmt", about: "the code is formatted", run: fmt },
    Stage { name: "lint-core", about: "clippy on what needs neither wgpu nor egui", run: lint_core },
    Stage { name: "lint-native", about: "clippy on the desktop app and all tests", run: lint_native },
    Stage { name: "lint-wasm", about: "clippy on the web app", run: lint_wasm },
    Stage { name: "core", about: "architecture, mathematics, CPU executor, this tool", run: core },
    Stage { name: "gpu", about: "shaders and kernels on a graphics adapter", run: gpu },
    Stage { name: "ui", about: "shell and widgets under the interface harness", run: ui },
    Stage { name: "web", about: "both bundles and the page", run: web },
    Stage { name: "size", about: "what a visitor downloads", run: size },
    Stage { name: "browser", about: "the page in Chromium, Firefox and WebKit", run: browser },
];

fn fmt(_: &Context) -> Tested {
    capture(shell::cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(arguments: &[&str]) -> Tested {
    capture(shell::cargo().arg("clippy").args(arguments).args(["--quiet", "--", "--deny", "warnings"]))
}

fn lint_core(_: &Context) -> Tested {
    clippy(&[CORE, "--all-targets"])
}

fn lint_native(_: &Context) -> Tested {
    clippy(&["--workspace", "--all-targets", NATIVE])
}

fn lint_wasm(_: &Context) -> Tested {
    tools::wasm_target()?;
    clippy(&["--target", "wasm32-unknown-unknown", "--lib", "--bins"])
}

/// `cargo nextest run` where it is installed, else `cargo test`.
fn cargo_test(context: &Context) -> Command {
    let mut command = shell::cargo();
    command.args(if context.nextest { ["nextest", "run"].as_slice() } else { &["test"] });
    if context.require_all {
        command.env("EQUISCOPE_REQUIRE_GPU", "1");
    }
    command
}

fn core(context: &Context) -> Tested {
    capture(cargo_test(context).args(["--workspace", CORE]))
}

fn gpu(context: &Context) -> Tested {
    adapter(context)?;
    capture(cargo_test(context).args([NATIVE, "--test", "gpu"]))
}

/// Everything that the two stages before it have not run.
fn ui(context: &Context) -> Tested {
    adapter(context)?;
    let mut command = cargo_test(context);
    command.args([NATIVE, "--lib", "--bins"]);
    for name in test_targets()?.iter().filter(|name| !["arch", "core", "gpu"].contains(&name.as_str())) {
        command.args(["--test", name]);
    }
    capture(&mut command)
}

fn adapter(context: &Context) -> Outcome {
    match tools::provide(&[&tools::VULKAN]) {
        Some(missing) if context.require_all => Err(missing),
        // The tests themselves say loudly what they leave out.
        Some(missing) => {
            println!("{missing}");
            Ok(())
        }
        None => Ok(()),
    }
}

/// Names of the integration tests, as Cargo finds them: `tests/NAME.rs` and `tests/NAME/main.rs`.
fn test_targets() -> Outcome<Vec<String>> {
    let folder = shell::root().join("tests");
    let listing = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let name = |path: PathBuf| {
        let is_target = path.join("main.rs").is_file() || path.extension().is_some_and(|e| e == "rs");
        is_target.then(|| path.file_stem().map(|stem| stem.to_string_lossy().into_owned())).flatten()
    };
    let mut names: Vec<_> = listing.flatten().filter_map(|entry| name(entry.path())).collect();
    names.sort();
    Ok(names)
}

/// Where the stages from `web` on keep the built page.
pub fn built() -> PathBuf {
    shell::target_dir().join("dist")
}

fn web(_: &Context) -> Tested {
    if let Some(missing) = tools::provide(&[&tools::NODE]) {
        println!("{missing}");
    }
    page::dist(&built(), false)?;
    let report = sizes::Report::of(&built())?;
    println!("{report}");
    Ok(vec![report.summary()])
}

fn size(_: &Context) -> Tested {
    let report = sizes::Report::of(&built())?;
    report.gate()?;
    Ok(vec!["every part is within its limit".into()])
}

fn browser(context: &Context) -> Tested {
    let mut needs = vec![&tools::NODE];
    if cfg!(target_os = "linux") {
        needs.extend([&tools::SCREEN, &tools::VULKAN]);
        needs.extend(&tools::BROWSERS);
    }
    if let Some(missing) = tools::provide(&needs) {
        if context.require_all {
            return Err(missing);
        }
        println!("{missing}");
    }
    tools::node_packages()?;
    let mut node = Command::new("node");
    node.current_dir(shell::root().join("tests/web")).env("EQUISCOPE_DIST", built());
    if context.require_all {
        node.env("EQUISCOPE_REQUIRE_BROWSERS", "1");
    }
    // One file after the other: two software-rendered browsers at once would only slow each other down.
    node.args(["--test", "--test-concurrency=1", "--test-timeout=1800000", "--test-reporter=spec"]);
    capture(&mut node)
}
