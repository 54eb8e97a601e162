//! Programs, sums of rows and softmax against what they say, in plain words.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::binary::BinaryOp;
use super::unary::UnaryOp;
use super::{Lanes, Tape};

/// So many numbers on ±1, another sequence for each seed.
fn numbers(n: usize, seed: usize) -> Vec<f32> {
    (0..n).map(|i| (i * 7919 + seed * 104_729) % 2017).map(|k| k as f32 / 1008.0 - 1.0).collect()
}

/// A program of a sum with a bias, a column and a gate, over `rows × cols` elements from row `first` on: what each store
/// should hold, in plain words.
fn gated(z: f32, bias: f32, column: f32) -> [f32; 2] {
    let s = UnaryOp::Sigmoid;
    let mut gate = [0.0];
    f32::map(s, 0.0, &[z + bias], &mut gate);
    [(z + bias) * gate[0], (1.0 - gate[0]) * column]
}

#[test]
fn programs_do_line_by_line_what_they_say() {
    use crate::program::{BINARY, CARRIED, CONSTANT, Code, LOAD, Space, UNARY, register_count};
    // The column comes first and frees its register before the bias is read, which stays from block to block.
    let lines = [
        [LOAD, 1, 0],
        [UNARY + UnaryOp::Neg as u32, 0, 0],
        [CARRIED, 0, 0],
        [LOAD, 0, 0],
        [BINARY, 2, 3],
        [UNARY + UnaryOp::Sigmoid as u32, 4, 0],
        [BINARY + BinaryOp::Mul as u32, 4, 5],
        [CONSTANT, 0, 0],
        [BINARY + BinaryOp::Sub as u32, 5, 7],
        [BINARY + BinaryOp::Mul as u32, 8, 1],
    ];
    let reals = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    for (rows, cols, first) in
        [(1, 1, 0), (10, 8, 0), (7, 5, 3), (3, 384, 1), (70, 64, 2), (5, 700, 1), (4, 10, 1)]
    {
        let (bias, column) = (numbers(cols, 1), numbers(rows + first, 2));
        let z = numbers(rows * cols, 3);
        let (r, c) = ((rows + first) as u32, cols as u32);
        let reads = [[2, 1, 1, r, c, 0, 0, 0, 1], [2, 1, 1, r, c, 0, 0, 1, 0]];
        let code = Code { reads: &reads, lines: &lines, reals: &reals, stores: &[6, 9] };
        let mut registers = vec![f32::NAN; register_count(lines.len())];
        // The product is given apart, then where the first store is.
        for carried in [&z[..], &[]] {
            let (mut y, mut d) = (z.clone(), vec![f32::NAN; rows * cols]);
            let stores = &mut [&mut y[..], &mut d[..]];
            let reads: [&[f32]; 2] = [&bias, &column];
            let space = Space { first: first * cols, n: rows * cols, carried, reads: &reads, stores };
            f32::program(&Tape::new(&code, carried.is_empty()), space, &mut registers);
            for i in 0..rows * cols {
                let expected = gated(z[i], bias[i % cols], column[first + i / cols]);
                for (got, expected) in [y[i], d[i]].into_iter().zip(expected) {
                    assert!((got - expected).abs() < 1e-6, "{rows} × {cols}, {i}: {got} for {expected}");
                }
            }
        }
    }
}

/// The value of a line of a program for one element, in plain words and in the tape's roundings.
fn line(lines: &[[u32; 3]], reals: &[f64], i: usize, carried: f32, reads: &[f32]) -> f32 {
    use crate::program::{BINARY, CARRIED, CONSTANT, LOAD, UNARY};
    let of = |i: u32| line(lines, reals, i as usize, carried, reads);
    match lines[i] {
        [LOAD, read, _] => reads[read as usize],
        [CONSTANT, ..] => reals[i] as f32,
        [CARRIED, ..] => carried,
        [op, a, b] if op >= BINARY => BinaryOp::of(op - BINARY).unwrap().apply(of(a), of(b)),
        [op, a, _] => {
            let mut y = [0.0];
            f32::map(UnaryOp::of(op - UNARY).unwrap(), reals[i] as f32, &[of(a)], &mut y);
            y[0]
        }
    }
}

