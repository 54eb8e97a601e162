//! Small dense matrices in f64, row-major.

use std::ops::{Index, IndexMut, Mul};

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

    /// Largest singular value, ‖M‖₂.
    pub fn operator_norm(&self) -> f64 {
        let m = nalgebra::DMatrix::from_row_slice(self.rows, self.cols, &self.data);
        m.singular_values().iter().copied().fold(0.0, f64::max)
    }

    /// Inverse, or `None` where the matrix is singular or not square.
    pub fn inverse(&self) -> Option<Self> {
        if self.rows != self.cols {
            return None;
        }
        let m = nalgebra::DMatrix::from_row_slice(self.rows, self.cols, &self.data).try_inverse()?;
        Some(Self { rows: self.rows, cols: self.cols, data: m.transpose().as_slice().to_vec() })
    }

    /// Determinant of a square matrix; NaN for a matrix that is not square.
    pub fn determinant(&self) -> f64 {
        if self.rows != self.cols {
            return f64::NAN;
        }
        nalgebra::DMatrix::from_row_slice(self.rows, self.cols, &self.data).determinant()
    }

    /// Largest difference between entries of two matrices of one size.
    pub fn max_difference(&self, other: &Self) -> f64 {
        self.data.iter().zip(&other.data).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }
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

impl Mul for &Matrix {
    type Output = Matrix;
    fn mul(self, b: &Matrix) -> Matrix {
        let mut c = Matrix::zeros(self.rows, b.cols);
        for i in 0..self.rows {
            for k in 0..self.cols {
                for j in 0..b.cols {
                    c[(i, j)] += self[(i, k)] * b[(k, j)];
                }
            }
        }
        c
    }
}
