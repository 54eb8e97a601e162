//! W6: an equivariant graph network over five charged bodies (EGNN with velocities, all pairs, the pair with itself masked).

use super::Workload;
use super::draft::Draft;
use crate::engine::{Optimiser, Var};

const B: usize = 100;
const N: usize = 5;
const H: usize = 64;
const LAYERS: usize = 4;

pub(super) const W6: Workload = Workload {
    id: "W6",
    about: "EGNN over 5 bodies, 4 layers of 64 channels, batch 100, Adam",
    flops: 753_408_000.0,
    rate: 1e-3,
    write,
};

/// A product and a bias.
type Linear<'b> = (Var<'b>, Var<'b>);

/// Parameters of a layer. The first product of the messages is split by what it multiplies.
struct Layer<'b> {
    from: Var<'b>,
    to: Var<'b>,
    distance: Var<'b>,
    charge: Linear<'b>,
    message: Linear<'b>,
    weight: Linear<'b>,
    weight_out: Var<'b>,
    velocity: Linear<'b>,
    velocity_out: Linear<'b>,
    update: Option<(Var<'b>, Linear<'b>, Linear<'b>)>,
}

fn linear<'b>(d: &mut Draft<'b>, rows: usize, columns: usize) -> Linear<'b> {
    (d.weight(rows, columns), d.zeros(&[columns]))
}

/// A column that starts near zero.
fn small<'b>(d: &mut Draft<'b>) -> Var<'b> {
    let values = d.lcg.normals(H, 0.001);
    d.param(&[H, 1], values)
}

fn layer<'b>(d: &mut Draft<'b>, l: usize) -> Layer<'b> {
    Layer {
        from: d.weight(H, H),
        to: d.weight(H, H),
        distance: d.weight(1, H),
        charge: linear(d, 1, H),
        message: linear(d, H, H),
        weight: linear(d, H, H),
        weight_out: small(d),
        velocity: linear(d, H, H),
        velocity_out: (small(d), d.zeros(&[1])),
        update: (l + 1 < LAYERS).then(|| (d.weight(H, H), linear(d, H, H), linear(d, H, H))),
    }
}

fn apply<'b>(x: Var<'b>, (w, bias): Linear<'b>) -> Var<'b> {
    x.matmul(w) + bias
}

fn write(d: &mut Draft<'_>) {
    let embed = linear(d, 1, H);
    let layers: Vec<Layer<'_>> = (0..LAYERS).map(|l| layer(d, l)).collect();
    let Bodies { mut h, mut x, v, pairs, mask, target } = bodies(d);
    h = apply(h, embed); // [B, N, H]
    for layer in &layers {
        let apart = x.reshape(&[B, N, 1, 3]) - x.reshape(&[B, 1, N, 3]); // [B, N, N, 3]
        let squared = apart.square().sum(3); // [B, N, N, 1]
        let from = h.matmul(layer.from).reshape(&[B, N, 1, H]);
        let m = from + h.matmul(layer.to).reshape(&[B, 1, N, H]); // [B, N, N, H]
        let m = m + squared * layer.distance + pairs * layer.charge.0 + layer.charge.1;
        let m = apply(m.silu(), layer.message).silu() * mask;
        let weight = apply(m, layer.weight).silu().matmul(layer.weight_out); // [B, N, N, 1]
        let speed = apply(apply(h, layer.velocity).silu(), layer.velocity_out); // [B, N, 1]
        let force = (apart * weight * mask).sum(2).reshape(&[B, N, 3]);
        x = x + force * 0.25 + v * speed;
        if let Some((own, sum, out)) = layer.update {
            let gathered = m.sum(2).reshape(&[B, N, H]);
            h = h + apply((h.matmul(own) + apply(gathered, sum)).silu(), out);
        }
    }
    d.fit(x, target, Optimiser::Adam);
}

/// Inputs of the network.
struct Bodies<'b> {
    /// Speed, `[B, N, 1]`.
    h: Var<'b>,
    /// Position, `[B, N, 3]`.
    x: Var<'b>,
    /// Velocity, `[B, N, 3]`.
    v: Var<'b>,
    /// Products of charges, `[B, N, N, 1]`.
    pairs: Var<'b>,
    /// 0 for the pair with itself, `[1, N, N, 1]`.
    mask: Var<'b>,
    /// Where the bodies would go without forces in 0.8 units of time, `[B, N, 3]`.
    target: Var<'b>,
}

fn bodies<'b>(d: &mut Draft<'b>) -> Bodies<'b> {
    const FRAMES: usize = 2;
    let (mut h, mut x, mut v, mut pairs, mut y) = (vec![], vec![], vec![], vec![], vec![]);
    for _ in 0..FRAMES {
        let place = d.lcg.normals(B * N * 3, 1.0);
        let speed = d.lcg.normals(B * N * 3, 0.5);
        let charge: Vec<f32> = (0..B * N).map(|_| if d.lcg.uniform() < 0.5 { -1.0 } else { 1.0 }).collect();
        for charges in charge.chunks(N) {
            pairs.extend(charges.iter().flat_map(|p| charges.iter().map(move |q| p * q)));
        }
        let length = |v: &[f32]| v.iter().map(|&c| f64::from(c).powi(2)).sum::<f64>().sqrt() as f32;
        h.extend(speed.chunks(3).map(length));
        y.extend(place.iter().zip(&speed).map(|(&x, &v)| (f64::from(x) + 0.8 * f64::from(v)) as f32));
        x.extend(place);
        v.extend(speed);
    }
    let mask: Vec<f64> = (0..N * N).map(|i| if i / N == i % N { 0.0 } else { 1.0 }).collect();
    Bodies {
        h: d.batches("h", FRAMES, &[B, N, 1], h),
        x: d.batches("x", FRAMES, &[B, N, 3], x),
        v: d.batches("v", FRAMES, &[B, N, 3], v),
        pairs: d.batches("pairs", FRAMES, &[B, N, N, 1], pairs),
        mask: d.b.constant(&[1, N, N, 1], &mask),
        target: d.batches("y", FRAMES, &[B, N, 3], y),
    }
}
