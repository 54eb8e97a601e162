//! Groups: the axioms on random elements, the form they keep, sampling laws, handles.

use equiscope::maths::group::{Group, MENU};
use equiscope::maths::rng::Rng;
use equiscope::maths::{Coordinate, Coords, Matrix, Orbit};

/// Rounding of products of a few small matrices.
const ROUNDING: f64 = 1e-12;

fn form(eta: &[f64], a: &[f64], b: &[f64]) -> f64 {
    eta.iter().zip(a).zip(b).map(|((e, a), b)| e * a * b).sum()
}

#[test]
fn elements_keep_the_form_of_their_group() {
    let mut rng = Rng::new(1, 0);
    for group in MENU.into_iter().filter(|g| g.keeps_metric()) {
        let eta = group.metric();
        for _ in 0..200 {
            let g = group.sample(&mut rng, 3.0);
            let v: Vec<f64> = (0..group.dim()).map(|_| rng.normal()).collect();
            let w: Vec<f64> = (0..group.dim()).map(|_| rng.normal()).collect();
            let scale = g.operator_norm().powi(2) * 10.0;
            let difference = form(&eta, &g.apply(&v), &g.apply(&w)) - form(&eta, &v, &w);
            assert!(difference.abs() < ROUNDING * scale, "{group}: {difference}");
        }
    }
}

#[test]
fn products_and_inverses_stay_in_the_group() {
    let mut rng = Rng::new(2, 0);
    for group in MENU {
        for _ in 0..50 {
            let (a, b) = (group.sample(&mut rng, 1.0), group.sample(&mut rng, 1.0));
            let product = &a * &b;
            let back = &product * &b.inverse().unwrap();
            assert!(back.max_difference(&a) < 1e-10, "{group}");
            let determinant = product.determinant();
            if group.keeps_metric() {
                assert!((determinant.abs() - 1.0).abs() < 1e-10, "{group}: {determinant}");
            }
            if !group.has_mirror() {
                assert!(determinant > 0.0, "{group}: {determinant}");
            }
        }
    }
}

#[test]
fn finite_groups_have_their_order_and_close() {
    for (group, order) in [(Group::Cyclic(5), 5), (Group::Dihedral(6), 12)] {
        assert_eq!(group.order(), Some(order));
        let mut elements: Vec<Matrix> = vec![Matrix::identity(2)];
        let mut next = 0;
        while next < elements.len() {
            for h in group.discrete_generators() {
                let p = &elements[next] * &h;
                if elements.iter().all(|e| e.max_difference(&p) > 1e-9) {
                    elements.push(p);
                }
            }
            next += 1;
        }
        assert_eq!(elements.len(), order as usize);
        let mut rng = Rng::new(3, 0);
        for _ in 0..100 {
            let g = group.sample(&mut rng, 0.0);
            assert!(elements.iter().any(|e| e.max_difference(&g) < 1e-9), "{group}");
        }
    }
}

#[test]
fn handles_reach_the_generators() {
    // The derivative of the handle at the identity along its first coordinate is a combination of generators.
    for group in MENU.into_iter().filter(|g| !g.lie_generators().is_empty()) {
        let first = group.coordinates()[0];
        let h = 1e-6;
        let at = |v: f64| {
            let mut c = Coords::default();
            first.set(&mut c, v);
            group.element(&c)
        };
        let (up, down) = (at(h), at(-h));
        let derivative = (&up - &down).scaled(0.5 / h);
        let algebra = group.matrix_group().algebra();
        let rest = (&derivative - &algebra.projection(&derivative)).frobenius();
        assert!(derivative.frobenius() > 1.0 && rest < 1e-8, "{group}: {derivative:?}");
    }
}

#[test]
fn mirrors_have_determinant_minus_one_and_square_to_one_at_angle_zero() {
    for group in [Group::Orthogonal(2), Group::Orthogonal(3), Group::Dihedral(6)] {
        let g = group.element(&Coords { mirror: true, axis: [0.3, -0.5, 0.8], ..Coords::default() });
        assert!((g.determinant() + 1.0).abs() < ROUNDING);
        assert!((&g * &g).max_difference(&Matrix::identity(group.dim())) < ROUNDING);
    }
}

#[test]
fn rotations_are_sampled_uniformly() {
    // E[tr g] = 0 and E[(tr g)²] = 1 for Haar measure on SO(3); E[g] = 0 for every irreducible base space.
    let mut rng = Rng::new(4, 0);
    let n = 40_000;
    let traces: Vec<f64> = (0..n)
        .map(|_| {
            let g = Group::Rotation(3).sample(&mut rng, 0.0);
            g[(0, 0)] + g[(1, 1)] + g[(2, 2)]
        })
        .collect();
    let mean = traces.iter().sum::<f64>() / f64::from(n);
    let square = traces.iter().map(|t| t * t).sum::<f64>() / f64::from(n);
    // Five standard errors: the standard deviations of tr and tr² are 1 and √2.
    assert!(mean.abs() < 5.0 / f64::from(n).sqrt(), "{mean}");
    assert!((square - 1.0).abs() < 5.0 * 1.5 / f64::from(n).sqrt(), "{square}");
}

#[test]
fn names_are_read_back() {
    for group in MENU {
        assert_eq!(group.to_string().parse::<Group>(), Ok(group));
        assert_eq!(group.pretty().parse::<Group>(), Ok(group));
    }
    for bad in ["", "SO", "SO(7)", "C(0)", "C(65)", "SO+(1,9)", "O(2", "D(-3)"] {
        assert!(bad.parse::<Group>().is_err(), "{bad}");
    }
}

#[test]
fn an_orbit_passes_through_the_present_element() {
    let c = Coords { angle: 1.0, mirror: true, ..Coords::default() };
    let orbit = Orbit::through(Group::Orthogonal(2), &c, 361);
    let g = Group::Orthogonal(2).element(&c);
    let nearest = orbit.elements.iter().map(|e| e.max_difference(&g)).fold(f64::INFINITY, f64::min);
    assert!(nearest < 0.02, "{nearest}");
    assert_eq!(Orbit::through(Group::Cyclic(4), &c, 256).elements.len(), 4);
}

#[test]
fn what_is_not_finite_becomes_the_identity() {
    let c = Coords { angle: f64::NAN, rapidity: f64::INFINITY, axis: [f64::NAN; 3], ..Coords::default() }
        .clamped();
    assert_eq!(c, Coords::default());
    let mut d = Coords::default();
    Coordinate::Scale.set(&mut d, f64::NAN);
    assert_eq!(d.scale, 1.0);
    Coordinate::Scale.set(&mut d, 1e9);
    assert_eq!(d.scale, 4.0);
}
