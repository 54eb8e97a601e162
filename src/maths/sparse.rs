//! Sparse matrices in f64, by compressed rows: tensor powers of the usual generators are nearly empty.

use super::matrix::Matrix;

/// Entries below this share of the largest one are the rounding of zeros such as cos(π/2), and are dropped.
const ROUNDING: f64 = 1e-14;

/// A matrix by its non-zero entries: those of row i are `entries[starts[i]..starts[i + 1]]`, as (column, value).
#[derive(Clone, Debug, PartialEq)]
pub(in crate::maths) struct Sparse {
    cols: usize,
    starts: Vec<usize>,
    entries: Vec<(usize, f64)>,
}

impl Sparse {
    /// No row yet; see [`Sparse::push_row`].
    pub(in crate::maths) fn with_cols(cols: usize) -> Self {
        Self { cols, starts: vec![0], entries: Vec::new() }
    }

    /// All zero.
    pub(in crate::maths) fn zeros(rows: usize, cols: usize) -> Self {
        Self { cols, starts: vec![0; rows + 1], entries: Vec::new() }
    }

    /// The identity on Rⁿ.
    pub(in crate::maths) fn identity(n: usize) -> Self {
        Self { cols: n, starts: (0..=n).collect(), entries: (0..n).map(|i| (i, 1.0)).collect() }
    }

    /// The entries of a dense matrix that are more than rounding.
    pub(in crate::maths) fn from_dense(m: &Matrix) -> Self {
        let floor = ROUNDING * m.data().iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        let mut sparse = Self::with_cols(m.cols());
        for i in 0..m.rows() {
            sparse.push_row((0..m.cols()).map(|j| (j, m[(i, j)])).filter(|(_, v)| v.abs() > floor));
        }
        sparse
    }

    /// Adds a row below; zeros are left out and a column may stand only once.
    pub(in crate::maths) fn push_row(&mut self, row: impl IntoIterator<Item = (usize, f64)>) {
        self.entries.extend(row.into_iter().filter(|(_, v)| *v != 0.0));
        self.starts.push(self.entries.len());
    }

    /// Number of rows.
    pub(in crate::maths) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of columns.
    pub(in crate::maths) fn cols(&self) -> usize {
        self.cols
    }

    /// Number of entries kept.
    pub(in crate::maths) fn stored(&self) -> usize {
        self.entries.len()
    }

    /// The entries of row i.
    pub(in crate::maths) fn row(&self, i: usize) -> &[(usize, f64)] {
        &self.entries[self.starts[i]..self.starts[i + 1]]
    }

    /// A ⊗ B with the second index of a pair running fastest.
    pub(in crate::maths) fn kron(&self, b: &Self) -> Self {
        let mut product = Self::with_cols(self.cols * b.cols);
        for i in 0..self.rows() {
            for k in 0..b.rows() {
                let row = self
                    .row(i)
                    .iter()
                    .flat_map(|&(j, x)| b.row(k).iter().map(move |&(l, y)| (j * b.cols + l, x * y)));
                product.push_row(row);
            }
        }
        product
    }

    /// A + s B, of one shape.
    pub(in crate::maths) fn plus_scaled(&self, s: f64, b: &Self) -> Self {
        let mut sum = Self::with_cols(self.cols);
        let mut row = std::collections::BTreeMap::new();
        for i in 0..self.rows() {
            row.clear();
            for &(j, v) in self.row(i) {
                *row.entry(j).or_insert(0.0) += v;
            }
            for &(j, v) in b.row(i) {
                *row.entry(j).or_insert(0.0) += s * v;
            }
            sum.push_row(row.iter().map(|(&j, &v)| (j, v)));
        }
        sum
    }

    /// Mᵀ.
    pub(in crate::maths) fn transpose(&self) -> Self {
        let mut rows = vec![Vec::new(); self.cols];
        for i in 0..self.rows() {
            for &(j, v) in self.row(i) {
                rows[j].push((i, v));
            }
        }
        let mut t = Self::with_cols(self.rows());
        for row in rows {
            t.push_row(row);
        }
        t
    }

    /// M x.
    pub(in crate::maths) fn apply(&self, x: &[f64]) -> Vec<f64> {
        (0..self.rows()).map(|i| self.row(i).iter().map(|&(j, v)| v * x[j]).sum()).collect()
    }

    /// Mᵀ x.
    pub(in crate::maths) fn apply_transposed(&self, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; self.cols];
        for (i, &xi) in x.iter().enumerate() {
            for &(j, v) in self.row(i) {
                y[j] += v * xi;
            }
        }
        y
    }

    /// Sum of magnitudes along row i.
    pub(in crate::maths) fn row_sum(&self, i: usize) -> f64 {
        self.row(i).iter().map(|(_, v)| v.abs()).sum()
    }

    /// With every entry written out.
    pub(in crate::maths) fn to_dense(&self) -> Matrix {
        let mut m = Matrix::zeros(self.rows(), self.cols);
        for i in 0..self.rows() {
            for &(j, v) in self.row(i) {
                m[(i, j)] = v;
            }
        }
        m
    }
}
