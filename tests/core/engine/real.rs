//! The elementary functions in single precision.

use equiscope::maths::real::Real;

/// Largest relative error over numbers.
fn worst(numbers: impl Iterator<Item = f32>, quick: fn(f32) -> f32, exact: fn(f64) -> f64) -> f64 {
    let error = |x: f32| {
        let exact = exact(f64::from(x));
        ((f64::from(quick(x)) - exact) / exact).abs()
    };
    // `f64::max` would swallow a NaN.
    numbers.map(error).fold(0.0, |worst, e| if e <= worst { worst } else { e })
}

/// Every so many-th positive number between two, by its bits: evenly spread over the exponents.
fn spread(from: f32, to: f32) -> impl Iterator<Item = f32> {
    (from.to_bits()..to.to_bits()).step_by(4001).map(f32::from_bits)
}

fn same(a: f32, b: f32) {
    assert_eq!(a.to_bits(), b.to_bits(), "{a} {b}");
}

#[test]
fn the_exponential_keeps_its_digits() {
    let numbers = (-87_000..88_700_i32).map(|i| i as f32 * 1e-3);
    let worst = worst(numbers, Real::exp, f64::exp);
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

#[test]
fn the_hyperbolic_tangent_keeps_its_digits() {
    let worst = worst(spread(f32::MIN_POSITIVE, f32::MAX), Real::tanh, f64::tanh);
    assert!(worst < 4e-7, "{worst:e}");
    same(Real::tanh(0.0_f32), 0.0);
    same(Real::tanh(-0.0_f32), -0.0);
    same(Real::tanh(f32::INFINITY), 1.0);
    same(Real::tanh(f32::NEG_INFINITY), -1.0);
    same(Real::tanh(-0.7_f32), -Real::tanh(0.7_f32));
    assert!(Real::tanh(f32::NAN).is_nan());
}

#[test]
fn the_logarithm_keeps_its_digits() {
    // From the smallest subnormal number on; 1 itself, whose logarithm is 0, is not among them.
    let numbers = spread(f32::from_bits(1), 0.99).chain(spread(1.000_001, f32::MAX));
    let worst = worst(numbers, Real::ln, f64::ln);
    assert!(worst < 2e-7, "{worst:e}");
    same(Real::ln(1.0_f32), 0.0);
    same(Real::ln(0.0_f32), f32::NEG_INFINITY);
    same(Real::ln(-0.0_f32), f32::NEG_INFINITY);
    same(Real::ln(f32::INFINITY), f32::INFINITY);
    assert!(
        Real::ln(-1.0_f32).is_nan() && Real::ln(f32::NEG_INFINITY).is_nan() && Real::ln(f32::NAN).is_nan()
    );
}

#[test]
fn sine_and_cosine_keep_their_digits() {
    // Also next to their zeros, where f32 has numbers within 1e-5 of a multiple of π/2 in this range.
    for (quick, exact) in [(Real::sin as fn(f32) -> f32, f64::sin as fn(f64) -> f64), (Real::cos, f64::cos)] {
        let worst = worst(spread(1e-30, 1e5).flat_map(|x| [x, -x]), quick, exact);
        assert!(worst < 3e-7, "{worst:e}");
        for x in spread(1e5, 1e9) {
            assert!((f64::from(quick(x)) - exact(f64::from(x))).abs() < 3e-7, "{x}");
        }
        assert!(
            quick(f32::NAN).is_nan() && quick(f32::INFINITY).is_nan() && quick(f32::NEG_INFINITY).is_nan()
        );
    }
    same(Real::sin(0.0_f32), 0.0);
    same(Real::cos(0.0_f32), 1.0);
}

#[test]
fn the_larger_and_the_smaller_number() {
    assert_eq!((Real::max(1.0_f32, 2.0), Real::max(2.0_f32, 1.0)), (2.0, 2.0));
    assert_eq!((Real::min(1.0_f32, 2.0), Real::min(2.0_f32, 1.0)), (1.0, 1.0));
    assert!(Real::max(f32::NAN, 1.0).is_nan() && Real::min(f32::NAN, 1.0).is_nan());
}
