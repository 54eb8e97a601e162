//! What the tests of representations and of equivariant maps have in common.

use equiscope::maths::Matrix;
use equiscope::maths::matrix_group::MatrixGroup;
use equiscope::maths::rep::Rep;
use equiscope::maths::rng::Rng;

pub fn group(name: &str) -> MatrixGroup {
    name.parse().unwrap()
}

pub fn rep(text: &str) -> Rep {
    text.parse().unwrap()
}

pub fn close(a: &Matrix, b: &Matrix, within: f64) {
    assert_eq!((a.rows(), a.cols()), (b.rows(), b.cols()));
    let off = a.max_difference(b);
    assert!(off <= within, "off by {off:.1e}");
}

pub fn random(rng: &mut Rng, rows: usize, cols: usize) -> Matrix {
    Matrix::from_fn(rows, cols, |_, _| rng.normal())
}

/// exp by scaling, 24 terms of the series and squaring.
pub fn exp(a: &Matrix) -> Matrix {
    let halvings = (a.frobenius().log2().ceil().max(0.0) as i32) + 2;
    let small = a.scaled(0.5f64.powi(halvings));
    let (mut sum, mut term) = (Matrix::identity(a.rows()), Matrix::identity(a.rows()));
    for k in 1..24 {
        term = (&term * &small).scaled(1.0 / f64::from(k));
        sum = &sum + &term;
    }
    (0..halvings).fold(sum, |m, _| &m * &m)
}

/// A random element, and the element of the Lie algebra that its connected part is the exponential of.
pub struct Element {
    pub matrix: Matrix,
    pub algebra: Matrix,
}

/// exp of a normal combination of the generators, times a random word in the discrete ones.
pub fn random_elements(group: &MatrixGroup, count: usize, seed: u64) -> Vec<Element> {
    let mut rng = Rng::new(seed, 0);
    let size = 0.7 / (group.lie().len().max(1) as f64).sqrt();
    (0..count)
        .map(|_| {
            let algebra = group.lie().iter().fold(Matrix::zeros(group.dim(), group.dim()), |sum, a| {
                &sum + &a.scaled(size * rng.normal())
            });
            let mut matrix = exp(&algebra);
            for _ in 0..5 {
                if let Some(h) = group.discrete().get(rng.next_u32() as usize % group.discrete().len().max(1))
                {
                    matrix = &matrix * h;
                }
            }
            Element { matrix, algebra }
        })
        .collect()
}
