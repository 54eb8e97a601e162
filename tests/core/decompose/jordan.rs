//! M = S + N on matrices that were made with a known Jordan form.

use super::{assert_near, gaussian, kind, orthogonal, samples, take};
use equiscope::maths::Matrix;
use equiscope::maths::decompose::decompose;
use equiscope::maths::rng::Rng;

/// V J V⁻¹ and V D V⁻¹ for J = D + ones above the diagonal where `linked`; blocks for complex pairs.
fn made(v: &Matrix, d: &Matrix, links: &Matrix) -> (Matrix, Matrix) {
    let back = v.inverse().unwrap();
    let conjugate = |x: &Matrix| &(v * x) * &back;
    (conjugate(&(d + links)), conjugate(d))
}

/// A basis with a condition number of a few.
fn basis(rng: &mut Rng, n: usize) -> Matrix {
    &orthogonal(rng, n) + &gaussian(rng, n).scaled(0.1)
}

fn links(n: usize, places: &[usize]) -> Matrix {
    Matrix::from_fn(n, n, |i, j| f64::from(j == i + 1 && places.contains(&i)))
}

#[test]
fn defective_matrices_give_their_parts_back() {
    let mut rng = Rng::new(19, 0);
    let cases: [(&[f64], &[usize]); 9] = [
        (&[1.5, 1.5, 1.5, 1.5, 1.5], &[0, 1, 2, 3]),
        (&[2.0, 2.0], &[0]),
        (&[-1.0, -1.0, 3.0], &[0]),
        (&[1.0, 1.0, 1.0], &[0, 1]),
        (&[0.0, 0.0, 0.0, 0.0], &[0, 1, 2]),
        (&[2.0, 2.0, -2.0, -2.0], &[0, 2]),
        (&[1.0, 1.0, 1.0, 1.0], &[0, 2]),
        (&[4.0, 4.0, 4.0, 1.0, 1.0], &[0, 1, 3]),
        (&[1.0, 1.0, 2.0], &[]),
    ];
    for (values, places) in cases {
        for _ in 0..20 {
            let n = values.len();
            let (m, s) = made(&basis(&mut rng, n), &Matrix::diagonal(values), &links(n, places));
            let found = take("jordan-chevalley", &m);
            let semisimple = found.factor("semisimple").unwrap();
            assert_near(semisimple, &s, 1e-9, &format!("{values:?} {places:?}"));
            assert!(found.residual(&m).unwrap() < 1e-15 * 4.0);
            assert_eq!(found.factor("nilpotent").unwrap().frobenius() == 0.0, places.is_empty());
        }
    }
}

#[test]
fn a_defective_complex_pair_gives_its_parts_back() {
    let mut rng = Rng::new(20, 0);
    // [[C, 1], [0, C]] with C = [[1, −2], [2, 1]].
    let c = Matrix::from_rows(&[[1.0, -2.0], [2.0, 1.0]]);
    let d = Matrix::direct_sum(&[&c, &c]);
    let mut ones = Matrix::zeros(4, 4);
    ones.set_block(0, 2, &Matrix::identity(2));
    for _ in 0..20 {
        let (m, s) = made(&basis(&mut rng, 4), &d, &ones);
        let found = take("jordan-chevalley", &m);
        assert_near(found.factor("semisimple").unwrap(), &s, 1e-10, "pair");
        assert_near(found.factor("nilpotent").unwrap(), &(&m - &s), 1e-10, "pair");
    }
}

#[test]
fn exact_triangles_are_taken_apart_exactly() {
    let shear = Matrix::from_rows(&[[3.0, 5.0], [0.0, 3.0]]);
    let found = take("jordan-chevalley", &shear);
    assert_eq!(*found.factor("semisimple").unwrap(), Matrix::identity(2).scaled(3.0));
    assert_eq!(*found.factor("nilpotent").unwrap(), Matrix::from_rows(&[[0.0, 5.0], [0.0, 0.0]]));
    // Triangular, but with distinct eigenvalues: no nilpotent part although entries stand above the diagonal.
    let distinct = Matrix::from_rows(&[[3.0, 5.0], [0.0, 2.0]]);
    assert_eq!(take("jordan-chevalley", &distinct).factor("nilpotent"), Some(&Matrix::zeros(2, 2)));
    // Eigenvalues 10⁻⁹ apart with orthogonal eigenvectors are two.
    let close = Matrix::diagonal(&[1.0, 1.0 + 1e-9]);
    assert_eq!(take("jordan-chevalley", &close).factor("semisimple"), Some(&close));
}

