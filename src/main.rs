//! One entry for the desktop, the command line and the web.

fn main() -> std::process::ExitCode {
    equiscope::platform::main()
}
