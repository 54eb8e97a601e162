//! EMLP against numpy (tests/reference/emlp.py), where weights are dense matrices projected on the maps that commute with
//! the group: here each is taken apart into the coefficients that the layers have, one for each class of entries that are
//! the same in all equivariant maps.

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

/// Places and signs of entries.
type Class = Vec<(usize, f64)>;

/// The network's weights from dense matrices.
struct Weights {
    io: Io,
    hidden: Vec<usize>,
    /// By (a, b) the number of entries of a map T_a → T_b, and the classes of them.
    classes: BTreeMap<(usize, usize), (usize, Vec<Class>)>,
}

impl Weights {
    fn new(io: &Io, width: usize) -> Self {
        let hidden = uniform(width, io.space.dim());
        let mut solver = Solver::new(io.space.group().clone());
        let mut classes = BTreeMap::new();
        let power = |rank: usize| Rep::tensor_power(rank as u8, 0);
        let ranks = hidden.len().max(3);
        for (a, b) in (0..ranks).flat_map(|a| (0..ranks).map(move |b| (a, b))) {
            let maps: Vec<Matrix> = solver.hom(&power(a), &power(b)).unwrap().matrices().collect();
            classes.insert((a, b), classes_of(&maps));
        }
        Self { io: io.clone(), hidden, classes }
    }

    /// The mean of part `i` of the dense numbers of a path over each class: to project means is to project the numbers.
    fn coefficients(&self, path: &str, ranks: (usize, usize), i: usize) -> Vec<f64> {
        let (n, classes) = &self.classes[&ranks];
        let mean = |class: &Class| {
            let terms = class.iter().map(|(e, sign)| DENSE * number(path, i * n + e) * sign);
            terms.sum::<f64>() / class.len() as f64
        };
        classes.iter().map(mean).collect()
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
        let outputs = entry.len / (inputs * self.classes[&(a, b)].1.len());
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

/// Entries that are the same in all maps up to the sign, in the order of the first of each class.
fn classes_of(maps: &[Matrix]) -> (usize, Vec<Class>) {
    let n = maps.first().map_or(0, |q| q.data().len());
    let mut classes: Vec<(Vec<i64>, Class)> = Vec::new();
    for e in 0..n {
        let row: Vec<i64> = maps.iter().map(|q| (q.data()[e] * 1e6).round() as i64).collect();
        let Some(sign) = row.iter().find(|v| **v != 0).map(|v| v.signum()) else { continue };
        let key: Vec<i64> = row.iter().map(|v| v * sign).collect();
        match classes.iter_mut().find(|(known, _)| known.iter().zip(&key).all(|(a, b)| (a - b).abs() < 3)) {
            Some((_, class)) => class.push((e, sign as f64)),
            None => classes.push((key, vec![(e, sign as f64)])),
        }
    }
    // Signs are beside the first entry of a class.
    let first = |(_, class): (Vec<i64>, Class)| {
        let sign = class[0].1;
        class.into_iter().map(|(e, s)| (e, s * sign)).collect()
    };
    (n, classes.into_iter().map(first).collect())
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
