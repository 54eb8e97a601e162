//! The exponential in single precision.

use equiscope::maths::real::Real;

#[test]
fn the_exponential_keeps_its_digits() {
    let mut worst: f64 = 0.0;
    for i in -87_000..88_700_i32 {
        let x = i as f32 * 1e-3;
        let exact = f64::from(x).exp();
        worst = worst.max((f64::from(Real::exp(x)) / exact - 1.0).abs());
    }
    assert!(worst < 3e-7, "{worst:e}");
}

#[test]
fn the_exponential_at_its_ends() {
    assert_eq!(Real::exp(0.0_f32), 1.0);
    assert_eq!(Real::exp(89.0_f32), f32::INFINITY);
    assert_eq!(Real::exp(f32::INFINITY), f32::INFINITY);
    assert_eq!(Real::exp(-200.0_f32), 0.0);
    assert_eq!(Real::exp(f32::NEG_INFINITY), 0.0);
    assert!(Real::exp(f32::NAN).is_nan());
    assert!(Real::exp(-100.0_f32) > 0.0, "subnormal, not 0");
}
