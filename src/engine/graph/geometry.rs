//! Matrices and rotations on graphs: exponentials, logarithms, quaternions, polar factors, functions of symmetric ones.

use super::Var;
use crate::engine::kernels::Attrs;
use crate::engine::kernels::lie_exp::Algebra;
use crate::engine::kernels::small_polar::Part;
use crate::engine::kernels::sym_map::SymOp;

impl Var<'_> {
    #[track_caller]
    fn alone(self, stem: &str, ints: &[u32]) -> Self {
        self.builder.kernel(stem, Attrs::ints(ints), &[self])
    }

    /// Stumpff's function `c_k`, elementwise: c₀ = cos √x, c₁ = sin √x / √x, c₂ = (1 − cos √x)/x.
    #[track_caller]
    pub fn stumpff(self, k: u32) -> Self {
        self.alone("stumpff", &[k])
    }

    /// Its derivative, (k `c_(k+2)` − `c_(k+1)`)/2.
    #[track_caller]
    pub fn stumpff_slope(self, k: u32) -> Self {
        let next = self.stumpff(k + 1) * 0.5;
        if k == 0 { -next } else { self.stumpff(k + 2) * (0.5 * f64::from(k)) - next }
    }

    /// Exponential of coordinates, `[B, 3]` → `[B, n, n]`.
    #[track_caller]
    pub fn lie_exp(self, algebra: Algebra) -> Self {
        self.alone("lie_exp", &[algebra as u32])
    }

    /// Coordinates of the logarithm and a flag, `[B, n, n]` → `[B, 4]`; no derivative.
    #[track_caller]
    pub fn lie_log(self, algebra: Algebra) -> Self {
        self.alone("lie_log", &[algebra as u32])
    }

    /// Rotation of a quaternion (x, y, z, w) of any length but 0, `[B, 4]` → `[B, 3, 3]`.
    #[track_caller]
    pub fn to_rotation(self) -> Self {
        self.alone("quaternion", &[0])
    }

    /// Unit quaternion of a rotation, w ≥ 0, `[B, 3, 3]` → `[B, 4]`; no derivative.
    #[track_caller]
    pub fn to_quaternion(self) -> Self {
        self.alone("quaternion", &[1])
    }

    /// A polar factor, `[B, n, n]` → `[B, n, n]`, n = 2, 3, 4; no derivative.
    #[track_caller]
    pub fn polar(self, part: Part) -> Self {
        self.alone("small_polar", &[part as u32])
    }

    /// Eigenvalues and eigenvectors of the symmetric part, `[B, n, n]` → `[B, n + n²]`, n = 2 to 5; no derivative.
    #[track_caller]
    pub fn sym_eigen(self) -> Self {
        self.alone("sym_eigen", &[])
    }

    /// A function of the symmetric part, `[B, n, n]` → `[B, n, n]`, n = 2, 3, 4; no derivative.
    #[track_caller]
    pub fn sym_map(self, op: SymOp) -> Self {
        self.alone("sym_map", &[op as u32])
    }
}
