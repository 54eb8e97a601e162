//! EMLP against numpy (tests/reference/emlp.py), where weights are dense matrices projected on the maps that commute with
//! the group: here each is taken apart into coefficients of the bases that the layers use.

use super::support::{Data, Out, run_with};
use equiscope::engine::Plan;
use equiscope::engine::plan::ParamEntry;
use equiscope::maths::Matrix;
use equiscope::maths::basis::Solver;
use equiscope::maths::rep::Rep;
use equiscope::nn::tensors::emlp::uniform;
use equiscope::nn::tensors::{Io, Kind, Network, Spec};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Coefficients are held in f32.
const ROUNDING: f64 = 1e-6;
/// Little of a dense matrix is left when it is projected.
const DENSE: f64 = 2.0;

#[derive(Deserialize)]
struct Entry {
    task: String,
    width: usize,
    out: Vec<f64>,
}

fn io(task: &str) -> Io {
    match task {
        "o5" => Io::o5().unwrap(),
        "inertia" => Io::inertia().unwrap(),
        "lorentz" => Io::lorentz().unwrap(),
        _ => Io::new("SO(3)".parse().unwrap(), (0, 3), (1, 0, 0)),
    }
}

/// A weight's formula: 0.5 sin(2.3 i² + 0.11 s), s the sum of the bytes of the path.
fn number(path: &str, i: usize) -> f64 {
    let phase = 0.11 * path.bytes().map(f64::from).sum::<f64>();
    0.5 * (2.3 * (i as f64).powi(2) + phase).sin()
}

/// The network's weights from dense matrices.
struct Weights {
    io: Io,
    hidden: Vec<usize>,
    /// Orthonormal maps T_a → T_b by (a, b), and the mean of Σ |Q_ij| that the layers scale them by.
    bases: BTreeMap<(usize, usize), (Vec<Matrix>, f64)>,
}

impl Weights {
    fn new(io: &Io, width: usize) -> Self {
        let hidden = uniform(width, io.space.dim());
        let mut solver = Solver::new(io.space.group().clone());
        let mut bases = BTreeMap::new();
        let power = |rank: usize| Rep::tensor_power(rank as u8, 0);
        let ranks = hidden.len().max(3);
        for (a, b) in (0..ranks).flat_map(|a| (0..ranks).map(move |b| (a, b))) {
            let maps: Vec<Matrix> = solver.hom(&power(a), &power(b)).unwrap().matrices().collect();
            let sum: f64 = maps.iter().flat_map(Matrix::data).map(|v| v.abs()).sum();
            let size = sum / maps.len() as f64;
            bases.insert((a, b), (maps, size));
        }
        Self { io: io.clone(), hidden, bases }
    }

    /// What part `i` of the dense numbers of a path has of each map, in units of the scaled maps.
    fn coefficients(&self, path: &str, ranks: (usize, usize), i: usize) -> Vec<f64> {
        let (maps, size) = &self.bases[&ranks];
        let dot = |q: &Matrix| {
            let n = q.data().len();
            let terms = q.data().iter().enumerate().map(|(e, q)| DENSE * number(path, i * n + e) * q);
            terms.sum::<f64>() / size
        };
        maps.iter().map(dot).collect()
    }

    fn fill(&self, entry: &ParamEntry) -> Vec<f64> {
        let path = entry.path.as_str();
        let (layer, name) = path.rsplit_once('.').unwrap();
        let (rows, columns) = (entry.shape[0], entry.shape[1]);
        if layer.ends_with("bilinear") {
            return (0..entry.len).map(|i| number(path, i)).collect();
        }
        let mut values = vec![0.0; entry.len];
        if let Some(rank) = name.strip_prefix("bias") {
            for o in 0..columns {
                for (k, c) in self.coefficients(path, (0, rank.parse().unwrap()), o).iter().enumerate() {
                    values[k * columns + o] = *c;
                }
            }
            return values;
        }
        let (a, b) = name.split_once("to").unwrap();
        let (a, b): (usize, usize) = (a.parse().unwrap(), b.parse().unwrap());
        let first = layer.starts_with("net.0.");
        let inputs = if first { [self.io.t0_in, self.io.t1_in][a] } else { self.hidden[a] };
        let outputs = entry.len / (inputs * self.bases[&(a, b)].0.len());
        for c in 0..inputs {
            for o in 0..outputs {
                for (k, w) in self.coefficients(path, (a, b), c * outputs + o).iter().enumerate() {
                    // Mixed before the maps, [C, K·O], or after them, [K·C, O].
                    let place = if rows == inputs {
                        c * columns + k * outputs + o
                    } else {
                        (k * inputs + c) * columns + o
                    };
                    values[place] = *w;
                }
            }
        }
        values
    }
}

#[test]
fn emlp_agrees_with_projected_dense_matrices() {
    let entries: Vec<Entry> = serde_json::from_str(include_str!("../../reference/emlp.json")).unwrap();
    for entry in entries {
        let io = io(&entry.task);
        let spec = Spec { width: entry.width, depth: 2, ..Spec::published(Kind::Emlp, &io) };
        let of = Weights::new(&io, entry.width);
        let weights = |plan: &Plan| {
            let mut values = vec![0.0; plan.params().len];
            for p in &plan.params().entries {
                for (place, v) in values[p.offset..p.offset + p.len].iter_mut().zip(of.fill(p)) {
                    *place = v as f32;
                }
            }
            values
        };
        let wave = |n: usize, start: f64| -> Vec<f64> {
            (0..n).map(|i| 2.0 * (0.9 * (i as f64).powi(2) + start).sin()).collect()
        };
        let x = Data { batch: 3, t0: wave(3 * io.t0_in, 0.3), t1: wave(3 * io.space.dim() * io.t1_in, 0.6) };
        let net = Network::new(spec, io.clone()).unwrap();
        let Out { parts, .. } = run_with::<f64>(&net, weights, &x);
        let out = parts.into_iter().find(|p| !p.is_empty()).unwrap();
        assert_eq!(out.len(), entry.out.len());
        let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
        let off =
            norm(&mut out.iter().zip(&entry.out).map(|(a, b)| a - b)) / norm(&mut entry.out.iter().copied());
        assert!(off < ROUNDING, "{}: {off:.1e}, {out:?} for {:?}", entry.task, entry.out);
    }
}
