//! The lab's audit.

use equiscope::data::tasks::Task;
use equiscope::labs::check::{Backend, CheckOptions, Precision, Symmetry};
use equiscope::labs::tensors::check::{bound, run};

fn options(precision: Precision, rapidity: f64) -> CheckOptions {
    CheckOptions { samples: 40, seed: 5, backend: Backend::Cpu, precision, rapidity }
}

#[test]
fn exact_rows_hold_and_all_others_show() {
    for precision in [Precision::F32, Precision::F64] {
        let report = run(&options(precision, 2.0)).unwrap();
        for row in &report.groups {
            match row.symmetry {
                Symmetry::Exact => assert!(row.passed && row.bound.is_some(), "{row:?}"),
                _ => assert!(row.worst > 1e-2 && row.bound.is_none(), "{row:?}"),
            }
        }
        let exact = |group: &str| {
            report.groups.iter().filter(|r| r.group == group && r.symmetry == Symmetry::Exact).count()
        };
        // grepsnet, released and EMLP on three tasks; over bodies the first of them, EMLP and EGNN.
        assert!(exact("O(5)") >= 2 && exact("O(1,3)") >= 2 && exact("O(3)") >= 4 && exact("E(3)") >= 2);
        assert!(report.groups.iter().any(|r| r.model == "lorentz/grepsnet-broken-metric"));
    }
}

#[test]
fn bounds_grow_with_boosts_alone() {
    assert_eq!(bound(Task::Lorentz, false, 1.0), bound(Task::Lorentz, false, 2.0));
    assert!(bound(Task::Lorentz, false, 4.0) > 1.0);
    assert_eq!(bound(Task::O5, false, 9.0), bound(Task::O5, false, 0.0));
}
