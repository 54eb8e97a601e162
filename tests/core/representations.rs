//! Representations: the notation, the algebra, and that their matrices are representations.

use crate::rep_support::{Element, close, exp, group, random_elements, rep};
use equiscope::maths::Matrix;
use equiscope::maths::matrix_group::MatrixGroup;
use equiscope::maths::rep::{Atom, Factor, MAX_ORDER, Parity, Rep, RepError};
use proptest::prelude::*;

/// Groups with what may stand on them.
const PAIRS: &[(&str, &[&str])] = &[
    ("O(2)", &["T1", "T2+T(0,1)", "1x0o+2x3+1x0e", "1x2*T1"]),
    ("SO(2)", &["T3", "1x0+1x1+1x7"]),
    ("SO(3)", &["T(2,1)", "1x0+2x1+1x2+1x5", "1x2e+1x1o*1x2o"]),
    ("O(3)", &["T0+2T1+T2", "1x0e+1x0o+1x1e+1x1o+1x2e+1x4o", "T1*2e", "1x3o*T(1,1)"]),
    ("SO+(1,3)", &["T(1,1)", "T0+T1+T2", "T(0,2)*T1"]),
    ("SL(3)", &["T(1,2)", "T2+T(0,1)"]),
    ("Sp(4)", &["T(1,1)+T2"]),
    ("SE(2)", &["T2+T(1,1)", "T(0,2)"]),
    ("S(4)", &["T2", "Reg+T1", "Reg*T1"]),
    ("D(4)", &["Reg+2T1+1x0o+1x3", "T3"]),
    ("Z(2) x Z(3)", &["Reg", "T2", "T1[1]*T2[2]+Reg[2]", "T1[2]*Reg[1]*T1"]),
    ("SO(3) x O(1)", &["1x2[1]*T1[2]+T1", "T(1,1)[1]+1x1[1]"]),
    ("O(2) x SL(2)", &["1x2[1]*T(1,1)[2]", "1x0o[1]+T(1,2)[2]"]),
    ("GL(2)", &["T(2,1)+T1"]),
];

fn pairs() -> impl Iterator<Item = (MatrixGroup, Rep)> {
    PAIRS.iter().flat_map(|(g, reps)| {
        // In products a factor carries no multiplicity.
        reps.iter().map(move |r| (group(g), rep(&r.replace("*1x", "*"))))
    })
}

#[test]
fn products_go_to_products_and_inverses_to_inverses() {
    for (g, r) in pairs() {
        let action = r.on(&g).unwrap();
        let elements = random_elements(&g, 6, 1);
        close(&action.rho(&Matrix::identity(g.dim())).unwrap(), &Matrix::identity(action.dim()), 1e-13);
        for pair in elements.chunks(2) {
            let [a, b] = [&pair[0].matrix, &pair[1].matrix];
            let (left, right) = (action.rho(a).unwrap(), action.rho(b).unwrap());
            let scale = 1.0 + left.operator_norm() * right.operator_norm();
            close(&action.rho(&(a * b)).unwrap(), &(&left * &right), 1e-12 * scale);
            let back = action.rho(&a.inverse().unwrap()).unwrap();
            close(&(&back * &left), &Matrix::identity(action.dim()), 1e-11 * scale);
        }
    }
}

#[test]
fn exponentials_go_to_exponentials_of_the_derivative() {
    let mut checked = 0;
    for (g, r) in pairs().filter(|(g, _)| !g.lie().is_empty()) {
        let action = r.on(&g).unwrap();
        for Element { algebra, .. } in random_elements(&g, 3, 2) {
            let image = exp(&action.drho(&algebra).unwrap());
            close(&action.rho(&exp(&algebra)).unwrap(), &image, 1e-11 * image.operator_norm());
            checked += 1;
        }
    }
    assert!(checked > 40);
}

#[test]
fn the_derivative_is_linear_and_keeps_brackets() {
    let bracket = |a: &Matrix, b: &Matrix| &(a * b) - &(b * a);
    for (g, r) in pairs().filter(|(g, _)| !g.lie().is_empty()) {
        let action = r.on(&g).unwrap();
        let elements = random_elements(&g, 2, 3);
        let [a, b] = [&elements[0].algebra, &elements[1].algebra];
        let (da, db) = (action.drho(a).unwrap(), action.drho(b).unwrap());
        close(&action.drho(&(a + &b.scaled(2.0))).unwrap(), &(&da + &db.scaled(2.0)), 1e-12);
        close(&action.drho(&bracket(a, b)).unwrap(), &bracket(&da, &db), 1e-11);
    }
}

