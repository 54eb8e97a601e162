//! Every factor lies in its set, and the conventions that make it unique hold.

use super::{assert_near, assert_orthogonal, gaussian, samples, take, turn};
use equiscope::maths::Matrix;
use equiscope::maths::decompose::{Parameter, similarity_parts};
use equiscope::maths::linalg::symmetric_eigen;
use equiscope::maths::rng::Rng;

fn zero_where(m: &Matrix, context: &str, place: impl Fn(usize, usize) -> bool) {
    for i in 0..m.rows() {
        for j in (0..m.cols()).filter(|j| place(i, *j)) {
            assert!(m[(i, j)] == 0.0, "{context}: entry ({i}, {j}) of {m:?} is not 0");
        }
    }
}

fn unit_diagonal(m: &Matrix) {
    (0..m.rows()).for_each(|i| assert!(m[(i, i)] == 1.0, "{m:?}"));
}

fn first_nonzero(entries: impl Iterator<Item = f64>) -> f64 {
    entries.into_iter().find(|x| x.abs() > 1e-12).unwrap()
}

#[test]
fn polar_is_orthogonal_times_positive_on_either_side() {
    for m in samples() {
        let (right, left) = (take("polar", &m), take("polar-left", &m));
        let rotation = right.factor("rotation").unwrap();
        assert_orthogonal(rotation, "polar");
        assert_eq!(rotation, left.factor("rotation").unwrap());
        assert!(rotation.determinant() * m.determinant() > 0.0);
        assert_eq!(right.warnings.iter().any(|w| w.contains("reflection")), m.determinant() < 0.0);
        for found in [&right, &left] {
            let stretch = found.factor("stretch").unwrap();
            assert_eq!(*stretch, stretch.transpose());
            let values = symmetric_eigen(stretch).unwrap().values;
            assert!(values[values.len() - 1] > 0.0, "{values:?}");
            let Some(Parameter::List(singular)) = found.parameter("singular_values") else { panic!() };
            for (a, b) in singular.iter().zip(&values) {
                assert!((a - b).abs() < 1e-14 * singular[0], "{singular:?} {values:?}");
            }
        }
    }
}

#[test]
fn kak_has_two_rotations_and_descending_stretches() {
    for m in samples() {
        let (found, n) = (take("kak", &m), m.rows());
        let [left, stretch, right] = ["left", "stretch", "right"].map(|name| found.factor(name).unwrap());
        for q in [left, right] {
            assert_orthogonal(q, "kak");
            assert!(q.determinant() > 0.0);
        }
        zero_where(stretch, "kak", |i, j| i != j);
        let values: Vec<f64> = (0..n).map(|i| stretch[(i, i)]).collect();
        assert!(values.windows(2).all(|p| p[0] >= p[1].abs()), "{values:?}");
        assert!(values[n - 1] * m.determinant() > 0.0);
        for i in 0..n - 1 {
            assert!(first_nonzero((0..n).map(|k| right[(i, k)])) > 0.0);
        }
    }
}

#[test]
fn signs_of_kak_pass_over_entries_that_are_rounding() {
    let mut noise = 0;
    for k in 1..200 {
        // A rotation in the first two coordinates there and back: its off-diagonal entries are 0 or rounding.
        let x = 0.1 * f64::from(k);
        let round = &(&turn(x) * &turn(1.0)) * &turn(-1.0 - x);
        let (one, small) = (Matrix::identity(1), Matrix::direct_sum(&[&Matrix::identity(1), &turn(2.0)]));
        let right = &Matrix::direct_sum(&[&round, &one]) * &small;
        let m = &Matrix::diagonal(&[3.0, 2.0, 1.0]) * &right;
        let found = take("kak", &m);
        let right = found.factor("right").unwrap();
        noise += usize::from(right[(1, 0)] != 0.0);
        assert!(first_nonzero((0..3).map(|j| right[(1, j)])) > 0.0, "{right:?}");
    }
    assert!(noise > 5, "{noise}");
}

#[test]
fn angles_of_rotations_of_space() {
    for angle in [0.0, 1e-9, 0.5, 2.0, std::f64::consts::PI - 1e-9, std::f64::consts::PI] {
        let inner = Matrix::direct_sum(&[&turn(angle), &Matrix::identity(1)]);
        let mut rng = Rng::new(9, 0);
        let q = super::orthogonal(&mut rng, 3);
        let r = &(&q * &inner) * &q.transpose();
        for name in ["polar", "polar-left", "qr", "iwasawa"] {
            let Some(Parameter::Number(found)) = take(name, &r).parameter("angle").cloned() else { panic!() };
            assert!((found - angle).abs() < 1e-14, "{name} {angle}: {found}");
        }
    }
}

