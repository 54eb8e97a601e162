//! Haar measure: moments, invariance under translations, densities by differentiation, laws of residuals.

use crate::group_names::GROUPS;
use equiscope::maths::haar::{Draw, HaarLaw, Truncation, integrate};
use equiscope::maths::matrix_group::LieAlgebra;
use equiscope::maths::rng::Rng;
use equiscope::maths::{Matrix, MatrixGroup};

/// Standard errors that a mean may be off; seeds are fixed, so this is no lottery.
const SIGMAS: f64 = 5.0;

fn group(name: &str) -> MatrixGroup {
    name.parse().unwrap()
}

fn law(name: &str, radius: f64, translation: f64) -> HaarLaw {
    HaarLaw::new(&group(name), Truncation { radius, translation }).unwrap()
}

/// Residual of A in the equations that tell the group's elements from other matrices, by name.
fn outside(name: &str, g: &Matrix) -> f64 {
    let n = g.rows();
    let one = Matrix::identity(n);
    let keeps = |f: &Matrix| (&(&(&g.transpose() * f) * g) - f).frobenius() / g.operator_norm().powi(2);
    let mut eta = -&Matrix::identity(n);
    eta[(0, 0)] = 1.0;
    let mut omega = Matrix::zeros(n, n);
    for i in 0..n / 2 {
        omega[(i, n / 2 + i)] = 1.0;
        omega[(n / 2 + i, i)] = -1.0;
    }
    let volume = (g.determinant() - 1.0).abs();
    let negative = |v: f64| if v > 0.0 { 0.0 } else { 1.0 };
    let affine = || {
        let last = g.block(n - 1, 0, 1, n);
        last.max_difference(&one.block(n - 1, 0, 1, n))
    };
    let linear = || g.block(0, 0, n - 1, n - 1);
    let euclidean = |a: &Matrix| (&a.transpose() * a).max_difference(&Matrix::identity(n - 1));
    match name.split('(').next().unwrap() {
        "Trivial" => g.max_difference(&one),
        "Z" => (0..n * n)
            .map(|k| (g[(k / n, k % n)] - g[((k / n + 1) % n, (k + 1) % n)]).abs())
            .fold(keeps(&one), f64::max),
        "C" | "SO" if n > 1 => keeps(&one) + volume,
        "S" => g.data().iter().map(|v| v * (1.0 - v)).fold(keeps(&one), f64::max),
        "D" | "O" if !name.starts_with("O(1,") => keeps(&one),
        "O" => keeps(&eta),
        "SO+" => keeps(&eta) + negative(g[(0, 0)]) + negative(g.determinant()),
        "SL" => volume,
        "GL+" => negative(g.determinant()),
        "GL" => negative(g.determinant().abs()),
        "Sp" => keeps(&omega),
        "U" => keeps(&one) + keeps(&omega),
        "SU" => keeps(&one) + keeps(&omega) + complex_phase(g),
        "SE" => affine() + euclidean(&linear()) + (g.determinant() - 1.0).abs(),
        "E" => affine() + euclidean(&linear()),
        "Sim" => {
            let s = g.determinant().abs().powf(-1.0 / (n as f64 - 1.0));
            affine() + euclidean(&linear().scaled(s)) + negative(g.determinant())
        }
        "Aff+" => affine() + negative(g.determinant()),
        "Aff" => affine() + negative(g.determinant().abs()),
        "Scale" => g.max_difference(&one.scaled(g[(0, 0)])) + negative(g[(0, 0)]),
        other => panic!("{other} has no test"),
    }
}

/// |det(A + iB) − 1| of [[A, −B], [B, A]] for sizes 2 and 3, by the rule of Sarrus.
fn complex_phase(g: &Matrix) -> f64 {
    let n = g.rows() / 2;
    let times = |a: (f64, f64), b: (f64, f64)| (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0);
    let at = |i: usize, j: usize| (g[(i, j)], g[(n + i, j)]);
    let (mut re, mut im) = (0.0, 0.0);
    let permutations: &[(&[usize], f64)] = match n {
        2 => &[(&[0, 1], 1.0), (&[1, 0], -1.0)],
        _ => &[
            (&[0, 1, 2], 1.0),
            (&[1, 2, 0], 1.0),
            (&[2, 0, 1], 1.0),
            (&[1, 0, 2], -1.0),
            (&[0, 2, 1], -1.0),
            (&[2, 1, 0], -1.0),
        ],
    };
    for (image, sign) in permutations {
        let p = image.iter().enumerate().fold((1.0, 0.0), |p, (i, &j)| times(p, at(i, j)));
        re += sign * p.0;
        im += sign * p.1;
    }
    (re - 1.0).hypot(im)
}

