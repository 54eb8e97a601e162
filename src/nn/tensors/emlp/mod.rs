//! EMLP: equivariant linear maps from their bases, a cheap bilinear map, gates (Finzi, Welling & Wilson 2021).
//!
//! Types are tensors T_r = V^⊗r of ranks up to three, [B, Dʳ, N_r]. Where the group is not orthogonal, the original
//! spreads rank r over V^⊗p ⊗ V*^⊗q; the form makes V* the same as V, so that here all of them are T_r.

mod allocation;
mod bases;
mod layers;

pub use allocation::uniform;
pub(super) use bases::Bases;

use super::algebra::Algebra;
use super::scope::{Scope, batch};
use super::{Inputs, Io, NetworkError, Outputs, Spec, bodies, named};
use crate::maths::matrix_group::Family;
use layers::{Layers, Ranks};

/// Largest rank of a tensor.
pub const MAX_RANK: usize = 3;

/// What a network is prepared from: its hidden representation, N_r by rank r, and the bases of all its maps.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    hidden: Vec<usize>,
    bases: Bases,
}

impl Plan {
    pub(super) fn new(spec: &Spec, io: &Io) -> Result<Self, NetworkError> {
        let hidden = uniform(spec.width, io.space.dim());
        let ranks = hidden.len().max(3);
        let bases = match spec.breaks.euclidean && !io.space.is_definite() {
            true => Bases::new(named(Family::Orthogonal, io.space.dim())?.group(), ranks)?,
            false => Bases::new(io.space.group(), ranks)?,
        };
        Ok(Self { bases, hidden })
    }
}

/// Blocks x ↦ gated(lin + 0.1 bilinear(lin)), lin = linear(x), and a linear map behind them.
pub(super) fn build<'b>(
    scope: &Scope<'b>,
    spec: &Spec,
    io: &Io,
    (t0, t1): Inputs<'b>,
    plan: &Plan,
) -> Outputs<'b> {
    let (n, d) = (batch(t1), io.space.dim());
    let (t1, mean) = match io.bodies {
        0 => (t1, None),
        _ => {
            let (t1, mean) = bodies::centred(io, t1);
            (t1, Some(mean))
        }
    };
    let layers =
        Layers { scope, spec, algebra: Algebra::new(scope.b, &io.space, spec.breaks), bases: &plan.bases, d };
    let mut x: Ranks<'b> = vec![t0.map(|t| t.reshape(&[n, 1, io.t0_in])), Some(t1)];
    for i in 0..spec.depth {
        x = layers.block(&i.to_string(), &x, &plan.hidden);
    }
    let mut y = layers.linear("out", &x, &[io.t0_out, io.t1_out, io.t2_out]).into_iter();
    let t0 = y.next().flatten().map(|t| t.reshape(&[n, io.t0_out]));
    let t1 = y.next().flatten();
    (t0, t1.map(|v| mean.map_or(v, |m| v + m)), y.next().flatten())
}