#[test]
fn parts_commute_and_the_nilpotent_one_is_nilpotent() {
    let mut rng = Rng::new(21, 0);
    for n in 2..=5 {
        for _ in 0..20 {
            let (m, _) = made(&basis(&mut rng, n), &Matrix::identity(n), &links(n, &[0, 1]));
            let found = take("jordan-chevalley", &m);
            let [s, x] = ["semisimple", "nilpotent"].map(|name| found.factor(name).unwrap());
            let commutator = &(s * x) - &(x * s);
            assert!(commutator.frobenius() < 1e-9, "{:.1e}", commutator.frobenius());
            let power = (1..n).fold(x.clone(), |p, _| &p * x);
            assert!(power.frobenius() < 1e-9 && x.frobenius() > 0.1, "{n}: {power:?} {m:?} {found:?}");
        }
    }
    // Generic matrices are diagonalisable: nothing is nilpotent.
    for m in samples() {
        assert_eq!(take("jordan-chevalley", &m).factor("nilpotent").unwrap().frobenius(), 0.0, "{m:?}");
    }
}

#[test]
fn exact_pairs_far_from_each_other_stay_apart() {
    // Eigenvalues 2, 2 and −2, −2 to the last bit, and a defective pair next to a third of another value.
    for (values, places) in
        [(vec![2.0, 2.0, -2.0, -2.0], vec![0, 2]), (vec![1.0, 1.0, 3.0, 3.0, 5.0], vec![0, 2])]
    {
        let n = values.len();
        let (s, x) = (Matrix::diagonal(&values), links(n, &places));
        let found = take("jordan-chevalley", &(&s + &x));
        assert_near(found.factor("semisimple").unwrap(), &s, 1e-14, "exact pairs");
        assert_near(found.factor("nilpotent").unwrap(), &x, 1e-14, "exact pairs");
        assert!(found.warnings.is_empty(), "{:?}", found.warnings);
    }
}

#[test]
fn large_matrices_take_seconds_at_most() {
    let mut rng = Rng::new(22, 0);
    let begin = std::time::Instant::now();
    for name in ["schur", "jordan-chevalley"] {
        let m = gaussian(&mut rng, 120);
        let found = take(name, &m);
        assert!(
            found.residual(&m).unwrap() < 1e-12 && found.warnings.is_empty(),
            "{name}: {:?}",
            found.warnings
        );
    }
    let n = 48;
    let values: Vec<f64> = (0..n).map(|i| if i < 2 { 1.0 } else { -1.0 - 0.1 * i as f64 }).collect();
    let m = &Matrix::diagonal(&values) + &links(n, &[0]);
    let found = take("jordan-chevalley", &m);
    assert_near(found.factor("nilpotent").unwrap(), &links(n, &[0]), 1e-6, "48 rows");
    assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
    let error = decompose(kind("jordan-chevalley"), &Matrix::identity(65)).unwrap_err();
    assert!(error.to_string().contains("65 rows") && error.to_string().contains("up to 64"), "{error}");
}

#[test]
fn eigenvalues_of_triangles_are_taken_as_they_stand() {
    for m in [
        Matrix::from_rows(&[[2.0, 1e9], [0.0, 1.0]]),
        Matrix::from_rows(&[[2.0, 0.0], [1e9, 1.0]]),
        Matrix::from_rows(&[[1.0001, 1000.0], [0.0, 1.0]]),
        Matrix::from_rows(&[[1.0, 1e12, 0.0], [0.0, 1.0 + 1e-9, 1.0], [0.0, 0.0, 3.0]]),
        Matrix::from_rows(&[[1.0, 1.0], [0.0, 1.0 + 1e-15]]),
    ] {
        let found = take("jordan-chevalley", &m);
        assert_eq!(found.factor("semisimple"), Some(&m));
        assert_eq!(found.factor("nilpotent"), Some(&Matrix::zeros(m.rows(), m.rows())));
    }
    // Said where rounding would take them as one.
    let close = take("jordan-chevalley", &Matrix::from_rows(&[[1.0, 1.0], [0.0, 1.0 + 1e-15]]));
    assert!(close.warnings[0].contains("as they stand"), "{:?}", close.warnings);
    // A single eigenvalue leaves S = 1 however small the shear.
    let shear = Matrix::from_rows(&[[1.0, 1e-18], [0.0, 1.0]]);
    let found = take("jordan-chevalley", &shear);
    assert_eq!(found.factor("semisimple"), Some(&Matrix::identity(2)));
    assert_eq!(found.factor("nilpotent").unwrap()[(0, 1)], 1e-18);
}

#[test]
fn eigenvalues_that_differ_are_not_taken_as_one_in_silence() {
    let found = take("jordan-chevalley", &Matrix::from_rows(&[[2.0, 1e9], [1e-12, 1.0]]));
    assert!(found.factor("nilpotent").unwrap().frobenius() > 0.0, "rounding does not tell 1 from 2 here");
    assert!(found.warnings.iter().any(|w| w.contains("taken as one")), "{:?}", found.warnings);
    // Equal but for rounding: nothing to say.
    let found =
        take("jordan-chevalley", &Matrix::from_rows(&[[2.0, 1.0, 1.0], [1.0, 2.0, 1.0], [1.0, 1.0, 2.0]]));
    assert!(found.warnings.is_empty(), "{:?}", found.warnings);
}