#[test]
fn draws_and_their_products_and_inverses_lie_in_the_group() {
    for (name, dim, ..) in GROUPS.into_iter().filter(|(name, ..)| !name.contains(" x ")) {
        let haar = law(name, 1.5, 1.0);
        let mut rng = Rng::new(1, 0);
        let residual = group(name).sample_for_residual(40, 1.0, &mut rng);
        let elements: Vec<Matrix> =
            residual.into_iter().chain((0..40).map(|_| haar.draw(&mut rng).element)).collect();
        for (a, b) in elements.iter().zip(elements.iter().skip(1)) {
            assert_eq!(a.rows(), dim);
            for (what, g) in [("draw", a.clone()), ("product", a * b), ("inverse", a.inverse().unwrap())] {
                let residual = outside(name, &g);
                assert!(residual < 1e-9, "{name}, {what}: {residual}");
            }
        }
        // The generators lie in the group that the draws lie in.
        for h in group(name).discrete() {
            assert!(outside(name, h) < 1e-12, "{name}");
        }
    }
    // Blocks of a product are elements of the factors.
    let g = law("SO(3) x S(2) x SO+(1,2)", 1.0, 1.0).draw(&mut Rng::new(2, 0)).element;
    assert!(outside("SO(3)", &g.block(0, 0, 3, 3)) < 1e-12 && outside("S(2)", &g.block(3, 3, 2, 2)) < 1e-12);
    assert!(outside("SO+(1,2)", &g.block(5, 5, 3, 3)) < 1e-12 && g.block(0, 3, 3, 5).frobenius() == 0.0);
}

/// Mean of f and the largest number of standard errors by which it misses `due`.
fn misses(haar: &HaarLaw, seed: u64, due: f64, f: impl FnMut(&Matrix) -> f64) -> f64 {
    let result = integrate(haar, 20_000, &mut Rng::new(seed, 0), f);
    (result.mean - due).abs() / result.error.max(1e-12)
}

#[test]
fn moments_of_compact_groups_are_those_of_haar_measure() {
    for (name, n) in [
        ("SO(2)", 2),
        ("SO(3)", 3),
        ("SO(4)", 4),
        ("O(1)", 1),
        ("O(3)", 3),
        ("D(3)", 2),
        ("C(5)", 2),
        ("U(2)", 4),
        ("SU(2)", 4),
        ("SU(3)", 6),
    ] {
        let haar = law(name, 1.0, 1.0);
        assert!(!haar.weighted());
        for (i, j) in [(0, 0), (n - 1, 0), (0, n - 1), (n - 1, n - 1)] {
            let mean = misses(&haar, 3, 0.0, |g| g[(i, j)]);
            let square = misses(&haar, 4, 1.0 / n as f64, |g| g[(i, j)].powi(2));
            assert!(mean < SIGMAS && square < SIGMAS, "{name} ({i}, {j}): {mean} {square}");
        }
    }
    // Moments of the trace count invariant tensors: SO(3) and SU(2) on V^⊗4 have 3 and, in quaternions, 2 · 2⁴.
    for (name, power, due) in [
        ("SO(3)", 2, 1.0),
        ("SO(3)", 3, 1.0),
        ("SO(3)", 4, 3.0),
        ("O(3)", 4, 3.0),
        ("O(3)", 3, 0.0),
        ("SO(4)", 4, 4.0),
        ("SU(2)", 2, 4.0),
        ("SU(2)", 4, 32.0),
        ("U(2)", 4, 12.0),
        ("S(4)", 1, 1.0),
        ("S(4)", 2, 2.0),
        ("S(4)", 3, 5.0),
        ("Z(5)", 2, 5.0),
        ("D(4)", 2, 1.0),
    ] {
        let off = misses(&law(name, 1.0, 1.0), 5, due, |g| g.trace().powi(power));
        assert!(off < SIGMAS, "{name}: tr^{power} misses by {off} σ");
    }
}

