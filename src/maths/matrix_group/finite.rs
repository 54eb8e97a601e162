//! Finite groups: all elements, found by multiplying until nothing new comes.

use super::MatrixGroup;
use crate::maths::matrix::Matrix;
use crate::maths::rng::Rng;
use std::collections::HashMap;

/// Most elements that are listed.
pub const MAX_ELEMENTS: usize = 10_000;
/// Most numbers that a list of elements may hold, 32 MB.
const MAX_ENTRIES: usize = 4_000_000;
/// Elements closer than this, entry by entry, are one.
pub const SAME: f64 = 1e-7;
/// Entries beyond this belong to no finite group worth listing.
const HUGE: f64 = 1e6;

/// How many elements a group has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// That many.
    Finite(usize),
    /// Finite or not, more than were listed.
    MoreThan(usize),
    /// Infinitely many: the Lie algebra is not zero.
    Infinite,
}

/// All products of the generators, the identity first, or `None` where there are more than can be listed.
///
/// Elements are looked up by a random linear function of their entries, so that each costs a few comparisons.
pub(super) fn enumerate(n: usize, generators: &[Matrix], most: usize) -> Option<Vec<Matrix>> {
    let mut rng = Rng::new(0, 1);
    let probe: Vec<f64> = (0..n * n).map(|_| rng.uniform()).collect();
    let bin = |m: &Matrix| {
        let value: f64 = m.data().iter().zip(&probe).map(|(a, b)| a * b).sum();
        // One bin is as wide as two elements that count as the same can lie apart.
        (value / (SAME * (n * n) as f64)).floor() as i64
    };
    let mut elements = vec![Matrix::identity(n)];
    let mut places: HashMap<i64, Vec<usize>> = HashMap::from([(bin(&elements[0]), vec![0])]);
    let mut next = 0;
    while next < elements.len() {
        for h in generators {
            let product = &elements[next] * h;
            if product.data().iter().any(|v| v.is_nan() || v.abs() > HUGE) {
                return None;
            }
            let b = bin(&product);
            let mut near = (b - 1..=b + 1).filter_map(|k| places.get(&k)).flatten();
            if near.any(|&k| elements[k].max_difference(&product) < SAME) {
                continue;
            }
            if elements.len() == most {
                return None;
            }
            places.entry(b).or_default().push(elements.len());
            elements.push(product);
        }
        next += 1;
    }
    Some(elements)
}

impl MatrixGroup {
    /// How many elements are listed at most: 10 000, fewer on large base spaces.
    pub fn most_elements(&self) -> usize {
        MAX_ELEMENTS.min(MAX_ENTRIES / (self.dim() * self.dim()).max(1))
    }

    /// All elements, the identity first; `None` for an infinite group and for one of more than
    /// [`MatrixGroup::most_elements`].
    ///
    /// Two elements are one where no entry differs by 1e-7, so a rotation by less than that counts as none.
    pub fn elements(&self) -> Option<Vec<Matrix>> {
        let discrete = self.lie().iter().all(|a| a.frobenius() == 0.0);
        discrete.then(|| self.discrete_elements()).flatten()
    }

    /// All elements of the group that the discrete generators make by themselves, the identity first; `None` where they
    /// are more than [`MatrixGroup::most_elements`].
    pub fn discrete_elements(&self) -> Option<Vec<Matrix>> {
        enumerate(self.dim(), self.discrete(), self.most_elements())
    }

    /// The number of elements, by listing them.
    pub fn order(&self) -> Order {
        if self.lie().iter().any(|a| a.frobenius() > 0.0) {
            return Order::Infinite;
        }
        self.elements().map_or(Order::MoreThan(self.most_elements()), |list| Order::Finite(list.len()))
    }
}
