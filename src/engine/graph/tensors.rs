//! Tensors of ranks one and two over a small space on graphs. A field of vectors is `[B, D, C]`, one of tensors of rank two
//! `[B, D·D, C]`, row-major in its two indices, channels last.

use super::Var;
use crate::engine::kernels::Attrs;
use crate::engine::kernels::small_inverse::InverseOp;

/// The entry at (i, j) of the matrix that forms combinations of the D² components of a tensor.
fn of_pairs(d: usize, rows: usize, f: impl Fn(usize, (usize, usize)) -> f64) -> Vec<f64> {
    (0..rows)
        .flat_map(|row| (0..d * d).map(move |k| (row, (k / d, k % d))))
        .map(|(row, ij)| f(row, ij))
        .collect()
}

fn identity(n: usize) -> Vec<f64> {
    (0..n * n).map(|k| if k / n == k % n { 1.0 } else { 0.0 }).collect()
}

impl<'b> Var<'b> {
    /// Products of small matrices for each channel, `[B, P, K, C]`·`[B, K, Q, C]` → `[B, P, Q, C]`, each transposed in its middle
    /// dimensions first if its flag says so; B and C of 1 serve all.
    #[track_caller]
    pub fn tensor_product(self, other: Var<'b>, transpose_self: bool, transpose_other: bool) -> Self {
        let attrs = Attrs::ints(&[u32::from(transpose_self), u32::from(transpose_other)]);
        self.builder.kernel("tensor_product", attrs, &[self, other])
    }

    /// Outer products of vectors, channel by channel: `[B, D, C]`, `[B, D′, C]` → `[B, D·D′, C]`.
    #[track_caller]
    pub fn outer(self, other: Var<'b>) -> Self {
        let ([b, d, c], [b2, d2, c2]) = match (self.field("outer"), other.field("outer")) {
            (Some(a), Some(x)) => (a, x),
            _ => return self,
        };
        let (a, x) = (self.reshape(&[b, d, 1, c]), other.reshape(&[b2, 1, d2, c2]));
        let product = a.tensor_product(x, false, false);
        match product.shape()[..] {
            [b, _, _, c] => product.reshape(&[b, d * d2, c]),
            _ => product,
        }
    }

    /// Outer products of vectors, every channel with every other: `[B, D, C]`, `[B, D′, C′]` → `[B, D·D′, C·C′]`.
    #[track_caller]
    pub fn outer_all(self, other: Var<'b>) -> Self {
        let ([b, d, c], [b2, d2, c2]) = match (self.field("outer"), other.field("outer")) {
            (Some(a), Some(x)) => (a, x),
            _ => return self,
        };
        let a = self.reshape(&[b, d, c, 1]).expand(&[b, d, c, c2]).reshape(&[b, d, c * c2]);
        let x = other.reshape(&[b2, d2, 1, c2]).expand(&[b2, d2, c, c2]).reshape(&[b2, d2, c * c2]);
        a.outer(x)
    }

    /// Contraction of one index of tensors `[B, D·D, C]` with vectors `[B, D, C]` under a diagonal metric, eta: `[D]`:
    /// Σⱼ T[i, j] ηⱼ xⱼ, or Σⱼ T[j, i] ηⱼ xⱼ if `first` → `[B, D, C]`.
    #[track_caller]
    pub fn contract(self, x: Var<'b>, eta: Var<'b>, first: bool) -> Self {
        let (Some([b, dd, c]), Some([bx, d, cx])) = (self.field("contract"), x.field("contract")) else {
            return self;
        };
        if dd != d * d || eta.shape() != [d] {
            let message = format!("tensors of {dd}, vectors of {d}, a metric {:?} do not fit", eta.shape());
            return self.builder.fail("contract", message);
        }
        let weighted = (x * eta.reshape(&[d, 1])).reshape(&[bx, d, 1, cx]);
        let product = self.reshape(&[b, d, d, c]).tensor_product(weighted, first, false);
        match product.shape()[..] {
            [b, d, _, c] => product.reshape(&[b, d, c]),
            _ => product,
        }
    }

    /// Products of tensors under a diagonal metric: Σₖ S[i, k] ηₖ T[k, j], `[B, D·D, C]` twice → `[B, D·D, C]`.
    #[track_caller]
    pub fn compose(self, other: Var<'b>, eta: Var<'b>) -> Self {
        let (Some([b, dd, c]), Some([b2, dd2, c2])) = (self.field("compose"), other.field("compose")) else {
            return self;
        };
        let d = eta.shape()[0];
        if dd != d * d || dd2 != d * d || eta.shape().len() != 1 {
            let message = format!("tensors of {dd} and {dd2} and a metric {:?} do not fit", eta.shape());
            return self.builder.fail("compose", message);
        }
        let weighted = other.reshape(&[b2, d, d, c2]) * eta.reshape(&[d, 1, 1]);
        let product = self.reshape(&[b, d, d, c]).tensor_product(weighted, false, false);
        match product.shape()[..] {
            [b, _, _, c] => product.reshape(&[b, d * d, c]),
            _ => product,
        }
    }