#[test]
fn qr_and_iwasawa_agree_and_are_triangular() {
    for m in samples() {
        let (qr, kan) = (take("qr", &m), take("iwasawa", &m));
        let [q, r] = ["rotation", "triangular"].map(|name| qr.factor(name).unwrap());
        let [k, a, n] = ["rotation", "stretch", "shear"].map(|name| kan.factor(name).unwrap());
        assert_orthogonal(q, "qr");
        assert_eq!(q, k);
        zero_where(r, "qr", |i, j| i > j);
        zero_where(a, "iwasawa", |i, j| i != j);
        zero_where(n, "iwasawa", |i, j| i > j);
        unit_diagonal(n);
        for i in 0..m.rows() {
            assert!(a[(i, i)] > 0.0 && r[(i, i)] == a[(i, i)]);
        }
    }
}

#[test]
fn permutations_and_triangles_come_back_to_the_last_bit() {
    for p in permutations(4) {
        let w = Matrix::from_fn(4, 4, |i, j| f64::from(p[j] == i));
        let r = Matrix::from_fn(4, 4, |i, j| if i <= j { 0.1 + (i + 3 * j) as f64 / 7.0 } else { 0.0 });
        let found = take("qr", &(&w * &r));
        assert_near(found.factor("triangular").unwrap(), &r, 2e-15, "R");
        assert_near(found.factor("rotation").unwrap(), &w, 1e-15, "W");
        if w == Matrix::identity(4) {
            assert_eq!((found.factor("rotation"), found.factor("triangular")), (Some(&w), Some(&r)));
        }
        for name in ["polar", "qr"] {
            assert_eq!(take(name, &w).factor("rotation"), Some(&w), "{name}");
        }
    }
}

#[test]
fn ldu_has_ratios_of_leading_minors() {
    for m in samples() {
        let (found, size) = (take("ldu", &m), m.rows());
        let [l, d, u] = ["lower", "diagonal", "upper"].map(|name| found.factor(name).unwrap());
        zero_where(l, "ldu", |i, j| i < j);
        zero_where(d, "ldu", |i, j| i != j);
        zero_where(u, "ldu", |i, j| i > j);
        unit_diagonal(l);
        unit_diagonal(u);
        let growth = found.growth(&m).unwrap();
        let mut product = 1.0;
        for k in 0..size {
            product *= d[(k, k)];
            let block = m.block(0, 0, k + 1, k + 1);
            // Determinants are computed to rounding of their Hadamard bound.
            let hadamard: f64 =
                (0..=k).map(|i| (0..=k).map(|j| block[(i, j)].powi(2)).sum::<f64>().sqrt()).product();
            let error = (product - block.determinant()).abs();
            assert!(error <= 1e-13 * growth * (hadamard + product.abs()), "{error:.1e} {growth:.1e} {m:?}");
        }
    }
}

#[test]
fn bruhat_has_a_permutation_between_triangles() {
    for m in samples() {
        let (found, n) = (take("bruhat", &m), m.rows());
        let [u, w, b] = ["unipotent", "permutation", "upper"].map(|name| found.factor(name).unwrap());
        zero_where(u, "bruhat", |i, j| i > j);
        zero_where(b, "bruhat", |i, j| i > j);
        unit_diagonal(u);
        zero_where(&(&(&w.transpose() * u) * w), "WᵀUW", |i, j| i < j);
        // A generic matrix lies in the largest cell: the permutation reverses.
        assert_eq!(*w, Matrix::from_fn(n, n, |i, j| f64::from(i + j == n - 1)));
    }
}

/// All orders of 0 … n − 1.
fn permutations(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let insert = |p: &Vec<usize>, at: usize| {
        let mut p = p.clone();
        p.insert(at, n - 1);
        p
    };
    permutations(n - 1).iter().flat_map(|p| (0..n).map(move |at| insert(p, at))).collect()
}

#[test]
fn bruhat_finds_the_cell_a_matrix_was_made_in() {
    let mut rng = Rng::new(5, 1);
    for p in (1..=4).flat_map(permutations) {
        let n = p.len();
        let w = Matrix::from_fn(n, n, |i, j| f64::from(p[j] == i));
        for _ in 0..5 {
            // Entries in fractions of 8, so that the product is exact.
            let mut step = |i: usize, j: usize, diagonal: f64| match i.cmp(&j) {
                std::cmp::Ordering::Less => (8.0 * rng.normal()).round() / 8.0,
                std::cmp::Ordering::Equal => diagonal,
                std::cmp::Ordering::Greater => 0.0,
            };
            let u = Matrix::from_fn(n, n, |i, j| step(i, j, 1.0));
            let b = Matrix::from_fn(n, n, |i, j| step(i, j, if i % 2 == 0 { 1.5 } else { -2.0 }));
            let m = &(&u * &w) * &b;
            let found = take("bruhat", &m);
            assert_eq!(*found.factor("permutation").unwrap(), w, "{m:?}");
            assert!(found.residual(&m).unwrap() <= 1e-14 * found.growth(&m).unwrap());
        }
    }
}

