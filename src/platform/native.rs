//! The desktop: a window, files, preferences in the user's configuration folder.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

use eframe::egui;
use eframe::egui_wgpu::wgpu;

use super::cli::{self, Outcome};
use super::{Parts, graphics};
use crate::app::health::{Inbox, Level};
use crate::app::router::Write;
use crate::app::{Host, Options, Shell};
use crate::engine::exec::remote::{Remote, Thread};

/// Runs the command line; opens the window where it asks for one.
pub fn main(parts: Parts) -> ExitCode {
    let filter = env_logger::Env::default().default_filter_or("warn");
    env_logger::Builder::from_env(filter).target(env_logger::Target::Stderr).init();
    match cli::run(env::args_os(), parts, &mut io::stdout().lock(), &mut io::stderr().lock()) {
        Outcome::Exit(code) => ExitCode::from(code),
        Outcome::Window(open) => match window(parts, open) {
            Ok(()) => ExitCode::from(cli::DONE),
            Err(error) => {
                let hint = "the window needs a display and a graphics driver (Vulkan, Metal, Direct3D 12)";
                let _ = writeln!(
                    io::stderr(),
                    "error: {hint}: {error}\nThe commands labs and check work without one."
                );
                ExitCode::from(cli::NO_BACKEND)
            }
        },
    }
}

/// Opens the window and stays in it until it is closed.
fn window(parts: Parts, open: String) -> eframe::Result {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Equiscope")
            .with_app_id("equiscope")
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([360.0, 400.0]),
        wgpu_options: graphics::configuration(wgpu::Backends::PRIMARY),
        centered: true,
        ..Default::default()
    };
    let create = move |cc: &eframe::CreationContext<'_>| {
        let inbox = Inbox::default();
        let state = graphics::state(cc);
        let device = state.and_then(|state| {
            let letters = inbox.clone();
            let lost = move |why: &str| {
                let text = format!("The graphics device was lost ({why}). Start Equiscope again.");
                // What draws the banner is gone as well.
                log::error!("{text}");
                letters.put(Level::Fault, text);
            };
            let watch = graphics::watch(state, inbox.clone(), cc.egui_ctx.clone(), lost);
            graphics::device(state, watch)
        });
        let options = Options {
            host: Box::new(Desktop { preferences: preferences_path() }),
            open,
            device,
            drawing: graphics::drawing(state),
            inbox,
        };
        let mut shell = Shell::new(cc, &(parts.labs)(), options);
        match Thread::start() {
            Ok(thread) => shell.set_worker(Remote::new(Box::new(thread))),
            Err(error) => log::warn!("training takes the window's own thread: {error}"),
        }
        Ok(Box::new(shell) as Box<dyn eframe::App>)
    };
    eframe::run_native("Equiscope", options, Box::new(create))
}

/// The desktop as a host. There is no address bar: a state is a link to start with.
struct Desktop {
    preferences: Option<PathBuf>,
}

impl Host for Desktop {
    fn arrived(&mut self) -> Option<String> {
        None
    }

    fn write(&mut self, _write: &Write) {}

    fn link(&self, state: &str) -> String {
        format!("equiscope --open '{state}'")
    }

    fn open(&mut self, _state: &str) -> bool {
        false
    }

    fn save(&mut self, name: &str, _mime: &str, bytes: &[u8]) -> String {
        match write_new(&downloads(), name, bytes) {
            Ok(path) => format!("Saved {}", path.display()),
            Err(error) => format!("{name} could not be saved: {error}"),
        }
    }

    fn title(&mut self, ctx: &egui::Context, title: &str) {
        ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.to_owned()));
    }

    fn reduced_motion(&self) -> bool {
        // No interface common to the systems tells.
        false
    }

    fn load(&self) -> Option<String> {
        fs::read_to_string(self.preferences.as_ref()?).ok()
    }

    fn store(&mut self, text: &str) {
        let Some(path) = &self.preferences else { return };
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
        if let Err(error) = written {
            log::warn!("preferences are kept for this run only: {}: {error}", path.display());
        }
    }
}

/// A folder named by an environment variable.
fn folder(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Where the system keeps a user's configuration.
fn preferences_path() -> Option<PathBuf> {
    let base = if cfg!(target_os = "windows") {
        folder("APPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))
    };
    base.map(|base| base.join("equiscope").join("preferences.json"))
}

/// The user's folder for downloads, or else the present one.
fn downloads() -> PathBuf {
    let home = folder(if cfg!(target_os = "windows") { "USERPROFILE" } else { "HOME" });
    home.map(|home| home.join("Downloads")).filter(|path| path.is_dir()).unwrap_or_else(|| PathBuf::from("."))
}

/// Writes a file that was not there before: `name`, or else `name-2`, `name-3` and so on before the extension.
fn write_new(folder: &std::path::Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let (stem, extension) =
        name.rsplit_once('.').map_or((name, String::new()), |(s, e)| (s, format!(".{e}")));
    let mut count = 1;
    loop {
        let tried = if count == 1 { name.to_owned() } else { format!("{stem}-{count}{extension}") };
        let path = folder.join(tried);
        match fs::File::create_new(&path) {
            Ok(mut file) => return file.write_all(bytes).map(|()| path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && count < 10_000 => count += 1,
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn empty_folder(name: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("equiscope-test-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn files_are_never_overwritten() {
        let folder = empty_folder("files");
        for (bytes, name) in [(b"1", "a.b.png"), (b"2", "a.b-2.png"), (b"3", "a.b-3.png")] {
            let path = write_new(&folder, "a.b.png", bytes).unwrap();
            assert_eq!(path.file_name().unwrap(), name);
            assert_eq!(fs::read(path).unwrap(), bytes);
        }
        assert!(write_new(&folder.join("missing"), "a.png", b"").is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn preferences_are_kept_where_that_is_allowed() {
        let folder = empty_folder("preferences");
        let mut host = Desktop { preferences: Some(folder.join("deep/preferences.json")) };
        assert_eq!(host.load(), None);
        host.store("{}");
        assert_eq!(host.load().as_deref(), Some("{}"));
        // A file where the folder should be: nothing is kept, nothing fails.
        let mut denied = Desktop { preferences: Some(folder.join("deep/preferences.json/x/y.json")) };
        denied.store("{}");
        assert_eq!(denied.load(), None);
        fs::remove_dir_all(folder).unwrap();
    }
}
