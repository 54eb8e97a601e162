//! The geodesic from 1 to a given element.

use super::{gaussian, relative, rotation};
use equiscope::maths::exp::geodesic::{Geodesic, Space};
use equiscope::maths::exp::path::StretchTurn;
use equiscope::maths::exp::{exp, log, plane::exp_so2};
use equiscope::maths::rng::Rng;
use equiscope::maths::{Matrix, lorentz};
use std::f64::consts::{PI, SQRT_2};

/// How far the end may be from g, relative to ‖g‖.
const END: f64 = 1e-10;

fn to(g: &Matrix, space: Space) -> Geodesic {
    Geodesic::to(g, space).unwrap().unwrap_or_else(|| panic!("no geodesic to {g:?}"))
}

/// A random element with log-singular values up to `stretch` and any turn.
fn element(rng: &mut Rng, n: usize, stretch: f64) -> Matrix {
    let (u, v) = (turn(rng, n), turn(rng, n));
    let d: Vec<f64> = (0..n).map(|_| (stretch * (2.0 * rng.uniform() - 1.0)).exp()).collect();
    &(&u * &Matrix::diagonal(&d)) * &v
}

fn turn(rng: &mut Rng, n: usize) -> Matrix {
    if n == 2 { exp_so2(2.0 * PI * rng.uniform()) } else { rotation(rng, n) }
}

/// ‖Ω‖ + ‖S‖ for g = exp(Ω) exp(S): the length of first turning, then stretching.
fn turn_then_stretch(g: &Matrix) -> f64 {
    let parts = StretchTurn::of(g).unwrap().unwrap();
    parts.turn.frobenius() + parts.stretch.frobenius()
}

/// Largest misfit of ξ′ = P(ξᵀξ − ξξᵀ) along the way, ξ = γ⁻¹γ′ by differences of order four, relative to ‖X‖².
fn equation(path: &Geodesic, project: impl Fn(&Matrix) -> Matrix) -> f64 {
    let h = 1e-3;
    let differ = |f: &dyn Fn(f64) -> Matrix, s: f64| {
        let near = (&f(s + h) - &f(s - h)).scaled(8.0);
        let far = &f(s + 2.0 * h) - &f(s - 2.0 * h);
        (&near - &far).scaled(1.0 / (12.0 * h))
    };
    let at = |s: f64| path.at(s).unwrap();
    let velocity = |s: f64| &at(s).inverse().unwrap() * &differ(&at, s);
    let unit = path.length.powi(2).max(1.0);
    let misfit = |s: f64| {
        let v = velocity(s);
        let expected = project(&(&(&v.transpose() * &v) - &(&v * &v.transpose())));
        (&differ(&velocity, s) - &expected).frobenius() / unit
    };
    [0.1, 0.4, 0.6, 0.9].map(misfit).into_iter().fold(0.0, f64::max)
}

#[test]
fn plane_maps_are_reached_by_the_shortest() {
    let mut rng = Rng::new(1, 0);
    let (mut unreached, mut worst) = (0, 0.0f64);
    for i in 0..2000 {
        let g = element(&mut rng, 2, [0.2, 1.0, 3.0][i % 3]);
        let path = to(&g, Space::Linear);
        let end = path.at(1.0).unwrap();
        assert!(relative(&end, &g) < END && path.proved);
        assert!(path.at(0.0).unwrap().max_difference(&Matrix::identity(2)) < 1e-15);
        worst = worst.max(relative(&end, &g));
        let least = turn_then_stretch(&g);
        assert!(path.length <= least * (1.0 + 1e-12), "{} {least}", path.length);
        match log(&g).unwrap().matrix {
            Some(x) => assert!(path.length <= x.frobenius() * (1.0 + 1e-12)),
            None => unreached += 1,
        }
        if i % 20 == 0 {
            assert!(equation(&path, Matrix::clone) < 1e-5, "{}", equation(&path, Matrix::clone));
        }
    }
    assert!(unreached > 200, "{unreached}");
    assert!(worst < 1e-12, "{worst:e}");
}