#[test]
fn compact_laws_are_invariant_on_both_sides() {
    for name in ["SO(3)", "O(2)", "U(2)", "SU(3)", "S(4)", "D(5)", "SO(2) x S(3)"] {
        let haar = law(name, 1.0, 1.0);
        let h = haar.draw(&mut Rng::new(6, 1)).element;
        let n = h.rows();
        let weights = Matrix::from_fn(n, n, |i, j| ((3 * i + 5 * j + 1) as f64).sin());
        // A function without symmetry: exp of a linear one.
        let f =
            |g: &Matrix| (g.data().iter().zip(weights.data()).map(|(a, b)| a * b).sum::<f64>() / 2.0).exp();
        let spread = integrate(&haar, 20_000, &mut Rng::new(7, 0), f);
        let left = misses(&haar, 8, 0.0, |g| f(&(&h * g)) - f(g));
        let right = misses(&haar, 9, 0.0, |g| f(&(g * &h)) - f(g));
        assert!(left < SIGMAS && right < SIGMAS, "{name}: {left} {right}");
        assert!(spread.error < 0.03 * spread.mean);
    }
    // A mean that is not zero is told from zero, and every sample counts.
    let haar = law("SO(3)", 1.0, 1.0);
    assert!(misses(&haar, 10, 0.0, |g| g[(0, 0)].max(0.0)) > 50.0);
    let all = integrate(&haar, 1000, &mut Rng::new(10, 0), |g| g[(0, 0)]);
    assert!((all.effective_samples - 1000.0).abs() < 1e-9 && all.samples == 1000);
    // Uniform on [−1, 1]: variance 1/3.
    assert!((all.error / (1.0 / 3000.0_f64).sqrt() - 1.0).abs() < 0.1, "{all:?}");
    assert!(integrate(&haar, 0, &mut Rng::new(10, 0), |g| g[(0, 0)]).mean.is_nan());
}

/// e^{−c (‖g‖² + ‖g⁻¹‖² − 2n)}: decays so fast that the group beyond the truncation does not count.
fn bump(g: &Matrix, c: f64) -> f64 {
    let size = |m: &Matrix| m.data().iter().map(|v| v * v).sum::<f64>();
    g.inverse().map_or(0.0, |inverse| (-c * (size(g) + size(&inverse) - 2.0 * g.rows() as f64)).exp())
}

#[test]
fn weighted_laws_are_invariant_where_functions_decay() {
    // Name, radius, decay, h, whether the right translation leaves the measure alone too.
    let shear = Matrix::from_rows(&[[1.0, 0.6], [0.0, 1.0]]);
    let stretch = Matrix::from_rows(&[[1.8, 0.4], [0.0, 0.7]]);
    let symplectic = law("Sp(4)", 1.0, 1.0).draw(&mut Rng::new(20, 0)).element;
    let boost = law("SO+(1,3)", 0.7, 1.0).draw(&mut Rng::new(21, 0)).element;
    let move_left = Matrix::from_rows(&[[1.4, 0.2, 0.3], [0.0, 1.1, -0.2], [0.0, 0.0, 1.0]]);
    let similar = Matrix::from_rows(&[[1.2, -0.9, 0.2], [0.9, 1.2, 0.3], [0.0, 0.0, 1.0]]);
    for (name, radius, decay, h, unimodular) in [
        ("SL(2)", 3.5, 0.2, shear, true),
        ("GL+(2)", 3.0, 0.3, stretch, true),
        ("Sp(4)", 3.0, 0.2, symplectic, true),
        ("SO+(1,3)", 3.0, 0.1, boost, true),
        ("Aff+(2)", 2.5, 0.25, move_left, false),
        ("Sim(2)", 2.5, 0.3, similar, false),
    ] {
        let haar = law(name, radius, 5.0);
        assert!(haar.weighted());
        // Not a class function, so that translations matter.
        let f = |g: &Matrix| bump(g, decay) * (1.0 + 0.5 * g[(0, 1)] + 0.3 * g[(1, 0)]).powi(2);
        let samples = if name == "Aff+(2)" { 150_000 } else { 60_000 };
        let value = integrate(&haar, samples, &mut Rng::new(22, 0), f);
        assert!(value.error < 0.03 * value.mean, "{name}: {value:?}");
        let left = integrate(&haar, samples, &mut Rng::new(23, 0), |g| f(&(&h * g)) - f(g));
        assert!(left.mean.abs() < SIGMAS * left.error, "{name} on the left: {left:?} of {value:?}");
        assert!(left.error < 0.05 * value.mean, "{name} says nothing: {left:?} of {value:?}");
        let right = integrate(&haar, samples, &mut Rng::new(24, 0), |g| f(&(g * &h)) - f(g));
        let off = right.mean.abs() / right.error;
        assert!(if unimodular { off < SIGMAS } else { off > SIGMAS }, "{name} on the right: {right:?}");
        // Without the weights the law is not invariant: the test sees the difference.
        let mut rng = Rng::new(25, 0);
        let plain: Vec<f64> = (0..samples)
            .map(|_| {
                let g = haar.draw(&mut rng).element;
                f(&(&h * &g)) - f(&g)
            })
            .collect();
        let mean = plain.iter().sum::<f64>() / samples as f64;
        let error = (plain.iter().map(|v| (v - mean).powi(2)).sum::<f64>()).sqrt() / samples as f64;
        assert!(mean.abs() > SIGMAS * error, "{name} without weights: {mean} ± {error}");
    }
}

