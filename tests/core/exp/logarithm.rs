//! log of any matrix: the inverse of exp where there is one, and the reason where there is none.

use super::{conjugated, gaussian, relative, rotation};
use equiscope::maths::Matrix;
use equiscope::maths::exp::{Log, exp, log};
use equiscope::maths::rng::Rng;
use std::f64::consts::PI;

/// The logarithm, after checking that exp takes it back.
fn reached(m: &Matrix, bound: f64) -> Log {
    let found = log(m).unwrap();
    assert!(found.reachable, "{m:?}: {:?}", found.warnings);
    let x = found.matrix.clone().unwrap();
    let error = relative(&exp(&x).unwrap(), m);
    assert!(error < bound * x.frobenius().max(1.0), "{m:?}: {error:e}, log {x:?}");
    found
}

fn unreached(m: &Matrix) -> Vec<String> {
    let found = log(m).unwrap();
    assert!(!found.reachable && found.matrix.is_none(), "{m:?}: {found:?}");
    assert!(!found.warnings.is_empty(), "a reason is due for {m:?}");
    found.warnings
}

/// λ on the diagonal, 1 above it.
fn jordan(eigenvalue: f64, n: usize) -> Matrix {
    Matrix::from_fn(n, n, |i, j| {
        if i == j {
            eigenvalue
        } else if j == i + 1 {
            1.0
        } else {
            0.0
        }
    })
}

#[test]
fn log_undoes_exp_where_the_eigenvalues_turn_by_less_than_a_half_turn() {
    let mut rng = Rng::new(1, 0);
    let mut worst = 0.0_f64;
    for n in 1..7 {
        for _ in 0..60 {
            // ‖X‖₂ < π keeps every imaginary part below π.
            let x = gaussian(&mut rng, n, 1.0);
            let x = x.scaled(3.0 * rng.uniform() / x.operator_norm());
            let back = reached(&exp(&x).unwrap(), 1e-13).matrix.unwrap();
            worst = worst.max((&back - &x).frobenius() / x.frobenius().max(1.0));
        }
    }
    assert!(worst < 1e-12, "{worst:e}");
}

#[test]
fn exp_undoes_log_for_what_can_be_reached() {
    let mut rng = Rng::new(2, 0);
    let mut count = 0;
    for n in 1..7 {
        for _ in 0..150 {
            let m = gaussian(&mut rng, n, 1.0);
            if !log(&m).unwrap().reachable {
                continue;
            }
            count += 1;
            let found = log(&m).unwrap().matrix.unwrap();
            let error = relative(&exp(&found).unwrap(), &m);
            assert!(error < 2e-11, "{m:?}: {error:e}");
        }
    }
    assert!(count > 150, "{count}");
}

#[test]
fn scales_far_from_one_have_logarithms() {
    let mut rng = Rng::new(3, 0);
    for n in [2, 3, 4] {
        let x = gaussian(&mut rng, n, 0.4);
        let m = exp(&x).unwrap();
        for exponent in [-1000, -300, 300, 1000] {
            let scale = 2f64.powi(exponent);
            let found = log(&m.scaled(scale)).unwrap().matrix.unwrap();
            let expected = &x + &Matrix::identity(n).scaled(scale.ln());
            assert!(relative(&found, &expected) < 1e-14, "{n} {exponent}");
        }
    }
    let graded = Matrix::diagonal(&[1e-40, 1.0, 1e30]);
    let expected = Matrix::diagonal(&[1e-40_f64.ln(), 0.0, 1e30_f64.ln()]);
    let found = log(&graded).unwrap().matrix.unwrap();
    assert!(found.max_difference(&expected) < 1e-12, "{found:?}");
    // Triangular, the eigenvalues as given: the diagonal keeps its digits.
    let mut triangular = Matrix::diagonal(&[1e-40, 1.0, 1e30]);
    triangular[(0, 2)] = 1e10;
    let found = log(&triangular).unwrap().matrix.unwrap();
    let diagonal = Matrix::from_fn(3, 3, |i, j| if i == j { triangular[(i, i)].ln() } else { 0.0 });
    let off = &found - &diagonal;
    // f[λ₀, λ₂] · t₀₂ for the divided difference of ln.
    assert!(
        (off[(0, 2)] / (1e10 * (1e30_f64.ln() - 1e-40_f64.ln()) / 1e30) - 1.0).abs() < 1e-10,
        "{found:?}"
    );
    assert!(off.max_difference(&Matrix::zeros(3, 3)) < 1e-12, "{found:?}");
}

