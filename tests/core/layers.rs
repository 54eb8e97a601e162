//! What every registered layer must hold, on every group of the menu: equivariance, equivariant gradients, unit
//! variance at the start, and types that are checked.

use equiscope::engine::{Builder, CpuExecutor, Executor, Plan, Var};
use equiscope::maths::group::{Group, MENU};
use equiscope::maths::rng::Rng;
use equiscope::maths::{Coords, Matrix};
use equiscope::nn::layer::{Layer, Symmetry, chain};
use equiscope::nn::layers::{Breaks, TensorPolynomial, registered};
use equiscope::nn::{Field, FieldType};
use std::sync::Arc;

/// Rows of a test batch.
const BATCH: usize = 64;
/// Rounding in f64 through one layer, relative to the size of its output, for elements of norm near one.
const ROUNDING: f64 = 1e-11;

/// Values of a layer and the gradient of an invariant of its output with respect to its vectors.
struct Run {
    t0: Vec<f64>,
    t1: Vec<f64>,
    gradient: Vec<f64>,
}

/// Σ s² + Σ ⟨v, v⟩: an invariant of a field.
fn invariant<'b>(b: &'b Builder, f: Field<'b>) -> Var<'b> {
    let metric = f.ty.space.diagonal().unwrap();
    let eta = b.constant(&[metric.len()], &metric);
    let scalars = f.t0.map(|s| s.square().sum_all());
    let vectors = f.t1.map(|v| v.metric_dot(v, eta).sum_all());
    scalars.into_iter().chain(vectors).reduce(|a, c| a + c).unwrap()
}

fn run(layer: &dyn Layer, t0: &[f64], t1: &[f64]) -> Run {
    run_from(layer, 4, t0, t1)
}

/// As [`run`], with weights from another seed.
fn run_from(layer: &dyn Layer, init: u64, t0: &[f64], t1: &[f64]) -> Run {
    let ty = layer.in_type();
    let b = Builder::new();
    let s = b.input("t0", &[BATCH, ty.t0]);
    let v = b.input("t1", &[BATCH, ty.dim(), ty.t1]);
    let out = layer.build(&b, "layer", Field::new(ty, Some(s), Some(v)));
    out.output(&b, "out");
    b.output("gradient", b.grad(invariant(&b, out), &[v])[0]);
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    let mut e = CpuExecutor::<f64>::new(Arc::clone(&plan));
    e.set_params(&plan.params().init(init)).unwrap();
    e.write_t("t0", t0).unwrap();
    e.write_t("t1", t1).unwrap();
    e.run(1).unwrap();
    let read = |name: &str| e.read(name).unwrap();
    Run { t0: read("out.t0"), t1: read("out.t1"), gradient: read("gradient") }
}

