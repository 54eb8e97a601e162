//! Names of groups: read, printed, refused.

use equiscope::maths::group::MENU;
use equiscope::maths::matrix_group::algebra::inner;
use equiscope::maths::matrix_group::{Family, NameError, NamedGroup, Order};
use equiscope::maths::{Matrix, MatrixGroup};
use proptest::prelude::*;

/// One member of every family and some products, with the dimension of the base space and of the Lie algebra and the
/// number of discrete generators.
pub const GROUPS: [(&str, usize, usize, usize); 28] = [
    ("Trivial(3)", 3, 0, 0),
    ("Z(5)", 5, 0, 1),
    ("C(4)", 2, 0, 1),
    ("D(4)", 2, 0, 2),
    ("S(4)", 4, 0, 3),
    ("SO(2)", 2, 1, 0),
    ("SO(3)", 3, 3, 0),
    ("SO(5)", 5, 10, 0),
    ("O(3)", 3, 3, 1),
    ("SO+(1,1)", 2, 1, 0),
    ("SO+(1,3)", 4, 6, 0),
    ("O(1,3)", 4, 6, 2),
    ("SL(2)", 2, 3, 0),
    ("SL(3)", 3, 8, 0),
    ("GL+(2)", 2, 4, 0),
    ("GL(3)", 3, 9, 1),
    ("Sp(2)", 2, 3, 0),
    ("Sp(4)", 4, 10, 0),
    ("U(2)", 4, 4, 0),
    ("SU(2)", 4, 3, 0),
    ("SU(3)", 6, 8, 0),
    ("SE(3)", 4, 6, 0),
    ("E(2)", 3, 3, 1),
    ("Sim(2)", 3, 4, 0),
    ("Aff+(2)", 3, 6, 0),
    ("Aff(2)", 3, 6, 1),
    ("Scale(3)", 3, 1, 0),
    ("SO(3) x S(2) x SO+(1,2)", 8, 6, 1),
];

#[test]
fn every_group_has_its_generators_and_its_name_back() {
    for (name, dim, lie, discrete) in GROUPS {
        let group: MatrixGroup = name.parse().unwrap();
        assert_eq!((group.dim(), group.lie().len(), group.discrete().len()), (dim, lie, discrete), "{name}");
        assert_eq!(group.name(), name);
        assert_eq!(group.pretty().parse::<MatrixGroup>().unwrap(), group, "{name}");
        // What the constructor demands of generators from outside holds for the table too.
        let again = MatrixGroup::new(name, dim, group.lie().to_vec(), group.discrete().to_vec());
        assert_eq!(again.unwrap().lie(), group.lie());
    }
    let families = |name: &str| name.parse::<NamedGroup>().unwrap().factors()[0].family();
    for family in Family::ALL {
        assert!(GROUPS.iter().any(|(name, ..)| families(name) == family), "{family:?} is not tested");
    }
}

#[test]
fn spaces_and_proper_type_are_read() {
    for (written, name) in [
        (" SO⁺( 1 , 3 ) ", "SO+(1,3)"),
        ("S(3)×Z(2)", "S(3) x Z(2)"),
        ("GL⁺(2)x Aff⁺(1)", "GL+(2) x Aff+(1)"),
        ("O(03)", "O(3)"),
    ] {
        assert_eq!(written.parse::<NamedGroup>().unwrap().to_string(), name);
    }
    assert_eq!("SO+(1,3) x S(4)".parse::<NamedGroup>().unwrap().pretty(), "SO⁺(1,3) × S(4)");
}

#[test]
fn what_is_wrong_with_a_name_is_said() {
    let message = |text: &str| text.parse::<NamedGroup>().unwrap_err().to_string();
    for (text, words) in [
        ("", ["missing", "SO+(1,n)"]),
        ("so(3)", ["so(3)", "SO(n)"]),
        ("SO(3) x G2", ["G2", "known"]),
        ("SO(3) x", ["factor 2", "SO(3) x"]),
        ("x SO(3)", ["factor 1", "x SO(3)"]),
        ("SO(3", ["SO(3", "SO(n)"]),
        ("SO(-1)", ["SO(-1)", "whole number"]),
        ("SO+(2,3)", ["SO+(2,3)", "SO+(1,n)"]),
        ("O(2.5)", ["O(2.5)", "O(n) or O(1,n)"]),
        ("C(0)", ["C(0)", "from 1 to 1024"]),
        ("SO(33)", ["SO(33)", "from 1 to 32"]),
        ("GL(99999999999999999999999)", ["GL(99999999999999999999999)", "from 1 to 32"]),
        ("Sp(3)", ["Sp(3)", "even"]),
        ("S(40) x S(40)", ["80 dimensions", "64"]),
    ] {
        let message = message(text);
        for word in words {
            assert!(message.contains(word), "{text}: {message}");
        }
    }
    assert_eq!("  ".parse::<NamedGroup>(), Err(NameError::Empty));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "([A-Za-z+⁺x× ]{0,5}\\(?[0-9, ]{0,6}\\)?[x×]?){0,4}|.{0,30}") {
        if let Ok(group) = text.parse::<NamedGroup>() {
            prop_assert_eq!(group.to_string().parse::<NamedGroup>(), Ok(group.clone()));
            prop_assert_eq!(group.pretty().parse::<NamedGroup>(), Ok(group));
        }
    }
}

#[test]
fn the_groups_with_a_handle_are_among_the_named_ones() {
    for group in MENU {
        let named = group.matrix_group();
        assert_eq!((named.name(), named.dim()), (group.to_string().as_str(), group.dim()));
        assert_eq!(group.lie_generators(), named.lie());
        assert_eq!(Some(group.compact()), named.compact());
        assert_eq!(group.order().map_or(Order::Infinite, |n| Order::Finite(n as usize)), named.order());
        let (symmetric, _) = named.invariant_forms();
        let metric = Matrix::diagonal(&group.metric());
        let kept = symmetric.iter().fold(0.0, |s, f| s + inner(f, &metric).powi(2)).sqrt();
        assert_eq!(group.keeps_metric(), (kept - metric.frobenius()).abs() < 1e-9, "{group}");
    }
}
