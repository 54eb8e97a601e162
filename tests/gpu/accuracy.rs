//! Accuracy of the kernels of small matrices, over 10⁵ samples each, against the bounds they state; and their behaviour
//! where algebra has an edge.

use std::f64::consts::PI;
use std::sync::Arc;

use equiscope::engine::accuracy::{Survey, TRIALS};
use equiscope::engine::exec::{GpuExecutor, gpu::wait};
use equiscope::engine::graph::{Builder, Var};
use equiscope::engine::kernels::lie_exp::Algebra;
use equiscope::engine::kernels::small_polar::Part;
use equiscope::engine::kernels::sym_map::SymOp;
use equiscope::engine::{CpuExecutor, Executor, Plan};

use crate::bench::{Gpu, gpu};

#[test]
#[allow(clippy::print_stdout)] // The table, for --nocapture.
fn kernels_keep_to_their_bounds() {
    let Some((gpu, _turn)) = gpu() else { return };
    let device = |plan: Arc<Plan>| Box::new(GpuExecutor::new(&gpu.gpu, plan)) as Box<dyn Executor>;
    let mut survey = Survey::new(100_000);
    while !survey.advance(&device).unwrap() {
        std::thread::sleep(std::time::Duration::from_micros(100));
    }
    assert_eq!(survey.rows().len(), TRIALS.len());
    for row in survey.rows() {
        println!("{:<24} {:>9.3} of {:>6}  ε · ({})", row.kernel, row.worst, row.bound, row.condition);
    }
    for row in survey.rows() {
        assert!(row.passed, "{row:?} on {}", gpu.gpu.adapter);
        assert!(row.worst > 0.0, "{row:?}: nothing was measured");
    }
}

type Function<'f> = dyn for<'b> Fn(Var<'b>) -> Var<'b> + 'f;

/// Largest difference between device and f64 reference, relative to 1 and the largest number.
fn difference(gpu: &Gpu, shape: &[usize], x: &[f64], f: &Function<'_>) -> f64 {
    let b = Builder::new();
    b.output("y", f(b.input("x", shape)));
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    let mut oracle = CpuExecutor::<f64>::new(Arc::clone(&plan));
    oracle.write_t("x", x).unwrap();
    oracle.run(1).unwrap();
    let want = oracle.read("y").unwrap();
    let mut exec = GpuExecutor::new(&gpu.gpu, plan);
    exec.write("x", &x.iter().map(|&v| v as f32).collect::<Vec<_>>()).unwrap();
    exec.run(1).unwrap();
    let ticket = exec.request(&["y"]);
    let got = wait(&mut exec, ticket).unwrap().arrays.remove("y").unwrap();
    let scale = want.iter().fold(1.0_f64, |most, v| most.max(v.abs()));
    let errors = got.iter().zip(&want).map(|(&a, &b)| (f64::from(a) - b).abs() / scale);
    // A maximum that keeps NaN.
    errors.fold(0.0, |most, e| if e <= most { most } else { e })
}

/// n × n: zeros, ones on the diagonal, all ones, tiny and huge numbers, a single entry.
fn edges(n: usize) -> Vec<f64> {
    let diagonal = |k: usize| if k.is_multiple_of(n + 1) { 1.0 } else { 0.0 };
    let mixed = |k: usize| 1.0 + (3.0 * k as f64).sin();
    let kinds: [&dyn Fn(usize) -> f64; 6] = [
        &|_| 0.0,
        &diagonal,
        &|k| 1e-18 * (mixed(k) + 2.0 * diagonal(k)),
        &|k| 1e18 * (mixed(k) + 2.0 * diagonal(k)),
        &|k| -diagonal(k),
        &|k| if k == n { 1.0 } else { diagonal(k) },
    ];
    kinds.iter().flat_map(|kind| (0..n * n).map(kind)).collect()
}

#[test]
fn edges_of_the_domain_are_as_on_the_cpu() {
    let Some((gpu, _turn)) = gpu() else { return };
    let check = |what: &str, shape: &[usize], x: &[f64], f: &Function| {
        let error = difference(gpu, shape, x, f);
        assert!(error < 1e-5, "{what} {shape:?}: {error:e}");
    };
    for n in 2..=4 {
        let (shape, x) = ([6, n, n], edges(n));
        check("R", &shape, &x, &|g| g.polar(Part::Rotation));
        check("P", &shape, &x, &|g| g.polar(Part::Right));
        check("P′", &shape, &x, &|g| g.polar(Part::Left));
        check("ln", &shape, &x, &|s| s.sym_map(SymOp::Ln));
        check("exp", &[2, n, n], &x[..2 * n * n], &|s| s.sym_map(SymOp::Exp));
        check("S^½", &shape, &x, &|s| s.sym_map(SymOp::Sqrt));
        // Values of order 1 where they are: eigenvectors of a multiple of 1 are any basis, here both take the same.
        check("eigen", &shape, &x, &|s| s.sym_eigen());
    }
    check("eigen", &[6, 5, 5], &edges(5), &|s| s.sym_eigen());
    // Of a matrix of rank 1, P is determined, and r only along its range.
    check("P of rank 1", &[1, 4, 4], &[1.0; 16], &|g| g.polar(Part::Right));
    let turns = [[1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0], [1.0, 1.0, 1.0]];
    let turns: Vec<f64> =
        turns.iter().flat_map(|d| [d[0], 0.0, 0.0, 0.0, d[1], 0.0, 0.0, 0.0, d[2]]).collect();
    check("half turns", &[4, 3, 3], &turns, &|m| m.lie_log(Algebra::So3));
    check("half turns", &[4, 3, 3], &turns, &|m| m.to_quaternion());
    let sl2 = [[-1.0, 0.0, 0.0, -1.0], [-2.0, 0.0, 0.0, -0.5], [1.0, 3.0, 0.0, 1.0], [0.0, -1.0, 1.0, 0.0]];
    check("SL(2)", &[4, 2, 2], &sl2.concat(), &|m| m.lie_log(Algebra::Sl2));
    check("no rotation", &[1, 4], &[0.0; 4], &|q| q.to_rotation());
    for algebra in Algebra::ALL {
        let v = [0.0, 0.0, 0.0, 1e-20, 0.0, -1e-20, 0.0, 0.0, PI, 2.0, 0.0, 2.0];
        check("exp", &[4, 3], &v, &|v| v.lie_exp(algebra));
    }
}
