//! Matrices at the edge: singular, repeated, nilpotent, tiny, huge, and what is not a matrix at all.

use super::{GENERAL, assert_near, assert_orthogonal, conditioned, gaussian, kind, orthogonal, take, turn};
use equiscope::maths::Matrix;
use equiscope::maths::decompose::{DecomposeError, KINDS, Parameter, decompose};
use equiscope::maths::rng::Rng;

/// By name; whether each is singular.
fn edges() -> Vec<(&'static str, Matrix, bool)> {
    let mut rng = Rng::new(13, 0);
    let cycle = |n: usize| Matrix::from_fn(n, n, |i, j| f64::from(i == (j + 1) % n));
    let one = Matrix::identity;
    let q = orthogonal(&mut rng, 4);
    let outer = |n: usize| Matrix::from_fn(n, n, |i, j| (i + 1) as f64 * (j as f64 - 1.5));
    vec![
        ("identity", one(3), false),
        ("minus identity", one(3).scaled(-1.0), false),
        ("minus identity of the plane", one(2).scaled(-1.0), false),
        ("one by one", one(1).scaled(-7.0), false),
        ("zero", Matrix::zeros(3, 3), true),
        ("zero number", Matrix::zeros(1, 1), true),
        ("rank one", outer(4), true),
        ("rank n − 1", Matrix::from_fn(3, 3, |i, j| (3 * i + j) as f64), true),
        ("nilpotent", Matrix::from_rows(&[[0.0, 1.0, 2.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]]), true),
        ("lower nilpotent", Matrix::from_rows(&[[0.0, 0.0], [1.0, 0.0]]), true),
        ("half turn", turn(std::f64::consts::PI), false),
        ("quarter turn", turn(std::f64::consts::FRAC_PI_2), false),
        ("exchange", Matrix::from_rows(&[[0.0, 1.0], [1.0, 0.0]]), false),
        ("cycle of three", cycle(3), false),
        ("cycle of five", cycle(5), false),
        (
            "repeated singular values",
            &(&q * &Matrix::diagonal(&[2.0, 2.0, 1.0, 1.0])) * &q.transpose(),
            false,
        ),
        ("orthogonal", q.clone(), false),
        ("shear", Matrix::from_rows(&[[1.0, 1e3], [0.0, 1.0]]), false),
        (
            "graded",
            Matrix::from_fn(4, 4, |i, j| {
                10f64.powi(-(40 * i as i32) - 3 * j as i32) * (1.0 + (i * j) as f64)
            }),
            true,
        ),
        ("Hilbert", Matrix::from_fn(5, 5, |i, j| 1.0 / (i + j + 1) as f64), false),
        ("near-singular", Matrix::from_rows(&[[1.0, 1.0], [1.0, 1.0 + 1e-14]]), false),
        ("zero column", Matrix::from_rows(&[[1.0, 0.0], [2.0, 0.0]]), true),
    ]
}

#[test]
fn what_exists_is_right_and_what_does_not_is_said() {
    for (edge, m, singular) in edges() {
        for name in GENERAL {
            let found = take(name, &m);
            let context = format!("{name} of {edge}");
            match found.residual(&m) {
                Some(residual) => {
                    let bound = 1e-13 * found.growth(&m).unwrap().max(1.0);
                    assert!(residual <= bound, "{context}: {residual:.1e} > {bound:.1e}");
                }
                None => {
                    assert!(["iwasawa", "ldu", "bruhat"].contains(&name), "{context}: {:?}", found.warnings);
                    assert!(singular || name == "ldu", "{context}: {:?}", found.warnings);
                    assert!(!found.warnings.is_empty(), "{context} gives no reason");
                }
            }
            for factor in found.factors.iter().flatten() {
                if ["rotation", "left", "right", "basis"].contains(&factor.name) {
                    assert_orthogonal(&factor.matrix, &context);
                }
            }
        }
    }
}

