//! Names, and what is refused.

use equiscope::engine::Builder;
use equiscope::maths::{Matrix, MatrixGroup};
use equiscope::nn::tensors::{Io, Kind, Network, NetworkError, Spec, Wiring};
use equiscope::nn::{Space, SpaceError};

#[test]
fn kinds_are_read_as_they_are_written() {
    for kind in Kind::ALL {
        assert_eq!(kind.to_string().parse::<Kind>().unwrap(), kind);
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
    }
    assert!("transformer".parse::<Kind>().unwrap_err().to_string().contains("grepsnet-released"));
}

#[test]
fn every_wire_has_a_name_of_its_own_and_a_place() {
    let mut seen = Vec::new();
    for (name, place) in Wiring::WIRES {
        let mut w = Wiring::default();
        *place(&mut w) ^= true;
        assert_ne!(w, Wiring::default());
        assert!(!seen.contains(&(name, w)));
        seen.push((name, w));
    }
}

#[test]
fn types_are_written_as_in_the_command_line() {
    let io = Io::new("O(1,3)".parse().unwrap(), (8, 4), (0, 1, 2));
    assert_eq!(io.in_type().to_string(), "8T0+4T1 of O(1,3)");
    assert_eq!(io.out_type().to_string(), "1T1+2T2 of O(1,3)");
    assert_eq!(io.out_type().components(), 4 + 32);
}

#[test]
fn what_cannot_be_is_refused_with_a_reason() {
    let io = Io::o5().unwrap();
    let spec = |kind| Spec::published(kind, &io);
    let error = Network::new(spec(Kind::Egnn), io.clone()).unwrap_err().to_string();
    assert_eq!(error, "there is no egnn from 2T1 of O(5) to 1T0 of O(5)");
    for (width, depth) in [(0, 2), (5000, 2), (8, 0), (8, 99)] {
        let spec = Spec { width, depth, ..spec(Kind::Grepsnet) };
        assert!(matches!(Network::new(spec, io.clone()), Err(NetworkError::Size { .. })), "{width} {depth}");
    }
    let net = Network::new(spec(Kind::Grepsnet), io).unwrap();
    let b = Builder::new();
    let wrong = b.input("x", &[7, 4, 2]);
    assert!(matches!(net.build(&b, "net", None, Some(wrong)), Err(NetworkError::Input { .. })));
    assert!(matches!(net.build(&b, "net", None, None), Err(NetworkError::Input { .. })));
}

#[test]
fn a_space_finds_its_form_and_checks_one_that_is_given() {
    let form = |name: &str| name.parse::<Space>().unwrap().form().clone();
    assert_eq!(form("O(5)"), Matrix::identity(5));
    assert_eq!(form("O(1,3)"), Matrix::diagonal(&[1.0, -1.0, -1.0, -1.0]));
    let symplectic = form("Sp(4)");
    assert!(symplectic.max_difference(&symplectic.transpose().scaled(-1.0)) < 1e-12);
    assert!(matches!("GL(3)".parse::<Space>(), Err(SpaceError::NoForm(_))));
    assert!(matches!("nothing".parse::<Space>(), Err(SpaceError::Name(_))));
    let turn = Matrix::from_rows(&[[0.0, -1.0], [1.0, 0.0]]);
    let group = MatrixGroup::new("turns", 2, vec![turn], vec![]).unwrap();
    let minkowski = Matrix::diagonal(&[1.0, -1.0]);
    assert!(matches!(Space::new(group, minkowski), Err(SpaceError::Form { .. })));
}
