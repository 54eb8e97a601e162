//! One factor of a named group: its element, its weight, its measure in words.

use super::compact::{coin, orthogonal, permutation, reflect, rotation, shift, turn, unitary};
use super::{Draw, Truncation};
use crate::maths::linalg::symmetric_eigen;
use crate::maths::lorentz;
use crate::maths::matrix::Matrix;
use crate::maths::matrix_group::{Factor, Family};
use crate::maths::rng::Rng;

/// A random element of one factor. X, log s and t are uniform within the truncation, k is uniform.
pub(super) fn draw(factor: Factor, truncation: Truncation, rng: &mut Rng) -> Draw {
    let (n, radius) = (factor.size(), truncation.radius);
    let even = |element| Draw { element, log_weight: 0.0 };
    match factor.family() {
        Family::Scale => even(Matrix::identity(n).scaled(ball(1, radius, rng)[0].exp())),
        Family::Lorentz => boosted(n, radius, rng),
        Family::FullLorentz => {
            let Draw { element, log_weight } = boosted(n, radius, rng);
            Draw { element: any_component(element, rng), log_weight }
        }
        Family::SpecialLinear => polar(traceless(n, radius, rng), &rotation(n, rng), root_pairs),
        Family::PositiveLinear => polar(symmetric(n, radius, rng), &rotation(n, rng), root_pairs),
        Family::GeneralLinear => polar(symmetric(n, radius, rng), &orthogonal(n, rng), root_pairs),
        Family::Symplectic => {
            polar(hamiltonian(n / 2, radius, rng), &unitary(n / 2, false, rng), symplectic_roots)
        }
        Family::SpecialEuclidean => moved(even(rotation(n, rng)), 0.0, truncation, rng),
        Family::Euclidean => moved(even(orthogonal(n, rng)), 0.0, truncation, rng),
        Family::Similarity => {
            let log_scale = ball(1, radius, rng)[0];
            let scaled = even(rotation(n, rng).scaled(log_scale.exp()));
            moved(scaled, n as f64 * log_scale, truncation, rng)
        }
        Family::PositiveAffine | Family::Affine => {
            let x = symmetric(n, radius, rng);
            let both = factor.family() == Family::Affine;
            let k = if both { orthogonal(n, rng) } else { rotation(n, rng) };
            let log_determinant = x.trace();
            moved(polar(x, &k, root_pairs), log_determinant, truncation, rng)
        }
        _ => even(uniform(factor, rng).unwrap_or_else(|| Matrix::identity(n))),
    }
}

/// A uniform element of a compact factor; `None` for a factor that is not compact.
pub(super) fn uniform(factor: Factor, rng: &mut Rng) -> Option<Matrix> {
    let n = factor.size();
    Some(match factor.family() {
        Family::Trivial => Matrix::identity(n),
        Family::Shifts => shift(n, rng),
        Family::Cyclic => turn(n, rng),
        Family::Dihedral => {
            let r = turn(n, rng);
            if coin(rng) { reflect(&r, 1) } else { r }
        }
        Family::Symmetric => permutation(n, rng),
        Family::Rotation => rotation(n, rng),
        Family::Orthogonal => orthogonal(n, rng),
        Family::Unitary => unitary(n, false, rng),
        Family::SpecialUnitary => unitary(n, true, rng),
        _ => return None,
    })
}

/// An element of SO⁺(1,n) times one of the four diag(±1, 1, …, 1, ±1).
pub(super) fn any_component(m: Matrix, rng: &mut Rng) -> Matrix {
    let last = m.cols() - 1;
    let m = if coin(rng) { reflect(&m, 0) } else { m };
    if coin(rng) { reflect(&m, last) } else { m }
}

/// Homogeneous matrix of x ↦ A x + t.
pub(super) fn homogeneous(a: &Matrix, t: &[f64]) -> Matrix {
    let mut m = Matrix::direct_sum(&[a, &Matrix::identity(1)]);
    for (i, &v) in t.iter().enumerate() {
        m[(i, a.cols())] = v;
    }
    m
}

/// Whether draws of the factor have different weights.
pub(super) fn weighted(factor: Factor) -> bool {
    match factor.family() {
        // J = 1 for n = 1, where X commutes with all of K.
        Family::Lorentz
        | Family::FullLorentz
        | Family::SpecialLinear
        | Family::PositiveLinear
        | Family::GeneralLinear => factor.size() > 1,
        Family::Symplectic | Family::Similarity | Family::PositiveAffine | Family::Affine => true,
        _ => false,
    }
}

/// The measure in words.
pub(super) fn describe(factor: Factor, truncation: Truncation) -> String {
    let Truncation { radius, translation } = truncation;
    let polar = |k: &str| format!("g = exp(X) k, X symmetric with ‖X‖ ≤ {radius}, k uniform in {k}");
    let boosts = format!("boost · rotation, rapidity ≤ {radius}, rotation uniform");
    let moved =
        |a: &str, side: &str| format!("{side}Haar measure cut off: {a}, translations |tᵢ| ≤ {translation}");
    match factor.family() {
        Family::Scale => format!("Haar measure cut off: log s uniform, |log s| ≤ {radius}"),
        Family::Lorentz => format!("Haar measure cut off: {boosts}"),
        Family::FullLorentz => format!("Haar measure cut off: {boosts}, four components equally often"),
        Family::SpecialLinear | Family::PositiveLinear => {
            format!("Haar measure cut off: {}", polar("SO(n)"))
        }
        Family::GeneralLinear => format!("Haar measure cut off: {}", polar("O(n)")),
        Family::Symplectic => format!("Haar measure cut off: {}", polar("U(n)")),
        Family::SpecialEuclidean => moved("uniform rotation", ""),
        Family::Euclidean => moved("uniform rotation or reflection", ""),
        Family::Similarity => moved(&format!("uniform rotation, |log s| ≤ {radius}"), "left "),
        Family::PositiveAffine => moved(&polar("SO(n)"), "left "),
        Family::Affine => moved(&polar("O(n)"), "left "),
        _ => "uniform: Haar measure of total mass 1".to_owned(),
    }
}

