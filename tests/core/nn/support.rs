//! Networks on given numbers, and group elements on what enters and leaves.

use equiscope::engine::kernels::Element;
use equiscope::engine::{Builder, CpuExecutor, Executor, Plan};
use equiscope::maths::residual::{output_scale, residual};
use equiscope::maths::rng::Rng;
use equiscope::maths::{Matrix, MatrixGroup};
use equiscope::nn::Space;
use equiscope::nn::tensors::{Io, Kind, Network, Spec};
use std::sync::Arc;

/// The four tasks' types.
pub fn tasks() -> [(&'static str, Io); 4] {
    [
        ("o5", Io::o5().unwrap()),
        ("inertia", Io::inertia().unwrap()),
        ("lorentz", Io::lorentz().unwrap()),
        ("nbody", Io::nbody(5).unwrap()),
    ]
}

/// Types that no task has: other groups, all three types at once, a form that is not diagonal, an antisymmetric one.
pub fn more() -> Vec<(&'static str, Io)> {
    let named = |name: &str| name.parse::<Space>().unwrap();
    // SO(1,1) in light-cone coordinates keeps x y.
    let squeeze = Matrix::from_rows(&[[1.0, 0.0], [0.0, -1.0]]);
    let light = MatrixGroup::new("light cone", 2, vec![squeeze], vec![]).unwrap();
    let every = |space: Space| Io::new(space, (2, 3), (2, 2, 2));
    vec![
        ("SO(3)", every(named("SO(3)"))),
        ("SO+(1,3)", every(named("SO+(1,3)"))),
        ("Sp(4)", every(named("Sp(4)"))),
        ("light cone", every(Space::of(light).unwrap())),
    ]
}

pub fn network(kind: Kind, io: &Io) -> Network {
    Network::new(Spec::published(kind, io), io.clone()).unwrap()
}

pub fn normals(n: usize, seed: u64) -> Vec<f64> {
    let mut rng = Rng::new(seed, 0);
    (0..n).map(|_| rng.normal()).collect()
}

/// Inputs of a batch: scalars [B, n₀], vectors [B, D, n₁].
#[derive(Clone)]
pub struct Data {
    pub batch: usize,
    pub t0: Vec<f64>,
    pub t1: Vec<f64>,
}

impl Data {
    pub fn normal(io: &Io, batch: usize, seed: u64) -> Self {
        let t0 = normals(batch * io.t0_in, seed);
        Self { batch, t0, t1: normals(batch * io.space.dim() * io.t1_in, seed + 1) }
    }

    /// One element for each sample.
    pub fn moved(&self, io: &Io, elements: &[Matrix]) -> Self {
        Self { t1: act(elements, &self.t1, io.t1_in, 1), ..self.clone() }
    }
}

/// ρ_r(g) on tensors [B, Dʳ, C].
pub fn act(elements: &[Matrix], v: &[f64], c: usize, rank: u32) -> Vec<f64> {
    let mut out = Vec::with_capacity(v.len());
    let rows = v.len() / elements.len();
    for (g, v) in elements.iter().zip(v.chunks(rows.max(1))) {
        let rho = (0..rank).fold(Matrix::identity(1), |m, _| m.kron(g));
        for i in 0..rho.rows() {
            for k in 0..c {
                out.push((0..rho.cols()).map(|j| rho[(i, j)] * v[j * c + k]).sum());
            }
        }
    }
    out
}

/// What a network gives, by type, and Σ over all of it differentiated by the vectors.
pub struct Out {
    pub parts: [Vec<f64>; 3],
    pub gradient: Vec<f64>,
    pub weights: Vec<f64>,
}

/// Runs a network with weights from a seed, all in one precision.
pub fn run<T: Element>(net: &Network, seed: u64, x: &Data) -> Out {
    run_with::<T>(net, |plan| plan.params().init(seed), x)
}

/// The same with weights half as large again, as after some training: what is not constant shows more.
pub fn run_grown(net: &Network, seed: u64, x: &Data) -> Out {
    let grown = |plan: &Plan| plan.params().init(seed).iter().map(|w| 1.5 * w).collect();
    run_with::<f64>(net, grown, x)
}

pub fn run_with<T: Element>(net: &Network, weights: impl Fn(&Plan) -> Vec<f32>, x: &Data) -> Out {
    let io = net.io();
    let b = Builder::new();
    let t0 = (io.t0_in > 0).then(|| b.input("t0", &[x.batch, io.t0_in]));
    let t1 = b.input("t1", &[x.batch, io.space.dim(), io.t1_in]);
    let built = net.assemble(&b, "net", t0, Some(t1)).unwrap();
    built.out.output(&b, "out");
    let parts = [built.out.t0, built.out.t1, built.out.t2];
    let total = parts.into_iter().flatten().map(|v| v.square().sum_all()).reduce(|a, c| a + c).unwrap();
    b.output("gradient", b.grad(total, &[t1])[0]);
    let of_weights: Vec<_> = built.weights.iter().map(|w| w.var).collect();
    let squares = b.grad(total, &of_weights).into_iter().map(|g| g.square().sum_all());
    b.output("weights", squares.reduce(|a, c| a + c).unwrap());
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    let mut e = CpuExecutor::<T>::new(Arc::clone(&plan));
    e.set_params(&weights(&plan)).unwrap();
    let cast = |v: &[f64]| v.iter().map(|&v| T::from_f64(v)).collect::<Vec<T>>();
    if io.t0_in > 0 {
        e.write_t("t0", &cast(&x.t0)).unwrap();
    }
    e.write_t("t1", &cast(&x.t1)).unwrap();
    e.run(1).unwrap();
    let read = |name: &str| e.read(name).unwrap().iter().map(|v| v.to_f64()).collect::<Vec<f64>>();
    let part = |name: &str, count: usize| if count > 0 { read(name) } else { Vec::new() };
    Out {
        parts: [part("out.t0", io.t0_out), part("out.t1", io.t1_out), part("out.t2", io.t2_out)],
        gradient: read("gradient"),
        weights: read("weights"),
    }
}

/// Residuals of each sample and type under one element each.
pub fn residuals<T: Element>(net: &Network, seed: u64, x: &Data, elements: &[Matrix]) -> Vec<f64> {
    residuals_of(net, |x| run::<T>(net, seed, x), x, elements)
}

/// Residuals of a way to run the network.
pub fn residuals_of(net: &Network, run: impl Fn(&Data) -> Out, x: &Data, elements: &[Matrix]) -> Vec<f64> {
    let io = net.io();
    let (here, there) = (run(x), run(&x.moved(io, elements)));
    let mut list = vec![0.0f64; x.batch];
    for (rank, count) in [io.t0_out, io.t1_out, io.t2_out].into_iter().enumerate().filter(|(_, n)| *n > 0) {
        let width = here.parts[rank].len() / x.batch;
        let scale = output_scale(&here.parts[rank], width);
        let expected = act(elements, &here.parts[rank], count, rank as u32);
        let pairs = there.parts[rank].chunks(width).zip(expected.chunks(width));
        for ((worst, (got, want)), g) in list.iter_mut().zip(pairs).zip(elements) {
            let norm = g.operator_norm().powi(rank as i32);
            *worst = worst.max(residual(got, want, norm, scale).unwrap());
        }
    }
    list
}

/// As many elements as samples: the identity, then random ones and their inverses.
pub fn elements(io: &Io, count: usize, rapidity: f64) -> Vec<Matrix> {
    let some = io.space.group().sample_for_residual(count / 2, rapidity, &mut Rng::new(8, 0));
    let inverses = some.iter().map(|g| g.inverse().unwrap());
    let one = Matrix::identity(io.space.dim());
    let all: Vec<Matrix> = [one].into_iter().chain(some.iter().cloned().chain(inverses)).collect();
    (0..count).map(|i| all[i % all.len()].clone()).collect()
}