#[test]
fn unipotent_matrices_have_polynomial_logarithms() {
    for n in 2..6 {
        let m = jordan(1.0, n);
        let found = reached(&m, 1e-14).matrix.unwrap();
        let expected = Matrix::from_fn(n, n, |i, j| {
            if j <= i {
                return 0.0;
            }
            let k = (j - i) as f64;
            if (j - i) % 2 == 1 { 1.0 / k } else { -1.0 / k }
        });
        assert!(found.max_difference(&expected) < 1e-14, "{n}: {found:?}");
    }
}

#[test]
fn minus_one_is_reached_in_even_dimensions_only() {
    let minus = |n| Matrix::identity(n).scaled(-1.0);
    let two = reached(&minus(2), 1e-15);
    assert_eq!(two.matrix.unwrap(), Matrix::from_rows(&[[0.0, -PI], [PI, 0.0]]));
    assert!(two.warnings[0].contains("many logarithms"), "{:?}", two.warnings);
    let four = reached(&minus(4), 1e-15);
    assert!((four.matrix.unwrap().frobenius() - 2.0 * PI).abs() < 1e-14);
    assert!(!four.warnings.is_empty());
    reached(&minus(6).scaled(3.0), 1e-14);
    for n in [1, 3, 5] {
        assert!(unreached(&minus(n))[0].contains(if n == 1 { "is simple" } else { "of size 1" }));
    }
}

#[test]
fn jordan_blocks_for_minus_one_need_a_twin() {
    let mut rng = Rng::new(4, 0);
    for size in 1..4 {
        for count in 1..4 {
            let block = jordan(-1.0, size);
            let blocks = vec![&block; count];
            let positive = Matrix::diagonal(&[2.0, 0.5]);
            let mut all = blocks;
            all.push(&positive);
            let m = Matrix::direct_sum(&all);
            let q = rotation(&mut rng, m.rows());
            for m in [m.clone(), conjugated(&q, &m)] {
                if count % 2 == 1 {
                    unreached(&m);
                } else {
                    reached(&m, 1e-9);
                }
            }
        }
    }
    // A pair of single eigenvalues beside a block of size two: sizes pair separately.
    let mixed = Matrix::direct_sum(&[&jordan(-1.0, 2), &Matrix::diagonal(&[-1.0, -1.0])]);
    assert!(unreached(&mixed)[0].contains("1 of size 2"));
    let in_the_plane = unreached(&jordan(-1.0, 2));
    assert!(in_the_plane[0].contains("Jordan"), "{in_the_plane:?}");
}

#[test]
fn simple_negative_eigenvalues_and_singular_matrices_have_no_logarithm() {
    let mut rng = Rng::new(5, 0);
    for d in [vec![-1.0, -2.0], vec![-1.0, 3.0], vec![-1.0, -1.5, 2.0], vec![-0.1, -5.0, 1.0, 2.0]] {
        let m = Matrix::diagonal(&d);
        unreached(&m);
        unreached(&conjugated(&rotation(&mut rng, d.len()), &m));
    }
    for n in 2..5 {
        let mut d = vec![1.0; n];
        d[n - 1] = 0.0;
        let m = conjugated(&rotation(&mut rng, n), &Matrix::diagonal(&d));
        // Rounded entries are taken at their word: in the plane that decides, beyond nothing does.
        if n > 2 {
            let found = log(&m).unwrap();
            assert!(found.matrix.is_none() && found.warnings[0].contains("singular"), "{found:?}");
        }
        assert!(unreached(&Matrix::diagonal(&d))[0].contains("singular"));
        unreached(&Matrix::zeros(n, n));
    }
}

