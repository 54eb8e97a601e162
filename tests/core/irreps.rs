//! Irreps of the rotations of the plane and of space: harmonics, Wigner matrices and coupling tensors.

use crate::rep_support::{close, exp, group, random_elements, rep};
use equiscope::maths::Matrix;
use equiscope::maths::rep::{
    Convention, MAX_CLEBSCH_DEGREE, MAX_DEGREE, change_of_basis, clebsch_gordan, spherical_harmonics,
};
use equiscope::maths::rng::Rng;
use serde_json::Value;
use std::f64::consts::PI;

fn wigner(l: u8, r: &Matrix) -> Matrix {
    equiscope::maths::rep::wigner(l, r).unwrap()
}

fn drho(l: u8, a: &Matrix) -> Matrix {
    equiscope::maths::rep::drho(l, a).unwrap()
}

fn tables() -> Value {
    serde_json::from_str(include_str!("../reference/e3nn_tables.json")).unwrap()
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn degree(v: &Value) -> u8 {
    u8::try_from(v.as_u64().unwrap()).unwrap()
}

fn unit_vector(rng: &mut Rng) -> [f64; 3] {
    let v = [rng.normal(), rng.normal(), rng.normal()];
    let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    v.map(|x| x / length)
}

fn turned(r: &Matrix, v: [f64; 3]) -> [f64; 3] {
    r.apply(&v).try_into().unwrap()
}

fn rotations(count: usize) -> Vec<Matrix> {
    random_elements(&group("SO(3)"), count, 31).into_iter().map(|e| exp(&e.algebra.scaled(3.0))).collect()
}

fn largest(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

#[test]
fn harmonics_wigner_matrices_and_couplings_are_those_of_e3nn() {
    let tables = tables();
    for row in tables["harmonics"].as_array().unwrap() {
        let (l, v) = (degree(&row["l"]), numbers(&row["vector"]));
        let ours = spherical_harmonics(l, [v[0], v[1], v[2]]);
        let basis = change_of_basis(l, Convention::E3nn);
        assert!(largest(&basis.apply(&ours), &numbers(&row["values"])) < 1e-12, "l = {l}");
    }
    let rows = |v: &Value| {
        let rows: Vec<Vec<f64>> = v.as_array().unwrap().iter().map(numbers).collect();
        Matrix::from_fn(rows.len(), rows.len(), |i, j| rows[i][j])
    };
    let r = rows(&tables["rotation"]);
    for row in tables["wigner"].as_array().unwrap() {
        close(&wigner(degree(&row["l"]), &r), &rows(&row["matrix"]), 1e-12);
    }
    let mut triples = 0;
    for row in tables["wigner_3j"].as_array().unwrap() {
        let l: Vec<u8> = row["l"].as_array().unwrap().iter().map(degree).collect();
        let c = clebsch_gordan(l[0], l[1], l[2]).unwrap();
        let mut theirs = vec![0.0; c.len()];
        for entry in row["entries"].as_array().unwrap() {
            let [i, j, k] = [0, 1, 2].map(|n| entry[n].as_u64().unwrap() as usize);
            theirs[(i * (2 * usize::from(l[1]) + 1) + j) * (2 * usize::from(l[2]) + 1) + k] =
                entry[3].as_f64().unwrap();
        }
        assert!(largest(&c, &theirs) < 1e-12, "{l:?}");
        triples += 1;
    }
    assert!(triples >= 20);
}

#[test]
fn harmonics_of_low_degree_in_closed_form() {
    let v @ [x, y, z] = [0.36, 0.48, 0.8];
    assert!(largest(&spherical_harmonics(0, v), &[0.5 / PI.sqrt()]) < 1e-15);
    let first = (0.75 / PI).sqrt();
    assert!(largest(&spherical_harmonics(1, v), &[first * x, first * y, first * z]) < 1e-15);
    let (a, b) = ((15.0 / PI).sqrt() / 2.0, (5.0 / PI).sqrt() / 4.0);
    let second = [a * x * z, a * x * y, b * (3.0 * y * y - 1.0), a * y * z, a / 2.0 * (z * z - x * x)];
    assert!(largest(&spherical_harmonics(2, v), &second) < 1e-15);
}

#[test]
fn harmonics_are_orthonormal_on_the_sphere() {
    // Midpoints in (θ, φ): exact in φ, and with the weights of Fejér's first rule exact in cos θ to degree 39.
    let n = 40;
    let all = |v| (0..=8).flat_map(|l| spherical_harmonics(l, v)).collect::<Vec<f64>>();
    let mut gram = Matrix::zeros(81, 81);
    for i in 0..n {
        let theta = PI * (i as f64 + 0.5) / n as f64;
        let fejer: f64 =
            (1..=n / 2).map(|k| (2.0 * k as f64 * theta).cos() / (4.0 * (k * k) as f64 - 1.0)).sum();
        let weight = 2.0 / n as f64 * (1.0 - 2.0 * fejer) * 2.0 * PI / n as f64;
        for j in 0..n {
            let phi = 2.0 * PI * j as f64 / n as f64;
            let y = all([theta.sin() * phi.cos(), theta.cos(), theta.sin() * phi.sin()]);
            for a in 0..81 {
                for b in 0..81 {
                    gram[(a, b)] += weight * y[a] * y[b];
                }
            }
        }
    }
    close(&gram, &Matrix::identity(81), 1e-12);
}

#[test]
fn harmonics_of_a_turned_vector_are_turned_harmonics() {
    let mut rng = Rng::new(7, 0);
    for r in rotations(5) {
        for l in (0..=12).chain([MAX_DEGREE]) {
            let v = unit_vector(&mut rng);
            let rho = wigner(l, &r);
            assert!(
                largest(&spherical_harmonics(l, turned(&r, v)), &rho.apply(&spherical_harmonics(l, v)))
                    < 1e-11
            );
            close(&(&rho.transpose() * &rho), &Matrix::identity(2 * usize::from(l) + 1), 1e-12);
        }
    }
}

#[test]
fn wigner_matrices_are_exponentials_and_multiply() {
    let elements = random_elements(&group("SO(3)"), 4, 8);
    for l in 0..=10 {
        for pair in elements.chunks(2) {
            let [a, b] = [&pair[0].algebra, &pair[1].algebra];
            close(&wigner(l, &exp(a)), &exp(&drho(l, a)), 1e-12);
            let product = wigner(l, &(&exp(a) * &exp(b)));
            close(&product, &(&wigner(l, &exp(a)) * &wigner(l, &exp(b))), 1e-12);
        }
    }
    // Half turns and the identity, where angles have no meaning.
    for d in [[1.0, 1.0, 1.0], [1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]] {
        let r = Matrix::diagonal(&d);
        close(&(&wigner(6, &r) * &wigner(6, &r)), &Matrix::identity(13), 1e-14);
    }
    assert!((wigner(6, &Matrix::diagonal(&[1.0, -1.0, -1.0])).trace() - 1.0).abs() < 1e-14);
}

#[test]
fn matrices_that_turn_nothing_in_space_are_refused() {
    use equiscope::maths::rep;
    assert_eq!(rep::wigner(2, &Matrix::identity(2)), None);
    assert_eq!(rep::drho(2, &Matrix::zeros(3, 2)), None);
    assert_eq!(rep::wigner(MAX_DEGREE + 1, &Matrix::identity(3)), None);
}

#[test]
fn the_casimir_of_degree_l_is_l_times_l_plus_one() {
    for l in [0_u8, 1, 2, 5, 12, 32] {
        let side = 2 * usize::from(l) + 1;
        let casimir = group("SO(3)").lie().iter().fold(Matrix::zeros(side, side), |sum, a| {
            let d = drho(l, a);
            &sum - &(&d * &d)
        });
        let value = f64::from(l) * (f64::from(l) + 1.0);
        close(&casimir, &Matrix::identity(side).scaled(value), 1e-12 * (1.0 + value));
    }
}

#[test]
fn the_inversion_acts_by_the_letter() {
    let g = group("O(3)");
    for (text, sign) in
        [("1x0e", 1.0), ("1x0o", -1.0), ("1x1e", 1.0), ("1x1o", -1.0), ("1x2e", 1.0), ("1x3e", 1.0)]
    {
        let action = rep(text).on(&g).unwrap();
        let rho = action.rho(&-&Matrix::identity(3)).unwrap();
        close(&rho, &Matrix::identity(action.dim()).scaled(sign), 0.0);
    }
    // Polar vectors are the base space.
    for e in random_elements(&g, 4, 9) {
        close(&rep("1x1o").on(&g).unwrap().rho(&e.matrix).unwrap(), &e.matrix, 1e-14);
    }
}

#[test]
fn irreps_of_the_plane() {
    let g = group("O(2)");
    let (s, c) = 0.7f64.sin_cos();
    let turn = Matrix::from_rows(&[[c, -s], [s, c]]);
    let flip = Matrix::diagonal(&[1.0, -1.0]);
    let rho = |text: &str, m: &Matrix| rep(text).on(&g).unwrap().rho(m).unwrap();
    let (s3, c3) = 2.1f64.sin_cos();
    close(&rho("1x3", &turn), &Matrix::from_rows(&[[c3, -s3], [s3, c3]]), 1e-14);
    close(&rho("1x3", &flip), &flip, 1e-14);
    close(&rho("1x1", &(&turn * &flip)), &(&turn * &flip), 1e-14);
    assert_eq!(
        (rho("1x0e", &flip)[(0, 0)], rho("1x0o", &flip)[(0, 0)], rho("1x0o", &turn)[(0, 0)]),
        (1.0, -1.0, 1.0)
    );
}

#[test]
fn couplings_are_equivariant_and_normalised() {
    let r = &rotations(1)[0];
    let side = |l: u8| 2 * usize::from(l) + 1;
    for (a, b) in (0_u8..=4).flat_map(|a| (0_u8..=4).map(move |b| (a, b))) {
        for c in a.abs_diff(b)..=(a + b) {
            let tensor = clebsch_gordan(a, b, c).unwrap();
            let map = Matrix::from_data(side(a) * side(b), side(c), tensor).unwrap().transpose();
            close(&(&wigner(c, r) * &map), &(&map * &wigner(a, r).kron(&wigner(b, r))), 1e-12);
            close(&(&map * &map.transpose()), &Matrix::identity(side(c)).scaled(1.0 / side(c) as f64), 1e-12);
        }
    }
    assert_eq!(clebsch_gordan(1, 1, 3), None);
    assert_eq!(clebsch_gordan(1, 3, 1), None);
    assert_eq!(clebsch_gordan(MAX_CLEBSCH_DEGREE + 1, 0, MAX_CLEBSCH_DEGREE + 1), None);
}

#[test]
fn couplings_to_different_degrees_are_orthogonal_and_complete() {
    for (a, b) in [(1_u8, 1_u8), (2, 3), (4, 4), (12, 12)] {
        let (da, db) = (2 * usize::from(a) + 1, 2 * usize::from(b) + 1);
        let mut sum = Matrix::zeros(da * db, da * db);
        for c in a.abs_diff(b)..=(a + b).min(MAX_CLEBSCH_DEGREE) {
            let side = 2 * usize::from(c) + 1;
            let map = Matrix::from_data(da * db, side, clebsch_gordan(a, b, c).unwrap()).unwrap();
            if da * db > 100 {
                // Too large to multiply out in full: the columns are orthonormal up to the factor.
                close(&(&map.transpose() * &map), &Matrix::identity(side).scaled(1.0 / side as f64), 1e-9);
            } else {
                sum = &sum + &(&map * &map.transpose()).scaled(side as f64);
            }
        }
        if da * db <= 100 {
            close(&sum, &Matrix::identity(da * db), 1e-12);
        }
    }
}

#[test]
fn known_couplings() {
    let root = |x: f64| x.sqrt();
    let dot = clebsch_gordan(1, 1, 0).unwrap();
    assert!(largest(&dot, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0].map(|v| v / root(3.0))) < 1e-15);
    let cross = clebsch_gordan(1, 1, 1).unwrap();
    assert!((cross[3 + 2] - 1.0 / root(6.0)).abs() < 1e-15, "x × y = +z");
    // The product of two vectors goes along their harmonics of degree 2.
    let v = [0.6, -0.64, 0.48];
    let map = Matrix::from_data(9, 5, clebsch_gordan(1, 1, 2).unwrap()).unwrap().transpose();
    let square: Vec<f64> = (0..9).map(|k| v[k / 3] * v[k % 3]).collect();
    let (image, y) = (map.apply(&square), spherical_harmonics(2, v));
    let ratio = y[0] / image[0];
    assert!(ratio > 0.0 && largest(&image.iter().map(|x| x * ratio).collect::<Vec<_>>(), &y) < 1e-14);
}

#[test]
fn the_basis_with_polar_axis_z_is_that_of_physics() {
    let v @ [x, y, z] = [0.36, 0.48, 0.8];
    let first: Vec<f64> = [y, z, x].iter().map(|c| (0.75 / PI).sqrt() * c).collect();
    let changed = |l| change_of_basis(l, Convention::PolarZ).apply(&spherical_harmonics(l, v));
    assert!(largest(&changed(1), &first) < 1e-15);
    let (a, b) = ((15.0 / PI).sqrt() / 2.0, (5.0 / PI).sqrt() / 4.0);
    let second = [a * x * y, a * y * z, b * (3.0 * z * z - 1.0), a * x * z, a / 2.0 * (x * x - y * y)];
    assert!(largest(&changed(2), &second) < 1e-14);
}
