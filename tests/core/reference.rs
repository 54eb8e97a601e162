//! The records of tests/reference/decompositions.f64; the script beside it says what they hold and writes them.

use equiscope::maths::Matrix;

/// One random matrix and what SciPy makes of it.
pub struct Record {
    /// M.
    pub m: Matrix,
    /// Singular values, descending.
    pub sigma: Vec<f64>,
    /// Orthogonal factor of M = U P.
    pub polar: Matrix,
    /// R of M = Q R, its diagonal positive.
    pub r: Matrix,
    /// L below, U on and above the diagonal, of M[rows] = L U.
    pub lu: Matrix,
    /// The rows of M in the order of elimination.
    pub rows: Vec<usize>,
    /// Eigenvalues (real, imaginary), descending.
    pub eigenvalues: Vec<(f64, f64)>,
    /// Condition number of the matrix of eigenvectors.
    pub kappa: f64,
    /// exp M.
    pub exp: Matrix,
    /// The principal log M, where M has no negative real eigenvalue.
    pub log: Option<Matrix>,
}

/// All 1000 records, sizes 2 to 5.
pub fn records() -> Vec<Record> {
    const BYTES: &[u8] = include_bytes!("../reference/decompositions.f64");
    let mut numbers = BYTES.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap()));
    let mut all = Vec::new();
    for n in 2..=5 {
        for _ in 0..250 {
            let mut take = |count: usize| -> Vec<f64> { numbers.by_ref().take(count).collect() };
            let square = |data: Vec<f64>| Matrix::from_data(n, n, data).unwrap();
            let (m, sigma) = (square(take(n * n)), take(n));
            let (polar, r, lu) = (square(take(n * n)), square(take(n * n)), square(take(n * n)));
            let rows = take(n).into_iter().map(|x| x as usize).collect();
            let (re, im) = (take(n), take(n));
            let kappa = take(1)[0];
            let (exp, log) = (square(take(n * n)), square(take(n * n)));
            let log = log.is_finite().then_some(log);
            let eigenvalues = re.into_iter().zip(im).collect();
            all.push(Record { m, sigma, polar, r, lu, rows, eigenvalues, kappa, exp, log });
        }
    }
    assert_eq!(numbers.next(), None);
    all
}

#[test]
fn the_file_holds_what_it_says() {
    let all = records();
    assert_eq!(all.len(), 1000);
    for record in &all {
        let trace: f64 = record.eigenvalues.iter().map(|v| v.0).sum();
        assert!((trace - record.m.trace()).abs() < 1e-10 * record.m.frobenius());
        let determinant: f64 = (0..record.m.rows()).map(|i| record.r[(i, i)]).product();
        assert!(
            (determinant - record.m.determinant().abs()).abs()
                < 1e-10 * record.m.frobenius().powi(5).max(1.0)
        );
        let squares: f64 = record.exp.data().iter().map(|x| x * x).sum();
        assert!(squares > 0.0 && squares.is_finite());
    }
    let logs = all.iter().filter(|r| r.log.is_some()).count();
    assert!((300..900).contains(&logs), "{logs}");
}