#[test]
fn half_turns_take_the_sign_of_the_rule_and_near_half_turns_do_not() {
    // A half turn about (1, 2, −2)/3: the last component of the axis that is not zero is made positive.
    for (axis, expected) in [
        ([1.0 / 3.0, 2.0 / 3.0, -2.0 / 3.0], [-1.0 / 3.0, -2.0 / 3.0, 2.0 / 3.0]),
        ([0.6, -0.8, 0.0], [-0.6, 0.8, 0.0]),
        ([-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]),
    ] {
        let half = Matrix::from_fn(3, 3, |i, j| 2.0 * axis[i] * axis[j] - f64::from(u8::from(i == j)));
        let found = reached(&half, 1e-14);
        let x = found.matrix.unwrap();
        let vector = [x[(2, 1)], x[(0, 2)], x[(1, 0)]];
        for k in 0..3 {
            assert!((vector[k] - PI * expected[k]).abs() < 1e-13, "{vector:?}");
        }
        assert!(!found.warnings.is_empty());
    }
    for off in [1e-3, 1e-9, 1e-11] {
        let angle = PI - off;
        let (s, c) = (off.sin(), -off.cos());
        let m = Matrix::from_rows(&[[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]]);
        let found = reached(&m, 1e-14);
        let x = found.matrix.unwrap();
        // Turning backwards by nearly π: the principal branch, not the rule for exact half turns.
        assert!((x[(1, 0)] + angle).abs() < 1e-14, "{off}: {x:?}");
        assert_eq!(found.warnings.is_empty(), off > 1e-6, "{off}: {:?}", found.warnings);
    }
}

#[test]
fn the_edge_in_the_plane_is_decided_to_the_last_bit() {
    // (a − d)² + 4bc changes sign between neighbouring numbers: −1 ± x with bc = −x² exactly representable.
    let x = 2f64.powi(-30);
    let parabolic = Matrix::from_rows(&[[-1.0 + x, x], [-x, -1.0 - x]]);
    assert!(unreached(&parabolic)[0].contains("Jordan"));
    let mut inside = parabolic.clone();
    inside[(0, 1)] = x * (1.0 + f64::EPSILON);
    let found = log(&inside).unwrap();
    assert!(found.reachable && found.warnings[0].contains("near the edge"), "{found:?}");
    let mut outside = parabolic;
    outside[(0, 1)] = x * (1.0 - f64::EPSILON);
    assert!(unreached(&outside)[0].contains("two different"));
}

#[test]
fn the_logarithm_of_a_symmetric_matrix_is_symmetric_and_of_a_rotation_skew() {
    let mut rng = Rng::new(6, 0);
    for n in 2..6 {
        let q = rotation(&mut rng, n);
        let x = log(&q).unwrap().matrix.unwrap();
        assert!((&x + &x.transpose()).frobenius() < 1e-13, "{n}");
        let d: Vec<f64> = (0..n).map(|_| (3.0 * rng.normal()).exp()).collect();
        let s = conjugated(&q, &Matrix::diagonal(&d));
        let x = log(&s).unwrap().matrix.unwrap();
        assert!((&x - &x.transpose()).frobenius() < 1e-10 * x.frobenius(), "{n}");
    }
}

/// Jordan blocks drawn at random, up to a size of at least five; how often each negative block occurs decides.
fn draw_blocks(rng: &mut Rng) -> (Matrix, bool) {
    let (mut blocks, mut counts, mut size) = (Vec::new(), std::collections::BTreeMap::new(), 0);
    while size < 5 {
        let kind = (4.0 * rng.uniform()) as usize;
        let length = 1 + (2.2 * rng.uniform()) as usize;
        blocks.push(jordan([-1.0, -2.0, 1.0, 3.0][kind], length));
        size += length;
        if kind < 2 {
            *counts.entry((kind, length)).or_insert(0) += 1;
        }
        if rng.uniform() < 0.2 {
            blocks.push(Matrix::from_rows(&[[0.5, -1.0], [1.0, 0.5]]));
            size += 2;
        }
    }
    (Matrix::direct_sum(&blocks.iter().collect::<Vec<_>>()), counts.values().all(|count| count % 2 == 0))
}

