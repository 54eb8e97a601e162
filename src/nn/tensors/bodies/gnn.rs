//! The plain graph network.

use super::super::scope::Scope;
use super::super::{Part, Spec};
use super::Cast;
use crate::engine::Var;

/// EGNN's messages without its geometry: h⁰ is a map of position and velocity, m_ij = φₑ(hᵢ, hⱼ, qᵢ qⱼ),
/// hᵢ ← hᵢ + φₕ(hᵢ, Σⱼ m_ij), and a last network gives the way to the new position. Not equivariant.
pub(super) fn build<'b>(scope: &Scope<'b>, spec: &Spec, cast: &Cast<'b>) -> Var<'b> {
    let width = spec.width;
    let state = cast.x.transpose_small().concat(2, &[cast.v.transpose_small()]); // [B, N, 2D]
    let mut h = scope.affine("embed", state, width, Part::Scalar); // [B, N, H]
    for i in 0..spec.depth {
        let affine = |part: &str, x: Var<'b>| scope.affine(&format!("{i}.{part}"), x, width, Part::Scalar);
        let m = cast.meet(scope, &format!("{i}.edge.0"), h, &[cast.charges], width).silu();
        let m = affine("edge.1", m).silu(); // [B, E, H]
        let both = h.concat(2, &[cast.gather(m)]); // [B, N, 2H]
        h = h + affine("node.1", affine("node.0", both).silu());
    }
    let way = scope.affine("out.0", h, width, Part::Scalar).silu();
    let way = scope.affine("out.1", way, cast.d, Part::Scalar); // [B, N, D]
    cast.x + way.transpose_small()
}