#[test]
fn the_algebra_of_representations_is_that_of_matrices() {
    let g = group("SL(3)");
    let h = &random_elements(&g, 1, 4)[0].matrix;
    let rho = |r: &Rep| r.on(&g).unwrap().rho(h).unwrap();
    let (a, b) = (rep("T1+2T(0,1)"), rep("T0+T(1,1)"));
    close(&rho(&a.plus(&b)), &Matrix::direct_sum(&[&rho(&a), &rho(&b)]), 0.0);
    for r in [rep("T2"), rep("T(1,2)"), rep("T1*T(0,1)*T1"), a.clone()] {
        close(&rho(&r.dual()), &rho(&r).inverse().unwrap().transpose(), 1e-9);
    }
    // Atoms: exactly the Kronecker product; sums: up to the stated order.
    for (x, y) in [("T1", "T2"), ("T(0,1)", "T1"), ("T(1,1)", "T(1,1)"), ("T0", "T1"), ("T1", "T0")] {
        close(&rho(&rep(x).tensor(&rep(y))), &rho(&rep(x)).kron(&rho(&rep(y))), 1e-12);
    }
    let order = a.on(&g).unwrap().product_order(&b.on(&g).unwrap());
    let (product, kron) = (rho(&a.tensor(&b)), rho(&a).kron(&rho(&b)));
    let sorted = Matrix::from_fn(order.len(), order.len(), |i, j| kron[(order[i], order[j])]);
    close(&product, &sorted, 1e-12);
    assert_ne!(order, (0..order.len()).collect::<Vec<_>>(), "the order of this sum is another");
    assert_eq!(rep("T1").power(3), rep("T3"));
    assert_eq!(rep("T1+T0").power(0), Rep::trivial(1));
    assert_eq!(Rep::base().tensor(&Rep::base().dual()), rep("T(1,1)"));
}

#[test]
fn the_dual_is_the_base_for_orthogonal_groups_only() {
    for (name, same) in [("O(3)", true), ("D(4)", true), ("SO+(1,3)", false), ("SL(3)", false)] {
        let g = group(name);
        let h = &random_elements(&g, 1, 5)[0].matrix;
        let rho = |r: Rep| r.on(&g).unwrap().rho(h).unwrap();
        let off = rho(Rep::base()).max_difference(&rho(Rep::base().dual()));
        assert_eq!(off < 1e-12, same, "{name}: {off}");
    }
}

#[test]
fn the_regular_representation_permutes_without_a_fixed_point() {
    for (name, order) in [("S(4)", 24), ("D(4)", 8), ("Z(2) x Z(3)", 6), ("Trivial(2)", 1), ("C(7)", 7)] {
        let g = group(name);
        let action = Rep::regular().on(&g).unwrap();
        assert_eq!(action.dim(), order, "{name}");
        for h in g.discrete() {
            let p = action.rho(h).unwrap();
            assert_eq!(p.trace(), 0.0);
            assert_eq!(&p.transpose() * &p, Matrix::identity(order));
        }
    }
}

