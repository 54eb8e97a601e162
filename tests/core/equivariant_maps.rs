//! Bases of equivariant maps: their dimensions against independent tables, and what makes them bases.

use crate::rep_support::{Element, close, group, random, random_elements, rep};
use equiscope::maths::Matrix;
use equiscope::maths::basis::{BasisError, EquivariantBasis, Solver, hom};
use equiscope::maths::matrix_group::MatrixGroup;
use equiscope::maths::rep::{Rep, RepError};
use equiscope::maths::rng::Rng;

#[derive(serde::Deserialize)]
struct Row {
    group: String,
    from: String,
    to: String,
    dimension: usize,
}

fn table() -> Vec<Row> {
    serde_json::from_str(include_str!("../reference/basis_dims.json")).unwrap()
}

fn basis(g: &str, from: &str, to: &str) -> EquivariantBasis {
    Solver::new(group(g)).hom(&rep(from), &rep(to)).unwrap()
}

#[test]
fn dimensions_agree_with_the_table() {
    let rows = table();
    assert!(rows.len() >= 170, "{} rows", rows.len());
    let bad: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let found = basis(&row.group, &row.from, &row.to).dimension();
            let Row { group, from, to, dimension } = row;
            (found != *dimension).then(|| format!("{group}: {from} → {to}: {found}, not {dimension}"))
        })
        .collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Largest ‖ρ₂(g) B − B ρ₁(g)‖ / (‖ρ₂(g)‖ + ‖ρ₁(g)‖) of an element over random g.
fn worst_failure(g: &MatrixGroup, from: &Rep, to: &Rep, basis: &EquivariantBasis) -> f64 {
    let (from, to) = (from.on(g).unwrap(), to.on(g).unwrap());
    let mut worst = 0.0_f64;
    for Element { matrix, .. } in random_elements(g, 4, 11) {
        let (left, right) = (to.rho(&matrix).unwrap(), from.rho(&matrix).unwrap());
        let size = left.operator_norm() + right.operator_norm();
        for b in basis.matrices() {
            worst = worst.max((&(&left * &b) - &(&b * &right)).frobenius() / size);
        }
    }
    worst
}

#[test]
fn every_element_of_a_basis_is_equivariant_orthonormal_and_kept_by_the_projection() {
    let mut checked = 0;
    for row in table() {
        let (g, from, to) = (group(&row.group), rep(&row.from), rep(&row.to));
        let basis = Solver::new(g.clone()).hom(&from, &to).unwrap();
        let (rows, cols) = basis.shape();
        if rows.max(cols) > 64 || rows * cols * basis.dimension() > 30_000 {
            continue;
        }
        checked += 1;
        let name = format!("{}: {} → {}", row.group, row.from, row.to);
        assert!(worst_failure(&g, &from, &to, &basis) < 1e-11, "{name}");
        assert!(basis.worst_residual() < 1e-12, "{name}: {}", basis.worst_residual());
        for (i, a) in basis.matrices().enumerate() {
            for (j, c) in basis.coefficients(&a).unwrap().iter().enumerate() {
                assert!((c - f64::from(u8::from(i == j))).abs() < 1e-12, "{name}: ⟨{i}, {j}⟩ = {c}");
            }
        }
    }
    assert!(checked > 150, "{checked}");
}

#[test]
fn the_projection_is_idempotent_symmetric_and_the_nearest() {
    let mut rng = Rng::new(3, 0);
    for (g, from, to) in
        [("O(3)", "T0+T1+2T2", "2T1+T2"), ("SO+(1,3)", "T1+T2", "T2+T0"), ("S(4)", "T2", "T2+T1")]
    {
        let basis = basis(g, from, to);
        let (rows, cols) = basis.shape();
        let (a, b) = (random(&mut rng, rows, cols), random(&mut rng, rows, cols));
        let (pa, pb) = (basis.project(&a).unwrap(), basis.project(&b).unwrap());
        close(&basis.project(&pa).unwrap(), &pa, 1e-12);
        let inner = |x: &Matrix, y: &Matrix| (&x.transpose() * y).trace();
        assert!((inner(&pa, &b) - inner(&a, &pb)).abs() < 1e-10);
        // What is left stands at right angles to every element, and the projection did something.
        let left = &a - &pa;
        assert!(basis.coefficients(&left).unwrap().iter().all(|c| c.abs() < 1e-11));
        assert!(left.frobenius() > 1.0 && pa.frobenius() > 0.1);
        assert_eq!(basis.project(&Matrix::zeros(rows + 1, cols)), None);
    }
}

