//! W3: scalars and vectors of R⁵ in turn, norms up and gates down, as in G-RepsNet.

use super::Workload;
use super::draft::Draft;
use crate::engine::{Optimiser, Var};

const ROWS: usize = 500;
const CHANNELS: usize = 64;
const LAYERS: usize = 4;

pub(super) const W3: Workload = Workload {
    id: "W3",
    about: "2 vectors of R^5 through 4 layers of 64 scalar and 64 vector channels, norms and gates, batch 500, Adam",
    flops: 308_480_000.0,
    rate: 1e-3,
    write,
};

/// Parameters of a layer.
struct Layer<'b> {
    mix: Var<'b>,
    norms: (Var<'b>, Var<'b>),
    scalars: Option<Var<'b>>,
    gate: Option<(Var<'b>, Var<'b>)>,
}

fn layer<'b>(d: &mut Draft<'b>, l: usize) -> Layer<'b> {
    let mix = d.weight(if l > 0 { CHANNELS } else { 2 }, CHANNELS);
    let norms = (d.weight(CHANNELS, CHANNELS), d.zeros(&[CHANNELS]));
    let scalars = (l > 0).then(|| d.weight(CHANNELS, CHANNELS));
    let gate = (l + 1 < LAYERS).then(|| (d.weight(CHANNELS, CHANNELS), d.zeros(&[CHANNELS])));
    Layer { mix, norms, scalars, gate }
}

fn write(d: &mut Draft<'_>) {
    let layers: Vec<Layer<'_>> = (0..LAYERS).map(|l| layer(d, l)).collect();
    let (readout, bias) = (d.weight(CHANNELS, 1), d.zeros(&[1]));
    let (x, y) = invariant_data(d, 2, ROWS);
    let mut v = d.batches("x", 2, &[ROWS, 5, 2], x);
    let y = d.batches("y", 2, &[ROWS, 1], y);
    let mut s: Option<Var<'_>> = None;
    for layer in &layers {
        v = v.matmul(layer.mix); // [B, D, C]
        let norms = v.square().sum(1).sqrt_eps(1e-6).reshape(&[ROWS, CHANNELS]); // [B, C]
        let mut t = norms.matmul(layer.norms.0) + layer.norms.1;
        if let (Some(w), Some(s)) = (layer.scalars, s) {
            t = t + s.matmul(w);
        }
        let next = t.silu(); // [B, C]
        if let Some((w, bias)) = layer.gate {
            let gate = (next.matmul(w) + bias).sigmoid();
            v = v * gate.reshape(&[ROWS, 1, CHANNELS]);
        }
        s = Some(next);
    }
    if let Some(s) = s {
        d.fit(s.matmul(readout) + bias, y, Optimiser::Adam);
    }
}

/// Pairs of 5-vectors p, q as `[rows, 5, 2]`, and sin|p| − |q|³/20 + p·q/(|p||q|), frame after frame.
pub(super) fn invariant_data(d: &mut Draft<'_>, frames: usize, rows: usize) -> (Vec<f32>, Vec<f32>) {
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    for _ in 0..frames {
        let x = d.lcg.normals(rows * 10, 1.0);
        ys.extend(x.chunks(10).map(|row| {
            let sum = |f: fn(f64, f64) -> f64| {
                row.chunks(2).fold(0.0, |s, pq| s + f(f64::from(pq[0]), f64::from(pq[1])))
            };
            let (pp, qq, pq) = (sum(|p, _| p * p), sum(|_, q| q * q), sum(|p, q| p * q));
            (pp.sqrt().sin() - qq.powf(1.5) / 2.0 / 10.0 + pq / (pp * qq).sqrt()) as f32
        }));
        xs.extend(x);
    }
    (xs, ys)
}