/// A uniform point of the ball in Rᵈ.
fn ball(d: usize, radius: f64, rng: &mut Rng) -> Vec<f64> {
    let direction: Vec<f64> = (0..d).map(|_| rng.normal()).collect();
    let length = direction.iter().map(|v| v * v).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    let r = radius * rng.uniform().powf(1.0 / d.max(1) as f64);
    direction.into_iter().map(|v| v * r / length).collect()
}

/// The symmetric matrix with coordinates c in the orthonormal basis E_ii, (E_ij + E_ji)/√2.
fn symmetric_from(n: usize, c: &[f64]) -> Matrix {
    let mut m = Matrix::zeros(n, n);
    let mut c = c.iter();
    for i in 0..n {
        for j in 0..=i {
            let v = c.next().copied().unwrap_or(0.0) * if i == j { 1.0 } else { 0.5_f64.sqrt() };
            m[(i, j)] = v;
            m[(j, i)] = v;
        }
    }
    m
}

/// Uniform symmetric X with ‖X‖_F ≤ radius.
fn symmetric(n: usize, radius: f64, rng: &mut Rng) -> Matrix {
    symmetric_from(n, &ball(n * (n + 1) / 2, radius, rng))
}

/// Uniform symmetric and traceless X with ‖X‖_F ≤ radius: a direction without its trace, which is a direction of the
/// smaller space, at the radius of a ball in it.
fn traceless(n: usize, radius: f64, rng: &mut Rng) -> Matrix {
    let d = n * (n + 1) / 2;
    if d == 1 {
        return Matrix::zeros(1, 1);
    }
    let normal: Vec<f64> = (0..d).map(|_| rng.normal()).collect();
    let x = symmetric_from(n, &normal);
    let x = &x - &Matrix::identity(n).scaled(x.trace() / n as f64);
    let r = radius * rng.uniform().powf(1.0 / (d - 1) as f64);
    x.scaled(r / x.frobenius().max(f64::MIN_POSITIVE))
}

/// Uniform [[A, B], [B, −A]] with A and B symmetric and ‖X‖_F ≤ radius.
fn hamiltonian(n: usize, radius: f64, rng: &mut Rng) -> Matrix {
    let half = n * (n + 1) / 2;
    // ‖X‖² = 2 ‖A‖² + 2 ‖B‖².
    let c = ball(2 * half, radius * 0.5_f64.sqrt(), rng);
    let (a, b) = (symmetric_from(n, &c[..half]), symmetric_from(n, &c[half..]));
    let mut x = Matrix::direct_sum(&[&a, &-&a]);
    x.set_block(0, n, &b);
    x.set_block(n, 0, &b);
    x
}

/// exp(X) k with the weight ∏ sinh(μ)/μ over the `roots` μ of the ascending eigenvalues of X.
fn polar(x: Matrix, k: &Matrix, roots: fn(&[f64]) -> Vec<f64>) -> Draw {
    let Ok(eigen) = symmetric_eigen(&x) else {
        // No finite X is known that does this; such a draw would count nothing.
        return Draw { element: k.clone(), log_weight: f64::NEG_INFINITY };
    };
    let mut values = eigen.values.clone();
    values.reverse();
    let log_weight = roots(&values).into_iter().map(log_sinh_ratio).sum();
    Draw { element: &eigen.map(f64::exp) * k, log_weight }
}

/// lⱼ − lᵢ for i < j.
fn root_pairs(l: &[f64]) -> Vec<f64> {
    (0..l.len()).flat_map(|i| (i + 1..l.len()).map(move |j| l[j] - l[i])).collect()
}

/// From the eigenvalues ± lᵢ in ascending order: lᵢ ± lⱼ for i < j and 2 lᵢ.
fn symplectic_roots(values: &[f64]) -> Vec<f64> {
    let l = &values[values.len() / 2..];
    let mut roots = root_pairs(l);
    for i in 0..l.len() {
        roots.extend(l[i..].iter().map(|other| l[i] + other));
    }
    roots
}

/// log (sinh μ / μ), without overflow.
fn log_sinh_ratio(mu: f64) -> f64 {
    let m = mu.abs();
    if m < 1e-3 { m * m / 6.0 } else { m + (-(-2.0 * m).exp_m1() / (2.0 * m)).ln() }
}

/// A boost, its vector uniform in the ball, after a uniform rotation.
fn boosted(n: usize, radius: f64, rng: &mut Rng) -> Draw {
    let b = ball(n, radius, rng);
    let rapidity = b.iter().map(|v| v * v).sum::<f64>().sqrt();
    let turn = lorentz::rotation(&rotation(n, rng));
    let log_weight = (n as f64 - 1.0) * log_sinh_ratio(rapidity);
    Draw { element: &lorentz::boost(&b) * &turn, log_weight }
}

/// A linear draw of log |det A| = `log_determinant` with a translation after it; left Haar measure.
fn moved(linear: Draw, log_determinant: f64, truncation: Truncation, rng: &mut Rng) -> Draw {
    let a = linear.element;
    let t: Vec<f64> = (0..a.rows()).map(|_| truncation.translation * (2.0 * rng.uniform() - 1.0)).collect();
    Draw { element: homogeneous(&a, &t), log_weight: linear.log_weight - log_determinant }
}
