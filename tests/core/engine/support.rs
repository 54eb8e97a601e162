//! What the tests of all kernels share: filling cases, running references, checking gradients.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use equiscope::engine::edges::pack;
use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::graph::{Builder, Graph, Init, Training, Var};
use equiscope::engine::kernels::{Access, Attrs, Call, Case, Domain, Element, Feed, Kernel, Launch, Ty};
use equiscope::engine::plan::Plan;
use equiscope::maths::rng::Rng;

/// Numbers of a feed, each exact in f32, so that both precisions see the same.
pub fn fill(feed: &Feed, rng: &mut Rng) -> Vec<f64> {
    let n = feed.shape.last().copied().unwrap_or(1);
    if let Domain::Edges(targets, sources) = feed.domain {
        let capacity = (n - targets - sources - 2) / 3;
        let mut below = |n: usize| (rng.uniform() * n as f64) as usize;
        let pairs: Vec<_> = (0..capacity - capacity / 4).map(|_| (below(targets), below(sources))).collect();
        return pack(&pairs, targets, sources, capacity).unwrap().into_iter().map(f64::from).collect();
    }
    let draw = |i: usize| {
        let value = match feed.domain {
            Domain::Diagonal(more) => {
                let diagonal = i / n % n == i % n;
                2.0 * rng.uniform() - 1.0 + if diagonal { more } else { 0.0 }
            }
            Domain::Range(lo, hi) => lo + (hi - lo) * rng.uniform(),
            Domain::Away(lo, hi) => {
                let sign = if rng.uniform() < 0.5 { -1.0 } else { 1.0 };
                sign * (lo + (hi - lo) * rng.uniform())
            }
            Domain::Edges(..) => unreachable!("is packed above"),
            Domain::Index(count) | Domain::Sorted(count) => (rng.uniform() * f64::from(count)).floor(),
            Domain::Given(numbers) => f64::from(numbers[i % numbers.len()]),
        };
        f64::from(value as f32)
    };
    let mut values: Vec<f64> = (0..feed.shape.iter().product()).map(draw).collect();
    if let Domain::Sorted(_) = feed.domain {
        values.chunks_mut(n).for_each(|row| row.sort_by(f64::total_cmp));
    }
    values
}

/// All tensors of a case in binding order; `None` for tensors that are only written, and for the state.
pub struct Filled {
    pub shapes: Vec<Vec<usize>>,
    pub data: Vec<Option<Vec<f64>>>,
    pub launch: Launch,
}

pub fn filled(kernel: &dyn Kernel, case: &Case) -> Filled {
    let mut rng = Rng::new(17, 3);
    let mut feeds = case.feeds.iter();
    let bindings = kernel.signature(&case.attrs).bindings;
    let read_shapes: Vec<&[usize]> = case.feeds.iter().map(|f| f.shape.as_slice()).collect();
    let (mut shapes, mut data) = (Vec::new(), Vec::new());
    // Kernels that are not part of a graph write nothing that could be inferred.
    let written = kernel.infer(&case.attrs, &read_shapes).into_iter();
    let mut written = written.chain(kernel.infer_parts(&case.attrs, &read_shapes));
    for b in bindings {
        match (b.ty, b.access) {
            (Ty::U32, _) => {
                shapes.push(vec![4]);
                data.push(None);
            }
            (Ty::F32, Access::Write) => {
                shapes.push(written.next().expect("a shape per output"));
                data.push(None);
            }
            (Ty::F32, _) => {
                let feed = feeds.next().expect("a feed per tensor");
                shapes.push(feed.shape.clone());
                data.push(Some(fill(feed, &mut rng)));
            }
        }
    }
    assert!(feeds.next().is_none(), "{}: more feeds than tensors", kernel.stem());
    let views: Vec<&[usize]> = shapes.iter().map(Vec::as_slice).collect();
    let launch = kernel.launch(&case.attrs, &views);
    Filled { shapes, data, launch }
}

/// How a case is launched.
pub fn launch(kernel: &dyn Kernel, case: &Case) -> Launch {
    filled(kernel, case).launch
}

