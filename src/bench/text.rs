//! W5: a transformer of two layers that learns which of 32 tokens follows, in sequences made by a noisy rule.

use super::Workload;
use super::draft::Draft;
use crate::engine::graph::Mask;
use crate::engine::{Optimiser, Var};

/// Tokens.
const V: usize = 32;
/// Channels.
const D: usize = 64;
const HEADS: usize = 4;
/// Length of a sequence.
const T: usize = 64;
const B: usize = 32;
const LAYERS: usize = 2;

pub(super) const W5: Workload = Workload {
    id: "W5",
    about: "transformer of 2 layers, 64 channels, 4 heads, 64 of 32 tokens, batch 32, Adam",
    flops: 1_451_229_184.0,
    rate: 1e-3,
    write,
};

type Norm<'b> = (Var<'b>, Var<'b>);

/// Parameters of a layer.
struct Layer<'b> {
    attend: Norm<'b>,
    /// Queries, keys and values in one product.
    heads: Var<'b>,
    out: Var<'b>,
    think: Norm<'b>,
    wide: (Var<'b>, Var<'b>),
    narrow: (Var<'b>, Var<'b>),
}

fn norm<'b>(d: &mut Draft<'b>) -> Norm<'b> {
    (d.param(&[D], vec![1.0; D]), d.zeros(&[D]))
}

fn layer<'b>(d: &mut Draft<'b>) -> Layer<'b> {
    Layer {
        attend: norm(d),
        heads: d.weight(D, 3 * D),
        out: d.weight(D, D),
        think: norm(d),
        wide: (d.weight(D, 4 * D), d.zeros(&[4 * D])),
        narrow: (d.weight(4 * D, D), d.zeros(&[D])),
    }
}

/// A table of small numbers.
fn table<'b>(d: &mut Draft<'b>, rows: usize) -> Var<'b> {
    let values = d.lcg.normals(rows * D, 0.02);
    d.param(&[rows, D], values)
}

fn normalise<'b>(x: Var<'b>, (weight, bias): Norm<'b>) -> Var<'b> {
    x.layer_norm(weight, bias, 1e-5)
}

/// Causal attention of all heads; x: `[B·T, D]`.
fn attend<'b>(x: Var<'b>, layer: &Layer<'b>) -> Var<'b> {
    let width = D / HEADS;
    // Heads outermost, so that one transposition serves queries, keys and values.
    let all = x.matmul(layer.heads).reshape(&[B, T, 3 * HEADS, width]).transpose(&[2, 0, 1, 3]);
    let [q, k, v] = [0, 1, 2].map(|i| all.slice(0, i * HEADS, HEADS).reshape(&[HEADS * B, T, width]));
    let seen = q.attention(k, v, 1.0 / (width as f64).sqrt(), Mask::Causal);
    seen.reshape(&[HEADS, B, T, width]).transpose(&[1, 2, 0, 3]).reshape(&[B * T, D]).matmul(layer.out)
}

fn write(d: &mut Draft<'_>) {
    let (tokens, places) = (table(d, V), table(d, T));
    let layers: [Layer<'_>; LAYERS] = [layer(d), layer(d)];
    let (last, readout) = (norm(d), d.weight(D, V));
    let (x, y) = sequences(d, 2);
    let x = d.batches("x", 2, &[B * T, V], x);
    let y = d.batches("y", 2, &[B * T, V], y);
    let mut h = (x.matmul(tokens).reshape(&[B, T, D]) + places).reshape(&[B * T, D]);
    for layer in &layers {
        h = h + attend(normalise(h, layer.attend), layer);
        let wide = (normalise(h, layer.think).matmul(layer.wide.0) + layer.wide.1).swish(1.702);
        h = h + (wide.matmul(layer.narrow.0) + layer.narrow.1);
    }
    let logits = normalise(h, last).matmul(readout);
    d.minimise(logits.cross_entropy(y).mean(), Optimiser::Adam);
}

/// Tokens as rows of 0 and 1, and those that follow them: s becomes 5 s + 7, and one more in one case of ten.
fn sequences(d: &mut Draft<'_>, frames: usize) -> (Vec<f32>, Vec<f32>) {
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    let row = |token: usize| (0..V).map(move |v| if v == token { 1.0 } else { 0.0 });
    for _ in 0..frames * B {
        let mut token = (d.lcg.uniform() * V as f64) as usize;
        for place in 0..=T {
            if place < T {
                xs.extend(row(token));
            }
            if place > 0 {
                ys.extend(row(token));
            }
            token = (token * 5 + 7 + usize::from(d.lcg.uniform() < 0.1)) % V;
        }
    }
    (xs, ys)
}