#[test]
fn the_projection_is_the_mean_over_a_finite_group() {
    let g = group("D(4)");
    let (from, to) = (rep("T2"), rep("T1*T1+1x2"));
    let mut elements = vec![Matrix::identity(2)];
    for k in 0..elements.len() + 7 {
        for h in g.discrete() {
            let next = h * &elements[k];
            if elements.iter().all(|e| e.max_difference(&next) > 1e-9) {
                elements.push(next);
            }
        }
        if elements.len() == 8 {
            break;
        }
    }
    assert_eq!(elements.len(), 8);
    let w = random(&mut Rng::new(5, 0), 6, 4);
    let (a, b) = (from.on(&g).unwrap(), to.on(&g).unwrap());
    let mean = elements.iter().fold(Matrix::zeros(6, 4), |sum, h| {
        let moved = &(&b.rho(h).unwrap() * &w) * &a.rho(&h.inverse().unwrap()).unwrap();
        &sum + &moved.scaled(1.0 / 8.0)
    });
    close(&Solver::new(g).hom(&from, &to).unwrap().project(&w).unwrap(), &mean, 1e-12);
}

#[test]
fn closed_forms() {
    // Vectors of O(3): the identity alone.
    let vector = basis("O(3)", "T1", "T1");
    assert_eq!(vector.dimension(), 1);
    close(&vector.matrix(0), &Matrix::identity(3).scaled(1.0 / 3f64.sqrt()), 1e-14);
    // Matrices: A, its transpose and its trace. The span is what counts.
    let tensors = basis("O(3)", "T2", "T2");
    let transpose = Matrix::from_fn(9, 9, |r, c| f64::from(u8::from((r / 3, r % 3) == (c % 3, c / 3))));
    let trace = Matrix::from_fn(9, 9, |r, c| f64::from(u8::from(r % 4 == 0 && c % 4 == 0)));
    assert_eq!(tensors.dimension(), 3);
    for known in [Matrix::identity(9), transpose, trace] {
        close(&tensors.project(&known).unwrap(), &known, 1e-13);
    }
    // The Minkowski metric, and the cross product.
    let metric = basis("SO+(1,3)", "T0", "T2").matrix(0);
    close(
        &metric.scaled(2.0),
        &Matrix::from_fn(16, 1, |i, _| [1.0, -1.0][usize::from(i > 0)] * f64::from(u8::from(i % 5 == 0))),
        1e-13,
    );
    let cross = Solver::new(group("SO(3)")).bilinear(&rep("T1"), &rep("T1"), &rep("T1")).unwrap();
    assert_eq!(cross.dimension(), 1);
    let w = cross.matrix(0);
    let image = w.apply(&[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert!((image[2].abs() - 1.0 / 6f64.sqrt()).abs() < 1e-13 && image[0].abs() + image[1].abs() < 1e-13);
}

#[test]
fn copies_are_copies() {
    let one = basis("SO(3)", "T1", "T2").dimension();
    let many = basis("SO(3)", "3T1+2T0", "4T2");
    assert_eq!(many.dimension(), 12 * one + 8);
    let total: Vec<f64> = (0..many.dimension()).map(|i| i as f64 + 1.0).collect();
    let back = many.coefficients(&many.combine(&total)).unwrap();
    assert!(total.iter().zip(&back).all(|(a, b)| (a - b).abs() < 1e-11));
}

#[test]
fn bilinear_maps_take_columns_in_the_order_of_the_kronecker_product() {
    for (g, a, b, c, dimension) in [
        ("O(3)", "T0+2T1", "T1+T2", "T1", None),
        ("SO(3)", "1x1+1x2", "1x2", "1x1+1x3", Some(4)),
        ("S(3)", "T1+T0", "2T1", "T1", None),
        ("O(2)", "1x1+1x0o", "1x1+1x2", "1x1+1x3", None),
    ] {
        let (group, a, b, c) = (group(g), rep(a), rep(b), rep(c));
        let basis = Solver::new(group.clone()).bilinear(&a, &b, &c).unwrap();
        assert!(
            basis.dimension() > 0 && dimension.is_none_or(|d| d == basis.dimension()),
            "{}",
            basis.dimension()
        );
        let (a, b, c) = (a.on(&group).unwrap(), b.on(&group).unwrap(), c.on(&group).unwrap());
        for Element { matrix: h, .. } in random_elements(&group, 3, 17) {
            let product = a.rho(&h).unwrap().kron(&b.rho(&h).unwrap());
            for w in basis.matrices() {
                close(&(&c.rho(&h).unwrap() * &w), &(&w * &product), 1e-11);
            }
        }
    }
}

#[test]
fn a_subgroup_has_more_maps() {
    let o3 = group("O(3)");
    let about_z = MatrixGroup::new("SO(2) about z", 3, vec![o3.lie()[2].clone()], vec![]).unwrap();
    let (from, to) = (rep("1x1o").on(&o3).unwrap(), rep("1x2e").on(&o3).unwrap());
    assert_eq!(hom(&from, &to).unwrap().dimension(), 0);
    let (from, to) = (from.restrict(&about_z).unwrap(), to.restrict(&about_z).unwrap());
    // Frequencies 0, 1 on both sides: one real map and one complex one.
    assert_eq!(hom(&from, &to).unwrap().dimension(), 3);
    // Reg of S(3) under the turns of three things is two copies of their Reg.
    let s3 = group("S(3)");
    let turns = MatrixGroup::new("turns", 3, vec![], vec![group("Z(3)").discrete()[0].clone()]).unwrap();
    let regular = Rep::regular().on(&s3).unwrap().restrict(&turns).unwrap();
    assert_eq!((regular.dim(), hom(&regular, &regular).unwrap().dimension()), (6, 12));
}

#[test]
fn what_cannot_be_solved_is_said() {
    let so3 = group("SO(3)");
    let (t1, other) = (rep("T1").on(&so3).unwrap(), rep("T1").on(&group("O(3)")).unwrap());
    assert!(matches!(hom(&t1, &other), Err(BasisError::Groups { .. })));
    let error = Solver::new(so3.clone()).hom(&rep("T9"), &rep("T9")).unwrap_err();
    assert!(matches!(error, BasisError::TooLarge { .. }) && error.to_string().contains("T9"), "{error}");
    let error = Solver::new(so3).hom(&rep("Reg"), &rep("T0")).unwrap_err();
    assert!(matches!(error, BasisError::Rep(RepError::NotFinite { .. })), "{error}");
    // A turn by 1e-5 is neither the identity nor clearly another.
    let turn = |angle: f64| {
        let (s, c) = angle.sin_cos();
        MatrixGroup::new("nearly nothing", 2, vec![], vec![Matrix::from_rows(&[[c, -s], [s, c]])])
    };
    let solve = |angle| Solver::new(turn(angle).unwrap()).hom(&rep("T1"), &rep("T0"));
    assert!(matches!(solve(1e-5), Err(BasisError::Ambiguous { .. })));
    assert_eq!(solve(1e-15).unwrap().dimension(), 2);
    let error = turn(1e-9).unwrap_err().to_string();
    assert!(
        error.starts_with("discrete[0] of nearly nothing differs from the identity by 1.0e-9"),
        "{error}"
    );
    assert_eq!(solve(1e-2).unwrap().dimension(), 0);
}

#[test]
fn generators_in_another_basis_of_the_space_give_the_same_dimensions() {
    // No entry vanishes and nothing is orthogonal: x ↦ P g P⁻¹.
    for (g, from, to, dimension) in
        [("O(3)", "T2", "T2", 3), ("SO+(1,3)", "T2", "T2", 4), ("S(4)", "T1", "T2", 5)]
    {
        let plain = group(g);
        let n = plain.dim();
        let p = &random(&mut Rng::new(23, 0), n, n).scaled(0.3) + &Matrix::identity(n);
        let inverse = p.inverse().unwrap();
        let turned = |m: &Matrix| &(&p * m) * &inverse;
        let lie = plain.lie().iter().map(turned).collect();
        let discrete = plain.discrete().iter().map(turned).collect();
        let skew = MatrixGroup::new("skew", n, lie, discrete).unwrap();
        let basis = Solver::new(skew.clone()).hom(&rep(from), &rep(to)).unwrap();
        assert_eq!(basis.dimension(), dimension, "{g}");
        assert!(worst_failure(&skew, &rep(from), &rep(to), &basis) < 1e-11);
    }
}

#[test]
fn maps_between_factors_of_a_product_are_products_of_maps() {
    for (a, b, from, to) in [
        ("Z(2)", "Z(3)", ("T1", "T1"), ("T1", "T1")),
        ("Z(2)", "Z(3)", ("T0", "T2"), ("T1", "Reg")),
        ("SO(3)", "O(1)", ("T2", "T2"), ("T1", "T0")),
        ("SO(3)", "O(1)", ("1x1", "T1"), ("1x1+1x2", "T1")),
        ("O(2)", "S(3)", ("T1", "T1"), ("T3", "T2")),
        ("SL(2)", "SO(2)", ("T2", "1x1"), ("T0", "1x1+T1")),
    ] {
        let tagged = |(x, y): (&str, &str)| {
            let of = |text: &str, k: u8| text.split('+').map(|t| format!("{t}[{k}]")).collect::<Vec<_>>();
            let terms: Vec<String> = of(x, 1)
                .iter()
                .flat_map(|l| {
                    of(y, 2).iter().map(|r| format!("{l}*{}", r.trim_start_matches("1x"))).collect::<Vec<_>>()
                })
                .collect();
            terms.join("+")
        };
        let whole = basis(&format!("{a} x {b}"), &tagged(from), &tagged(to)).dimension();
        let parts = basis(a, from.0, to.0).dimension() * basis(b, from.1, to.1).dimension();
        assert_eq!(whole, parts, "{a} x {b}: {} → {}", tagged(from), tagged(to));
    }
}

#[test]
fn dimensions_over_factors_of_a_product_follow_from_characters() {
    for (name, from, to, dimension) in [
        ("Z(2) x Z(3)", "T1[1]*T1[2]", "T1[1]*T1[2]", 6),
        ("Z(2) x Z(3)", "T1", "T1[1]", 3),
        ("Z(2) x Z(3)", "T1[1]", "T1[2]", 1),
        ("Z(2) x Z(3)", "T2[2]", "Reg[1]*T1[2]", 9),
        ("Z(2) x Z(3)", "Reg", "T1[1]*T1[2]", 6),
        ("O(1) x O(1)", "T1[1]*T1[2]", "T1[1]", 0),
        ("O(1) x O(1)", "T2[1]*T1[2]", "T1[2]", 1),
        ("D(3) x O(1)", "T2[1]*T1[2]", "T1[1]*T1[2]+T1", 2),
    ] {
        let g = group(name);
        let elements = g.elements().unwrap();
        let trace = |text: &str, h: &Matrix| rep(text).on(&g).unwrap().rho(h).unwrap().trace();
        let mean =
            elements.iter().map(|h| trace(from, h) * trace(to, h)).sum::<f64>() / elements.len() as f64;
        assert!(
            (mean - f64::from(dimension)).abs() < 1e-9,
            "{name}: {from} → {to}: the characters give {mean}"
        );
        assert_eq!(basis(name, from, to).dimension(), dimension as usize, "{name}: {from} → {to}");
    }
    // Vectors of space that a reflection of the line turns around: maps that mix the two must vanish.
    for (from, to, dimension) in [
        ("T1[1]*T1[2]", "T1[1]", 0),
        ("T1[1]*T2[2]", "T1[1]", 1),
        ("T2[1]*T1[2]", "1x1[1]*T1[2]", 1),
        ("T1", "T1", 2),
    ] {
        assert_eq!(basis("SO(3) x O(1)", from, to).dimension(), dimension, "{from} → {to}");
    }
}
