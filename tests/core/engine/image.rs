//! Operations on images against direct sums and known values.

use std::sync::Arc;

use equiscope::engine::graph::{Builder, Conv, Var};
use equiscope::engine::kernels::Element;
use equiscope::engine::kernels::dihedral::Dihedral;
use equiscope::engine::kernels::warp::Interpolation;
use equiscope::engine::{CpuExecutor, Executor, Plan};
use equiscope::maths::rng::Rng;

/// A function of tensors.
fn eval_as<T: Element>(inputs: &[(&[usize], &[f64])], f: &dyn for<'b> Fn(&[Var<'b>]) -> Var<'b>) -> Vec<f64> {
    let b = Builder::new();
    let names: Vec<String> = (0..inputs.len()).map(|i| format!("x{i}")).collect();
    let vars: Vec<Var<'_>> = names.iter().zip(inputs).map(|(n, (shape, _))| b.input(n, shape)).collect();
    b.output("y", f(&vars));
    let mut exec = CpuExecutor::<T>::new(Arc::new(Plan::compile(&b.finish().unwrap()).unwrap()));
    for (name, (_, data)) in names.iter().zip(inputs) {
        let data: Vec<T> = data.iter().map(|&v| T::from_f64(v)).collect();
        exec.write_t(name, &data).unwrap();
    }
    exec.run(1).unwrap();
    exec.read("y").unwrap().into_iter().map(T::to_f64).collect()
}

fn eval(inputs: &[(&[usize], &[f64])], f: &dyn for<'b> Fn(&[Var<'b>]) -> Var<'b>) -> Vec<f64> {
    eval_as::<f64>(inputs, f)
}

fn random(shape: &[usize], seed: u64) -> Vec<f64> {
    let mut rng = Rng::new(seed, 0);
    (0..shape.iter().product()).map(|_| rng.normal()).collect()
}

fn assert_close(a: &[f64], b: &[f64], bound: f64) {
    assert_eq!(a.len(), b.len());
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() <= bound, "place {i}: {a} and {b}");
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A convolution as its definition says; `at` says which image pixel stands at a place, if any.
fn direct(
    (xs, x): (&[usize], &[f64]),
    (ws, w): (&[usize], &[f64]),
    conv: &Conv,
    at: &dyn Fn(i64, i64) -> Option<usize>,
    targets: [usize; 2],
) -> Vec<f64> {
    let (cg, og) = (ws[1], ws[0] / conv.groups);
    let mut y = Vec::new();
    for b in 0..xs[0] {
        for o in 0..ws[0] {
            for (i, j) in (0..targets[0]).flat_map(|i| (0..targets[1]).map(move |j| (i, j))) {
                let mut sum = 0.0;
                for c in 0..cg {
                    for (k, l) in (0..ws[2]).flat_map(|k| (0..ws[3]).map(move |l| (k, l))) {
                        let row = (i * conv.stride[0] + k * conv.dilation[0]) as i64 - conv.before[0] as i64;
                        let column =
                            (j * conv.stride[1] + l * conv.dilation[1]) as i64 - conv.before[1] as i64;
                        if let Some(pixel) = at(row, column) {
                            let channel = o / og * cg + c;
                            sum += w[((o * cg + c) * ws[2] + k) * ws[3] + l]
                                * x[(b * xs[1] + channel) * xs[2] * xs[3] + pixel];
                        }
                    }
                }
                y.push(sum);
            }
        }
    }
    y
}