#[test]
fn maps_of_space_are_reached_too() {
    let mut rng = Rng::new(2, 0);
    let (mut shorter, mut unreached) = (0, 0);
    for i in 0..150 {
        let n = if i % 10 == 9 { 4 } else { 3 };
        let g = element(&mut rng, n, [0.2, 1.0, 2.0][i % 3]);
        let path = to(&g, Space::Linear);
        assert!(relative(&path.at(1.0).unwrap(), &g) < END);
        let least = turn_then_stretch(&g);
        assert!(path.length <= least * (1.0 + 1e-12), "{} {least} {g:?}", path.length);
        shorter += usize::from(path.length < 0.95 * least);
        match log(&g).unwrap().matrix {
            Some(x) => assert!(path.length <= x.frobenius() * (1.0 + 1e-12)),
            None => unreached += 1,
        }
        if i % 30 == 0 {
            assert!(equation(&path, Matrix::clone) < 1e-5, "{}", equation(&path, Matrix::clone));
        }
        // In SL(n) the way stays there.
        let special = g.scaled(g.determinant().powf(-1.0 / n as f64));
        assert!(to(&special, Space::Linear).velocity.trace().abs() < 1e-9);
    }
    assert!(shorter > 100 && unreached > 20, "{shorter} {unreached}");
}

#[test]
fn a_map_that_keeps_an_axis_takes_the_way_of_the_plane() {
    let mut rng = Rng::new(3, 0);
    for _ in 0..20 {
        let g = element(&mut rng, 2, 1.0);
        let inner = to(&g, Space::Linear).length;
        let whole = Matrix::direct_sum(&[&g, &Matrix::diagonal(&[1.7])]);
        let found = to(&whole, Space::Linear);
        assert!(found.length <= inner.hypot(1.7f64.ln()) * (1.0 + 1e-9), "{} {inner}", found.length);
    }
}

#[test]
fn rotations_take_their_one_parameter_subgroup() {
    let mut rng = Rng::new(4, 0);
    for n in 2..6 {
        let g = turn(&mut rng, n);
        let path = to(&g, Space::Rotation);
        assert!(path.proved && relative(&path.at(1.0).unwrap(), &g) < 1e-13);
        assert!((path.length - log(&g).unwrap().matrix.unwrap().frobenius()).abs() < 1e-9);
        let skew = |m: &Matrix| (m - &m.transpose()).scaled(0.5);
        assert!(equation(&path, skew) < 1e-6);
    }
    assert_eq!(Geodesic::to(&Matrix::diagonal(&[2.0, 0.5]), Space::Rotation).unwrap(), None);
}

/// A boost of that rapidity in a random direction, after a random rotation.
fn transformation(rng: &mut Rng, n: usize, rapidity: f64) -> Matrix {
    let direction: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
    let size = direction.iter().map(|v| v * v).sum::<f64>().sqrt();
    let boost = lorentz::boost(&direction.iter().map(|v| v * rapidity / size).collect::<Vec<_>>());
    if n == 1 { boost } else { &boost * &lorentz::rotation(&turn(rng, n)) }
}

/// The part of m in so(1,n).
fn lorentzian(m: &Matrix) -> Matrix {
    Matrix::from_fn(m.rows(), m.cols(), |i, j| {
        let sign = if (i == 0) == (j == 0) { -1.0 } else { 1.0 };
        0.5 * (m[(i, j)] + sign * m[(j, i)])
    })
}