#[test]
fn lines_that_are_run_as_one_and_stores_that_are_read_give_the_same_bits() {
    use crate::program::{BINARY, CARRIED, CONSTANT, Code, FULL, LOAD, SCALAR, Space, UNARY, register_count};
    let (add, sub, mul) = (BINARY, BINARY + 1, BINARY + 2);
    let (sigmoid, square) = (UNARY + UnaryOp::Sigmoid as u32, UNARY + UnaryOp::Square as u32);
    // silu and its slope of what is carried, then what a tangent hands back, of a tensor and of a number.
    let silu = vec![
        [CARRIED, 0, 0],
        [LOAD, 0, 0],
        [add, 0, 1],
        [sigmoid, 2, 0],
        [mul, 2, 3],
        [CONSTANT, 0, 0],
        [sub, 5, 3],
        [mul, 2, 6],
        [add, 5, 7],
        [mul, 3, 8],
    ];
    let back = |read| {
        vec![[LOAD, read, 0], [CARRIED, 0, 0], [square, 1, 0], [CONSTANT, 0, 0], [sub, 3, 2], [mul, 0, 4]]
    };
    // A line in between is stored as well, or used twice: nothing may stand for it.
    let twice =
        vec![[CARRIED, 0, 0], [square, 0, 0], [CONSTANT, 0, 0], [sub, 2, 1], [mul, 3, 3], [mul, 4, 0]];
    let (x, one) = (numbers(1100, 6), [0.75]);
    let all: [(Vec<[u32; 3]>, &[u32]); 8] = [
        (silu.clone(), &[4, 9]),
        (silu.clone(), &[9, 4]),
        (silu.clone(), &[9, 8, 0]),
        (silu, &[0, 9, 9, 5]),
        (back(0), &[5]),
        (back(1), &[5]),
        (back(0), &[4, 5, 1]),
        (twice, &[5]),
    ];
    for (lines, stores) in all {
        let reals: Vec<f64> = lines.iter().map(|l| f64::from(u8::from(l[0] == CONSTANT))).collect();
        let reads = [[FULL, 0, 0, 0, 0, 0, 0, 0, 0], [SCALAR, 0, 0, 0, 0, 0, 0, 0, 0]];
        let code = Code { reads: &reads, lines: &lines, reals: &reals, stores };
        let z = numbers(x.len(), 5);
        for in_store in [false, true] {
            let mut out = vec![vec![f32::NAN; x.len()]; stores.len()];
            if in_store {
                out[0].copy_from_slice(&z);
            }
            let mut slices: Vec<&mut [f32]> = out.iter_mut().map(Vec::as_mut_slice).collect();
            let carried = if in_store { &[][..] } else { &z[..] };
            let space = Space { first: 0, n: x.len(), carried, reads: &[&x, &one], stores: &mut slices };
            let mut registers = vec![f32::NAN; register_count(lines.len())];
            f32::program(&Tape::new(&code, in_store), space, &mut registers);
            for (out, &store) in out.iter().zip(stores) {
                for (i, y) in out.iter().enumerate() {
                    let expected = line(&lines, &reals, store as usize, z[i], &[x[i], one[0]]);
                    assert_eq!(y.to_bits(), expected.to_bits(), "{lines:?} {stores:?} {store}, element {i}");
                }
            }
        }
    }
}

#[test]
fn sums_of_rows_and_softmax_are_what_they_say() {
    for (rows, n) in [(1, 1), (9, 1), (3, 5), (11, 8), (6, 70)] {
        let x = numbers(rows * n, 4);
        let mut y = vec![0.5; n];
        f32::sum_rows(&mut y, &x, false);
        for (j, y) in y.iter().enumerate() {
            let expected = 0.5 + (0..rows).map(|i| f64::from(x[i * n + j])).sum::<f64>();
            assert!((f64::from(*y) - expected).abs() < 1e-5);
        }
        let mut again = vec![f32::NAN; n];
        f32::sum_rows(&mut again, &x, true);
        assert!(again.iter().zip(&y).all(|(again, y)| (again + 0.5 - y).abs() < 1e-6));
        let mut soft = x[..n].to_vec();
        f32::soften(&mut soft);
        let total: f64 = x[..n].iter().map(|&x| f64::from(x).exp()).sum();
        for (soft, &x) in soft.iter().zip(&x) {
            assert!((f64::from(*soft) - f64::from(x).exp() / total).abs() < 1e-6);
        }
    }
}

#[test]
fn the_sigmoid_keeps_its_digits_and_its_ends() {
    let x: Vec<f32> = (-870..=870).map(|i| 0.1 * i as f32).collect();
    let mut y = vec![0.0; x.len()];
    f32::map(UnaryOp::Sigmoid, 0.0, &x, &mut y);
    for (&x, &y) in x.iter().zip(&y) {
        let exact = 1.0 / (1.0 + (-f64::from(x)).exp());
        assert!((f64::from(y) / exact - 1.0).abs() < 4e-7, "{x}: {y} for {exact}");
    }
    let mut ends = [0.0; 3];
    f32::map(UnaryOp::Sigmoid, 0.0, &[1e30, -1e30, f32::NAN], &mut ends);
    assert!(ends[0] == 1.0 && (0.0..2e-38).contains(&ends[1]) && ends[2].is_nan(), "{ends:?}");
}