#[test]
fn convolutions_are_what_their_definition_says() {
    let plain = Conv::default();
    let uneven = Conv { stride: [2, 3], before: [1, 0], after: [2, 1], ..plain };
    let cases = [
        ([2, 3, 6, 5], [4, 3, 3, 3], Conv::same(3), [6, 5]),
        ([1, 4, 7, 9], [6, 2, 3, 2], Conv { groups: 2, ..uneven }, [4, 3]),
        ([2, 5, 8, 8], [5, 1, 3, 3], Conv { groups: 5, dilation: [2, 1], ..plain }, [4, 6]),
        ([3, 2, 1, 1], [70, 2, 1, 1], plain, [1, 1]),
    ];
    for (xs, ws, conv, targets) in cases {
        let (x, w) = (random(&xs, 1), random(&ws, 2));
        let [h, width] = [xs[2], xs[3]];
        let at = |row: i64, column: i64| {
            let inside = (0..h as i64).contains(&row) && (0..width as i64).contains(&column);
            inside.then(|| row as usize * width + column as usize)
        };
        let expected = direct((&xs, &x), (&ws, &w), &conv, &at, targets);
        let inputs: [(&[usize], &[f64]); 2] = [(&xs, &x), (&ws, &w)];
        let exact = eval(&inputs, &|v| v[0].conv2d(v[1], &conv));
        assert_close(&exact, &expected, 1e-12);
        assert_close(&eval_as::<f32>(&inputs, &|v| v[0].conv2d(v[1], &conv)), &expected, 1e-5);

        // The transpose is the adjoint.
        let ys = [xs[0], ws[0], targets[0], targets[1]];
        let y = random(&ys, 3);
        let back = eval(&[(&ys, &y), (&ws, &w)], &|v| v[0].conv2d_transposed(v[1], &conv, [h, width]));
        assert!((dot(&back, &x) - dot(&y, &expected)).abs() < 1e-10);
    }
}

#[test]
fn circular_padding_makes_a_convolution_on_the_torus() {
    let (xs, ws) = ([2, 2, 5, 4], [3, 2, 3, 3]);
    let (x, w) = (random(&xs, 1), random(&ws, 2));
    let at = |row: i64, column: i64| Some((row.rem_euclid(5) * 4 + column.rem_euclid(4)) as usize);
    let expected = direct((&xs, &x), (&ws, &w), &Conv::same(3), &at, [5, 4]);
    let circular =
        eval(&[(&xs, &x), (&ws, &w)], &|v| v[0].pad_circular([1, 1], [1, 1]).conv2d(v[1], &Conv::default()));
    assert_close(&circular, &expected, 1e-12);
}

