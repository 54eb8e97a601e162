//! Small dense matrices in f64, row-major.

use super::linalg;
use std::ops::{Add, Index, IndexMut, Mul, Neg, Sub};

/// A dense matrix, row-major: entry (i, j) is `data[i * cols + j]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    data: Vec<f64>,
}

impl Matrix {
    /// The matrix with every entry zero.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, data: vec![0.0; rows * cols] }
    }

    /// The identity on Rⁿ.
    pub fn identity(n: usize) -> Self {
        Self::diagonal(&vec![1.0; n])
    }

    /// A square matrix with the given diagonal.
    pub fn diagonal(d: &[f64]) -> Self {
        let mut m = Self::zeros(d.len(), d.len());
        for (i, &v) in d.iter().enumerate() {
            m[(i, i)] = v;
        }
        m
    }

    /// From rows of equal length; short rows are filled with zeros, the first row gives the width.
    pub fn from_rows<const C: usize>(rows: &[[f64; C]]) -> Self {
        Self { rows: rows.len(), cols: C, data: rows.iter().flatten().copied().collect() }
    }

    /// The matrix with entry `f(i, j)` in row i and column j.
    pub fn from_fn(rows: usize, cols: usize, mut f: impl FnMut(usize, usize) -> f64) -> Self {
        let data = (0..rows * cols).map(|k| f(k / cols, k % cols)).collect();
        Self { rows, cols, data }
    }

    /// From entries row by row; `None` where there are not rows × cols of them.
    pub fn from_data(rows: usize, cols: usize, data: Vec<f64>) -> Option<Self> {
        (data.len() == rows * cols).then_some(Self { rows, cols, data })
    }

    /// The block-diagonal matrix of the parts: the direct sum of the maps.
    pub fn direct_sum(parts: &[&Self]) -> Self {
        let (rows, cols) = parts.iter().fold((0, 0), |(r, c), m| (r + m.rows, c + m.cols));
        let mut sum = Self::zeros(rows, cols);
        let (mut r, mut c) = (0, 0);
        for m in parts {
            sum.set_block(r, c, m);
            (r, c) = (r + m.rows, c + m.cols);
        }
        sum
    }

    /// The part of `rows` × `cols` entries whose upper left one is (i, j).
    pub fn block(&self, i: usize, j: usize, rows: usize, cols: usize) -> Self {
        Self::from_fn(rows, cols, |r, c| self[(i + r, j + c)])
    }

    /// Writes `part` over the entries from (i, j) on.
    pub fn set_block(&mut self, i: usize, j: usize, part: &Self) {
        for r in 0..part.rows {
            for c in 0..part.cols {
                self[(i + r, j + c)] = part[(r, c)];
            }
        }
    }

    /// A ⊗ B, entry ((i, k), (j, l)) = Aᵢⱼ Bₖₗ with the second index of a pair running fastest.
    pub fn kron(&self, b: &Self) -> Self {
        Self::from_fn(self.rows * b.rows, self.cols * b.cols, |r, c| {
            self[(r / b.rows, c / b.cols)] * b[(r % b.rows, c % b.cols)]
        })
    }

    /// s M.
    pub fn scaled(&self, s: f64) -> Self {
        Self { data: self.data.iter().map(|v| s * v).collect(), ..*self }
    }

    /// Sum of the diagonal.
    pub fn trace(&self) -> f64 {
        (0..self.rows.min(self.cols)).map(|i| self[(i, i)]).sum()
    }

    /// ‖M‖_F, the root of the sum of squares; it overflows only where the norm itself does, and is NaN where an entry is.
    pub fn frobenius(&self) -> f64 {
        let top = largest(self.data.iter().map(|v| v.abs()));
        if top == 0.0 || !top.is_finite() {
            return top;
        }
        top * self.data.iter().map(|v| (v / top).powi(2)).sum::<f64>().sqrt()
    }

    /// Whether M is square.
    pub fn is_square(&self) -> bool {
        self.rows == self.cols
    }

    /// Whether every entry is finite.
    pub fn is_finite(&self) -> bool {
        self.data.iter().all(|v| v.is_finite())
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// All entries, row by row.
    pub fn data(&self) -> &[f64] {
        &self.data
    }

    /// The entries as rows, for printing and for JSON.
    pub fn to_rows(&self) -> Vec<Vec<f64>> {
        self.data.chunks(self.cols.max(1)).map(<[f64]>::to_vec).collect()
    }

    /// Mᵀ.
    pub fn transpose(&self) -> Self {
        let mut t = Self::zeros(self.cols, self.rows);
        for i in 0..self.rows {
            for j in 0..self.cols {
                t[(j, i)] = self[(i, j)];
            }
        }
        t
    }

    /// M v. Components beyond the width of M are ignored.
    pub fn apply(&self, v: &[f64]) -> Vec<f64> {
        (0..self.rows).map(|i| (0..self.cols).zip(v).map(|(j, x)| self[(i, j)] * x).sum()).collect()
    }

    /// Largest singular value, ‖M‖₂; NaN where an entry is.
    pub fn operator_norm(&self) -> f64 {
        if !self.is_finite() {
            return largest(self.data.iter().map(|v| v.abs()));
        }
        let (scaled, exponent) = linalg::split_scale(self);
        // The largest eigenvalue of MᵀM keeps its digits under the root.
        let squares = linalg::symmetric_eigen(&(&scaled.transpose() * &scaled));
        let most =
            squares.map_or_else(|_| scaled.frobenius(), |e| e.values.first().map_or(0.0, |v| v.sqrt()));
        linalg::ldexp(most, exponent)
    }

    /// X with M X = B; `None` where M is singular, or of another size than B.
    pub fn solve(&self, b: &Self) -> Option<Self> {
        if self.rows != self.cols || self.rows != b.rows {
            return None;
        }
        self.to_nalgebra().lu().solve(&b.to_nalgebra()).map(|x| Self::from_nalgebra(&x))
    }

    /// Inverse, or `None` where the matrix is singular or not square.
    pub fn inverse(&self) -> Option<Self> {
        if self.rows != self.cols {
            return None;
        }
        self.to_nalgebra().try_inverse().map(|m| Self::from_nalgebra(&m))
    }

    /// Determinant of a square matrix; NaN for a matrix that is not square.
    pub fn determinant(&self) -> f64 {
        if self.rows != self.cols {
            return f64::NAN;
        }
        self.to_nalgebra().determinant()
    }

    /// For elimination, which `maths` takes from the library.
    fn to_nalgebra(&self) -> nalgebra::DMatrix<f64> {
        nalgebra::DMatrix::from_row_slice(self.rows, self.cols, &self.data)
    }

    /// Back from the library.
    fn from_nalgebra(m: &nalgebra::DMatrix<f64>) -> Self {
        Self::from_fn(m.nrows(), m.ncols(), |i, j| m[(i, j)])
    }

    /// Largest difference between entries of two matrices of one size; NaN where one is, and for different sizes.
    pub fn max_difference(&self, other: &Self) -> f64 {
        if (self.rows, self.cols) != (other.rows, other.cols) {
            return f64::NAN;
        }
        largest(self.data.iter().zip(&other.data).map(|(a, b)| (a - b).abs()))
    }
}

