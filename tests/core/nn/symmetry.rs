//! Every network that claims it is equivariant, in both precisions.

use super::support::{Data, elements, more, network, normals, residuals, run, tasks};
use equiscope::maths::residual::median_worst;
use equiscope::nn::Symmetry;
use equiscope::nn::tensors::{Gate, Io, Kind, Network, Spec, Start};

const BATCH: usize = 40;

fn worst(net: &Network, seed: u64) -> f64 {
    let io = net.io();
    let list = residuals::<f64>(net, seed, &Data::normal(io, BATCH, 3), &elements(io, BATCH, 1.0));
    list.into_iter().fold(0.0, f64::max)
}

fn hold(name: &str, io: &Io) {
    for kind in Kind::ALL.into_iter().filter(|k| k.takes(io)) {
        let net = network(kind, io);
        let residual = worst(&net, 5);
        match net.symmetry() {
            Symmetry::Exact => assert!(residual < 1e-12, "{kind} on {name}: {residual:.1e}"),
            Symmetry::None => assert!(residual > 1e-2, "{kind} on {name} claims nothing, yet {residual:.1e}"),
        }
    }
}

#[test]
fn networks_of_the_tasks_hold_what_they_claim() {
    tasks().iter().for_each(|(name, io)| hold(name, io));
}

#[test]
fn so_do_networks_under_other_groups_and_forms() {
    more().iter().for_each(|(name, io)| hold(name, io));
}

#[test]
fn every_gate_every_start_and_every_wire_keeps_the_symmetry() {
    use equiscope::nn::tensors::Wiring;
    for (name, io) in tasks() {
        let plain = Spec { width: 7, hidden: 9, ..Spec::published(Kind::Grepsnet, &io) };
        let mut list = Vec::new();
        for gate in [Gate::Linear, Gate::Sigmoid, Gate::Bounded] {
            for start in [Start::Full, Start::Zeros, Start::Tiny] {
                list.push((format!("{gate:?} {start:?}"), Spec { gate, start, ..plain }));
            }
        }
        for (wire, place) in Wiring::WIRES {
            let mut spec = plain;
            let on = place(&mut spec.wiring);
            *on = !*on;
            list.push((wire.to_owned(), spec));
        }
        for (what, spec) in list {
            let residual = worst(&Network::new(spec, io.clone()).unwrap(), 6);
            assert!(residual < 1e-12, "{name}, {what}: {residual:.1e}");
        }
    }
}

#[test]
fn bodies_may_be_moved_as_well() {
    let io = Io::nbody(5).unwrap();
    let x = Data::normal(&io, BATCH, 4);
    let shift = normals(3, 9);
    let by = |v: &[f64], positions: usize| -> Vec<f64> {
        let n = v.len() / BATCH / 3;
        let place = |i: usize| if i % n < positions { shift[i / n % 3] } else { 0.0 };
        v.iter().enumerate().map(|(i, v)| v + place(i)).collect()
    };
    for kind in Kind::ALL.into_iter().filter(|k| k.takes(&io)) {
        let net = network(kind, &io);
        let (here, there) =
            (run::<f64>(&net, 1, &x), run::<f64>(&net, 1, &Data { t1: by(&x.t1, 5), ..x.clone() }));
        let expected = by(&here.parts[1], 5);
        let off = there.parts[1].iter().zip(&expected).fold(0.0f64, |w, (a, b)| w.max((a - b).abs()));
        assert_eq!(off < 1e-11, net.symmetry() == Symmetry::Exact, "{kind}: {off:.1e}");
    }
}

#[test]
fn in_single_precision_rotations_stay_below_1e_5_and_boosts_to_rapidity_2_below_1e_3() {
    for (name, io) in tasks() {
        let scale = if name == "lorentz" { 0.25 } else { 1.0 };
        let mut x = Data::normal(&io, 120, 11);
        x.t1.iter_mut().for_each(|v| *v *= scale);
        let elements = elements(&io, 120, 2.0);
        let networks = Kind::ALL.into_iter().filter(|k| k.takes(&io)).map(|kind| network(kind, &io));
        for net in networks.filter(|net| net.symmetry() == Symmetry::Exact) {
            let (median, worst) = median_worst(&residuals::<f32>(&net, 2, &x, &elements));
            let bound = if name == "lorentz" { 1e-3 } else { 1e-5 };
            let kind = net.spec().kind;
            assert!(median < 1e-5 && worst < bound, "{kind} on {name}: {median:.1e}, {worst:.1e}");
        }
    }
}