/// What a reference leaves in the tensors it writes or updates, in binding order, and in the state.
pub fn run_reference<T: Element>(kernel: &dyn Kernel, case: &Case) -> (Vec<Vec<T>>, [u32; 4]) {
    run_path(kernel, case, T::pick(&kernel.reference()))
}

/// The same for any path.
pub fn run_path<T: Element>(
    kernel: &dyn Kernel,
    case: &Case,
    path: impl Fn(&mut Call<'_, T>),
) -> (Vec<Vec<T>>, [u32; 4]) {
    let f = filled(kernel, case);
    let (mut reads, mut writes) = (Vec::new(), Vec::new());
    for ((b, shape), data) in kernel.signature(&case.attrs).bindings.iter().zip(&f.shapes).zip(&f.data) {
        if b.ty == Ty::U32 {
            continue;
        }
        let nan = || vec![T::from_f64(f64::NAN); shape.iter().product()];
        let values = data.as_ref().map_or_else(nan, |d| d.iter().map(|&v| T::from_f64(v)).collect());
        if b.access == Access::Read { reads.push(values) } else { writes.push(values) }
    }
    let mut state = case.state;
    let reads: Vec<&[T]> = reads.iter().map(Vec::as_slice).collect();
    let mut slices: Vec<&mut [T]> = writes.iter_mut().map(Vec::as_mut_slice).collect();
    path(&mut Call {
        attrs: &case.attrs,
        uniforms: &f.launch.uniforms,
        overrides: &f.launch.overrides,
        reads: &reads,
        writes: &mut slices,
        state: &mut state,
        scratch: &mut vec![T::from_f64(f64::NAN); 5],
        registers: &mut vec![T::from_f64(f64::NAN); 5],
        team: &lanes::Team::alone(),
    });
    (writes, state)
}

/// Fixed weights of order 1, without pattern.
pub fn weights(b: &Builder, shape: &[usize], seed: u64) -> Vec<f64> {
    let _ = b;
    let mut rng = Rng::new(seed, 99);
    (0..shape.iter().product()).map(|_| 0.5 + rng.uniform()).collect()
}

/// Largest difference between `grad` and central differences of Σ w·f(x) in f64, relative to the larger of 1 and the
/// gradient's norm, over a sample of coordinates. `f` builds the value from its inputs; `order` 2 checks the gradient
/// of Σ v·∂(Σ w·f), that is, second derivatives.
pub fn gradient_error(
    feeds: &[Feed],
    order: u32,
    f: &dyn for<'b> Fn(&'b Builder, &[Var<'b>]) -> Var<'b>,
) -> f64 {
    let b = Builder::new();
    let inputs: Vec<Var<'_>> =
        feeds.iter().enumerate().map(|(i, f)| b.input(&format!("x{i}"), &f.shape)).collect();
    let scalar = |v: Var<'_>, seed: u64| -> Vec<f64> { weights(&b, &v.shape(), seed) };
    let continuous: Vec<usize> = (0..feeds.len()).filter(|&i| feeds[i].domain.is_continuous()).collect();
    let wrt: Vec<Var<'_>> = continuous.iter().map(|&i| inputs[i]).collect();
    let y = f(&b, &inputs);
    let mut loss = (y * b.constant(&y.shape(), &scalar(y, 1))).sum_all();
    if order == 2 {
        let first = b.grad(loss, &wrt);
        let parts = first.iter().enumerate();
        let parts = parts.map(|(i, &g)| (g * b.constant(&g.shape(), &scalar(g, 2 + i as u64))).sum_all());
        loss = parts.reduce(|a, c| a + c).unwrap();
    }
    b.output("loss", loss);
    for (&i, g) in continuous.iter().zip(b.grad(loss, &wrt)) {
        b.output(&format!("g{i}"), g);
    }
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    let mut exec = CpuExecutor::<f64>::new(plan);
    let mut rng = Rng::new(23, 5);
    let mut values: Vec<Vec<f64>> = feeds.iter().map(|f| fill(f, &mut rng)).collect();
    let mut run = |values: &[Vec<f64>], name: &str| {
        values.iter().enumerate().for_each(|(i, v)| exec.write_t(&format!("x{i}"), v).unwrap());
        exec.run(1).unwrap();
        exec.read(name).unwrap()
    };
    let mut worst: f64 = 0.0;
    for i in continuous {
        let g = run(&values, &format!("g{i}"));
        let scale = g.iter().fold(1.0, |m: f64, v| m.max(v.abs()));
        // Every coordinate of a small tensor, 40 of a large one.
        let stride = values[i].len().div_ceil(40);
        for k in (0..values[i].len()).step_by(stride) {
            let (h, old) = (1e-5, values[i][k]);
            values[i][k] = old + h;
            let up = run(&values, "loss")[0];
            values[i][k] = old - h;
            let down = run(&values, "loss")[0];
            values[i][k] = old;
            worst = worst.max(((up - down) / (2.0 * h) - g[k]).abs() / scale);
        }
    }
    worst
}

/// Central differences in f64 with step 1e-5: about 1e-10 of truncation and 1e-10 of rounding, with room for the
/// curvature of the functions tested.
pub const GRADIENT_TOLERANCE: f64 = 1e-7;

/// A network of one hidden layer on 16 samples of a fixed function, with its training step.
pub fn mlp(training: impl Into<Training>) -> Graph {
    let b = Builder::new();
    let x = b.input("x", &[16, 3]);
    let y = b.input("y", &[16, 2]);
    let w1 = b.param("layers.0.weight", &[3, 20], Init::Normal { std: 0.6 });
    let b1 = b.param("layers.0.bias", &[20], Init::Zeros);
    let w2 = b.param("layers.1.weight", &[20, 2], Init::Normal { std: 0.25 });
    let b2 = b.param("layers.1.bias", &[2], Init::Constant(0.1));
    b.param("unused", &[5], Init::Constant(2.0));
    let noise = b.random_normal(4, &[16, 3]) * 0.01;
    let out = ((x + noise).matmul(w1) + b1).silu().matmul(w2) + b2;
    let decay = (w1.square().mean() + w2.square().mean()) * b.knob("decay", 1e-3);
    b.output("out", out);
    b.train(&[("fit", (out - y).square().mean()), ("decay", decay)], training);
    b.finish().unwrap()
}

/// Writes the samples of [`mlp`] and sets seed and rate.
pub fn mlp_start(exec: &mut dyn Executor, plan: &Plan, rate: f64) {
    let mut rng = Rng::new(5, 0);
    let x: Vec<f32> = (0..48).map(|_| (2.0 * rng.uniform() - 1.0) as f32).collect();
    let y: Vec<f32> = x.chunks(3).flat_map(|r| [r[0] * r[1], r[2] - r[0] * r[0]]).collect();
    exec.write("x", &x).unwrap();
    exec.write("y", &y).unwrap();
    exec.set_params(&plan.params().init(11)).unwrap();
    exec.set_seed(0x1234_5678_9ABC_DEF0);
    exec.set_knob("lr", rate).unwrap();
}

/// The rule of a kernel as a function on graphs.
pub fn apply<'b>(b: &'b Builder, stem: &str, attrs: &Attrs, inputs: &[Var<'b>]) -> Var<'b> {
    b.kernel(stem, attrs.clone(), inputs)
}

/// Runs a graph without inputs in f64 and gives its one output.
pub fn value(build: impl for<'b> Fn(&'b Builder) -> Var<'b>) -> Vec<f64> {
    let b = Builder::new();
    let y = build(&b);
    b.output("y", y);
    let plan = Arc::new(Plan::compile(&b.finish().unwrap()).unwrap());
    let mut exec = CpuExecutor::<f64>::new(plan);
    exec.run(1).unwrap();
    exec.read("y").unwrap()
}

/// The first mistake in building a graph.
pub fn mistake(build: impl Fn(&Builder)) -> String {
    let b = Builder::new();
    build(&b);
    b.finish().unwrap_err().to_string()
}