/// g on every row of vectors [B, D, C].
fn act(g: &Matrix, v: &[f64]) -> Vec<f64> {
    let row = v.len() / BATCH;
    let (d, c) = (g.rows(), row / g.rows());
    let mut out = vec![0.0; v.len()];
    for (from, to) in v.chunks(row).zip(out.chunks_mut(row)) {
        for i in 0..d {
            for k in 0..c {
                to[i * c + k] = (0..d).map(|j| g[(i, j)] * from[j * c + k]).sum();
            }
        }
    }
    out
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn differ(a: &[f64], b: &[f64]) -> f64 {
    norm(&a.iter().zip(b).map(|(x, y)| x - y).collect::<Vec<_>>()) / norm(b).max(1e-30)
}

fn normals(n: usize, seed: u64) -> Vec<f64> {
    let mut rng = Rng::new(seed, 0);
    (0..n).map(|_| rng.normal()).collect()
}

/// Random elements, one of them the identity, and the inverse of each.
fn elements(group: Group) -> Vec<Matrix> {
    let mut rng = Rng::new(8, 0);
    let mut list = vec![group.element(&Coords::default())];
    list.extend((0..4).map(|_| group.sample(&mut rng, 1.0)));
    let inverses: Vec<Matrix> = list.iter().map(|g| g.inverse().unwrap()).collect();
    list.extend(inverses);
    list
}

/// Largest relative difference over outputs and gradients under the group.
fn worst(layer: &dyn Layer, group: Group) -> f64 {
    let ty = layer.in_type();
    let (t0, t1) = (normals(BATCH * ty.t0, 1), normals(BATCH * ty.dim() * ty.t1, 2));
    let rest = run(layer, &t0, &t1);
    let mut worst = 0.0f64;
    for g in elements(group) {
        let moved = run(layer, &t0, &act(&g, &t1));
        // The gradient is a covector: it moves with the inverse transpose.
        let dual = g.inverse().unwrap().transpose();
        let scale = g.operator_norm();
        let mut pairs =
            vec![(differ(&moved.t0, &rest.t0), 1.0), (differ(&moved.t1, &act(&g, &rest.t1)), scale)];
        // GL⁺(2) keeps no form, so there is no invariant whose gradient could be compared.
        if group.keeps_metric() {
            pairs.push((differ(&moved.gradient, &act(&dual, &rest.gradient)), scale));
        }
        worst = pairs.iter().fold(worst, |w, (d, s)| w.max(d / (s * s)));
    }
    worst
}

#[test]
fn layers_that_claim_it_are_equivariant_with_their_gradients() {
    for group in MENU {
        for (name, layer) in registered(group) {
            let residual = worst(&*layer, group);
            match layer.symmetry() {
                Symmetry::Exact => assert!(residual < ROUNDING, "{name} under {group}: {residual:.1e}"),
                Symmetry::None => {
                    assert!(residual > 1e-3, "{name} under {group} claims nothing, yet {residual:.1e}")
                }
            }
        }
    }
}

#[test]
fn a_broken_layer_is_caught() {
    let on = |bias, relu, component, metric| Breaks { bias, relu, component, metric };
    for breaks in [
        on(true, false, false, false),
        on(false, true, false, false),
        on(false, false, true, false),
        on(false, false, false, true),
    ] {
        for group in [Group::Orthogonal(2), Group::Rotation(3), Group::Lorentz(2)] {
            let layer = TensorPolynomial::new(group, (3, 4), (5, 6), 8, breaks);
            assert_eq!(layer.symmetry(), Symmetry::None);
            assert!(worst(&layer, group) > 1e-3, "{breaks:?} under {group}");
        }
    }
}

/// Standard deviation of a layer's outputs on standard normal inputs, over samples, channels and 64 initialisations.
fn deviations(layer: &dyn Layer) -> [f64; 2] {
    let ty = layer.in_type();
    let square = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>() / v.len().max(1) as f64;
    let mut sums = [0.0, 0.0];
    for seed in 0..64 {
        let (t0, t1) = (normals(BATCH * ty.t0, 2 * seed), normals(BATCH * ty.dim() * ty.t1, 2 * seed + 1));
        let out = run_from(layer, seed, &t0, &t1);
        sums = [sums[0] + square(&out.t0), sums[1] + square(&out.t1)];
    }
    sums.map(|s| (s / 64.0).sqrt())
}

#[test]
fn outputs_start_with_a_variance_near_one() {
    let mut off = Vec::new();
    for group in MENU {
        for (name, layer) in registered(group) {
            for (part, deviation) in ["t0", "t1"].into_iter().zip(deviations(&*layer)) {
                let variance = deviation * deviation;
                // Up to the fluctuation of 64 small matrices and to gates that depend on the vectors they scale. SiLU
                // takes more than half of the scalars' variance where an indefinite form forbids to make up for it.
                let small = (name, part) == ("tensor_polynomial", "t0") && group.metric().contains(&-1.0);
                let (low, high) = if small { (0.35, 0.5) } else { (0.85, 1.2) };
                if !(low..high).contains(&variance) {
                    off.push(format!("{name}.{part} under {group}: {variance:.2}, not in {low} … {high}"));
                }
            }
        }
    }
    assert!(off.is_empty(), "{}", off.join("\n"));
}

#[test]
fn a_type_that_does_not_fit_is_named_with_the_one_that_would() {
    let group = Group::Rotation(3);
    let layers: Vec<Box<dyn Layer>> =
        vec![Box::new(TensorPolynomial::new(group, (3, 4), (5, 6), 8, Breaks::default()))];
    let b = Builder::new();
    let ty = FieldType::point(group, 2, 4);
    let field = Field::new(ty, Some(b.input("t0", &[1, 2])), Some(b.input("t1", &[1, 3, 4])));
    let error = chain(&b, "net", &layers, field).err().unwrap().to_string();
    assert_eq!(error, "layer ‘net.0’ takes 3T0+4T1 of SO(3), but was given 2T0+4T1 of SO(3)");
}
