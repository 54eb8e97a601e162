//! The equivariance residual: one definition for the square, the orbit plot, the audit and the tests.

/// Below this root mean square an output type counts as vanishing: there is nothing to compare, and nothing is
/// divided by it.
pub const VANISHING: f64 = 1e-12;

/// r = ‖f(g·x) − ρ(g) f(x)‖₂ / (‖ρ(g)‖₂ · s) for one output type, with s the root mean square of ‖f(x)‖₂ over the
/// sample. `None` where s is below [`VANISHING`]. A value that is not finite on either road gives +∞.
pub fn residual(f_gx: &[f64], rho_f_x: &[f64], rho_norm: f64, s: f64) -> Option<f64> {
    if s < VANISHING {
        return None;
    }
    let square: f64 = f_gx.iter().zip(rho_f_x).map(|(a, b)| (a - b) * (a - b)).sum();
    let r = square.sqrt() / (rho_norm * s);
    Some(if r.is_finite() { r } else { f64::INFINITY })
}

/// Root mean square of ‖f(x)‖₂ over a sample of outputs, each `width` long and stored one after another.
pub fn output_scale(outputs: &[f64], width: usize) -> f64 {
    let n = outputs.len() / width.max(1);
    if n == 0 {
        return 0.0;
    }
    (outputs.iter().map(|v| v * v).sum::<f64>() / n as f64).sqrt()
}

/// Median and largest of a sample; both 0 for an empty one. NaN counts as the largest value.
pub fn median_worst(sample: &[f64]) -> (f64, f64) {
    let mut v: Vec<f64> = sample.iter().map(|r| if r.is_nan() { f64::INFINITY } else { *r }).collect();
    v.sort_by(f64::total_cmp);
    match v.len() {
        0 => (0.0, 0.0),
        n if n % 2 == 1 => (v[n / 2], v[n - 1]),
        n => ((v[n / 2 - 1] + v[n / 2]) / 2.0, v[n - 1]),
    }
}
