//! Products against a plain sum in double precision: tiles of both widths, every way an operand may lie, edges.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::gemm::{Matrix, Onto, Product, narrow};
use std::ops::Range;

/// Numerical Recipes' generator: enough to tell one element from another.
struct Rng(u32);

impl Rng {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0) / 4_294_967_296.0
    }
}

/// Extents about the edges of tiles (4, 6, 8, 16), of blocks of rows (48) and of parts of the sum (384).
const SHAPES: [(usize, usize, usize); 23] = [
    (1, 1, 1),
    (1, 5, 3),
    (5, 3, 1),
    (1, 70, 33),
    (33, 70, 1),
    (7, 1, 9),
    (2, 2, 2),
    (3, 4, 5),
    (10, 8, 8),
    (4, 8, 4),
    (6, 7, 16),
    (13, 9, 17),
    (48, 6, 15),
    (49, 31, 20),
    (97, 64, 5),
    (5, 384, 7),
    (5, 385, 24),
    (9, 1000, 12),
    (1, 400, 400),
    (150, 20, 3),
    (7, 1, 1),
    (8, 10, 1),
    (1, 1, 9),
];

type Run = fn(&Product<'_>, &mut [f32], usize, &mut Vec<f32>, &mut dyn FnMut(Range<usize>, &mut [f32]));

fn numbers(rng: &mut Rng, n: usize) -> Vec<f32> {
    (0..n).map(|_| (2.0 * rng.uniform() - 1.0) as f32).collect()
}

/// A matrix in a slice, contiguous in its rows, in its columns, or in neither.
fn lay(data: &[f32], rows: usize, cols: usize, way: usize) -> Matrix<'_> {
    match way {
        0 => Matrix::rows(data, cols),
        1 => Matrix::columns(data, rows),
        _ => Matrix { data, row: 2 * cols + 1, col: 2 },
    }
}

/// α·A·B (+ a row, or C) with the sum of sizes, element by element.
fn exact(p: &Product<'_>, c: &[f32], stride: usize, i: usize, j: usize) -> (f64, f64) {
    let (mut sum, mut size) = (0.0, 0.0);
    for k in 0..p.k {
        let a = f64::from(p.a.data[i * p.a.row + k * p.a.col]);
        let term = a * f64::from(p.b.data[k * p.b.row + j * p.b.col]);
        (sum, size) = (sum + term, size + term.abs());
    }
    let before = match p.onto {
        Onto::Nothing => 0.0,
        Onto::Row(row) => f64::from(row[j]),
        Onto::Itself => f64::from(c[i * stride + j]),
    };
    let alpha = f64::from(p.alpha);
    (alpha * sum + before, alpha.abs() * size + before.abs())
}

fn check(p: &Product<'_>, stride: usize, rng: &mut Rng, run: Run, scratch: &mut Vec<f32>) {
    let before: Vec<f32> = match p.onto {
        Onto::Itself => numbers(rng, p.m * stride),
        // What is not added to must not be read.
        _ => vec![f32::NAN; p.m * stride],
    };
    let mut c = before.clone();
    let mut next = 0;
    run(p, &mut c, stride, scratch, &mut |rows, block| {
        assert_eq!(rows.start, next, "blocks follow each other");
        assert_eq!(block.len(), (rows.len() - 1) * stride + p.n);
        // The block is complete: doubling it must double the result.
        block.chunks_mut(stride).for_each(|row| row[..p.n].iter_mut().for_each(|c| *c *= 2.0));
        next = rows.end;
    });
    assert_eq!(next, p.m, "every row is finished");
    for i in 0..p.m {
        for j in 0..stride {
            let got = c[i * stride + j];
            if j >= p.n {
                assert_eq!(got.to_bits(), before[i * stride + j].to_bits(), "wrote between the rows");
                continue;
            }
            let (value, size) = exact(p, &before, stride, i, j);
            // A running sum of k terms in f32, with room.
            let bound = size * 6e-8 * (4.0 + (p.k as f64).sqrt() * 2.0);
            assert!((f64::from(got) / 2.0 - value).abs() <= bound, "{p:?} at {i}, {j}: {got} {value}");
        }
    }
}

fn all(run: Run) {
    let (mut rng, mut scratch) = (Rng(3), Vec::new());
    for (m, k, n) in SHAPES {
        let a = numbers(&mut rng, m * (2 * k + 1));
        let b = numbers(&mut rng, k * (2 * n + 1));
        for way in 0..9 {
            let (a, b) = (lay(&a, m, k, way / 3), lay(&b, k, n, way % 3));
            let row = numbers(&mut rng, n);
            for (alpha, onto) in [(1.0, Onto::Nothing), (2.0, Onto::Row(&row)), (-0.5, Onto::Itself)] {
                let p = Product { alpha, onto, ..Product::new((m, k, n), a, b) };
                for gap in [0, 3] {
                    check(&p, n + gap, &mut rng, run, &mut scratch);
                }
            }
        }
    }
}

#[test]
fn products_are_right() {
    all(|p, c, stride, scratch, finish| p.run(c, stride, scratch, finish));
}

#[test]
fn products_without_wide_vectors_are_right() {
    all(|p, c, stride, scratch, finish| narrow(p, c, stride, scratch, finish));
}

#[test]
fn a_second_product_takes_no_more_room_and_gives_the_same_bits() {
    let mut rng = Rng(5);
    let (a, b) = (numbers(&mut rng, 60 * 500), numbers(&mut rng, 500 * 40));
    let product = Product::new((60, 500, 40), Matrix::columns(&a, 60), Matrix::rows(&b, 40));
    let (mut first, mut second, mut scratch) = (vec![0.0; 2400], vec![0.0; 2400], Vec::new());
    product.run(&mut first, 40, &mut scratch, &mut |_, _| {});
    let room = scratch.capacity();
    // What an earlier product left behind must not matter.
    scratch.fill(f32::NAN);
    product.run(&mut second, 40, &mut scratch, &mut |_, _| {});
    assert_eq!(scratch.capacity(), room);
    assert!(first.iter().zip(&second).all(|(a, b)| a.to_bits() == b.to_bits()));
}

#[test]
fn dot_of_any_length() {
    let mut rng = Rng(7);
    for n in [0, 1, 15, 16, 17, 100] {
        let (a, b) = (numbers(&mut rng, n), numbers(&mut rng, n));
        let exact: f64 = a.iter().zip(&b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
        assert!((f64::from(super::dot(&a, &b)) - exact).abs() < 1e-5, "{n}");
    }
}