#[test]
fn lorentz_transformations_are_reached_within_their_group() {
    let mut rng = Rng::new(5, 0);
    for i in 0..90 {
        let (n, rapidity) = (1 + i % 3, 3.0 * rng.uniform());
        let g = transformation(&mut rng, n, rapidity);
        let path = to(&g, Space::Lorentz);
        assert!(relative(&path.at(1.0).unwrap(), &g) < END);
        assert!(path.velocity.max_difference(&lorentzian(&path.velocity)) < 1e-12);
        assert_eq!(path.proved, n < 3);
        let (b, r) = lorentz::BoostRotation::left(&g).unwrap().matrices();
        let pieces = [b, r].map(|m| log(&m).unwrap().matrix.map_or(f64::INFINITY, |x| x.frobenius()));
        assert!(path.length <= (pieces[0] + pieces[1]) * (1.0 + 1e-9));
        if i % 10 == 0 {
            assert!(equation(&path, lorentzian) < 1e-5, "{n}: {}", equation(&path, lorentzian));
        }
    }
    // SO⁺(1,2) is SL(2) with its half turns forgotten: twice the length of the shorter of ± A.
    let plane = to(&(&Matrix::diagonal(&[1.2f64.exp(), (-1.2f64).exp()]) * &exp_so2(0.7)), Space::Linear);
    let events = &lorentz::boost(&[2.4, 0.0]) * &lorentz::rotation(&exp_so2(1.4));
    assert!((to(&events, Space::Lorentz).length - 2.0 * plane.length).abs() < 1e-9);
    // The same transformation in one dimension more.
    let wider = Matrix::direct_sum(&[&events, &Matrix::identity(1)]);
    assert!((to(&wider, Space::Lorentz).length - 2.0 * plane.length).abs() < 1e-9);
}

#[test]
fn affine_maps_are_reached_by_integration() {
    let mut rng = Rng::new(6, 0);
    let flat = |m: &Matrix| Matrix::from_fn(3, 3, |i, j| if i < 2 { m[(i, j)] } else { 0.0 });
    for i in 0..40 {
        let linear = element(&mut rng, 2, [0.5, 1.2][i % 2]);
        let mut g = Matrix::direct_sum(&[&linear, &Matrix::identity(1)]);
        (g[(0, 2)], g[(1, 2)]) = (2.0 * rng.normal(), 2.0 * rng.normal());
        let path = to(&g, Space::Affine);
        let end = path.at(1.0).unwrap();
        assert!(relative(&end, &g) < END && !path.proved);
        assert_eq!(end.to_rows()[2], [0.0, 0.0, 1.0]);
        // Not longer than first the linear part, then the translation, whose velocity is seen from there.
        let inner = to(&linear, Space::Linear).length;
        let seen = linear.inverse().unwrap().apply(&[g[(0, 2)], g[(1, 2)]]);
        let first = seen[0].hypot(seen[1]).min(g[(0, 2)].hypot(g[(1, 2)]));
        assert!(path.length <= (inner + first) * (1.0 + 1e-7), "{} {inner} {first}", path.length);
        assert!(path.length >= inner * (1.0 - 1e-7));
        if i % 8 == 0 {
            // Errors of the steps, a thousandfold by the differences.
            assert!(equation(&path, flat) < 2e-3, "{}", equation(&path, flat));
        }
    }
    // A translation goes straight, and a linear map does not leave its place.
    let shift = Matrix::from_rows(&[[1.0, 0.0, 0.3], [0.0, 1.0, -0.4], [0.0, 0.0, 1.0]]);
    assert!(to(&shift, Space::Affine).length <= 0.5 + 1e-12);
    let linear = element(&mut rng, 2, 1.0);
    let still = to(&Matrix::direct_sum(&[&linear, &Matrix::identity(1)]), Space::Affine);
    assert!((still.length - to(&linear, Space::Linear).length).abs() < 1e-6);
}

/// Length of s ↦ γ(s) exp(ε sin(πs) B), by the middle of 400 pieces.
fn bent(way: &dyn Fn(f64) -> Matrix, b: &Matrix, epsilon: f64) -> f64 {
    const PIECES: usize = 400;
    let at = |i: usize| {
        let s = i as f64 / PIECES as f64;
        &way(s) * &exp(&b.scaled(epsilon * (PI * s).sin())).unwrap()
    };
    let points: Vec<Matrix> = (0..=PIECES).map(at).collect();
    points
        .windows(2)
        .map(|w| {
            let middle = (&w[0] + &w[1]).scaled(0.5);
            (&middle.inverse().unwrap() * &(&w[1] - &w[0])).frobenius()
        })
        .sum()
}

