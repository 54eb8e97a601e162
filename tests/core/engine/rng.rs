//! Random numbers: known answers, moments, independence of streams.

use equiscope::maths::rng::{Rng, bits, threefry2x32, uniform_from_bits};

#[test]
fn threefry_gives_the_published_answers() {
    // Known answers of the Random123 distribution, threefry2x32, 20 rounds.
    assert_eq!(threefry2x32([0, 0], [0, 0]), [0x6b20_0159, 0x99ba_4efe]);
    assert_eq!(threefry2x32([u32::MAX; 2], [u32::MAX; 2]), [0x1cb9_96fc, 0xbb00_2be7]);
    let pi = threefry2x32([0x1319_8a2e, 0x0370_7344], [0x243f_6a88, 0x85a3_08d3]);
    assert_eq!(pi, [0xc492_3a9c, 0x483d_f7a0]);
}

#[test]
fn sequences_repeat_and_streams_differ() {
    let words = |seed, stream| {
        let mut rng = Rng::new(seed, stream);
        [rng.next_u32(), rng.next_u32(), rng.next_u32()]
    };
    assert_eq!(words(1, 2), words(1, 2));
    assert_ne!(words(1, 2), words(1, 3));
    assert_ne!(words(1, 2), words(1 << 32, 2));
    assert_eq!(words(1, 2)[2], bits(1, 2, 0, 2), "the sequence is the stateless function at step 0");
}

#[test]
fn uniform_numbers_are_multiples_below_one() {
    assert_eq!(uniform_from_bits(u32::MAX), 1.0 - 2.0_f64.powi(-24));
    let mut rng = Rng::new(3, 0);
    let n = 40_000;
    let mean = (0..n).map(|_| rng.uniform()).sum::<f64>() / f64::from(n);
    // Standard error 1/√(12 n) = 0.0014.
    assert!((mean - 0.5).abs() < 0.006, "{mean}");
}

#[test]
fn normal_numbers_have_their_moments() {
    let mut rng = Rng::new(4, 0);
    let n = 40_000;
    let draws: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
    let moment = |k: i32| draws.iter().map(|x| x.powi(k)).sum::<f64>() / f64::from(n);
    // Four standard errors: √(1/n), √(2/n), √(15/n), √(96/n).
    assert!(moment(1).abs() < 0.02, "{}", moment(1));
    assert!((moment(2) - 1.0).abs() < 0.03, "{}", moment(2));
    assert!(moment(3).abs() < 0.08, "{}", moment(3));
    assert!((moment(4) - 3.0).abs() < 0.2, "{}", moment(4));
}
