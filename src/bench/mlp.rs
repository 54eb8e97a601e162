//! Plain networks: W1, the size of a network drawn neuron by neuron, and W2, wide enough for its products to matter.

use super::Workload;
use super::draft::Draft;
use super::vectors::invariant_data;
use crate::engine::{Optimiser, Var};

pub(super) const W1A: Workload = Workload {
    id: "W1a",
    about: "MLP 2-8-8-1, tanh, SGD, batches of 10 points in and around a circle",
    flops: 5_280.0,
    rate: 0.03,
    write: |d| small(d, 50),
};

pub(super) const W1B: Workload = Workload {
    id: "W1b",
    about: "MLP 2-8-8-1, tanh, SGD, all 500 points at once",
    flops: 264_000.0,
    rate: 0.03,
    write: |d| small(d, 1),
};

pub(super) const W2: Workload = Workload {
    id: "W2",
    about: "MLP 10-384-384-1, SiLU, Adam, 500 pairs of 5-vectors and an invariant of theirs",
    flops: 451_200_000.0,
    rate: 1e-3,
    write: |d| {
        let layers = layers(d, &[10, 384, 384, 1]);
        let (x, y) = invariant_data(d, 2, 500);
        let x = d.batches("x", 2, &[500, 10], x);
        let y = d.batches("y", 2, &[500, 1], y);
        d.fit(run(x, &layers, Var::silu), y, Optimiser::Adam);
    },
};

/// Weight and bias of each layer.
fn layers<'b>(d: &mut Draft<'b>, sizes: &[usize]) -> Vec<(Var<'b>, Var<'b>)> {
    sizes.windows(2).map(|s| (d.weight(s[0], s[1]), d.zeros(&[s[1]]))).collect()
}

fn run<'b>(x: Var<'b>, layers: &[(Var<'b>, Var<'b>)], activation: fn(Var<'b>) -> Var<'b>) -> Var<'b> {
    let mut h = x;
    for (i, &(w, bias)) in layers.iter().enumerate() {
        h = h.matmul(w) + bias;
        if i + 1 < layers.len() {
            h = activation(h);
        }
    }
    h
}

/// 500 points of the square [−5, 5)², labelled 1 within distance 3 of the origin and −1 beyond.
fn small(d: &mut Draft<'_>, frames: usize) {
    let layers = layers(d, &[2, 8, 8, 1]);
    let x: Vec<f32> = (0..1000).map(|_| (d.lcg.uniform() * 10.0 - 5.0) as f32).collect();
    let squared = |p: &[f32]| f64::from(p[0]).powi(2) + f64::from(p[1]).powi(2);
    let y = x.chunks(2).map(|p| if squared(p) < 9.0 { 1.0 } else { -1.0 }).collect();
    let rows = 500 / frames;
    let x = d.batches("x", frames, &[rows, 2], x);
    let y = d.batches("y", frames, &[rows, 1], y);
    d.fit(run(x, &layers, Var::tanh), y, Optimiser::Sgd);
}