/// A unit triangular matrix with entries −1, 0, 1, and its inverse, which has whole numbers too.
fn unit_triangular(rng: &mut Rng, n: usize, upper: bool) -> (Matrix, Matrix) {
    let m = Matrix::from_fn(n, n, |i, j| {
        let free = if upper { j > i } else { j < i };
        if i == j {
            1.0
        } else if free {
            (3.0 * rng.uniform()).floor() - 1.0
        } else {
            0.0
        }
    });
    let inverse = m.inverse().unwrap();
    let whole = Matrix::from_fn(n, n, |i, j| inverse[(i, j)].round());
    assert_eq!(&m * &whole, Matrix::identity(n));
    (m, whole)
}

#[test]
fn the_decision_follows_the_jordan_blocks_in_any_basis() {
    let mut rng = Rng::new(77, 0);
    let mut counts = [0; 2];
    for _ in 0..3000 {
        let (blocks, expected) = draw_blocks(&mut rng);
        let n = blocks.rows();
        let (lower, lower_inverse) = unit_triangular(&mut rng, n, false);
        let (upper, upper_inverse) = unit_triangular(&mut rng, n, true);
        // Whole and half numbers: exact.
        let m = &(&(&lower * &upper) * &blocks) * &(&upper_inverse * &lower_inverse);
        let found = log(&m).unwrap();
        assert_eq!(found.reachable, expected, "{m:?}: {:?}", found.warnings);
        counts[usize::from(expected)] += 1;
        if let Some(x) = found.matrix {
            let error = relative(&exp(&x).unwrap(), &m);
            assert!(error < 1e-8, "{m:?}: {error:e}");
        }
    }
    assert!(counts[0] > 1000 && counts[1] > 400, "{counts:?}");
}

#[test]
fn messages_name_the_eigenvalue_of_the_matrix_that_was_given() {
    let said = |d: [f64; 3]| log(&Matrix::diagonal(&d)).unwrap().warnings.join("; ");
    assert!(
        said([-8.0, -8.0, 1.0]).contains("eigenvalue -8.000000 of multiplicity 2"),
        "{}",
        said([-8.0, -8.0, 1.0])
    );
    let two = said([-100.0, -3.0, 1.0]);
    assert!(two.contains("eigenvalue -3.000000") || two.contains("eigenvalue -100.000000"), "{two}");
}

#[test]
fn tiny_numbers_on_the_diagonal_count_however_the_triangle_lies() {
    let upper = Matrix::from_rows(&[[1e-30, 2.0, -1.0], [0.0, 2e-20, 1.0], [0.0, 0.0, 3.0]]);
    let reference = log(&upper).unwrap().matrix.unwrap();
    // The logarithm of a triangle with different numbers a, b on its diagonal has (ln a − ln b) / (a − b) beside them.
    let slope = (1e-30_f64.ln() - 2e-20_f64.ln()) / (1e-30 - 2e-20);
    assert!((reference[(0, 1)] / (2.0 * slope) - 1.0).abs() < 1e-9, "{reference:?}");
    let lower = log(&upper.transpose()).unwrap();
    assert!(relative(&lower.matrix.unwrap(), &reference.transpose()) < 1e-13, "{:?}", lower.warnings);
    // Axes renamed: neither an upper nor a lower triangle.
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1]] {
        let rename = |m: &Matrix| Matrix::from_fn(3, 3, |i, j| m[(order[i], order[j])]);
        let found = log(&rename(&upper)).unwrap();
        assert!(found.matrix.is_some_and(|x| relative(&x, &rename(&reference)) < 1e-13), "{order:?}");
    }
    // A zero, a negative number, a pair of them: the answer of the upper triangle is that of the lower one.
    for diagonal in [[1e-30, 0.0, 1.0], [-1e-25, 1.0, 2.0], [-1.0, -1.0, 1e-25], [-2.0, -1.0, 1e-25]] {
        for above in [0.0, 1.0, 1e-20] {
            let m = Matrix::from_fn(3, 3, |i, j| match i.cmp(&j) {
                std::cmp::Ordering::Less => above,
                std::cmp::Ordering::Equal => diagonal[i],
                std::cmp::Ordering::Greater => 0.0,
            });
            let (a, b) = (log(&m).unwrap(), log(&m.transpose()).unwrap());
            assert_eq!(a.reachable, b.reachable, "{m:?}");
        }
    }
}

