//! exp and log of a thousand matrices against SciPy; the file's layout is told by its script.

use super::relative;
use equiscope::maths::Matrix;
use equiscope::maths::exp::{exp, log};

struct Record {
    m: Matrix,
    condition: f64,
    exp: Matrix,
    log: Option<Matrix>,
}

fn records() -> Vec<Record> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/decompositions.f64");
    let bytes = std::fs::read(path).unwrap();
    let mut numbers = bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap()));
    let mut all = Vec::new();
    for n in 2..=5 {
        for _ in 0..250 {
            let mut matrix = || Matrix::from_data(n, n, numbers.by_ref().take(n * n).collect()).unwrap();
            let m = matrix();
            numbers.by_ref().take(n + 3 * n * n + n + 2 * n).for_each(drop);
            let condition = numbers.next().unwrap();
            let mut matrix = || Matrix::from_data(n, n, numbers.by_ref().take(n * n).collect()).unwrap();
            let (exp, log) = (matrix(), matrix());
            all.push(Record { m, condition, exp, log: log.is_finite().then_some(log) });
        }
    }
    assert!(numbers.next().is_none());
    all
}

#[test]
fn exp_agrees_with_scipy() {
    let mut worst = 0.0_f64;
    for Record { m, exp: expected, .. } in records() {
        // The condition number of exp is at least ‖M‖, and larger far from normal matrices.
        let error = relative(&exp(&m).unwrap(), &expected) / m.frobenius().max(1.0);
        worst = worst.max(error);
    }
    assert!(worst < 1e-13, "{worst:e}");
}

#[test]
fn log_agrees_with_scipy_where_it_exists_and_is_refused_where_it_does_not() {
    let (mut there, mut missing) = (0, 0);
    for Record { m, condition, log: expected, .. } in records() {
        let found = log(&m).unwrap();
        let Some(expected) = expected else {
            assert!(!found.reachable && found.matrix.is_none(), "{m:?}");
            missing += 1;
            continue;
        };
        there += 1;
        let x = found.matrix.unwrap();
        let singular = m.operator_norm() * m.inverse().unwrap().operator_norm();
        let bound = 1e-14 * singular * condition.powi(2).max(10.0);
        let error = relative(&x, &expected);
        assert!(error < bound, "{m:?}: {error:e}, condition {condition:e}, {singular:e}");
        let back = relative(&exp(&x).unwrap(), &m);
        assert!(back < 1e-14 * condition.powi(2).max(10.0) * x.frobenius().max(1.0), "{m:?}: back {back:e}");
    }
    assert!(there > 300 && missing > 300, "{there} {missing}");
}
