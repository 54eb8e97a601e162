//! Values and gradients against PyTorch's, on weights that come from a formula (tests/reference/tensor_networks.py).

use super::support::{Data, Out, run_with};
use equiscope::engine::Plan;
use equiscope::nn::tensors::{Io, Network, Spec};
use serde::Deserialize;

/// Rounding of two ways through f64.
const ROUNDING: f64 = 1e-10;

#[derive(Deserialize)]
struct Entry {
    network: String,
    out: Vec<f64>,
    gradient: Vec<f64>,
    weights: f64,
}

fn io(task: &str) -> Io {
    match task {
        "o5" => Io::o5(),
        "inertia" => Io::inertia(),
        "lorentz" => Io::lorentz(),
        _ => Io::nbody(3),
    }
    .unwrap()
}

fn weights(plan: &Plan) -> Vec<f32> {
    let mut values = vec![0.0; plan.params().len];
    for entry in &plan.params().entries {
        let phase = 0.11 * entry.path.bytes().map(f64::from).sum::<f64>();
        for (i, v) in values[entry.offset..entry.offset + entry.len].iter_mut().enumerate() {
            *v = (0.5 * (2.3 * (i + 1) as f64 + phase).sin()) as f32;
        }
    }
    values
}

fn differ(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
    norm(&mut a.iter().zip(b).map(|(x, y)| x - y)) / norm(&mut b.iter().copied())
}

#[test]
fn networks_agree_with_pytorch() {
    let entries: Vec<Entry> =
        serde_json::from_str(include_str!("../../reference/tensor_networks.json")).unwrap();
    for entry in entries {
        let (kind, task) = entry.network.split_once(' ').unwrap();
        let (kind, io) = (kind.parse().unwrap(), io(task));
        let depth = if kind == equiscope::nn::tensors::Kind::GrepsnetReleased { 3 } else { 2 };
        let spec = Spec { width: 5, hidden: 7, depth, ..Spec::published(kind, &io) };
        let wave =
            |n: usize, start: f64| (0..n).map(|i| (0.9 * i as f64 + start).sin()).collect::<Vec<f64>>();
        let x = Data { batch: 3, t0: wave(3 * io.t0_in, 0.3), t1: wave(3 * io.space.dim() * io.t1_in, 0.6) };
        let net = Network::new(spec, io).unwrap();
        let Out { parts, gradient, weights } = run_with::<f64>(&net, weights, &x);
        let out = parts.into_iter().find(|p| !p.is_empty()).unwrap();
        let off = [
            differ(&out, &entry.out),
            differ(&gradient, &entry.gradient),
            differ(&weights, &[entry.weights]),
        ];
        assert!(off.iter().all(|d| *d < ROUNDING), "{}: {off:?}", entry.network);
    }
}
