//! The lab's audit on the command line: the models that each task opens with, with their initial weights.

use super::audit::Audit;
use super::exhibit::{Exhibit, Places};
use super::settings::Settings;
use crate::data::Task;
use crate::labs::check::{Backend, CheckError, CheckOptions, Precision, Report};

/// Audits every task of the lab.
pub fn run(options: &CheckOptions) -> Result<Report, CheckError> {
    let failed = |e: &dyn std::fmt::Display| CheckError::Failed(e.to_string());
    if options.backend == Backend::Gpu || options.precision == Precision::F64 {
        let reason = "this audit runs in f32 on the CPU".to_owned();
        return Err(CheckError::BackendMissing { backend: options.backend, reason });
    }
    let mut whole: Option<Report> = None;
    for task in [Task::Inertia, Task::O5, Task::Lorentz] {
        let mut s = Settings { seeds: 1, seed: options.seed, ..Settings::default() };
        s.set_task(task);
        let exhibit = Exhibit::new(s, Places::cpu()).map_err(|e| failed(&e))?;
        let mut audit = Audit::new(options.samples);
        while !audit.advance(&exhibit).map_err(|e| failed(&e))? {}
        let report = audit.report(&exhibit);
        whole = Some(match whole {
            None => report,
            Some(mut all) => {
                all.passed &= report.passed;
                all.groups.extend(report.groups);
                all
            }
        });
    }
    whole.ok_or_else(|| CheckError::Failed("no task".to_owned()))
}