#[test]
fn bending_the_way_does_not_make_it_shorter() {
    let mut rng = Rng::new(7, 0);
    let mut felt = 0.0f64;
    for i in 0..12 {
        let n = 2 + i % 2;
        let g = element(&mut rng, n, 0.8);
        let path = to(&g, Space::Linear);
        let other = StretchTurn::of(&g).unwrap().unwrap();
        let b = gaussian(&mut rng, n, 1.0);
        let (shortest, detour): (&dyn Fn(f64) -> Matrix, &dyn Fn(f64) -> Matrix) =
            (&|s| path.at(s).unwrap(), &|s| other.together(s).unwrap());
        let h = 1e-3;
        let slope = |way: &dyn Fn(f64) -> Matrix| (bent(way, &b, h) - bent(way, &b, -h)) / (2.0 * h);
        assert!((bent(shortest, &b, 0.0) - path.length).abs() < 1e-4 * path.length);
        // To first order nothing changes, to second order it becomes longer.
        assert!(slope(shortest).abs() < 2e-3, "{}", slope(shortest));
        assert!(bent(shortest, &b, 0.2) > path.length && bent(shortest, &b, -0.2) > path.length);
        felt = felt.max(slope(detour).abs());
    }
    assert!(felt > 0.1, "another way would do as well: {felt}");
}

#[test]
fn half_turns_and_nearly_half_turns() {
    let half = to(&Matrix::diagonal(&[-1.0, -1.0]), Space::Linear);
    assert!((half.length - SQRT_2 * PI).abs() < 1e-12 && half.at(0.5).unwrap()[(1, 0)] > 0.99);
    for stretch in [0.0, 1e-14, 1e-9, 1e-5, 1e-2, 0.3, 3.0] {
        for angle in [PI, PI - 1e-12, PI - 1e-6, -PI + 1e-3] {
            let d = Matrix::diagonal(&[f64::exp(stretch), f64::exp(-stretch)]);
            let g = &(&exp_so2(0.3) * &d) * &exp_so2(angle - 0.3);
            let path = to(&g, Space::Linear);
            assert!(relative(&path.at(1.0).unwrap(), &g) < END, "{stretch} {angle}");
            assert!(path.length <= SQRT_2 * (stretch + PI) + 1e-9);
            // In space, beside an axis that stays.
            let whole = Matrix::direct_sum(&[&g, &Matrix::identity(1)]);
            let inside = to(&whole, Space::Linear);
            assert!(relative(&inside.at(1.0).unwrap(), &whole) < END, "{stretch} {angle}");
            assert!(inside.length <= path.length * (1.0 + 1e-9));
        }
    }
    // The mirror image is as short: the length does not jump where the angle does.
    let near = |angle: f64| to(&(&Matrix::diagonal(&[2.0, 0.5]) * &exp_so2(angle)), Space::Linear).length;
    assert!((near(PI - 1e-9) - near(-PI + 1e-9)).abs() < 1e-8);
    let about = |axis: [f64; 3]| {
        let n = Matrix::from_fn(3, 3, |i, j| 2.0 * axis[i] * axis[j]);
        &n - &Matrix::identity(3)
    };
    for space in [Space::Rotation, Space::Linear] {
        let path = to(&about([0.6, 0.0, 0.8]), space);
        assert!((path.length - SQRT_2 * PI).abs() < 1e-9 || path.length < SQRT_2 * PI);
    }
    let events = lorentz::rotation(&about([0.0, 0.0, 1.0]));
    assert!(to(&events, Space::Lorentz).length <= SQRT_2 * PI + 1e-9);
}