#[test]
fn existence_is_decided_as_stated() {
    let exists = |name: &str, m: &Matrix| take(name, m).factors.is_some();
    let exchange = Matrix::from_rows(&[[0.0, 1.0], [1.0, 0.0]]);
    let singular = Matrix::from_rows(&[[1.0, 2.0], [2.0, 4.0]]);
    assert!(!exists("ldu", &exchange) && exists("bruhat", &exchange) && exists("iwasawa", &exchange));
    assert!(exists("ldu", &singular) && !exists("bruhat", &singular) && !exists("iwasawa", &singular));
    // The last pivot alone may vanish.
    assert_eq!(take("ldu", &singular).factor("diagonal"), Some(&Matrix::diagonal(&[1.0, 0.0])));
    // A leading minor that vanishes but for rounding: 0.1 + 0.2 − 0.3 = 5.6e-17.
    let rounding = Matrix::from_rows(&[[1.0, 0.3, 0.0], [1.0, 0.1 + 0.2, 1.0], [0.0, 1.0, 1.0]]);
    assert_ne!(rounding[(0, 1)], rounding[(1, 1)]);
    let found = take("ldu", &rounding);
    assert!(found.factors.is_none() && found.warnings[0].contains("order 2"), "{:?}", found.warnings);
    // The scale of rows and columns plays no part.
    assert!(exists("ldu", &Matrix::diagonal(&[1.0, 1e-40, 1.0])));
    assert!(exists("bruhat", &Matrix::diagonal(&[1.0, 1e-40, 1.0])));
    let columns = Matrix::from_rows(&[[1.0, 2.0, 3.0], [1.0, 4.0, 1.0], [2.0, 1.0, 1.0]]);
    let scaled = &columns * &Matrix::diagonal(&[1.0, 1e-40, 1.0]);
    assert!(exists("ldu", &scaled) && exists("ldu", &scaled.transpose()));
    // Growth is told, and where it leaves nothing there are no factors.
    let small = |x: f64| Matrix::from_rows(&[[x, 1.0], [1.0, 1.0]]);
    assert!(take("ldu", &small(0.1)).warnings.is_empty());
    assert!(take("ldu", &small(1e-4)).warnings[0].contains("the factors grow by"));
    assert!(!exists("ldu", &small(1e-20)));
}

/// Two terms of 10⁸ leave 10⁻⁷, which is their rounding although it is far above that of the entries beside it.
#[test]
fn what_is_left_of_large_terms_counts_as_0() {
    let lower = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [1e4, 1e4, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0]];
    let lower = Matrix::from_rows(&lower);
    let with = |pivot: f64| {
        let mut m = &(&lower * &Matrix::diagonal(&[1.0, -1.0, 0.0, 1.0])) * &lower.transpose();
        m[(2, 2)] = pivot;
        m[(2, 3)] = 1.0;
        m[(3, 2)] = 1.0;
        m
    };
    assert!(take("ldu", &with(1e-7)).factors.is_none());
    assert!(take("ldu", &with(1e-4)).factors.is_some());
    // The same for Bruhat with the rows reversed, where the permutation tells.
    let reversed = |m: Matrix| Matrix::from_fn(4, 4, |i, j| m[(3 - i, j)]);
    let cell = |pivot: f64| take("bruhat", &reversed(with(pivot))).factor("permutation").cloned().unwrap();
    assert_eq!(cell(1e-7), cell(0.0));
    assert_ne!(cell(1e-4), cell(0.0));
}

#[test]
fn singular_matrices_get_the_rotation_nearest_to_the_identity() {
    assert_near(
        take("polar", &Matrix::zeros(3, 3)).factor("rotation").unwrap(),
        &Matrix::identity(3),
        0.0,
        "0",
    );
    let mut rng = Rng::new(14, 0);
    for n in 2..=5 {
        for rank in 1..n {
            let values: Vec<f64> = (0..n).map(|i| f64::from(i < rank) * (3.0 - i as f64 / 2.0)).collect();
            let (q, p) = (orthogonal(&mut rng, n), orthogonal(&mut rng, n));
            let m = &(&q * &Matrix::diagonal(&values)) * &p;
            let found = take("polar", &m);
            let rotation = found.factor("rotation").unwrap();
            assert_orthogonal(rotation, "singular");
            assert!(rotation.determinant() > 0.0);
            assert!(found.warnings.iter().any(|w| w.contains("singular")), "{:?}", found.warnings);
            // Any other rotation that fits is R with a rotation of the null space on its right, v fixed: its trace is
            // not larger.
            let null = p.transpose().block(0, rank, n, n - rank);
            for _ in 0..20 {
                let mut w = orthogonal(&mut rng, n - rank);
                if w.determinant() < 0.0 {
                    (0..n - rank).for_each(|j| w[(0, j)] = -w[(0, j)]);
                }
                let other = &(&(&null * &(&w - &Matrix::identity(n - rank))) * &null.transpose())
                    + &Matrix::identity(n);
                let other = rotation * &other;
                assert_orthogonal(&other, "other");
                assert!(other.trace() <= rotation.trace() + 1e-12);
            }
        }
    }
}

