//! Where the app meets a machine: the native window and command line, and the web page.

/// Entry of the binary.
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