#[test]
fn schur_blocks_are_normal_ordered_and_signed() {
    let mut pairs = 0;
    for m in samples() {
        let (found, n) = (take("schur", &m), m.rows());
        let [q, t, back] =
            ["basis", "triangular", "basis-transposed"].map(|name| found.factor(name).unwrap());
        assert!(found.warnings.is_empty(), "{:?}", found.warnings);
        assert_orthogonal(q, "schur");
        assert_eq!(q.transpose(), *back);
        zero_where(t, "schur", |i, j| i > j + 1);
        let mut previous = f64::INFINITY;
        for i in 0..n {
            let below = if i + 1 < n { t[(i + 1, i)] } else { 0.0 };
            if below != 0.0 {
                pairs += 1;
                assert_eq!(t[(i, i)], t[(i + 1, i + 1)]);
                assert!(below * t[(i, i + 1)] < 0.0 && t[(i, i + 1)].abs() >= below.abs() * (1.0 - 1e-14));
                assert!(i == 0 || t[(i, i - 1)] == 0.0, "blocks overlap: {t:?}");
            }
            assert!(t[(i, i)] <= previous + 1e-13 * m.frobenius(), "{t:?}");
            previous = t[(i, i)];
            assert!(first_nonzero((0..n).map(|k| q[(k, i)])) > 0.0);
        }
    }
    assert!(pairs > 100, "{pairs}");
}

#[test]
fn affine_maps_split_exactly_and_similarities_are_seen() {
    let mut rng = Rng::new(8, 0);
    for n in 1..=4 {
        let mut m = Matrix::identity(n + 1);
        m.set_block(0, 0, &gaussian(&mut rng, n));
        m.set_block(0, n, &Matrix::from_fn(n, 1, |_, _| rng.normal()));
        let found = take("affine", &m);
        assert_eq!(found.residual(&m), Some(0.0));
        let moved = found.factor("translation").unwrap();
        assert_eq!(moved.block(0, 0, n, n), Matrix::identity(n));
        assert_eq!(found.parameter("scale").is_some(), n == 1);
    }
    let mut m = Matrix::identity(3);
    m.set_block(0, 0, &turn(0.7).scaled(2.5));
    m.set_block(0, 2, &Matrix::from_rows(&[[3.0], [-4.0]]));
    let found = take("affine", &m);
    let number = |name: &str| match found.parameter(name) {
        Some(Parameter::Number(x)) => *x,
        other => panic!("{name}: {other:?}"),
    };
    assert!((number("scale") - 2.5).abs() < 1e-14 && (number("angle") - 0.7).abs() < 1e-14);
    assert_eq!(found.parameter("translation"), Some(&Parameter::List(vec![3.0, -4.0])));
    let not_affine = take("affine", &Matrix::from_rows(&[[1.0, 2.0], [1e-3, 1.0]]));
    assert!(not_affine.factors.is_none() && not_affine.warnings[0].contains("last row"));
    assert!(take("affine", &Matrix::diagonal(&[1.0, 2.0])).factors.is_none());
    let mirror = similarity_parts(&Matrix::from_rows(&[[0.0, 3.0], [3.0, 0.0]])).unwrap().unwrap();
    assert!((mirror.scale - 3.0).abs() < 1e-14);
    assert_near(&mirror.orthogonal, &Matrix::from_rows(&[[0.0, 1.0], [1.0, 0.0]]), 1e-15, "mirror");
    assert_eq!(similarity_parts(&Matrix::diagonal(&[1.0, 1.0 + 1e-9])).unwrap(), None);
    assert_eq!(similarity_parts(&Matrix::zeros(2, 2)).unwrap(), None);
}

#[test]
fn polar_factors_of_determinant_one_are_a_rotation_and_a_stretch_of_determinant_one() {
    for m in samples().into_iter().filter(|m| m.determinant() > 0.0) {
        let n = m.rows() as f64;
        // GL⁺ = SO × SPD, and on SL = SO × SPD₁.
        let on_sl = m.scaled(m.determinant().powf(-1.0 / n));
        let (rotation, stretch) = ("rotation", "stretch");
        let found = take("polar", &on_sl);
        let values = symmetric_eigen(found.factor(stretch).unwrap()).unwrap().values;
        let condition = values[0] / values[values.len() - 1];
        assert!((found.factor(rotation).unwrap().determinant() - 1.0).abs() < 1e-13);
        assert!((found.factor(stretch).unwrap().determinant() - 1.0).abs() < 1e-13 * condition, "{m:?}");
    }
}