#[test]
fn pools_take_maxima_and_means_and_the_first_of_equals() {
    let shape = [1, 1, 3, 4];
    #[rustfmt::skip]
    let x = [
        1.0, 5.0, 2.0, 2.0,
        5.0, 0.0, 2.0, 1.0,
        -3.0, -1.0, -2.0, -9.0,
    ];
    let input: [(&[usize], &[f64]); 1] = [(&shape, &x)];
    assert_eq!(eval(&input, &|v| v[0].pool_max([2, 2], [2, 2], [0, 0])), [5.0, 2.0]);
    assert_eq!(eval(&input, &|v| v[0].pool_max([3, 3], [2, 2], [1, 1])), [5.0, 5.0, 5.0, 2.0]);
    assert_eq!(eval(&input, &|v| v[0].pool_average([2, 2], [2, 2], [0, 0])), [2.75, 1.75]);
    assert_eq!(eval(&input, &|v| v[0].pool_average([2, 4], [2, 4], [1, 0])), [1.25, -0.875]);
    assert_eq!(eval(&input, &|v| v[0].pool_global_max()), [5.0]);
    assert_close(&eval(&input, &|v| v[0].pool_global_average()), &[0.25], 1e-15);
    let slope = |stride: usize| {
        eval(&input, &|v| {
            let y = v[0].pool_max([2, 2], [stride, stride], [0, 0]);
            v[0].builder().grad(y.sum_all(), &[v[0]])[0]
        })
    };
    assert_eq!(slope(2), [0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(slope(1), [0.0, 2.0, 1.0, 0.0, 1.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn fast_pools_take_the_first_of_equals_too() {
    let shape = [1, 2, 4, 4];
    let mut rng = Rng::new(3, 0);
    let x: Vec<f64> = (0..32).map(|_| (rng.uniform() * 3.0).floor()).collect();
    fn slope<'b>(v: &[Var<'b>]) -> Var<'b> {
        let b = v[0].builder();
        let weights: Vec<f64> = (1..=8).map(f64::from).collect();
        let y = v[0].pool_max([2, 2], [2, 2], [0, 0]) * b.constant(&[1, 2, 2, 2], &weights);
        b.grad(y.sum_all(), &[v[0]])[0]
    }
    assert_eq!(eval_as::<f32>(&[(&shape, &x)], &slope), eval(&[(&shape, &x)], &slope));
}

const BOTH: [Interpolation; 2] = [Interpolation::Bilinear, Interpolation::Bicubic];

#[test]
fn resampling_by_the_identity_and_by_whole_pixels_moves_numbers_exactly() {
    let shape = [1, 2, 5, 8];
    let x = random(&shape, 1);
    for kind in BOTH {
        let moved =
            |m: [f64; 6]| eval(&[(&shape, &x), (&[1, 2, 3], &m)], &|v| v[0].resample(v[1], [5, 8], kind));
        assert_close(&moved([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]), &x, 1e-14);
        // One pixel of eight is a quarter of the width: the result shows what lies to its right.
        let shifted = moved([1.0, 0.0, 0.25, 0.0, 1.0, 0.0]);
        for (i, row) in shifted.chunks(8).enumerate() {
            let mut expected = x[8 * i + 1..8 * i + 8].to_vec();
            expected.push(0.0);
            assert_close(row, &expected, 1e-14);
        }
    }
}

#[test]
fn resampling_between_pixels_has_the_stated_weights() {
    let (shape, x) = ([1, 1, 1, 6], [0.0, 0.0, 1.0, 10.0, 100.0, 1000.0]);
    // Half a pixel of six is a sixth of the width.
    let m = [1.0, 0.0, 1.0 / 6.0, 0.0, 1.0, 0.0];
    let at = |kind| eval(&[(&shape, &x), (&[1, 2, 3], &m)], &|v| v[0].resample(v[1], [1, 6], kind));
    assert_close(&at(BOTH[0]), &[0.0, 0.5, 5.5, 55.0, 550.0, 500.0], 1e-12);
    // Keys with a = -0.75 half-way: 0.59375 and -0.09375.
    let cubic = at(BOTH[1]);
    let weights = [-0.09375, 0.59375, 0.59375, -0.09375];
    assert_close(
        &cubic[1..4],
        &[dot(&weights, &x[..4]), dot(&weights, &x[1..5]), dot(&weights, &x[2..])],
        1e-11,
    );
}

#[test]
fn a_quarter_turn_as_a_map_is_the_exact_quarter_turn() {
    let shape = [2, 3, 6, 6];
    let x = random(&shape, 1);
    for g in Dihedral::all() {
        // Columns to the right, rows downwards: an anticlockwise turn shows at (x, y) what was at (-y, x).
        let (c, s) = [(1.0, 0.0), (0.0, -1.0), (-1.0, 0.0), (0.0, 1.0)][g.turns as usize];
        let f = if g.flip { -1.0 } else { 1.0 };
        let m = [f * c, f * s, 0.0, -s, c, 0.0];
        for kind in BOTH {
            let turned = eval(&[(&shape, &x), (&[1, 2, 3], &m)], &|v| v[0].resample(v[1], [6, 6], kind));
            assert_close(&turned, &eval(&[(&shape, &x)], &|v| v[0].dihedral(g)), 1e-14);
        }
    }
}

#[test]
fn symmetries_of_the_square_are_a_group_that_acts() {
    let shape = [1, 1, 2, 3];
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let act = |g: Dihedral| eval(&[(&shape, &x)], &|v| v[0].dihedral(g));
    let turns = |turns, flip| Dihedral { turns, flip };
    assert_eq!(act(turns(0, false)), x);
    assert_eq!(act(turns(1, false)), [3.0, 6.0, 2.0, 5.0, 1.0, 4.0]);
    assert_eq!(act(turns(2, false)), [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
    assert_eq!(act(turns(3, false)), [4.0, 1.0, 5.0, 2.0, 6.0, 3.0]);
    assert_eq!(act(turns(0, true)), [3.0, 2.0, 1.0, 6.0, 5.0, 4.0]);
    assert_eq!(act(turns(1, true)), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    for g in Dihedral::all() {
        assert_eq!(eval(&[(&shape, &x)], &|v| v[0].dihedral(g).dihedral(g.inverse())), x);
        for h in Dihedral::all() {
            assert_eq!(eval(&[(&shape, &x)], &|v| v[0].dihedral(h).dihedral(g)), act(g.compose(h)));
        }
    }
}

/// The transform as its definition says.
fn dft(x: &[f64], sign: f64) -> Vec<f64> {
    let n = x.len() / 2;
    let number = |k: usize| {
        let terms = (0..n).map(|j| {
            let (s, c) = (sign * std::f64::consts::TAU * ((j * k) % n) as f64 / n as f64).sin_cos();
            [x[2 * j] * c - x[2 * j + 1] * s, x[2 * j] * s + x[2 * j + 1] * c]
        });
        terms.fold([0.0; 2], |a, b| [a[0] + b[0], a[1] + b[1]])
    };
    (0..n).flat_map(number).collect()
}

#[test]
fn fourier_transforms_are_the_sums_they_stand_for() {
    for bits in 0..=10 {
        let shape = [1 << bits, 2];
        let x = random(&shape, bits);
        let expected = dft(&x, -1.0);
        assert_close(&eval(&[(&shape, &x)], &|v| v[0].fft(0)), &expected, 1e-11);
        assert_close(&eval(&[(&shape, &x)], &|v| v[0].fft(0).ifft(0)), &x, 1e-13);
        let single = eval_as::<f32>(&[(&shape, &x)], &|v| v[0].fft(0));
        let error = single.iter().zip(&expected).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        assert!(
            error <= 1e-7 * (1.0 + f64::from(bits as u32)) * dot(&expected, &expected).sqrt(),
            "{bits}: {error}"
        );
    }
}

#[test]
fn transforms_in_two_dimensions_turn_convolutions_into_products() {
    let shape = [1, 4, 8];
    let (x, k) = (random(&shape, 1), random(&shape, 2));
    let inputs: [(&[usize], &[f64]); 2] = [(&shape, &x), (&shape, &k)];
    // (a + ib)(c + id) by parts.
    let product = eval(&inputs, &|v| {
        let (p, q) = (v[0].to_complex().fft2(), v[1].to_complex().fft2());
        let (a, b) = (p.slice(3, 0, 1), p.slice(3, 1, 1));
        let (c, d) = (q.slice(3, 0, 1), q.slice(3, 1, 1));
        (a * c - b * d).concat(3, &[a * d + b * c]).ifft2().real_part()
    });
    let mut expected = vec![0.0; 32];
    for (i, e) in expected.iter_mut().enumerate() {
        for (j, &k) in k.iter().enumerate() {
            let (row, column) = ((i / 8 + 4 - j / 8) % 4, (i + 8 - j % 8) % 8);
            *e += k * x[row * 8 + column];
        }
    }
    assert_close(&product, &expected, 1e-12);
}

#[test]
fn mistakes_are_named_with_their_shapes() {
    let message = |f: &dyn for<'b> Fn(&'b Builder) -> Var<'b>| {
        let b = Builder::new();
        f(&b);
        b.finish().unwrap_err().to_string()
    };
    let channels =
        message(&|b| b.input("x", &[1, 3, 4, 4]).conv2d(b.input("w", &[2, 2, 3, 3]), &Conv::same(3)));
    assert!(channels.contains("[1, 3, 4, 4]") && channels.contains("[B, 2, 4, 4]"), "{channels}");
    let window =
        message(&|b| b.input("x", &[1, 1, 2, 2]).conv2d(b.input("w", &[1, 1, 3, 3]), &Conv::default()));
    assert!(window.contains("reaches 3") && window.contains("fit into 2"), "{window}");
    let pool = message(&|b| b.input("x", &[1, 1, 2, 2]).pool_max([2, 2], [2, 2], [2, 2]));
    assert!(pool.contains("reach into the image"), "{pool}");
    let length = message(&|b| b.input("x", &[12, 2]).fft(0));
    assert!(length.contains("power of 2 up to 1024, not 12"), "{length}");
    let map = message(&|b| b.input("x", &[2, 1, 2, 2]).resample(b.input("m", &[3, 2, 3]), [2, 2], BOTH[0]));
    assert!(map.contains("[3, 2, 3]"), "{map}");
}
