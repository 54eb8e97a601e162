//! What must be installed, and installing it where that is possible without asking.

use crate::shell::{self, Outcome};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The newest Trunk that the pinned toolchain compiles.
const TRUNK: &str = "0.21.14";

/// A tool that Cargo installs.
struct CargoTool<'a> {
    krate: &'a str,
    program: &'a str,
    version: &'a str,
    /// Whether the lock file that the crate ships can be used.
    locked: bool,
}

impl CargoTool<'_> {
    fn has_version(&self, program: &Path) -> bool {
        // "trunk 0.21.14", "wasm-bindgen 0.2.130"
        shell::output(Command::new(program).arg("--version"))
            .is_ok_and(|text| text.split_whitespace().any(|word| word == self.version))
    }

    /// The program: from the search path, or from the build folder, or installed there now. Nothing that a
    /// person has installed is replaced.
    fn get(&self) -> Outcome<PathBuf> {
        let home = shell::target_dir().join("tools");
        let own = home.join("bin").join(format!("{}{}", self.program, std::env::consts::EXE_SUFFIX));
        if let Some(found) =
            shell::on_path(self.program).into_iter().chain([own.clone()]).find(|path| self.has_version(path))
        {
            return Ok(found);
        }
        println!("installing {} {} (some minutes, once)", self.krate, self.version);
        let mut install = shell::cargo();
        install.env_remove("CARGO_TARGET_DIR").args(["install", self.krate, "--version", self.version]);
        install.arg("--root").arg(&home);
        if self.locked {
            install.arg("--locked");
        }
        shell::run(&mut install)?;
        Ok(own)
    }
}

/// The standard library for browsers.
pub fn wasm_target() -> Outcome {
    let target = "wasm32-unknown-unknown";
    let sysroot = shell::output(shell::program("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(target).is_dir() {
        return Ok(());
    }
    shell::run(shell::program("rustup").args(["target", "add", target]))
        .map_err(|error| format!("{error}\nThe Rust target {target} is missing; rustup can add it."))
}

/// The code generator that belongs to the `wasm-bindgen` of the lock file: both must have one version.
pub fn wasm_bindgen() -> Outcome<PathBuf> {
    let lock = shell::read_text(&shell::root().join("Cargo.lock"))?;
    let version = locked_version(&lock, "wasm-bindgen").ok_or("Cargo.lock has no wasm-bindgen")?;
    // Its own lock file may name crates newer than a registry mirror has.
    CargoTool { krate: "wasm-bindgen-cli", program: "wasm-bindgen", version, locked: false }.get()
}

/// Trunk, with everything it needs in place.
pub fn trunk() -> Outcome<Command> {
    wasm_target()?;
    wasm_bindgen()?;
    let tool = CargoTool { krate: "trunk", program: "trunk", version: TRUNK, locked: true };
    let mut trunk = shell::program(tool.get()?);
    // Trunk 0.21 takes the customary NO_COLOR=1 for a wrong value of its own option.
    trunk.env_remove("NO_COLOR").env("TRUNK_SKIP_VERSION_CHECK", "true");
    trunk.env("CARGO_TARGET_DIR", shell::target_dir());
    Ok(trunk)
}

/// The version of a package in a Cargo lock file.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let mut lines = lock.lines();
    lines.find(|line| *line == format!("name = \"{package}\""))?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// The Node packages: browser drivers for the tests, `wasm-opt` for the bundles.
pub fn node_packages() -> Outcome {
    let dir = shell::root().join("tests/web");
    let stamp = dir.join("node_modules/.installed-from");
    let lock = shell::read(&dir.join("package-lock.json"))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let npm = shell::on_path("npm").or_else(|| shell::on_path("npm.cmd"));
    let npm = npm.ok_or("npm is missing: install Node 20 or newer, https://nodejs.org")?;
    shell::run(Command::new(npm).current_dir(&dir).args(["ci", "--no-audit", "--no-fund"]))?;
    shell::write(&stamp, lock)
}

/// Size optimiser for WASM from the Node packages, if they are installed.
pub fn wasm_opt() -> Option<PathBuf> {
    let script = shell::root().join("tests/web/node_modules/binaryen/bin/wasm-opt");
    script.is_file().then_some(script)
}

/// Something that the tests use, and the Debian packages that bring it.
pub struct Need {
    pub what: &'static str,
    pub packages: &'static [&'static str],
    present: fn() -> bool,
}

/// A Vulkan driver that runs without a graphics card.
pub const VULKAN: Need = Need {
    what: "a Vulkan driver (Mesa's llvmpipe will do)",
    packages: &["mesa-vulkan-drivers"],
    present: || {
        cfg!(not(target_os = "linux"))
            || ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"]
                .iter()
                .any(|dir| std::fs::read_dir(dir).is_ok_and(|mut files| files.next().is_some()))
    },
};

/// A screen that needs no monitor, and what a window asks of X11.
pub const SCREEN: Need = Need {
    what: "Xvfb and the X11 client libraries",
    packages: &["xvfb", "libxkbcommon-x11-0", "libx11-xcb1", "libxcursor1", "libxi6"],
    present: || shell::on_path("Xvfb").is_some(),
};

fn any_on_path(names: &[&str]) -> bool {
    names.iter().any(|name| shell::on_path(name).is_some())
}

/// The browsers that `tests/web` drives, under the names it looks for.
pub const BROWSERS: [Need; 3] = [
    Need {
        what: "Chromium",
        packages: &["chromium"],
        present: || any_on_path(&["chromium", "chromium-browser", "google-chrome"]),
    },
    Need {
        what: "Firefox",
        packages: &["firefox-esr"],
        present: || any_on_path(&["firefox-esr", "firefox"]),
    },
    Need {
        what: "WebKit's driver",
        packages: &["webkit2gtk-driver"],
        present: || shell::on_path("WebKitWebDriver").is_some(),
    },
];

/// Node, which runs the browser tests.
pub const NODE: Need = Need {
    what: "Node 20 or newer with npm",
    packages: &["nodejs", "npm"],
    present: || shell::on_path("node").is_some() && shell::on_path("npm").is_some(),
};

/// Installs what is missing on Debian as root; what is then still missing is returned as a sentence.
pub fn provide(needs: &[&Need]) -> Option<String> {
    let missing = |needs: &[&Need]| -> Vec<&'static str> {
        needs.iter().filter(|need| !(need.present)()).flat_map(|need| need.packages).copied().collect()
    };
    let packages = missing(needs);
    if packages.is_empty() {
        return None;
    }
    if is_debian_root() {
        println!("installing {}", packages.join(" "));
        let apt = |args: &[&str]| {
            let mut command = shell::program("apt-get");
            command.env("DEBIAN_FRONTEND", "noninteractive").args(args);
            shell::run(&mut command)
        };
        let install = [&["install", "--yes", "--no-install-recommends"], packages.as_slice()].concat();
        if let Err(error) = apt(&["update"]).and_then(|()| apt(&install)) {
            eprintln!("{error}");
        }
    }
    let packages = missing(needs);
    if packages.is_empty() {
        return None;
    }
    let what: Vec<_> = needs.iter().filter(|need| !(need.present)()).map(|need| need.what).collect();
    let hint = format!("on Debian: apt-get install {}", packages.join(" "));
    Some(format!("missing: {} ({hint})", what.join(", ")))
}

fn is_debian_root() -> bool {
    Path::new("/etc/debian_version").is_file()
        && shell::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn reads_a_version_from_a_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