#[test]
fn a_step_without_bounds_or_decay_is_that_with_bounds_out_of_reach() {
    use crate::sweep::{Rule, Sweep};
    let adam = Rule::Adam { first: 0.1, second: 0.01, step: 2.0, scale: 3.0, epsilon: 1e-8 };
    for rule in [Rule::Sgd, Rule::Momentum { keep: 0.9, nesterov: true }, adam] {
        let step = |bound: f32| {
            let sweep = Sweep { rule, rate: 0.3, shrink: 1.0, bound, coupled: 0.0, decoupled: 0.0 };
            let (g, mut p) = (numbers(77, 1), numbers(77, 2));
            let mut moments: Vec<f32> = numbers(154, 3).into_iter().map(f32::abs).collect();
            f32::sweep(&sweep, &g, &mut p, &mut moments);
            p.into_iter().chain(moments).map(f32::to_bits).collect::<Vec<_>>()
        };
        assert_eq!(step(f32::INFINITY), step(1e30), "{rule:?}");
    }
}

/// Products with a bias and a function behind them: small ones, which are formed apart, and large ones, one and several.
#[test]
fn what_stands_behind_a_product_is_done_to_it() {
    use crate::program::{BINARY, CARRIED, Code, LOAD, UNARY};
    use crate::{Behind, Fused, Team};
    let (add, tanh) = (BINARY + BinaryOp::Add as u32, UNARY + UnaryOp::Tanh as u32);
    let function = [[LOAD, 0, 0], [CARRIED, 0, 0], [add, 1, 0], [tanh, 2, 0]];
    // What is stored: the sum with the bias alone; both; the product, which keeps the bias from going in with it.
    let programs: [(&[[u32; 3]], &[u32]); 4] =
        [(&function[..3], &[2]), (&function, &[3]), (&function, &[3, 2]), (&function, &[1, 3])];
    for (batch, m, k, n) in [(1, 10, 8, 8), (3, 5, 2, 7), (1, 6, 9, 1), (1, 100, 3, 8), (2, 90, 70, 33)] {
        let (a, b, bias) = (numbers(batch * m * k, 1), numbers(batch * k * n, 2), numbers(n, 3));
        let count = (batch * m * n) as u32;
        let row = if n == 1 {
            [1, 0, 0, 0, 0, 0, 0, 0, 0]
        } else {
            [2, 1, 1, count / n as u32, n as u32, 0, 0, 0, 1]
        };
        for (lines, stores) in programs {
            let code = Code { reads: &[row], lines, reals: &[0.0; 4][..lines.len()], stores };
            let fused = Fused {
                size: (m, k, n),
                turned: (false, false),
                batch,
                steps: (m * k, k * n),
                behind: Behind::new(&code, (m, n)),
                stores: stores.len(),
                sums: false,
            };
            let mut results = vec![vec![f32::NAN; count as usize]; stores.len()];
            let mut writes: Vec<&mut [f32]> = results.iter_mut().map(Vec::as_mut_slice).collect();
            let room = (&mut Vec::new(), &mut Vec::new());
            fused.run(&Team::alone(), &[&a, &b, &bias], &mut writes, room);
            for i in 0..count as usize {
                let (row, j) = (i / n, i % n);
                let b = &b[row / m * k * n..];
                let product: f64 = (0..k).map(|l| f64::from(a[row * k + l]) * f64::from(b[l * n + j])).sum();
                let sum = product + f64::from(bias[j]);
                for (store, result) in stores.iter().zip(&results) {
                    let expected = [0.0, product, sum, sum.tanh()][*store as usize];
                    assert!((f64::from(result[i]) - expected).abs() < 1e-5, "{stores:?} of {m} × {n} at {i}");
                }
            }
        }
    }
}

#[test]
fn one_number_that_is_none_is_found_wherever_it_stands() {
    assert!(super::all_finite(&[]));
    for n in [1, 7, 64, 1001] {
        let mut x = numbers(n, n);
        x[n / 2] = -f32::MAX;
        assert!(super::all_finite(&x));
        for at in [0, n / 3, n - 1] {
            for bad in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let good = std::mem::replace(&mut x[at], bad);
                assert!(!super::all_finite(&x), "{bad} at {at} of {n}");
                x[at] = good;
            }
        }
    }
}