fn exp(a: &Matrix) -> Matrix {
    let (n, mut sum, mut term) = (a.rows(), Matrix::identity(a.rows()), Matrix::identity(a.rows()));
    assert_eq!(n, a.cols());
    for k in 1..60 {
        term = (&term * a).scaled(1.0 / f64::from(k));
        sum = &sum + &term;
    }
    sum
}

/// X of g = exp(X) k, from g gᵀ = exp(2X).
fn symmetric_log(g: &Matrix) -> Matrix {
    let n = g.rows();
    let s = g * &g.transpose();
    let eigen = nalgebra::DMatrix::from_row_slice(n, n, s.data()).symmetric_eigen();
    let v = Matrix::from_fn(n, n, |i, j| eigen.eigenvectors[(i, j)]);
    let l: Vec<f64> = eigen.eigenvalues.iter().map(|v| v.ln() / 2.0).collect();
    &(&v * &Matrix::diagonal(&l)) * &v.transpose()
}

/// Density of the Haar measure in the coordinates of X, by central differences of exp(−X) exp(X + h Eᵢ).
fn density(x: &Matrix, symmetric: &LieAlgebra) -> f64 {
    let h = 1e-4;
    let back = exp(&-x);
    let columns: Vec<Vec<f64>> = symmetric
        .basis()
        .iter()
        .map(|e| {
            let (up, down) = (exp(&(x + &e.scaled(h))), exp(&(x - &e.scaled(h))));
            symmetric.coordinates(&(&back * &(&up - &down)).scaled(0.5 / h))
        })
        .collect();
    Matrix::from_fn(columns.len(), columns.len(), |i, j| columns[j][i]).determinant().abs()
}

#[test]
fn weights_are_the_density_of_the_measure() {
    for name in [
        "SL(2)", "SL(3)", "GL+(2)", "GL+(3)", "GL(2)", "Sp(2)", "Sp(4)", "SO+(1,1)", "SO+(1,2)", "SO+(1,4)",
        "O(1,3)",
    ] {
        let (haar, symmetric) = (law(name, 1.5, 1.0), group(name).algebra().cartan_part(1.0));
        let mut rng = Rng::new(11, 0);
        let ratios: Vec<f64> = (0..20)
            .map(|_| {
                let Draw { element, log_weight } = haar.draw(&mut rng);
                density(&symmetric_log(&element), &symmetric).ln() - log_weight
            })
            .collect();
        for r in &ratios {
            assert!((r - ratios[0]).abs() < 1e-6, "{name}: {ratios:?}");
        }
    }
}