#[test]
fn scale_does_not_matter() {
    let mut rng = Rng::new(15, 0);
    for n in 1..=5 {
        let m = gaussian(&mut rng, n);
        for name in GENERAL {
            let plain = take(name, &m);
            for scale in [2f64.powi(500), 2f64.powi(-500), 1e150, 1e-150, 1e300, 1e-300] {
                let found = take(name, &m.scaled(scale));
                let residual = found.residual(&m.scaled(scale)).unwrap();
                assert!(
                    residual < 1e-13 * found.growth(&m.scaled(scale)).unwrap().max(1.0),
                    "{name} {scale:e}"
                );
                if scale.log2().fract() != 0.0 {
                    continue;
                }
                // A power of two changes not one bit of the factors but for itself.
                for (a, b) in found.factors.iter().flatten().zip(plain.factors.iter().flatten()) {
                    assert!(a.matrix == b.matrix || a.matrix == b.matrix.scaled(scale), "{name} {}", a.name);
                }
            }
        }
    }
    // The smallest numbers there are, and the largest.
    for edge in [5e-324, 1e-310, f64::MAX / 4.0] {
        let m = Matrix::from_rows(&[[edge, 0.0], [0.0, edge]]);
        for name in GENERAL {
            assert_eq!(take(name, &m).residual(&m), Some(0.0), "{name} {edge:e}");
        }
    }
    // Singular value 2 MAX.
    let m = Matrix::from_fn(2, 2, |_, _| f64::MAX);
    assert_eq!(decompose(kind("kak"), &m), Err(DecomposeError::Overflow { factor: "stretch" }));
}

/// What condition numbers beyond 10⁶ cost: nothing in the residual of kinds with orthogonal factors and in K A N; the
/// rotation of `polar` loses ε κ.
#[test]
fn what_high_condition_numbers_cost() {
    let mut rng = Rng::new(16, 0);
    for digits in 0..=15 {
        let condition = 10f64.powi(digits);
        for n in 2..=5 {
            for _ in 0..10 {
                let m = conditioned(&mut rng, n, condition);
                for name in ["polar", "polar-left", "kak", "qr", "iwasawa", "schur"] {
                    let residual = take(name, &m).residual(&m);
                    assert!(residual.is_none_or(|r| r < 2e-15 * n as f64), "{name} 1e{digits}: {residual:?}");
                    assert!(residual.is_some() || (name == "iwasawa" && digits >= 14), "{name} 1e{digits}");
                }
                for name in ["ldu", "bruhat"] {
                    let found = take(name, &m);
                    let bound = found.growth(&m).map(|growth| 1e-15 * n as f64 * growth);
                    assert!(found.residual(&m) <= bound, "{name} 1e{digits}: {:?}", found.residual(&m));
                    assert!(bound.is_some() || digits >= 12, "{name} 1e{digits}");
                }
                if digits > 13 {
                    continue;
                }
                // M = R P made from R and P: what comes back differs by rounding of M times its condition number.
                let parts = take("polar", &m);
                let rotation = parts.factor("rotation").unwrap();
                let again = rotation * parts.factor("stretch").unwrap();
                let error = take("polar", &again).factor("rotation").unwrap().max_difference(rotation);
                assert!(error <= 1e-15 * condition * n as f64, "1e{digits}: {error:.1e}");
            }
        }
    }
}

#[test]
fn small_singular_values_keep_their_digits() {
    // Columns of lengths 1, 1e-40 and 1e-80: the library's algorithm would give the last two as rounding of the first.
    let mut rng = Rng::new(17, 0);
    let q = orthogonal(&mut rng, 3);
    let m = &q * &Matrix::diagonal(&[1.0, 1e-40, 1e-80]);
    let Some(Parameter::List(values)) = take("kak", &m).parameter("singular_values").cloned() else {
        panic!()
    };
    for (value, expected) in values.iter().zip([1.0, 1e-40, 1e-80]) {
        assert!((value / expected - 1.0).abs() < 1e-14, "{values:?}");
    }
}

