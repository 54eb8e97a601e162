//! W4: two convolutions with pools and a dense layer, on images of one bright column each.

use super::Workload;
use super::draft::Draft;
use crate::engine::graph::Conv;
use crate::engine::{Optimiser, Var};

const B: usize = 64;
const SIDE: usize = 28;
const CLASSES: usize = 10;

pub(super) const W4: Workload = Workload {
    id: "W4",
    about: "convolutions 3x3 to 16 and 32 channels, ReLU, pools, dense, 28x28 pixels, batch 64, Adam",
    flops: 381_739_008.0,
    rate: 1e-3,
    write,
};

/// Weights `[co, ci, 3, 3]` of deviation 1/√(9 ci), and a bias.
fn convolution<'b>(d: &mut Draft<'b>, ci: usize, co: usize) -> (Var<'b>, Var<'b>) {
    let deviation = 1.0 / ((9 * ci) as f64).sqrt();
    let values = d.lcg.normals(co * ci * 9, deviation);
    (d.param(&[co, ci, 3, 3], values), d.zeros(&[co, 1, 1]))
}

fn write(d: &mut Draft<'_>) {
    let convolutions = [convolution(d, 1, 16), convolution(d, 16, 32)];
    let features = 32 * (SIDE / 4) * (SIDE / 4);
    let (w, bias) = (d.weight(features, CLASSES), d.zeros(&[CLASSES]));
    let (x, y) = images(d, 2);
    let mut h = d.batches("x", 2, &[B, 1, SIDE, SIDE], x);
    let y = d.batches("y", 2, &[B, CLASSES], y);
    for (w, bias) in convolutions {
        h = (h.conv2d(w, &Conv::same(3)) + bias).relu().pool_max([2, 2], [2, 2], [0, 0]);
    }
    let logits = h.reshape(&[B, features]).matmul(w) + bias;
    d.minimise(logits.cross_entropy(y).mean(), Optimiser::Adam);
}

/// Noise of deviation 0.3, and 1 in the columns of the tenth of the image that is its class; classes as rows of 0 and 1.
fn images(d: &mut Draft<'_>, frames: usize) -> (Vec<f32>, Vec<f32>) {
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    for _ in 0..frames {
        let classes: Vec<usize> = (0..B).map(|_| (d.lcg.uniform() * CLASSES as f64) as usize).collect();
        for &class in &classes {
            let pixel = |p: usize| if p % SIDE * CLASSES / SIDE == class { 1.0 } else { 0.0 };
            xs.extend((0..SIDE * SIDE).map(|p| (0.3 * d.lcg.normal() + pixel(p)) as f32));
            ys.extend((0..CLASSES).map(|c| if c == class { 1.0 } else { 0.0 }));
        }
    }
    (xs, ys)
}