#[test]
fn a_triangle_and_its_transpose_have_the_same_answer() {
    let (mut rng, mut counts, mut compared) = (Rng::new(79, 0), [0; 2], 0);
    for _ in 0..1000 {
        let n = 3 + (3.0 * rng.uniform()) as usize;
        // Entries of all sizes from 1e-25 to 1, some of them 0, on the diagonal sometimes negative and in pairs.
        let mut entry = |negative: f64| {
            let size = 10f64.powf(-25.0 * rng.uniform() * rng.uniform());
            if rng.uniform() < negative { -size } else { size }
        };
        let mut m = Matrix::from_fn(n, n, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => entry(0.05),
            std::cmp::Ordering::Greater => entry(0.5),
        });
        if rng.uniform() < 0.2 {
            (m[(0, 0)], m[(1, 1)], m[(1, 0)]) = (-1.0, -1.0, 0.0);
        }
        let (lower, upper) = (log(&m).unwrap(), log(&m.transpose()).unwrap());
        assert_eq!(lower.reachable, upper.reachable, "{m:?}: {:?} {:?}", lower.warnings, upper.warnings);
        counts[usize::from(lower.reachable)] += 1;
        // Beside a half turn an eigenvalue next to 0 may be lost on one side, which is told there.
        if let (true, Some(a), Some(b)) = ((0..n).all(|i| m[(i, i)] > 0.0), lower.matrix, upper.matrix) {
            let error = relative(&a, &b.transpose());
            assert!(error < 1e-9, "{m:?}: {error:e}");
            compared += 1;
        }
    }
    assert!(counts.iter().all(|count| *count > 50) && compared > 300, "{counts:?} {compared}");
}

#[test]
fn only_what_is_singular_to_the_last_bit_is_called_singular() {
    let with_last = |x: f64| Matrix::from_rows(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, x]]);
    assert!(unreached(&with_last(9.0))[0].contains("the matrix is singular"));
    assert!(unreached(&with_last(9.0).scaled(1e-200))[0].contains("the matrix is singular"));
    // det = −3 (x − 9): positive, but no eigenvalue next to 0 has a digit.
    let found = log(&with_last(9.0_f64.next_down())).unwrap();
    assert!(found.reachable && found.matrix.is_none());
    assert!(found.warnings[0].starts_with("not decided"), "{:?}", found.warnings);
}

#[test]
fn a_double_negative_eigenvalue_with_one_block_is_told_to_lie_on_the_edge() {
    let mut rng = Rng::new(78, 0);
    let q = rotation(&mut rng, 3);
    let block = Matrix::direct_sum(&[&jordan(-1.0, 2), &Matrix::identity(1)]);
    let warnings = unreached(&conjugated(&q, &block));
    assert!(warnings.iter().any(|w| w.contains("on the edge")), "{warnings:?}");
}

#[test]
fn what_is_no_logarithm_is_not_given_as_one() {
    let (mut rng, mut given, mut kept) = (Rng::new(1, 0), 0, 0);
    for _ in 0..2000 {
        // Two chains of length 3 for −1 with a link of any size, and more dimensions.
        let (n, link) = (6 + (3.0 * rng.uniform()) as usize, 10f64.powf(-12.0 * rng.uniform()));
        let mut block = Matrix::identity(n);
        for i in 0..6 {
            block[(i, i)] = -1.0;
            if i % 3 < 2 {
                block[(i, i + 1)] = [1.0, link][i % 3];
            }
        }
        let m = conjugated(&rotation(&mut rng, n), &block);
        let found = log(&m).unwrap();
        assert!(found.reachable || !found.warnings.is_empty());
        match found.matrix {
            Some(x) => {
                given += 1;
                let error = relative(&exp(&x).unwrap(), &m);
                assert!(error < 1e-3, "{link:e}: {error:e}, {:?}", found.warnings);
                assert!(
                    error < 1e-8 || found.warnings.iter().any(|w| w.contains("badly")),
                    "{link:e}: {error:e}"
                );
            }
            None if found.reachable => kept += 1,
            None => {}
        }
    }
    assert!(given > 100 && kept > 0, "{given} {kept}");
}
