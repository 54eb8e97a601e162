//! Quaternions (x, y, z, w) and rotations. Attributes: ints = [0 for quaternions `[B, 4]`, of any length but 0, to
//! rotations `[B, 3, 3]`; 1 for rotations to unit quaternions with w ≥ 0 (Shepperd: from the largest component)].
//!
//! To rotations it is smooth. Back it has no derivative: its sign is a choice, and jumps at an angle of π.
//!
//! Accuracy of the shader: ‖Δ‖ ≤ 24 ε to rotations (measured 11 over 10⁵ samples), ≤ 8 ε back (2.8), ε = 2⁻²⁴; the
//! condition number is 1 up to a factor 3.

use super::small::{Small, choice, launch, load, signature, store};
use super::{Attrs, Call, Case, Domain, Feed, Kernel, Launch, Reference, Signature, Smoothness, Tolerance};
use crate::engine::graph::{Cotangents, Vjp};
use crate::maths::real::Real;

/// The kernel.
pub struct Quaternion;
/// Its registry entry.
pub static KERNEL: Quaternion = Quaternion;

/// The rotation of a quaternion, in the upper left corner; of 0 the identity.
pub(crate) fn to_rotation<T: Real>([x, y, z, w]: [T; 4]) -> Small<T> {
    let n = x * x + y * y + z * z + w * w;
    let s = if n > T::from_f64(1e-37) { T::from_f64(2.0) / n } else { T::ZERO };
    let (a, b, c) = (s * x, s * y, s * z);
    let (o, i) = (T::ZERO, T::ONE);
    [
        [i - b * y - c * z, a * y - c * w, a * z + b * w, o],
        [a * y + c * w, i - a * x - c * z, b * z - a * w, o],
        [a * z - b * w, b * z + a * w, i - a * x - b * y, o],
        [o; 4],
    ]
}

/// The unit quaternion of a rotation, with w ≥ 0.
pub(crate) fn from_rotation<T: Real>(m: &Small<T>) -> [T; 4] {
    let skew = [m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]];
    let even = [m[2][1] + m[1][2], m[0][2] + m[2][0], m[1][0] + m[0][1]];
    let d = [m[0][0], m[1][1], m[2][2]];
    let trace = d[0] + d[1] + d[2];
    let own = |i: usize| T::ONE - trace + d[i] + d[i];
    let q = if d[0] > trace.max(d[1].max(d[2])) {
        [own(0), even[2], even[1], skew[0]]
    } else if d[1] > trace.max(d[2]) {
        [even[2], own(1), even[0], skew[1]]
    } else if d[2] > trace {
        [even[1], even[0], own(2), skew[2]]
    } else {
        [skew[0], skew[1], skew[2], T::ONE + trace]
    };
    let length = q.iter().map(|&q| q * q).sum::<T>().sqrt();
    q.map(|v| if q[3] < T::ZERO { -v / length } else { v / length })
}

fn run<T: Real>(call: &mut Call<'_, T>) {
    let (x, y) = (call.reads[0], &mut *call.writes[0]);
    if call.overrides[0] == 1 {
        let pairs = x.chunks_exact(9).zip(y.chunks_exact_mut(4));
        pairs.for_each(|(m, q)| q.copy_from_slice(&from_rotation(&load(m, 3))));
    } else {
        let pairs = x.chunks_exact(4).zip(y.chunks_exact_mut(9));
        pairs.for_each(|(q, m)| store(&to_rotation([q[0], q[1], q[2], q[3]]), 3, m));
    }
}

/// Entry k of |q|² R is Σ T[4i + j][k] qᵢ qⱼ.
fn table() -> Vec<f64> {
    let mut t = vec![0.0; 16 * 9];
    let mut put = |row: usize, col: usize, i: usize, j: usize, v: f64| t[(4 * i + j) * 9 + 3 * row + col] += v;
    for r in 0..3 {
        let (s, u) = ((r + 1) % 3, (r + 2) % 3);
        put(r, r, 3, 3, 1.0);
        put(r, r, r, r, 1.0);
        put(r, r, s, s, -1.0);
        put(r, r, u, u, -1.0);
        put(r, s, r, s, 2.0);
        put(s, r, r, s, 2.0);
        put(r, s, u, 3, -2.0);
        put(s, r, u, 3, 2.0);
    }
    t
}

impl Kernel for Quaternion {
    fn stem(&self) -> &'static str {
        "quaternion"
    }

    fn signature(&self, _attrs: &Attrs) -> Signature {
        signature(&["TO"])
    }

    fn infer(&self, attrs: &Attrs, reads: &[&[usize]]) -> Result<Vec<usize>, String> {
        match (choice(attrs, 2)?, reads[0]) {
            (0, &[batch, 4]) => Ok(vec![batch, 3, 3]),
            (1, &[batch, 3, 3]) => Ok(vec![batch, 4]),
            (0, other) => Err(format!("takes [B, 4], not {other:?}")),
            (_, other) => Err(format!("takes [B, 3, 3], not {other:?}")),
        }
    }

    fn launch(&self, attrs: &Attrs, shapes: &[&[usize]]) -> Launch {
        launch(shapes[0][0], &[attrs.int(0)])
    }

    fn reference(&self) -> Reference {
        Reference { f32: run::<f32>, f64: run::<f64> }
    }

    fn vjp<'b>(&self, cx: &Vjp<'b>) -> Result<Cotangents<'b>, String> {
        if cx.attrs.int(0) == 1 {
            return Err("the quaternion of a rotation has no derivative: its sign is a choice".to_owned());
        }
        let q = cx.inputs[0];
        let batch = q.shape()[0];
        let n = q.square().sum(1); // [B, 1]
        let g = cx.g.reshape(&[batch, 9]) / n;
        let table = cx.g.builder().constant(&[16, 9], &table());
        let form = g.matmul_flags(table, false, true).reshape(&[batch, 4, 4]);
        let column = q.reshape(&[batch, 4, 1]);
        let through = form.batch_matmul(column, false, false) + form.batch_matmul(column, true, false);
        let along = (g * cx.output.reshape(&[batch, 9])).sum(1);
        Ok(vec![Some(through.reshape(&[batch, 4]) - q * (along + along))])
    }

    fn smoothness(&self, attrs: &Attrs) -> Smoothness {
        if attrs.int(0) == 1 { Smoothness::None } else { Smoothness::Smooth }
    }

    fn cases(&self) -> Vec<Case> {
        let to = |batch: usize| {
            Case::new(Attrs::ints(&[0]), vec![Feed::on(&[batch, 4], Domain::Away(0.2, 1.0))])
        };
        let from = |batch: usize| Case::new(Attrs::ints(&[1]), vec![Feed::of(&[batch, 3, 3])]);
        vec![to(1), to(67), from(1), from(129)]
    }

    fn tolerance(&self) -> Tolerance {
        Tolerance::SUM
    }
}