    /// Trace of tensors under a diagonal metric, Σᵢ ηᵢ T[i, i], `[B, D·D, C]` → `[B, 1, C]`; `eta` are the D numbers ηᵢ.
    #[track_caller]
    pub fn trace(self, eta: &[f64]) -> Self {
        let row = of_pairs(eta.len(), 1, |_, (i, j)| if i == j { eta[i] } else { 0.0 });
        self.combine_pairs(eta.len(), 1, &row)
    }

    /// (T + Tᵀ)/2 or, with sign −1, (T − Tᵀ)/2, of tensors `[B, D·D, C]`.
    #[track_caller]
    pub fn symmetric_part(self, d: usize, sign: f64) -> Self {
        let half = |same: bool| if same { 0.5 } else { 0.0 };
        let part =
            |row: usize, (i, j): (usize, usize)| half(row == i * d + j) + sign * half(row == j * d + i);
        self.combine_pairs(d, d * d, &of_pairs(d, d * d, part))
    }

    /// Tᵀ of tensors `[B, D·D, C]`.
    #[track_caller]
    pub fn swap_indices(self, d: usize) -> Self {
        let swap = |row: usize, (i, j): (usize, usize)| if row == j * d + i { 1.0 } else { 0.0 };
        self.combine_pairs(d, d * d, &of_pairs(d, d * d, swap))
    }

    /// Inverses, `[B, n, n]`, n ≤ 5, regular.
    #[track_caller]
    pub fn inverse(self) -> Self {
        self.builder.kernel("small_inverse", Attrs::ints(&[InverseOp::Inverse as u32]), &[self])
    }

    /// Determinants, `[B, n, n]` → `[B, 1]`, n ≤ 5; the derivative wants them regular.
    #[track_caller]
    pub fn determinant(self) -> Self {
        self.builder.kernel("small_inverse", Attrs::ints(&[InverseOp::Determinant as u32]), &[self])
    }

    /// Exponentials, `[B, n, n]`, of matrices with ‖x‖ ≤ `bound`, by scaling and squaring (Higham 2008, §10.3): Taylor's
    /// polynomial of degree 8 of x/2ˢ, ‖x/2ˢ‖ ≤ ½, in four products, squared s times. Relative error 2ˢ (1e-8 + ε), larger
    /// where the bound does not hold. Made of batched products, so that every derivative exists.
    #[track_caller]
    pub fn matrix_exp(self, bound: f64) -> Self {
        let Some([_, n, m]) = self.field("matrix_exp") else { return self };
        if n != m || !(0.0..=64.0).contains(&bound) {
            let message =
                format!("takes square matrices and a bound of at most 64, not [{n}, {m}] and {bound}");
            return self.builder.fail("matrix_exp", message);
        }
        let halvings = (2.0 * bound).max(1.0).log2().ceil() as i32;
        let times = |a: Self, b: Self| a.batch_matmul(b, false, false);
        let x = self * 0.5_f64.powi(halvings);
        let one = self.builder.constant(&[1, n, n], &identity(n));
        let square = times(x, x);
        let (cube, fourth) = (times(square, x), times(square, square));
        let high = one * (1.0 / 24.0) + x * (1.0 / 120.0) + square * (1.0 / 720.0);
        let high = high + cube * (1.0 / 5040.0) + fourth * (1.0 / 40_320.0);
        let low = one + x + square * 0.5 + cube * (1.0 / 6.0);
        (0..halvings).fold(low + times(fourth, high), |y, _| times(y, y))
    }

    /// Transposes of small matrices, `[B, n, m]` → `[B, m, n]`.
    #[track_caller]
    pub fn transpose_small(self) -> Self {
        let Some([_, n, _]) = self.field("transpose") else { return self };
        self.batch_matmul(self.builder.constant(&[1, n, n], &identity(n)), true, false)
    }

    /// A fixed matrix `[rows, D·D]` applied to the components of tensors `[B, D·D, C]`.
    #[track_caller]
    fn combine_pairs(self, d: usize, rows: usize, matrix: &[f64]) -> Self {
        self.builder.constant(&[1, rows, d * d], matrix).batch_matmul(self, false, false)
    }

    /// The extents of a field; another rank is an error.
    #[track_caller]
    fn field(self, op: &str) -> Option<[usize; 3]> {
        let shape = self.shape();
        let field = <[usize; 3]>::try_from(shape.as_slice()).ok();
        if field.is_none() {
            self.builder.fail(op, format!("takes [B, D, C], not {shape:?}"));
        }
        field
    }
}
