//! Networks over bodies: charges, positions and velocities to positions. Every body sends a message to every other.
//!
//! Numbers of bodies are [B, N, C], vectors of bodies [B, D, N] or [B, D, N, C], numbers of pairs [B, E, C] with
//! E = N (N − 1), by receiver. What a body hands to its pairs is a product with a fixed matrix [E, N], and so is what it
//! receives: no index is looked up.

mod egnn;
mod gnn;
mod grepsnet;

use super::algebra::Algebra;
use super::scope::{Scope, batch, channels};
use super::{Inputs, Io, Kind, Outputs, Part, Spec};
use crate::engine::{Builder, Var};
use crate::nn::init::uniform_fan_in;

/// The network of a kind over bodies.
pub(super) fn build<'b>(scope: &Scope<'b>, spec: &Spec, io: &Io, x: Inputs<'b>) -> Outputs<'b> {
    let cast = Cast::new(scope.b, io, x);
    let algebra = Algebra::new(scope.b, &io.space, spec.breaks);
    let out = match spec.kind {
        Kind::Egnn => egnn::build(scope, spec, &algebra, &cast),
        Kind::Gnn => gnn::build(scope, spec, &cast),
        _ => grepsnet::build(scope, spec, &algebra, &cast),
    };
    (None, Some(out), None)
}

/// Positions less their mean over the bodies, and that mean: [B, D, 2N] → [B, D, 2N], [B, D, 1].
pub(super) fn centred<'b>(io: &Io, t1: Var<'b>) -> (Var<'b>, Var<'b>) {
    let n = io.bodies;
    let x = t1.slice(2, 0, n);
    let mean = x.mean_axis(2); // [B, D, 1]
    ((x - mean).concat(2, &[t1.slice(2, n, n)]), mean)
}

/// The bodies, and who meets whom.
struct Cast<'b> {
    /// Numbers of bodies, pairs and components.
    n: usize,
    e: usize,
    d: usize,
    batch: usize,
    /// Positions, [B, D, N].
    x: Var<'b>,
    /// Velocities, [B, D, N].
    v: Var<'b>,
    /// Products of the charges of pairs, [B, E, 1].
    charges: Var<'b>,
    /// Charges, [B, N, 1].
    charge: Var<'b>,
    /// 1 where a pair is received by a body, [1, E, N], and where it is sent by one.
    receives: Var<'b>,
    sends: Var<'b>,
}

impl<'b> Cast<'b> {
    fn new(b: &'b Builder, io: &Io, (t0, t1): Inputs<'b>) -> Self {
        let (n, d, batch) = (io.bodies, io.space.dim(), batch(t1));
        let e = n * (n - 1);
        let pairs: Vec<(usize, usize)> =
            (0..n).flat_map(|i| (0..n).filter(move |&j| j != i).map(move |j| (i, j))).collect();
        let incidence = |end: fn(&(usize, usize)) -> usize| {
            let entries: Vec<f64> =
                pairs.iter().flat_map(|p| (0..n).map(move |k| f64::from(u8::from(end(p) == k)))).collect();
            b.constant(&[1, e, n], &entries)
        };
        let (receives, sends) = (incidence(|p| p.0), incidence(|p| p.1));
        // Bodies without charges are all alike.
        let charge = match t0 {
            Some(t0) => t0.reshape(&[batch, n, 1]),
            None => b.constant(&[batch, n, 1], &vec![1.0; batch * n]),
        };
        let at = |ends: Var<'b>| ends.batch_matmul(charge, false, false); // [B, E, 1]
        let charges = at(receives) * at(sends);
        Self { n, e, d, batch, x: t1.slice(2, 0, n), v: t1.slice(2, n, n), charges, charge, receives, sends }
    }

    /// x of the receiver less x of the sender, [B, D, N] → [B, D, E].
    fn apart(&self, x: Var<'b>) -> Var<'b> {
        let difference = (self.receives - self.sends).reshape(&[self.e, self.n]);
        let rows = x.reshape(&[self.batch * self.d, self.n]);
        rows.matmul_flags(difference, false, true).reshape(&[self.batch, self.d, self.e])
    }

    /// Sums of what bodies receive, [B, D, E] → [B, D, N].
    fn pull(&self, f: Var<'b>) -> Var<'b> {
        f.matmul(self.receives.reshape(&[self.e, self.n]))
    }

    /// Sums of what bodies receive, [B, E, C] → [B, N, C].
    fn gather(&self, m: Var<'b>) -> Var<'b> {
        self.receives.batch_matmul(m, true, false)
    }

    /// The first map of the messages: h W of the receiver, h W′ of the sender, and numbers of the pair: [B, N, C] → [B, E, O].
    fn meet(&self, scope: &Scope<'b>, path: &str, h: Var<'b>, pair: &[Var<'b>], out: usize) -> Var<'b> {
        let init = uniform_fan_in(2 * channels(h) + pair.iter().map(|p| channels(*p)).sum::<usize>());
        let weight = |name: &str, rows: usize| {
            scope.param(&format!("{path}.{name}"), &[rows, out], init, Part::Scalar)
        };
        let to = self.receives.batch_matmul(h.matmul(weight("receiver", channels(h))), false, false);
        let from = self.sends.batch_matmul(h.matmul(weight("sender", channels(h))), false, false);
        let mut sum = to + from + scope.param(&format!("{path}.bias"), &[out], init, Part::Scalar); // [B, E, O]
        for (k, p) in pair.iter().enumerate() {
            sum = sum + p.matmul(weight(&format!("pair.{k}"), channels(*p)));
        }
        sum
    }
}