#[test]
fn what_is_not_a_square_matrix_of_numbers_is_an_error() {
    for kind in KINDS {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut m = Matrix::identity(3);
            m[(1, 2)] = bad;
            let error = decompose(*kind, &m).unwrap_err();
            assert!(matches!(error, DecomposeError::NotFinite { row: 1, col: 2, .. }), "{kind}: {error}");
        }
        assert_eq!(decompose(*kind, &Matrix::zeros(0, 0)), Err(DecomposeError::Empty));
        let wide = DecomposeError::NotSquare { rows: 2, cols: 3 };
        assert_eq!(decompose(*kind, &Matrix::zeros(2, 3)), Err(wide));
    }
}

#[test]
fn larger_matrices_end_too() {
    let mut rng = Rng::new(18, 0);
    for n in [12, 40] {
        let cycle = Matrix::from_fn(n, n, |i, j| f64::from(i == (j + 1) % n));
        for m in [gaussian(&mut rng, n), conditioned(&mut rng, n, 1e6), cycle] {
            for name in ["polar", "kak", "qr", "iwasawa", "schur"] {
                let residual = take(name, &m).residual(&m).unwrap();
                assert!(residual < 1e-15 * n as f64, "{name} {n}: {residual:.1e}");
            }
        }
    }
}

#[test]
fn two_defective_pairs_with_one_eigenvalue_come_to_an_end() {
    // Two blocks J₂(a ± ib) in a random basis, scaled: the iteration takes about a hundred steps for some of the scales.
    let m = Matrix::from_rows(&[
        [0.019942793578572544, 0.010695851012486282, 0.00794342785347632, 0.005837423280592217],
        [0.004750732320700078, 0.044955127508797765, 0.017359628071524205, -0.013413435793871512],
        [-0.011848063645659136, -0.008356044092320707, 0.017324510264689383, 0.017899295599867],
        [-0.014484439336034646, 0.00697702132257863, 0.0025281884275222544, 0.04277756864794033],
    ]);
    for k in 1..200 {
        let m = m.scaled(0.37 * f64::from(k));
        let found = decompose(kind("schur"), &m).unwrap();
        assert!(found.residual(&m).unwrap() < 1e-13, "{k}");
    }
}

#[test]
fn entries_whose_products_leave_the_range_of_f64_are_not_called_singular() {
    let shear = Matrix::from_rows(&[[1.0, 1e200], [0.0, 1.0]]);
    for d in [[1e-170, 1e170], [1e170, 1e-170], [1e-300, 1e300]] {
        let m = Matrix::diagonal(&d);
        assert_eq!(take("ldu", &m).factor("diagonal"), Some(&m));
        assert_eq!(take("bruhat", &m).factor("upper"), Some(&m));
        assert_eq!(take("iwasawa", &m).factor("stretch"), Some(&m));
    }
    assert_eq!(take("iwasawa", &shear).factor("shear"), Some(&shear));
    assert_eq!(take("ldu", &shear).factor("upper"), Some(&shear));
    assert_eq!(take("bruhat", &shear).factor("permutation"), Some(&Matrix::identity(2)));
    // Where digits decide nothing the words say so; what is singular to the last bit is called that.
    let near = Matrix::from_rows(&[[1.0, 1.0], [1.0, 1.0 + f64::EPSILON]]);
    let exact = Matrix::from_rows(&[[1.0, 1.0], [1.0, 1.0]]);
    for name in ["polar", "kak", "qr", "bruhat", "iwasawa"] {
        for (m, singular) in [(&near, false), (&shear, false), (&exact, true)] {
            let found = take(name, m);
            for text in found.warnings.iter().filter(|w| w.contains("singular") || w.contains("depends")) {
                assert_eq!(!text.contains("to within rounding"), singular, "{name}: {text}");
            }
        }
        assert!(!take(name, &exact).warnings.is_empty(), "{name}");
    }
    let dependent = take("iwasawa", &exact).warnings[0].clone();
    assert!(dependent.starts_with("column 2, counted from 1, depends on"), "{dependent}");
}
