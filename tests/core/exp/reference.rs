//! exp and log of a thousand matrices against SciPy.

use super::relative;
use crate::reference::{Record, records};
use equiscope::maths::exp::{exp, log};

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
    for Record { m, kappa: condition, log: expected, .. } in records() {
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
