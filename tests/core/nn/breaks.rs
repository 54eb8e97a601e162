//! Every switch does what it says, and so does every wire that is cut.

use super::support::{Data, elements, network, residuals_of, run, run_grown, tasks};
use equiscope::nn::Symmetry;
use equiscope::nn::tensors::{Breaks, Io, Kind, Network, Spec};

const BATCH: usize = 40;

fn broken(kind: Kind, io: &Io, breaks: Breaks) -> Network {
    Network::new(Spec { breaks, ..Spec::published(kind, io) }, io.clone()).unwrap()
}

fn worst(net: &Network) -> f64 {
    let io = net.io();
    let x = Data::normal(io, BATCH, 3);
    let list = residuals_of(net, |x| run_grown(net, 5, x), &x, &elements(io, BATCH, 1.0));
    list.into_iter().fold(0.0, f64::max)
}

fn exact(io: &Io) -> impl Iterator<Item = Kind> + '_ {
    Kind::ALL.into_iter().filter(|k| k.takes(io) && network(*k, io).symmetry() == Symmetry::Exact)
}

#[test]
fn a_constant_vector_breaks_every_network() {
    for (name, io) in tasks() {
        for kind in exact(&io) {
            let net = broken(kind, &io, Breaks { bias: true, ..Breaks::default() });
            assert_eq!(net.symmetry(), Symmetry::None);
            let residual = worst(&net);
            assert!(residual > 1e-2, "{kind} on {name}: {residual:.1e}");
        }
    }
}

#[test]
fn the_euclidean_form_breaks_boosts_and_nothing_else() {
    for (name, io) in tasks() {
        for kind in exact(&io) {
            let net = broken(kind, &io, Breaks { euclidean: true, ..Breaks::default() });
            let residual = worst(&net);
            let breaks = name == "lorentz";
            assert_eq!(net.symmetry() == Symmetry::None, breaks);
            assert_eq!(residual > 1e-2, breaks, "{kind} on {name}: {residual:.1e}");
        }
    }
}

/// How much the first sample's output changes, against its size, when the others are replaced.
fn swayed(net: &Network) -> f64 {
    let io = net.io();
    let (one, mut other) = (Data::normal(io, 8, 1), Data::normal(io, 8, 50));
    let (n0, n1) = (io.t0_in, io.space.dim() * io.t1_in);
    other.t0[..n0].copy_from_slice(&one.t0[..n0]);
    other.t1[..n1].copy_from_slice(&one.t1[..n1]);
    other.t1[n1..].iter_mut().for_each(|v| *v *= 3.0);
    let (a, b) = (run_grown(net, 5, &one), run_grown(net, 5, &other));
    let mut most = 0.0f64;
    for (a, b) in a.parts.iter().zip(&b.parts).filter(|(a, _)| !a.is_empty()) {
        let width = a.len() / 8;
        let norm = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
        let apart: Vec<f64> = a[..width].iter().zip(&b[..width]).map(|(a, b)| a - b).collect();
        most = most.max(norm(&apart) / norm(&a[..width]));
    }
    most
}

#[test]
fn only_the_switch_lets_a_sample_depend_on_its_batch() {
    for (name, io) in tasks() {
        for kind in exact(&io) {
            // The released network to scalars has nothing that could be divided.
            if kind == Kind::GrepsnetReleased && io.t2_out == 0 {
                continue;
            }
            let [off, on] = [false, true]
                .map(|whole_batch| swayed(&broken(kind, &io, Breaks { whole_batch, ..Breaks::default() })));
            // EGNN's forces start near zero.
            let bound = if kind == Kind::Egnn { 1e-3 } else { 1e-2 };
            assert!(off < 1e-12 && on > bound, "{kind} on {name}: {off:.1e}, {on:.1e}");
        }
    }
}

/// Largest antisymmetric entry of the tensors that a network gives, against the largest of all.
fn antisymmetric(net: &Network) -> f64 {
    let out = run::<f64>(net, 3, &Data::normal(net.io(), BATCH, 2));
    let t = &out.parts[2];
    let at = |b: usize, i: usize, j: usize| t[b * 9 + i * 3 + j];
    let (mut odd, mut all) = (0.0f64, 0.0f64);
    for b in 0..BATCH {
        for (i, j) in [(0, 1), (0, 2), (1, 2), (0, 0), (1, 1), (2, 2)] {
            odd = odd.max((at(b, i, j) - at(b, j, i)).abs());
            all = all.max(at(b, i, j).abs());
        }
    }
    odd / all
}

#[test]
fn squares_of_channels_are_symmetric_and_products_of_two_are_not() {
    let io = Io::inertia().unwrap();
    assert!(antisymmetric(&network(Kind::GrepsnetReleased, &io)) < 1e-14);
    let mut spec = Spec::published(Kind::Grepsnet, &io);
    assert!(antisymmetric(&Network::new(spec, io.clone()).unwrap()) > 1e-2);
    spec.wiring.cross = false;
    assert!(antisymmetric(&Network::new(spec, io).unwrap()) < 1e-14);
}

#[test]
fn without_outer_products_tensors_are_multiples_of_the_form() {
    let io = Io::inertia().unwrap();
    let mut spec = Spec::published(Kind::Grepsnet, &io);
    spec.wiring.t1_to_t2 = false;
    let tensors = |spec| {
        run::<f64>(&Network::new(spec, io.clone()).unwrap(), 3, &Data::normal(&io, 4, 2)).parts[2].clone()
    };
    for t in tensors(spec).chunks(9) {
        assert!(t[0].abs() > 1e-6 && (t[0] - t[4]).abs() < 1e-12 && (t[0] - t[8]).abs() < 1e-12);
        assert!([1, 2, 3, 5, 6, 7].iter().all(|&k| t[k].abs() < 1e-14));
    }
    spec.wiring.t0_to_t2 = false;
    assert!(tensors(spec).iter().all(|v| *v == 0.0));
}
