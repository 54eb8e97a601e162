//! The lab's audit on the device against the CPU.

use equiscope::engine::exec::{Executor, GpuExecutor};
use equiscope::labs::check::{Backend, CheckOptions, Precision, Report, Symmetry};
use equiscope::labs::vectors::audit::Audit;
use equiscope::labs::vectors::check::run;

use crate::bench::gpu;

#[test]
fn the_audit_of_the_vectors_agrees_with_the_cpu() {
    let Some((gpu, _turn)) = gpu() else { return };
    let options =
        |backend| CheckOptions { samples: 300, seed: 1, backend, precision: Precision::F32, rapidity: 3.0 };
    let mut audit = Audit::new(options(Backend::Gpu));
    while !audit.advance(&|plan| Ok(Box::new(GpuExecutor::new(&gpu.gpu, plan)) as Box<dyn Executor>)).unwrap()
    {
    }
    let device: Report = audit.report();
    let cpu = run(&options(Backend::Cpu)).unwrap();
    assert_eq!((device.backend, &device.adapter), (Backend::Gpu, &gpu.gpu.adapter));
    assert_eq!(device.groups.len(), cpu.groups.len());
    for (a, b) in device.groups.iter().zip(&cpu.groups) {
        let row =
            format!("{} {}: {:.2e} on the device, {:.2e} on the CPU", a.group, a.model, a.worst, b.worst);
        assert_eq!((&a.group, &a.model, a.samples), (&b.group, &b.model, b.samples), "{row}");
        match a.symmetry {
            Symmetry::Exact => assert!(a.passed && a.worst < a.bound.unwrap(), "{row}"),
            // What is not symmetric differs by far more than rounding, so both executors must see the same number.
            // Boosts lose up to 1e-4 of it.
            _ => assert!((a.median - b.median).abs() < 1e-3 * b.median && a.worst > 1e-2, "{row}"),
        }
    }
    assert!(device.passed);
}
