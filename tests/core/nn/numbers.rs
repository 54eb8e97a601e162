//! Numbers at the edges: zero, the light cone, long vectors.

use super::support::{Data, network, run, tasks};
use equiscope::nn::tensors::{Gate, Io, Kind, Network, Spec};

/// Vectors of which every channel is null.
fn light(io: &Io, batch: usize) -> Data {
    let mut x = Data::normal(io, batch, 1);
    let n = io.t1_in;
    for v in x.t1.chunks_mut(io.space.dim() * n) {
        for k in 0..n {
            let length = (1..io.space.dim()).map(|i| v[i * n + k].powi(2)).sum::<f64>().sqrt();
            v[k] = length;
        }
    }
    x
}

#[test]
fn values_and_gradients_are_finite_at_zero_on_the_light_cone_and_far_out() {
    for (name, io) in tasks() {
        let normal = Data::normal(&io, 6, 1);
        let times = |s: f64| {
            let scaled = |v: &[f64]| v.iter().map(|v| v * s).collect::<Vec<f64>>();
            Data { batch: 6, t0: scaled(&normal.t0), t1: scaled(&normal.t1) }
        };
        for kind in Kind::ALL.into_iter().filter(|k| k.takes(&io)) {
            let net = network(kind, &io);
            let cases = [
                ("zero", times(0.0)),
                ("tiny", times(1e-20)),
                ("far", times(100.0)),
                ("light", light(&io, 6)),
            ];
            for (case, x) in cases {
                let out = run::<f32>(&net, 4, &x);
                let values = out.parts.iter().flatten();
                assert!(values.clone().all(|v| v.is_finite()), "{kind} on {name}, {case}");
                // Far out the square of a polynomial of degree eight is beyond f32.
                let gradients = out.gradient.iter().chain(&out.weights);
                assert!(
                    case == "far" || gradients.clone().all(|v| v.is_finite()),
                    "{kind} on {name}, {case}"
                );
            }
        }
    }
}

#[test]
fn bounded_gates_hold_back_what_linear_ones_let_through() {
    let io = Io::lorentz().unwrap();
    let size = |gate: Gate| {
        let net = Network::new(Spec { gate, ..Spec::published(Kind::Grepsnet, &io) }, io.clone()).unwrap();
        let x = Data::normal(&io, 20, 3);
        let far = Data { t1: x.t1.iter().map(|v| 100.0 * v).collect(), ..x };
        run::<f64>(&net, 2, &far).parts[0].iter().fold(0.0f64, |w, v| w.max(v.abs()))
    };
    assert!(size(Gate::Bounded) < 0.1 * size(Gate::Linear));
}