#[test]
fn nearly_singular_maps_are_reached_and_singular_ones_are_not() {
    for (small, bound) in [(1e-3, 1e-12), (1e-6, 1e-11), (1e-9, 1e-10), (1e-12, 1e-10)] {
        let g = &(&exp_so2(1.1) * &Matrix::diagonal(&[1.0, small])) * &exp_so2(0.9);
        assert!(relative(&to(&g, Space::Linear).at(1.0).unwrap(), &g) < bound, "{small}");
    }
    for small in [1e-2, 1e-4] {
        let g = &Matrix::diagonal(&[1.0, 2.0, small]) * &rotation(&mut Rng::new(8, 0), 3);
        assert!(relative(&to(&g, Space::Linear).at(1.0).unwrap(), &g) < END, "{small}");
    }
    for g in [
        Matrix::zeros(2, 2),
        Matrix::diagonal(&[1.0, 0.0]),
        Matrix::diagonal(&[1.0, -1.0]),
        Matrix::diagonal(&[1.0, 1.0, -1.0]),
        Matrix::diagonal(&[1.0, 1.0, 0.0]),
    ] {
        assert_eq!(Geodesic::to(&g, Space::Linear).unwrap(), None, "{g:?}");
    }
    assert!(Geodesic::to(&Matrix::zeros(2, 3), Space::Linear).is_err());
    assert!(Geodesic::to(&Matrix::diagonal(&[f64::NAN, 1.0]), Space::Linear).is_err());
    let one = to(&Matrix::identity(3), Space::Linear);
    assert!(one.length == 0.0 && one.at(0.4).unwrap() == Matrix::identity(3));
}

/// An element of each space that a search is needed for, or none.
fn anywhere(space: Space, rng: &mut Rng) -> Matrix {
    match space {
        Space::Linear => element(rng, 3, 0.6),
        Space::Rotation => rotation(rng, 3),
        Space::Lorentz => {
            let eta = [0; 3].map(|_| 0.6 * rng.normal());
            &lorentz::boost(&eta) * &lorentz::rotation(&rotation(rng, 3))
        }
        Space::Affine => {
            let mut g = Matrix::identity(3);
            g.set_block(0, 0, &element(rng, 2, 0.6));
            (g[(0, 2)], g[(1, 2)]) = (rng.normal(), rng.normal());
            g
        }
    }
}

const SPACES: [Space; 4] = [Space::Linear, Space::Rotation, Space::Lorentz, Space::Affine];

#[test]
fn many_points_at_once_are_those_one_by_one() {
    let mut rng = Rng::new(11, 0);
    for space in SPACES {
        for n in [1, 4, 32, 80] {
            let path = to(&anywhere(space, &mut rng), space);
            let points = path.points(n).unwrap();
            assert_eq!(points.len(), n + 1);
            assert_eq!(points[n], path.at(1.0).unwrap());
            for (i, point) in points.iter().enumerate() {
                // Those of Aff⁺(2) are integrated by other steps, each to 1e-6.
                let bound = if space == Space::Affine { 2e-6 } else { 1e-12 };
                let one = path.at(i as f64 / n as f64).unwrap();
                assert!(relative(point, &one) < bound, "{space:?} {i} of {n}");
            }
        }
    }
}

#[test]
fn a_geodesic_goes_along_with_its_end() {
    let mut rng = Rng::new(12, 0);
    for space in SPACES {
        for _ in 0..10 {
            let (g, before) = (anywhere(space, &mut rng), anywhere(space, &mut rng));
            let path = to(&g, space);
            // A step of one frame of a drag.
            let h = to(&before, space).at(0.02).unwrap();
            let next = &h * &g;
            let Some(moved) = path.moved_to(&next).unwrap() else {
                panic!("{space:?}: lost at {next:?}");
            };
            assert!(relative(&moved.at(1.0).unwrap(), &next) < END, "{space:?}");
            assert!(relative(&moved.velocity, &path.velocity) < 1.0, "{space:?}");
            let fresh = to(&next, space);
            assert!(moved.length > fresh.length - 1e-6, "{space:?}: the search found a longer one");
        }
    }
    // What is in another space, or of another size, has none.
    let path = to(&anywhere(Space::Lorentz, &mut rng), Space::Lorentz);
    assert!(path.moved_to(&Matrix::diagonal(&[2.0, 1.0, 1.0, 1.0])).unwrap().is_none());
}
