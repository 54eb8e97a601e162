//! Kernels of the CPU executor: the fast path against the reference in plain loops, interleaved in one process; products
//! also against the crate `matrixmultiply`. Prints the smallest time, and how many times faster the fast path is.
//!
//! `cargo bench --bench cpu --no-default-features`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use equiscope::engine::graph::Optimiser;
use equiscope::engine::kernels::{self, Attrs, Call, Kernel};
use equiscope::engine::shape::numel;
use std::hint::black_box;
use std::time::Instant;

/// Interleaved rounds.
const ROUNDS: usize = 15;
/// Time one measurement takes about, in seconds.
const WINDOW: f64 = 4e-3;

/// One use of a kernel, with buffers.
struct Use {
    kernel: &'static dyn Kernel,
    attrs: Attrs,
    shapes: Vec<Vec<usize>>,
    reads: Vec<Vec<f32>>,
    writes: Vec<Vec<f32>>,
    scratch: Vec<f32>,
    registers: Vec<f32>,
}

impl Use {
    fn new(stem: &str, ints: &[u32], reads: &[&[usize]], writes: &[&[usize]]) -> Self {
        let fill = |s: &&[usize]| (0..numel(s)).map(|i| (i * 7919 % 1013) as f32 / 1013.0 + 0.1).collect();
        Self {
            kernel: kernels::find(stem).unwrap(),
            attrs: Attrs::ints(ints),
            shapes: reads.iter().chain(writes).map(|s| s.to_vec()).collect(),
            reads: reads.iter().map(fill).collect(),
            writes: writes.iter().map(fill).collect(),
            scratch: Vec::new(),
            registers: Vec::new(),
        }
    }

