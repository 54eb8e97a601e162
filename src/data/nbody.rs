//! Five charges in free space, the data of the N-body benchmark (Kipf et al. 2018 as changed by Satorras et al. 2021),
//! with a simulator of our own.
//!
//! Unit masses, charges qᵢ = ±1, Fᵢ = Σⱼ qᵢ qⱼ (xᵢ − xⱼ)/‖xᵢ − xⱼ‖³ (like charges repel). x ~ N(0, 1)³, velocities of length ½
//! in a uniform direction. After one kick v ← v + dt·F, steps x ← x + dt·v, v ← v + dt·F with dt = 10⁻³. A frame is 100 steps,
//! frame k the state after 100(k + 1) of them: from frame 30, positions at frame 40 are asked for, one unit of time later.
//!
//! A close encounter would throw particles out of the step's reach, so that forces are clipped to 100. By its *norm*, the
//! default here, that commutes with every rotation. The benchmark clips each *component*, which depends on the axes: its
//! ground truth is not quite equivariant.

use super::tasks::{Samples, pack};
use crate::maths::rng::Rng;

/// Particles.
pub const BODIES: usize = 5;
/// Step of time.
pub const DT: f64 = 1e-3;
/// Bound on forces.
pub const MOST_FORCE: f64 = 100.0;
/// Steps before the state that a network sees: frame 30.
const SEEN: usize = 3100;
/// Steps from there to the state that is asked for: frame 40.
pub const AHEAD: usize = 1000;

/// How forces are bounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clip {
    /// F · min(1, 100/‖F‖), which keeps the symmetry.
    #[default]
    Norm,
    /// Each component to ±100, which breaks it.
    Components,
}

/// Charged particles.
#[derive(Clone, Debug, PartialEq)]
pub struct Bodies {
    /// Charges.
    pub q: Vec<f64>,
    /// Positions.
    pub x: Vec<[f64; 3]>,
    /// Velocities.
    pub v: Vec<[f64; 3]>,
}

impl Bodies {
    /// Particles at rest with themselves: a state drawn by the law of the benchmark.
    pub fn random(rng: &mut Rng) -> Self {
        let q = (0..BODIES).map(|_| if rng.next_u32() & 1 == 0 { -1.0 } else { 1.0 }).collect();
        let vector = |rng: &mut Rng| [rng.normal(), rng.normal(), rng.normal()];
        let x = (0..BODIES).map(|_| vector(rng)).collect();
        let v = (0..BODIES)
            .map(|_| {
                let v = vector(rng);
                let norm = length(v).max(f64::MIN_POSITIVE);
                v.map(|c| 0.5 * c / norm)
            })
            .collect();
        Self { q, x, v }
    }

    /// Forces on all particles, clipped.
    pub fn forces(&self, clip: Clip, out: &mut Vec<[f64; 3]>) {
        let n = self.x.len();
        out.clear();
        out.resize(n, [0.0; 3]);
        for i in 0..n {
            for j in i + 1..n {
                let d = [0, 1, 2].map(|k| self.x[i][k] - self.x[j][k]);
                let square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
                // Two particles in one place exert no force: it has no direction.
                let strength =
                    if square > 0.0 { self.q[i] * self.q[j] / (square * square.sqrt()) } else { 0.0 };
                for k in 0..3 {
                    out[i][k] += strength * d[k];
                    out[j][k] -= strength * d[k];
                }
            }
        }
        out.iter_mut().for_each(|f| *f = clipped(*f, clip));
    }

    /// v ← v + dt·F.
    pub fn kick(&mut self, clip: Clip, forces: &mut Vec<[f64; 3]>) {
        self.forces(clip, forces);
        for (v, f) in self.v.iter_mut().zip(&*forces) {
            (0..3).for_each(|k| v[k] += DT * f[k]);
        }
    }

    /// x ← x + dt·v.
    pub fn drift(&mut self) {
        for (x, v) in self.x.iter_mut().zip(&self.v) {
            (0..3).for_each(|k| x[k] += DT * v[k]);
        }
    }

    /// So many steps, the kick last.
    pub fn advance(&mut self, steps: usize, clip: Clip) {
        let mut forces = Vec::with_capacity(self.x.len());
        for _ in 0..steps {
            self.drift();
            self.kick(clip, &mut forces);
        }
    }
}

fn length(v: [f64; 3]) -> f64 {
    (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).sqrt()
}

/// A force within its bound.
pub fn clipped(f: [f64; 3], clip: Clip) -> [f64; 3] {
    match clip {
        Clip::Norm => {
            let shrink = MOST_FORCE / length(f).max(MOST_FORCE);
            f.map(|c| c * shrink)
        }
        Clip::Components => f.map(|c| c.clamp(-MOST_FORCE, MOST_FORCE)),
    }
}

/// A sample: charges; positions, then velocities at frame 30; positions at frame 40.
///
/// Velocities are seen as the benchmark records them, between the drift and the kick of their step.
pub fn sample(rng: &mut Rng, clip: Clip) -> Samples {
    let mut bodies = Bodies::random(rng);
    let mut forces = Vec::new();
    bodies.kick(clip, &mut forces);
    bodies.advance(SEEN - 1, clip);
    bodies.drift();
    let seen: Vec<Vec<f64>> = bodies.x.iter().chain(&bodies.v).map(|v| v.to_vec()).collect();
    let y = ahead(&mut bodies, clip);
    Samples { count: 1, t0: bodies.q, t1: pack(&seen), y }
}

/// Positions at frame 40, `[3, n]`, from charges and, at frame 30, positions and then velocities.
pub fn later(charges: &[f64], vectors: &[Vec<f64>], clip: Clip) -> Vec<f64> {
    let n = charges.len();
    let triple = |v: &Vec<f64>| [0, 1, 2].map(|k| v.get(k).copied().unwrap_or(0.0));
    let (x, v) = vectors.split_at(n.min(vectors.len()));
    let mut bodies =
        Bodies { q: charges.to_vec(), x: x.iter().map(triple).collect(), v: v.iter().map(triple).collect() };
    ahead(&mut bodies, clip)
}

fn ahead(bodies: &mut Bodies, clip: Clip) -> Vec<f64> {
    let mut forces = Vec::new();
    // The state was seen before the kick of its step.
    bodies.kick(clip, &mut forces);
    bodies.advance(AHEAD - 1, clip);
    bodies.drift();
    pack(&bodies.x.iter().map(|x| x.to_vec()).collect::<Vec<_>>())
}
