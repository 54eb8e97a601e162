//! Random group elements by the laws that residuals are measured with.

use super::group::{Group, boost, rotation2};
use super::matrix::Matrix;
use super::rng::Rng;
use std::f64::consts::TAU;

impl Group {
    /// A random element.
    ///
    /// Compact groups by Haar measure; C(n) and D(n) uniform; O(n) each component equally often; SO⁺(1,n) as
    /// boost · rotation with the boost's direction uniform and its rapidity uniform on [0, `rapidity`]; GL⁺(2) as
    /// K A K with singular values log-uniform on [½, 2].
    pub fn sample(self, rng: &mut Rng, rapidity: f64) -> Matrix {
        let m = self.sample_connected(rng, rapidity);
        if self.has_mirror() && rng.uniform() < 0.5 { reflected(&m) } else { m }
    }

    /// `count` elements to measure with: of a finite group with at most that many elements all, over and over;
    /// otherwise by the law of [`Group::sample`], with the two components of a disconnected group in turn.
    pub fn samples(self, count: usize, rng: &mut Rng, rapidity: f64) -> Vec<Matrix> {
        match self.elements().filter(|all| all.len() <= count) {
            Some(all) => all.into_iter().cycle().take(count).collect(),
            None => (0..count)
                .map(|k| {
                    let m = self.sample_connected(rng, rapidity);
                    if self.has_mirror() && k % 2 == 1 { reflected(&m) } else { m }
                })
                .collect(),
        }
    }

    /// All elements of a finite group, the rotations first; `None` for an infinite one.
    fn elements(self) -> Option<Vec<Matrix>> {
        let n = self.turn_steps()?;
        let turns: Vec<Matrix> = (0..n).map(|k| rotation2(TAU * f64::from(k) / f64::from(n))).collect();
        let mirrored: Vec<Matrix> = turns.iter().filter(|_| self.has_mirror()).map(reflected).collect();
        Some([turns, mirrored].concat())
    }

    /// The law of [`Group::sample`] on the component of the identity; for D(n) on its rotations.
    fn sample_connected(self, rng: &mut Rng, rapidity: f64) -> Matrix {
        let turn = |rng: &mut Rng| TAU * rng.uniform();
        match self {
            Self::Cyclic(n) | Self::Dihedral(n) => rotation2(TAU * f64::from(pick(rng, n)) / f64::from(n)),
            Self::Rotation(2) | Self::Orthogonal(2) => rotation2(turn(rng)),
            Self::Rotation(_) | Self::Orthogonal(_) => haar_rotation3(rng),
            Self::Lorentz(1) => {
                let sign = if rng.uniform() < 0.5 { -1.0 } else { 1.0 };
                boost(&[sign], rapidity * rng.uniform())
            }
            Self::Lorentz(_) => {
                let (s, c) = turn(rng).sin_cos();
                let b = boost(&[c, s], rapidity * rng.uniform());
                &b * &Matrix::direct_sum(&[&Matrix::identity(1), &rotation2(turn(rng))])
            }
            Self::GeneralLinear2 => {
                let mut s = || 2f64.powf(2.0 * rng.uniform() - 1.0);
                let a = Matrix::diagonal(&[s(), s()]);
                let (k1, k2) = (rotation2(turn(rng)), rotation2(turn(rng)));
                &(&k1 * &a) * &k2
            }
        }
    }
}

fn pick(rng: &mut Rng, n: u32) -> u32 {
    ((rng.uniform() * f64::from(n)) as u32).min(n.saturating_sub(1))
}

/// M F with F the reflection of the last axis: the other component.
fn reflected(m: &Matrix) -> Matrix {
    let mut d = vec![1.0; m.rows()];
    if let Some(last) = d.last_mut() {
        *last = -1.0;
    }
    m * &Matrix::diagonal(&d)
}

/// Uniform rotation of R³: a normal quadruple, normalised, is a uniform unit quaternion.
fn haar_rotation3(rng: &mut Rng) -> Matrix {
    let q = loop {
        let q = [rng.normal(), rng.normal(), rng.normal(), rng.normal()];
        let l = q.iter().map(|v| v * v).sum::<f64>().sqrt();
        if l > 1e-6 {
            break q.map(|v| v / l);
        }
    };
    let [x, y, z, w] = q;
    Matrix::from_rows(&[
        [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)],
        [2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)],
        [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)],
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finite_group_is_measured_at_every_element() {
        for group in [Group::Cyclic(4), Group::Dihedral(6), Group::Cyclic(1)] {
            let order = group.order().map_or(0, |n| n as usize);
            let all = group.samples(2 * order + 1, &mut Rng::new(7, 0), 1.0);
            for (i, g) in all.iter().enumerate() {
                let same = all.iter().filter(|h| g.max_difference(h) < 1e-12).count();
                assert_eq!(same, if i % order == 0 { 3 } else { 2 }, "{group} element {i}");
            }
        }
    }

    #[test]
    fn components_come_equally_often() {
        for group in [Group::Orthogonal(2), Group::Orthogonal(3), Group::Dihedral(64)] {
            for count in [10, 64, 100] {
                let drawn = group.samples(count, &mut Rng::new(3, 0), 1.0);
                let mirrored = drawn.iter().filter(|g| g.determinant() < 0.0).count();
                assert_eq!((drawn.len(), mirrored), (count, count / 2), "{group}");
            }
        }
    }
}