    /// A function that runs a path of the kernel once.
    fn runner(&mut self, path: fn(&mut Call<'_, f32>)) -> impl FnMut() {
        let mut shapes: Vec<&[usize]> = self.shapes.iter().map(Vec::as_slice).collect();
        if self.kernel.stem() == "optimise" {
            shapes.insert(3, &[4]);
        }
        let launch = self.kernel.launch(&self.attrs, &shapes);
        let reads: Vec<&[f32]> = self.reads.iter().map(Vec::as_slice).collect();
        let (attrs, writes, mut state) = (&self.attrs, &mut self.writes, [0, 0, 0, 10]);
        let (scratch, registers) = (&mut self.scratch, &mut self.registers);
        let team = lanes::Team::alone();
        move || {
            let count = writes.len();
            let mut slices: [&mut [f32]; 2] = [&mut [], &mut []];
            slices.iter_mut().zip(writes.iter_mut()).for_each(|(slice, write)| *slice = write);
            path(black_box(&mut Call {
                attrs,
                uniforms: &launch.uniforms,
                overrides: &launch.overrides,
                reads: &reads,
                writes: &mut slices[..count],
                state: &mut state,
                scratch,
                registers,
                team: &team,
            }));
        }
    }
}

/// Seconds a call takes.
fn seconds(f: &mut dyn FnMut(), calls: usize) -> f64 {
    let start = Instant::now();
    (0..calls).for_each(|_| f());
    start.elapsed().as_secs_f64() / calls as f64
}

/// Smallest seconds of each function, all of them in every round.
fn interleaved<const N: usize>(mut functions: [&mut dyn FnMut(); N]) -> [f64; N] {
    let calls =
        functions.each_mut().map(|f| ((WINDOW / seconds(*f, 1).max(1e-9)) as usize).clamp(1, 100_000));
    let mut best = [f64::INFINITY; N];
    for _ in 0..ROUNDS {
        for ((best, f), &calls) in best.iter_mut().zip(&mut functions).zip(&calls) {
            *best = best.min(seconds(*f, calls));
        }
    }
    best
}

fn compare(name: &str, mut plain: Use) {
    let shapes: Vec<&[usize]> = plain.shapes.iter().map(Vec::as_slice).collect();
    let name = format!("{name} {:?}", shapes[0]);
    let (kernel, attrs) = (plain.kernel, plain.attrs.clone());
    let (reads, writes) = shapes.split_at(plain.reads.len());
    let mut quick = Use::new(kernel.stem(), &attrs.ints, reads, writes);
    let mut plain = plain.runner(kernel.reference().f32);
    let mut quick = quick.runner(kernel.fast().unwrap_or(kernel.reference().f32));
    let [plain, quick] = interleaved([&mut plain, &mut quick]);
    println!("{name:<28} {:>10.2} µs {:>8.2} × reference", quick * 1e6, plain / quick);
}

fn product(m: usize, k: usize, n: usize, ta: bool, tb: bool) {
    let a: &[usize] = if ta { &[k, m] } else { &[m, k] };
    let b: &[usize] = if tb { &[n, k] } else { &[k, n] };
    let new = || Use::new("matmul", &[u32::from(ta), u32::from(tb)], &[a, b], &[&[m, n]]);
    let (mut plain, mut quick, mut other) = (new(), new(), new());
    let kernel = quick.kernel;
    let mut plain = plain.runner(kernel.reference().f32);
    let mut quick = quick.runner(kernel.fast().unwrap());
    let strides = |t: bool, rows: usize, cols: usize| if t { (1, rows as isize) } else { (cols as isize, 1) };
    let ((ra, ca), (rb, cb)) = (strides(ta, m, k), strides(tb, k, n));
    let c = &mut other.writes[0];
    let (a, b) = (&other.reads[0], &other.reads[1]);
    #[allow(unsafe_code)]
    // SAFETY: the slices have the extents that the strides say.
    let mut other = || unsafe {
        let c = c.as_mut_ptr();
        matrixmultiply::sgemm(m, k, n, 1.0, a.as_ptr(), ra, ca, b.as_ptr(), rb, cb, 0.0, c, n as isize, 1);
    };
    let [plain, quick, other] = interleaved([&mut plain, &mut quick, &mut other]);
    let name = format!("{m}×{k}{} · {k}×{n}{}", if ta { "ᵀ" } else { "" }, if tb { "ᵀ" } else { "" });
    let rate = 2.0 * (m * k * n) as f64 / quick * 1e-9;
    println!(
        "{name:<28} {:>10.2} µs {rate:>6.1} GFLOP/s {:>8.2} × reference {:>6.2} × matrixmultiply",
        quick * 1e6,
        plain / quick,
        other / quick
    );
}

fn main() {
    for (m, k, n) in [(10, 8, 8), (500, 10, 384), (500, 384, 384), (512, 512, 512), (2500, 64, 64)] {
        product(m, k, n, false, false);
    }
    product(500, 384, 384, false, true);
    for (m, k, n) in [(384, 500, 384), (64, 2500, 64), (64, 12_500, 64), (8, 500, 8)] {
        product(m, k, n, true, false);
    }
    product(500, 384, 1, false, false);
    product(384, 500, 1, true, false);
    product(500, 1, 384, false, false);
    for (op, name) in
        [(3, "exp"), (4, "ln"), (6, "tanh"), (7, "sigmoid"), (8, "silu"), (9, "silu′"), (10, "softplus")]
    {
        compare(name, Use::new("unary", &[op], &[&[500, 64]], &[&[500, 64]]));
    }
    compare("a·b", Use::new("binary", &[2], &[&[500, 64], &[500, 64]], &[&[500, 64]]));
    compare("a + row", Use::new("binary", &[0], &[&[500, 64], &[64]], &[&[500, 64]]));
    compare("a·column", Use::new("binary", &[2], &[&[500, 64], &[500, 1]], &[&[500, 64]]));
    compare("sum of columns", Use::new("reduce_sum", &[0, 0], &[&[500, 384]], &[&[1, 384]]));
    compare("sum of rows", Use::new("reduce_sum", &[1, 0], &[&[500, 384]], &[&[500, 1]]));
    compare("sum of the middle", Use::new("reduce_sum", &[1, 0], &[&[500, 5, 64]], &[&[500, 1, 64]]));
    compare("metric_dot", Use::new("metric_dot", &[], &[&[500, 4, 64], &[500, 4, 64], &[4]], &[&[500, 64]]));
    let act = Use::new("group_act", &[0, 0], &[&[500, 5, 5], &[500, 5, 64]], &[&[500, 5, 64]]);
    compare("group_act", act);
    let mut adam = Use::new("optimise", &[], &[&[100_000], &[1], &[1]], &[&[100_000], &[2, 100_000]]);
    adam.attrs = kernels::optimise::attrs(&Optimiser::Adam.into());
    compare("Adam", adam);
}