/// The largest of numbers that are not negative; NaN where one is, which `f64::max` would pass over.
fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |most, v| if v > most || v.is_nan() { v } else { most })
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.data[i * self.cols + j]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.data[i * self.cols + j]
    }
}

impl Add for &Matrix {
    type Output = Matrix;
    fn add(self, b: &Matrix) -> Matrix {
        Matrix::from_fn(self.rows, self.cols, |i, j| self[(i, j)] + b[(i, j)])
    }
}

impl Sub for &Matrix {
    type Output = Matrix;
    fn sub(self, b: &Matrix) -> Matrix {
        Matrix::from_fn(self.rows, self.cols, |i, j| self[(i, j)] - b[(i, j)])
    }
}

impl Neg for &Matrix {
    type Output = Matrix;
    fn neg(self) -> Matrix {
        self.scaled(-1.0)
    }
}

impl Mul for &Matrix {
    type Output = Matrix;
    fn mul(self, b: &Matrix) -> Matrix {
        debug_assert_eq!(self.cols, b.rows, "inner sizes of a product");
        let mut c = Matrix::zeros(self.rows, b.cols);
        let (inner, width) = (self.cols.max(1), b.cols.max(1));
        for (row, from) in c.data.chunks_mut(width).zip(self.data.chunks(inner)) {
            for (a, by) in from.iter().zip(b.data.chunks(width)) {
                row.iter_mut().zip(by).for_each(|(c, b)| *c += a * b);
            }
        }
        c
    }
}
