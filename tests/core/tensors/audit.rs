//! The lab's audit.

use equiscope::data::tasks::Task;
use equiscope::labs::check::{Backend, CheckOptions, Precision, Symmetry};
use equiscope::labs::tensors::check::{bound, run};

/// As many pairs in f32 as the bounds are stated for: what is worst is rare.
fn options(precision: Precision) -> CheckOptions {
    let samples = if precision == Precision::F32 { 1000 } else { 40 };
    CheckOptions { samples, seed: 4, backend: Backend::Cpu, precision, rapidity: 2.0 }
}

#[test]
fn exact_rows_hold_and_all_others_show() {
    for precision in [Precision::F32, Precision::F64] {
        let report = run(&options(precision)).unwrap();
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
