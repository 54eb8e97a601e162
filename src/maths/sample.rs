//! Random elements of the groups with a handle, to measure residuals with.

use super::group::Group;
use super::haar::compact::reflect;
use super::haar::residual::ResidualLaw;
use super::matrix::Matrix;
use super::rng::Rng;

impl Group {
    /// A random element by [`ResidualLaw`].
    pub fn sample(self, rng: &mut Rng, rapidity: f64) -> Matrix {
        ResidualLaw::new(&self.matrix_group(), rapidity).draw(rng)
    }

    /// `count` elements to measure with: of a finite group with at most that many elements all, over and over;
    /// otherwise random ones by [`ResidualLaw`], with the two components of a disconnected group in turn.
    pub fn samples(self, count: usize, rng: &mut Rng, rapidity: f64) -> Vec<Matrix> {
        if !self.has_mirror() || self.order().is_some_and(|order| order as usize <= count) {
            return self.matrix_group().sample_for_residual(count, rapidity, rng);
        }
        let law = ResidualLaw::new(&self.without_mirror().matrix_group(), rapidity);
        let last = self.dim() - 1;
        (0..count)
            .map(|k| {
                let m = law.draw(rng);
                if k % 2 == 1 { reflect(&m, last) } else { m }
            })
            .collect()
    }

    /// The elements of determinant 1.
    fn without_mirror(self) -> Self {
        match self {
            Self::Dihedral(n) => Self::Cyclic(n),
            Self::Orthogonal(n) => Self::Rotation(n),
            other => other,
        }
    }
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
