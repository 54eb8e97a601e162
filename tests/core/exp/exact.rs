//! exp and log against exact results for matrices that are hard in f64; `tests/reference/exp_log.py` tells the layout.

use super::relative;
use equiscope::maths::Matrix;
use equiscope::maths::exp::{exp, log};

/// (0 for exp or 1 for log, M, result).
fn records() -> Vec<(usize, Matrix, Matrix)> {
    let bytes = include_bytes!("../../reference/exp_log.f64");
    let mut numbers = bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap()));
    let mut all = Vec::new();
    while let Some(kind) = numbers.next() {
        let n = numbers.next().unwrap() as usize;
        let mut matrix = || Matrix::from_data(n, n, numbers.by_ref().take(n * n).collect()).unwrap();
        all.push((kind as usize, matrix(), matrix()));
    }
    all
}

/// How far f moves, relative, when M moves by one rounding unit of its norm in a few directions: what no algorithm can
/// be held against.
fn sensitivity(m: &Matrix, f: impl Fn(&Matrix) -> Option<Matrix>) -> f64 {
    let Some(centre) = f(m) else { return 0.0 };
    let step = 1e-13 * m.frobenius();
    let n = m.rows();
    let moved = (0..n * n).filter_map(|k| {
        let mut near = m.clone();
        near[(k / n, k % n)] += step;
        f(&near).map(|value| relative(&value, &centre) * f64::EPSILON / 1e-13)
    });
    moved.fold(0.0, f64::max)
}

#[test]
fn errors_are_those_of_rounding_the_matrix() {
    let mut counts = [0; 2];
    for (kind, m, expected) in records() {
        let f = |m: &Matrix| if kind == 0 { exp(m).ok() } else { log(m).unwrap().matrix };
        let error = relative(&f(&m).unwrap(), &expected);
        let ratio = error / sensitivity(&m, f).max(f64::EPSILON);
        assert!(ratio < 8.0, "{m:?}: {error:e}, {ratio:.1} times what rounding costs");
        counts[kind] += 1;
    }
    assert!(counts[0] >= 100 && counts[1] >= 60, "{counts:?}");
}
