//! Derivatives of every kernel against central differences, and proof that the check can fail.

use super::support::{GRADIENT_TOLERANCE, apply, gradient_error, launch, run_path, run_reference};
use equiscope::engine::kernels::{Domain, Feed, REGISTRY, Smoothness};

fn check(order: u32) {
    let (mut checked, mut wrong) = (0, Vec::new());
    for kernel in REGISTRY {
        for (number, case) in kernel.cases().iter().enumerate() {
            let smooth = kernel.smoothness(&case.attrs);
            if smooth == Smoothness::None || (order == 2 && smooth != Smoothness::Smooth) {
                continue;
            }
            let error = gradient_error(&case.feeds, order, &|b, x| apply(b, kernel.stem(), &case.attrs, x));
            if error.is_nan() || error >= GRADIENT_TOLERANCE {
                wrong.push(format!("{} case {number}, order {order}: {error:e}", kernel.stem()));
            }
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 50, "only {checked} cases have derivatives");
}

#[test]
fn first_derivatives_of_every_kernel() {
    check(1);
}

#[test]
fn second_derivatives_of_every_smooth_kernel() {
    check(2);
}

#[test]
fn compositions_with_broadcasting_and_shared_values() {
    let feeds = [Feed::of(&[4, 3]), Feed::on(&[3], Domain::Away(0.5, 1.0)), Feed::of(&[3, 3])];
    let error = gradient_error(&feeds, 2, &|_, x| {
        let h = (x[0].matmul(x[2]) + x[1]).tanh();
        (h * x[0] / x[1] - h.sigmoid()).square().sum(0).sqrt_eps(0.1)
    });
    assert!(error < GRADIENT_TOLERANCE, "{error:e}");
}

#[test]
fn a_wrong_derivative_is_caught() {
    // The value is x³, but a factor is cut off from its derivative.
    let error = gradient_error(&[Feed::of(&[6])], 1, &|_, x| x[0].square() * x[0].detach());
    assert!(error > 1e-2, "{error:e}");
}

#[test]
fn references_write_every_element() {
    for kernel in REGISTRY {
        for (number, case) in kernel.cases().iter().enumerate() {
            let (single, state) = run_reference::<f32>(*kernel, case);
            let (double, _) = run_reference::<f64>(*kernel, case);
            for (s, d) in single.iter().flatten().zip(double.iter().flatten()) {
                assert!(s.is_finite() && d.is_finite(), "{} case {number} leaves a gap", kernel.stem());
                let tolerance = kernel.tolerance();
                let bound = tolerance.absolute + (tolerance.relative + 1e-7) * d.abs();
                assert!((f64::from(*s) - d).abs() <= bound, "{} case {number}: {s} {d}", kernel.stem());
            }
            assert_eq!((run_reference::<f32>(*kernel, case)), (single, state), "two runs differ");
        }
    }
}

#[test]
fn fast_paths_agree_with_their_references() {
    for &kernel in REGISTRY {
        let Some(fast) = kernel.fast() else { continue };
        for (number, case) in kernel.cases().iter().enumerate() {
            let (quick, state) = run_path(kernel, case, fast);
            let (exact, expected_state) = run_reference::<f64>(kernel, case);
            assert_eq!(state, expected_state, "{} case {number}", kernel.stem());
            let tolerance = kernel.tolerance();
            for (q, e) in quick.iter().flatten().zip(exact.iter().flatten()) {
                let bound = tolerance.absolute + tolerance.relative * e.abs();
                // A NaN is beyond every bound.
                assert!((f64::from(*q) - e).abs() <= bound, "{} case {number}: {q} {e}", kernel.stem());
            }
            assert_eq!(
                run_path(kernel, case, fast),
                (quick, state),
                "{} case {number}: two runs differ",
                kernel.stem()
            );
        }
    }
}

#[test]
fn what_is_made_ready_for_a_use_gives_the_same_bits() {
    let mut found = 0;
    for &kernel in REGISTRY {
        for (number, case) in kernel.cases().iter().enumerate() {
            let Some(ready) = kernel.ready(&case.attrs, &launch(kernel, case)) else { continue };
            let plain = kernel.fast().unwrap_or(kernel.reference().f32);
            let expected = run_path(kernel, case, plain);
            assert_eq!(run_path(kernel, case, &ready), expected, "{} case {number}", kernel.stem());
            found += 1;
        }
    }
    assert!(found > 20, "{found} uses");
}

#[test]
fn wide_copies_of_references_agree_with_them_to_the_last_bit() {
    // Products are another algorithm; everything else with a fast path is its reference, compiled for wider vectors.
    const OTHER: [&str; 4] = ["matmul", "group_act", "conv2d", "conv2d_weight"];
    for &kernel in REGISTRY.iter().filter(|k| !OTHER.contains(&k.stem())) {
        let Some(fast) = kernel.fast() else { continue };
        for (number, case) in kernel.cases().iter().enumerate() {
            let (quick, _) = run_path(kernel, case, fast);
            let (plain, _) = run_reference::<f32>(kernel, case);
            assert_eq!(quick, plain, "{} case {number}", kernel.stem());
        }
    }
}
