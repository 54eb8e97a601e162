//! The layers of EMLP.

use super::super::algebra::{Algebra, over_batch_mean};
use super::super::scope::{Scope, channels};
use super::super::{Part, Spec};
use super::bases::Bases;
use crate::engine::{Init, Var};

/// Tensors by rank, [B, Dʳ, N_r], absent where N_r = 0.
pub(super) type Ranks<'b> = Vec<Option<Var<'b>>>;

/// Share of the bilinear map.
const BILINEAR: f64 = 0.1;

pub(super) struct Layers<'a, 'b> {
    pub scope: &'a Scope<'b>,
    pub spec: &'a Spec,
    pub algebra: Algebra<'b>,
    pub bases: &'a Bases,
    pub d: usize,
}

impl<'b> Layers<'_, 'b> {
    /// Linear map to the hidden representation and a scalar gate for every tensor that is no scalar, the bilinear map
    /// added, and the gates applied: t ↦ t σ(gate), s ↦ s σ(s).
    pub(super) fn block(&self, path: &str, x: &Ranks<'b>, hidden: &[usize]) -> Ranks<'b> {
        let scalars = hidden.first().copied().unwrap_or(0);
        let mut gated = hidden.to_vec();
        if let Some(first) = gated.first_mut() {
            *first += hidden.iter().skip(1).sum::<usize>();
        }
        let lin = self.broken(self.linear(&format!("{path}.linear"), x, &gated));
        let pre = self.plus_bilinear(&format!("{path}.bilinear"), lin, &gated);
        let Some(Some(s)) = pre.first().copied() else { return pre };
        let mut start = scalars;
        let mut out = vec![(scalars > 0).then(|| s.slice(2, 0, scalars).silu())];
        for (t, &count) in pre.iter().zip(hidden).skip(1) {
            out.push(t.map(|t| t * s.slice(2, start, count).sigmoid()));
            start += count;
        }
        out
    }

    /// Y_b[:, o] = Σ_a Σ_c Σ_k W_ab[c, k, o] Q_k X_a[:, c] plus a bias on invariants, which have maps T_0 → T_b.
    ///
    /// The coefficients start as those of a random orthogonal matrix of all channels that was projected on the
    /// equivariant maps, normal with variance 1/max(inputs, outputs), the bias uniform on [0, 1)/√outputs.
    pub(super) fn linear(&self, path: &str, x: &Ranks<'b>, counts: &[usize]) -> Ranks<'b> {
        let size = |counts: &[usize]| -> usize {
            counts.iter().enumerate().map(|(r, n)| n * self.d.pow(r as u32)).sum()
        };
        let present: Vec<usize> = x.iter().map(|t| t.map_or(0, channels)).collect();
        let (inputs, outputs) = (size(&present), size(counts));
        let deviation = 1.0 / (inputs.max(outputs).max(1) as f64).sqrt();
        let to = |(b, &count): (usize, &usize)| {
            if count == 0 {
                return None;
            }
            let terms = x.iter().enumerate().filter_map(|(a, t)| {
                let (t, name) = ((*t)?, format!("{path}.{a}to{b}"));
                self.map(&name, (a, b), t, count, deviation)
            });
            let sum = terms.reduce(|a, b| a + b);
            let bias = self.bias(&format!("{path}.bias{b}"), b, count, 1.0 / (outputs.max(1) as f64).sqrt());
            match (sum, bias) {
                (Some(sum), Some(bias)) => Some(sum + bias),
                // No map leads here, as from vectors to scalars: the bias alone, or zeros.
                (None, bias) => {
                    let zeros = self.nothing(x, b, count)?;
                    Some(bias.map_or(zeros, |bias| zeros + bias))
                }
                (sum, None) => sum,
            }
        };
        counts.iter().enumerate().map(to).collect()
    }

    /// Σ_k Σ_c Q_k X[:, c] W[c, k, :], in the order that costs less. Mixing channels for all maps at once, [B, Dᵃ, K·O], and
    /// then applying them takes about Dᵃ·O·(C + Dᵇ) products for each map and sample; applying all of them,
    /// [B, Dᵇ, K·C], and then mixing takes Dᵇ·C·(Dᵃ + O).
    fn map(
        &self,
        name: &str,
        (a, b): (usize, usize),
        x: Var<'b>,
        out: usize,
        deviation: f64,
    ) -> Option<Var<'b>> {
        let basis = self.bases.get(a, b)?;
        let (n, c, k) = (x.shape()[0], channels(x), basis.count);
        let (width, height) = (self.d.pow(a as u32), self.d.pow(b as u32));
        let init = Init::Normal { std: deviation / basis.size };
        if basis.identity {
            return Some(x.matmul(self.scope.mix(name, c, out, init)));
        }
        if width * out * (c + height) < height * c * (width + out) {
            let mixed = x.matmul(self.scope.mix(name, c, k * out, init)); // [B, Dᵃ, K·O]
            let maps = self.scope.b.constant(&[1, height, width * k], &basis.maps);
            Some(maps.batch_matmul(mixed.reshape(&[n, width * k, out]), false, false)) // [B, Dᵇ, O]
        } else {
            let maps = self.scope.b.constant(&[1, height * k, width], &basis.before(width));
            let images = maps.batch_matmul(x, false, false).reshape(&[n, height, k * c]); // [B, Dᵇ, K·C]
            Some(images.matmul(self.scope.mix(name, k * c, out, init)))
        }
    }

    /// Invariant tensors of rank b, [1, Dᵇ, O]; any tensors, where the switch says so.
    fn bias(&self, name: &str, b: usize, out: usize, size: f64) -> Option<Var<'b>> {
        let height = self.d.pow(b as u32);
        let init = Init::Uniform { low: 0.0, high: size };
        if b > 0 && self.spec.breaks.bias {
            let free = Init::Normal { std: 0.5 };
            return Some(self.scope.param(&format!("{name}.break"), &[1, height, out], free, Part::Mixing));
        }
        let basis = self.bases.get(0, b)?;
        let c = self.scope.param(name, &[basis.count, out], init, Part::Mixing);
        let maps = self.scope.b.constant(&[height, basis.count], &basis.maps);
        Some(maps.matmul(c).reshape(&[1, height, out]))
    }

    fn nothing(&self, x: &Ranks<'b>, b: usize, count: usize) -> Option<Var<'b>> {
        let n = x.iter().flatten().next()?.shape()[0];
        let height = self.d.pow(b as u32);
        Some(self.scope.b.constant(&[n, height, count], &vec![0.0; n * height * count]))
    }

    /// Adds 0.1 times a bilinear map of x with itself: for ranks a and b with tensors of rank a + b,
    /// Σ_n Σ_c w[c, n, o] X_{a+b}[n] · η^⊗a X_a[c], contracted over a indices, n over the first min(N_{a+b}, D^{a+b})
    /// of them. The original takes a random choice of channels instead, which is the same under random weights. w starts
    /// standard normal.
    fn plus_bilinear(&self, path: &str, x: Ranks<'b>, counts: &[usize]) -> Ranks<'b> {
        let add = |(b, t): (usize, &Option<Var<'b>>)| {
            let t = (*t)?;
            let terms = (0..x.len()).filter_map(|a| {
                let (left, right) = ((*x.get(a + b).filter(|_| a + b > 0)?)?, (*x.get(a)?)?);
                Some(self.product(&format!("{path}.{a}to{b}"), (a, b), left, right, counts[b]))
            });
            Some(terms.fold(t, |sum, term| sum + term * BILINEAR))
        };
        x.iter().enumerate().map(add).collect()
    }

    /// One such term: [B, D^{a+b}, N], [B, Dᵃ, C] → [B, Dᵇ, O]. To scalars the products come first, to others the mixing.
    fn product(
        &self,
        name: &str,
        (a, b): (usize, usize),
        left: Var<'b>,
        right: Var<'b>,
        out: usize,
    ) -> Var<'b> {
        let (n, inner, height) = (left.shape()[0], self.d.pow(a as u32), self.d.pow(b as u32));
        let used = channels(left).min(self.d.pow((a + b) as u32));
        let (left, right) = (left.slice(2, 0, used), self.lowered(right, a));
        let init = Init::Normal { std: 1.0 };
        if b == 0 {
            let products = left.batch_matmul(right, true, false).reshape(&[n, 1, used * channels(right)]);
            return products.matmul(self.scope.mix(name, channels(products), out, init));
        }
        let mixed = right.matmul(self.scope.mix(name, channels(right), used * out, init)); // [B, Dᵃ, N·O]
        let mixed = mixed.reshape(&[n, inner * used, out]);
        left.reshape(&[n, height, inner * used]).batch_matmul(mixed, false, false)
    }

    /// η^⊗a X_a.
    fn lowered(&self, x: Var<'b>, a: usize) -> Var<'b> {
        (0..a).fold(x, |x, index| {
            let (shape, d) = (x.shape(), self.d);
            // One index at a time, brought to the middle: [B·Dⁱ, D, D^{a−1−i}·C].
            let before = shape[0] * d.pow(index as u32);
            let after = d.pow((a - 1 - index) as u32) * shape[2];
            self.algebra.lower(x.reshape(&[before, d, after])).reshape(&shape)
        })
    }

    /// What is no scalar, divided by its size where the switch says so.
    fn broken(&self, mut x: Ranks<'b>) -> Ranks<'b> {
        if self.spec.breaks.whole_batch {
            x.iter_mut().skip(1).flatten().for_each(|t| *t = over_batch_mean(*t));
        }
        x
    }
}