#[test]
fn texts_that_are_read_are_written_again() {
    for text in [
        "T0",
        "T(1,1)",
        "8T0+4T1+2T2+3T(1,1)",
        "4x0e+2x1o",
        "1x0+12x3",
        "Reg",
        "3Reg+T1+T1",
        "2x1o*T1*2e",
        "T(0,2)",
        "T(0,1)*T1",
        "T1[1]*T(1,1)[2]",
        "2x1o[1]*T1[2]+Reg[2]+T1",
        "T1[1]*T1*T1[1]",
    ] {
        assert_eq!(rep(text).to_string(), text);
    }
    for (text, canonical) in [
        ("0e + 1o", "1x0e+1x1o"),
        (" 2 T(2,0) ", "2T2"),
        ("T(3)", "T3"),
        ("2xT1", "2T1"),
        ("T1*T1", "T2"),
        ("T1*T(0,1)", "T(1,1)"),
        ("1o*T0", "1x1o"),
        ("T0[2]", "T0"),
        ("T0[2]*T1[1]*T0[1]", "T1[1]"),
        (" T1 [ 1 ] * T(1,1)[1] + 2 [3]", "T(2,1)[1]+1x2[3]"),
    ] {
        assert_eq!(rep(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn a_text_that_is_not_read_is_told_where_and_why() {
    for (text, position, word) in [
        ("", 1, "a term"),
        ("T", 2, "a power"),
        ("T1+", 4, "a term"),
        ("T1 T2", 4, "‘+’"),
        ("8T0+4Q1", 6, "‘+’"),
        ("T(1;1)", 4, "‘,’"),
        ("T(1,1", 6, "‘)’"),
        ("0T1", 1, "between 1 and"),
        ("T256", 2, "between 0 and 255"),
        ("33e", 1, "between 0 and 32"),
        ("99999999999999999999T1", 1, "between 1 and"),
        ("Rag", 2, "Reg"),
        ("T1*", 4, "a factor"),
        ("2x", 3, "a factor"),
        ("-T1", 1, "a term"),
        ("1x1o*2x2e", 7, "‘+’"),
        ("T1[", 4, "the number of a factor"),
        ("T1[0]", 4, "between 1 and 64"),
        ("T1[1+T1", 5, "‘]’"),
        ("T[1]", 2, "a power"),
    ] {
        let error = text.parse::<Rep>().unwrap_err();
        assert_eq!(error.position, position, "{error}");
        assert!(error.expected.contains(word), "{text}: {error}");
        assert!(error.to_string().contains(&format!("character {position}")), "{error}");
    }
}

fn factor() -> impl Strategy<Value = Factor> {
    let parity = prop_oneof![Just(None), Just(Some(Parity::Even)), Just(Some(Parity::Odd))];
    prop_oneof![
        (0_u8..5, 0_u8..5).prop_map(|(p, q)| Factor::Tensor { p, q }),
        Just(Factor::Regular),
        (0_u8..=32, parity).prop_map(|(degree, parity)| Factor::Irrep { degree, parity }),
    ]
}

fn any_rep() -> impl Strategy<Value = Rep> {
    let part = (factor(), prop::option::of(1_u8..=64))
        .prop_map(|(f, of)| of.map_or_else(|| Atom::from_factor(f), |k| Atom::of_group(f, k)));
    let term = (1_usize..2000, prop::collection::vec(part, 1..4)).prop_map(|(m, parts)| {
        let product = parts.into_iter().map(|atom| Rep::copies(1, atom)).reduce(|a, b| a.tensor(&b)).unwrap();
        Rep::copies(m, product.terms()[0].1.clone())
    });
    prop::collection::vec(term, 1..5).prop_map(|terms| terms.into_iter().reduce(|a, b| a.plus(&b)).unwrap())
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(r in any_rep()) {
        let text = r.to_string();
        prop_assert_eq!(text.parse::<Rep>().unwrap(), r.clone(), "{}", text);
        prop_assert_eq!(r.to_string(), text);
    }

    #[test]
    fn no_text_is_too_strange(text in "[T0-9xeoRg()\\[\\]+*, QT-]{0,20}") {
        if let Ok(r) = text.parse::<Rep>() {
            prop_assert_eq!(r.to_string().parse::<Rep>().unwrap(), r);
        }
    }
}

#[test]
fn dimensions() {
    for (g, r, dim) in [
        ("O(3)", "8T0+4T1+2T2+3T(1,1)", 8 + 12 + 18 + 27),
        ("O(3)", "4x0e+2x1o+1x3o", 4 + 6 + 7),
        ("O(2)", "2x0e+1x0o+3x4", 9),
        ("D(4)", "2Reg*T1", 32),
        ("SO+(1,3)", "T(2,1)", 64),
        ("Z(2) x Z(3)", "T1+T1[1]+T2[2]*Reg[1]", 5 + 2 + 18),
        ("O(3) x S(4)", "2x2e[1]*T1[2]+T1", 40 + 7),
    ] {
        assert_eq!(rep(r).on(&group(g)).unwrap().dim(), dim, "{r}");
    }
}

#[test]
fn a_representation_without_a_meaning_is_refused() {
    let refused = |g: &str, r: &str| rep(r).on(&group(g)).unwrap_err();
    for (g, r, word) in [
        ("SO(4)", "1x1", "R^4"),
        ("SL(3)", "1x1", "lie[0]"),
        ("S(3)", "T1+1x1", "letter"),
        ("SE(2)", "1x1", "antisymmetric"),
        ("O(3)", "1x1", "letter"),
        ("O(2)", "1x0", "letter"),
        ("O(2)", "1x2e", "frequency"),
        ("SO(3)", "Reg", "Lie algebra"),
        ("O(5)", "T200", "dimensions"),
        ("SO(3)", "T1[2]", "counted from 1 to 1"),
        ("Z(2) x Z(3)", "T1[3]", "counted from 1 to 2"),
        ("O(3) x Z(2)", "1x1[1]", "letter"),
        ("O(3) x Z(2)", "1x1o", "R^5"),
        ("SO(3) x Z(2)", "Reg[1]", "Lie algebra"),
    ] {
        let error = refused(g, r).to_string();
        assert!(error.contains(word), "{g}, {r}: {error}");
    }
    let turn = Matrix::from_rows(&[[1f64.cos(), -1f64.sin()], [1f64.sin(), 1f64.cos()]]);
    let endless = MatrixGroup::new("by one radian", 2, vec![], vec![turn.clone()]).unwrap();
    let error = Rep::regular().on(&endless).unwrap_err();
    assert!(matches!(&error, RepError::NotFinite { why, .. } if why.contains("more than")), "{error}");
    let error = refused("S(7)", "Reg").to_string();
    assert!(error.contains("5040") && error.contains(&MAX_ORDER.to_string()), "{error}");
    // Matrices that are not elements.
    let so3 = group("SO(3)");
    for (r, m, word) in [
        ("1x2", Matrix::identity(3).scaled(2.0), "not orthogonal"),
        ("1x2", -&Matrix::identity(3), "parity letter"),
        ("T(0,1)", Matrix::zeros(3, 3), "no inverse"),
        ("T1", Matrix::identity(2), "2 × 2"),
        ("T1", Matrix::identity(3).scaled(f64::NAN), "not finite"),
    ] {
        let error = rep(r).on(&so3).unwrap().rho(&m).unwrap_err().to_string();
        assert!(error.contains(word), "{r}: {error}");
    }
    let error = rep("1x2").on(&so3).unwrap().drho(&Matrix::identity(3)).unwrap_err();
    assert!(error.to_string().contains("antisymmetric"));
    let error = Rep::regular().on(&group("C(4)")).unwrap().rho(&turn).unwrap_err();
    assert!(error.to_string().contains("not an element"));
    let large = rep("T7").on(&group("SO+(1,3)")).unwrap().rho(&Matrix::identity(4)).unwrap_err();
    assert!(matches!(large, RepError::TooManyEntries { .. }));
    // Subgroups that are none.
    let action = Rep::base().on(&so3).unwrap();
    assert!(matches!(action.restrict(&group("SO(2)")), Err(RepError::Subgroup { .. })));
    let regular = Rep::regular().on(&group("C(4)")).unwrap();
    assert!(matches!(regular.restrict(&group("C(3)")), Err(RepError::Element { .. })));
    assert!(matches!(rep("1x2").on(&so3).unwrap().restrict(&group("O(3)")), Err(RepError::Parity { .. })));
}

#[test]
fn powers_too_long_for_one_tensor_are_not_cut_off() {
    let group: MatrixGroup = "Scale(1)".parse().unwrap();
    let at = |text: &str| {
        text.parse::<Rep>().unwrap().on(&group).unwrap().rho(&Matrix::diagonal(&[1.01])).unwrap()[(0, 0)]
    };
    let expected = 1.01_f64.powi(400);
    assert!((at("T200*T200") / expected - 1.0).abs() < 1e-9, "{}", at("T200*T200"));
}

#[test]
fn a_number_in_brackets_means_one_factor_of_a_product() {
    let g = group("O(2) x Z(3)");
    let (a, b) = (group("O(2)"), group("Z(3)"));
    let (h, k) = (random_elements(&a, 1, 7)[0].matrix.clone(), b.discrete()[0].clone());
    let element = Matrix::direct_sum(&[&h, &k]);
    let rho = |group: &MatrixGroup, text: &str, m: &Matrix| rep(text).on(group).unwrap().rho(m).unwrap();
    for (whole, of_a, of_b) in
        [("T1[1]*T1[2]", "T1", "T1"), ("1x3[1]*T2[2]", "1x3", "T2"), ("T(1,1)[1]*Reg[2]", "T(1,1)", "Reg")]
    {
        close(&rho(&g, whole, &element), &rho(&a, of_a, &h).kron(&rho(&b, of_b, &k)), 1e-14);
    }
    close(&rho(&g, "T1", &element), &rho(&g, "T1[1]+T1[2]", &element), 0.0);
    let mixing = Matrix::from_fn(5, 5, |i, j| f64::from(u8::from((i + 1) % 5 == j)));
    let error = rep("T1[1]").on(&g).unwrap().rho(&mixing).unwrap_err().to_string();
    assert!(error.contains("T1[1]") && error.contains("mixes"), "{error}");
    // A subgroup of a product still has its factors; a group given by generators has none of its own.
    let part =
        MatrixGroup::new("shifts", 5, vec![], vec![Matrix::direct_sum(&[&Matrix::identity(2), &k])]).unwrap();
    let restricted = rep("T1[1]*Reg[2]").on(&g).unwrap().restrict(&part).unwrap();
    assert_eq!((restricted.dim(), restricted.group().name()), (6, "shifts"));
    let error = rep("T1[1]").on(&part).unwrap_err().to_string();
    assert!(error.contains("T1[1]") && error.contains("groups with names"), "{error}");
    assert_eq!(rep("T(1,1)[2]*T1[1]").dual(), rep("T(0,1)[2]*T1[2]*T(0,1)[1]"));
}
