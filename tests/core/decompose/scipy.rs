//! Agreement with SciPy on 1000 random matrices. Tolerances are rounding times what makes each quantity sensitive.

use super::{assert_near, take};
use crate::reference::records;
use equiscope::maths::Matrix;
use equiscope::maths::linalg::{schur, svd};

/// Rounding of a few dozen operations.
const ROUNDING: f64 = 2e-14;

fn condition(sigma: &[f64]) -> f64 {
    sigma[0] / sigma[sigma.len() - 1]
}

#[test]
fn singular_values_and_polar_agree() {
    for record in records() {
        let values = svd(&record.m).unwrap().values;
        for (a, b) in values.iter().zip(&record.sigma) {
            assert!((a - b).abs() <= ROUNDING * record.sigma[0], "{values:?} {:?}", record.sigma);
        }
        let found = take("polar", &record.m);
        let bound = ROUNDING * condition(&record.sigma);
        assert_near(found.factor("rotation").unwrap(), &record.polar, bound, "polar");
        let stretch = &record.polar.transpose() * &record.m;
        assert_near(found.factor("stretch").unwrap(), &stretch, 10.0 * ROUNDING * record.sigma[0], "stretch");
    }
}

#[test]
fn triangles_of_qr_agree() {
    for record in records() {
        let found = take("qr", &record.m);
        let bound = ROUNDING * condition(&record.sigma) * record.sigma[0];
        assert_near(found.factor("triangular").unwrap(), &record.r, bound, "qr");
    }
}

#[test]
fn elimination_agrees_on_the_rows_in_the_order_of_their_pivots() {
    for record in records() {
        let n = record.m.rows();
        let m = Matrix::from_fn(n, n, |i, j| record.m[(record.rows[i], j)]);
        let found = take("ldu", &m);
        let upper = found.factor("diagonal").unwrap() * found.factor("upper").unwrap();
        let bound = ROUNDING * condition(&record.sigma) * record.sigma[0].max(1.0);
        let triangle = |i: usize, j: usize| if i <= j { record.lu[(i, j)] } else { 0.0 };
        assert_near(&upper, &Matrix::from_fn(n, n, triangle), bound, "upper");
        let below = |i: usize, j: usize| match i.cmp(&j) {
            std::cmp::Ordering::Greater => record.lu[(i, j)],
            std::cmp::Ordering::Equal => 1.0,
            std::cmp::Ordering::Less => 0.0,
        };
        assert_near(found.factor("lower").unwrap(), &Matrix::from_fn(n, n, below), bound.max(1e-13), "lower");
    }
}

#[test]
fn eigenvalues_of_schur_agree() {
    for record in records() {
        let mut found = schur(&record.m).unwrap().eigenvalues();
        let bound = ROUNDING * record.kappa * record.sigma[0];
        // Every eigenvalue has a partner of its own within the bound (Bauer & Fike).
        for (re, im) in &record.eigenvalues {
            let distance = |v: &(f64, f64)| (v.0 - re).hypot(v.1 - im);
            let (k, nearest) =
                found.iter().map(distance).enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
            assert!(nearest <= bound, "({re}, {im}) is {nearest:.1e} from {found:?}, bound {bound:.1e}");
            found.swap_remove(k);
        }
    }
}