#[test]
fn truncations_hold_and_are_named() {
    let mut rng = Rng::new(12, 0);
    for (name, words) in [
        ("SO(3)", "uniform: Haar measure of total mass 1"),
        ("SL(2)", "‖X‖ ≤ 0.75"),
        ("SO+(1,3)", "rapidity ≤ 0.75"),
        ("SE(2)", "translations |tᵢ| ≤ 3"),
        ("Aff(2)", "left Haar measure"),
        ("Sim(3)", "|log s| ≤ 0.75"),
        ("S(3) x Scale(2)", "S(3): uniform: Haar measure of total mass 1; Scale(2): Haar"),
    ] {
        let haar = law(name, 0.75, 3.0);
        assert!(haar.measure().contains(words), "{name}: {}", haar.measure());
    }
    let (boosts, stretches, moves) =
        (law("SO+(1,3)", 0.75, 1.0), law("GL(3)", 0.75, 1.0), law("E(2)", 1.0, 3.0));
    let (mut most, mut largest, mut farthest) = (0.0_f64, 0.0_f64, 0.0_f64);
    for _ in 0..2000 {
        most = most.max(boosts.draw(&mut rng).element[(0, 0)].acosh());
        largest = largest.max(symmetric_log(&stretches.draw(&mut rng).element).frobenius());
        farthest = farthest.max(moves.draw(&mut rng).element[(1, 2)].abs());
    }
    for (reached, bound) in [(most, 0.75), (largest, 0.75), (farthest, 3.0)] {
        assert!(reached <= bound * (1.0 + 1e-9) && reached > 0.99 * bound, "{reached} of {bound}");
    }
    for (radius, translation, word) in
        [(0.0, 1.0, "radius"), (17.0, 1.0, "radius"), (f64::NAN, 1.0, "radius"), (1.0, -2.0, "translations")]
    {
        let error = HaarLaw::new(&group("SL(2)"), Truncation { radius, translation }).unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn residual_laws_are_those_of_the_contract() {
    let mut rng = Rng::new(14, 0);
    // All elements in turn where they fit, random ones where they do not.
    let all = group("D(3)").sample_for_residual(12, 1.0, &mut rng);
    for (i, g) in all[..6].iter().enumerate() {
        assert!(all[..i].iter().all(|h| h.max_difference(g) > 0.1) && all[i + 6] == *g);
    }
    assert_eq!(group("S(6)").sample_for_residual(100, 1.0, &mut rng).len(), 100);
    // Ranges of what is drawn, reached and not left; components equally often.
    let count = 4000;
    let range = |name: &str, rng: &mut Rng, of: &dyn Fn(&Matrix) -> f64| {
        let list: Vec<f64> = group(name).sample_for_residual(count, 1.5, rng).iter().map(of).collect();
        let mean = list.iter().sum::<f64>() / count as f64;
        let (low, high) = list.iter().fold((f64::MAX, f64::MIN), |(l, h), &v| (l.min(v), h.max(v)));
        (low, mean, high)
    };
    let ln2 = 2f64.ln();
    let squeeze = |g: &Matrix| g.operator_norm().ln();
    let sign = |g: &Matrix| g.determinant().signum();
    let rapidity = |g: &Matrix| g[(0, 0)].abs().acosh();
    let scale = |g: &Matrix| g[(0, 0)].ln();
    let step = |g: &Matrix| g[(0, 2)];
    type Of<'a> = &'a dyn Fn(&Matrix) -> f64;
    let cases: [(&str, Of, [f64; 3]); 9] = [
        ("SO+(1,3)", &rapidity, [0.0, 0.75, 1.5]),
        ("O(1,2)", &rapidity, [0.0, 0.75, 1.5]),
        ("O(1,2)", &|g| g[(0, 0)].signum(), [-1.0, 0.0, 1.0]),
        ("O(1,2)", &sign, [-1.0, 0.0, 1.0]),
        ("GL(1)", &squeeze, [-ln2, 0.0, ln2]),
        // The larger of two uniform numbers has its mean a third of the way.
        ("GL(2)", &squeeze, [-ln2, ln2 / 3.0, ln2]),
        ("GL(2)", &sign, [-1.0, 0.0, 1.0]),
        ("Scale(2)", &scale, [-ln2, 0.0, ln2]),
        ("Aff(2)", &step, [-1.0, 0.0, 1.0]),
    ];
    for (name, of, due) in cases {
        let (low, mean, high) = range(name, &mut rng, of);
        let width = due[2] - due[0];
        assert!(low >= due[0] - 1e-9 && low < due[0] + 0.05 * width, "{name}: {low}");
        assert!(high <= due[2] + 1e-9 && high > due[2] - 0.05 * width, "{name}: {high}");
        assert!(
            (mean - due[1]).abs() < SIGMAS * 0.5 * width / f64::from(count as u32).sqrt(),
            "{name}: {mean}"
        );
    }
}

#[test]
fn own_infinite_groups_have_elements_for_residuals_too() {
    let spin = MatrixGroup::from_json(
        r#"{"lie": [[[0,-1,0],[1,0,0],[0,0,0]]], "discrete": [[[1,0,0],[0,1,0],[0,0,-1]]]}"#,
    )
    .unwrap();
    let list = spin.sample_for_residual(200, 1.0, &mut Rng::new(15, 0));
    let one = Matrix::identity(3);
    assert!(list.iter().all(|g| (&g.transpose() * g).max_difference(&one) < 1e-12 && g[(0, 2)] == 0.0));
    assert!(list.iter().any(|g| g[(2, 2)] < 0.0) && list.iter().any(|g| g[(2, 2)] > 0.0));
    assert!(list.iter().any(|g| g[(0, 1)] > 0.5) && list.iter().any(|g| g[(0, 1)] < -0.5));
}
